"""Nothing made up: which figures and promises of a written text appear nowhere in what the writer was given."""

import re
from collections.abc import Iterable

_FIGURE = re.compile(r"(?<![\w.,])[€$£¥₹]?\s?(\d+(?:[.,'\u2019]\d+)*)\s?(k\b|m\b|million\b|thousand\b)?", re.IGNORECASE)
_SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_WORTH = {
    "ten": 10.0, "fifteen": 15.0, "twenty": 20.0, "twenty-five": 25.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0,
    "sixty": 60.0, "seventy": 70.0, "seventy-five": 75.0, "eighty": 80.0, "ninety": 90.0, "hundred": 100.0,
    "thousand": 1000.0,
}  # fmt: skip
_SPELLED = re.compile(
    rf"\b({'|'.join(sorted(_WORTH, key=len, reverse=True))})[ -](?:percent|per cent|euros?|dollars?|pounds?)\b",
    re.IGNORECASE,
)
#: Offers without a digit that are figures all the same.
_OFFERS = re.compile(r"\bhalf[ -](?:price|off)\b|\bbuy one,? get one\b|\btwo for one\b", re.IGNORECASE)
#: Promises that cost money or honour, and the words that would back one: said only where what was given speaks of it.
_PROMISES = tuple(
    (re.compile(promise, re.IGNORECASE), re.compile(backing, re.IGNORECASE))
    for promise, backing in (
        (r"(?<!feel )(?<![\w-])free\b(?!-| to\b| time\b| from\b| up\b)", r"\bfree\b|complimentary|gratis|no charge"),
        (r"\bno (?:additional|extra|hidden|further|set-?up) (?:cost|fee|charge)s?\b|\bat no (?:extra )?cost\b", r"\bcosts?\b.*"
         r"\bincluded\b|\bno (?:additional|extra|hidden|further|set-?up)? ?(?:cost|fee|charge)|\bfree\b"),
        (r"\bdiscount|\bspecial (?:offer|price|deal)|\bexclusive (?:offer|deal|price)|\blimited[- ]time\b",
         r"discount|offer|\bdeal|\boff\b|\bsale\b|reduc|cheaper|voucher|promo"),
        (r"\bguarante|\bmoney[- ]back\b", r"guarante|warrant|money[- ]back"),
        (r"\baward[- ]winning\b|\bbest[- ]sell|\bnumber one\b|\bthousands of\b", r"award|best[- ]sell|number one|thousand"),
    )
)  # fmt: skip
_SET_PHRASES = re.compile(r"\b24/7\b")
#: Where one sentence ends and the next begins; not after an abbreviation before a small letter or a number.
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?![a-z0-9])")


def unsupported_figures(text: str, allowed: Iterable[str]) -> list[str]:
    """The figures of `text` (numbers, amounts, spelled percentages, "half price") that no text of `allowed` holds.

    Numbers are compared by value ("5,000" is "5000" is "5k"); a rounded one ("353%" for 353.33 %) counts as held.
    """
    given = " ".join(allowed)
    known = {value for match in _FIGURE.finditer(given) for value in _values(match)}
    known |= {_WORTH[match.group(1).lower()] for match in _SPELLED.finditer(given)}
    rounded = {float(round(value)) for value in known}
    text = _SET_PHRASES.sub(" ", text)
    found = [match.group(0).strip() for match in _FIGURE.finditer(text) if not _values(match) & (known | rounded)]
    found += [match.group(0) for match in _SPELLED.finditer(text) if _WORTH[match.group(1).lower()] not in known]
    folded = given.casefold()
    return found + [match.group(0) for match in _OFFERS.finditer(text) if match.group(0).casefold() not in folded]


def unsupported_promises(text: str, allowed: Iterable[str]) -> list[str]:
    """What `text` promises ("free", "no extra costs", "guaranteed", "award-winning") and no text of `allowed` backs."""
    given = " ".join(allowed)
    return [
        match.group(0)
        for promise, backing in _PROMISES
        if not backing.search(given)
        for match in promise.finditer(text)
    ]


def without_unsupported(text: str, allowed: Iterable[str], *, promises: bool = False) -> tuple[str, int]:
    """`text` without the sentences that hold an unsupported figure, and how many were left out. Paragraphs stay.

    With `promises` (texts for the public), sentences with an unsupported promise go too.
    """
    given, left_out, paragraphs = list(allowed), 0, []
    for paragraph in text.split("\n"):
        sentences = SENTENCE_END.split(paragraph)
        kept = [
            sentence
            for sentence in sentences
            if not unsupported_figures(sentence, given) and not (promises and unsupported_promises(sentence, given))
        ]
        left_out += len(sentences) - len(kept)
        if kept or not paragraph.strip():
            paragraphs.append(" ".join(kept))
    return "\n".join(paragraphs).strip(), left_out


def _values(match: re.Match[str]) -> set[float]:
    """What the digits may mean: "1.500" is 1500 in one country and 1.5 in another."""
    digits = re.sub(r"['\u2019]", "", match.group(1))
    readings = {digits.replace(",", "").replace(".", "")} if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits) else set()
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+\.\d+", digits):
        readings.add(digits.replace(",", ""))
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", digits):
        readings.add(digits.replace(".", "").replace(",", "."))
    elif not re.fullmatch(r"\d{1,3}(?:,\d{3})+", digits):
        readings.add(digits.replace(",", "."))
    values = set()
    for reading in readings:
        try:
            values.add(float(reading) * _SCALES.get((match.group(2) or "").lower(), 1))
        except ValueError:  # a date such as 24.4.2026: compared part by part
            values |= {float(part) for part in re.split(r"[.,]", digits)}
    return values
