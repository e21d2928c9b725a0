"""Periods that are reckoned from today: "last 30 days", "the past week", "next two weeks", "since January", "year to date".

Policy: "last 30 days" ends today and holds 30 days; "last week" without a number is the calendar week before this one, "the
past week" seven days; "last 2 quarters" are the two complete ones. "next 30 days" begins today.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tools.words.numbers import read_count
from tools.words.offsets import MAX_DAYS, amount_of_unit, day
from tools.words.parts import all_of, half, own_span, span
from tools.words.relatives import Found
from tools.words.spans import (
    DAY,
    Clock,
    Expr,
    Span,
    fixed,
    month_of,
    one_day,
    quarter_of,
    shift,
    week_of,
    whole,
    year_of,
)
from tools.words.tokens import Scan

BEGINNING = date(2000, 1, 1)
"""Where "all time" begins: before any record of a hub."""


def point(scan: Scan, i: int) -> Found | None:
    """A day or span that a range may begin or end with; "now" is today, and so is "to date"."""
    if scan.is_(i, "now") or (scan.is_(i, "date") and scan.is_(i - 1, "to") and not scan.is_(i + 1, "range")):
        return fixed("day", lambda clock: one_day(clock.today)), i + 1
    found = [f for rule in (day, span, all_of, half) if (f := rule(scan, i)) is not None]
    if not found:
        found = [f for f in (own_span(scan, i),) if f is not None and scan.is_(i, "the", "this")]
    return max(found, key=lambda f: f[1]) if found else None


def from_to_now(scan: Scan, i: int) -> Found | None:
    """ "since January", "since last Monday", "since 3 May": to today."""
    if not scan.is_(i, "since"):
        return None
    j = scan.phrase(i + 1, "the start of") or scan.phrase(i + 1, "start of") or i + 1
    found = own_span(scan, j) if j > i + 1 else (point(scan, j) or own_span(scan, j))
    if found is None:
        return None
    expr, end = found

    def at(clock: Clock) -> Span | None:
        begin = expr.back(clock)
        return None if begin is None or begin.start > clock.today else Span(begin.start, clock.today)

    end = scan.skip(end, "onwards", "onward", "on") if scan.whole else end
    return Expr("rolling", fixed("rolling", at).near, rolling=True), end


_NAMED: tuple[tuple[str, Callable[[Clock], Span]], ...] = (
    ("year to date", lambda c: Span(year_of(c.today).start, c.today)),
    ("year - to - date", lambda c: Span(year_of(c.today).start, c.today)),
    ("ytd", lambda c: Span(year_of(c.today).start, c.today)),
    ("so far this year", lambda c: Span(year_of(c.today).start, c.today)),
    ("this year so far", lambda c: Span(year_of(c.today).start, c.today)),
    ("this year to date", lambda c: Span(year_of(c.today).start, c.today)),
    ("month to date", lambda c: Span(month_of(c.today).start, c.today)),
    ("month - to - date", lambda c: Span(month_of(c.today).start, c.today)),
    ("mtd", lambda c: Span(month_of(c.today).start, c.today)),
    ("so far this month", lambda c: Span(month_of(c.today).start, c.today)),
    ("this month so far", lambda c: Span(month_of(c.today).start, c.today)),
    ("quarter to date", lambda c: Span(quarter_of(c.today).start, c.today)),
    ("qtd", lambda c: Span(quarter_of(c.today).start, c.today)),
    ("so far this quarter", lambda c: Span(quarter_of(c.today).start, c.today)),
    ("this quarter so far", lambda c: Span(quarter_of(c.today).start, c.today)),
    ("week to date", lambda c: Span(week_of(c.today).start, c.today)),
    ("wtd", lambda c: Span(week_of(c.today).start, c.today)),
    ("so far this week", lambda c: Span(week_of(c.today).start, c.today)),
    ("this week so far", lambda c: Span(week_of(c.today).start, c.today)),
    ("all time", lambda c: Span(BEGINNING, c.today)),
    ("all - time", lambda c: Span(BEGINNING, c.today)),
    ("since the beginning", lambda c: Span(BEGINNING, c.today)),
    ("since forever", lambda c: Span(BEGINNING, c.today)),
    ("since the start", lambda c: Span(BEGINNING, c.today)),
    ("since start", lambda c: Span(BEGINNING, c.today)),
)  # fmt: skip
_FIRST_NAMED = frozenset(words.split()[0] for words, _ in _NAMED)


def named_period(scan: Scan, i: int) -> Found | None:
    """ "year to date", "MTD", "so far this month", "all time"."""
    if scan.word(i) not in _FIRST_NAMED:
        return None
    best: Found | None = None
    for words, at in _NAMED:
        end = scan.phrase(i, words)
        if (
            end is not None
            and (best is None or end > best[1])
            and not (words.startswith("since") and scan.is_(end, "of"))
        ):
            best = Expr("rolling", fixed("rolling", at).near, rolling=True), end
    return best


_BACK = ("last", "past", "previous", "trailing", "preceding", "prior", "recent")
_ON = ("next", "coming", "following", "upcoming")


def rolling(scan: Scan, i: int) -> Found | None:
    """ "last 30 days", "the past week", "previous two quarters", "next 30 days", "last 24 hours"."""
    j = scan.skip(i, "the", "these")
    lead = scan.word(j)
    if lead not in _BACK and lead not in _ON:
        return None
    complete = scan.is_(j + 1, "full", "complete", "whole")
    k = j + 1 + complete
    counted = None if scan.is_(k, "a", "an") else amount_of_unit(scan, k)
    counted = counted or _one(scan, i, k, lead)
    many = read_count(scan, k)
    if counted is None and many is not None and scan.is_(many.end, "weekends"):
        return None
    if counted is None or scan.is_(counted[2], "of", "before", "after") or counted[0] * 1 <= 0:
        return None
    amount, unit, end = counted
    complete = complete or (unit == "quarter" and lead in _BACK) or scan.is_(end - 2, "full", "complete")
    return fixed_rolling(amount, unit, lead in _ON, complete=complete), end


def _one(scan: Scan, i: int, k: int, lead: str) -> tuple[float, str, int] | None:
    """ "the past week": one unit, unless the words name a calendar unit ("last week", "the next month")."""
    unit = {"day": "day", "week": "week", "month": "month", "year": "year", "quarter": "quarter", "fortnight": "fortnight",
            "weeks": "", "hour": "hour"}.get(scan.word(k), "")  # fmt: skip
    article = scan.is_(i, "the")
    rolls = lead == "past" or (article and lead in ("last", "previous", "trailing")) or (unit == "fortnight")
    if article and lead == "last" and unit in ("quarter", "day"):
        rolls = unit == "quarter"
    return (1.0, unit, k + 1) if unit and rolls else None


def fixed_rolling(amount: float, unit: str, forward: bool, *, complete: bool = False) -> Expr:
    """``amount`` units ending today (or beginning today), or so many complete calendar units beside the running one."""

    def at(clock: Clock) -> Span | None:
        today = clock.today
        if unit in ("hour", "minute"):
            back = -(-amount // 24) if unit == "hour" else 1
            return Span(today, today + int(back) * DAY) if forward else Span(today - int(back) * DAY, today)
        if complete and unit in ("week", "month", "quarter", "year") and amount == int(amount):
            n = int(amount)
            first, last = (1, n) if forward else (-n, -1)
            return Span(whole(unit, today, first).start, whole(unit, today, last).end)
        if forward:
            return Span(today, max(today, shift(today, amount, unit) - DAY))
        return Span(min(today, shift(today, -amount, unit) + DAY), today)

    if amount > MAX_DAYS:
        return Expr("rolling", lambda _c, _a: [])
    return Expr("rolling", fixed("rolling", at).near, rolling=True)
