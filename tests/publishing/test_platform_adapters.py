"""Each platform's adapter against a server that answers as the platform's documentation says, errors included."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from publishing_fixtures import PNG, Answer, FakePlatform, House, mastodon_account

from memory.enums import Platform, PostStatus
from memory.posts import PublishState
from tools.core.errors import BadInput
from tools.publishing.platforms import instagram, mastodon, tiktok
from tools.publishing.platforms.linkedin import little

DONE = (PostStatus.PUBLISHED, PublishState.PUBLISHED)
FAILED = (PostStatus.FAILED, PublishState.FAILED)
UNKNOWN = (PostStatus.FAILED, PublishState.UNKNOWN)
WAITING = (PostStatus.SCHEDULED, PublishState.WAITING)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (instagram, mastodon, tiktok):
        monkeypatch.setattr(module, "EVERY", 0.0)
        monkeypatch.setattr(module, "TRIES", 5)


def jwt(until: datetime) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": int(until.timestamp())}).encode()).decode().rstrip("=")
    return f"head.{claims}.signature"


class TestMastodon:
    def test_pictures_are_uploaded_first_and_waited_for(self, house: House, fake: FakePlatform) -> None:
        """https://docs.joinmastodon.org/methods/media/: 202 without a url, 206 while it is worked on, then 200."""
        mastodon_account(house, fake)
        fake.on("POST", "/api/v2/media", Answer(202, {"id": "55", "url": None}))
        fake.on("GET", "/api/v1/media/55", Answer(206, {"id": "55", "url": None}), {"id": "55", "url": "https://f/55"})
        post = house.published(Platform.MASTODON, media_urls=[fake.picture])
        assert (post.status, post.publish_state) == DONE
        (uploaded,) = fake.asked("POST", "/api/v2/media")
        assert PNG in uploaded.body
        assert b'filename="tea.png"' in uploaded.body
        assert fake.asked("POST", "/api/v1/statuses")[0].json["media_ids"] == ["55"]

    def test_a_picture_that_is_never_ready_publishes_nothing(self, house: House, fake: FakePlatform) -> None:
        mastodon_account(house, fake)
        fake.on("POST", "/api/v2/media", Answer(202, {"id": "55"}))
        fake.on("GET", "/api/v1/media/55", Answer(206, {"id": "55"}))
        post = house.published(Platform.MASTODON, media_urls=[fake.picture])
        assert (post.status, post.publish_state) == WAITING
        assert fake.asked("POST", "/api/v1/statuses") == []


