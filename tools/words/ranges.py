"""Ranges of days and rolling periods: "from 1 to 30 June", "3-9 May", "last 30 days", "since January", "year to date".

Policy: a range without years is the first one that is not over ("1 to 31 July" said on 8 July runs now). "last 30 days"
ends today and holds 30 days; "last week" without a number is the calendar week before this one, "the past week" seven
days; "last 2 quarters" are the two complete ones. "next 30 days" begins today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from tools.words.dates import day_number, month_at, month_day, year_at
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
_TO = ("to", "until", "through", "-", "\u2013", "\u2014", "up", "thru")


def joined(expr_a: Expr, expr_b: Expr) -> Expr:
    """From the first day of one expression to the last day of another; B is the first that does not end before A."""

    expr_a, expr_b = _same_order(expr_a, expr_b), _same_order(expr_b, expr_a)

    def near(clock: Clock, anchor: date) -> list[Span]:
        spans: list[Span] = []
        if not expr_a.floating and expr_b.floating:
            for a in expr_a.near(clock, anchor):
                spans += _first_after(a, expr_b.near(clock, a.start))
        elif expr_a.floating and not expr_b.floating:
            for b in expr_b.near(clock, anchor):
                before = [a for a in expr_a.near(clock, b.end) if a.start <= b.end]
                spans += [Span(before[-1].start, b.end)] if before else []
        else:
            for a in expr_a.near(clock, anchor):
                spans += _first_after(a, expr_b.near(clock, a.start if expr_b.floating else anchor))
        return spans

    floating = expr_a.floating and expr_b.floating
    return Expr("range", near, floating, strict=floating and expr_a.strict, by_start=floating and expr_a.short)


def _same_order(expr: Expr, other: Expr) -> Expr:
    """The expression in the one order of day and month that the other end of the range allows: "8/1 to 8/15"."""
    if expr.orders is None or other.orders is None or None in expr.orders:
        return expr
    if other.orders[0] is None:
        return expr.orders[1] or expr
    return expr.orders[0] or expr if other.orders[1] is None else expr


def _first_after(a: Span, candidates: list[Span]) -> list[Span]:
    end = next((b.end for b in candidates if b.end >= a.start), None)
    return [] if end is None else [Span(a.start, end)]


def _point(scan: Scan, i: int) -> Found | None:
    """A day or span that a range may begin or end with; "now" is today, and so is "to date"."""
    if scan.is_(i, "now") or (scan.is_(i, "date") and scan.is_(i - 1, "to") and not scan.is_(i + 1, "range")):
        return fixed("day", lambda clock: one_day(clock.today)), i + 1
    found = [f for rule in (day, span, all_of, half) if (f := rule(scan, i)) is not None]
    if not found:
        found = [f for f in (own_span(scan, i),) if f is not None and scan.is_(i, "the", "this")]
    return max(found, key=lambda f: f[1]) if found else None


def _to(scan: Scan, i: int, *, between: bool) -> int | None:
    """The token after the word that joins two ends."""
    if between and scan.is_(i, "and", "to", "&"):
        return i + 1
    if scan.is_(i, *_TO):
        j = i + 1
        if scan.is_(i, "up"):
            return scan.phrase(i, "up to") or scan.phrase(i, "up until")
        if scan.is_(i, "-") and scan.glued(i) != scan.glued(i + 1) and not scan.glued(i):
            return None
        return scan.skip(scan.skip(j, "and"), "until", "including")
    return None


def day_range(scan: Scan, i: int) -> Found | None:
    """Two ends and a word between them, or a first day and a length ("for two weeks from 3 May")."""
    between = scan.is_(i, "between")
    led = between or (
        scan.is_(i, "from", "starting", "start", "starts", "running", "runs") and not scan.is_(i + 1, "of")
    )
    if (scan.is_(i, "from") and _moves(scan, i)) or (scan.is_(i - 1, "from") and _moves(scan, i - 1)):
        return None
    j = i + 1 if led else i
    j = scan.skip(j, "from", "on")
    found = _short_first(scan, j, between=between)
    point = _point(scan, j)
    if point is not None:
        k = scan.skip(point[1], ",") if led else point[1]
        after = _to(scan, k, between=between)
        if after is not None:
            other = _short_last(scan, j, after) or _point(scan, after)
            if other is not None and _sensible(point[0], other[0]):
                long = joined(point[0], other[0]), other[1]
                found = long if found is None or long[1] > found[1] else found
        elif scan.is_(k, "for") and point[0].grain == "day":
            length = amount_of_unit(scan, scan.skip(k + 1, "the", "about"))
            if length is not None and length[1] not in ("hour", "minute"):
                stretched = _lasting(point[0], length[0], length[1]), length[2]
                found = stretched if found is None or stretched[1] > found[1] else found
    return found or _length_first(scan, i)


_MOVES = ("move", "moved", "reschedule", "shift", "change", "postpone", "push", "bring", "delay", "switch", "swap")
_RUNS = ("run", "runs", "running", "dates", "period", "live", "campaign", ",", ";", ".")


def _moves(scan: Scan, i: int) -> bool:
    """Whether "from A to B" names an old and a new day: "move the post from Friday to Monday"."""
    for k in range(i - 1, max(-1, i - 12), -1):
        if scan.is_(k, *_RUNS):
            return False
        if scan.is_(k, *_MOVES):
            return True
    return False


def _sensible(a: Expr, b: Expr) -> bool:
    return not (a.grain in ("week", "weekend") and b.grain == "year")


def _lasting(begin: Expr, amount: float, unit: str) -> Expr:
    """The range of that length from each candidate's first day on."""
    ranged = begin.map("range", lambda s: Span(s.start, max(s.start, shift(s.start, amount, unit) - DAY)))
    return replace(ranged, strict=begin.strict, by_start=begin.short)


