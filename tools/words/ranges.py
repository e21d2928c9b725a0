"""Ranges of days ("from 1 to 30 June", "3-9 May", "for two weeks from Monday"), and the one rule for all of the calendar.

Policy: a range without years is the first one that is not over ("1 to 31 July" said on 8 July runs now).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tools.words.dates import day_number, month_at, month_day, year_at
from tools.words.offsets import amount_of_unit, day
from tools.words.parts import all_of, half, span
from tools.words.relatives import Found
from tools.words.rolling import from_to_now, named_period, point, rolling
from tools.words.spans import (
    DAY,
    Clock,
    Expr,
    Span,
    month_of,
    shift,
)
from tools.words.tokens import Scan

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
    if (scan.is_(i, "from") and _moves(scan, i)) or (scan.is_(i - 1, "from") and _moves(scan, i - 1)):
        return None
    between = scan.is_(i, "between")
    led = between or (scan.is_(i, *_BEGINS) and not scan.is_(i + 1, "of"))
    j = scan.skip(i + led, "from", "on")
    found = [_short_first(scan, j, between=between), _two_ends(scan, j, led=led, between=between)]
    if not any(found):
        return _length_first(scan, i)
    return max((f for f in found if f is not None), key=lambda f: f[1])


def _two_ends(scan: Scan, i: int, *, led: bool, between: bool) -> Found | None:
    """ "3 May to 9 May", "3 May for two weeks"."""
    first = point(scan, i)
    if first is None:
        return None
    k = scan.skip(first[1], ",") if led else first[1]
    after = _to(scan, k, between=between)
    if after is not None:
        last = _short_last(scan, i, after) or point(scan, after)
        return None if last is None or not _sensible(first[0], last[0]) else (joined(first[0], last[0]), last[1])
    if scan.is_(k, "for") and first[0].grain == "day":
        length = amount_of_unit(scan, scan.skip(k + 1, "the", "about"))
        if length is not None and length[1] not in ("hour", "minute"):
            return _lasting(first[0], length[0], length[1]), length[2]
    return None


_BEGINS = ("from", "starting", "start", "starts", "running", "runs")
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
    if length is None or length[1] in ("hour", "minute") or (scan.is_(i, "a", "an") and scan.word(i - 1).isalpha()):
        return None  # "3 posts a week starting Monday"
    j = scan.skip(length[2], ",") if led else length[2]
    if not (scan.is_(j, "starting", "beginning", "start", "commencing") or (led and scan.is_(j, "from"))):
        return None
    begin = day(scan, scan.skip(j + 1, "from", "on"))
    if begin is None:
        return None
    return _lasting(begin[0], length[0], length[1]), begin[1]


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
    if not (scan.is_(after, "the", "last") or scan.digits(after) is not None):
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


_RULES = (day_range, rolling, named_period, from_to_now, all_of, span, half, day)


def calendar(scan: Scan, i: int) -> Found | None:
    """The longest calendar expression of any sort that begins at token ``i``; a range beats a single day of its length."""
    best: Found | None = None
    for rule in _RULES:
        found = rule(scan, i)
        if found is not None and (best is None or found[1] > best[1]):
            best = found
    return best