class TestBluesky:
    CREATE = ("POST", "/xrpc/com.atproto.repo.createRecord")

    def connect(self, house: House, fake: FakePlatform, lives: timedelta = timedelta(hours=2)) -> None:
        until = datetime.now(UTC) + lives
        session = {
            "did": "did:plc:bloom",
            "handle": "bloom.example",
            "accessJwt": jwt(until),
            "refreshJwt": "refresh-1",
        }
        fake.on("POST", "/xrpc/com.atproto.server.createSession", session)
        fake.on("POST", "/xrpc/com.atproto.server.refreshSession", {**session, "refreshJwt": "refresh-2"})
        fake.on(*self.CREATE, {"uri": "at://did:plc:bloom/app.bsky.feed.post/3k", "cid": "bafy"})
        house.accounts.connect(Platform.BLUESKY, {"password": "app-pass"}, "@bloom.example")

    def test_links_tags_and_mentions_become_facets_of_bytes(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        fake.routes["GET", "/xrpc/com.atproto.identity.resolveHandle"] = lambda asked: (
            Answer(200, {"did": "did:plc:ann"})
            if asked.query["handle"] == "ann.example"
            else Answer(400, {"error": "InvalidRequest", "message": "Unable to resolve handle"})
        )
        post = house.published(Platform.BLUESKY, "Tée ☕ https://tea.example/x. #tea @ann.example @no.body")
        assert (post.status, post.publish_state) == DONE
        assert post.external_url == "https://bsky.app/profile/bloom.example/post/3k"
        body = fake.asked(*self.CREATE)[0].json
        assert (body["repo"], body["collection"]) == ("did:plc:bloom", "app.bsky.feed.post")
        text = body["record"]["text"].encode()
        facets = [
            (text[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(), one["features"][0])
            for one in body["record"]["facets"]
        ]
        assert facets == [
            ("https://tea.example/x", {"$type": "app.bsky.richtext.facet#link", "uri": "https://tea.example/x"}),
            ("#tea", {"$type": "app.bsky.richtext.facet#tag", "tag": "tea"}),
            ("@ann.example", {"$type": "app.bsky.richtext.facet#mention", "did": "did:plc:ann"}),
        ]

    def test_a_session_is_used_while_it_lives_and_then_renewed(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake, lives=timedelta(minutes=1))  # less than what is kept as a reserve
        house.published(Platform.BLUESKY)
        assert len(fake.asked("POST", "/xrpc/com.atproto.server.createSession")) == 2, "connected, and begun"
        house.published(Platform.BLUESKY)
        (renewed,) = fake.asked("POST", "/xrpc/com.atproto.server.refreshSession")
        assert renewed.headers["authorization"] == "Bearer refresh-1"
        assert house.accounts.opened(Platform.BLUESKY).credentials.refresh_token == "refresh-2"

    def test_an_ended_token_is_renewed_and_the_post_tried_again(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        house.published(Platform.BLUESKY)
        account = house.accounts.opened(Platform.BLUESKY)
        # Renewed long ago, as far as the hub knows.
        old = replace(account.credentials, refreshed_at=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
        house.accounts._store(account.id, old)
        fake.on(*self.CREATE, Answer(400, {"error": "ExpiredToken", "message": "Token has expired"}))
        post = house.published(Platform.BLUESKY)
        assert (post.status, post.publish_state) == WAITING
        assert "It is tried again" in (post.failure or "")
        house.accounts.opened(Platform.BLUESKY)
        assert len(fake.asked("POST", "/xrpc/com.atproto.server.refreshSession")) == 1

    def test_pictures(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        blob = {"$type": "blob", "ref": {"$link": "bafy1"}, "mimeType": "image/png", "size": 32}
        fake.on("POST", "/xrpc/com.atproto.repo.uploadBlob", {"blob": blob})
        post = house.published(Platform.BLUESKY, media_urls=[fake.picture])
        assert (post.status, post.publish_state) == DONE
        uploaded = fake.asked("POST", "/xrpc/com.atproto.repo.uploadBlob")[0]
        assert (uploaded.body, uploaded.headers["content-type"]) == (PNG, "image/png")
        assert fake.asked(*self.CREATE)[0].json["record"]["embed"]["images"] == [{"alt": "", "image": blob}]

    def test_a_wrong_app_password(self, house: House, fake: FakePlatform) -> None:
        refused = Answer(401, {"error": "AuthenticationRequired", "message": "Invalid identifier or password"})
        fake.on("POST", "/xrpc/com.atproto.server.createSession", refused)
        with pytest.raises(BadInput, match="does not know this handle with this app password"):
            house.accounts.connect(Platform.BLUESKY, {"password": "wrong"}, "bloom.example")


class TestLinkedIn:
    def connect(self, house: House, fake: FakePlatform, **more: str) -> None:
        fake.on("GET", "/v2/userinfo", {"sub": "abc", "name": "Ann Leaf"})
        fake.on("POST", "/rest/posts", Answer(201, b"", {"x-restli-id": "urn:li:share:42"}))
        house.accounts.connect(Platform.LINKEDIN, {"access_token": "token-1", **more})

    def test_a_text(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        post = house.published(Platform.LINKEDIN, "Spring (new) #tea")
        assert (post.status, post.publish_state, post.external_id) == (*DONE, "urn:li:share:42")
        assert post.external_url == "https://www.linkedin.com/feed/update/urn:li:share:42/"
        (asked,) = fake.asked("POST", "/rest/posts")
        assert asked.json["author"] == "urn:li:person:abc"
        assert asked.json["commentary"] == "Spring \\(new\\) #tea"
        assert asked.headers["linkedin-version"] == "202601"
        assert asked.headers["x-restli-protocol-version"] == "2.0.0"

    def test_what_the_format_reserves_is_escaped(self) -> None:
        """https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format"""
        assert little("a_b *c* (d) [e] {f} <g> @h |i| ~j \\k # l #m") == (
            "a\\_b \\*c\\* \\(d\\) \\[e\\] \\{f\\} \\<g\\> \\@h \\|i\\| \\~j \\\\k \\# l #m"
        )

    def test_pictures_are_uploaded_where_it_says(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        begun = [
            {"value": {"uploadUrl": f"{fake.url}/up/{n}", "image": f"urn:li:image:{n}"}} for n in (1, 2)
        ]  # fmt: skip
        fake.on("POST", "/rest/images", *begun)
        fake.on("PUT", "/up/*", Answer(201))
        house.published(Platform.LINKEDIN, media_urls=[fake.picture, fake.picture + "?2"])
        assert [one.body for one in fake.requests if one.method == "PUT"] == [PNG, PNG]
        begin = fake.asked("POST", "/rest/images")[0]
        assert (begin.query, begin.json) == (
            {"action": "initializeUpload"}, {"initializeUploadRequest": {"owner": "urn:li:person:abc"}},
        )  # fmt: skip
        images = fake.asked("POST", "/rest/posts")[0].json["content"]["multiImage"]["images"]
        assert [one["id"] for one in images] == ["urn:li:image:1", "urn:li:image:2"]

    def test_a_token_is_renewed_before_it_ends(self, house: House, fake: FakePlatform) -> None:
        soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        self.connect(house, fake, refresh_token="r-1", client_id="app", client_secret="s", expires_at=soon)
        fake.on("POST", "/oauth/v2/accessToken", {"access_token": "token-2", "expires_in": 5184000})
        house.published(Platform.LINKEDIN)
        assert fake.asked("POST", "/rest/posts")[0].headers["authorization"] == "Bearer token-2"
        (asked,) = fake.asked("POST", "/oauth/v2/accessToken")
        assert asked.form == {
            "grant_type": "refresh_token", "refresh_token": "r-1", "client_id": "app", "client_secret": "s",
        }  # fmt: skip

    def test_a_renewal_that_is_refused_says_what_to_do(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake, refresh_token="r-1", expires_at="2026-01-01T00:00")
        fake.on("POST", "/oauth/v2/accessToken", Answer(400, {"error": "invalid_grant"}))
        post = house.published(Platform.LINKEDIN)
        assert (post.status, post.publish_state) == FAILED
        assert "has ended and could not be renewed. Connect the account again." in (post.failure or "")

    @pytest.mark.parametrize(
        ("answer", "state", "said"),
        [
            (Answer(426, {"code": "NONEXISTENT_VERSION"}), FAILED, "Connect the account again with a newer version"),
            (Answer(422, {"message": "commentary is duplicate"}), FAILED, "LinkedIn refused: commentary is duplicate"),
            (Answer(201, b""), UNKNOWN, "does not say which one it is"),
            (Answer(500), UNKNOWN, "Please look on LinkedIn"),
        ],
    )
    def test_errors(
        self, house: House, fake: FakePlatform, answer: Answer, state: tuple[PostStatus, PublishState], said: str
    ) -> None:
        self.connect(house, fake)
        fake.on("POST", "/rest/posts", answer)
        post = house.published(Platform.LINKEDIN)
        assert (post.status, post.publish_state) == state
        assert said in (post.failure or "")


class TestX:
    def connect(self, house: House, fake: FakePlatform, **more: str) -> None:
        fake.on("GET", "/2/users/me", {"data": {"id": "9", "username": "bloom", "name": "Bloom"}})
        fake.on("POST", "/2/tweets", Answer(201, {"data": {"id": "77", "text": "New blend #tea"}}))
        house.accounts.connect(Platform.TWITTER, {"access_token": "token-1", **more})

    def test_a_text_with_a_picture(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        fake.on("POST", "/2/media/upload", {"data": {"id": "1146", "media_key": "3_1146"}})
        post = house.published(Platform.TWITTER, media_urls=[fake.picture])
        assert (post.status, post.publish_state) == DONE
        assert post.external_url == "https://x.com/bloom/status/77"
        assert fake.asked("POST", "/2/tweets")[0].json == {"text": "New blend #tea", "media": {"media_ids": ["1146"]}}
        uploaded = fake.asked("POST", "/2/media/upload")[0].body
        assert PNG in uploaded
        assert b"tweet_image" in uploaded

    def test_renewing_gives_a_new_refresh_token_too(self, house: House, fake: FakePlatform) -> None:
        self.connect(
            house, fake, refresh_token="r-1", client_id="app", client_secret="s", expires_at="2026-01-01T00:00"
        )
        renewed = {"access_token": "token-2", "refresh_token": "r-2", "expires_in": 7200, "token_type": "bearer"}
        fake.on("POST", "/2/oauth2/token", renewed)
        house.published(Platform.TWITTER)
        (asked,) = fake.asked("POST", "/2/oauth2/token")
        assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"app:s").decode()
        assert fake.asked("POST", "/2/tweets")[0].headers["authorization"] == "Bearer token-2"
        assert house.accounts.opened(Platform.TWITTER).credentials.refresh_token == "r-2"

    @pytest.mark.parametrize(
        ("answer", "state", "said"),
        [
            (Answer(403, {"detail": "You are not allowed to create a Tweet with duplicate content.", "status": 403}),
             FAILED, "the same text was posted there already"),
            (Answer(401, {"title": "Unauthorized"}), FAILED, "Connect the account again"),
            (Answer(402, {"title": "CreditsDepleted"}), FAILED, "credits of your X developer account"),
            (Answer(429, {"title": "Too Many Requests"}, {"x-rate-limit-reset": "4102444800"}), FAILED, "given up"),
            (Answer(503), UNKNOWN, "Please look on X (Twitter)"),
        ],
        ids=["duplicate", "token", "credits", "a day's limit", "out of order"],
    )  # fmt: skip
    def test_errors(
        self, house: House, fake: FakePlatform, answer: Answer, state: tuple[PostStatus, PublishState], said: str
    ) -> None:
        self.connect(house, fake)
        fake.on("POST", "/2/tweets", answer)
        post = house.published(Platform.TWITTER)
        assert (post.status, post.publish_state) == state
        assert said in (post.failure or "")
