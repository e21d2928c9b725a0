"""Facebook, Instagram and TikTok against a server that answers as their documentation says, errors included."""

import pytest
from publishing_fixtures import Answer, FakePlatform, House

from memory.enums import Platform, PostStatus
from memory.posts import PublishState
from tools.publishing.platforms import instagram, tiktok

DONE = (PostStatus.PUBLISHED, PublishState.PUBLISHED)
FAILED = (PostStatus.FAILED, PublishState.FAILED)
UNKNOWN = (PostStatus.FAILED, PublishState.UNKNOWN)
WAITING = (PostStatus.SCHEDULED, PublishState.WAITING)
FEED, PHOTOS = ("POST", "/v24.0/12/feed"), ("POST", "/v24.0/12/photos")
PUBLISH = ("POST", "/v24.0/34/media_publish")
INIT, STATUS = ("POST", "/v2/post/publish/content/init/"), ("POST", "/v2/post/publish/status/fetch/")
OK = {"code": "ok", "message": ""}
State = tuple[PostStatus, PublishState]


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (instagram, tiktok):
        monkeypatch.setattr(module, "EVERY", 0.0)
        monkeypatch.setattr(module, "TRIES", 4)


def meta(code: int, message: str = "something", status: int = 400, **more: object) -> Answer:
    """https://developers.facebook.com/docs/graph-api/guides/error-handling"""
    return Answer(status, {"error": {"message": message, "type": "OAuthException", "code": code, **more}})


