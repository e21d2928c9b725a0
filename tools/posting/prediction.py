"""How a post will do: from the house's own posts on the platform, with how sure that is."""

from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from memory.enums import Platform
from tools.core.context import Context
from tools.core.result import Result
from tools.posting import checks
from tools.posting.engagement import SHAPES, Learned, Shape, how_sure, shape_of
from tools.posting.limits import counted, platform_name
from tools.posting.results import learned
from tools.show import moment, number


class Factor(BaseModel):
    """What a property of the post adds against one without it (1.2 is 20 % more), with its 80 % interval."""

    model_config = ConfigDict(frozen=True)

    name: str
    factor: float
    low: float
    high: float


class EngagementForecast(Result):
    """The engagement (likes, shares and comments together) to expect, and the range that holds it with 80 %.

    None where no own post on the platform has results: any number would be invented.
    """

    platform: Platform
    content: str
    scheduled_time: datetime | None
    length: str
    expected: float | None
    low: float | None
    high: float | None
    own_posts: int
    sure: str
    factors: tuple[Factor, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        name = platform_name(self.platform)
        when = f" on {moment(self.scheduled_time)}" if self.scheduled_time else ""
        if self.expected is None or self.low is None or self.high is None:
            parts = [
                f"None of your published posts on {name} has results yet, so no figure can be given for this one: it would be "
                "invented. Record likes, shares and comments of a few posts first."
            ]
        else:
            parts = [
                f"On {name}{when}, this post can be expected to bring about **{_round(self.expected)}** likes, shares and "
                f"comments together; four times out of five it will be {_round(self.low)} to {_round(self.high)}.",
                f"How sure: {self.sure}.",
            ]
        clear = [one for one in self.factors if one.low > 1 or one.high < 1]
        if clear:
            said = "; ".join(
                f"{one.name}: {round((one.factor - 1) * 100):+d}% (80% interval {round((one.low - 1) * 100):+d}% to "
                f"{round((one.high - 1) * 100):+d}%)"
                for one in clear
            )
            parts.append(f"What your own posts say of its properties: {said}.")
        elif self.own_posts:
            parts.append(
                "None of its properties (question, link, hashtags, picture, length, time) clearly matters so far."
            )
        parts.append(f"It has {self.length}." + "".join(f" {note}" for note in self.notes))
        return "\n\n".join(parts)


def forecast(ctx: Context, content: str, platform: Platform, at: datetime | None) -> EngagementForecast:
    """Predict the engagement of a text; raises where the platform would not take it."""
    if at is not None:
        checks.check_time(ctx, at)
        at = at.astimezone(ctx.clock.zone)
    said = checks.check_content(platform, content)
    model, shape = learned(ctx, platform), replace(shape_of(said, ()), media=None)
    expected = model.predict(shape, at)
    return EngagementForecast(
        platform=platform,
        content=said,
        scheduled_time=at,
        length=counted(platform, said),
        expected=expected.value if expected else None,
        low=expected.low if expected else None,
        high=expected.high if expected else None,
        own_posts=model.n,
        sure=how_sure(model.n),
        factors=_factors(model, shape, at) if model.n else (),
        notes=checks.to_watch(platform, said, None),
    )


def _factors(model: Learned, shape: Shape, at: datetime | None) -> tuple[Factor, ...]:
    found = [(f"with {label}", model.part(name)) for name, label in SHAPES if getattr(shape, name)]
    if at is not None:
        found.append(("the time", model.slot(at.weekday(), at.hour)))
    return tuple(Factor(name=name, factor=one.value, low=one.low, high=one.high) for name, one in found)


def _round(value: float) -> str:
    """Whole below 100, two leading digits above: more would pretend to be exact."""
    whole = round(value)
    return number(whole if whole < 100 else round(whole, 2 - len(str(whole))))
