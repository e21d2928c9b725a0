"""Days and spans named from today: "tomorrow", "next Friday", "Friday next week", "this quarter", "the week after next".

Policy, written down because people differ:

- A bare weekday, "this" or "coming" weekday is the next one after today; "this Friday" said on a Friday is today.
- "next Friday" is the Friday of next week (weeks run Monday to Sunday), whether this week's Friday has passed or not. So
  on Monday 6 July "next Friday" is the 17th and "Friday" the 10th, and "next Monday" said on a Monday is seven days off.
- "last Friday" is the latest Friday before today.
- "next June" is the first June that has not begun; "last June" the latest one that is over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tools.words.dates import bare_month, weekday_near, year_at
from tools.words.spans import (
    DAY,
    Clock,
    Expr,
    Span,
    fixed,
    half_of,
    make_date,
    month_of,
    one_day,
    quarter_of,
    season,
    shift,
    week_of,
    weekend_of,
    whole,
    yearly,
)
from tools.words.tokens import Scan
from tools.words.vocabulary import SEASONS, SHY_WEEKDAYS, WEEKDAYS

Found = tuple[Expr, int]
_DAYS = {"today": 0, "tomorrow": 1, "yesterday": -1, "overmorrow": 2}
_LEADS = {"this": 0, "current": 0, "next": 1, "coming": 1, "following": 1, "upcoming": 1, "last": -1, "previous": -1,
          "past": -1, "prior": -1}  # fmt: skip
_SPAN_UNITS = {"week": "week", "month": "month", "quarter": "quarter", "year": "year", "weekend": "weekend", "half": "half",
               "wk": "week", "qtr": "quarter"}  # fmt: skip


def relative_day(scan: Scan, i: int) -> Found | None:
    """ "today", "tomorrow", "the day after tomorrow", "the day before yesterday"."""
    j = scan.skip(i, "the")
    for words, offset in (("day after tomorrow", 2), ("day before yesterday", -2)):
        end = scan.phrase(j, words)
        if end is not None:
            return _offset(offset), end
    word = scan.word(i).removesuffix("'s")
    if word not in _DAYS:
        return None
    for words, offset in (("week", 7), ("fortnight", 14)):
        if scan.phrase(i + 1, words) and scan.word(i + 2) not in ("ago", "before", "after", "from"):
            return _offset(_DAYS[word] + offset), i + 2  # "a week today", said the other way round
    return _offset(_DAYS[word]), i + 1


def _offset(days: int) -> Expr:
    return fixed("day", lambda clock: one_day(clock.today + days * DAY))


def weekday_at(scan: Scan, i: int) -> tuple[int, int] | None:
    """A weekday's name and the token after it; "sat", "sun" and "wed" only where they cannot be a word."""
    word = scan.word(i).removesuffix("'s")
    if word not in WEEKDAYS:
        return None
    end = i + 1
    if len(word) <= 5 and scan.glued(end) and scan.is_(end, ".") and scan.at(end + 1).text:
        end += 1
    if scan.is_(end, "-") and scan.glued(end) and _capital(scan, end + 1) and scan.word(end + 1) not in WEEKDAYS:
        return None  # Ms Friday-Jones
    if word not in SHY_WEEKDAYS or scan.whole:
        return WEEKDAYS[word], end
    led = scan.word(i - 1) in ("on", "next", "this", "last", "by", "until", "every", "before", "after", "from", "coming", "for",
                               "since", "-", "and", "to")  # fmt: skip
    if scan.word(i - 1) == "the" or (scan.word(i - 1) in ("to", "and", "for", "this") and not _capital(scan, i)):
        return None
    timed = scan.digits(end) is not None or scan.is_(end, "at", "morning", "evening", "night", "afternoon", "noon")
    clear = led or (timed and not (word == "sat" and scan.is_(end, "at"))) or (_capital(scan, i) and i > 0)
    return (WEEKDAYS[word], end) if clear else None


def _capital(scan: Scan, i: int) -> bool:
    return scan.at(i).text[:1].isupper()


def weekday(scan: Scan, i: int) -> Found | None:
    """ "Friday", "next Friday", "this coming Friday", "Friday next week", "Friday week", "a week on Friday"."""
    early = _weeks_on(scan, i) or _week_first(scan, i)
    if early is not None:
        return early
    j, lead = scan.skip(i, "the"), ""
    if scan.is_(j, "this") and scan.is_(j + 1, "coming", "upcoming", "next", "past"):
        lead, j = ("last" if scan.is_(j + 1, "past") else "coming"), j + 2
    elif scan.word(j) in _LEADS:
        lead, j = scan.word(j), j + 1
    found = weekday_at(scan, j)
    if found is None or (j == i + 1 and scan.is_(i, "the")):
        return None
    day, end = found
    if not lead:
        return _weekday_and_week(scan, day, end)
    if lead in ("next", "last") and scan.is_(end, "week"):
        return None
    if lead == "next":
        return _week_day(day, 1), end
    if lead in ("last", "past", "previous", "prior"):
        return fixed("day", lambda clock: one_day(clock.today - ((clock.today.weekday() - day - 1) % 7 + 1) * DAY)), end
    if lead == "this":
        return fixed("day", lambda clock: one_day(clock.today + (day - clock.today.weekday()) % 7 * DAY)), end
    return _coming(day, 0), end


def _coming(day: int, weeks: int) -> Expr:
    return fixed("day", lambda c: one_day(c.today + ((day - c.today.weekday() - 1) % 7 + 1 + 7 * weeks) * DAY))


def _week_day(day: int, weeks: int) -> Expr:
    return fixed("day", lambda clock: one_day(week_of(clock.today).start + (7 * weeks + day) * DAY))


