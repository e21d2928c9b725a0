"""What own posts teach: results, best times and predictions, with figures worked out by hand."""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from posts_planted import ZONE, plant
from sqlalchemy.orm import Session

import tools.social  # noqa: F401 - declares the tools
from memory.enums import Platform
from tools.core.door import Door
from tools.core.errors import BadInput
from tools.posting.defaults import BEST_HOURS, is_usual
from tools.posting.engagement import BANDS, Learned, Observed, Shape, band_of, shape_of

Writing = Callable[[], AbstractContextManager[Session]]
PLAIN = Shape(question=False, link=False, hashtags=False, media=False, long=False)
TUESDAY = datetime(2026, 3, 10, 10, 0, tzinfo=ZONE)


class TestPerformance:
    def test_totals_by_platform_and_the_best(self, door: Door, writing: Writing) -> None:
        plant(writing, "Steam", "instagram", published_at="2026-02-22T10:00", likes=214, shares=12, comments=19,
              imported=True)  # fmt: skip
        plant(writing, "Cup", "instagram", published_at="2026-02-20T10:00", likes=30, shares=0, comments=5)
        plant(writing, "Why tea", "linkedin", published_at="2026-02-10T08:15", likes=88, shares=21, comments=14)
        plant(writing, "Silent", "linkedin", published_at="2026-02-11T08:15")
        plant(writing, "A draft")
        result = door.call("analyze_social_performance", {}).result
        data = result.data()
        assert (data["total"]["posts"], data["total"]["with_results"]) == (4, 3)
        # 245 + 35 + 123 = 403 over the three posts with results.
        assert (data["total"]["engagement"], data["total"]["per_post"]) == (403, pytest.approx(403 / 3))
        assert [(one["platform"], one["engagement"], one["per_post"]) for one in data["platforms"]] == [
            ("instagram", 280, 140), ("linkedin", 123, 123),
        ]  # fmt: skip
        assert [one["engagement"] for one in data["best"]] == [245, 123, 35]
        assert "| Instagram | 2 | 244 | 12 | 24 | 280 | 140 |" in result.text
        assert "| All | 4 | 332 | 33 | 38 | 403 | 134.33 |" in result.text
        assert "1 post without recorded results is left out of the average." in result.text
        assert result.text.endswith("*These figures hold imported history.*")

    def test_a_period_is_compared_with_as_many_days_before(self, door: Door, writing: Writing) -> None:
        plant(writing, "In", published_at="2026-02-01T00:00", likes=30)
        plant(writing, "In too", published_at="2026-02-28T23:59", likes=60)
        plant(writing, "Before", published_at="2026-01-04T00:00", likes=30)
        plant(writing, "Too early", published_at="2026-01-03T23:59", likes=1000)
        text = door.call("analyze_social_performance", {"period": "February", "platform": "twitter"}).text
        assert text.startswith("**2 posts published on X (Twitter), 1 to 28 February 2026**")
        # February has 28 days, so the days before are 4 to 31 January: (30 + 60) / 2 = 45 against 30.
        assert "Engagement per post: 45, against 30 in as many days before (1 post) (+50%)." in text

    def test_engagement_rate_over_posts_with_impressions(self, door: Door, writing: Writing) -> None:
        plant(writing, "Seen", published_at="2026-02-01T10:00", likes=30, shares=20, impressions=1000)
        plant(writing, "Not counted", published_at="2026-02-02T10:00", likes=100)
        result = door.call("analyze_social_performance", {}).result
        assert result.data()["total"]["engagement_rate"] == 0.05
        assert "| X (Twitter) | 2 | 130 | 20 | - | 150 | 75 | 5% |" in result.text

    def test_nothing_published_and_nothing_recorded(self, door: Door, writing: Writing) -> None:
        assert door.call("analyze_social_performance", {"platform": "tiktok"}).text == (
            "No post was published on TikTok, so there is nothing to judge."
        )
        plant(writing, "Silent", published_at="2026-02-01T10:00")
        assert "No results are recorded for it yet" in door.call("analyze_social_performance", {}).text

    def test_words_that_are_no_period(self, door: Door) -> None:
        with pytest.raises(BadInput, match="as a period"):
            door.call("analyze_social_performance", {"period": "blue"})


def four_posts(writing: Writing) -> None:
    """Two posts with a link bring 7, two without bring 1: on the log scale 3 ln 2 and ln 2. All on Tuesdays at 10."""
    for week, day in enumerate((3, 10)):
        at = f"2026-02-{day:02}T10:00"
        plant(writing, f"With {week} https://tea.example", "linkedin", published_at=at, likes=5, shares=1, comments=1)
        plant(writing, f"Without {week}", "linkedin", published_at=at, likes=1)


