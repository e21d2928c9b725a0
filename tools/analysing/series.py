"""Daily sums as statistics take them: what is long and full enough to be judged, and how much a figure moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from memory.enums import Metric
from tools.analysing.figures import Book
from tools.show import count

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
        name = self.metric.value
        if self.days < least:
            had = f"there are {count(self.days, 'day')}" if self.days else "nothing is recorded"
            return f"{least} whole days of {name} are needed, and {had}."
        needed = int(least * FULL_ENOUGH)
        if self.filled < max(needed, self.days * FULL_ENOUGH):
            return (
                (
                    f"{name.capitalize()} were recorded on only {self.filled} of {count(self.days, 'day')}: "
                    f"figures on at least half of the days, {needed} or more, are needed."
                )
                .replace("Revenue were", "Revenue was")
                .replace("Spend were", "Spend was")
                .replace("Engagement were", "Engagement was")
            )
        return None


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
    from scipy.stats import ttest_ind

    return bool(ttest_ind(now, before, equal_var=False).pvalue < level)


def shares_differ(hits: float, of: float, other_hits: float, other_of: float) -> float | None:
    """The p-value of the two-sided z-test that two shares are equal (pooled; Fleiss, "Statistical Methods for Rates and
    Proportions", 3rd edition, 2003, section 3.1); None where a side has no trials, or too few for the test."""
    if min(of, other_of) <= 0:
        return None
    pooled = (hits + other_hits) / (of + other_of)
    if not 0 < pooled < 1 or min(of, other_of) * min(pooled, 1 - pooled) < 5:
        return None
    from scipy.stats import norm

    z = (hits / of - other_hits / other_of) / sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    return float(2 * norm.sf(abs(z)))
