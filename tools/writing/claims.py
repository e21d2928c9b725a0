"""Claims in a text about results: every figure in it, also one in words ("a third", "doubled", "twice as many"), must
stand in what was looked up, and nothing may be said to rise that fell.

Stricter than `tools.writing.figures`, which checks texts that mention a figure by the way: here a percentage must be a
looked-up percentage and an amount of money an amount; names of records are taken out first, since a record may be called
"Up 900%".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tools.writing.figures import SENTENCE_END

PERCENT, MONEY, PLAIN = "percent", "money", "plain"
_MONEY_WORD = r"euros?|eur|dollars?|usd|pounds?|gbp|francs?|chf|cents?|yen|rupees?"
_NUMBER = re.compile(
    rf"(?P<symbol>[€$£¥₹]\s?)?(?P<digits>(?<![\w.,])\d+(?:[.,'’]\d+)*|(?<=[€$£¥₹])\d+(?:[.,'’]\d+)*)"
    rf"(?:\s?(?P<scale>k|m|thousand|million|bn|billion)\b)?\s?(?P<unit>%|percent(?:age)?(?: points?)?|per cent|points?|pp\b|times\b|x\b|-?fold\b|"
    rf"[€$£¥₹]|(?:{_MONEY_WORD})\b)?",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_ONES = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
        "nineteen".split(),
        range(2, 20),
        strict=True,
    )
)
_TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))
_WORD_NUMBER = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<unit>one|{'|'.join(list(_ONES)[:8])}))?|(?P<ones>{'|'.join(reversed(_ONES))}))\b"
    rf"(?P<scale>[ -](?:hundred|thousand|million)\b)?(?P<after>\s(?:percent|per cent|points?|times|{_MONEY_WORD})\b|-?fold\b)?"
    rf"|\b(?P<dozen>(?:half a |a )?dozens?(?: of)?)\b|\b(?P<big>(?:an? |one )?(?:hundred|thousand|million)s?(?: of)?)\b",
    re.IGNORECASE,
)
#: Shares in words, with the percentage that each means.
_SHARES: tuple[tuple[str, float], ...] = (
    (r"two[- ]thirds", 200 / 3), (r"three[- ]quarters|three[- ]fourths", 75.0), (r"two[- ]fifths", 40.0),
    (r"three[- ]fifths", 60.0), (r"four[- ]fifths", 80.0),
    (r"(?:a|one|by a|per) third|thirds?(?= (?:of|less|fewer|more))", 100 / 3),
    (r"(?:a|one) quarter(?! (?:ago|before|later|earlier))|quarters?(?= (?:of the|less|fewer|more))", 25.0),
    (r"(?:a|one) fifth", 20.0), (r"(?:a|one) sixth", 100 / 6), (r"(?:a|one) eighth", 12.5), (r"(?:a|one) tenth", 10.0),
    (r"(?<!first )(?<!second )(?<!latter )(?<!other )(?<!later )(?<!earlier )\bhalf|halved|halving|halves", 50.0),
)  # fmt: skip
#: Multiples in words, with the change that each means.
_MULTIPLES: tuple[tuple[str, float], ...] = (
    (r"doubl(?:ed|es?|ing)|twice|two ?fold|twofold", 100.0), (r"tripl(?:ed|es?|ing)|threefold|thrice|trebled", 200.0),
    (r"quadrupl(?:ed|es?|ing)|fourfold", 300.0), (r"tenfold", 900.0),
)  # fmt: skip
_UP = re.compile(r"\b(?:rose|risen|rises?|rising|grew|grown|grows?|growing|increas\w+|climb\w*|jump\w*|improv\w*|surg\w+|soar\w*|"
                 r"went up|gone up|is up|are up|up by|higher than before|more than before)\b", re.IGNORECASE)  # fmt: skip
_DOWN = re.compile(r"\b(?:fell|fallen|falls?|falling|dropp\w+|drops?|declin\w+|decreas\w+|sank|sunk|shrank|shrunk|lost|plung\w+|slump\w*|"
                   r"went down|gone down|is down|are down|down by|lower than before|fewer than before|less than before)\b", re.IGNORECASE)  # fmt: skip
#: How near a figure in words must be to a looked-up one: "a third" for 33.3 %, "doubled" for 96 to 104 %.
NEAR_SHARE, NEAR_MULTIPLE = 2.0, 6.0
_ORDINAL_DAY = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Known:
    """The figures that were looked up, by kind; and whether anything rose or fell."""

    percent: frozenset[float]
    money: frozenset[float]
    plain: frozenset[float]
    rose: bool
    fell: bool

    @classmethod
    def of(cls, facts: Iterable[str], names: Sequence[str] = ()) -> "Known":
        """What these sentences hold, beside the names of records in them."""
        found: dict[str, set[float]] = {PERCENT: set(), MONEY: set(), PLAIN: set()}
        text = _without("\n".join(facts), names)
        for match in _NUMBER.finditer(_ORDINAL_DAY.sub(r"\1", text)):
            for value in _readings(match):
                found[_kind(match)].add(value)
        return cls(
            frozenset(found[PERCENT]), frozenset(found[MONEY]), frozenset(found[PLAIN]),
            _UP.search(text) is not None, _DOWN.search(text) is not None,
        )  # fmt: skip


def unsupported_claims(text: str, known: Known, names: Sequence[str] = ()) -> list[str]:
    """What `text` claims and nothing looked up holds: figures in digits or words, shares, multiples, a direction."""
    text = _ORDINAL_DAY.sub(r"\1", _without(text, names))
    wrong = [match.group().strip() for match in _NUMBER.finditer(text) if not _digits_hold(match, known)]
    text = _NUMBER.sub(lambda match: " " * len(match.group()), text)
    for patterns, near in ((_SHARES, NEAR_SHARE), (_MULTIPLES, NEAR_MULTIPLE)):
        for pattern, meant in patterns:
            for match in re.finditer(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
                if not any(abs(abs(value) - meant) <= near for value in known.percent):
                    wrong.append(match.group())
                text = f"{text[: match.start()]}{' ' * len(match.group())}{text[match.end() :]}"
    wrong += [match.group().strip() for match in _WORD_NUMBER.finditer(text) if not _word_holds(match, known)]
    if not known.rose and not known.fell:
        return wrong
    wrong += [match.group() for match in _UP.finditer(text) if not known.rose]
    return wrong + [match.group() for match in _DOWN.finditer(text) if not known.fell]


def supported(text: str, known: Known, names: Sequence[str] = ()) -> tuple[str, int]:
    """`text` without the sentences that claim what was not looked up, and how many these were. Paragraphs stay."""
    left_out, paragraphs = 0, []
    for paragraph in text.split("\n"):
        sentences = [one for one in SENTENCE_END.split(paragraph) if one.strip()]
        kept = [one for one in sentences if not unsupported_claims(one, known, names)]
        left_out += len(sentences) - len(kept)
        paragraphs.append(" ".join(kept))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paragraphs)).strip(), left_out


def _without(text: str, names: Sequence[str]) -> str:
    for name in sorted({one for one in names if one.strip()}, key=len, reverse=True):
        text = re.sub(re.escape(name), " it ", text, flags=re.IGNORECASE)
    return text


def _kind(match: re.Match[str]) -> str:
    unit = (match.group("unit") or "").casefold()
    if unit.startswith(("%", "percent", "per cent", "point", "pp")):
        return PERCENT
    if match.group("symbol") or (unit and unit[0] in "€$£¥₹") or re.fullmatch(_MONEY_WORD, unit):
        return MONEY
    return PLAIN


def _readings(match: re.Match[str]) -> set[float]:
    """What digits may mean: "1,234" and "1234"; "1.5"; the parts of a date ("24.4.2026")."""
    digits = re.sub(r"['’]", "", match.group("digits"))
    scale = _SCALES.get((match.group("scale") or "").casefold(), 1.0)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    try:
        return {float(digits) * scale}
    except ValueError:
        return {float(part) for part in re.split(r"[.,]", digits) if part}


def _digits_hold(match: re.Match[str], known: Known) -> bool:
    kind, unit = _kind(match), (match.group("unit") or "").casefold()
    if unit.lstrip("-") in ("times", "x", "fold"):
        # "2.5 times as many" is a change of 150 %; a plain count of times may be one of the figures, too.
        values = _readings(match)
        return any(_is(value, known.plain) for value in values) or any(
            abs(percent - (value - 1) * 100) <= NEAR_MULTIPLE for value in values for percent in known.percent
        )
    pool = {PERCENT: known.percent, MONEY: known.money, PLAIN: known.plain | known.money | known.percent}[kind]
    return any(_is(value, pool) for value in _readings(match))


def _word_holds(match: re.Match[str], known: Known) -> bool:
    everything = known.plain | known.money | known.percent
    if match.group("big") or match.group("dozen"):
        worth = {"hundred": 100.0, "thousand": 1000.0, "million": 1e6}
        said = (match.group("big") or match.group("dozen")).casefold()
        if re.search(r"(?:dozen|hundred|thousand|million)s", said):
            return False  # "thousands of people" is a claim that no figure can back
        meant = next((value for word, value in worth.items() if word in said), 6.0 if "half" in said else 12.0)
        return _is(meant, everything)
    value = float(_TENS.get((match.group("tens") or "").casefold(), 0))
    value += {"one": 1, **_ONES}.get((match.group("unit") or match.group("ones") or "").casefold(), 0)
    value *= {"hundred": 100, "thousand": 1000, "million": 1_000_000}.get(
        (match.group("scale") or "").strip(" -").casefold(), 1
    )
    after = (match.group("after") or "").strip().casefold()
    if after in ("times", "fold", "-fold"):
        return any(abs(percent - (value - 1) * 100) <= NEAR_MULTIPLE for percent in known.percent)
    if after.startswith(("percent", "per cent", "point")):
        return _is(value, known.percent)
    return _is(value, everything)


def _is(value: float, pool: Iterable[float]) -> bool:
    """Whether a figure is a looked-up one, or one of these rounded."""
    return any(value in (one, float(round(one)), round(one, 1)) for one in pool)
