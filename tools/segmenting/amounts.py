"""Numbers, lengths of time and windows inside conditions: "at least 5", "180 days", "in the last 3 months"."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tools.segmenting.tokens import Phrase
from tools.segmenting.tree import NumberOp, Span, Unit, Window
from tools.words import UnclearWords, resolve_period
from tools.words.amounts import read_amount
from tools.words.numbers import read_number
from tools.words.tokens import Scan

BEFORE: dict[str, NumberOp] = {
    **dict.fromkeys((">=", "at least", "no less than", "no fewer than", "not less than", "minimum", "min", "a minimum of"), ">="),
    **dict.fromkeys(("<=", "at most", "no more than", "not more than", "up to", "maximum", "max", "a maximum of"), "<="),
    **dict.fromkeys((">", "more than", "over", "greater than", "above", "exceeding", "exceeds", "higher than"), ">"),
    **dict.fromkeys(("<", "less than", "fewer than", "under", "below", "lower than"), "<"),
    **dict.fromkeys(("=", "==", "exactly", "equal to", "equals", "precisely"), "="),
}  # fmt: skip
BEHIND: dict[str, NumberOp] = {
    **dict.fromkeys(("or more", "and more", "or above", "and above", "or over", "+", "or higher"), ">="),
    **dict.fromkeys(("or less", "or fewer", "and less", "or below", "or under", "and below"), "<="),
}
#: "no more than" begins a comparison, not a negation.
NEGATIVE_COMPARISONS = ("no more than", "no less than", "no fewer than", "not more than", "not less than")
UNITS: dict[str, tuple[Unit, int]] = {
    "day": ("day", 1), "days": ("day", 1), "week": ("week", 1), "weeks": ("week", 1), "month": ("month", 1),
    "months": ("month", 1), "year": ("year", 1), "years": ("year", 1), "quarter": ("month", 3), "quarters": ("month", 3),
    "fortnight": ("week", 2),
}  # fmt: skip
_OLDER = ("older than", "longer ago than", "more than", "over", "longer than", "at least", "earlier than")
_NEWER = (
    "newer than",
    "younger than",
    "more recent than",
    "less than",
    "fewer than",
    "within",
    "no older than",
    "not older than",
)
MOVING = ("this", "last", "current", "previous", "today", "yesterday", "past")
_LONGEST_DATE = 7


@dataclass(frozen=True)
class Comparison:
    """A number with how it is compared; `upper` is set for "between"; `said` says whether words compared at all."""

    op: NumberOp
    value: float
    end: int
    upper: float | None = None
    said: bool = True


def comparison(phrase: Phrase, i: int) -> Comparison | None:
    """ "at least 5", "more than €500", "5 or more", "between 2 and 5", "5": read at `i`."""
    if phrase.is_(i, "between"):
        low = number(phrase, i + 1)
        high = number(phrase, low[1] + 1) if low and phrase.is_(low[1], "and", "to") else None
        return Comparison(">=", low[0], high[1], high[0]) if low and high else None
    before = phrase.choose(i, BEFORE)
    found = number(phrase, before[1] if before else i)
    if found is None:
        return None
    value, end = found
    if before:
        return Comparison(before[0], value, end)
    behind = phrase.choose(end, BEHIND)
    if behind:
        return Comparison(behind[0], value, behind[1])
    return Comparison("=", value, end, said=False)


def number(phrase: Phrase, i: int) -> tuple[float, int] | None:
    """The number or amount of money at `i`: "5", "5+" (without the plus), "1,500", "€500", "three"."""
    if i >= phrase.size or phrase.quoted(i):
        return None
    text = phrase.rest(i)
    scan = Scan(text)
    amount, plain = read_amount(scan, 0), read_number(scan, 0)
    value = amount.value if amount else plain.value if plain else None
    end = amount.end if amount else plain.end if plain else 0
    if value is None or end == 0:
        return None
    last_char = phrase.tokens[i].start + scan.at(end - 1).end
    after = phrase.at_char(last_char)
    # "5+" and "90days" are one token here; what is behind the digits must be nothing, or a plus.
    inside = next((token for token in phrase.tokens if token.start < last_char < token.end), None)
    if inside is not None and phrase.source[last_char : inside.end] not in ("+", "x"):
        return None
    return float(value), after


def plus_behind(phrase: Phrase, end: int) -> bool:
    """Whether the number that ends before token `end` was written with a plus ("5+")."""
    return 0 < end <= phrase.size and phrase.tokens[end - 1].text.endswith("+")


def span(phrase: Phrase, i: int) -> tuple[Span, int] | None:
    """ "30 days", "a month", "six weeks", "half a year" at `i`."""
    half = phrase.after(i, ("half a year", "half year", "a half year"))
    if half is not None:
        return Span(amount=6, unit="month"), half
    found: tuple[float, int] | None
    found = (1.0, i + 1) if phrase.is_(i, "a", "an", "one") else number(phrase, i)
    if found is None or found[0] != int(found[0]):
        return None
    unit = UNITS.get(phrase.word(found[1]))
    if unit is None or not 0 < found[0] * unit[1] <= 36_500:
        return None
    return Span(amount=int(found[0]) * unit[1], unit=unit[0]), found[1] + 1


def age(phrase: Phrase, i: int) -> tuple[Window, int] | None:
    """ "older than 180 days", "more than a year ago", "less than 2 weeks ago", "within 30 days"."""
    older = phrase.after(i, _OLDER)
    if older is not None:
        found = span(phrase, older)
        if found and (phrase.is_(i, "older", "longer", "earlier") or phrase.is_(found[1], "ago", "old")):
            return Window(older=found[0]), phrase.skip(found[1], "ago", "old")
    newer = phrase.after(i, _NEWER)
    if newer is not None and not phrase.is_(newer, "the", "last", "past"):
        found = span(phrase, newer)
        if found and (not phrase.is_(i, "less", "fewer") or phrase.is_(found[1], "ago", "old")):
            return Window(last=found[0]), phrase.skip(found[1], "ago", "old")
    return None


def window(phrase: Phrase, i: int, now: datetime) -> tuple[Window, int] | None:
    """A stretch of time at `i`: "in the last 30 days", "since 1 March", "between May and June", "this month"."""
    return age(phrase, i) or _rolling(phrase, i) or _dated(phrase, i, now)


def _rolling(phrase: Phrase, i: int) -> tuple[Window, int] | None:
    """ "(in the) last 30 days", "for 6 months", "the past week". "last month" alone is the calendar's."""
    k = phrase.skip(i, "in", "within", "during", "over", "for", "since")
    prepositions = k > i
    article = phrase.is_(k, "the", "these")
    k = phrase.skip(k, "the", "these")
    if phrase.is_(k, "last", "past", "previous"):
        bare = UNITS.get(phrase.word(k + 1))
        if bare and (article or phrase.is_(k, "past")):
            return Window(last=Span(amount=bare[1], unit=bare[0])), k + 2
        found = span(phrase, k + 1)
        return (Window(last=found[0]), found[1]) if found else None
    if prepositions and not article:
        found = span(phrase, k)
        if found and not phrase.is_(found[1], "ago"):
            return Window(last=found[0]), found[1]
    return None


