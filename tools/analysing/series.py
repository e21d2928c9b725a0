"""Daily sums as statistics take them: what is long and full enough to be judged, and how much a figure moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import erfc, sqrt
from statistics import fmean, variance

from memory.enums import Metric
from tools.analysing.figures import Book
from tools.show import count, listing

#: Days with a figure, of all days, below which a series is bursts with nothing between: no rhythm to be learned.
FULL_ENOUGH = 0.5


@dataclass(frozen=True)
class Series:
    """The sums of whole days in a row (today, which is not over, is left out)."""

    metric: Metric
    start: date
    values: tuple[float, ...]

    @property
    def days(self) -> int:
        return len(self.values)

    @property
    def end(self) -> date:
        return self.start + timedelta(days=len(self.values) - 1)

    @property
    def filled(self) -> int:
        """Days on which anything was recorded."""
        return sum(1 for value in self.values if value)

    def day(self, at: int) -> date:
        return self.start + timedelta(days=at)

    def lacking(self, least: int) -> str | None:
        """Why nothing can be learned from it, as a sentence that says what is needed; None where it is long enough."""
        return why_not([self], least) or None

    def is_short(self, least: int) -> bool:
        return self.days < least

    def is_sparse(self, least: int) -> bool:
        return self.filled < max(int(least * FULL_ENOUGH), self.days * FULL_ENOUGH)


def why_not(series: Sequence[Series], least: int) -> str:
    """Why nothing can be learned from some of these, in sentences; empty where all are long and full enough."""
    none = [one for one in series if not one.filled]
    short = [one for one in series if one.filled and one.is_short(least)]
    sparse = [one for one in series if one.filled and not one.is_short(least) and one.is_sparse(least)]
    said = []
    if none:
        named = listing((one.metric.value for one in none), "or")
        said.append(f"Nothing is recorded by day of {named}; {least} whole days are needed.")
    if short:
        named = listing(f"{one.metric.value} ({count(one.days, 'day')})" for one in short)
        said.append(f"{least} whole days are needed, and there are fewer of {named}.")
    if sparse:
        named = listing(f"{one.metric.value} ({one.filled} of {count(one.days, 'day')})" for one in sparse)
        said.append(f"Recorded on too few days: {named}; figures on at least half of the days are needed.")
    return " ".join(said)


def whole_days(book: Book, metric: Metric, today: date) -> Series:
    """The metric's series up to yesterday."""
    values = {day: value for day, value in book.series(metric).items() if day < today}
    start = min(values, default=book.span.start)
    return Series(metric, start, tuple(values[day] for day in sorted(values)))


def clearly_different(now: Sequence[float], before: Sequence[float], level: float = 0.05) -> bool | None:
    """Whether the daily sums of two periods differ by more than chance; None where there is too little to tell.

    Welch's t-test (B. L. Welch, Biometrika 34, 1947) on daily sums, two-sided. Needs a week on both sides.
    """
    if min(len(now), len(before)) < 7:
        return None
    if len(set(now)) == 1 and len(set(before)) == 1:
        return now[0] != before[0]
    from scipy.special import stdtr  # scipy.stats, which has the whole test, is much more than this needs

    errors = [variance(days) / len(days) for days in (now, before)]
    t = (fmean(now) - fmean(before)) / sqrt(sum(errors))
    freedom = sum(errors) ** 2 / sum(e**2 / (len(days) - 1) for e, days in zip(errors, (now, before), strict=True))
    return bool(2 * stdtr(freedom, -abs(t)) < level)


def shares_differ(hits: float, of: float, other_hits: float, other_of: float) -> float | None:
    """The p-value of the two-sided z-test that two shares are equal (pooled; Fleiss, "Statistical Methods for Rates and
    Proportions", 3rd edition, 2003, section 3.1); None where a side has no trials, or too few for the test."""
    if min(of, other_of) <= 0:
        return None
    pooled = (hits + other_hits) / (of + other_of)
    if not 0 < pooled < 1 or min(of, other_of) * min(pooled, 1 - pooled) < 5:
        return None
    z = (hits / of - other_hits / other_of) / sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    return erfc(abs(z) / sqrt(2))