class TestFacebook:
    def connect(self, house: House, fake: FakePlatform) -> None:
        fake.on("GET", "/v24.0/12", {"id": "12", "name": "Bloom Tea"})
        fake.on(*FEED, {"id": "12_99"})
        house.accounts.connect(Platform.FACEBOOK, {"access_token": "page-token"}, "12")

    def test_a_text_shows_the_page_behind_its_link(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        post = house.published(Platform.FACEBOOK, "New: https://tea.example/x")
        assert (post.status, post.publish_state, post.external_id) == (*DONE, "12_99")
        (asked,) = fake.asked(*FEED)
        assert asked.form == {"message": "New: https://tea.example/x", "link": "https://tea.example/x"}
        assert asked.headers["authorization"] == "Bearer page-token"

    def test_one_picture_is_a_photo_several_are_attached(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        fake.on(*PHOTOS, {"id": "5", "post_id": "12_98"})
        one = house.published(Platform.FACEBOOK, media_urls=["https://tea.example/a.jpg"])
        assert one.external_id == "12_98"
        assert fake.asked(*PHOTOS)[0].form["published"] == "true"
        two = house.published(Platform.FACEBOOK, media_urls=["https://tea.example/a.jpg", "https://tea.example/b.jpg"])
        assert two.external_id == "12_99"
        assert [asked.form["published"] for asked in fake.asked(*PHOTOS)[1:]] == ["false", "false"]
        assert fake.asked(*FEED)[0].form["attached_media[1]"] == '{"media_fbid": "5"}'

    @pytest.mark.parametrize(
        ("answer", "state", "said"),
        [
            (meta(190, "Error validating access token"), FAILED, "Connect the account again"),
            (meta(506, "Duplicate status message"), FAILED, "Change it a little"),
            (meta(200, "requires pages_manage_posts"), FAILED, "with the missing permission"),
            (meta(100, "Invalid parameter", error_user_msg="The text is empty."), FAILED, "refused: The text is empty."),
            (meta(32, "Page request limit reached"), WAITING, "its limit is reached"),
            (meta(1, "An unknown error occurred"), UNKNOWN, "Please look on Facebook"),
            (meta(2, "Service temporarily unavailable", 500), UNKNOWN, "Please look on Facebook"),
            (meta(368, "Blocked", is_transient=True), UNKNOWN, "it is not repeated"),
        ],
        ids=["token", "duplicate", "permission", "parameter", "limit", "unknown", "down", "transient"],
    )  # fmt: skip
    def test_errors(self, house: House, fake: FakePlatform, answer: Answer, state: State, said: str) -> None:
        self.connect(house, fake)
        fake.on(*FEED, answer)
        post = house.published(Platform.FACEBOOK)
        assert (post.status, post.publish_state) == state
        assert said in (post.failure or "")


class TestInstagram:
    def connect(self, house: House, fake: FakePlatform) -> None:
        fake.on("GET", "/v24.0/me", {"user_id": "34", "username": "bloom"})
        fake.on("POST", "/v24.0/34/media", *({"id": f"c{number}"} for number in (1, 2, 3)))
        for number in (1, 2, 3):
            fake.on("GET", f"/v24.0/c{number}", {"status_code": "IN_PROGRESS"}, {"status_code": "FINISHED"})
        fake.on(*PUBLISH, {"id": "m7"})
        fake.on("GET", "/v24.0/m7", {"permalink": "https://www.instagram.com/p/xyz/"})
        house.accounts.connect(Platform.INSTAGRAM, {"access_token": "ig-token"})

    def test_a_picture_is_published_when_its_container_is_ready(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        post = house.published(Platform.INSTAGRAM, media_urls=["https://tea.example/a.jpg"])
        assert (post.status, post.publish_state, post.external_id) == (*DONE, "m7")
        assert post.external_url == "https://www.instagram.com/p/xyz/"
        made = fake.asked("POST", "/v24.0/34/media")[0].form
        assert made == {"image_url": "https://tea.example/a.jpg", "caption": "New blend #tea"}
        assert len(fake.asked("GET", "/v24.0/c1")) == 2
        assert fake.asked(*PUBLISH)[0].form == {"creation_id": "c1"}

    def test_several_are_a_carousel_and_a_film_a_reel(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        house.published(Platform.INSTAGRAM, media_urls=["https://tea.example/a.jpg", "https://tea.example/b.mp4"])
        first, second, whole = (asked.form for asked in fake.asked("POST", "/v24.0/34/media"))
        assert first == {"is_carousel_item": "true", "image_url": "https://tea.example/a.jpg"}
        assert second == {"is_carousel_item": "true", "media_type": "VIDEO", "video_url": "https://tea.example/b.mp4"}
        assert whole == {"media_type": "CAROUSEL", "children": "c1,c2", "caption": "New blend #tea"}
        house.published(Platform.INSTAGRAM, media_urls=["https://tea.example/b.mp4"])
        assert fake.asked("POST", "/v24.0/34/media")[3].form["media_type"] == "REELS"

    def test_a_container_that_fails_or_is_never_ready_publishes_nothing(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        fake.on("GET", "/v24.0/c1", {"status_code": "ERROR", "status": "Error: Media upload has failed"})
        failed = house.published(Platform.INSTAGRAM, media_urls=["https://tea.example/a.jpg"])
        assert (failed.status, failed.publish_state) == FAILED
        assert "Media upload has failed" in (failed.failure or "")
        fake.on("GET", "/v24.0/c2", {"status_code": "IN_PROGRESS"})
        slow = house.published(Platform.INSTAGRAM, media_urls=["https://tea.example/a.jpg"])
        assert (slow.status, slow.publish_state) == WAITING
        bare = house.published(Platform.INSTAGRAM)
        assert "no post without a picture" in (bare.failure or "")
        assert fake.asked(*PUBLISH) == []

    def test_a_lost_answer_is_doubt(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        fake.on(*PUBLISH, Answer(drop=True))
        post = house.published(Platform.INSTAGRAM, media_urls=["https://tea.example/a.jpg"])
        house.publisher.work()
        assert (post.status, post.publish_state) == UNKNOWN
        assert len(fake.asked(*PUBLISH)) == 1

    def test_the_token_is_renewed_in_its_last_days(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        assert house.accounts.opened(Platform.INSTAGRAM).credentials.access_token == "ig-token"
        fake.on("GET", "/refresh_access_token", {"access_token": "ig-2", "expires_in": 5184000})
        house.accounts.connect(
            Platform.INSTAGRAM, {"access_token": "ig-token", "expires_at": "2026-01-01T00:00"}
        )  # fmt: skip
        assert house.accounts.opened(Platform.INSTAGRAM).credentials.access_token == "ig-2"
        assert fake.asked("GET", "/refresh_access_token")[0].query["grant_type"] == "ig_refresh_token"


class TestTikTok:
    def connect(self, house: House, fake: FakePlatform) -> None:
        user = {"open_id": "o1", "display_name": "Bloom"}
        fake.on("GET", "/v2/user/info/", {"data": {"user": user}, "error": OK})
        creator = {"creator_username": "bloom", "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"]}
        fake.on("POST", "/v2/post/publish/creator_info/query/", {"data": creator, "error": OK})
        fake.on(*INIT, {"data": {"publish_id": "p1"}, "error": OK})
        done = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7123]}
        fake.on(*STATUS, {"data": {"status": "PROCESSING_DOWNLOAD"}, "error": OK}, {"data": done, "error": OK})
        house.accounts.connect(Platform.TIKTOK, {"access_token": "act.1"})

    def test_pictures_are_taken_and_waited_for(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        post = house.published(Platform.TIKTOK, "T" * 100, media_urls=["https://tea.example/a.jpg"])
        assert (post.status, post.publish_state, post.external_id) == (*DONE, "7123")
        assert post.external_url == "https://www.tiktok.com/@bloom/photo/7123"
        body = fake.asked(*INIT)[0].json
        assert body["post_info"] == {
            "title": "T" * 90, "description": "T" * 100, "privacy_level": "PUBLIC_TO_EVERYONE",
        }  # fmt: skip
        assert body["source_info"]["photo_images"] == ["https://tea.example/a.jpg"]
        assert [asked.json for asked in fake.asked(*STATUS)] == [{"publish_id": "p1"}] * 2

    def test_a_film(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        fake.on("POST", "/v2/post/publish/video/init/", {"data": {"publish_id": "p2"}, "error": OK})
        post = house.published(Platform.TIKTOK, media_urls=["https://tea.example/b.mp4"])
        assert post.external_url == "https://www.tiktok.com/@bloom/video/7123"

    @pytest.mark.parametrize(
        ("status", "state", "said"),
        [
            ({"data": {"status": "FAILED", "fail_reason": "picture_size_check_failed"}, "error": OK}, FAILED,
             "TikTok refused: picture size check failed"),
            ({"data": {"status": "PROCESSING_DOWNLOAD"}, "error": OK}, UNKNOWN, "still works on it"),
            (Answer(401, {"error": {"code": "access_token_invalid", "message": ""}}), UNKNOWN, "took the post"),
            (Answer(500), UNKNOWN, "still works on it"),
        ],
        ids=["failed", "slow", "token", "down"],
    )  # fmt: skip
    def test_what_came_of_it(
        self, house: House, fake: FakePlatform, status: Answer | dict[str, object], state: State, said: str
    ) -> None:
        self.connect(house, fake)
        fake.on(*STATUS, status)
        post = house.published(Platform.TIKTOK, media_urls=["https://tea.example/a.jpg"])
        house.publisher.work()
        assert (post.status, post.publish_state) == state
        assert said in (post.failure or "")
        assert len(fake.asked(*INIT)) == 1

    @pytest.mark.parametrize(
        ("code", "http", "state", "said"),
        [
            ("spam_risk_too_many_posts", 403, FAILED, "no more posts of this account today"),
            ("url_ownership_unverified", 403, FAILED, "a domain that you have verified"),
            ("rate_limit_exceeded", 429, WAITING, "its limit is reached"),
            ("access_token_invalid", 401, FAILED, "Connect the account again"),
            ("internal_error", 500, UNKNOWN, "Please look on TikTok"),
            ("internal_error", 200, UNKNOWN, "Please look on TikTok"),
        ],
    )
    def test_refusals(self, house: House, fake: FakePlatform, code: str, http: int, state: State, said: str) -> None:
        self.connect(house, fake)
        fake.on(*INIT, Answer(http, {"data": {}, "error": {"code": code, "message": "", "log_id": "1"}}))
        post = house.published(Platform.TIKTOK, media_urls=["https://tea.example/a.jpg"])
        assert (post.status, post.publish_state) == state
        assert said in (post.failure or "")
        assert fake.asked(*STATUS) == []

    def test_an_account_that_may_not_post_publicly(self, house: House, fake: FakePlatform) -> None:
        self.connect(house, fake)
        creator = {"creator_username": "bloom", "privacy_level_options": ["SELF_ONLY"]}
        fake.on("POST", "/v2/post/publish/creator_info/query/", {"data": creator, "error": OK})
        post = house.published(Platform.TIKTOK, media_urls=["https://tea.example/a.jpg"])
        assert (post.status, post.publish_state) == FAILED
        assert fake.asked(*INIT) == []
