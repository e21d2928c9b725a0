"""A value that is refused, replaced or told of the past gives way to the one that stands."""

from datetime import datetime

import pytest

from agent.reading import read
from agent.reading.standing import standing


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("not on Monday but on Tuesday", ["Tuesday"]),
        ("on Thursday instead of Friday", ["Thursday"]),
        ("bump it from 5k to 6.25k", ["6.25k"]),
        ("5,800 euros in place of 5,000", ["5,800 euros"]),
        ("the budget was 5000, make it 6000", ["6000"]),
        ("it can't start in October, begin on 2 November", ["2 November"]),
        ("starting on the 6th makes no sense, we begin on the 13th of April", ["the 13th of April"]),
        ("move it from Friday to Monday", ["Monday"]),
        ("I can't wait, start it on Monday", ["Monday"]),
        ("it does not end in May", ["end in May"]),  # nothing stands in its place
        ("run it from 2 May to 9 May", ["from 2 May to 9 May"]),
    ],
)
def test_what_stands(text: str, kept: list[str]) -> None:
    found = read(text, now=datetime(2026, 7, 8, 14, 30), time_zone="Europe/Berlin", country="DE")
    assert [mention.text for mention in standing(text, found)] == kept
