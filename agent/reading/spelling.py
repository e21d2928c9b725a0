"""What people type on a phone, spelled out: "evry1 w status nu, nxt wk" reads as it is meant, and each word still knows
where it stands in the message.

Abbreviations are looked up. A word that is no English word, no name of a record and no part of a quoted text, an address
or a capitalised name, and that is one slip (two, in a long word) away from a word of the hub's own vocabulary, is taken
for that word. Nothing else is changed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz.distance import OSA
from spellchecker import SpellChecker

from agent.reading.addresses import read_emails, read_files, read_hashtags, read_urls
from agent.reading.shorthand import SHORTHAND
from agent.reading.texts import is_content, read_after_colon, read_quoted

#: From how many letters on one and two slips are forgiven.
ONE_SLIP, TWO_SLIPS = 5, 8
#: Words of a message that are looked at; what is pasted behind them is text.
MOST_WORDS = 1_500
_WORD = re.compile(r"(?<![\w@#/.&'’{-])[A-Za-z0-9]+(?:['’][a-z]+)?(?![\w@/'’}-]|\.\w)")


#: Signs that stand for words: "Bloom budget -> 5.5k", "next 90d", "the 20. of March".
_WRITTEN = (
    (re.compile(r"(?:(?<=^)|(?<=[,;:.\n] ))(?=[^,;:.\n]{2,60}?\s(?:->|=>|→)\s)"), "set "),
    (re.compile(r"(?<=\s)(?:->|=>|→)(?=\s)"), "to"),
    (re.compile(r"\bTA\s*(?:=|:|is)\s+"), "target audience: "),
    # Behind such a word only: "our new 3d printer".
    (re.compile(r"\b(next|last|past|previous|coming|for|in|within|over) (\d{1,3})d\b", re.IGNORECASE), r"\1 \2 days"),
    (re.compile(r"\b(next|last|past|previous|coming|for|in|within|over) (\d{1,2})w\b", re.IGNORECASE), r"\1 \2 weeks"),
    (
        re.compile(r"(?<!\S)(\d{1,2})\. of (?=(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))", re.IGNORECASE),
        r"\1 ",
    ),
)


@dataclass(frozen=True)
class Spelled:
    """A message as it was typed (`said`) and spelled out (`text`). `pieces` are the changed places in order:
    (start, end) in `text` and (start, end) in `said`."""

    said: str
    text: str
    pieces: tuple[tuple[int, int, int, int], ...] = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the spelled text stands in what was said."""
        return self._at(start, last=False), self._at(end, last=True)

    def _at(self, offset: int, *, last: bool) -> int:
        shift = 0
        for text_start, text_end, said_start, said_end in self.pieces:
            if offset <= text_start:
                break
            if offset < text_end or (last and offset == text_end):
                return said_end if last else said_start
            shift = said_end - text_end
        return offset + shift


def spell_out(message: str, names: Iterable[str], vocabulary: Callable[[], Mapping[str, int]]) -> Spelled:
    """The message spelled out. `names` are those of the records it may name: their words stay. `vocabulary` gives the words
    that slips are compared with, and how common each is."""
    own = {part for name in names for part in re.findall(r"\w+", name.casefold())}
    spared = _spared(message)
    found: list[tuple[int, int, str]] = []
    for count, match in enumerate(_WORD.finditer(message)):
        if count >= MOST_WORDS:
            break
        meant = _meant(message, match, own, vocabulary)
        if meant is not None:
            found.append((*match.span(), meant))
    for pattern, written in _WRITTEN:
        found += [(*match.span(), match.expand(written)) for match in pattern.finditer(message)]
    text: list[str] = []
    pieces: list[tuple[int, int, int, int]] = []
    at = length = 0
    for start, end, meant in sorted(found):
        if start < at or any(start < last and first < end for first, last in spared):
            continue
        length += start - at
        text += [message[at:start], meant]
        pieces.append((length, length + len(meant), start, end))
        at, length = end, length + len(meant)
    return Spelled(message, "".join([*text, message[at:]]), tuple(pieces)) if pieces else Spelled(message, message)


