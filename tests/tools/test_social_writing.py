"""Posts, hashtags and calendars that the hub writes: what the model is shown, what is kept, the templates."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posts_planted import ZONE, plant
from scripted import ScriptedWriter
from sqlalchemy import select
from sqlalchemy.orm import Session

import tools.social  # noqa: F401 - declares the tools
from memory.drafts import Draft
from memory.enums import Platform, PostStatus
from memory.house import COMPANY_NAME, set_house_fact
from memory.posts import SocialPost
from tools.core.context import Context
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict, Missing, Unavailable
from tools.posting.drafting import TAGS, assembled
from tools.posting.limits import LIMITS, hashtags_of
from tools.posting.tags import as_tag, from_topic

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

POST = {
    "post": "Our rye bread is out of the oven. Come and try it.",
    "hashtag_1": "#RyeBread",
    "hashtag_2": "fresh bread",
}


def all_posts(reading: Reading) -> list[SocialPost]:
    with reading() as ctx:
        return list(ctx.session.scalars(select(SocialPost).order_by(SocialPost.id)))


class TestPost:
    def generate(self, door: Door, **arguments: Any) -> Any:
        return door.call("generate_social_post", {"topic": "our rye bread", "platform": "twitter", **arguments}).result

    def test_what_the_model_wrote_is_kept_as_a_draft(self, door: Door, reading: Reading, writing: Writing) -> None:
        with writing() as session:
            set_house_fact(session, COMPANY_NAME, "Leaf & Co")
        writer = door.writer = ScriptedWriter(POST)
        made = self.generate(door, tone="cheerful")
        assert made.content == "Our rye bread is out of the oven. Come and try it.\n\n#RyeBread #FreshBread"
        (post,) = all_posts(reading)
        assert (post.id, post.status, post.platform) == (made.id, PostStatus.DRAFT, Platform.TWITTER)
        assert (post.content, post.hashtags, post.topic) == (made.content, ["RyeBread", "FreshBread"], "our rye bread")
        assert (post.ai_generated, post.scheduled_time) == (True, None)
        # 50 characters, two line ends, then 9 + 1 + 11.
        assert (made.length, made.limit) == (73, 280)
        for shown in ("Company: Leaf & Co", "Platform: X (Twitter)", "Topic: our rye bread", "Tone: cheerful"):
            assert shown in writer.asked
        assert [(link.noun, link.id) for link in made.links] == [("social_post", made.id)]
        assert "Nothing is scheduled yet." in made.text

    def test_figures_that_nobody_gave_are_left_out(self, door: Door) -> None:
        door.writer = ScriptedWriter(POST | {"post": "Our rye bread is here. Only €3 today. Come by."})
        made = self.generate(door)
        assert made.content.startswith("Our rye bread is here. Come by.\n\n")
        assert "1 sentence was left out" in made.note

    def test_without_a_model_a_template_says_so(self, door: Door) -> None:
        made = self.generate(door)
        assert made.content == "Our rye bread. Want to know more? Ask us in the comments.\n\n#RyeBread #rye"
        assert (made.ai_generated, made.note) == (False, "Filled from a template: no model is running.")
        assert "Get in touch with us" in self.generate(door, tone="formal").content

    def test_a_model_that_fails_costs_no_post(self, door: Door, reading: Reading) -> None:
        door.writer = ScriptedWriter(Unavailable("The model did not answer."))
        assert "did not answer" in self.generate(door).note
        assert len(all_posts(reading)) == 1

    def test_what_is_missing_is_said_for_instagram(self, door: Door) -> None:
        assert "takes no post without a picture" in self.generate(door, platform="instagram").text

    @pytest.mark.parametrize("platform", list(Platform))
    def test_however_long_the_topic_it_fits(self, door: Door, platform: Platform) -> None:
        made = self.generate(door, platform=platform.value, topic="Ein sehr 長い話題 about tea " * 40)
        assert made.length == LIMITS[platform].length(made.content) <= made.limit

    @given(
        st.sampled_from(list(Platform)),
        st.text(st.characters(codec="utf-8"), max_size=700),
        st.lists(st.from_regex(r"[a-z]{2,20}", fullmatch=True), max_size=5),
    )
    def test_any_text_is_made_to_fit(self, platform: Platform, text: str, tags: list[str]) -> None:
        content = assembled(platform, text, tags)
        assert LIMITS[platform].length(content) <= LIMITS[platform].longest


class TestHashtags:
    def generate(self, door: Door, **arguments: Any) -> Any:
        return door.call("generate_hashtags", {"topic": "sourdough bread for beginners", **arguments}).result

    def test_of_the_model_cleaned_and_each_once(self, door: Door, reading: Reading) -> None:
        door.writer = ScriptedWriter(
            {
                "hashtag_1": "#Sourdough",
                "hashtag_2": "home baking!",
                "hashtag_3": "sourdough",
                "hashtag_4": "baker's choice",
            }
        )
        made = self.generate(door, count=4)
        assert made.hashtags == ("Sourdough", "HomeBaking", "BakersChoice", "SourdoughBreadBeginners")
        assert made.ai_generated
        with reading() as ctx:
            draft = ctx.session.get_one(Draft, made.draft_id)
            assert (draft.kind, draft.body["hashtags"]) == ("hashtags", list(made.hashtags))

    def test_without_a_model_from_the_topics_words(self, door: Door) -> None:
        made = self.generate(door, count=4)
        assert made.hashtags == ("SourdoughBreadBeginners", "SourdoughBread", "BreadBeginners", "sourdough")
        assert not made.ai_generated
        few = door.call("generate_hashtags", {"topic": "tea"}).result
        assert few.hashtags == ("tea",)
        assert "You asked for 10; more would only have repeated these." in few.text

    def test_those_of_own_posts_come_first(self, door: Door, writing: Writing) -> None:
        plant(writing, "Bread! #RyeLove", published_at="2026-02-01T10:00", likes=5)
        plant(writing, "Fresh bread #BreadHeads", published_at="2026-02-02T10:00", likes=50)
        plant(writing, "Tea #TeaTime", published_at="2026-02-03T10:00", likes=500)
        made = self.generate(door, count=4)
        assert made.hashtags[:2] == ("BreadHeads", "RyeLove")
        assert "Used in your posts before: #BreadHeads, #RyeLove." in made.text
        assert "TeaTime" not in made.hashtags

    @pytest.mark.parametrize(
        ("arguments", "error", "sentence"),
        [
            ({"count": 0}, BadInput, "must be 1 to 30; 0 is not"),
            ({"count": 31}, BadInput, "must be 1 to 30; 31 is not"),
            ({"topic": "!!!"}, Missing, "What are the hashtags for"),
        ],
    )
    def test_refused(self, door: Door, arguments: dict[str, Any], error: type[BadInput], sentence: str) -> None:
        with pytest.raises(error, match=sentence):
            self.generate(door, **arguments)

    @given(st.text(max_size=80))
    def test_what_is_made_a_hashtag_is_read_as_one(self, text: str) -> None:
        tag = as_tag(text)
        if tag is not None:
            assert hashtags_of(f"#{tag}") == [tag]
        assert all(hashtags_of(f"#{one}") == [one] for one in from_topic(text))


class TestCalendar:
    def create(self, door: Door, **arguments: Any) -> Any:
        return door.call("create_content_calendar", {"topic": "iced tea", **arguments}).result

    def times(self, made: Any) -> list[tuple[str, str]]:
        return [(one.platform.value, f"{one.scheduled_time:%m-%d %H:%M}") for one in made.entries]

    def test_two_weeks_from_tomorrow_on_the_usual_platforms(self, door: Door, reading: Reading) -> None:
        made = self.create(door)
        assert (made.start, made.end) == (date(2026, 3, 17), date(2026, 3, 30))
        # 14 days, 3 a week: 6 posts, on days 0, 2, 4, 7, 9 and 11 (14 n / 6, rounded down).
        assert self.times(made) == [
            ("facebook", "03-17 10:00"), ("instagram", "03-19 10:00"), ("linkedin", "03-21 10:00"),
            ("facebook", "03-24 10:00"), ("instagram", "03-26 10:00"), ("linkedin", "03-28 10:00"),
        ]  # fmt: skip
        posts = all_posts(reading)
        assert {(post.status, post.topic, post.ai_generated) for post in posts} == {
            (PostStatus.DRAFT, "iced tea", False)
        }
        assert [post.scheduled_time for post in posts] == [one.scheduled_time for one in made.entries]
        assert len({post.content for post in posts}) == 6
        assert "Nothing is scheduled yet" in made.text
        assert "What stands in [brackets] is for you to fill in." in made.note

    def test_the_platforms_that_the_house_uses(self, door: Door, writing: Writing) -> None:
        plant(writing, "One", "bluesky")
        plant(writing, "Two", "bluesky")
        plant(writing, "Three", "mastodon")
        plant(writing, "Four", "tiktok", status=PostStatus.CANCELLED)
        assert self.create(door).platforms == (Platform.BLUESKY, Platform.MASTODON)

    def test_what_is_planned_already_is_kept_clear_of(self, door: Door, writing: Writing) -> None:
        plant(writing, "There", "twitter", status=PostStatus.SCHEDULED, scheduled_time="2026-03-17T15:00")
        plant(writing, "Other", "facebook", status=PostStatus.SCHEDULED, scheduled_time="2026-03-18T10:00")
        plant(writing, "Off", "twitter", status=PostStatus.CANCELLED, scheduled_time="2026-03-18T15:00")
        made = self.create(door, platforms=["twitter"], days=3, posts_per_week=3)
        # One post, ideally on the 17th: that day is taken on X, and at 10:00 on the 18th Facebook has one.
        assert self.times(made) == [("twitter", "03-18 09:00")]

    def test_a_second_calendar_does_not_collide_with_the_first(self, door: Door) -> None:
        first, second = self.create(door), self.create(door)
        days = [(one.platform, one.scheduled_time.date()) for one in (*first.entries, *second.entries)]
        assert len(set(days)) == len(days)
        moments = sorted(one.scheduled_time for one in (*first.entries, *second.entries))
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(moments))

    def test_a_full_week_has_no_room(self, door: Door, reading: Reading) -> None:
        whole = self.create(door, platforms=["twitter"], days=7, posts_per_week=7)
        assert [one.scheduled_time.day for one in whole.entries] == list(range(17, 24))
        with pytest.raises(Conflict, match="has a planned post on X"):
            self.create(door, platforms=["twitter"], days=7, posts_per_week=1)
        assert len(all_posts(reading)) == 7
        more = self.create(door, platforms=["twitter"], days=8, posts_per_week=7)
        assert (len(more.entries), more.left_out) == (1, 7)
        assert "No free day was left for 7 more posts." in more.text

    def test_today_only_later_than_now(self, door: Door) -> None:
        made = self.create(door, platforms=["facebook"], start_date="2026-03-16", days=1, posts_per_week=7)
        # It is 10:00: nothing goes out at or before that.
        assert self.times(made) == [("facebook", "03-16 11:00")]

    def test_hours_learned_from_own_posts(self, door: Door, writing: Writing) -> None:
        for week in (1, 8, 15, 22):
            plant(writing, f"Night {week}", published_at=f"2026-02-{week:02}T21:00", likes=700)
            plant(writing, f"Noon {week}", published_at=f"2026-02-{week:02}T12:00", likes=5)
        made = self.create(door, platforms=["twitter"], start_date="2026-03-22", days=1, posts_per_week=7)
        assert self.times(made) == [("twitter", "03-22 21:00")]

    def test_the_model_writes_the_first_six(self, door: Door, reading: Reading) -> None:
        letters = "ABCDEF"
        writer = door.writer = ScriptedWriter({f"post_{n + 1}": f"Tea news {letters[n]}." for n in range(6)})
        made = self.create(door, posts_per_week=4)
        assert [one.content for one in made.entries[:6]] == [f"Tea news {letter}.\n\n#IcedTea" for letter in letters]
        assert [post.ai_generated for post in all_posts(reading)] == [True] * 6 + [False] * 2
        assert "The first 6 are written" in made.note
        assert "post_2: a question to the readers" in writer.asked

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ({"start_date": "2026-03-15"}, "The start date 15 March 2026 is in the past"),
            ({"days": 0}, "1 to 92 days; 0 is not"),
            ({"days": 93}, "1 to 92 days; 93 is not"),
            ({"posts_per_week": 0}, "1 to 21 posts a week"),
            ({"posts_per_week": 8, "platforms": ["tiktok"]}, "1 to 7 posts a week"),
            ({"days": 92, "posts_per_week": 21}, "That would be 276 posts; a calendar holds at most 60"),
        ],
    )
    def test_refused_and_nothing_stored(
        self, door: Door, reading: Reading, arguments: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(BadInput, match=sentence):
            self.create(door, **arguments)
        assert all_posts(reading) == []

    def test_a_planned_draft_can_be_scheduled(self, door: Door, reading: Reading) -> None:
        made = self.create(door, platforms=["twitter"], days=1, posts_per_week=7).entries[0]
        at = datetime(2026, 3, 20, 9, 0, tzinfo=ZONE).isoformat()
        plan = door.call(
            "schedule_social_post", {"platform": "twitter", "scheduled_time": at, "post": "the iced tea post"}
        )
        assert plan.plan_id is not None
        door.approve(plan.plan_id)
        (post,) = all_posts(reading)
        assert (post.id, post.status) == (made.id, PostStatus.SCHEDULED)


def test_tags_are_given_for_every_platform() -> None:
    assert set(TAGS) == set(Platform)
