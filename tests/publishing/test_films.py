"""Films on X, Bluesky and LinkedIn: handed over as the platforms' documentation says, waited for, published once."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from publishing_fixtures import Answer, FakePlatform, House, Request

from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost
from tools.publishing.platforms import bluesky_films, linkedin, x

FILM = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 400  # 102,412 bytes
DONE = (PostStatus.PUBLISHED, PublishState.PUBLISHED)
FAILED = (PostStatus.FAILED, PublishState.FAILED)
WAITING = (PostStatus.SCHEDULED, PublishState.WAITING)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (x, linkedin, bluesky_films):
        monkeypatch.setattr(module, "EVERY", 0.0)
        monkeypatch.setattr(module, "TRIES", 4)
    monkeypatch.setattr(x, "PIECE", 60_000)


@pytest.fixture
def film(fake: FakePlatform) -> str:
    fake.routes["GET", "/films/*"] = lambda _: Answer(200, FILM, {"content-type": "video/mp4"})
    return f"{fake.url}/films/pour.mp4"


def state_of(post: SocialPost) -> tuple[PostStatus, PublishState | None]:
    return post.status, post.publish_state


class TestX:
    UPLOAD = "/2/media/upload"

    @pytest.fixture(autouse=True)
    def _connected(self, house: House, fake: FakePlatform) -> None:
        fake.on("GET", "/2/users/me", {"data": {"id": "9", "username": "bloom"}})
        fake.on("POST", "/2/tweets", Answer(201, {"data": {"id": "77"}}))
        fake.on(
            "POST",
            f"{self.UPLOAD}/initialize",
            {"data": {"id": "55", "media_key": "13_55", "expires_after_secs": 86400}},
        )
        fake.on("POST", f"{self.UPLOAD}/55/append", {"data": {"expires_at": 1780000000}})
        pending = {"state": "pending", "check_after_secs": 0}
        fake.on("POST", f"{self.UPLOAD}/55/finalize", {"data": {"id": "55", "processing_info": pending}})
        house.accounts.connect(Platform.TWITTER, {"access_token": "token-1"})

    def says(self, fake: FakePlatform, *infos: dict[str, object]) -> None:
        fake.on("GET", self.UPLOAD, *({"data": {"id": "55", "processing_info": info}} for info in infos))

    def test_a_film_goes_in_pieces_and_is_waited_for(self, house: House, fake: FakePlatform, film: str) -> None:
        self.says(
            fake, {"state": "in_progress", "progress_percent": 40}, {"state": "succeeded", "progress_percent": 100}
        )
        post = house.published(Platform.TWITTER, media_urls=[film])
        assert state_of(post) == DONE, post.failure
        (begun,) = fake.asked("POST", f"{self.UPLOAD}/initialize")
        assert begun.json == {"media_type": "video/mp4", "total_bytes": len(FILM), "media_category": "tweet_video"}
        pieces = fake.asked("POST", f"{self.UPLOAD}/55/append")
        assert [b'name="segment_index"\r\n\r\n%d' % n in one.body for n, one in enumerate(pieces)] == [True, True]
        assert FILM[:60_000] in pieces[0].body
        assert FILM[60_000:] in pieces[1].body
        assert [one.query for one in fake.asked("GET", self.UPLOAD)] == [{"command": "STATUS", "media_id": "55"}] * 2
        assert [one.json["media"] for one in fake.asked("POST", "/2/tweets")] == [{"media_ids": ["55"]}]
        house.publisher.work()
        assert len(fake.asked("POST", "/2/tweets")) == 1

    def test_a_gif_needs_no_waiting_where_x_says_so(self, house: House, fake: FakePlatform) -> None:
        fake.routes["GET", "/gifs/*"] = lambda _: Answer(200, b"GIF89a" + bytes(100), {"content-type": "image/gif"})
        fake.on("POST", f"{self.UPLOAD}/55/finalize", {"data": {"id": "55"}})
        assert state_of(house.published(Platform.TWITTER, media_urls=[f"{fake.url}/gifs/a.gif"])) == DONE
        assert fake.asked("POST", f"{self.UPLOAD}/initialize")[0].json["media_category"] == "tweet_gif"

    def test_a_film_that_cannot_be_used_says_why(self, house: House, fake: FakePlatform, film: str) -> None:
        error = {"code": 1, "name": "InvalidMedia", "message": "Unsupported video codec."}
        self.says(fake, {"state": "failed", "error": error})
        post = house.published(Platform.TWITTER, media_urls=[film])
        assert state_of(post) == FAILED
        assert "X could not use pour.mp4 (Unsupported video codec)" in (post.failure or "")
        assert fake.asked("POST", "/2/tweets") == []

    def test_a_film_that_is_never_done_is_tried_again_later(self, house: House, fake: FakePlatform, film: str) -> None:
        self.says(fake, {"state": "in_progress"})
        post = house.published(Platform.TWITTER, media_urls=[film])
        assert state_of(post) == WAITING
        assert "X is still working on pour.mp4" in (post.failure or "")

    @pytest.mark.parametrize(
        ("answer", "state", "said"),
        [
            (
                Answer(413, {"title": "Payload Too Large", "detail": "File size exceeds the limit"}),
                FAILED,
                "exceeds the limit",
            ),
            (Answer(429, {"title": "Too Many Requests"}, {"retry-after": "900"}), WAITING, "its limit is reached"),
            (Answer(503), WAITING, "out of order"),
            (Answer(drop=True), WAITING, "did not answer"),
        ],
        ids=["too large", "limit", "out of order", "hung up"],
    )
    def test_errors_before_publishing_leave_no_doubt(
        self,
        house: House,
        fake: FakePlatform,
        film: str,
        answer: Answer,
        state: tuple[PostStatus, PublishState],
        said: str,
    ) -> None:
        fake.on("POST", f"{self.UPLOAD}/55/append", answer)
        post = house.published(Platform.TWITTER, media_urls=[film])
        assert state_of(post) == state
        assert said in (post.failure or "")
        assert fake.asked("POST", "/2/tweets") == []


class TestLinkedIn:
    VIDEO = "/rest/videos/urn%3Ali%3Avideo%3AC5"

    @pytest.fixture(autouse=True)
    def _connected(self, house: House, fake: FakePlatform) -> None:
        fake.on("GET", "/v2/userinfo", {"sub": "abc", "name": "Ann Berg"})
        fake.on("POST", "/rest/posts", Answer(201, b"", {"x-restli-id": "urn:li:share:5"}))
        parts = [
            {"uploadUrl": f"{fake.url}/up/1", "firstByte": 0, "lastByte": 69_999},
            {"uploadUrl": f"{fake.url}/up/2", "firstByte": 70_000, "lastByte": len(FILM) - 1},
        ]
        begun = {"video": "urn:li:video:C5", "uploadToken": "token", "uploadInstructions": parts}
        fake.routes["POST", "/rest/videos"] = lambda asked: (
            Answer(200, {"value": begun}) if asked.query["action"] == "initializeUpload" else Answer(200, b"")
        )
        fake.routes["PUT", "/up/*"] = lambda asked: Answer(200, b"", {"etag": f'"part-{asked.path[-1]}"'})
        house.accounts.connect(Platform.LINKEDIN, {"access_token": "token-1"})

    def says(self, fake: FakePlatform, *states: dict[str, str]) -> None:
        fake.on("GET", self.VIDEO, *states)

    def test_a_film_goes_in_parts_whose_etags_are_told(self, house: House, fake: FakePlatform, film: str) -> None:
        self.says(fake, {"status": "PROCESSING"}, {"status": "AVAILABLE"})
        post = house.published(Platform.LINKEDIN, media_urls=[film])
        assert state_of(post) == DONE, post.failure
        begin, end = fake.asked("POST", "/rest/videos")
        assert begin.json["initializeUploadRequest"] == {
            "owner": "urn:li:person:abc", "fileSizeBytes": len(FILM), "uploadCaptions": False, "uploadThumbnail": False,
        }  # fmt: skip
        put = [one for one in fake.requests if one.method == "PUT"]
        assert [one.body for one in put] == [FILM[:70_000], FILM[70_000:]]
        assert all("authorization" not in one.headers for one in put)
        assert (end.query, end.json["finalizeUploadRequest"]) == (
            {"action": "finalizeUpload"},
            {"video": "urn:li:video:C5", "uploadToken": "token", "uploadedPartIds": ["part-1", "part-2"]},
        )
        assert [one.json["content"] for one in fake.asked("POST", "/rest/posts")] == [
            {"media": {"id": "urn:li:video:C5"}}
        ]

    def test_what_fails_before_publishing(self, house: House, fake: FakePlatform, film: str) -> None:
        self.says(fake, {"status": "PROCESSING_FAILED", "processingFailureReason": "Corrupted file"})
        post = house.published(Platform.LINKEDIN, media_urls=[film])
        assert state_of(post) == FAILED
        assert "LinkedIn could not use pour.mp4 (Corrupted file)" in (post.failure or "")
        self.says(fake, {"status": "PROCESSING"})
        assert state_of(house.published(Platform.LINKEDIN, media_urls=[film])) == WAITING
        both = house.published(Platform.LINKEDIN, media_urls=[film, fake.picture])
        assert "one film alone" in (both.failure or "")
        fake.routes["GET", "/films/*"] = lambda _: Answer(200, FILM[:70_000], {"content-type": "video/mp4"})
        assert "at least 75 KB" in (house.published(Platform.LINKEDIN, media_urls=[film]).failure or "")
        fake.routes["PUT", "/up/*"] = lambda _: Answer(500)
        fake.routes["GET", "/films/*"] = lambda _: Answer(200, FILM, {"content-type": "video/mp4"})
        assert state_of(house.published(Platform.LINKEDIN, media_urls=[film])) == WAITING
        assert fake.asked("POST", "/rest/posts") == []


class TestBluesky:
    UPLOAD, STATUS, CREATE = (
        f"/xrpc/{one}"
        for one in ("app.bsky.video.uploadVideo", "app.bsky.video.getJobStatus", "com.atproto.repo.createRecord")
    )
    BLOB = {"$type": "blob", "ref": {"$link": "bafyfilm"}, "mimeType": "video/mp4", "size": len(FILM)}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def _connected(self, house: House, fake: FakePlatform) -> None:
        claims = {"exp": int((datetime.now(UTC) + timedelta(hours=2)).timestamp()), "aud": "did:web:pds.example"}
        token = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        session = {
            "did": "did:plc:bloom", "handle": "bloom.example", "accessJwt": f"h.{token}.s", "refreshJwt": "r",
        }  # fmt: skip
        fake.on("POST", "/xrpc/com.atproto.server.createSession", session)
        fake.on("POST", self.CREATE, {"uri": "at://did:plc:bloom/app.bsky.feed.post/3k", "cid": "bafy"})
        fake.routes["GET", "/xrpc/com.atproto.server.getServiceAuth"] = lambda asked: Answer(
            200, {"token": f"{asked.query['aud']} {asked.query['lxm']}"}
        )
        fake.on("GET", "/xrpc/app.bsky.video.getUploadLimits", {"canUpload": True, "remainingDailyVideos": 24})
        fake.on("POST", self.UPLOAD, {"jobId": "j1", "did": "did:plc:bloom", "state": "JOB_STATE_CREATED"})
        house.accounts.connect(Platform.BLUESKY, {"password": "app-pass"}, "bloom.example")

    def says(self, fake: FakePlatform, *jobs: dict[str, object]) -> None:
        fake.on("GET", self.STATUS, *({"jobStatus": {"jobId": "j1", **job}} for job in jobs))

    def done(self) -> dict[str, object]:
        return {"state": "JOB_STATE_COMPLETED", "blob": self.BLOB}

    def test_a_film_is_worked_on_before_the_post_shows_it(self, house: House, fake: FakePlatform, film: str) -> None:
        self.says(fake, {"state": "JOB_STATE_ENCODING", "progress": 40}, self.done())
        post = house.published(Platform.BLUESKY, media_urls=[film])
        assert state_of(post) == DONE, post.failure
        asked = [one.query for one in fake.asked("GET", "/xrpc/com.atproto.server.getServiceAuth")]
        assert [(one["aud"], one["lxm"]) for one in asked] == [
            ("did:web:video.bsky.app", "app.bsky.video.getUploadLimits"),
            ("did:web:pds.example", "com.atproto.repo.uploadBlob"),
        ]
        lives = int(asked[1]["exp"]) - datetime.now(UTC).timestamp()
        assert 25 * 60 < lives <= 30 * 60
        (given,) = fake.asked("POST", self.UPLOAD)
        assert (given.query, given.body) == ({"did": "did:plc:bloom", "name": "pour.mp4"}, FILM)
        assert given.headers["authorization"] == "Bearer did:web:pds.example com.atproto.repo.uploadBlob"
        assert given.headers["content-type"] == "video/mp4"
        (made,) = fake.asked("POST", self.CREATE)
        assert made.json["record"]["embed"] == {"$type": "app.bsky.embed.video", "video": self.BLOB}

    def test_a_film_that_the_service_has_already_is_used(self, house: House, fake: FakePlatform, film: str) -> None:
        """As after a crash between upload and post."""
        known = {"jobId": "j1", "state": "JOB_STATE_COMPLETED", "error": "already_exists"}
        fake.on("POST", self.UPLOAD, Answer(409, known))
        self.says(fake, self.done())
        assert state_of(house.published(Platform.BLUESKY, media_urls=[film])) == DONE

    @pytest.mark.parametrize(
        ("arrange", "state", "said"),
        [
            (lambda t, f: t.says(f, {"state": "JOB_STATE_FAILED", "message": "Video too long"}), FAILED, "(Video too long)"),
            (lambda t, f: t.says(f, {"state": "JOB_STATE_ENCODING"}), WAITING, "still working on pour.mp4"),
            (lambda t, f: f.on("GET", "/xrpc/app.bsky.video.getUploadLimits",
                               {"canUpload": False, "error": "unconfirmed_email", "message": "Confirm your email"}),
             FAILED, "Confirm the account's email address"),
            (lambda t, f: f.on("GET", "/xrpc/app.bsky.video.getUploadLimits",
                               {"canUpload": False, "message": "Daily limit reached"}), WAITING, "Daily limit reached"),
            (lambda t, f: f.on("POST", t.UPLOAD, Answer(429, {}, {"retry-after": "60"})), WAITING, "its limit is reached"),
        ],
        ids=["failed", "never done", "no address", "daily limit", "rate limit"],
    )  # fmt: skip
    def test_what_fails_before_publishing(
        self, house: House, fake: FakePlatform, film: str,
        arrange: "Callable[[TestBluesky, FakePlatform], None]", state: tuple[PostStatus, PublishState], said: str,
    ) -> None:  # fmt: skip
        arrange(self, fake)
        post = house.published(Platform.BLUESKY, media_urls=[film])
        assert state_of(post) == state
        assert said in (post.failure or "")
        assert fake.asked("POST", self.CREATE) == []

    def test_what_bluesky_does_not_take(
        self, house: House, fake: FakePlatform, film: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        both = house.published(Platform.BLUESKY, media_urls=[film, fake.picture])
        assert "one film alone" in (both.failure or "")
        fake.routes["GET", "/films/*"] = self.quicktime
        assert "as MP4; pour.mp4 is quicktime" in (house.published(Platform.BLUESKY, media_urls=[film]).failure or "")
        monkeypatch.setattr(bluesky_films, "LARGEST", 100_000)
        fake.routes["GET", "/films/*"] = lambda _: Answer(200, FILM, {"content-type": "video/mp4"})
        assert "at most 100 MB" in (house.published(Platform.BLUESKY, media_urls=[film]).failure or "")

    @staticmethod
    def quicktime(_: Request) -> Answer:
        return Answer(200, FILM, {"content-type": "video/quicktime"})