def _spared(message: str) -> list[tuple[int, int]]:
    """What is meant word for word: quoted texts, addresses, and a text behind a colon."""
    colon = [m for m in read_after_colon(message) if is_content(message, m)]
    exact = (
        read_quoted(message),
        read_emails(message),
        read_urls(message),
        read_files(message),
        read_hashtags(message),
    )
    return [(m.start, m.end) for group in (*exact, colon) for m in group]


def _meant(
    message: str, match: re.Match[str], own: set[str], vocabulary: Callable[[], Mapping[str, int]]
) -> str | None:
    """What the word stands for, None where it stays as it is."""
    word = match.group()
    low = word.lower().replace("’", "'")
    first = not message[: match.start()].strip()
    if low in own or (word[0].isupper() and not first and message[: match.start()].rstrip()[-1] not in ".!?"):
        return None
    if low in SHORTHAND and (len(low) > 1 or word.islower()):
        if low in ("w", "n", "r") and not _stands_between_words(message, match):
            return None
        meant = SHORTHAND[low]
        return meant[0].upper() + meant[1:] if word[0].isupper() else meant
    if not low.isalpha() or len(low) < ONE_SLIP - 1 or not (word.islower() or (first and word[1:].islower())):
        return None
    if any(OSA.distance(low, part, score_cutoff=1) <= 1 for part in own if len(part) >= ONE_SLIP):
        return None  # a slip in a record's name: finding records forgives it
    near = _near(low, vocabulary)
    return near and (near.capitalize() if word[0].isupper() else near)


def _stands_between_words(message: str, match: re.Match[str]) -> bool:
    """Whether a single letter has words on both sides: "2 w" are weeks, "option n" is a name."""
    before, behind = message[: match.start()], message[match.end() :]
    beside = re.match(r"\s+[\w\"'“@#€$]", behind) is not None and re.search(r"[\w\"'”’,.;!?%]\s+$", before) is not None
    return beside and not (match.group() == "w" and re.search(r"(?<!\w)\d+\s*$", before))


def _near(low: str, vocabulary: Callable[[], Mapping[str, int]]) -> str | None:
    return None if low in english() else _nearest(low, vocabulary)


@lru_cache(maxsize=4096)
def _nearest(low: str, vocabulary: Callable[[], Mapping[str, int]]) -> str | None:
    """The word of the vocabulary that was most likely meant; the commonest of those equally near."""
    if low in vocabulary():
        return None
    allowed = 2 if len(low) >= TWO_SLIPS else 1
    best: tuple[int, int, str] | None = None
    for length in range(len(low) - allowed, len(low) + allowed + 1):
        for known, common in _by_head(vocabulary)[length, low[0]]:
            if len(low) < ONE_SLIP and sorted(low) != sorted(known):
                continue  # of four letters only two swapped ones are forgiven
            slips = OSA.distance(low, known, score_cutoff=allowed)
            if slips <= allowed and (best is None or (slips, -common) < best[:2]):
                best = (slips, -common, known)
    return best[2] if best else None


@cache
def _by_head(vocabulary: Callable[[], Mapping[str, int]]) -> dict[tuple[int, str], list[tuple[str, int]]]:
    """The vocabulary by length and first letter: nobody slips on the first."""
    found: dict[tuple[int, str], list[tuple[str, int]]] = defaultdict(list)
    for word, common in vocabulary().items():
        if len(word) >= ONE_SLIP - 1:
            found[len(word), word[0]].append((word, common))
    return found


@cache
def english() -> frozenset[str]:
    """Every English word there is: some 160,000, read once (about a tenth of a second)."""
    return frozenset(SpellChecker(language="en").word_frequency.words())


def counted(sentences: Iterable[str], terms: Sequence[str]) -> dict[str, int]:
    """The vocabulary of some sentences: their English words and the given terms, with how often each is said."""
    counts = Counter(word for sentence in sentences for word in re.findall(r"[a-z]+", sentence.lower()))
    known = english()
    # What is often said is no slip, although no dictionary holds it: "analytics".
    held = {word: n for word, n in counts.items() if n > (1 if word in known else 2)}
    return held | {word: counts[word] + 1 for term in terms for word in re.findall(r"[a-z]+", term.lower())}
