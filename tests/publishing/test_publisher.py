"""The publisher: each post is tried once, and what came of it is what the platform's answer proves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from publishing_fixtures import Answer, FakePlatform, House, mastodon_account
from sqlalchemy import select

from memory.enums import Platform, PostStatus
from memory.posts import PublishState
from memory.publishing import claim_posts, mark_publishing, take_back_posts
from memory.social_accounts import SocialAccount
from tools.core.errors import BadInput, Conflict
from tools.publishing.credentials import Credentials, Keyring
from tools.publishing.ical import copied_out

M = Platform.MASTODON
STATUSES = ("POST", "/api/v1/statuses")


def test_a_due_post_is_published_once_and_its_link_kept(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    post = house.published(M)
    house.publisher.work()
    (asked,) = fake.asked(*STATUSES)
    assert asked.headers["authorization"] == "Bearer token-1"
    assert asked.json == {"status": "New blend #tea", "media_ids": []}
    assert asked.headers["idempotency-key"].startswith(f"marketing-hub-post-{post.id}-")
    assert (post.status, post.publish_state) == (PostStatus.PUBLISHED, PublishState.PUBLISHED)
    assert (post.external_id, post.external_url) == ("103", "https://mastodon.example/@bloom/103")
    assert post.published_at is not None
    assert post.failure is None


def test_what_is_not_due_or_not_scheduled_stays(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    house.post(M, scheduled_time=datetime.now(UTC) + timedelta(hours=1))
    house.post(M, status=PostStatus.DRAFT, publish_state=None)
    house.post(M, status=PostStatus.CANCELLED, publish_state=None)
    house.publisher.work()
    assert fake.asked(*STATUSES) == []


def test_without_an_account_a_post_waits_and_can_be_copied_out(house: House, fake: FakePlatform) -> None:
    post = house.published(M)
    assert (post.status, post.publish_state) == (PostStatus.SCHEDULED, PublishState.WAITING)
    assert copied_out(post.platform, post.content, ()) == "New blend #tea"
    with_files = copied_out(post.platform, post.content, ("https://tea.example/a.png",))
    assert with_files == "New blend #tea\n\nMastodon, with:\nhttps://tea.example/a.png"
    mastodon_account(house, fake)
    house.publisher.work()
    assert house.read(post.id).status == PostStatus.PUBLISHED


def test_a_post_whose_time_passed_long_ago_does_not_come_out_by_surprise(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    post = house.published(M, scheduled_time=datetime.now(UTC) - timedelta(hours=25))
    assert fake.asked(*STATUSES) == []
    assert (post.status, post.publish_state) == (PostStatus.FAILED, PublishState.FAILED)
    assert "give it a new time" in (post.failure or "")


@pytest.mark.parametrize("status", [400, 401, 403, 422])
def test_a_refusal_fails_the_post_and_it_may_be_scheduled_again(house: House, fake: FakePlatform, status: int) -> None:
    mastodon_account(house, fake)
    fake.on(*STATUSES, Answer(status, {"error": "Validation failed: Text limit of 500 exceeded"}))
    post = house.published(M)
    assert (post.status, post.publish_state, post.published_at) == (PostStatus.FAILED, PublishState.FAILED, None)
    said = "Connect the account again" if status == 401 else "Mastodon refused: Validation failed: Text limit of 500"
    assert said in (post.failure or "")
    house.publisher.work()
    assert len(fake.asked(*STATUSES)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500), Answer(502), Answer(503), Answer(408), Answer(409), Answer(302), Answer(drop=True),
        Answer(200, b"<html>"), Answer(200, {"hello": "there"}),
    ],
    ids=lambda one: "dropped" if one.drop else f"{one.status}-{one.data}",
)  # fmt: skip
def test_doubt_is_listed_and_never_repeated(house: House, fake: FakePlatform, answer: Answer) -> None:
    mastodon_account(house, fake)
    fake.on(*STATUSES, answer)
    post = house.published(M)
    house.publisher.work()
    assert len(fake.asked(*STATUSES)) == 1
    assert (post.status, post.publish_state) == (PostStatus.FAILED, PublishState.UNKNOWN)
    assert "Please look on Mastodon" in (post.failure or "")


def test_a_limit_puts_the_post_off_for_as_long_as_the_platform_says(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    fake.on(*STATUSES, Answer(429, {"error": "Too many requests"}, {"retry-after": "7200"}), {"id": "104"})
    post = house.published(M)
    assert (post.status, post.publish_state) == (PostStatus.SCHEDULED, PublishState.WAITING)
    assert "its limit is reached" in (post.failure or "")
    assert post.leased_until is not None
    assert timedelta(minutes=119) < post.leased_until - datetime.now(UTC) <= timedelta(hours=2)
    house.publisher.work()
    assert len(fake.asked(*STATUSES)) == 1, "it waits"
    with house.database.session(write=True) as session:
        session.get_one(type(post), post.id).leased_until = datetime.now(UTC) - timedelta(seconds=1)
    house.publisher.work()
    assert (house.read(post.id).status, house.read(post.id).failure) == (PostStatus.PUBLISHED, None)


def test_a_platform_that_cannot_be_reached_is_tried_again_for_six_hours(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    fake.close()
    post = house.published(M)
    assert (post.status, post.publish_state) == (PostStatus.SCHEDULED, PublishState.WAITING)
    assert "Mastodon could not be reached" in (post.failure or "")
    late = house.published(M, scheduled_time=datetime.now(UTC) - timedelta(hours=5, minutes=50))
    assert late.status == PostStatus.FAILED
    assert "given up" in (late.failure or "")


def test_a_picture_that_cannot_be_fetched_fails_before_anything_is_published(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    post = house.published(M, media_urls=[f"{fake.url}/missing.png"])
    assert fake.asked(*STATUSES) == []
    assert "cannot be fetched (error 404)" in (post.failure or "")
    assert post.publish_state == PublishState.FAILED


def test_a_post_cancelled_while_it_is_prepared_does_not_come_out(house: House, fake: FakePlatform) -> None:
    mastodon_account(house, fake)
    post_id = house.post(M, media_urls=[fake.picture])

    def cancelled_meanwhile(_: object) -> dict[str, object]:
        with house.database.session(write=True) as session:
            post = session.get_one(type(house.read(post_id)), post_id)
            post.status, post.publish_state = PostStatus.CANCELLED, None
        return {"id": "1", "url": "https://x"}

    fake.routes["POST", "/api/v2/media"] = cancelled_meanwhile
    house.publisher.work()
    assert fake.asked(*STATUSES) == []
    assert house.read(post_id).status == PostStatus.CANCELLED


def test_leases_that_end(house: House) -> None:
    """Claimed: due again. Being published: unknown, and what a slow worker says later still counts."""
    first, second = house.post(M), house.post(M)
    now = datetime.now(UTC)
    with house.database.session(write=True) as session:
        claimed = claim_posts(session, now, [M], "w", now + timedelta(seconds=10), 8)
        assert [one.id for one in claimed] == [first, second]
        assert mark_publishing(session, second, "w", now, now + timedelta(seconds=10))
        assert not mark_publishing(session, first, "other", now, now)
        assert take_back_posts(session, now + timedelta(seconds=9)) == (0, 0)
        assert take_back_posts(session, now + timedelta(seconds=11)) == (1, 1)
        assert not mark_publishing(session, first, "w", now, now), "it is due again, and nobody's"
    assert house.read(first).publish_state == PublishState.WAITING
    assert (house.read(second).publish_state, house.read(second).status) == (PublishState.UNKNOWN, PostStatus.FAILED)


class TestAccounts:
    def test_tokens_are_stored_encrypted(self, house: House, fake: FakePlatform, tmp_path: Path) -> None:
        mastodon_account(house, fake)
        with house.database.session() as session:
            account = session.scalars(select(SocialAccount)).one()
        assert account.handle == "@bloom@mastodon.example"
        assert account.secret is not None
        assert b"token-1" not in account.secret
        assert house.accounts.opened(M).credentials.access_token == "token-1"
        assert (tmp_path / "keys" / "accounts.key").stat().st_mode & 0o777 == 0o600
        assert "token-1" not in repr(house.accounts.opened(M))

    def test_another_key_opens_nothing(self, tmp_path: Path) -> None:
        sealed = Keyring(tmp_path / "a").seal(Credentials(access_token="token-1"))
        assert Keyring(tmp_path / "a").open(sealed).access_token == "token-1"
        with pytest.raises(Conflict, match="is missing"):
            Keyring(tmp_path / "b").open(sealed)
        Keyring(tmp_path / "b").seal(Credentials())
        with pytest.raises(Conflict, match="connect the account again"):
            Keyring(tmp_path / "b").open(sealed)

    def test_connecting_again_replaces_and_disconnecting_forgets(self, house: House, fake: FakePlatform) -> None:
        mastodon_account(house, fake)
        house.accounts.connect(M, {"server": "https://mastodon.example", "access_token": "token-2"})
        (listed,) = house.accounts.listed()
        assert house.accounts.opened(M).credentials.access_token == "token-2"
        house.accounts.disconnect(listed.id)
        assert house.accounts.listed() == []
        with house.database.session() as session:
            assert session.scalars(select(SocialAccount)).one().secret is None

    def test_wrong_tokens_are_not_stored(self, house: House, fake: FakePlatform) -> None:
        fake.on("GET", "/api/v1/accounts/verify_credentials", Answer(401, {"error": "The access token is invalid"}))
        with pytest.raises(BadInput, match=r"not connected\. Mastodon does not accept"):
            house.accounts.connect(M, {"server": "mastodon.example", "access_token": "nope"})
        with pytest.raises(BadInput, match="please also give: server"):
            house.accounts.connect(M, {"access_token": "nope"})
        with pytest.raises(BadInput, match="is no server"):
            house.accounts.connect(M, {"access_token": "x", "server": "http://mastodon.example"})
        assert house.accounts.listed() == []