_WEEKS = (("next week", 1), ("of next week", 1), ("in next week", 1), ("this week", 0), ("of this week", 0),
          ("last week", -1), ("of last week", -1), ("the week after next", 2), ("of the week after next", 2),
          ("week after next", 2), ("the following week", 1), ("of the following week", 1))  # fmt: skip


def _weekday_and_week(scan: Scan, day: int, end: int) -> Found:
    for words, weeks in _WEEKS:
        after = scan.phrase(end, words)
        if after is not None:
            return _week_day(day, weeks), after
    if scan.is_(end, "week") and not scan.is_(end + 1, "of", "-"):
        return _coming(day, 1), end + 1
    if scan.is_(end, "fortnight"):
        return _coming(day, 2), end + 1
    after_next = scan.phrase(end, "after next")
    if after_next is not None:
        return _week_day(day, 2), after_next
    if scan.is_(end, "next") and scan.word(end + 1) not in _SPAN_UNITS:
        return _week_day(day, 1), end + 1
    return Expr("day", weekday_near(day), floating=True, strict=True, short=True), end


def _weeks_on(scan: Scan, i: int) -> Found | None:
    """ "a week on Friday", "a week Friday", "a fortnight on Monday", "a week tomorrow"."""
    j = scan.skip(i, "a", "one")
    if j == i or not scan.is_(j, "week", "fortnight"):
        return None
    weeks = 2 if scan.is_(j, "fortnight") else 1
    k = scan.skip(j + 1, "on")
    day = weekday_at(scan, k)
    if day is not None:
        return _coming(day[0], weeks), day[1]
    if scan.word(k) in ("today", "tomorrow"):
        return _offset(_DAYS[scan.word(k)] + 7 * weeks), k + 1
    return None


def _week_first(scan: Scan, i: int) -> Found | None:
    """ "next week Thursday", "next week on Thursday", "this week's Friday"."""
    if not scan.is_(i, "next", "this", "last") or scan.word(i + 1).removesuffix("'s") != "week":
        return None
    day = weekday_at(scan, scan.skip(scan.skip(i + 2, ","), "on"))
    return None if day is None else (_week_day(day[0], _LEADS[scan.word(i)]), day[1])


def relative_span(scan: Scan, i: int) -> Found | None:
    """ "this week", "next quarter", "last year", "the week after next", "the month before last"."""
    j = scan.skip(i, "the")
    lead = scan.word(j)
    unit = _SPAN_UNITS.get(scan.word(j + 1).removesuffix("'s"))
    if lead == "next" and scan.phrase(j + 1, "but one"):
        unit = _SPAN_UNITS.get(scan.word(j + 3))
        return None if unit is None else (_unit(unit, 2), j + 4)
    if lead in _LEADS and unit is not None:
        if j > i and lead in ("last", "past", "previous"):
            return None  # "the last week" rolls, see rolling.py
        if lead == "past":
            return None
        if unit == "half" and scan.is_(j + 2, "of", "a", "an"):
            return None
        end = scan.skip(j + 2, "year") if unit == "half" else j + 2
        return _unit(unit, _LEADS[lead]), end
    unit = _SPAN_UNITS.get(lead)
    if unit is not None:
        for words, offset in (("after next", 2), ("before last", -2)):
            after = scan.phrase(j + 1, words)
            if after is not None:
                return _unit(unit, offset), after
        if scan.whole and j + 1 >= scan.size and unit != "half":
            return _unit(unit, 0), j + 1
    return None


def _unit(unit: str, offset: int) -> Expr:
    if unit == "weekend":
        return fixed("weekend", lambda clock: _weekend(clock, offset))
    return fixed(unit, lambda clock: whole(unit, clock.today, offset))


def _weekend(clock: Clock, offset: int) -> Span:
    span = weekend_of(clock.today)
    return Span(span.start + 7 * offset * DAY, span.end + 7 * offset * DAY)


def weekend(scan: Scan, i: int) -> Found | None:
    """ "the weekend", "at the weekend": this week's, which on a Sunday is today's."""
    j = scan.skip(i, "the")
    if j > i and scan.is_(j, "weekend") and not scan.is_(j + 1, "after", "before", "of", "in"):
        return _unit("weekend", 0), j + 1
    return None


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
    first = SEASONS.get(scan.word(j))
    if first is None:
        return None
    found = _years("season", scan, j + 1, lambda clock, y: season(y, first, clock.country))
    explicit = found[1] > j + 1
    led = scan.word(i - 1) in ("in", "by", "until", "before", "since", "during", "of", "for", "through", "over", "from")
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


def week_beginning(scan: Scan, i: int) -> int | None:
    """The token after "the week of", "week commencing", "w/c", "week starting"."""
    j = scan.skip(i, "the")
    for words in ("week of", "week commencing", "week starting", "week start", "week from", "w / c", "wc"):
        end = scan.phrase(j, words)
        if end is not None:
            return scan.skip(end, "the", "on")
    return None


def within(expr: Expr, unit: str) -> Expr:
    """The calendar unit around each candidate: "the week of 8 June"."""
    return expr.map(unit, lambda span: whole(unit, span.start))


def moved(expr: Expr, amount: float, unit: str) -> Expr:
    """Each candidate's day, moved: "two weeks from Friday"."""

    def part(span: Span) -> Span:
        return one_day(shift(span.end if amount > 0 else span.start, amount, unit))

    if not expr.short:
        return expr.map("day", part)

    def from_the_next(clock: Clock) -> Span | None:
        base = expr.ahead(clock)
        return None if base is None else part(base)

    return fixed("day", from_the_next)
