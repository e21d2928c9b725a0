"""Parts of a span: "end of June", "mid-month", "the second Monday in April", "first half of July", "all of Q3", "EOM".

Policy: the *end* of a span is its last day, save the end of the *week*, which is its Friday (Sunday, once Friday has passed);
*early*, *mid* and *late* are the first ten days, the middle, and from the 21st on of a month, or thirds of a longer span.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tools.words.dates import day_number, month_at, year_at
from tools.words.named_spans import month, numeric_month, quarter, season_at, week_number, year_alone
from tools.words.numbers import read_count, read_ordinal
from tools.words.relatives import Found, relative_span, weekday_at, weekend
from tools.words.spans import DAY, Clock, Expr, Span, fixed, half_of, make_date, nth_weekday, one_day, shift, whole
from tools.words.tokens import Scan

_OWN_UNIT = {"week": "week", "month": "month", "quarter": "quarter", "year": "year", "weekend": "weekend", "wk": "week"}
_SPAN_RULES = (relative_span, month, quarter, season_at, week_number, weekend, numeric_month, year_alone)


def span(scan: Scan, i: int) -> Found | None:
    """The longest span of days that begins at ``i``: a week, month, quarter, half, season, year or weekend."""
    found: Found | None = scan.once(_span, i)
    return found


def _span(scan: Scan, i: int) -> Found | None:
    found = [f for rule in _SPAN_RULES if (f := rule(scan, i)) is not None]
    return max(found, key=lambda f: f[1]) if found else None


def own_span(scan: Scan, i: int) -> Found | None:
    """A span, or after "end of" also "the month", "month", "the year": the one that runs."""
    found = span(scan, i)
    if found is not None:
        return found
    j = scan.skip(i, "the", "this", "our")
    j = scan.skip(j, "calendar")
    unit = _OWN_UNIT.get(scan.word(j))
    if unit is None:
        return None

    def near(_: Clock, anchor: date) -> list[Span]:
        return [whole(unit, anchor, k) for k in range(-2, 4)]

    return Expr(unit, near, floating=True), j + 1


_EDGES = {"end": "end", "close": "end", "start": "start", "middle": "mid", "mid": "mid", "midpoint": "mid", "half": "",
          "early": "early", "late": "late", "eo": "end"}  # fmt: skip
_SHORT = {"eom": "month", "eow": "week", "eoq": "quarter", "eoy": "year"}
_SHORT_START = {"bom": "month", "som": "month", "boy": "year", "soy": "year"}


def edge(scan: Scan, i: int) -> Found | None:
    """ "end of June", "start of next week", "mid-June", "early May", "late next month", "EOM", "month-end", "year end"."""
    j = scan.skip(i, "the")
    j = scan.skip(j, "very")
    word = scan.word(j)
    if word in _SHORT:
        return _eo(scan, j)
    if word in _SHORT_START:
        return fixed("day", _edge_of_own(_SHORT_START[word], "start")), j + 1
    if word in ("month", "month's", "year", "year's", "quarter", "quarter's", "week", "weeks") and scan.is_(
        scan.skip(j + 1, "-"), "end"
    ):
        if scan.is_(j - 1, "of") or (word == "year" and scan.is_(j - 1, "this", "next", "last")):
            return None
        return fixed("day", _edge_of_own(word.removesuffix("'s").removesuffix("s"), "end")), scan.skip(j + 1, "-") + 1
    kind = _EDGES.get(word)
    if not kind:
        if word in ("midweek", "midmonth", "midyear"):
            return fixed("day", _edge_of_own(word[3:], "mid")), j + 1
        return None
    k = scan.skip(j + 1, "-")
    k = scan.skip(scan.skip(k, "of", "in"), "to") if word != "early" else scan.skip(k, "in", "of")
    if kind in ("start", "end") and word != "eo" and not scan.is_(j + 1, "of", "in"):
        return None
    found = own_span(scan, k) if kind in ("start", "end", "mid") else span(scan, k)
    if found is None or (kind == "mid" and word == "mid" and found[0].grain == "weekend"):
        return None
    expr, end = found
    return (_end_of_week(expr) if kind == "end" and expr.grain == "week" else expr.map(*_cut(kind, expr.grain))), end


def _eo(scan: Scan, i: int) -> Found:
    """ "EOM", and "EOM June" or "EOY 2026" where the span is named."""
    unit = _SHORT[scan.word(i)]
    named = span(scan, scan.skip(i + 1, "of"))
    if named is not None and named[0].grain == unit:
        return (_end_of_week(named[0]) if unit == "week" else named[0].map(*_cut("end", unit))), named[1]
    year = year_at(scan, i + 1)
    if unit == "year" and year is not None:
        return fixed("day", lambda _: one_day(date(year[0], 12, 31))), year[1]
    return fixed("day", _edge_of_own(unit, "end")), i + 1


def _edge_of_own(unit: str, kind: str) -> Callable[[Clock], Span | None]:
    def at(clock: Clock) -> Span | None:
        own = whole(unit, clock.today)
        if kind == "end" and unit == "week":
            return _friday(own, clock)
        return _cut(kind, unit)[1](own)

    return at


def _friday(week: Span, clock: Clock) -> Span:
    friday = week.start + 4 * DAY
    return one_day(friday if friday >= clock.today or week.end < clock.today else week.end)


def _end_of_week(expr: Expr) -> Expr:
    return Expr("day", lambda clock, a: [_friday(s, clock) for s in expr.near(clock, a)], expr.floating)


def _cut(kind: str, grain: str) -> tuple[str, Callable[[Span], Span | None]]:
    """The grain of the part, and how it is cut out of a span of the given grain."""
    if kind == "start":
        return "day", lambda s: one_day(s.start)
    if kind == "end":
        return "day", lambda s: one_day(s.end)
    if kind == "mid":
        if grain == "month":
            return "day", lambda s: one_day(s.start.replace(day=15))
        if grain == "week":
            return "day", lambda s: one_day(s.start + 2 * DAY)
        return "day", lambda s: one_day(s.start + (s.days // 2) * DAY)
    if grain == "month":
        if kind == "early":
            return "part", lambda s: Span(s.start, s.start.replace(day=10))
        return "part", lambda s: Span(s.start.replace(day=21), s.end)
    if grain == "week":
        return ("part", lambda s: Span(s.start, s.start + DAY)) if kind == "early" else (
            "part", lambda s: Span(s.start + 3 * DAY, s.start + 4 * DAY))  # fmt: skip
    if kind == "early":
        return "part", lambda s: Span(s.start, s.start + (s.days // 3 - 1) * DAY)
    return "part", lambda s: Span(s.end - (s.days // 3 - 1) * DAY, s.end)


def half(scan: Scan, i: int) -> Found | None:
    """ "first half of June", "the second half of next month", "the first two weeks of May", "last 10 days of July"."""
    j = scan.skip(i, "the")
    if scan.is_(j, "first", "second", "last", "latter", "1st", "2nd") or scan.is_(j + 1, "st", "nd"):
        k = j + 1 + (scan.digits(j) is not None)
        first = scan.is_(j, "first", "1")
        if scan.is_(k, "half") and scan.is_(k + 1, "of", "in"):
            found = own_span(scan, k + 2)
            return None if found is None else (found[0].map("part", lambda s: _half(s, first=first)), found[1])
    if scan.is_(j, "first", "last", "final"):
        count = read_count(scan, j + 1)
        if count is None or count.value != int(count.value) or not 1 <= count.value <= 400:
            return None
        unit = {"days": "day", "weeks": "week", "months": "month", "day": "day", "week": "week", "month": "month",
                "fortnight": "fortnight"}.get(scan.word(count.end))  # fmt: skip
        if unit is None or not scan.is_(count.end + 1, "of", "in"):
            return None
        found = own_span(scan, count.end + 2)
        if found is None:
            return None
        amount, at_start = int(count.value), scan.is_(j, "first")
        return found[0].map("part", lambda s: _stretch(s, amount, unit, at_start=at_start)), found[1]
    return None


def _half(whole_span: Span, *, first: bool) -> Span:
    """A month is halved after its 15th, a year after June, a quarter after half of its days."""
    if 28 <= whole_span.days <= 31:
        middle = whole_span.start.replace(day=15)
    elif whole_span.days >= 365:
        middle = half_of(whole_span.start).end
    else:
        middle = whole_span.start + ((whole_span.days + 1) // 2 - 1) * DAY
    return Span(whole_span.start, middle) if first else Span(middle + DAY, whole_span.end)


def _stretch(whole_span: Span, amount: int, unit: str, *, at_start: bool) -> Span | None:
    first = Span(whole_span.start, shift(whole_span.start, amount, unit) - DAY)
    cut = first if at_start else Span(shift(whole_span.end + DAY, -amount, unit), whole_span.end)
    return cut if cut.start >= whole_span.start and cut.end <= whole_span.end else None


def nth(scan: Scan, i: int) -> Found | None:
    """ "the second Monday in April", "last Friday of the month", "first day of next month", "third week of August"."""
    j = scan.skip(i, "the", "on")
    j = scan.skip(j, "very")
    ordinal = read_ordinal(scan, j)
    if ordinal is None:
        return None
    n, k = ordinal
    if scan.is_(k, "of", "day") and scan.is_(k + scan.is_(k, "day"), "of", "in") and n > 0:
        of = k + 1 + scan.is_(k, "day")
        found = own_span(scan, of)
        if found is not None and found[0].grain == "month":
            return found[0].map("day", lambda s: _optional(make_date(s.start.year, s.start.month, n))), found[1]
    business = scan.is_(k, "working", "business", "week", "work") and scan.is_(k + 1, "day")
    if business or scan.is_(k, "weekday", "workday"):
        return _of(scan, k + 1 + business, "day", lambda s: _nth_workday(s, n))
    if scan.is_(k, "day"):
        return _of(scan, k + 1, "day", lambda s: _nth_day(s, n))
    if scan.is_(k, "week"):
        return _of(scan, k + 1, "week", lambda s: _nth_week(s, n))
    if scan.is_(k, "weekend"):
        return _of(scan, k + 1, "weekend", lambda s: _nth_weekend(s, n))
    if scan.is_(k, "month"):
        return _of(scan, k + 1, "month", lambda s: _nth_month(s, n))
    day = weekday_at(scan, k)
    if day is not None:
        return _of(scan, day[1], "day", lambda s: _optional(nth_weekday(s, day[0], n)))
    return None


def _of(scan: Scan, i: int, grain: str, part: Callable[[Span], Span | None]) -> Found | None:
    if scan.is_(i, "from") or (grain == "day" and month_at(scan, i) is not None):
        found = month(scan, i + scan.is_(i, "from"))  # "the first Monday from November", "1st mon nov"
        return None if found is None else (found[0].map(grain, part), found[1])
    if not scan.is_(i, "of", "in"):
        return None
    found = own_span(scan, i + 1)
    return None if found is None or found[0].grain in ("week", "weekend") else (found[0].map(grain, part), found[1])


def _optional(day: date | None) -> Span | None:
    return None if day is None else one_day(day)


def _nth_day(s: Span, n: int) -> Span | None:
    day = s.start + (n - 1) * DAY if n > 0 else s.end + (n + 1) * DAY
    return one_day(day) if s.start <= day <= s.end else None


def _nth_workday(s: Span, n: int) -> Span | None:
    days = [d for k in range(s.days) if (d := s.start + k * DAY).weekday() < 5]
    index = n - 1 if n > 0 else n
    return one_day(days[index]) if -len(days) <= index < len(days) else None


def _nth_week(s: Span, n: int) -> Span | None:
    """Weeks counted in sevens from the span's first day; the last week is its last seven days."""
    if n < 0:
        return Span(s.end - 6 * DAY, s.end)
    start = s.start + 7 * (n - 1) * DAY
    return Span(start, min(start + 6 * DAY, s.end)) if start <= s.end else None


