"""Money and percentages: "$7,500", "7.5k", "2.250 €", "EUR 2,250", "twelve hundred bucks", "15 per cent", "a third of"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from tools.words.numbers import CODES, Number, read_number
from tools.words.tokens import Scan
from tools.words.vocabulary import FRACTIONS, MONTHS, ONES

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₺": "TRY", "₽": "RUB", "zł": "PLN"}
_CODES = frozenset(code.lower() for code in CODES)
_WORDS = {"dollar": "USD", "dollars": "USD", "bucks": "USD", "buck": "USD", "euro": "EUR", "euros": "EUR", "pound": "GBP",
          "pounds": "GBP", "quid": "GBP", "sterling": "GBP", "yen": "JPY", "francs": "CHF", "franken": "CHF",
          "rupees": "INR", "us": "USD"}  # fmt: skip
_DOLLARS = {"us": "USD", "a": "AUD", "au": "AUD", "c": "CAD", "ca": "CAD", "nz": "NZD", "hk": "HKD", "s": "SGD"}
_MINUS = ("-", "\u2212", "minus", "negative")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with the currency that was named (ISO 4217), or None; ``scaled``: with "k", "grand", "million"."""

    value: Decimal
    currency: str | None
    end: int
    scaled: bool = False


def currency_before(scan: Scan, i: int) -> tuple[str, int] | None:
    """ "$", "US$", "EUR", "€" at ``i`` and the token after it."""
    word = scan.word(i)
    if word in _SIGNS:
        return _SIGNS[word], i + 1
    if word in _DOLLARS and scan.is_(i + 1, "$") and scan.glued(i + 1):
        return _DOLLARS[word], i + 2
    if word in _CODES and (scan.at(i).text.isupper() or word not in ("try", "ron")):
        return word.upper(), scan.skip(i + 1, ".")
    return None


def currency_after(scan: Scan, i: int) -> tuple[str, int] | None:
    """ "€", "euros", "USD", "US dollars", ",- €" at ``i`` and the token after it."""
    dash = i + 2 if scan.is_(i, ",", ".") and scan.is_(i + 1, "-", "\u2013") and scan.glued(i + 1) else i
    if scan.is_(dash, ".") and scan.glued(dash) and scan.is_(dash - 1, "mio", "mrd", "tsd", "mn"):
        dash += 1
    word = scan.word(dash)
    if word == "us" and scan.is_(dash + 1, "dollar", "dollars", "$"):
        return "USD", dash + 2
    if word in _SIGNS and not (scan.digits(dash + 1) and scan.glued(dash + 1) and not scan.glued(dash)):
        return _SIGNS[word], dash + 1
    if word in _WORDS and word != "us":
        return _WORDS[word], scan.skip(dash + 1, "sterling")
    if (
        word in _CODES
        and (scan.at(dash).text.isupper() or word not in ("try", "ron"))
        and (
            not scan.digits(dash + 1) or scan.word(dash + 2) in MONTHS  # "800 eur 27 apr"
        )
    ):
        return word.upper(), dash + 1
    return None


def read_amount(scan: Scan, i: int) -> Amount | None:
    """The amount that begins at token ``i``, with or without a currency; a minus sign that stands alone belongs to it."""
    start = i
    negative = scan.is_(i, *_MINUS) and (scan.glued(i + 1) or scan.word(i).isalpha()) and not scan.glued(i)
    i += negative
    before = currency_before(scan, i)
    i = before[1] if before is not None else i
    if scan.is_(i, *_MINUS) and scan.glued(i + 1) and before is not None and not negative:
        negative, i = True, i + 1
    number = read_number(scan, i)
    if number is None:
        return None
    number = _same_scale(scan, number)
    value = -number.value if negative else number.value
    if before is not None:
        return Amount(value, before[0], number.end, number.scaled)
    after = currency_after(scan, number.end)
    if after is not None:
        return Amount(value, after[0], after[1], number.scaled)
    end = _dash(scan, number)
    return Amount(value, None, end, number.scaled) if end > start else None


def _same_scale(scan: Scan, number: Number) -> Number:
    """The first of "5-7k" and "5 to 7k" is in thousands too."""
    if number.scaled or number.value >= 1000 or not scan.is_(number.end, "-", "\u2013", "to"):
        return number
    other = read_number(scan, number.end + 1)
    if (
        other is None
        or not other.scaled
        or not scan.is_(other.end - 1, "k", "m", "mio", "mil", "mn", "bn", "grand", "million")
    ):
        return number
    scale = {"k": 1000, "grand": 1000, "bn": 10**9}.get(scan.word(other.end - 1), 10**6)
    return replace(number, value=number.value * scale, scaled=True) if number.value * scale < other.value else number


def _dash(scan: Scan, number: Number) -> int:
    """ "5000,-" is an amount written out."""
    end = number.end
    if scan.is_(end, ",") and scan.is_(end + 1, "-", "\u2013") and scan.glued(end) and scan.glued(end + 1):
        return end + 2
    return end


def read_percent(scan: Scan, i: int) -> tuple[Decimal, int] | None:
    """ "15%", "15 percent", "fifteen per cent", "12,5 %": the percentage and the token after it."""
    number = read_number(scan, i)
    if number is None or number.scaled:
        return None
    end: int | None = None
    for words in ("%", "percent", "per cent", "pct", "percentage points", "prozent"):
        end = scan.phrase(number.end, words)
        if end is not None:
            break
    if end is None:
        return None
    text = scan.text[scan.at(i).start : scan.at(number.end - 1).end]
    if re.fullmatch(r"\d{1,3}[.,]\d{3}", text):  # no percentage runs into the thousands: 3.125 %
        return Decimal(text.replace(",", ".")), end
    return number.value, end


def read_fraction(scan: Scan, i: int) -> tuple[Decimal, int] | None:
    """ "half", "a third", "two thirds", "a quarter", "three quarters": the share and the token after it."""
    if scan.is_(i, "half"):
        return Decimal("0.5"), i + 1
    count = 1 if scan.is_(i, "a", "one") else ONES.get(scan.word(i), 0)
    part = FRACTIONS.get(scan.word(scan.skip(i + 1, "-")))
    if not count or part is None or part[1] == 2:
        return None
    over, under = count * part[0], part[1]
    return (Decimal(over) / under, scan.skip(i + 1, "-") + 1) if over < under else None


_PEOPLE = frozenset({"the", "my", "our", "all", "them", "it", "your", "these", "those", "his", "her", "their", "people",
                     "recipients", "subscribers", "contacts", "leads", "customers"})  # fmt: skip


def read_share(scan: Scan, i: int) -> tuple[Decimal, int] | None:
    """ "half of the list", "a third of our leads", "half my contacts": percent of them, and the token after the fraction."""
    found = read_fraction(scan, i)
    if found is None or scan.is_(i - 1, "first", "second", "other", "last"):
        return None
    share, end = found
    of = scan.is_(end, "of")
    if scan.word(end + of) not in _PEOPLE or not (of or scan.is_(i, "half")):
        return None
    return share * 100, end


def resolve_amount(words: str) -> float | None:
    """The amount that a whole text means ("7.5k", "$7,500", "five and a half thousand"), or None where it means none."""
    scan = Scan(words.strip(), whole=True)
    amount = read_amount(scan, 0)
    return float(amount.value) if amount is not None and amount.end >= scan.size else None
