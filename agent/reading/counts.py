"""Counts in a sentence: numbers, ordinals, durations, and what comes again and again ("every Friday")."""

from __future__ import annotations

from agent.reading.roles import amount_role, limit, near_budget, per_unit
from tools.words.dates import day_number
from tools.words.numbers import Number, read_number, read_ordinal
from tools.words.offsets import amount_of_unit
from tools.words.relatives import weekday_at
from tools.words.times import clock_time, part_of_day
from tools.words.tokens import Scan
from tools.words.vocabulary import MONTHS, WEEKDAYS

_DETERMINERS = frozenset({"the", "this", "that", "which", "any", "no", "each", "every", "another", "other", "same", "new", "old",
                          "last", "first", "next", "my", "our", "only", "some", "right", "wrong", "latest"})  # fmt: skip
_NOT_COUNTED = frozenset({"of", "that", "which", "is", "was", "for", "with", "to", "and", "or", "about", "in", "on", "at", "from",
                          "who", "where", "please", "called", "named", "has", "by", "not", "more", "another", "day", "sent",
                          "we", "i", "you", "it", "off", "time", "thing", "moment", "then", "but"})  # fmt: skip
_ID_LEADS = frozenset({"#", "number", "no", "nr", "id", "option", "variant", "step", "version", "item", "v", "part", "phase",
                       "level", "tier", "page", "chapter", "round", "stage", "campaign", "post", "mail", "draft", "test", "plan",
                       "workflow", "template", "lead", "segment", "mailing", "newsletter"})  # fmt: skip
Counted = tuple[float | int, int, str | None, str | None]
"""value, next token, role, unit."""


def count(scan: Scan, i: int) -> Counted | None:
    """A number that is said as one: none inside a word, a version, a fraction, a name or a bare year."""
    number = read_number(scan, i)
    if number is None or _part_of_something(scan, i, number):
        return None
    value = number.value
    if scan.is_(i, "one") and not _counts_one(scan, i):
        return None
    if scan.is_(i - 1, "-", "\u2212", "minus", "negative") and _lone_sign(scan, i - 1):
        value = -value
    if _bare_year(scan, i, number.end) and not near_budget(scan, i, number.end):
        return None
    if _in_a_name(scan, i, number.end):
        return None
    unit = scan.word(scan.skip(number.end, "-", "more", "new", "different"))
    if not unit.isalpha() or unit in _NOT_COUNTED:
        unit = ""
    plain: float | int = int(value) if value == value.to_integral_value() else float(value)
    return plain, number.end, _role(scan, i, number.end), unit or None


def _bare_year(scan: Scan, i: int, end: int) -> bool:
    """Whether four digits are rather a year than a count: nothing that is counted follows."""
    digits = scan.digits(i) or ""
    counted = scan.at(end).text.islower() and scan.word(end).endswith("s")
    return end == i + 1 and len(digits) == 4 and 1990 <= int(digits) <= 2099 and not counted


def _lone_sign(scan: Scan, i: int) -> bool:
    return scan.word(i).isalpha() or (scan.glued(i + 1) and not scan.glued(i))


def _role(scan: Scan, i: int, end: int) -> str | None:
    k = i - 1
    if scan.is_(k, ".") and scan.is_(k - 1, "no", "nr"):
        return "id"
    if scan.word(k) in _ID_LEADS and not (scan.word(end).isalpha() and scan.word(end).endswith("s")):
        return "id"
    per = per_unit(scan, end)
    if per is not None:
        return per
    bound = limit(scan, i)
    if bound is not None:
        return bound
    if scan.is_(end, "more", "additional", "extra") or scan.is_(k, "another", "extra"):
        return "more"
    return amount_role(scan, i, end) if scan.is_(k, "to", "from", "by") else None


def _part_of_something(scan: Scan, i: int, number: Number) -> bool:
    end = number.end
    if scan.glued(i):
        before = scan.word(i - 1)
        if (
            before in ("/", ":", ".", "_", "@", "&", "=", "\\", "*")
            and i >= 2
            and scan.glued(i - 1)
            and before != "="
            and before != ":"
        ):
            return True
        if before in ("-", "+") and scan.glued(i - 1) and scan.word(i - 2).isalpha() and scan.digits(i) is not None:
            return True
        if before in ("'", "\u2019", ":") and scan.digits(i - 2) is not None:
            return True
        if (
            before == "-"
            and scan.glued(i - 1)
            and not number.spelled
            and scan.digits(i - 2) is None
            and scan.word(i - 2) == "/"
        ):
            return True
    if scan.is_(end, "%") or (scan.is_(end - 1, "0") and scan.is_(end - 2, ".") and scan.glued(end - 1)):
        return True  # a percentage; "Web 2.0"
    if scan.glued(end):
        after = scan.word(end)
        if after.isalpha() or after in ("_", "@", "\u00b0", "\u2122"):
            return True
        if after in ("/", ":", "&") and scan.glued(end + 1) and scan.digits(end + 1) is not None:
            return True
    return False


