"""Cutting conditions into words, signs and quoted values that remember where they stood."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from memory.enums import Channel
from tools.segmenting.tree import Condition

_TOKEN = re.compile(
    r"“(?P<curly>[^“”]*)”|«(?P<angle>[^«»]*)»|\"(?P<straight>[^\"]*)\"|(?<![\w])'(?P<single>[^']*)'(?![\w])"
    r"|>=|<=|!=|<>|==|=|>|<|[(),;]|[€$£¥]|[^\s\"“”(),;=<>!€$£¥]+|\S"
)
#: Words that end a value and may begin the next condition without an "and" before it.
STARTERS = frozenset(
    "with without who whose which that where having tagged in from at older since before after".split()
)


class UnclearConditions(ValueError):
    """Conditions that cannot be read; the message says how to say them."""


@dataclass(frozen=True)
class Token:
    """`word` is what is compared (lower case, "_" as it stands); a quoted value has no word."""

    start: int
    end: int
    text: str
    word: str
    quoted: bool


class Phrase:
    """The tokens of one text, with a bounds-safe look at any of them."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.tokens = [_token(match) for match in _TOKEN.finditer(text)]
        while self.tokens and self.tokens[-1].word in (".", "?", "!", ",", ";"):
            self.tokens.pop()
        if self.tokens and not self.tokens[-1].quoted:
            last = self.tokens[-1]
            bare = last.text.rstrip(".?!") or last.text
            if last.text.count(".") == 1 or last.text[-1] in "?!":  # "Acme Inc." ends so; nothing is lost by it
                self.tokens[-1] = Token(last.start, last.start + len(bare), bare, _word(bare), False)
        self.size = len(self.tokens)
        self.furthest = 0

    def word(self, i: int) -> str:
        return self.tokens[i].word if 0 <= i < self.size else ""

    def is_(self, i: int, *words: str) -> bool:
        return 0 <= i < self.size and self.tokens[i].word in words and not self.tokens[i].quoted

    def quoted(self, i: int) -> bool:
        return 0 <= i < self.size and self.tokens[i].quoted

    def skip(self, i: int, *words: str) -> int:
        """The first position from `i` on that holds none of the words."""
        while self.is_(i, *words):
            i += 1
        return i

    def after(self, i: int, phrases: Iterable[str]) -> int | None:
        """The position after the longest of these phrases that stands at `i`, or None."""
        best: int | None = None
        for phrase in phrases:
            end = self._phrase(i, phrase)
            if end is not None and (best is None or end > best):
                best = end
        return best

    def choose(self, i: int, table: dict[str, Any]) -> tuple[Any, int] | None:
        """The value of the longest phrase of `table` that stands at `i`, and the position after it."""
        best: tuple[Any, int] | None = None
        for phrase, value in table.items():
            end = self._phrase(i, phrase)
            if end is not None and (best is None or end > best[1]):
                best = (value, end)
        return best

    def text(self, start: int, end: int) -> str:
        """The words [start, end) as they were written."""
        if start >= end:
            return ""
        if end == start + 1 and self.tokens[start].quoted:
            return self.tokens[start].text
        return self.source[self.tokens[start].start : self.tokens[end - 1].end]

    def rest(self, i: int) -> str:
        return self.source[self.tokens[i].start :] if i < self.size else ""

    def at_char(self, position: int) -> int:
        """The first token that begins at or after this character."""
        return next((i for i, token in enumerate(self.tokens) if token.start >= position), self.size)

    def _phrase(self, i: int, phrase: str) -> int | None:
        for part in phrase.split():
            if not self.is_(i, part):
                return None
            i += 1
        return i


#: What a rule gives: the condition that it read and the position after it.
Read = tuple[Condition, int]

CONSENT_WORDS: dict[str, Channel] = {
    **dict.fromkeys(
        ("newsletter", "newsletters", "email", "emails", "e-mail", "e-mails", "mail", "mails", "mailing", "mailings"),
        Channel.EMAIL,
    ),
    **dict.fromkeys(("sms", "text", "texts", "text messages"), Channel.SMS),
    **dict.fromkeys(("phone", "calls", "telephone", "phone calls"), Channel.PHONE),
    "social": Channel.SOCIAL,
    "social media": Channel.SOCIAL,
    "ads": Channel.ADS,
}


def _token(match: re.Match[str]) -> Token:
    for name in ("curly", "angle", "straight", "single"):
        inner = match.group(name)
        if inner is not None:
            return Token(match.start(), match.end(), inner.strip(), "", True)
    return Token(match.start(), match.end(), match.group(), _word(match.group()), False)


def _word(text: str) -> str:
    return text.casefold().replace("’", "'").rstrip(":") or text
