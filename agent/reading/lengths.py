"""Lengths of time in a sentence, and what comes again and again ("every Friday")."""

from __future__ import annotations

from agent.reading.mention import Duration
from tools.words.dates import day_number
from tools.words.dayparts import part_of_day
from tools.words.numbers import read_ordinal
from tools.words.offsets import amount_of_unit
from tools.words.relatives import weekday_at
from tools.words.times import clock_time
from tools.words.tokens import Scan
from tools.words.vocabulary import MONTHS, WEEKDAYS

_LENGTH_LEADS = frozenset({"for", "in", "within", "after", "over", "every", "last", "lasts", "takes", "about", "by", "wait", "waits",
                           "than", "of", "delay", "around", "another", "lasting", "each", "up", "to", "simulate", "back"})  # fmt: skip
_LATER = frozenset(
    {
        "extend",
        "extends",
        "postpone",
        "delay",
        "prolong",
        "push",
        "lengthen",
        "later",
        "back",
        "extended",
        "stretch",
        "stretched",
        "add",
        "prolonged",
        "longer",
    }
)
_EARLIER = frozenset({"shorten", "forward", "earlier", "sooner", "advance"})


_UNIT_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "workday": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91,
              "year": 365}  # fmt: skip


def reckoned(amount: float, unit: str) -> Duration:
    """The duration with its days and hours."""
    days = amount * _UNIT_DAYS[unit]
    return Duration(amount, unit, round(days, 6), round(days * 24, 6))


def duration(scan: Scan, i: int) -> tuple[float, str, int, str | None] | None:
    """A length of time that is said as one: amount, unit, next token, role. Not the "a week" of "3 posts a week"."""
    if scan.is_(i, "every", "each"):
        return _interval(scan, i)
    more = _one_more(scan, i)
    if more is not None:
        return 1.0, more[0], more[1], "later"
    found = amount_of_unit(scan, i)
    if (
        found is None
        or (scan.digits(i) or "").startswith("00")
        or _military(scan, i)
        or (scan.glued(i) and scan.word(i - 1) not in ("(", "-", "\u2013", "=", ":"))
    ):
        return None
    amount, unit, end = found
    if scan.is_(i, "a", "an") and not _stands_alone(scan, i, end):
        return None
    last = scan.at(end - 1)
    if last.word in ("d", "w", "h") and (last.text.isupper() or (scan.glued(end) and scan.word(end).isalnum())):
        return None
    if scan.is_(end - 1, "quarter", "quarters") and scan.is_(end, "of", "past", "to"):
        return None
    if scan.is_(end, "old", "olds", "anniversary"):
        return None
    return amount, unit, end, _length_role(scan, i, end)


def _one_more(scan: Scan, i: int) -> tuple[str, int] | None:
    """ "Another week", "an extra month": the unit and the next token."""
    j = (
        i + 1
        if scan.is_(i, "another")
        else i + 2
        if scan.is_(i, "an", "one") and scan.is_(i + 1, "extra", "additional", "more")
        else i
    )
    unit = {"day": "day", "week": "week", "month": "month", "fortnight": "fortnight"}.get(scan.word(j))
    return None if j == i or unit is None else (unit, j + 1)


def _military(scan: Scan, i: int) -> bool:
    digits = scan.digits(i) or ""
    return len(digits) == 4 and digits.startswith("0")


def _stands_alone(scan: Scan, i: int, end: int) -> bool:
    """Whether "a week" is a length and not how often: after "for", beside "apart", or between commas."""
    if scan.word(i - 1) in _LENGTH_LEADS or scan.is_(
        end, "apart", "long", "between", "later", "longer", "earlier", "or"
    ):
        return True
    bare = i == 0 or scan.is_(i - 1, ",", ";", ":", "(")
    return bare and (not scan.word(end).isalnum() or scan.is_(end, "from", "starting", "with", "is", "please"))


