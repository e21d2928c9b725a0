"""Passages: a long text is embedded piece by piece, and the piece that fits best is shown as the excerpt."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

#: Characters of a passage at most. A static embedding averages its words: in a long text every subject drowns.
PASSAGE_LENGTH = 600

#: Characters below which a paragraph without a full stop is a heading (or "Hello Anna,").
HEADING_LENGTH = 80

#: Passages of one record that get vectors; what lies behind them (about 200 pages) is found by its words only.
MOST_PASSAGES = 500

_BOUNDARY = re.compile(r"\n\s*|(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W_]+")


class Passage(NamedTuple):
    """The part body[start:end] of an entry's body."""

    start: int
    end: int


def split(body: str) -> list[Passage]:
    """Cut a text into passages of at most PASSAGE_LENGTH characters, where a paragraph or else a sentence ends.

    A heading stays with what follows it. An empty text has one empty passage: its title is embedded too.
    """
    passages: list[Passage] = []
    start = end = 0
    paragraph_ended = False
    for sentence in _sentences(body):
        if end > start and (paragraph_ended or sentence.end - start > PASSAGE_LENGTH):
            passages.append(Passage(start, end))
            start = end
        if start == end:
            start = sentence.start
        end = sentence.end
        paragraph_ended = sentence.ends_paragraph and not _is_heading(body[start:end])
    if end > start or not passages:
        passages.append(Passage(start, end))
    return passages[:MOST_PASSAGES]


class _Sentence(NamedTuple):
    start: int
    end: int
    ends_paragraph: bool


def _sentences(body: str) -> Iterator[_Sentence]:
    start = 0
    for found in chain(_BOUNDARY.finditer(body), [None]):
        end, after = (found.start(), found.end()) if found else (len(body), len(body))
        while end - start > PASSAGE_LENGTH:  # a sentence too long for one passage is cut between two words
            space = body.rfind(" ", start + 1, start + PASSAGE_LENGTH)
            cut = space if space > start else start + PASSAGE_LENGTH
            yield _Sentence(start, cut, False)
            start = cut
        if body[start:end].strip():
            yield _Sentence(start, end, found is not None and found.group().count("\n") > 1)
        start = after


def _is_heading(text: str) -> bool:
    return len(text) < HEADING_LENGTH and not text.rstrip().endswith((".", "!", "?"))


def best_passage(body: str, words: Sequence[str]) -> Passage:
    """The passage in which most of the words occur, the first of several."""
    wanted = {_stem(word) for word in words}
    return max(split(body), key=lambda passage: len(wanted & _stems(body[passage.start : passage.end])))


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower())}


def _stem(word: str) -> str:
    # Only for choosing an excerpt: five letters make "refunds", "refunded" and "refund" one.
    return word.lower()[:5]
