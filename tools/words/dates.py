"""Single days written as dates: "24 April", "April 24th, 2026", "24.4.", "4/24", "2026-04-24", "the 15th".

Ambiguity: dots always mean day first ("4.5." is 4 May); slashes and dashes follow ``Clock.day_first`` unless only one order
is a date ("4/24"). A date without a year is floating: the next such day for a plan, the last one for a report.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from dateutil.relativedelta import relativedelta

from tools.words.numbers import read_ordinal
from tools.words.spans import DAY, Clock, Expr, Span, fixed, make_date, one_day, yearly
from tools.words.tokens import Scan
from tools.words.vocabulary import MONTHS, SHY_MONTHS, WEEKDAYS

# Before one of these, "24.4" is a date and not a decimal, and "may" a month and not a verb.
DATE_LEADS = frozenset({
    "on", "until", "from", "since", "before", "after", "starting", "starts", "start", "ending", "ends", "end", "by", "to",
    "through", "between", "for", "of", "in", "this", "next", "last", "early", "late", "mid", "during", "all", "around",
    "past", "previous", "coming", "throughout", "date", "und", "am", "vom", "ab",
})  # fmt: skip
_PRONOUNS = frozenset({"i", "you", "we", "they", "he", "she", "it", "this", "that", "who", "which", "there", "one"})
_NUMERIC = re.compile(
    r"(?P<iso>\d{4}([-/.])\d{1,2}\2\d{1,2})(?![\d])"
    r"|(?P<dmy>\d{1,2}([-/.])\d{1,2}\4(?:\d{4}|\d{2}))(?![\d])"
    r"|(?P<dots>\d{1,2}\.\d{1,2}\.)(?!\d)"
    r"|(?P<dm>\d{1,2}[/.]\d{1,2})(?![\d]|[/.]\d|\s?%|\s?(?:of|stars?)\b)",
    re.ASCII,
)
_NOT_DATES = frozenset({"24/7", "50/50", "1/2", "1/3", "2/3", "1/4", "3/4", "1/5"})


def year_at(scan: Scan, i: int) -> tuple[int, int] | None:
    """A year and the token after it: "2026", ", 2026", "'26", "of 2026"."""
    j = scan.skip(i, ",", "of", "in")
    digits = scan.digits(j)
    if digits is not None and len(digits) == 4 and 1990 <= int(digits) <= 2099 and not _longer(scan, j):
        return int(digits), j + 1
    if scan.is_(j, "'", "\u2019") and scan.glued(j + 1) and len(scan.digits(j + 1) or "") == 2:
        return 2000 + int(scan.word(j + 1)), j + 2
    return None


def _longer(scan: Scan, i: int) -> bool:
    """Whether the digits go on into a longer number, a time or a unit: "5,000", "5.30", "5:30", "5k", "5%"."""
    if scan.glued(i + 1):
        if scan.is_(i + 1, ",", ".", ":", "/", "'") and scan.glued(i + 2) and scan.digits(i + 2) is not None:
            return True
        word = scan.word(i + 1)
        return (word.isalpha() and word not in ("st", "nd", "rd", "th")) or word in ("%", "€", "$", "£", "@", "_", "h")
    return scan.is_(i + 1, "%", "€", "£", "percent", "am", "pm", "k", "days", "weeks", "euros", "dollars", "thousand",
                    "hours", "minutes", "leads", "emails", "posts", "o'clock", "uhr")  # fmt: skip


def day_number(scan: Scan, i: int, *, ordinal: bool = False) -> tuple[int, int] | None:
    """The number of a day in a month, 1 to 31, and the token after it; ``ordinal`` refuses a bare "15"."""
    found = read_ordinal(scan, i, last=False)
    if found is None and not ordinal:
        digits = scan.digits(i)
        if digits is not None and len(digits) <= 2 and not _longer(scan, i):
            found = int(digits), i + 1
    if found is None or not 1 <= found[0] <= 31:
        return None
    return found


def month_at(scan: Scan, i: int) -> tuple[int, int] | None:
    """A month's name and the token after it, with no look at whether the word is meant as one."""
    month = MONTHS.get(scan.word(i))
    if month is None:
        return None
    short = len(scan.word(i)) <= 4 and scan.glued(i + 1) and scan.is_(i + 1, ".")
    dotted = short and (scan.digits(i + 2) is not None or scan.is_(i + 2, ",") or scan.word(i + 2).isalpha())
    return month, i + 2 if dotted and scan.word(i) not in ("may", "june", "july") else i + 1


