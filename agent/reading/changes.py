"""Changes of an amount: "double it", "by 10 %", "raise by 500", "cut in half", "a third more", "+20%"."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from agent.reading.mention import Change
from agent.reading.roles import near_budget
from tools.words.amounts import Amount, read_amount, read_fraction, read_percent
from tools.words.numbers import read_number
from tools.words.tokens import Scan

_UP = frozenset({"raise", "raised", "increase", "increased", "up", "grow", "bump", "boost", "lift", "add", "expand", "hike", "top",
                 "higher", "rise", "raising", "increasing", "upping", "put", "more", "extra", "enlarge", "scale"})  # fmt: skip
_DOWN = frozenset({"cut", "reduce", "reduced", "lower", "lowered", "decrease", "decreased", "drop", "slash", "shrink", "trim",
                   "take", "knock", "down", "less", "cutting", "reducing", "lowering", "bring", "subtract", "shave"})  # fmt: skip
_TIMES = {"double": 2, "doubling": 2, "triple": 3, "treble": 3, "quadruple": 4, "tripling": 3}
_MULTIPLIED = frozenset({"it", "the", "that", "this", "its", "our", "my", "budget", "spend", "please", "and", "what", "them",
                         "everything", "for", "to", "current"})  # fmt: skip
_HALVE = ("halve", "halving", "halved")
_MORE = ("more", "higher", "extra", "bigger", "larger", "greater", "increase", "raise", "additional")
_LESS = ("less", "lower", "smaller", "fewer", "decrease", "reduction", "cheaper")
_MONEY = ("budget", "money", "spend", "funds", "cash")
Changed = tuple[Change, int]


def read_change(scan: Scan, i: int) -> Changed | None:
    """The longest change that begins at token ``i``, and the token after it."""
    found = [
        f
        for rule in (_multiple, _by, _in_half, _part_more, _signed, _extra, _of_budget)
        if (f := rule(scan, i)) is not None
    ]
    return max(found, key=lambda f: f[1]) if found else None


def _multiply(by: Decimal) -> Change:
    return Change("multiply", float(round(by, 6)))


def _add(amount: Amount, sign: Literal[1, -1]) -> Change:
    return Change("add", float(sign * amount.value), amount.currency)


def _multiple(scan: Scan, i: int) -> Changed | None:
    """ "double", "triple the budget", "twice as much", "three times the budget", "2x", "half the budget", "halve it"."""
    word = scan.word(i)
    if (
        word in _TIMES
        and (scan.word(i + 1) in _MULTIPLIED or not scan.word(i + 1).isalpha())
        and not scan.is_(i + 1, "-", "opt", "check", "digit", "digits")
        and not scan.is_(i - 1, "a", "the", "on")
    ):
        return _multiply(Decimal(_TIMES[word])), _object(scan, i + 1)
    if word in _HALVE:
        return _multiply(Decimal("0.5")), _object(scan, i + 1)
    if word in ("twice", "thrice") and (scan.phrase(i + 1, "as much") or _budget(scan, i + 1)):
        return _multiply(Decimal(2 if word == "twice" else 3)), scan.phrase(i + 1, "as much") or _budget(
            scan, i + 1
        ) or i + 1
    what = (
        scan.phrase(i, "half of what it is")
        or scan.phrase(i, "half of what it was")
        or scan.phrase(i, "half what it is")
    )
    if what is not None:
        return _multiply(Decimal("0.5")), what
    if word == "half" and (scan.phrase(i + 1, "as much") or _budget(scan, i + 1)):
        return _multiply(Decimal("0.5")), scan.phrase(i + 1, "as much") or _budget(scan, i + 1) or i + 1
    number = read_number(scan, i)
    if number is None or number.scaled or not 0 < number.value <= 100:
        return None
    if scan.is_(number.end, "times", "x"):
        end = scan.phrase(number.end + 1, "as much") or _budget(scan, number.end + 1)
        return None if end is None else (_multiply(number.value), end)
    return None


def _budget(scan: Scan, i: int) -> int | None:
    j = scan.skip(scan.skip(i, "of"), "the", "its", "our", "current", "that", "this")
    j = scan.skip(j, "current", "original", "ad")
    return j + 1 if scan.is_(j, "budget", "spend", "amount") else None


def _object(scan: Scan, i: int) -> int:
    return _budget(scan, i) or scan.skip(i, "it")


def _direction(scan: Scan, i: int, end: int) -> Literal[1, -1] | None:
    """Up or down, by the nearest verb before token ``i`` in the sentence, or the word right behind ``end``."""
    if scan.word(end) in _MORE:
        return 1
    if scan.word(end) in _LESS:
        return -1
    for k in range(i - 1, max(-1, i - 16), -1):
        word = scan.word(k)
        if word in (".", ";", "!", "?"):
            return None
        if word in _DOWN:
            return -1
        if word in _UP:
            return -1 if scan.is_(k, "scale") and _has_back(scan, k, i) else 1
    return None


def _has_back(scan: Scan, k: int, i: int) -> bool:
    return any(scan.is_(x, "back", "down") for x in range(k, i))


def _by(scan: Scan, i: int) -> Changed | None:
    """ "by 10 %", "by half", "by a third", "by 500", "by another 2k" behind a verb that says up or down."""
    if not scan.is_(i, "by"):
        return None
    j = scan.skip(i + 1, "another", "about", "around", "an")
    j = scan.skip(j, "extra", "additional")
    percent = read_percent(scan, j)
    if percent is not None:
        sign = _direction(scan, i, percent[1])
        return None if sign is None else (_multiply(1 + sign * percent[0] / 100), percent[1] + _said(scan, percent[1]))
    fraction = read_fraction(scan, j)
    if (
        fraction is not None
        and not (scan.is_(j, "half") and scan.is_(fraction[1], "a", "past"))
        and not scan.is_(fraction[1], "of")
    ):
        sign = _direction(scan, i, fraction[1])
        return None if sign is None else (_multiply(1 + sign * fraction[0]), fraction[1])
    amount = read_amount(scan, j)
    if (
        amount is None
        or _counts_time(scan, amount.end)
        or (scan.is_(amount.end, ":", "am", "pm", ".") and scan.glued(amount.end + 1))
    ):
        return None
    sign = _direction(scan, i, amount.end)
    if sign is None:
        return None
    if scan.is_(amount.end, "times", "x"):
        return None
    return _add(amount, sign), amount.end


def _said(scan: Scan, i: int) -> bool:
    return scan.word(i) in ("more", "less", "higher", "lower")


def _counts_time(scan: Scan, i: int) -> bool:
    j = scan.skip(i, "-", "more", "business", "working", "full")
    return scan.is_(j, "day", "days", "week", "weeks", "month", "months", "hour", "hours", "minutes", "year", "years", "h", "d",
                    "quarters", "weekdays", "fortnight", "quarter", "posts", "emails", "ideas", "people", "leads")  # fmt: skip


def _in_half(scan: Scan, i: int) -> Changed | None:
    """ "cut the budget in half"."""
    end = scan.phrase(i, "in half")
    if end is not None and _direction(scan, i, end) == -1:
        return _multiply(Decimal("0.5")), end
    return None


def _part_more(scan: Scan, i: int) -> Changed | None:
    """ "a third more", "20 % less", "half as much again", "10 percent higher", "ten percent too much"."""
    found = read_percent(scan, i)
    share, end = (found[0] / 100, found[1]) if found is not None else (read_fraction(scan, i) or (None, 0))
    if share is None:
        return None
    again = scan.phrase(end, "as much again")
    if again is not None:
        return _multiply(1 + share), again
    for words, sign in (
        ("too much", -1),
        ("too high", -1),
        ("too many", -1),
        ("too little", 1),
        ("too low", 1),
        ("short", 1),
    ):
        wrong = scan.phrase(end, words)
        if wrong is not None:  # "ten percent too much budget, correct that"
            return _multiply(1 + sign * share), scan.skip(wrong, *_MONEY)
    end = scan.skip(end, "of", "a") if scan.is_(end + 1, *_MORE, *_LESS) else end
    if scan.word(end) in ("more", "higher", "extra", "bigger", "larger"):
        return _multiply(1 + share), end + 1
    if scan.word(end) in ("less", "lower", "smaller"):
        return _multiply(1 - share), end + 1
    return None


def _of_budget(scan: Scan, i: int) -> Changed | None:
    """ "increase the budget 10%", "up the budget 500": no "to" between, so it is by how much."""
    if not scan.is_(i - 1, "budget", "spend"):
        return None
    k = i - 2
    while scan.is_(k, "the", "its", "our", "ad", "total", "daily"):
        k -= 1
    word = scan.word(k)
    sign: Literal[1, -1] = -1 if word in _DOWN else 1
    if word not in _DOWN and word not in ("raise", "increase", "up", "bump", "boost", "grow", "lift"):
        return None
    percent = read_percent(scan, i)
    if percent is not None:
        return _multiply(1 + sign * percent[0] / 100), percent[1]
    amount = read_amount(scan, i)
    return None if amount is None or _counts_time(scan, amount.end) else (_add(amount, sign), amount.end)


def _signed(scan: Scan, i: int) -> Changed | None:
    """ "+10%", "-10 %", "plus 500", "+ 2k"."""
    if not scan.is_(i, "+", "-", "\u2212", "plus", "minus") or (scan.glued(i) and not scan.is_(i - 1, "(")):
        return None
    sign: Literal[1, -1] = 1 if scan.is_(i, "+", "plus") else -1
    if not (scan.glued(i + 1) or scan.word(i).isalpha()):
        return None
    percent = read_percent(scan, i + 1)
    if percent is not None:
        return _multiply(1 + sign * percent[0] / 100), percent[1]
    amount = read_amount(scan, i + 1)
    if amount is None or sign < 0 or _counts_time(scan, amount.end) or scan.is_(amount.end, "(", "-"):
        return None
    money = amount.currency is not None or amount.scaled or near_budget(scan, i, amount.end)
    return (_add(amount, sign), amount.end) if money else None


def _extra(scan: Scan, i: int) -> Changed | None:
    """ "another 500", "an extra 2k", "500 more", "add 500", "take 500 off": money only, and 500 must be known as such."""
    j = i
    lead = False
    for words in ("an extra", "an additional", "another", "extra", "additional", "add another", "add an extra", "add", "take", "knock",
                  "knock off", "take off", "subtract"):  # fmt: skip
        end = scan.phrase(i, words)
        if end is not None and end > j:
            j, lead = end, True
    amount = read_amount(scan, j)
    if amount is None or _counts_time(scan, amount.end) or read_percent(scan, j) is not None:
        return None
    money = (
        amount.currency is not None
        or amount.scaled
        or near_budget(scan, i, amount.end)
        or _toward_budget(scan, amount.end)
        or (scan.is_(amount.end, "more", "extra", "less") and scan.is_(amount.end + 1, *_MONEY))
    )
    if not money:
        return None
    if scan.is_(amount.end, "more", "extra", "on") and not scan.is_(amount.end + 1, "than"):
        if scan.is_(amount.end, "on"):
            top = scan.phrase(amount.end, "on top")
            return None if top is None else (_add(amount, 1), top)
        return _add(amount, 1), amount.end + 1
    if scan.is_(amount.end, "less") and not scan.is_(amount.end + 1, "than"):
        return _add(amount, -1), amount.end + 1
    if not lead:
        return None
    if scan.is_(i, "take", "knock", "subtract"):
        off = scan.is_(amount.end, "off", "from", "out", "away") or scan.is_(j - 1, "off") or scan.is_(i, "subtract")
        return (_add(amount, -1), scan.skip(amount.end, "off", "away")) if off else None
    if scan.is_(i, "add") and not (_toward_budget(scan, amount.end) or scan.is_(j - 1, "another", "extra")):
        return None
    return _add(amount, 1), amount.end


def _toward_budget(scan: Scan, i: int) -> bool:
    j = scan.skip(i, "to", "from", "on", "off")
    return j > i and any(scan.is_(k, "budget", "spend") for k in range(j, j + 5))
