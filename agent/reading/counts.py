"""Counts in a sentence: numbers ("5 subject lines", "twice a week") and ordinals ("the second one")."""

from __future__ import annotations

from agent.reading.roles import amount_role, limit, near_budget, per_unit
from tools.words.numbers import Number, read_number, read_ordinal
from tools.words.tokens import Scan
from tools.words.vocabulary import MONTHS, UNITS, WEEKDAYS

_DETERMINERS = frozenset({"the", "this", "that", "which", "any", "no", "each", "every", "another", "other", "same", "new", "old",
                          "last", "first", "next", "my", "our", "only", "some", "right", "wrong", "latest"})  # fmt: skip
_NOT_COUNTED = frozenset({"of", "that", "which", "is", "was", "for", "with", "to", "and", "or", "about", "in", "on", "at", "from",
                          "who", "where", "please", "called", "named", "has", "by", "not", "more", "another", "day", "sent",
                          "we", "i", "you", "it", "off", "get", "free", "time", "thing", "moment", "then", "but", "rather", "instead",
                          "as", "than", "if", "so", "because", "while", "when", "until", "before", "after", "should", "would", "can", "will",
                          "are", "be", "its", "their", "our", "the", "a", "an", "only", "now", "today", "tomorrow", "total", "altogether",
                          "via", "thanks", "pls", "starting", "beginning"})  # fmt: skip
_ID_LEADS = frozenset({"#", "number", "no", "nr", "id", "option", "variant", "step", "version", "item", "v", "part", "phase",
                       "level", "tier", "page", "chapter", "round", "stage", "campaign", "post", "mail", "draft", "test", "plan",
                       "workflow", "template", "lead", "segment", "mailing", "newsletter", "ticket"})  # fmt: skip
Counted = tuple[float | int, int, str | None, str | None]
"""value, next token, role, unit."""


def count(scan: Scan, i: int) -> Counted | None:
    """A number that is said as one: none inside a word, a version, a fraction, a name or a bare year."""
    if scan.is_(i, "once", "twice", "thrice"):
        often = per_unit(scan, i + 1)
        return None if often is None else ({"once": 1, "twice": 2}.get(scan.word(i), 3), i + 1, often, "times")
    number = read_number(scan, i)
    if number is not None and scan.is_(number.end, "x", "×") and scan.glued(number.end):
        often = per_unit(scan, number.end + 1)  # "5x weekly"
        return None if often is None else (int(number.value), number.end + 1, often, "times")
    if number is None or _part_of_something(scan, i, number):
        return None
    value = number.value
    if scan.is_(i - 1, "or") and scan.word(i - 2) in UNITS:
        return None  # "in an hour or two"
    if (scan.is_(i, "one") and not _counts_one(scan, i)) or (scan.is_(i, "zero") and scan.word(number.end).isalpha()):
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
    counts = scan.word(end).isalpha() and scan.word(end) not in _NOT_COUNTED
    if scan.word(k) in _ID_LEADS and scan.digits(i) is not None and not counts:
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
    if scan.is_(end, "-") and scan.glued(end) and scan.glued(end + 1):
        tail = scan.at(end + 1)
        if (
            tail.word in ("for", "in", "to", "off")
            or tail.text[:1].isupper()
            or (tail.text == "7" and scan.is_(i, "24"))
        ):
            return True  # 2-for-1, 7-Eleven, 24-7
    if scan.is_(i, "7") and scan.is_(i - 1, "-") and scan.is_(i - 2, "24"):
        return True
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


_NETWORKS = frozenset({"linkedin", "tiktok", "youtube", "whatsapp", "bluesky"})


def _in_a_name(scan: Scan, i: int, end: int) -> bool:
    """ "pause Bloom 2", "iPhone 15": a number behind a capitalised word that opens no sentence, unless things are counted."""
    before = scan.at(i - 1)
    if scan.digits(i) is None or not before.text[:1].isalpha() or before.text.islower() or before.text.isupper():
        return False
    if any(c.isupper() for c in before.text[1:]):
        return before.word not in _NETWORKS  # iPhone 15
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