def _interval(scan: Scan, i: int) -> tuple[float, str, int, str | None] | None:
    """ "every 3 days", "every other week", "every second day": the time from one to the next."""
    nth = read_ordinal(scan, i + 1, last=False)
    if scan.is_(i + 1, "other") or (nth is not None and 2 <= nth[0] <= 12):
        after = i + 2 if nth is None else nth[1]
        unit = {"day": "day", "week": "week", "month": "month", "year": "year"}.get(scan.word(after))
        return None if unit is None else (2.0 if nth is None else float(nth[0]), unit, after + 1, "every")
    found = amount_of_unit(scan, i + 1)
    if found is None or scan.is_(i + 1, "a", "an"):
        return None
    return *found[:2], found[2], "every"


def _length_role(scan: Scan, i: int, end: int) -> str | None:
    if scan.is_(end, "apart", "between") or scan.phrase(end, "in between") or scan.is_(i - 1, "every", "each"):
        return "every"
    if (
        scan.is_(end, "later", "longer", "more")
        or scan.is_(i - 1, "another", "extra", "additional")
        or scan.is_(i + 1, "more", "extra")
    ):
        return "later"
    if scan.is_(end, "earlier", "sooner", "shorter"):
        return "earlier"
    verb = next((w for k in range(i - 1, max(-1, i - 12), -1) if (w := scan.word(k)) in _LATER | _EARLIER), "")
    if scan.is_(i - 1, "by", "another", "for", "back", "forward", "it") and verb:
        return "earlier" if verb in _EARLIER else "later"
    return (
        scan.word(i - 1)
        if scan.word(i - 1) in ("for", "in", "within", "after", "over", "by", "every", "wait")
        else None
    )


def _nth_of_every(scan: Scan, i: int) -> int | None:
    """ "the first Monday of every month", "the 1st of each month"."""
    nth = read_ordinal(scan, scan.skip(i, "the"))
    if nth is None:
        return None
    day = weekday_at(scan, nth[1])
    j = day[1] if day is not None else scan.skip(nth[1], "day")
    again = (
        scan.is_(j, "of", "in")
        and scan.is_(j + 1, "every", "each")
        and scan.is_(j + 2, "month", "quarter", "year", "week")
    )
    return j + 3 if again else None


_AGAIN = frozenset({"day", "week", "month", "quarter", "year", "morning", "evening", "afternoon", "weekday", "weekend", "hour",
                    "night", "fortnight", "workday"})  # fmt: skip


def recurrence(scan: Scan, i: int) -> int | None:
    """The token after "every Friday at 6", "each morning", "every second Tuesday", "every two weeks", "on Mondays"."""
    end = _every(scan, i)
    if end is None:
        return None
    again = scan.skip(end, "and", ",")
    day = WEEKDAYS.get(scan.word(again).removesuffix("s"))
    if again > end and day is not None:
        end = again + 1
    part = part_of_day(scan, end)
    end = part[1] if part is not None and part[0] != "close" else end
    timed = clock_time(scan, end)
    return timed[1] if timed is not None else end


def _every(scan: Scan, i: int) -> int | None:
    if scan.is_(i, "the") or read_ordinal(scan, i):
        return _nth_of_every(scan, i)
    if not scan.is_(i, "every", "each"):
        plural = scan.word(i).endswith("s") and scan.word(i)[:-1] in WEEKDAYS and len(scan.word(i)) > 5
        if plural and scan.is_(i - 1, "on", "and", ",", "for"):
            return i + 1
        return None
    j = scan.skip(i + 1, "single", "other", "last", "working", "business", "week")
    if amount_of_unit(scan, j) is not None or _interval(scan, i) is not None:
        return None  # a length: "every 3 days"
    nth = read_ordinal(scan, j)
    if nth is not None:
        j = nth[1]
        if scan.is_(j, "of") and scan.is_(scan.skip(j + 1, "the", "each", "every"), "month"):
            return scan.skip(j + 1, "the", "each", "every") + 1
    elif day_number(scan, j, ordinal=True):
        j = (day_number(scan, j, ordinal=True) or (0, j))[1]
    day = weekday_at(scan, j) or ((0, j + 1) if scan.word(j).removesuffix("s") in WEEKDAYS else None)
    if day is not None:
        end = day[1]
        return end + 3 if scan.phrase(end, "of the month") or scan.phrase(end, "of each month") else end
    if scan.word(j) in _AGAIN:
        return j + 1
    if scan.word(j) in MONTHS and scan.at(j).text[:1].isupper():
        return j + 1
    return None
