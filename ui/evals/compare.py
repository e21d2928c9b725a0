"""Is this value what was expected? By the argument's type, as the evals' page says."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

#: Gives the id of the one record of a noun that a text names; None where none or several fit, or nobody knows the noun.
Resolve = Callable[[str, str], int | None]

#: Straight and typographic quotes, single and double, low and angular, and the accents typed in their place.
QUOTES = re.compile("[\"'`\u00b4\u00ab\u00bb\u2018-\u201f\u2039\u203a]")
END = " \t\n.,;:!?…"


@dataclass(frozen=True)
class Kind:
    """What a value is: the argument's type in the catalogue's words. `name` "" where it is not known."""

    name: str = ""
    is_list: bool = False
    noun: str | None = None
    closed: bool = False  # an enum: a list of them has no order

    def of_items(self) -> "Kind":
        return Kind(self.name, False, self.noun, self.closed)


@dataclass(frozen=True)
class Comparer:
    """Compares values in one zone (for moments without one), with the records as they stood before the turn."""

    zone: ZoneInfo
    resolve: Resolve

    def same(self, expected: Any, actual: Any, kind: Kind = Kind()) -> bool:
        """Whether `actual` is as expected, in which `{"has": text}` and `{"any": [..]}` may stand anywhere."""
        if isinstance(expected, Mapping):
            return self._any_or_has(expected, actual, kind)
        if expected is None or actual is None:
            return expected is None and actual in (None, "", [])
        if isinstance(expected, list) or kind.is_list:
            return self._same_list(_as_list(expected), _as_list(actual), kind.of_items())
        if kind.noun:
            return self._same_record(kind.noun, str(expected), str(actual))
        if isinstance(expected, bool) or isinstance(actual, bool):
            return expected is actual
        if kind.name in ("int", "float") or _is_number(expected):
            return _same_number(expected, actual)
        if kind.name in ("date", "datetime") or isinstance(actual, date) or (not kind.name and _is_moment(expected)):
            return self._same_moment(expected, actual)
        return fold(expected) == fold(actual)

    def _any_or_has(self, expected: Mapping[str, Any], actual: Any, kind: Kind) -> bool:
        if set(expected) == {"any"}:
            return any(self.same(choice, actual, kind) for choice in expected["any"])
        if set(expected) == {"has"}:
            return any(fold(expected["has"]) in fold(item) for item in _as_list(actual))
        raise ValueError(f"{dict(expected)} is neither {{'has': ..}} nor {{'any': [..]}}")

    def _same_list(self, expected: list[Any], actual: list[Any], kind: Kind) -> bool:
        if len(expected) != len(actual):
            return False
        if kind.closed:
            pairs = match(len(expected), len(actual), lambda e, a: self.same(expected[e], actual[a], kind))
            return len(pairs) == len(expected)
        return all(self.same(e, a, kind) for e, a in zip(expected, actual, strict=True))

    def _same_record(self, noun: str, expected: str, actual: str) -> bool:
        wanted = self.resolve(noun, expected)
        if wanted is None:
            return fold(expected) == fold(actual)
        return self.resolve(noun, actual) == wanted

    def _same_moment(self, expected: Any, actual: Any) -> bool:
        try:
            one, other = _read_moment(expected), _read_moment(actual)
        except ValueError:
            return False
        if isinstance(one, datetime) and isinstance(other, datetime):
            return self._with_zone(one) == self._with_zone(other)
        return self._day(one) == self._day(other)

    def _with_zone(self, moment: datetime) -> datetime:
        return moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment

    def _day(self, moment: date) -> date:
        return self._with_zone(moment).astimezone(self.zone).date() if isinstance(moment, datetime) else moment


def fold(value: Any) -> str:
    """A text as it is compared: without case, accents, quotes, end punctuation and doubled blanks."""
    text = str(value.value if isinstance(value, Enum) else value)
    parts = unicodedata.normalize("NFKD", QUOTES.sub("", text))
    plain = "".join(character for character in parts if not unicodedata.combining(character))
    return " ".join(plain.casefold().split()).rstrip(END)


def match(left: int, right: int, fits: Callable[[int, int], bool]) -> dict[int, int]:
    """The largest matching of 0..left-1 to 0..right-1 in which every pair fits (augmenting paths; Kuhn 1955)."""
    edges = [[r for r in range(right) if fits(l_, r)] for l_ in range(left)]
    taken: dict[int, int] = {}

    def place(l_: int, seen: set[int]) -> bool:
        for r in edges[l_]:
            if r not in seen:
                seen.add(r)
                if r not in taken or place(taken[r], seen):
                    taken[r] = l_
                    return True
        return False

    for l_ in range(left):
        place(l_, set())
    return {l_: r for r, l_ in taken.items()}


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _same_number(expected: Any, actual: Any) -> bool:
    try:
        return math.isclose(float(expected), float(actual), rel_tol=1e-9, abs_tol=1e-9)
    except (TypeError, ValueError):
        return False


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?", value))


def _read_moment(value: Any) -> date:
    """A date or (a subclass of it) a datetime. Raises ValueError."""
    if isinstance(value, date):
        return value
    text = str(value)
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else datetime.fromisoformat(text)
