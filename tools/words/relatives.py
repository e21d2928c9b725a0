"""Days and spans named from today: "tomorrow", "next Friday", "Friday next week", "this quarter", "the week after next".

Policy, written down because people differ:

- A bare weekday, "this" or "coming" weekday is the next one after today; "this Friday" said on a Friday is today.
- "next Friday" is the Friday of next week (weeks run Monday to Sunday), whether this week's Friday has passed or not. So
  on Monday 6 July "next Friday" is the 17th and "Friday" the 10th, and "next Monday" said on a Monday is seven days off.
- "last Friday" is the latest Friday before today.
- "next June" is the first June that has not begun; "last June" the latest one that is over.
"""

from __future__ import annotations

from tools.words.dates import weekday_near
from tools.words.spans import (
    DAY,
    Clock,
    Expr,
    Span,
    fixed,
    one_day,
    shift,
    week_of,
    weekend_of,
    whole,
)
from tools.words.tokens import Scan
from tools.words.vocabulary import ORDINALS, SHY_WEEKDAYS, WEEKDAYS

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


_BEFORE_SHY = frozenset({"on", "next", "this", "last", "by", "until", "every", "before", "after", "from", "coming", "for", "since", "-",
                         "and", "to"})  # fmt: skip


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
    before = scan.word(i - 1)
    clock = scan.digits(end) is not None and scan.is_(end + 1, ":", "am", "pm", "uhr", "h")
    if before == "the" or (before in ("to", "and", "for") and not (_capital(scan, i) or clock)):
        return None
    timed = scan.digits(end) is not None or scan.is_(end, "at", "morning", "evening", "night", "afternoon", "noon")
    if before == "this" and not _capital(scan, i):
        clear = not scan.word(end).isalpha() or (timed and not scan.is_(end + 1, "the", "a", "my", "our"))
    else:
        clear = (
            before in _BEFORE_SHY
            or (
                before in (*ORDINALS, "st", "nd", "rd", "th") and scan.is_(end, "of", "in", "from")
            )  # "the 1st mon of nov"
            or (timed and not (word == "sat" and scan.is_(end, "at")))
            or (_capital(scan, i) and i > 0)
        )
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
          ("week after next", 2), ("the following week", 1), ("of the following week", 1), ("the next week", 1),
          ("of the next week", 1), ("of the coming week", 1), ("of coming week", 1))  # fmt: skip


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


def week_beginning(scan: Scan, i: int) -> int | None:
    """The token after "the week of", "week commencing", "w/c", "week starting"."""
    j = scan.skip(i, "the")
    if j == i and (scan.word(i - 1) in ("per", "a", "each", "every", "/", "one") or scan.digits(i - 1)):
        return None  # "3 posts a week starting Monday"
    for words in ("week of", "week commencing", "week starting", "week start", "week from", "w / c", "wc"):
        end = scan.phrase(j, words)
        if end is not None:
            return scan.skip(end, "on")
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
