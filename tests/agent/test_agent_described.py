"""Posts are found by what they are; what fits several, or is still to be written, is no one record."""

import pytest

from agent.described import described_posts
from tools.core.records import RecordName

POSTS = [
    RecordName("social_post", 1, "New blend Friday!", ("facebook", "fb", "scheduled", "Friday 6 March 2026")),
    RecordName("social_post", 2, "Better tea than coffee", ("linkedin", "draft")),
    RecordName("social_post", 3, "Darjeeling is coming.", ("twitter", "x", "tweet", "draft")),
    RecordName("social_post", 4, "Steam and cup", ("facebook", "fb", "published", "Monday 2 March 2026")),
]


@pytest.mark.parametrize(
    ("message", "ids", "fits"),
    [
        ("Call off the Facebook post that is scheduled for Friday.", [1], True),
        ("drop the linkedin draft", [2], True),
        ("cancel the tweet about Darjeeling", [3], True),
        ("how did the post from Monday do", [4], True),
        ("cancel the facebook post", [1, 4], True),
        ("drop the facebook draft", [1, 2, 3, 4], False),
    ],
)
def test_described(message: str, ids: list[int], fits: bool) -> None:
    ((start, end, posts, all_fits),) = described_posts(message, POSTS)
    assert message[start:end].startswith("the ")
    assert ([post.id for post in posts], all_fits) == (ids, fits)


@pytest.mark.parametrize("message", ["Write the LinkedIn post about chai", "the post template", "post it on Friday"])
def test_none_is_described(message: str) -> None:
    assert described_posts(message, POSTS) == []
