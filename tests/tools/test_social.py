"""Posts: scheduling behind the gate, cancelling and listing, with every rule for their values."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from posts_planted import plant
from sqlalchemy import select
from sqlalchemy.orm import Session

import tools.social  # noqa: F401 - declares the tools
from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost
from memory.social_accounts import SocialAccount
from tools.core.context import Context
from tools.core.door import Door, Outcome
from tools.core.errors import Ambiguous, BadInput, Conflict, HubError, Missing, NotFound, PlanChanged

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

FRIDAY = "2026-03-20T18:00"
NO_ACCOUNT = (
    "No Facebook account is connected: the post will be kept as scheduled and can be copied out; nothing is published "
    "until an account is connected."
)


def schedule(door: Door, platform: str = "facebook", at: str = FRIDAY, **arguments: Any) -> Outcome:
    return door.call("schedule_social_post", {"platform": platform, "scheduled_time": at, **arguments})


def all_posts(reading: Reading) -> list[SocialPost]:
    with reading() as ctx:
        return list(ctx.session.scalars(select(SocialPost).order_by(SocialPost.id)))


class TestScheduleNew:
    def test_waits_at_the_gate_and_says_exactly_what_would_happen(self, door: Door, reading: Reading) -> None:
        plan = schedule(door, content="New blend Friday! #tea", media_urls=["https://tea.example/a.jpg"])
        assert plan.waiting
        assert plan.result.text == (
            "**Post on Facebook, Fri 20 March 2026, 18:00**:\n\n> New blend Friday! #tea\n\n"
            "22 of 63,206 characters (an emoji counts 2 or more).\n\nWith https://tea.example/a.jpg.\n\n" + NO_ACCOUNT
        )
        assert all_posts(reading) == []

    def test_approved_it_is_scheduled_at_that_time(self, door: Door, reading: Reading) -> None:
        plan = schedule(door, content="New blend Friday! #tea", media_urls=["https://tea.example/a.jpg"])
        assert plan.plan_id is not None
        done = door.approve(plan.plan_id)
        assert done.text.startswith("Scheduled: post 1 on Facebook, **Fri 20 March 2026, 18:00**:")
        assert NO_ACCOUNT in done.text
        (post,) = all_posts(reading)
        assert (post.platform, post.content, post.status) == (
            Platform.FACEBOOK, "New blend Friday! #tea", PostStatus.SCHEDULED,
        )  # fmt: skip
        assert post.scheduled_time == datetime(2026, 3, 20, 17, 0, tzinfo=UTC)
        assert (post.hashtags, post.media_urls) == (["tea"], ["https://tea.example/a.jpg"])
        assert (post.publish_state, post.ai_generated, post.published_at) == (PublishState.WAITING, False, None)

    def test_rejected_nothing_is_stored(self, door: Door, reading: Reading) -> None:
        plan = schedule(door, content="New blend Friday!")
        assert plan.plan_id is not None
        door.reject(plan.plan_id)
        assert all_posts(reading) == []

    def test_the_connected_account_is_named(self, door: Door, writing: Writing) -> None:
        with writing() as session:
            session.add(SocialAccount(platform=Platform.FACEBOOK, handle="Leaf & Co"))
            session.add(SocialAccount(platform=Platform.TWITTER, handle="old", disconnected_at=datetime.now(UTC)))
        assert "It goes out from the account Leaf & Co." in schedule(door, content="Hello").text
        assert "No X (Twitter) account is connected" in schedule(door, "twitter", content="Hello").text

    def test_an_account_connected_meanwhile_makes_a_new_plan(self, door: Door, writing: Writing) -> None:
        plan = schedule(door, content="Hello")
        with writing() as session:
            session.add(SocialAccount(platform=Platform.FACEBOOK, handle="Leaf & Co"))
        assert plan.plan_id is not None
        with pytest.raises(PlanChanged, match="Leaf & Co"):
            door.approve(plan.plan_id)

    @pytest.mark.parametrize(
        ("arguments", "error", "sentence"),
        [
            ({"content": "Hi", "at": "2026-03-16T09:59"}, BadInput, "Mon 16 March 2026, 09:59 is in the past"),
            ({"content": "Hi", "at": "2026-03-16T10:00"}, BadInput, "is in the past"),
            ({}, Missing, "What should the post on Facebook say?"),
            ({"content": "Hi", "media_urls": ["photo.jpg"]}, BadInput, "“photo.jpg” is no address"),
            ({"content": "Hi", "media_urls": ["javascript:alert(1)"]}, BadInput, "is no address"),
            ({"content": "Hi", "media_urls": ["http://["]}, BadInput, "is no address"),
            ({"platform": "twitter", "content": "x" * 281}, BadInput, "at most 280 fit. Please shorten it by 1"),
            ({"platform": "twitter", "content": "Hi", "media_urls": [f"https://a.example/{n}" for n in range(5)]},
             BadInput, "X \\(Twitter\\) takes at most 4 pictures or films in a post; you gave 5"),
            ({"platform": "instagram", "content": " ".join(f"#tag{n}" for n in range(31))}, BadInput,
             "at most 30 hashtags in a post; this text has 31. Please take out 1"),
            ({"post": "no such thing"}, NotFound, "There is no post"),
        ],
    )  # fmt: skip
    def test_refused_with_a_sentence_and_nothing_stored(
        self, door: Door, reading: Reading, arguments: dict[str, Any], error: type[HubError], sentence: str
    ) -> None:
        with pytest.raises(error, match=sentence):
            schedule(door, **arguments)
        assert all_posts(reading) == []

    def test_a_time_that_passes_before_the_approval_is_too_late(self, door: Door) -> None:
        plan = schedule(door, content="Hi")
        door.clock = type(door.clock)(door.clock.zone, datetime(2026, 3, 21, 9, 0))
        assert plan.plan_id is not None
        with pytest.raises(Conflict, match=r"can no longer be carried out.*in the past"):
            door.approve(plan.plan_id)

    def test_what_a_platform_still_needs_is_said(self, door: Door) -> None:
        text = schedule(door, "instagram", content="See https://tea.example " + "#a1 #b1 #c1 #d1 #e1 #f1").text
        assert "takes no post without a picture or film, and this one has none yet" in text
        assert "Addresses in a text cannot be clicked on Instagram." in text
        assert "It has 6 hashtags: Instagram's documentation allows 30, but many accounts are held to 5." in text

    def test_the_same_text_at_the_same_time_is_refused(self, door: Door) -> None:
        first = schedule(door, content="Hi there")
        assert first.plan_id is not None
        door.approve(first.plan_id)
        with pytest.raises(Conflict, match="is scheduled on Facebook for Fri 20 March 2026, 18:00 already"):
            schedule(door, content="Hi there")
        assert schedule(door, content="Hi there", at="2026-03-27T18:00").waiting

    def test_a_stored_text_cannot_act_in_the_answer(self, door: Door) -> None:
        assert "![x](https" not in schedule(door, content="![x](https://evil.example/p.png) <img src=x>").text


class TestScheduleStored:
    def test_a_draft_named_by_its_text_is_reused(self, door: Door, writing: Writing, reading: Reading) -> None:
        draft = plant(writing, "Darjeeling is coming.", ai_generated=True)
        plan = schedule(door, "twitter", content="Darjeeling is coming")
        assert plan.result.data()["post_id"] == draft
        assert plan.plan_id is not None
        door.approve(plan.plan_id)
        (post,) = all_posts(reading)
        assert (post.id, post.content, post.status) == (draft, "Darjeeling is coming.", PostStatus.SCHEDULED)
        assert post.ai_generated

    def test_a_draft_for_another_platform_is_not(self, door: Door, writing: Writing, reading: Reading) -> None:
        plant(writing, "Darjeeling is coming.")
        plan = schedule(door, "linkedin", content="Darjeeling is coming.")
        assert plan.plan_id is not None
        door.approve(plan.plan_id)
        assert [(post.platform.value, post.status.value) for post in all_posts(reading)] == [
            ("twitter", "draft"), ("linkedin", "scheduled"),
        ]  # fmt: skip

    def test_the_platforms_draft_can_be_named_by_it(self, door: Door, writing: Writing) -> None:
        draft = plant(writing, "Darjeeling is coming.")
        plant(writing, "Something else", "linkedin")
        assert schedule(door, "twitter", post="the twitter draft").result.data()["post_id"] == draft

    def test_a_scheduled_post_is_moved(self, door: Door, writing: Writing, reading: Reading) -> None:
        post = plant(writing, "New blend Friday!", "facebook", status=PostStatus.SCHEDULED, scheduled_time=FRIDAY)
        plan = schedule(door, post="new blend", at="2026-03-21T09:00")
        assert "moved from Fri 20 March 2026, 18:00 to **Sat 21 March 2026, 09:00**" in plan.text
        assert plan.plan_id is not None
        assert door.approve(plan.plan_id).text.startswith(f"Moved: post {post} on Facebook, **Sat 21 March")
        (stored,) = all_posts(reading)
        assert stored.scheduled_time == datetime(2026, 3, 21, 8, 0, tzinfo=UTC)

    def test_with_a_post_the_content_is_its_new_text(self, door: Door, writing: Writing, reading: Reading) -> None:
        plant(writing, "Darjeeling is coming.")
        plan = schedule(door, "twitter", post="darjeeling", content="Darjeeling is here. #tea")
        assert plan.plan_id is not None
        door.approve(plan.plan_id)
        (post,) = all_posts(reading)
        assert (post.content, post.hashtags) == ("Darjeeling is here. #tea", ["tea"])

    def test_an_edited_draft_no_longer_fits_its_plan(self, door: Door, writing: Writing) -> None:
        draft = plant(writing, "Darjeeling is coming.")
        plan = schedule(door, "twitter", post=str(draft))
        with writing() as session:
            session.get_one(SocialPost, draft).content = "Assam is coming."
        assert plan.plan_id is not None
        with pytest.raises(PlanChanged, match="Assam is coming"):
            door.approve(plan.plan_id)

    def test_without_text_the_drafts_are_offered(self, door: Door, writing: Writing) -> None:
        plant(writing, "Darjeeling is coming.")
        with pytest.raises(Missing, match=r"or name a draft: “Darjeeling is coming.”") as caught:
            schedule(door, "twitter")
        assert caught.value.fields == ("content",)

    @pytest.mark.parametrize(
        ("fields", "error", "sentence"),
        [
            ({"platform": "linkedin"}, BadInput, "is a post for LinkedIn, not for Facebook"),
            ({"published_at": "2026-03-01T10:00"}, Conflict, "was published already"),
            (
                {"status": PostStatus.FAILED, "publish_state": PublishState.UNKNOWN},
                Conflict,
                "is unknown, so it is not",
            ),
            (
                {"status": PostStatus.SCHEDULED, "publish_state": PublishState.PUBLISHING},
                Conflict,
                "is being published",
            ),
        ],
    )
    def test_refused_where_its_state_does_not_allow_it(
        self, door: Door, writing: Writing, fields: dict[str, Any], error: type[HubError], sentence: str
    ) -> None:
        plant(writing, "New blend Friday!", **({"platform": "facebook"} | fields))
        with pytest.raises(error, match=sentence):
            schedule(door, post="new blend")

    def test_a_failed_one_may_be_tried_again(self, door: Door, writing: Writing, reading: Reading) -> None:
        plant(writing, "Hello", "facebook", status=PostStatus.FAILED, publish_state=PublishState.FAILED, failure="No.")
        plan = schedule(door, post="hello")
        assert plan.plan_id is not None
        door.approve(plan.plan_id)
        (post,) = all_posts(reading)
        assert (post.status, post.publish_state, post.failure) == (PostStatus.SCHEDULED, PublishState.WAITING, None)

    def test_which_one_is_asked(self, door: Door, writing: Writing) -> None:
        plant(writing, "New blend Friday!", "facebook")
        plant(writing, "New blend Saturday!", "facebook")
        with pytest.raises(Ambiguous, match="fits 2 posts"):
            schedule(door, post="new blend")


class TestCancel:
    def test_a_scheduled_post_is_cancelled(self, door: Door, writing: Writing, reading: Reading) -> None:
        plant(writing, "New blend Friday!", "facebook", status=PostStatus.SCHEDULED, scheduled_time=FRIDAY)
        done = door.call("cancel_social_post", {"post": "the facebook post"}).result
        assert done.text == "Cancelled: “New blend Friday!” will not go out on Facebook (Fri 20 March 2026, 18:00)."
        (post,) = all_posts(reading)
        assert (post.status, post.publish_state) == (PostStatus.CANCELLED, None)
        with pytest.raises(Conflict, match="is cancelled already"):
            door.call("cancel_social_post", {"post": "new blend"})

    def test_a_draft_is_dropped(self, door: Door, writing: Writing) -> None:
        plant(writing, "Darjeeling is coming.")
        assert door.call("cancel_social_post", {"post": "1"}).text == (
            "Cancelled: the X (Twitter) draft “Darjeeling is coming.”."
        )

    def test_a_published_one_cannot_be(self, door: Door, writing: Writing, reading: Reading) -> None:
        plant(writing, "Steam, cup, Sunday.", "instagram", published_at="2026-02-22T10:00")
        with pytest.raises(Conflict, match="Delete it on Instagram itself"):
            door.call("cancel_social_post", {"post": "steam"})
        assert all_posts(reading)[0].status == PostStatus.PUBLISHED

    def test_a_plan_to_schedule_it_then_no_longer_fits(self, door: Door, writing: Writing) -> None:
        plant(writing, "New blend Friday!", "facebook", status=PostStatus.SCHEDULED, scheduled_time=FRIDAY)
        plan = schedule(door, post="new blend", at="2026-03-21T09:00")
        door.call("cancel_social_post", {"post": "new blend"})
        assert plan.plan_id is not None
        with pytest.raises(PlanChanged):
            door.approve(plan.plan_id)


class TestList:
    @pytest.fixture(autouse=True)
    def posts(self, writing: Writing) -> None:
        plant(writing, "Steam, cup, Sunday.", "instagram", published_at="2026-02-22T10:00", likes=214, shares=1)
        plant(writing, "New blend Friday!", "facebook", status=PostStatus.SCHEDULED, scheduled_time=FRIDAY)
        plant(writing, "Darjeeling is coming.")
        plant(writing, "Too late", "facebook", status=PostStatus.SCHEDULED, scheduled_time="2026-03-16T09:30")
        plant(writing, "A | b", "linkedin", status=PostStatus.FAILED, publish_state=PublishState.UNKNOWN,
              scheduled_time="2026-03-10T09:30", failure="No answer came.")  # fmt: skip

    def ids(self, door: Door, **arguments: Any) -> list[int]:
        return [one["id"] for one in door.call("list_social_posts", arguments).result.data()["posts"]]

    def test_all_by_time_and_those_without_one_last(self, door: Door) -> None:
        result = door.call("list_social_posts", {}).result
        assert [link.id for link in result.links] == [1, 5, 4, 2, 3]
        lines = result.text.splitlines()
        assert lines[0] == "5 posts:"
        assert lines[4] == (
            "| 1 | Instagram | Steam, cup, Sunday. | published | Sun 22 February 2026, 10:00 | 214 likes, 1 share |"
        )
        assert "| 5 | LinkedIn | A \\| b | unknown | Tue 10 March 2026, 09:30 | - |" in lines
        assert "Post 5 failed: No answer came." in lines
        assert result.text.endswith("or give a new time.")
        assert "The time of 1 scheduled post has passed, and nothing was published" in result.text

    def test_filters(self, door: Door) -> None:
        assert self.ids(door, platform="facebook") == [4, 2]
        assert self.ids(door, status="scheduled") == [4, 2]
        assert self.ids(door, status="draft") == [3]
        assert self.ids(door, period="February") == [1]
        assert self.ids(door, period="this week") == [4, 2]
        assert self.ids(door, platform="facebook", status="published") == []

    def test_a_day_ends_at_midnight_here(self, door: Door, writing: Writing) -> None:
        night = plant(writing, "Night", published_at="2026-01-31T23:30")
        morning = plant(writing, "Morning", published_at="2026-02-01T00:00")
        assert self.ids(door, period="January") == [night]
        assert self.ids(door, period="February") == [morning, 1]

    def test_nothing_fits(self, door: Door) -> None:
        text = door.call("list_social_posts", {"platform": "tiktok", "period": "February"}).text
        assert text == "None of 5 posts fits (on TikTok, 1 to 28 February 2026)."

    def test_words_that_are_no_period(self, door: Door) -> None:
        with pytest.raises(BadInput, match="as a period"):
            door.call("list_social_posts", {"period": "blue"})


def test_nothing_there_yet(door: Door) -> None:
    assert door.call("list_social_posts", {}).text.startswith("There are no posts yet.")