class TestPrediction:
    def test_worked_out_by_hand(self, door: Door, writing: Writing) -> None:
        four_posts(writing)
        data = door.call(
            "predict_engagement",
            {"content": "New https://tea.example", "platform": "linkedin", "scheduled_time": "2026-03-17T11:00"},
        ).result.data()
        # Usual level 2 ln 2. Centred, the link is +-1/2: Sxx = 1, Sxy = 2 ln 2, so its effect is 2 ln 2 / (1 + 4).
        (link,) = [one for one in data["factors"] if one["name"] == "with a link"]
        assert link["factor"] == pytest.approx(2**0.4)
        # Expected: 2 ln 2 + (1/2) 0.4 ln 2 = 2.2 ln 2.
        assert data["expected"] == pytest.approx(2**2.2 - 1)
        # Left over: 4 (0.8 ln 2)^2, the prior's pull 4 (0.4 ln 2)^2, its spread 4 (ln 2)^2: 7.2 (ln 2)^2 at 7 degrees of
        # freedom. A new post: times 1 + 1/4 + (1/2)^2 / 5 = 1.3. Student's t at 90 % with 7 degrees of freedom: 1.4149.
        half = 1.4149 * math.sqrt(7.2 / 7 * 1.3)
        assert data["low"] == pytest.approx(2 ** (2.2 - half) - 1, rel=1e-3)
        assert data["high"] == pytest.approx(2 ** (2.2 + half) - 1, rel=1e-3)
        assert data["own_posts"] == 4

    def test_says_how_sure_it_is(self, door: Door, writing: Writing) -> None:
        four_posts(writing)
        text = door.call("predict_engagement", {"content": "New", "platform": "linkedin"}).text
        # Without a link: 2 ln 2 - 0.2 ln 2 gives 2^1.8 - 1 = 2.48.
        assert "about **2** likes, shares and comments together; four times out of five it will be" in text
        assert "How sure: hardly (only 4 of your posts there have results)." in text
        assert (
            "None of its properties (question, link, hashtags, picture, length, time) clearly matters so far." in text
        )
        assert "It has 3 of 3,000 characters" in text

    def test_no_own_post_no_figure(self, door: Door, writing: Writing) -> None:
        four_posts(writing)
        result = door.call("predict_engagement", {"content": "New", "platform": "facebook"}).result
        assert (result.data()["expected"], result.data()["factors"]) == (None, [])
        assert "would be invented" in result.text

    def test_a_picture_that_nobody_spoke_of_counts_neither_way(self, door: Door, writing: Writing) -> None:
        for number in range(3):
            media = ["https://tea.example/a.jpg"] if number else []
            plant(writing, f"Post {number}", published_at="2026-02-03T10:00", likes=9, media_urls=media)
        data = door.call("predict_engagement", {"content": "New", "platform": "twitter"}).result.data()
        assert data["expected"] == pytest.approx(9)

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ({"scheduled_time": "2026-03-01T10:00"}, "is in the past"),
            ({"content": "x" * 281}, "too long for X"),
        ],
    )
    def test_refused(self, door: Door, arguments: dict[str, str], sentence: str) -> None:
        with pytest.raises(BadInput, match=sentence):
            door.call("predict_engagement", {"content": "Hi", "platform": "twitter", **arguments})