def bare_month(scan: Scan, i: int) -> tuple[int, int] | None:
    """A month named alone; words such as "may" and "march" only where they cannot be a verb."""
    found = month_at(scan, i)
    if found is None or scan.whole or scan.word(i) not in SHY_MONTHS | {"march", "may"}:
        return found
    before, after = scan.word(i - 1), scan.word(found[1])
    if before in DATE_LEADS and not (before in ("to", "this", "that") and scan.word(i) in ("march", "may")):
        return found
    if year_at(scan, found[1]) and scan.word(found[1]) not in ("of", "in"):
        return found
    token = scan.at(i)
    if scan.word(i) == "jan" and after.isalpha() and after not in _BEHIND_A_MONTH and after not in MONTHS:
        return None  # Jan de Vries
    if scan.word(i) in ("april", "june", "august"):
        return None if _is_a_person(scan, i, found[1]) else found
    if not token.text[:1].isupper():
        return None
    if scan.word(i) in ("may", "march") and (after in _PRONOUNS | {"on", "with", "to", "into", "through"} or i == 0):
        return None
    if before in _PRONOUNS - {"this", "that"}:
        return None
    return found


_BEHIND_A_MONTH = frozenset(
    {"to", "until", "through", "and", "or", "numbers", "figures", "results", "report", "sales", "vs"}
)


def _is_a_person(scan: Scan, i: int, end: int) -> bool:
    """ "April Smith", "June from Acme"."""
    after = scan.skip(end, "from", "at")
    capital = scan.at(after).text[:1].isupper() and scan.at(after).text.lower() != scan.at(after).text.upper()
    return scan.at(i).text[:1].isupper() and capital and scan.word(after) not in WEEKDAYS | MONTHS


def month_day(month: int, day: int, year: int | None) -> Expr | None:
    """The day in the given year, or in every year; None where no year has it ("31 June")."""
    if make_date(year or 2024, month, day) is None:
        return None
    if year is not None:
        return fixed("day", lambda _: _day(year, month, day))
    return yearly("day", lambda _, y: _day(y, month, day))


def _day(year: int, month: int, day: int) -> Span | None:
    made = make_date(year, month, day)
    return None if made is None else one_day(made)


def written_date(scan: Scan, i: int) -> tuple[Expr, int] | None:
    """A date with a month, with or without the weekday before it ("Friday, 24 April")."""
    weekday = WEEKDAYS.get(scan.word(i))
    if weekday is not None:
        j = i + 1
        if len(scan.word(i)) <= 5 and scan.glued(j):
            j = scan.skip(j, ".")
        j = scan.phrase(j, ", the") or scan.skip(scan.skip(scan.skip(j, ","), "the"), "on")
        found = _date(scan, j)
        if found is not None:
            return found[0].named(weekday), found[1]
        numbered = day_of_month(scan, j - 1) if scan.is_(j - 1, "the") else None
        return None if numbered is None else (_on_weekday(numbered[0], weekday), numbered[1])
    return _date(scan, i)


def _date(scan: Scan, i: int) -> tuple[Expr, int] | None:
    if scan.digits(i) is not None:
        found = _numeric(scan, i)
        if found is not None:
            return found
    return _month_first(scan, i) or _day_first(scan, i)


def _month_first(scan: Scan, i: int) -> tuple[Expr, int] | None:
    month = month_at(scan, i)
    if month is None or (scan.word(i) in ("may", "march", "mar") and scan.word(i - 1) in _PRONOUNS):
        return None
    j = scan.skip(month[1], "the") if scan.is_(month[1], "the") else month[1]
    day = day_number(scan, j, ordinal=j > month[1])
    if day is None:
        return None
    return _with_year(scan, month[0], day[0], day[1])


def _day_first(scan: Scan, i: int) -> tuple[Expr, int] | None:
    j = scan.skip(i, "the")
    day = day_number(scan, j, ordinal=scan.digits(j) is None)
    if day is None:
        return None
    k = day[1]
    if scan.is_(k, ".", "-") and scan.glued(k):
        k = scan.skip(k + 1, "of")
    else:
        k = scan.skip(k, "of", "day")
        k = scan.skip(k, "of")
    month = month_at(scan, k)
    if month is None:
        return None
    k = month[1]
    if scan.is_(k, "-") and scan.glued(k) and len(scan.digits(k + 1) or "") == 4:
        k += 1
    short = scan.digits(k) or ""
    if len(short) == 2 and 20 <= int(short) <= 49 and not _longer(scan, k) and not scan.word(k + 1).isalnum():
        expr = month_day(month[0], day[0], 2000 + int(short))  # "1 Sep 26"
        return None if expr is None else (expr, k + 1)
    return _with_year(scan, month[0], day[0], k)


def _with_year(scan: Scan, month: int, day: int, i: int) -> tuple[Expr, int] | None:
    year = year_at(scan, i)
    if year is not None:
        expr = month_day(month, day, year[0])
        return None if expr is None else (expr, year[1])
    for words, offset in (("of next year", 1), ("next year", 1), ("of this year", 0), ("this year", 0),
                          ("of last year", -1), ("last year", -1)):  # fmt: skip
        end = scan.phrase(i, words)
        if end is not None:
            return fixed("day", _in_year(month, day, offset)), end
    expr = month_day(month, day, None)
    return None if expr is None else (expr, i)


