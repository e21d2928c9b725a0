"""Days and spans of days, the clock they are read by, and expressions that may stand for several of them.

"June" alone is every June there is; which one is meant is decided last, by looking ahead (a plan) or back (a report).
So a rule of the grammar gives an :class:`Expr`: all candidates near a day, in order, and the choice among them.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

DAY = timedelta(days=1)
SOUTHERN = frozenset({"AU", "NZ", "ZA", "AR", "CL", "UY", "PY", "BO", "PE", "NA", "BW", "ZW", "MZ", "LS", "SZ"})


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """First and last day, both included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Clock:
    """What "today" means: ``now`` is naive local time; ``country`` is an ISO 3166 code or None."""

    now: datetime
    country: str | None = None
    day_first: bool = True

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Expr:
    """A calendar expression.

    ``near(clock, anchor)`` gives its candidates around the anchor day in ascending order (one, where the words leave no
    choice). ``strict``: today itself is not meant ("Friday" said on a Friday is the next one). ``rolling``: the words
    themselves are a period ("last 30 days"). ``weekday``: the weekday that the person named beside a date. ``short``: the
    candidates come every week or month, so what is counted from them is counted from the next one. ``by_start``: a plan
    must not have begun ("Monday to Friday" said on a Wednesday is next week's). ``orders``: a date in digits read day first
    and month first, None where that is no date.
    """

    grain: str
    near: Callable[[Clock, date], list[Span]]
    floating: bool = False
    strict: bool = False
    rolling: bool = False
    weekday: int | None = None
    short: bool = False
    by_start: bool = False
    orders: tuple[Expr | None, Expr | None] | None = None

    def ahead(self, clock: Clock) -> Span | None:
        """The first candidate that is not over yet; for a single day the first that has not passed."""
        spans = self.near(clock, clock.today)
        if not self.floating:
            return spans[0] if spans else None
        floor = clock.today + DAY if self.strict else clock.today
        return next((s for s in spans if (s.start if self.by_start else s.end) >= floor), None)

    def back(self, clock: Clock) -> Span | None:
        """The last candidate that has begun."""
        spans = self.near(clock, clock.today)
        if not self.floating:
            return spans[0] if spans else None
        ceiling = clock.today - DAY if self.strict else clock.today
        return next((s for s in reversed(spans) if s.start <= ceiling), None)

    def map(self, grain: str, part: Callable[[Span], Span | None]) -> Expr:
        """The same expression cut down to a part of each candidate ("the end of June")."""

        def near(clock: Clock, anchor: date) -> list[Span]:
            parts = [part(span) for span in self.near(clock, anchor)]
            return [p for p in parts if p is not None]

        return Expr(grain, near, self.floating)

    def named(self, weekday: int) -> Expr:
        return replace(self, weekday=weekday)


def fixed(grain: str, at: Callable[[Clock], Span | None]) -> Expr:
    """An expression with one candidate, reckoned from the clock."""

    def near(clock: Clock, _: date) -> list[Span]:
        span = at(clock)
        return [] if span is None else [span]

    return Expr(grain, near)


def yearly(grain: str, at: Callable[[Clock, int], Span | None], reach: int = 8) -> Expr:
    """An expression with one candidate a year, ``reach`` years around the anchor (eight, for 29 February)."""

    def near(clock: Clock, anchor: date) -> list[Span]:
        years = range(max(anchor.year - reach, 1), min(anchor.year + reach + 1, 9999))
        found = [at(clock, year) for year in years]
        return [span for span in found if span is not None]

    return Expr(grain, near, floating=True)


def one_day(day: date) -> Span:
    return Span(day, day)


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    if not (1 <= year <= 9998 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def week_of(day: date) -> Span:
    """Monday to Sunday (ISO 8601)."""
    monday = day - day.weekday() * DAY
    return Span(monday, monday + 6 * DAY)


def month_of(day: date) -> Span:
    return Span(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def quarter_of(day: date) -> Span:
    first = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
    return Span(first, month_of(first + relativedelta(months=2)).end)


def half_of(day: date) -> Span:
    first = day.replace(month=1 if day.month <= 6 else 7, day=1)
    return Span(first, month_of(first + relativedelta(months=5)).end)


def year_of(day: date) -> Span:
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def weekend_of(day: date) -> Span:
    """Saturday and Sunday of the ISO week."""
    monday = week_of(day).start
    return Span(monday + 5 * DAY, monday + 6 * DAY)


def season(year: int, first_month: int, country: str | None) -> Span:
    """The meteorological season (three whole months) that begins in ``year``; turned round south of the equator."""
    month = (first_month + 5) % 12 + 1 if country in SOUTHERN else first_month
    start = date(year, month, 1)
    return Span(start, month_of(start + relativedelta(months=2)).end)


_WHOLE: dict[str, Callable[[date], Span]] = {
    "day": one_day, "week": week_of, "month": month_of, "quarter": quarter_of, "half": half_of, "year": year_of,
    "weekend": weekend_of,
}  # fmt: skip


def whole(unit: str, day: date, offset: int = 0) -> Span:
    """The calendar unit that holds ``day``, ``offset`` units later."""
    return _WHOLE[unit](shift(day if unit != "weekend" else week_of(day).start, offset, _STEP.get(unit, unit)))


_STEP = {"weekend": "week"}


def shift(day: date, amount: float, unit: str) -> date:
    """``day`` moved by an amount of days, workdays, weeks, fortnights, months, quarters, halves or years."""
    if unit == "workday":
        return _workdays(day, int(amount))
    if unit in ("day", "week", "fortnight"):
        return day + round(amount * {"day": 1, "week": 7, "fortnight": 14}[unit]) * DAY
    months = amount * {"month": 1, "quarter": 3, "half": 6, "year": 12}[unit]
    whole_months = int(months)
    return day + relativedelta(months=whole_months) + round((months - whole_months) * 30) * DAY


def _workdays(day: date, amount: int) -> date:
    step = DAY if amount >= 0 else -DAY
    for _ in range(abs(amount)):
        day += step
        while day.weekday() >= 5:
            day += step
    return day


def nth_weekday(span: Span, weekday: int, n: int) -> date | None:
    """The n-th such weekday inside the span (``-1`` the last, ``-2`` the last but one), or None."""
    from_start = (weekday - span.start.weekday()) % 7 + 7 * (n - 1)
    from_end = (span.end.weekday() - weekday) % 7 + 7 * (-n - 1)
    day = span.start + from_start * DAY if n > 0 else span.end - from_end * DAY
    return day if span.start <= day <= span.end else None
