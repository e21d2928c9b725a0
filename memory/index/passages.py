"""Passages: a long text is embedded piece by piece, and the piece that fits best is shown as the excerpt."""

import re
from collections.abc import Sequence
from typing import NamedTuple

#: Characters of a passage at most. A static embedding averages its words: in a long text every subject drowns.
PASSAGE_LENGTH = 600

#: Passages of one record that get vectors; what lies behind them (about 200 pages) is found by its words only.
MOST_PASSAGES = 500

_BOUNDARY = re.compile(r"\n\s*\n+|(?<=[.!?])\s+|\n")
_WORD = re.compile(r"[^\W_]+")


class Passage(NamedTuple):
    """The part body[start:end] of an entry's body."""

    start: int
    end: int


def split(body: str) -> list[Passage]:
    """Cut a text into passages of at most PASSAGE_LENGTH characters, at ends of sentences where there are any.

    An empty text has one empty passage: its title is embedded too.
    """
    passages: list[Passage] = []
    start = end = 0
    for piece_start, piece_end in _sentences(body):
        if end > start and piece_end - start > PASSAGE_LENGTH:
            passages.append(Passage(start, end))
            start = piece_start
        end = piece_end
    if end > start or not passages:
        passages.append(Passage(start, end))
    return passages[:MOST_PASSAGES]


def _sentences(body: str) -> list[tuple[int, int]]:
    sentences: list[tuple[int, int]] = []
    start = 0
    for end, after in [*((m.start(), m.end()) for m in _BOUNDARY.finditer(body)), (len(body), len(body))]:
        while end - start > PASSAGE_LENGTH:  # a sentence too long for one passage is cut between two words
            cut = body.rfind(" ", start + 1, start + PASSAGE_LENGTH)
            cut = cut if cut > start else start + PASSAGE_LENGTH
            sentences.append((start, cut))
            start = cut
        if body[start:end].strip():
            sentences.append((start, end))
        start = after
    return sentences


def best_passage(body: str, words: Sequence[str]) -> Passage:
    """The passage in which most of the words occur, the first of several."""
    wanted = {_stem(word) for word in words}
    return max(split(body), key=lambda passage: len(wanted & _stems(body[passage.start : passage.end])))


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower())}


def _stem(word: str) -> str:
    # Only for choosing an excerpt: five letters make "refunds", "refunded" and "refund" one.
    return word.lower()[:5]
