"""A message as the fillers see it: the words, what the readers found in them, and which words are taken."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from agent.mentions import RecordMention, best_of
from agent.reading import Mention
from agent.turn import Evidence


@dataclass
class Sentence:
    """One request. `mentions` are the readers' (dates, money, quoted texts, ...), `records` named records.

    Words can be claimed by an argument; no other argument may use them then.
    """

    text: str
    mentions: Sequence[Mention]
    records: Sequence[RecordMention]
    claimed: list[tuple[int, int]] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Mention]:
        """The readers' mentions of these kinds that nobody has claimed, in order."""
        return [m for m in self.mentions if m.kind in kinds and self.is_free(m.start, m.end)]

    def records_of(self, noun: str) -> list[RecordMention]:
        """The mentions of records of a noun that nobody has claimed, in order."""
        return [m for m in best_of(self.records, noun) if self.is_free(m.start, m.end)]

    def is_free(self, start: int, end: int) -> bool:
        return not any(start < taken_end and taken_start < end for taken_start, taken_end in self.claimed)

    def claim(self, start: int, end: int) -> None:
        self.claimed.append((start, end))

    def before(self, at: int, size: int = 40) -> str:
        """The words before a place, in lower case."""
        return self.text[max(0, at - size) : at].casefold()

    def after(self, at: int, size: int = 40) -> str:
        """The words behind a place, in lower case."""
        return self.text[at : at + size].casefold()

    def evidence(self, start: int, end: int) -> Evidence:
        return Evidence(words=self.text[start:end], start=start, end=end)

    def hidden(self, spans: Iterable[tuple[int, int]]) -> str:
        """The text with these places blanked out, offsets unchanged."""
        characters = list(self.text)
        for start, end in spans:
            characters[start:end] = "\x00" * (end - start)
        return "".join(characters)

    def open_text(self) -> str:
        """The text with all claimed words blanked out, offsets unchanged."""
        return self.hidden(self.claimed)


@dataclass(frozen=True)
class Value:
    """A value for an argument and the words it rests on."""

    value: object
    evidence: Evidence


def word_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of these words or phrases as whole words, the longest first, blanks and hyphens alike."""
    parts = sorted({re.escape(word).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]?") for word in words}, key=len)
    return re.compile(r"(?<![\w@#])(?:" + "|".join(reversed(parts)) + r")(?![\w@])", re.IGNORECASE)
