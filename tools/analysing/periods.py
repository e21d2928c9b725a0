"""The days that an analysis is about, and as many before them."""

from dataclasses import dataclass
from datetime import date, timedelta

from tools.core.context import Context
from tools.core.errors import BadInput
from tools.show import days
from tools.words import UnclearWords, resolve_period

DEFAULT = "last 30 days"
#: A period that begins this early is meant as "all time".
LONG_AGO = date(2000, 1, 1)


@dataclass(frozen=True)
class Span:
    """Days, first and last included. `whole` says that all time is meant."""

    start: date
    end: date
    whole: bool = False

    @property
    def length(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Span | None":
        """As many days just before; None before all time."""
        if self.whole:
            return None
        return Span(self.start - timedelta(days=self.length), self.start - timedelta(days=1))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    @property
    def text(self) -> str:
        return f"all time, until {days(self.end, self.end)}" if self.whole else days(self.start, self.end)


def span_of(ctx: Context, period: str | None, default: str = DEFAULT) -> Span:
    """The days of a period in words, up to today. Raises BadInput where the words are no period, or it has not begun."""
    try:
        start, end = resolve_period(period or default, ctx.now, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(str(error), "period") from error
    if start > ctx.today:
        raise BadInput(f"This period ({days(start, end)}) has not begun yet; name one that has.", "period")
    return Span(start, min(end, ctx.today), whole=start <= LONG_AGO)
