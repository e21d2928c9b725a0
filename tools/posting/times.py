"""When to post: the best times of the week on a platform."""

import math
from collections import Counter

from pydantic import BaseModel, ConfigDict

from memory.enums import Platform
from tools.core.context import Context
from tools.core.result import Result
from tools.posting.defaults import BEST_HOURS, SOURCE, STUDIED, is_usual
from tools.posting.engagement import BANDS, USUAL_HOURS, WEIGHT, Estimate, Learned, band_of, how_sure
from tools.posting.limits import platform_name
from tools.posting.results import learned, published
from tools.show import bullets, number, table

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHOWN = 5
#: Hours at which a post is suggested.
AWAKE = range(7, 22)


class Slot(BaseModel):
    """Hours of a weekday, from `start` up to `end`. `factor` compares a post then with one at an average time (1 is the
    same); `low` and `high` hold it with 80 %. `own_posts` with results went out in those hours."""

    model_config = ConfigDict(frozen=True)

    weekday: str
    start: int
    end: int
    factor: float
    low: float
    high: float
    own_posts: int
    usual: bool

    @property
    def when(self) -> str:
        return f"{self.weekday} {self.start:02}:00 to {self.end:02}:00"


class PostingTimes(Result):
    """The best times of the week on a platform, the best first."""

    platform: Platform
    own_posts: int
    sure: str
    slots: tuple[Slot, ...]
    default_source: str

    @property
    def text(self) -> str:
        name = platform_name(self.platform)
        sure = f"How sure: {self.sure}."
        studied = (
            ""
            if self.platform in STUDIED
            else f" (which did not look at {name}: the times of most platforms are taken)"
        )
        if not self.own_posts:
            listed = bullets(one.when for one in self.slots)
            return (
                f"Good times to post on {name} in general:\n\n{listed}\n\n{sure} These times are those of "
                f"{self.default_source}{studied}, not yours. They are learned from your own results as these come in."
            )
        rows = [
            (one.when, _against(one.factor), f"{_against(one.low)} to {_against(one.high)}", one.own_posts)
            for one in self.slots
        ]
        shown = table(("When", "Against an average time", "80% interval", "Your posts then"), rows)
        parts = [
            f"How sure: {self.sure}.",
            f"The general times of {self.default_source}{studied} are taken to bring {_against(math.exp(USUAL_HOURS))} until "
            f"your own results say otherwise; what is assumed counts like {number(WEIGHT)} posts of yours.",
        ]
        if not any(one.low > 1 for one in self.slots):
            parts.append("None of these times is clearly better than an average one.")
        return f"Best times to post on {name}:\n\n{shown}\n\n{' '.join(parts)}"


def posting_times(ctx: Context, platform: Platform) -> PostingTimes:
    """The best times on a platform, from own posts and, as far as these are few, from what holds in general."""
    model = learned(ctx, platform)
    own = Counter(
        (one.at.weekday(), band_of(one.at.hour)) for one in published(ctx, platform) if one.engagement is not None
    )
    slots = _ranked(model, platform, own)[:SHOWN] if model.n else _in_general(model, platform)
    return PostingTimes(
        platform=platform, own_posts=model.n, sure=how_sure(model.n), slots=tuple(slots), default_source=SOURCE
    )


def best_hour(model: Learned, platform: Platform, weekday: int) -> int:
    """The best full hour of a weekday to post; of equal ones, that nearest to 10 in the morning."""
    hours = [(model.slot(weekday, hour).value, hour) for hour in AWAKE]
    best = max(value for value, _ in hours)
    return min((hour for value, hour in hours if value >= best - 1e-12), key=lambda hour: (abs(hour - 10), hour))


def _in_general(model: Learned, platform: Platform) -> list[Slot]:
    return [
        _slot(model.slot(weekday, hours.start), weekday, hours.start, hours.end, 0, True)
        for hours in BEST_HOURS[platform]
        for weekday in hours.weekdays
    ]


def _ranked(model: Learned, platform: Platform, own: Counter[tuple[int, int]]) -> list[Slot]:
    slots = []
    for weekday in range(7):
        for band, (start, end) in enumerate(BANDS[1:], start=1):
            hour = _telling_hour(platform, weekday, start, end)
            usual = is_usual(platform, weekday, hour)
            slots.append(_slot(model.slot(weekday, hour), weekday, start, end, own[weekday, band], usual))
    return sorted(
        slots, key=lambda one: (-round(one.factor, 9), -one.own_posts, WEEKDAYS.index(one.weekday), one.start)
    )


def _telling_hour(platform: Platform, weekday: int, start: int, end: int) -> int:
    """An hour that stands for a band: within it the model tells only usual hours from others."""
    return next((hour for hour in range(start, end) if is_usual(platform, weekday, hour)), start)


def _slot(estimate: Estimate, weekday: int, start: int, end: int, own: int, usual: bool) -> Slot:
    return Slot(
        weekday=WEEKDAYS[weekday],
        start=start,
        end=end,
        factor=estimate.value,
        low=estimate.low,
        high=estimate.high,
        own_posts=own,
        usual=usual,
    )


def _against(factor: float) -> str:
    share = round((factor - 1) * 100)
    return f"{share:+d}%" if share else "the same"
