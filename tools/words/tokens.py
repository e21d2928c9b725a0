"""Cutting a message into tokens that remember where they stood."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tools.words.vocabulary import normal

_TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+|[^\w\s]|_", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Token:
    """One run of letters, one run of digits or one sign; ``start`` and ``end`` are character offsets in the message."""

    start: int
    end: int
    text: str
    word: str
    """Lower-case, misspellings of calendar words put right; for digits the digits."""


END = Token(-1, -1, "", "")


class Scan:
    """The tokens of one message, with a bounds-safe look at any of them.

    ``whole`` says that all of the text is known to be a calendar expression (an argument, not a sentence), so words such
    as "may" or "2025" need no neighbours to prove that they are meant as a month or a year. ``country`` (ISO 3166) decides
    whose public holidays are words.
    """

    def __init__(self, text: str, *, whole: bool = False, country: str | None = None) -> None:
        self.text = text
        self.whole = whole
        self.country = country
        self.tokens = [_token(m) for m in _TOKEN.finditer(text)]
        self.size = len(self.tokens)
        self._memo: dict[tuple[Callable[..., Any], int], Any] = {}

    def at(self, i: int) -> Token:
        return self.tokens[i] if 0 <= i < self.size else END

    def word(self, i: int) -> str:
        return self.tokens[i].word if 0 <= i < self.size else ""

    def is_(self, i: int, *words: str) -> bool:
        return 0 <= i < self.size and self.tokens[i].word in words

    def digits(self, i: int) -> str | None:
        """The digits at ``i``, or None where the token is no run of ASCII digits."""
        word = self.word(i)
        return word if word.isascii() and word.isdigit() else None

    def glued(self, i: int) -> bool:
        """Whether token ``i`` follows the one before it without a space."""
        return 0 < i < self.size and self.tokens[i].start == self.tokens[i - 1].end

    def skip(self, i: int, *words: str) -> int:
        """``i``, or ``i + 1`` where one of the words stands there."""
        return i + 1 if self.is_(i, *words) else i

    def phrase(self, i: int, words: str) -> int | None:
        """The position after the given space-separated words, or None where they do not stand at ``i``."""
        parts = _split(words)
        tokens, end = self.tokens, i + len(parts)
        if i < 0 or end > self.size or tokens[i].word != parts[0]:
            return None
        for k in range(1, len(parts)):
            if tokens[i + k].word != parts[k]:
                return None
        return end

    def once(self, rule: Callable[[Scan, int], Any], i: int) -> Any:
        """The rule's answer at ``i``, worked out once."""
        key = (rule, i)
        if key not in self._memo:
            self._memo[key] = rule(self, i)
        return self._memo[key]


@lru_cache(maxsize=2048)
def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _token(match: re.Match[str]) -> Token:
    text = match.group()
    return Token(match.start(), match.end(), text, normal(text) if text[0].isalpha() else text)