def _counts_one(scan: Scan, i: int) -> bool:
    """ "one" is a number in "one email", not in "the webinar one" or "that one"."""
    if any(scan.word(k) in _DETERMINERS for k in range(max(0, i - 3), i)) or scan.is_(i + 1, "'", "-"):
        return False
    following = scan.word(i + 1)
    return following.isalpha() and following not in _NOT_COUNTED and not scan.is_(i - 1, "a")


def _in_a_name(scan: Scan, i: int, end: int) -> bool:
    """ "pause Bloom 2", "iPhone 15": a number behind a capitalised word that opens no sentence, unless things are counted."""
    before = scan.at(i - 1)
    if scan.digits(i) is None or not before.text[:1].isalpha() or before.text.islower() or before.text.isupper():
        return False
    first = i - 1 == 0 or scan.is_(i - 2, ".", "!", "?", ":", "\n", ";")
    if first or before.word in MONTHS or before.word in WEEKDAYS or before.word in _ID_LEADS | {"budget", "i"}:
        return False
    after = scan.at(end)
    return not (after.text.islower() and after.word.endswith("s") and after.word not in ("is", "has", "was"))


def ordinal(scan: Scan, i: int) -> tuple[int, int] | None:
    """ "the second one", "the 2nd option", "the last one", or an ordinal that is the whole message."""
    j = scan.skip(i, "the", "that", "my")
    found = read_ordinal(scan, j)
    if found is None:
        return None
    n, end = found
    alone = all(scan.at(k).text in (".", "!", "?", ",") or scan.is_(k, "please") for k in range(end, scan.size))
    if alone and i == 0 and n != 0:
        return n, end
    if scan.is_(end, "one", "option", "variant", "version", "idea", "choice", "suggestion", "candidate", "draft", "proposal", "result",
                "subject", "headline", "line", "item", "answer", "post", "ad", "text"):  # fmt: skip
        if scan.is_(end, "one") or j > i:
            return n, scan.skip(end, "one")
        return None
    if (
        j > i
        and n > 0
        and not (scan.word(end).isalnum() or scan.is_(end, "-"))
        and not scan.is_(i - 1, "on", "by", "until", "to")
    ):
        return n, end
    return None


_LENGTH_LEADS = frozenset({"for", "in", "within", "after", "over", "every", "last", "lasts", "takes", "about", "by", "wait", "waits",
                           "than", "of", "delay", "around", "another", "lasting", "each", "up", "to", "simulate", "back"})  # fmt: skip
_LATER = frozenset(
    {"extend", "extends", "postpone", "delay", "prolong", "push", "lengthen", "later", "back", "extended"}
)
_EARLIER = frozenset({"shorten", "forward", "earlier", "sooner", "advance"})


def duration(scan: Scan, i: int) -> tuple[float, str, int, str | None] | None:
    """A length of time that is said as one: amount, unit, next token, role. Not the "a week" of "3 posts a week"."""
    found = amount_of_unit(scan, i)
    if found is None:
        return None
    amount, unit, end = found
    if scan.glued(i) and scan.word(i - 1) not in ("(", "-", "\u2013", "=", ":"):
        return None
    before = scan.word(i - 1)
    if (
        scan.is_(i, "a", "an")
        and before not in _LENGTH_LEADS
        and not (scan.is_(end, "apart", "long", "between", "later", "or", "each"))
    ):
        return None
    last = scan.at(end - 1)
    if last.word in ("d", "w", "h") and (last.text.isupper() or (scan.glued(end) and scan.word(end).isalnum())):
        return None
    if scan.is_(end - 1, "quarter", "quarters", "second", "seconds") and scan.is_(end, "of", "past", "to"):
        return None
    if scan.is_(end, "old", "anniversary") or (scan.glued(end) and scan.is_(end, "'s")):
        return None
    return amount, unit, end, _length_role(scan, i, end)


def _length_role(scan: Scan, i: int, end: int) -> str | None:
    if scan.is_(end, "apart", "between") or scan.is_(i - 1, "every", "each"):
        return "every"
    if scan.is_(end, "later", "longer"):
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
    found = amount_of_unit(scan, j)
    if found is not None and not scan.is_(j, "a"):
        return found[2]
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