def _dated(phrase: Phrase, i: int, now: datetime) -> tuple[Window, int] | None:
    if phrase.is_(i, "between", "from"):
        first = _days(phrase, i + 1, now)
        if first and phrase.is_(first[2], "and", "to", "until", "till", "-"):
            last = _days(phrase, first[2] + 1, now)
            if last and first[0] <= last[1]:
                return Window(start=first[0], end=last[1]), last[2]
        return None
    if phrase.is_(i, "in", "on", "during", "within"):
        moving = _moving(phrase, i + 1, now)
        found = _days(phrase, i + 1, now)
        return moving or ((Window(start=found[0], end=found[1]), found[2]) if found else None)
    one_day = timedelta(days=1)
    if phrase.is_(i, "since", "from", "after", "before", "until", "till", "by", ">=", "<=", ">", "<", "="):
        found = _days(phrase, i + 1, now)
        if found is None:
            return None
        start, end, after = found
        bounds = {
            "since": Window(start=start), ">=": Window(start=start),
            "after": Window(start=end + one_day), ">": Window(start=end + one_day),
            "before": Window(end=start - one_day), "<": Window(end=start - one_day), "=": Window(start=start, end=end),
        }  # fmt: skip
        return bounds.get(phrase.word(i), Window(end=end)), after
    return _moving(phrase, i, now)


def _moving(phrase: Phrase, i: int, now: datetime) -> tuple[Window, int] | None:
    """A period that moves along with the calendar, kept by its words: "this month", "last quarter", "today"."""
    i = phrase.skip(i, "the")
    if not phrase.is_(i, *MOVING):
        return None
    found = _days(phrase, i, now)
    if found is None or any(character.isdigit() for character in phrase.text(i, found[2])):
        return None
    return Window(period=phrase.text(i, found[2]).casefold()), found[2]


def _days(phrase: Phrase, i: int, now: datetime) -> tuple[date, date, int] | None:
    """The longest run of words at `i` that is a day or period: its first and last day."""
    if i >= phrase.size:
        return None
    end = i + 1
    while end < min(phrase.size, i + _LONGEST_DATE) and not phrase.is_(
        end, "and", "or", "but", "(", ")", "to", "until"
    ):
        end += 1
    for stop in range(end, i, -1):
        text = phrase.text(i, stop).rstrip(",")
        if not any(character.isalnum() for character in text) or phrase.is_(stop - 1, ",", ";"):
            continue
        try:
            first, last = resolve_period(text, now)
        except UnclearWords:
            continue
        return first, last, stop
    return None
