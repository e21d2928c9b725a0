"""What came of published posts: fetched from each platform, recorded as differences, read by the tools as always."""

from datetime import UTC, datetime, timedelta

import pytest
from publishing_fixtures import CLOCK, Answer, FakePlatform, House, mastodon_account

from memory.enums import Channel, Platform, PostStatus
from memory.metrics import totals, totals_by_channel
from tools.publishing.credentials import Account, Credentials
from tools.publishing.figures import fetch_figures

OK = {"code": "ok"}


def fetched(house: House) -> int:
    return fetch_figures(house.database, house.setup, CLOCK)


def totals_of(house: House, post_id: int) -> dict[str, float]:
    with house.database.session() as session:
        return totals(session, "social_post", post_id)


def out(house: House, days: int = 1) -> int:
    """A post that came out some days ago, as 103."""
    at = datetime.now(UTC) - timedelta(days=days)
    return house.post(Platform.MASTODON, status=PostStatus.PUBLISHED, published_at=at, external_id="103")


def test_totals_are_recorded_as_differences(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    post = out(house)
    status = {"favourites_count": 5, "reblogs_count": 0, "replies_count": 2}
    fake.on("GET", "/api/v1/statuses/103", status, status, {**status, "favourites_count": 4, "reblogs_count": 3})
    assert fetched(house) == 1
    assert totals_of(house, post) == {"likes": 5, "shares": 0, "comments": 2}
    assert fetched(house) == 0, "nothing is new"
    assert fetched(house) == 1
    assert totals_of(house, post) == {"likes": 4, "shares": 3, "comments": 2}
    with house.database.session() as session:
        today = CLOCK.now().date()
        by_channel = totals_by_channel(session, "social_post", post, start=today, end=today)
    assert by_channel == {Channel.SOCIAL: {"likes": 4, "shares": 3, "comments": 2}}


def test_what_cannot_be_asked_is_left_to_the_next_time(house: House, fake: FakePlatform) -> None:
    first, second = out(house), out(house)
    assert fetched(house) == 0, "no account"
    mastodon_account(house, fake)
    fake.on("GET", "/api/v1/statuses/103", Answer(404, {"error": "Record not found"}), {"favourites_count": 1})
    assert fetched(house) == 1, "one that was deleted keeps back no other"
    assert (totals_of(house, first), totals_of(house, second)) == ({}, {"likes": 1})
    fake.on("GET", "/api/v1/statuses/103", Answer(429))
    before = len(fake.requests)
    assert fetched(house) == 0
    assert len(fake.requests) == before + 1, "a platform that has enough is asked no further"


def test_old_posts_are_not_followed(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    out(house, days=31)
    assert fetched(house) == 0
    assert fake.asked("GET", "/api/v1/statuses/103") == []


ACCOUNT = Account(1, "bloom", "urn:li:organization:8", Credentials(access_token="t"))
SHARE = {"likeCount": 3, "shareCount": 1, "commentCount": 2, "clickCount": 4, "impressionCount": 90, "engagement": 0.1}


@pytest.mark.parametrize(
    ("platform", "external_id", "method", "path", "answer", "figures"),
    [
        (Platform.BLUESKY, "at://x/app.bsky.feed.post/1", "GET", "/xrpc/app.bsky.feed.getPosts",
         {"posts": [{"likeCount": 4, "repostCount": 2, "replyCount": 1, "quoteCount": 3}]},
         {"likes": 4, "shares": 5, "comments": 1}),
        (Platform.LINKEDIN, "urn:li:share:42", "GET", "/rest/organizationalEntityShareStatistics",
         {"elements": [{"totalShareStatistics": SHARE}]},
         {"likes": 3, "shares": 1, "comments": 2, "clicks": 4, "impressions": 90}),
        (Platform.FACEBOOK, "12_99", "GET", "/v24.0/12_99",
         {"reactions": {"summary": {"total_count": 8}}, "comments": {"summary": {"total_count": 1}}, "id": "12_99"},
         {"likes": 8, "shares": 0, "comments": 1}),
        (Platform.INSTAGRAM, "m7", "GET", "/v24.0/m7/insights",
         {"data": [{"name": "likes", "values": [{"value": 6}]}, {"name": "saved", "values": [{"value": 2}]},
                   {"name": "views", "values": [{"value": 70}]}]},
         {"likes": 6, "saves": 2, "impressions": 70}),
        (Platform.TWITTER, "77", "GET", "/2/tweets/77",
         {"data": {"id": "77", "public_metrics": {"like_count": 9, "retweet_count": 1, "reply_count": 2, "quote_count": 1,
                                                  "impression_count": 500, "bookmark_count": 3}}},
         {"likes": 9, "shares": 2, "comments": 2, "impressions": 500, "saves": 3}),
        (Platform.TIKTOK, "7123", "POST", "/v2/video/query/",
         {"data": {"videos": [{"like_count": 5, "comment_count": 1, "share_count": 0, "view_count": 60}]}, "error": OK},
         {"likes": 5, "comments": 1, "shares": 0, "impressions": 60}),
    ],
    ids=["bluesky", "linkedin", "facebook", "instagram", "x", "tiktok"],
)  # fmt: skip
def test_each_platform(
    house: House, fake: FakePlatform, platform: Platform, external_id: str, method: str, path: str,
    answer: dict[str, object], figures: dict[str, float],
) -> None:  # fmt: skip
    fake.on(method, path, answer)
    assert house.accounts.adapters[platform].figures(ACCOUNT, external_id) == figures
    (asked,) = fake.asked(method, path)
    assert asked.headers["authorization"] == "Bearer t"


def test_a_tiktok_that_was_in_moderation_is_found_later(house: House, fake: FakePlatform) -> None:
    adapter = house.accounts.adapters[Platform.TIKTOK]
    waiting = {"data": {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": []}, "error": OK}
    done = {"data": {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7]}, "error": OK}
    fake.on("POST", "/v2/post/publish/status/fetch/", waiting, done)
    fake.on("POST", "/v2/video/query/", {"data": {"videos": [{"like_count": 1}]}, "error": OK})
    assert adapter.figures(ACCOUNT, "publish:p1") == {}
    assert adapter.figures(ACCOUNT, "publish:p1") == {"likes": 1}
    assert fake.asked("POST", "/v2/video/query/")[0].json == {"filters": {"video_ids": ["7"]}}
