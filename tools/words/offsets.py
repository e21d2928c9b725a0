"""Days counted from another day: "in three weeks", "two weeks from Friday", "3 days before Christmas", "a month ago"."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tools.words.dates import day_of_month, written_date
from tools.words.holidays_named import holiday, is_public_holiday
from tools.words.numbers import Number, read_count, read_ordinal
from tools.words.parts import edge, nth, nth_of_month, span
from tools.words.relatives import Found, moved, relative_day, week_beginning, weekday, weekday_at, within
from tools.words.spans import DAY, Clock, Expr, Span, fixed, one_day, shift, weekend_of, whole
from tools.words.tokens import Scan
from tools.words.vocabulary import UNITS

MAX_DAYS = 40_000
_DAYS_OF = {"day": 1, "workday": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365, "hour": 0.042,
            "minute": 0.0007}  # fmt: skip


def amount_of_unit(scan: Scan, i: int) -> tuple[float, str, int] | None:
    """ "three weeks", "a fortnight", "10 business days", "half a year", "a year and a half": amount, unit, next token.

    None for a unit that is no length ("weekend") and for more than about a century.
    """
    for words, share in (
        ("three quarters of an hour", 0.75),
        ("a quarter of an hour", 0.25),
        ("quarter of an hour", 0.25),
    ):
        end = scan.phrase(i, words)
        if end is not None:
            return share, "hour", end
    count = read_count(scan, i)
    if count is None:
        if scan.is_(i, "fortnight"):
            count = Number(Decimal(1), i)
        else:
            return None
    j = scan.skip(count.end, "-", "full", "whole", "more", "complete", "calendar")
    if scan.is_(j, "business", "working", "work", "week") and scan.is_(j + 1, "days", "day"):
        unit, j = "workday", j + 2
    else:
        word = scan.word(j).removesuffix("'")
        if len(word) == 1 and not scan.glued(j):
            return None
        unit, j = UNITS.get(word, ""), j + 1
    if not unit or unit == "weekend":
        return None
    amount = float(count.value)
    for words, part in (("and a half", 0.5), ("and a quarter", 0.25)):
        end = scan.phrase(j, words)
        if end is not None and amount == int(amount):
            amount, j = amount + part, end
    return (amount, unit, j) if 0 <= amount * _DAYS_OF[unit] <= MAX_DAYS else None


def offset(scan: Scan, i: int) -> Found | None:
    """ "in three weeks", "two weeks from Friday", "10 days after Easter", "a month ago"; whole days only."""
    inside = scan.is_(i, "in", "within")
    j = i + 1 if inside else scan.skip(i, "the")
    if inside:
        j = (scan.phrase(j, "the next") if scan.is_(i, "within") else None) or j
        j = scan.skip(j, "about", "around", "exactly", "another", "roughly")
    counted = amount_of_unit(scan, j)
    if counted is None:
        return None
    amount, unit, k = counted
    if unit in ("hour", "minute"):
        return None
    if scan.is_(k, "ago") or (scan.is_(k, "back", "earlier") and scan.whole):
        return _from_today(-amount, unit), k + 1
    k = scan.skip(k, "'", "\u2019")
    timed = scan.skip(k, "time", "times")
    for words in ("from now", "from today", "after today", "hence", "as of now", "as of today"):
        end = scan.phrase(k, words)
        if end is not None:
            return _from_today(amount, unit), end
    if scan.is_(k, "from", "after", "following", "before") or scan.phrase(k, "prior to") or scan.phrase(k, "ahead of"):
        sign = -1 if scan.is_(k, "before", "prior", "ahead") else 1
        after = k + (2 if scan.is_(k, "prior", "ahead") else 1)
        base = base_day(scan, after) or span(scan, after)
        if base is not None:
            return moved(base[0], sign * amount, unit), base[1]
    if inside:
        return _from_today(amount, unit), timed
    return None


def _from_today(amount: float, unit: str) -> Expr:
    def at(clock: Clock) -> Span | None:
        if unit == "workday":
            return one_day(_open_days(clock.today, int(amount), clock.country))
        return one_day(shift(clock.today, amount, unit))

    return fixed("day", at)


def _open_days(day: date, amount: int, country: str | None) -> date:
    """``amount`` working days on: weekends and the country's public holidays do not count."""
    step = DAY if amount >= 0 else -DAY
    for _ in range(abs(amount)):
        day += step
        while day.weekday() >= 5 or is_public_holiday(day, country):
            day += step
    return day


def neighbour(scan: Scan, i: int) -> Found | None:
    """ "the day before Black Friday", "the week after Easter", "the Monday after Easter", "the weekend before Christmas"."""
    j = scan.skip(i, "the")
    ordinal = read_ordinal(scan, j, last=False)
    n, k = ordinal if ordinal is not None and ordinal[0] <= 5 else (1, j)
    day = weekday_at(scan, k)
    unit = scan.word(k) if scan.is_(k, "day", "week", "month", "weekend") else None
    if day is None and unit is None:
        return None
    after = day[1] if day is not None else k + 1
    if not scan.is_(after, "after", "before", "following", "preceding"):
        return None
    base = base_day(scan, after + 1) or span(scan, after + 1)
    if base is None:
        return None
    sign = -1 if scan.is_(after, "before", "preceding") else 1
    if day is not None:
        return base[0].map("day", lambda s: one_day(_beside(s, day[0], sign, n))), base[1]
    if unit == "day":
        return moved(base[0], sign * n, "day"), base[1]
    if unit == "weekend":
        return base[0].map("weekend", lambda s: _weekend_beside(s, sign)), base[1]
    assert unit is not None
    return base[0].map(unit, lambda s: whole(unit, s.end if sign > 0 else s.start, sign * n)), base[1]


def _beside(s: Span, weekday_: int, sign: int, n: int) -> date:
    if sign > 0:
        return s.end + ((weekday_ - s.end.weekday() - 1) % 7 + 1 + 7 * (n - 1)) * DAY
    return s.start - ((s.start.weekday() - weekday_ - 1) % 7 + 1 + 7 * (n - 1)) * DAY


def _weekend_beside(s: Span, sign: int) -> Span:
    own = weekend_of(s.start if sign < 0 else s.end)
    if (sign > 0 and own.start > s.end) or (sign < 0 and own.end < s.start):
        return own
    return Span(own.start + 7 * sign * DAY, own.end + 7 * sign * DAY)


def week_starting(scan: Scan, i: int) -> Found | None:
    """ "the week of 8 June", "week commencing 13 July", "w/c 13 July"."""
    j = week_beginning(scan, i)
    base = None if j is None else base_day(scan, j)
    return None if base is None else (within(base[0], "week"), base[1])


_BASE = (written_date, relative_day, weekday, nth, nth_of_month, edge, holiday, day_of_month)


def base_day(scan: Scan, i: int) -> Found | None:
    """The longest day that begins at ``i``, none that is counted from another."""
    found: Found | None = scan.once(_base_day, i)
    return found


def _base_day(scan: Scan, i: int) -> Found | None:
    found = [f for rule in _BASE if (f := rule(scan, i)) is not None]
    return max(found, key=lambda f: f[1]) if found else None


def day(scan: Scan, i: int) -> Found | None:
    """The longest day (or named weekend, or part of a month) that begins at ``i``."""
    found: Found | None = scan.once(_day, i)
    return found


def _day(scan: Scan, i: int) -> Found | None:
    found = [f for rule in (base_day, offset, neighbour, week_starting) if (f := rule(scan, i)) is not None]
    return max(found, key=lambda f: f[1]) if found else None