def _nth_weekend(s: Span, n: int) -> Span | None:
    saturday = nth_weekday(s, 5, n)
    return None if saturday is None else Span(saturday, saturday + DAY)


def _nth_month(s: Span, n: int) -> Span | None:
    first = shift(s.start, n - 1, "month") if n > 0 else shift(s.end.replace(day=1), n + 1, "month")
    return whole("month", first) if s.start <= first <= s.end else None


def all_of(scan: Scan, i: int) -> Found | None:
    """ "all of July", "the whole of next quarter", "the entire month", "all week", "the rest of the year"."""
    for words in ("the whole of", "the whole", "whole of", "whole", "all of", "all", "the entire", "entire", "throughout",
                  "the full", "full"):  # fmt: skip
        j = scan.phrase(i, words)
        if j is not None:
            found = own_span(scan, j)
            if found is None or (words in ("full", "whole") and not scan.whole):
                return None
            expr = found[0]
            return Expr("whole", expr.near, expr.floating), found[1]
    j = scan.skip(i, "the")
    if scan.is_(j, "rest", "remainder") and scan.is_(j + 1, "of"):
        found = own_span(scan, j + 2)
        if found is not None:
            rest = found[0]
            return fixed("whole", lambda clock: _rest(rest.ahead(clock), clock)), found[1]
    return None


def _rest(span_: Span | None, clock: Clock) -> Span | None:
    return None if span_ is None else Span(max(span_.start, clock.today), span_.end)


def nth_of_month(scan: Scan, i: int) -> Found | None:
    """ "the 15th of next month", "15th of the month", "next month on the 5th"."""
    month_first = span(scan, i)
    if month_first is not None and month_first[0].grain == "month" and scan.is_(scan.skip(month_first[1], ","), "on"):
        later = day_number(scan, scan.skip(scan.skip(month_first[1], ",") + 1, "the"), ordinal=True)
        if later is not None and not scan.is_(later[1], "of"):
            at = later[0]
            return month_first[0].map("day", lambda s: _optional(make_date(s.start.year, s.start.month, at))), later[1]
    j = scan.skip(i, "the")
    day = day_number(scan, j, ordinal=True)
    if day is None or not scan.is_(day[1], "of"):
        return None
    found = own_span(scan, day[1] + 1)
    if found is None or found[0].grain != "month":
        return None
    number = day[0]
    return found[0].map("day", lambda s: _optional(make_date(s.start.year, s.start.month, number))), found[1]
