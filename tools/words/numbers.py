"""Numbers in digits and in words.

Both ways of writing thousands are read: ``7,500``, ``7.500``, ``7 500`` and ``7'500`` are 7500; ``7,5`` and ``7.5`` are
7.5; ``1.200,50`` and ``1,200.50`` are 1200.5. One separator before exactly three digits is a thousands separator
(``2.250`` is 2250), unless the number begins with a zero (``0.125``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from tools.words.tokens import Scan
from tools.words.vocabulary import FRACTIONS, ONES, ORDINALS, SCALES, SUFFIXES, TENS

_LITERAL = re.compile(
    r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?![\d.,'\u2019-]*\d)|\d+(?:[.,'\u2019]\d+)*", re.ASCII
)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,'\u2019 \u00a0\u202f])\d{3})(?:\1\d{3})*", re.ASCII)
_MAX_DIGITS = 18
CODES = frozenset({"USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "INR", "BRL", "CNY",
                   "SGD", "HKD", "ZAR", "MXN", "TRY", "HUF", "RON"})  # fmt: skip
"""Currencies by their ISO 4217 codes; one may stand right before its number."""
HALF = Decimal("0.5")


@dataclass(frozen=True, slots=True)
class Number:
    """A number, the token after it, and how it was written (``scaled``: with "k", "grand", "million"...)."""

    value: Decimal
    end: int
    scaled: bool = False
    spelled: bool = False


def read_number(scan: Scan, i: int) -> Number | None:
    """The longest number that begins at token ``i``: digits with a scale ("7.5k"), or words ("twelve hundred")."""
    found: Number | None = scan.once(_number, i)
    return found


def _number(scan: Scan, i: int) -> Number | None:
    if scan.digits(i) is not None:
        return _digits(scan, i)
    number = _words(scan, i)
    if number is not None and scan.is_(number.end, "k") and not number.scaled:
        return Number(number.value * 1000, number.end + 1, scaled=True, spelled=True)
    return number


def literal(text: str) -> Decimal | None:
    """The value of a number in digits, or None for what is no number ("1.2.3")."""
    if sum(c.isdigit() for c in text) > _MAX_DIGITS:
        return None
    if _GROUPED.fullmatch(text):
        return Decimal(re.sub(r"\D", "", text))
    if re.fullmatch(r"\d+(?:[.,]\d+)?", text):
        return Decimal(text.replace(",", "."))
    mixed = re.fullmatch(r"([1-9]\d{0,2}(?:([.,'\u2019 \u00a0\u202f])\d{3})+)([.,])(\d+)", text)
    if mixed and mixed[2] != mixed[3]:
        return Decimal(re.sub(r"\D", "", mixed[1]) + "." + mixed[4])
    return None


def _digits(scan: Scan, i: int) -> Number | None:
    token = scan.at(i)
    if scan.glued(i) and scan.word(i - 1).isalpha() and not (scan.at(i - 1).text in CODES and not scan.glued(i - 1)):
        return None  # B2B, mp3, but EUR5000
    if (
        scan.glued(i)
        and scan.glued(i - 1)
        and scan.is_(i - 1, ".", ",", "'", "\u2019")
        and scan.digits(i - 2) is not None
    ):
        return None  # inside a number
    match = _LITERAL.match(scan.text, token.start, token.start + 40)
    if match is None:
        return None
    value = literal(match.group())
    end = i
    while end < scan.size and scan.at(end).start < match.end():
        end += 1
    if value is None or scan.at(end - 1).end != match.end():
        return None
    if scan.glued(end) and scan.is_(end, "½"):
        value, end = value + HALF, end + 1
    return _scaled(scan, _and_a_half(scan, Number(value, end)))


def _scaled(scan: Scan, number: Number) -> Number:
    word, glued = scan.word(number.end), scan.glued(number.end)
    if word in SUFFIXES and (glued or word in ("k", "mn", "mio", "mil", "bn")) and not _runs_on(scan, number.end):
        return Number(number.value * SUFFIXES[word], number.end + 1, scaled=True, spelled=number.spelled)
    if not glued and word in SCALES:
        rest = _scales(scan, number.value, number.end)
        return Number(rest.value, rest.end, scaled=True, spelled=number.spelled)
    return number


def _runs_on(scan: Scan, i: int) -> bool:
    """Whether the suffix goes on into a word: "5k-run" stays a number, "5m2" is none."""
    return scan.glued(i + 1) and scan.digits(i + 1) is not None


def _and_a_half(scan: Scan, number: Number) -> Number:
    for words, part in (("and a half", HALF), ("and half", HALF), ("and a quarter", Decimal("0.25"))):
        end = scan.phrase(number.end, words)
        if end is not None and scan.word(end) not in ("of", "past"):
            return Number(number.value + part, end, number.scaled, number.spelled)
    return number


def _words(scan: Scan, i: int) -> Number | None:
    start = _part_of_scale(scan, i) or _article_and_scale(scan, i)
    if start is not None:
        return start
    small = small_number(scan, i)
    if small is None:
        return None
    value, end = small
    number = _and_a_half(scan, _point(scan, Number(Decimal(value), end, spelled=True)))
    word = scan.word(number.end)
    if word == "dozen":
        return Number(number.value * 12, scan.skip(number.end + 1, "of"), spelled=True)
    if word in SCALES:
        rest = _scales(scan, number.value, number.end)
        return Number(rest.value, rest.end, scaled=rest.scaled, spelled=True)
    return number


def _point(scan: Scan, number: Number) -> Number:
    """ "one point five": the decimals, word by word."""
    if not scan.is_(number.end, "point"):
        return number
    decimals, end = "", number.end + 1
    while ONES.get(scan.word(end), 10) <= 9:
        decimals, end = decimals + str(ONES[scan.word(end)]), end + 1
    return Number(number.value + Decimal("0." + decimals), end, spelled=True) if decimals else number


def small_number(scan: Scan, i: int) -> tuple[int, int] | None:
    """A number below a hundred in words, and the token after it."""
    word = scan.word(i)
    if word in ONES:
        return ONES[word], i + 1
    if word not in TENS:
        return None
    j = scan.skip(i + 1, "-")
    if 1 <= ONES.get(scan.word(j), 0) <= 9 and not (j == i + 2 and not scan.glued(j)):
        return TENS[word] + ONES[scan.word(j)], j + 1
    return TENS[word], i + 1


def _part_of_scale(scan: Scan, i: int) -> Number | None:
    """ "half a million", "half a dozen", "a quarter of a million", "three quarters of a million"."""
    if scan.is_(i, "half") and scan.is_(i + 1, "a", "of"):
        j = scan.skip(i + 2, "a")
        unit = 12 if scan.is_(j, "dozen") else SCALES.get(scan.word(j))
        if unit is not None:
            return Number(HALF * unit, j + 1, scaled=unit >= 1000, spelled=True)
    j = i + 1
    count = 1 if scan.is_(i, "a") else ONES.get(scan.word(i))
    if count and scan.word(j) in FRACTIONS and scan.is_(j + 1, "of") and scan.is_(j + 2, "a"):
        over, under = FRACTIONS[scan.word(j)]
        unit = SCALES.get(scan.word(j + 3))
        if unit:
            return Number(Decimal(count * over * unit) / under, j + 4, scaled=True, spelled=True)
    return None


def _article_and_scale(scan: Scan, i: int) -> Number | None:
    """ "a hundred", "a dozen", "a couple of hundred", "thousand" alone."""
    if scan.is_(i, "a", "an", "couple"):
        j = scan.skip(i, "a", "an")
        if scan.is_(j, "couple"):
            after = scan.skip(j + 1, "of", "o")
            if scan.word(after) in SCALES:
                rest = _scales(scan, Decimal(2), after)
                return Number(rest.value, rest.end, rest.scaled, spelled=True)
            return Number(Decimal(2), after, spelled=True) if j > i else None
        if scan.is_(j, "dozen"):
            return Number(Decimal(12), scan.skip(j + 1, "of"), spelled=True)
        if scan.word(j) in SCALES and j > i:
            rest = _scales(scan, Decimal(1), j)
            return Number(rest.value, rest.end, rest.scaled, spelled=True)
        return None
    vague = scan.word(i - 1) in ("few", "several", "some", "many", "the")
    if scan.is_(i, "hundred", "thousand") and not vague and not scan.is_(i + 1, "of"):
        rest = _scales(scan, Decimal(1), i)
        return Number(rest.value, rest.end, rest.scaled, spelled=True)
    return None


def _scales(scan: Scan, lead: Decimal, i: int) -> Number:
    """The rest of a number from its first scale word on: "two" + "thousand five hundred and fifty"."""
    total, current, last, scaled = Decimal(0), lead, Decimal("1e30"), False
    while True:
        while scan.word(i) in SCALES and SCALES[scan.word(i)] < last:
            unit = SCALES[scan.word(i)]
            scaled = scaled or unit >= 1000
            current *= unit
            i += 1
            if unit >= 1000:
                total, current, last = total + current, Decimal(0), Decimal(unit)
        j = scan.skip(i, "and", "-")
        nxt = small_number(scan, j)
        if nxt is None or current % 100 or not (total + current):
            return Number(total + current, i, scaled, True)
        if scan.word(nxt[1]) in SCALES and SCALES[scan.word(nxt[1])] >= last:
            return Number(total + current, i, scaled, True)
        current, i = current + nxt[0], nxt[1]


def read_ordinal(scan: Scan, i: int, *, last: bool = True) -> tuple[int, int] | None:
    """An ordinal and the token after it: "second", "2nd", "twenty-first"; "last" is -1, "last but one" -2."""
    word, digits = scan.word(i), scan.digits(i)
    if digits is not None:
        suffix = scan.word(i + 1) in ("st", "nd", "rd", "th") and scan.glued(i + 1)
        return (int(digits), i + 2) if suffix and len(digits) <= 3 else None
    if last and word in ("last", "final"):
        for words in ("but one", "but 1"):
            end = scan.phrase(i + 1, words)
            if end is not None:
                return -2, end
        return -1, i + 1
    if last and word == "penultimate":
        return -2, i + 1
    if last and word in ("second", "next"):
        end = scan.phrase(i + 1, "to last") or scan.phrase(i + 1, "- to - last")
        if end is not None:
            return -2, end
    if word in ORDINALS:
        return ORDINALS[word], i + 1
    if word in TENS:
        j = scan.skip(i + 1, "-")
        if 1 <= ORDINALS.get(scan.word(j), 0) <= 9:
            return TENS[word] + ORDINALS[scan.word(j)], j + 1
    return None


def read_count(scan: Scan, i: int) -> Number | None:
    """How many of a unit: a number, "a", "an", "half a", "a couple of", "one and a half"."""
    number = read_number(scan, i)
    if number is not None:
        return number
    if scan.is_(i, "half") and scan.is_(i + 1, "a", "an"):
        return Number(HALF, i + 2, spelled=True)
    if scan.is_(i, "½"):
        return Number(HALF, i + 1)
    if scan.is_(i, "a", "an"):
        return Number(Decimal(1), i + 1, spelled=True)
    if scan.is_(i, "couple"):
        return Number(Decimal(2), scan.skip(i + 1, "of"), spelled=True)
    return None


def number_of_words(text: str) -> float | None:
    """The number that a whole text means ("three", "1,200", "half a million"), or None where it means none."""
    scan = Scan(text.strip(), whole=True)
    number = read_number(scan, 0)
    return float(number.value) if number is not None and number.end == scan.size else None