class TestTimes:
    def test_without_own_results_the_general_hours_with_their_source(self, door: Door) -> None:
        result = door.call("optimize_posting_times", {"platform": "linkedin"}).result
        assert [(one["weekday"], one["start"], one["end"]) for one in result.data()["slots"]] == [
            ("Tuesday", 10, 12), ("Wednesday", 10, 12),
        ]  # fmt: skip
        assert "not sure at all (none of your posts there has results yet)" in result.text
        assert "Sprout Social" in result.text
        assert "which did not look at Bluesky" in door.call("optimize_posting_times", {"platform": "bluesky"}).text

    def test_worked_out_by_hand(self, door: Door, writing: Writing) -> None:
        # Four posts on Sunday evening bring 7, four on Monday evening 1; neither is a usual hour of X.
        for week in (1, 8, 15, 22):
            plant(writing, f"Sunday {week}", published_at=f"2026-02-{week:02}T19:00", likes=7)
            plant(writing, f"Monday {week}", published_at=f"2026-02-{week + 1:02}T19:00", likes=1)
        data = door.call("optimize_posting_times", {"platform": "twitter"}).result.data()
        best = data["slots"][0]
        assert (best["weekday"], best["start"], best["end"], best["own_posts"]) == ("Sunday", 18, 21, 4)
        # Centred, Sunday and Monday are +-1/2 of opposite sign: sums of squares 2 each, -2 across, against ln 2 * 4 and
        # -ln 2 * 4. With 4 added to the diagonal, Sunday's effect is 4 ln 2 / (2 + 2 + 4) = 0.5 ln 2, Monday's the
        # opposite. All are in the evening, which therefore is worth nothing of its own.
        assert best["factor"] == pytest.approx(2**0.5)
        assert best["low"] < best["factor"] < best["high"]
        assert "somewhat (8 of your posts there have results)" in data["text"]
        assert "| Sunday 18:00 to 21:00 | +41% |" in data["text"]

    def test_many_own_posts_overrule_the_general_hours(self, door: Door, writing: Writing) -> None:
        for number in range(12):
            day = f"2026-02-{number * 2 + 1:02}"
            plant(writing, f"Night {number}", published_at=f"{day}T21:30", likes=400)
            plant(writing, f"Noon {number}", published_at=f"{day}T10:00", likes=10)
        result = door.call("optimize_posting_times", {"platform": "twitter"}).result
        slots = result.data()["slots"]
        assert {one["start"] for one in slots} == {21}
        assert slots[0]["low"] > 1
        assert "is clearly better than an average one" not in result.text

    def test_one_post_is_not_compared_with_itself(self) -> None:
        slot = Learned(Platform.TWITTER, [Observed(TUESDAY, PLAIN, 9.0)]).slot(1, 10)
        # Nothing can be learned from it: the general hours' 10 %, with the three effects' own spread, each s^2 / 4. The
        # prior alone gives s = ln 2 at 4 degrees of freedom, for which Student's t at 90 % is 1.5332.
        assert slot.value == pytest.approx(1.1)
        assert slot.high == pytest.approx(1.1 * 2 ** (1.5332 * math.sqrt(3 / 4)), rel=1e-4)

    def test_a_day_begins_at_midnight_here(self, writing: Writing, door: Door) -> None:
        # 00:30 in Berlin on Monday is still Sunday evening in UTC.
        plant(writing, "Night", published_at="2026-02-09T00:30", likes=5)
        data = door.call("optimize_posting_times", {"platform": "twitter"}).result.data()
        assert not any(one["own_posts"] for one in data["slots"])


class TestModel:
    def test_nothing_known_is_the_prior(self) -> None:
        model = Learned(Platform.LINKEDIN, [])
        assert model.predict(PLAIN, TUESDAY) is None
        assert model.slot(1, 10).value == pytest.approx(1.1)
        assert model.slot(6, 20).value == pytest.approx(1.0)

    def test_more_posts_narrow_the_interval(self) -> None:
        def width(amount: int) -> float:
            posts = [Observed(TUESDAY, PLAIN, 9.0 + number % 2) for number in range(amount)]
            estimate = Learned(Platform.LINKEDIN, posts).predict(PLAIN, TUESDAY)
            assert estimate is not None
            return estimate.high - estimate.low

        assert width(2) > width(10) > width(60)

    def test_every_hour_lies_in_one_band(self) -> None:
        assert [BANDS[band_of(hour)][0] <= hour < BANDS[band_of(hour)][1] for hour in range(24)] == [True] * 24

    def test_general_hours_exist_for_every_platform(self) -> None:
        assert set(BEST_HOURS) == set(Platform)
        assert is_usual(Platform.FACEBOOK, 0, 8)
        assert not is_usual(Platform.FACEBOOK, 0, 13)

    def test_shape(self) -> None:
        assert shape_of("Why? https://a.example #tea", ["https://a.example/x.jpg"]) == Shape(
            True, True, True, True, False
        )
        assert shape_of("x" * 151, []) == Shape(False, False, False, False, True)

    @given(st.lists(st.tuples(st.integers(0, 167), st.booleans(), st.floats(0, 1e6)), max_size=30))
    def test_the_value_lies_in_its_interval(self, seen: list[tuple[int, bool, float]]) -> None:
        posts = [
            Observed(datetime(2026, 2, 2 + hour // 24, hour % 24, tzinfo=ZONE), Shape(q, False, q, None, False), value)
            for hour, q, value in seen
        ]
        model = Learned(Platform.TWITTER, posts)
        slot = model.slot(2, 10)
        assert 0 < slot.low < slot.value < slot.high
        expected = model.predict(PLAIN, TUESDAY)
        assert (expected is None) == (not posts)
        if expected is not None:
            assert 0 <= expected.low <= expected.value <= expected.high
