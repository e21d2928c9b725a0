"""Weeks, months, quarters, halves, seasons and years by their name: "June 2026", "Q3", "this summer", "week 30", "in 2025"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tools.words.dates import bare_month, year_at
from tools.words.relatives import Found
from tools.words.spans import (
    Clock,
    Expr,
    Span,
    fixed,
    half_of,
    make_date,
    month_of,
    quarter_of,
    season,
    week_of,
    yearly,
)
from tools.words.tokens import Scan
from tools.words.vocabulary import SEASONS


def month(scan: Scan, i: int) -> Found | None:
    """ "June", "June 2026", "next June", "June last year", "the month of May"."""
    after = scan.phrase(i, "the month of") or scan.phrase(i, "month of")
    lead = ""
    j = i if after is None else after
    if scan.is_(j, "next", "last", "this", "coming", "previous"):
        lead, j = scan.word(j), j + 1
    found = bare_month(scan, j)
    if found is None:
        return None
    number, end = found
    year = year_at(scan, end)
    if year is not None and not lead:
        return fixed("month", lambda _: _month(year[0], number)), year[1]
    offset = _year_offset(scan, end)
    if offset is not None and not lead:
        return fixed("month", lambda clock: _month(clock.today.year + offset[0], number)), offset[1]
    if lead in ("next", "coming"):
        return fixed("month", lambda c: _month(c.today.year + (number <= c.today.month), number)), end
    if lead in ("last", "previous"):
        return fixed("month", lambda c: _month(c.today.year - (number >= c.today.month), number)), end
    if lead == "this":
        return fixed("month", lambda clock: _month(clock.today.year, number)), end
    return yearly("month", lambda _, y: _month(y, number)), end


def _month(year: int, number: int) -> Span | None:
    first = make_date(year, number, 1)
    return None if first is None else month_of(first)


def _year_offset(scan: Scan, i: int) -> tuple[int, int] | None:
    for words, offset in (("of next year", 1), ("next year", 1), ("of last year", -1), ("last year", -1),
                          ("of this year", 0), ("this year", 0)):  # fmt: skip
        end = scan.phrase(i, words)
        if end is not None:
            return offset, end
    return None


def _years(grain: str, scan: Scan, end: int, at: Callable[[Clock, int], Span | None]) -> Found:
    """An expression that a year may follow: "Q3", "Q3 2026", "Q3 of next year"."""
    year = year_at(scan, end)
    if year is not None:
        return fixed(grain, lambda clock: at(clock, year[0])), year[1]
    offset = _year_offset(scan, end)
    if offset is not None:
        return fixed(grain, lambda clock: at(clock, clock.today.year + offset[0])), offset[1]
    return yearly(grain, at), end


def quarter(scan: Scan, i: int) -> Found | None:
    """ "Q3", "Q3 2026", "2026 Q3", "the third quarter", "quarter 3", "H2", "the second half of 2026"."""
    year = year_at(scan, i)
    j = scan.skip(i, "the")
    if year is not None and year[1] == i + 1:
        j = scan.skip(year[1], "-", "/")
    named = scan.is_(j, "q", "h") and scan.glued(j + 1) and len(scan.digits(j + 1) or "") == 1
    ordinals = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
    if named:
        grain, number, end = ("quarter" if scan.word(j) == "q" else "half"), int(scan.word(j + 1)), j + 2
        if scan.glued(end) and scan.word(end).isalnum():
            return None
    elif scan.is_(j, "quarter") and scan.digits(j + 1):
        grain, number, end = "quarter", int(scan.word(j + 1)), j + 2
    elif scan.word(j) in ordinals and scan.is_(j + 1, "quarter", "half"):
        grain, number, end = scan.word(j + 1), ordinals[scan.word(j)], j + 2
        if grain == "half" and number > 1:
            number = 2
        if scan.word(j) == "last" or grain == "half":
            end = scan.phrase(end, "of the year") or end
            if end == j + 2 and year_at(scan, end) is None and _year_offset(scan, end) is None:
                return None
        else:
            end = scan.phrase(end, "of the year") or end
    elif scan.digits(j) is not None and scan.is_(j + 1, "st", "nd", "rd", "th") and scan.is_(j + 2, "quarter"):
        grain, number, end = "quarter", int(scan.word(j)), j + 3
    else:
        return None
    if not 1 <= number <= (4 if grain == "quarter" else 2):
        return None
    size = 3 if grain == "quarter" else 6
    cut = quarter_of if grain == "quarter" else half_of

    def at(_: Clock, y: int) -> Span | None:
        first = make_date(y, size * (number - 1) + 1, 1)
        return None if first is None else cut(first)

    if year is not None and year[1] == i + 1:
        return fixed(grain, lambda clock: at(clock, year[0])), end
    return _years(grain, scan, end, at)


def season_at(scan: Scan, i: int) -> Found | None:
    """ "this summer", "spring 2027", "in the autumn"; a bare "spring" or "fall" is no date."""
    j = scan.skip(i, "the")
    lead = scan.word(j) if scan.is_(j, "this", "next", "last", "coming") else ""
    j += bool(lead)
    first = SEASONS.get(scan.word(j).removesuffix("'s"))
    if first is None:
        return None
    found = _years("season", scan, j + 1, lambda clock, y: season(y, first, clock.country))
    explicit = found[1] > j + 1 or (scan.word(j).endswith("'s") and scan.is_(j - 1, "the"))
    led = scan.word(i - 1) in (
        "in",
        "by",
        "until",
        "before",
        "after",
        "since",
        "during",
        "of",
        "for",
        "through",
        "over",
        "from",
    )
    name = scan.at(j + 1).text[:1].isupper() or scan.is_(j + 1, "sale", "campaign", "newsletter", "collection", "promo")
    if not (lead or explicit or scan.whole or (led and (j > i or scan.word(i - 1) != "for") and not name)):
        return None
    if not lead:
        return found
    expr = yearly("season", lambda clock, y: season(y, first, clock.country))
    return Expr("season", lambda clock, _: _led_season(expr, clock, lead)), found[1]


def _led_season(expr: Expr, clock: Clock, lead: str) -> list[Span]:
    spans = expr.near(clock, clock.today)
    if lead == "last":
        return [s for s in spans if s.end < clock.today][-1:]
    if lead == "next":
        return [s for s in spans if s.start > clock.today][:1]
    return [s for s in spans if s.end >= clock.today][:1]


def week_number(scan: Scan, i: int) -> Found | None:
    """ "week 30", "calendar week 30", "CW 30", "KW30", "W30", "2026-W30": ISO 8601 weeks."""
    year = year_at(scan, i)
    if year is not None and year[1] == i + 1 and scan.is_(year[1], "-"):
        j = year[1] + 1
    else:
        j, year = scan.skip(scan.skip(i, "calendar", "iso"), "the"), None
    if not scan.is_(j, "week", "cw", "kw", "wk", "w") or (scan.is_(j, "w") and not scan.glued(j + 1)):
        return None
    digits = scan.digits(j + 1)
    if digits is None or not 1 <= int(digits) <= 53 or len(digits) > 2:
        return None
    number, end = int(digits), j + 2

    def at(_: Clock, y: int) -> Span | None:
        try:
            return week_of(date.fromisocalendar(y, number, 1))
        except ValueError:
            return None

    if year is not None:
        return fixed("week", lambda clock: at(clock, year[0])), end
    return _years("week", scan, end, at)


def year_alone(scan: Scan, i: int) -> Found | None:
    """ "in 2025", "all of 2025", "the year 2025": four digits are a year only after such a word."""
    j = scan.phrase(i, "the year") or scan.skip(i, "year")
    year = year_at(scan, j)
    if year is None or year[1] != j + 1:
        return None
    led = scan.word(i - 1) in (
        "in",
        "of",
        "since",
        "during",
        "for",
        "until",
        "throughout",
        "through",
        "by",
        "from",
        "all",
    )
    if not (led or scan.whole or j > i):
        return None
    if not scan.whole and scan.is_(
        year[1], "leads", "people", "contacts", "emails", "subscribers", "recipients", "euros"
    ):
        return None
    first = date(year[0], 1, 1)
    return fixed("year", lambda _: Span(first, first.replace(month=12, day=31))), year[1]


def numeric_month(scan: Scan, i: int) -> Found | None:
    """ "06/2026", "2026-06"."""
    a, b = scan.digits(i), scan.digits(i + 2)
    if a is None or b is None or not scan.is_(i + 1, "/", "-", ".") or not (scan.glued(i + 1) and scan.glued(i + 2)):
        return None
    if scan.glued(i) or (scan.glued(i + 3) and scan.is_(i + 3, "-", "/") and scan.glued(i + 4)):
        return None
    year, number = (b, a) if len(b) == 4 else (a, b)
    if len(year) != 4 or len(number) > 2 or not 1990 <= int(year) <= 2099 or (year == a and scan.is_(i + 1, ".")):
        return None
    span = _month(int(year), int(number))
    return None if span is None else (fixed("month", lambda _: span), i + 3)