def _in_year(month: int, day: int, offset: int) -> Callable[[Clock], Span | None]:
    return lambda clock: _day(clock.today.year + offset, month, day)


def _numeric(scan: Scan, i: int) -> tuple[Expr, int] | None:
    match = _NUMERIC.match(scan.text, scan.at(i).start)
    if match is None or (scan.glued(i) and scan.word(i - 1) not in ("(", "[", '"', "-", "\u2013", ":", "=", "'")):
        return None
    text = match.group()
    end = i
    while end < scan.size and scan.at(end).start < match.end():
        end += 1
    parts = [int(p) for p in re.findall(r"\d+", text)]
    if scan.glued(end) and (scan.word(end).isalpha() and scan.word(end) != "t"):
        return None
    if match["iso"]:
        expr = month_day(parts[1], parts[2], parts[0]) if 1900 <= parts[0] <= 2199 else None
        return None if expr is None else (expr, end)
    if match["dm"] and not _means_a_date(scan, i, text):
        return None
    year = None if len(parts) == 2 else parts[2] + 2000 if parts[2] < 100 else parts[2]
    if year is not None and not 1900 <= year <= 2199:
        return None
    if match["dm"] and year is None and end < scan.size and scan.glued(end) and scan.is_(end, "/"):
        return None
    ordered = _order(parts[0], parts[1], year, dots="." in text)
    return None if ordered is None else (ordered, end)


def _means_a_date(scan: Scan, i: int, text: str) -> bool:
    """Whether two numbers with a dot or a slash between them are a day and a month."""
    before = scan.word(i - 1)
    led = before in DATE_LEADS - {"by", "of", "for", "in", "all"} or before in WEEKDAYS or scan.whole
    if "." in text:
        day, month = text.split(".")
        return led and len(day) <= 2 and 1 <= int(month) <= 12 and (before not in ("to", "from") or len(month) == 2)
    return led or text not in _NOT_DATES


def _order(first: int, second: int, year: int | None, *, dots: bool) -> Expr | None:
    day_first = month_day(second, first, year)
    month_first = None if dots else month_day(first, second, year)
    if day_first is None or month_first is None:
        only = day_first or month_first
        return None if only is None else replace(only, orders=(day_first, month_first))

    def near(clock: Clock, anchor: date) -> list[Span]:
        return (day_first if clock.day_first else month_first).near(clock, anchor)

    return Expr("day", near, floating=year is None, orders=(day_first, month_first))


def _on_weekday(expr: Expr, weekday: int) -> Expr:
    """ "Friday the 13th": such days that fall on the weekday, within a year and more of the anchor."""

    def near(clock: Clock, anchor: date) -> list[Span]:
        months = [anchor + relativedelta(months=k) for k in range(-16, 17, 4)]
        days = {s for month in months for s in expr.near(clock, month) if s.start.weekday() == weekday}
        return sorted(days)

    return Expr("day", near, floating=True, short=True)


def day_of_month(scan: Scan, i: int) -> tuple[Expr, int] | None:
    """ "the 15th", "on the 15th", "15th" after a date word: such a day in each month."""
    j = scan.skip(i, "the")
    day = day_number(scan, j, ordinal=True)
    spelled = scan.digits(j) is None
    if day is None or (j == i and not (scan.whole or scan.word(i - 1) in DATE_LEADS)):
        return None
    if spelled and not (scan.whole or scan.word(i - 1) in ("on", "by", "until", "from", "before", "after", "to")):
        return None
    if scan.word(day[1]).isalpha() and not scan.whole and scan.word(day[1]) not in _AFTER_A_DAY:
        return None
    number, end = day

    def near(_: Clock, anchor: date) -> list[Span]:
        first = anchor.replace(day=1)
        months = [first + relativedelta(months=k) for k in range(-2, 4)]
        days = [make_date(m.year, m.month, number) for m in months]
        return [one_day(d) for d in days if d is not None]

    return Expr("day", near, floating=True, short=True), end


_AFTER_A_DAY = frozenset({"at", "and", "to", "until", "through", "for", "with", "instead", "or", "please", "from", "on", "in",
                          "via", "noon", "so", "but", "because", "if", "when", "not", "then", "by", "morning", "evening",
                          "afternoon", "half", "around", "about", "as", "is", "was", "works", "using"})  # fmt: skip


def weekday_near(weekday: int) -> Callable[[Clock, date], list[Span]]:
    """Such weekdays from two weeks before the anchor to eight weeks after it."""

    def near(_: Clock, anchor: date) -> list[Span]:
        first = anchor + ((weekday - anchor.weekday()) % 7) * DAY
        return [one_day(first + 7 * k * DAY) for k in range(-2, 9)]

    return near