def _length_first(scan: Scan, i: int) -> Found | None:
    """ "for two weeks from 3 May", "for 10 days starting Monday", "two weeks starting Monday"."""
    led = scan.is_(i, "for")
    length = amount_of_unit(scan, i + led)
    if length is None or length[1] in ("hour", "minute"):
        return None
    j = scan.skip(length[2], ",")
    if not (scan.is_(j, "starting", "beginning", "start", "commencing") or (led and scan.is_(j, "from"))):
        return None
    point = day(scan, scan.skip(j + 1, "from", "on"))
    if point is None:
        return None
    return _lasting(point[0], length[0], length[1]), point[1]


def _short_first(scan: Scan, i: int, *, between: bool) -> Found | None:
    """Ranges whose first end is only a number: "1 to 30 June", "3-9 May", "the 3rd and the 9th of May", "1.-30.6."."""
    j = scan.skip(i, "the")
    first = day_number(scan, j)
    if first is None:
        return None
    k = scan.skip(first[1], ".") if scan.glued(first[1]) else first[1]
    after = _to(scan, k, between=between)
    if after is None:
        return None
    last = day(scan, after)
    if last is None or last[0].grain != "day" or scan.is_(after, "in", "a", "within"):
        return None
    if not (scan.is_(after, "the") or scan.digits(after) is not None):
        return None
    number = first[0]
    expr = last[0]

    def near(clock: Clock, anchor: date) -> list[Span]:
        spans = []
        for end in expr.near(clock, anchor):
            start = _earlier(end.end, number)
            spans += [] if start is None else [Span(start, end.end)]
        return spans

    return Expr("range", near, expr.floating), last[1]


def _earlier(end: date, number: int) -> date | None:
    """The latest day with this number before ``end``, in its month or the one before."""
    for first in (end.replace(day=1), (end.replace(day=1) - DAY).replace(day=1)):
        if number <= month_of(first).end.day and first.replace(day=number) < end:
            return first.replace(day=number)
    return None


def _short_last(scan: Scan, i: int, after: int) -> Found | None:
    """The end of a range that is only a number: "May 3-9", "May 3 to 9, 2026", "3 May to the 9th"."""
    number = day_number(scan, scan.skip(after, "the"))
    if number is None:
        return None
    begin = scan.skip(i, "the")
    month_first = month_at(scan, begin)
    if month_first is None:
        return None
    end = number[1]
    if month_at(scan, scan.skip(end, "of")) or (scan.is_(end, ".", "/") and scan.glued(end) and scan.digits(end + 1)):
        return None
    year = year_at(scan, end) if not scan.is_(end, "in", "of") else None
    expr = month_day(month_first[0], number[0], year[0] if year else None)
    return None if expr is None else (expr, year[1] if year else end)


def from_to_now(scan: Scan, i: int) -> Found | None:
    """ "since January", "since last Monday", "since 3 May": to today."""
    if not scan.is_(i, "since"):
        return None
    j = scan.phrase(i + 1, "the start of") or scan.phrase(i + 1, "start of") or i + 1
    found = own_span(scan, j) if j > i + 1 else (_point(scan, j) or own_span(scan, j))
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
    counted = amount_of_unit(scan, k) or _one(scan, i, k, lead)
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


_RULES = (day_range, rolling, named_period, from_to_now, all_of, span, half, day)


def calendar(scan: Scan, i: int) -> Found | None:
    """The longest calendar expression of any sort that begins at token ``i``; a range beats a single day of its length."""
    best: Found | None = None
    for rule in _RULES:
        found = rule(scan, i)
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return best
