"""What the words beside a mention make of it: the start or the end of something, a budget, so many a week."""

from __future__ import annotations

from tools.words.amounts import read_amount
from tools.words.tokens import Scan

_STRONG = {
    "start": "start", "starts": "start", "starting": "start", "started": "start", "begin": "start", "begins": "start",
    "commencing": "start", "launches": "start", "launching": "start", "kickoff": "start", "kicks": "start", "effective": "start",
    "ends": "end", "end": "end", "ending": "end", "finish": "end", "finishes": "end", "finishing": "end", "until": "end",
    "deadline": "end", "due": "end", "through": "end", "closes": "end", "closing": "end", "expires": "end", "stops": "end",
    "stop": "end", "extend": "end", "extended": "end",
}  # fmt: skip
_PREPOSITIONS = {
    "by": "by", "before": "before", "after": "after", "since": "since", "from": "start", "on": "on", "at": "at", "in": "in",
    "for": "for", "during": "during", "over": "over", "within": "by", "to": "to", "between": "start", "throughout": "during",
    "of": "of", "around": "on", "about": "on",
}  # fmt: skip
_FILLERS = ("the", "on", "at", "date", "day", "is", "be", "should", "will", "would", "to", "of", "it", "_", ":", "=", "s", "by",
            "in", "not", "later", "than", "latest", "around", "about", "as", "this", "campaign", "only", "off")  # fmt: skip


def day_role(scan: Scan, i: int, inside: str) -> str | None:
    """The role of the day, range or time whose first token is ``i``; ``inside`` is that token's word."""
    if inside in ("in", "within"):
        return "in" if inside == "in" else "by"
    if inside == "since":
        return "since"
    if inside in ("from", "running", "runs", "between", "starting", "start", "starts"):
        return "start"
    if scan.phrase(i - 3, "no later than") is not None or scan.phrase(i - 3, "not later than") is not None:
        return "by"
    base = _PREPOSITIONS.get(inside) or _PREPOSITIONS.get(scan.word(i - 1))
    if scan.word(i - 1) == "the":
        base = base or _PREPOSITIONS.get(scan.word(i - 2))
    if base == "since":
        return base
    k = i - 1
    for _ in range(6):
        word = scan.word(k)
        if word in _STRONG and not (word in ("start", "stop") and scan.is_(k + 1, "it", "the", "this")):
            return _STRONG[word]
        if word not in _FILLERS:
            break
        k -= 1
    if base == "to":
        return _side_of_to(scan, i)
    return base


def _side_of_to(scan: Scan, i: int) -> str:
    """ "move the start date to 3 May" is a start; "to 3 May" after anything else an end."""
    for k in range(i - 1, max(-1, i - 10), -1):
        if scan.is_(k, "end", "deadline", "extend", "ends"):
            return "end"
        if scan.is_(k, "start", "starts", "launch", "kickoff", "begin"):
            return "start"
        if scan.is_(k, ".", ";", "move", "reschedule", "schedule", "postpone", "delay", "push"):
            return "to"
    return "to"


_MONEY_NOUNS = ("budget", "budgets", "spend", "spending", "cost", "costs", "cap", "capped", "budgt", "bugdet", "worth", "invest",
                "spent", "price", "funds", "money")  # fmt: skip
_LIMITS: tuple[tuple[str, str], ...] = (
    ("up to", "at_most"), ("at most", "at_most"), ("max", "at_most"), ("maximum", "at_most"), ("no more than", "at_most"),
    ("less than", "at_most"), ("under", "at_most"), ("below", "at_most"), ("at least", "at_least"), ("more than", "at_least"),
    ("over", "at_least"), ("above", "at_least"), ("min", "at_least"), ("minimum", "at_least"), ("not more than", "at_most"),
)  # fmt: skip
_PER = {"day": "per day", "daily": "per day", "week": "per week", "weekly": "per week", "month": "per month",
        "monthly": "per month", "year": "per year", "quarter": "per quarter", "email": "per email", "post": "per post",
        "click": "per click", "lead": "per lead", "hour": "per hour"}  # fmt: skip


def near_budget(scan: Scan, start: int, end: int) -> bool:
    """Whether a word for money stands within a few tokens before the amount, or right behind it."""
    for k in range(start - 1, max(-1, start - 7), -1):
        if scan.is_(k, ">", "<", "_"):
            return False
        if scan.is_(k, ".", ";", "!", "?") and k != start - 1:
            break
        if scan.is_(k, *_MONEY_NOUNS):
            # "budget from 5000 to 7500": the second amount is the budget's too.
            return scan.is_(start - 1, "to") or not any(scan.digits(x) is not None for x in range(k + 1, start))
    if scan.is_(end, "to") and scan.is_(end + 1, "spend", "invest", "spare"):
        return True
    instead = scan.phrase(end, "rather than") or scan.phrase(end, "instead of")
    other = read_amount(scan, instead) if instead is not None else None
    end = other.end if other else end  # "14,000 rather than 12,000 as its budget"
    own = end + 1 + scan.is_(end + 1, "the", "its", "their", "a")
    return scan.is_(end, *_MONEY_NOUNS) or (
        scan.is_(end, "for", "in", "as", "of", "total", "-") and scan.is_(own, "budget")
    )


def per_unit(scan: Scan, end: int, *, words: int = 3) -> str | None:
    """ "a week", "per month", "daily" within a few words after a number."""
    for k in range(end, end + words):
        if scan.is_(k, "per", "a", "an", "each", "every", "/") and scan.word(k + 1) in _PER:
            return _PER[scan.word(k + 1)]
        if k == end and scan.is_(k, "daily", "weekly", "monthly"):
            return _PER[scan.word(k)]
        if not scan.word(k).isalpha() or scan.is_(k, "for", "in", "and", "to", "with", "over", "within"):
            return None
    return None


def limit(scan: Scan, i: int) -> str | None:
    """ "up to", "at least" and their like before token ``i``."""
    for words, role in _LIMITS:
        count = len(words.split())
        if scan.phrase(i - count, words) is not None:
            return role
    return None


def amount_role(scan: Scan, i: int, end: int) -> str | None:
    """The role of a sum of money or a percentage."""
    per = per_unit(scan, end, words=1)
    if per is not None:
        return per
    if scan.is_(end, "off", "discount", "rabatt") or (scan.is_(end, "-") and scan.is_(end + 1, "off")):
        return "off"
    bound = limit(scan, i)
    if bound is not None:
        return bound
    k = i - 1
    while scan.is_(k, "about", "around", "roughly", "approximately", "just", "only", "a", "total", "exactly"):
        k -= 1
    if scan.is_(k, "to", "from", "by"):
        return scan.word(k)
    return "budget" if near_budget(scan, i, end) else None
