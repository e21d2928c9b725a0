"""Records named in a message: which words may stand for which record, before it is known what is asked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz

from agent.described import described_posts
from tools.core.records import NOUNS, RecordName, fold
from tools.vocabulary import VOCABULARY
from tools.words.vocabulary import SEASONS

#: How surely words name a record: the whole name, the name misspelt, several words of it, one telling word of it.
WHOLE, MISSPELT, PART, ONE_WORD = 1.0, 0.9, 0.8, 0.6
#: rapidfuzz ratio (0 to 100) from which a misspelt name of at least five letters counts.
NEAR = 86

#: Words that stand in names but name nothing by themselves.
COMMON = frozenset(
    """a an the our my your this that these those of on in at to for from by with and or not no is are be do does did
    new old best first last next more most all any one two three it its we us you they them what which who when how
    campaign campaigns mailing mailings email emails e-mail mail newsletter newsletters template templates workflow
    workflows automation automations test tests a/b segment segments audience list lead leads contact contacts customer
    customers subscribers post posts article articles series sequence message messages sms social ads ad content text
    subject button offer sale promo launch product announcement early access teaser script call cold flash welcome
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday spring summer autumn fall winter week month year today""".split()
)
_OF = re.compile(r"\s*,?\s+(?:from|at|of|with|over at|who works at)\s+(?:the\s+)?", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(?:the|our|my|that|this)\s+$", re.IGNORECASE)
_ADDRESSED = re.compile(r"\b(?:to|for|at)\s+(?:all\s+)?(?:of\s+)?(?:the|our|my)\s+$", re.IGNORECASE)
#: "Tomas's colleague" is somebody else.
_RELATED = re.compile(
    r"['’]s?\s+(?:colleague|boss|wife|husband|brother|sister|friend|assistant|partner|company|team|manager|son|daughter|"
    r"mother|father|successor|neighbou?r|secretary)s?\b",
    re.IGNORECASE,
)
_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mevrouw", "meneer", "madame", "monsieur"}
)
_WORD = re.compile(r"[\w@][\w@.+'’/&-]*[\w]|\w")


@cache
def closed_words() -> frozenset[str]:
    """Every word of the closed vocabularies, as it is compared."""
    values = [value.replace("_", " ") for enum in VOCABULARY.values() for value in enum]
    words = [word for enum in VOCABULARY.values() for synonyms in enum.values() for word in synonyms]
    return frozenset(fold(word) for word in (*values, *words))


@dataclass(frozen=True)
class RecordMention:
    """Words [start, end) of the message that may name any of `records` (all of one noun), and how surely."""

    start: int
    end: int
    text: str
    noun: str
    records: tuple[RecordName, ...]
    certainty: float

    @property
    def record(self) -> RecordName | None:
        """The one record meant, where it is only one."""
        return self.records[0] if len(self.records) == 1 else None


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    text: str
    folded: str


class _Runs:
    """The runs of words of a message by their number of words, put together once for all records compared with them."""

    def __init__(self, words: Sequence[_Token]) -> None:
        self._words = words
        self._together: dict[int, dict[str, list[tuple[str, int, int]]]] = {}
        self._apart: dict[int, dict[str, list[tuple[int, int]]]] = {}

    def of(self, size: int) -> dict[str, list[tuple[str, int, int]]]:
        """The runs of `size` words by their first letter: (written together, start, end)."""
        if size not in self._together:
            found = self._together[size] = defaultdict(list)
            for run in self._runs(size):
                said = "".join(word.folded for word in run)
                found[said[:1]].append((said, run[0].start, run[-1].end))
        return self._together[size]

    def spaced(self, size: int) -> dict[str, list[tuple[int, int]]]:
        """Where each run of `size` words stands: (start, end)."""
        if size not in self._apart:
            found = self._apart[size] = defaultdict(list)
            for run in self._runs(size):
                found[" ".join(word.folded for word in run)].append((run[0].start, run[-1].end))
        return self._apart[size]

    def _runs(self, size: int) -> Iterable[Sequence[_Token]]:
        return (self._words[at : at + size] for at in range(len(self._words) - size + 1))


def find_records(message: str, names: Sequence[RecordName]) -> list[RecordMention]:
    """All mentions of records, the surest and longest first. Mentions of different nouns may overlap.

    Other fields count as names only where they are the record's own (an address, a description), not a word of a closed
    vocabulary that many records share ("active", "email").
    """
    words = [_Token(m.start(), m.end(), m.group(), _fold_word(m.group())) for m in _WORD.finditer(message)]
    if not words:
        return []
    runs = _Runs(words)
    by_word: dict[tuple[str, str], set[int]] = defaultdict(set)
    folded = [_words_of(record.name) for record in names]
    for at, parts in enumerate(folded):
        for part in parts:
            by_word[names[at].noun, part].add(at)
    found: list[RecordMention] = []
    for at, record in enumerate(names):
        found += _whole(message, runs, record, folded[at])
        if record.noun not in ("lead", "social_post"):  # people's names are short, posts are whole sentences
            found += _misspelt_part(message, runs, record, folded[at])
        for alias in record.aliases:
            found += _alias(message, runs, record, alias)
    found += _parts(message, words, names, folded, by_word)
    found += [
        RecordMention(start, end, message[start:end], "social_post", posts, PART if fits else ONE_WORD)
        for start, end, posts, fits in described_posts(message, names)
    ]
    found = [m for m in found if not (m.noun == "lead" and _is_somebody_else(message, m))]
    merged = _merge([_beside_its_kind(message, mention) for mention in found])
    return sorted([*_together(message, merged), *merged], key=_strength)


def best_of(mentions: Iterable[RecordMention], noun: str) -> list[RecordMention]:
    """The mentions of a noun that do not overlap a surer one of the same noun, in the order of the message."""
    kept: list[RecordMention] = []
    for mention in sorted((m for m in mentions if m.noun == noun), key=_strength):
        if not any(mention.start < other.end and other.start < mention.end for other in kept):
            kept.append(mention)
    return sorted(kept, key=lambda mention: mention.start)


def _strength(mention: RecordMention) -> tuple[float, int]:
    return (-mention.certainty, mention.start - mention.end)


def _fold_word(word: str) -> str:
    word = re.sub(r"(?<=[A-Z]{2})s$", "", word)  # "the VIPs"
    return re.sub(r"['’]s$", "", word.casefold()).strip(".'’")


#: Names are the same from message to message.
_folded = lru_cache(maxsize=20_000)(fold)


@lru_cache(maxsize=20_000)
def _words_of(name: str) -> tuple[str, ...]:
    """A name's words as they are compared."""
    return tuple(_fold_word(part) for part in _WORD.findall(name))


def _mention(message: str, record: RecordName, start: int, end: int, certainty: float) -> RecordMention:
    text = message[start:end]
    bare = re.sub(r"['’]s$", "", text)
    return RecordMention(start, start + len(bare), bare, record.noun, (record,), certainty)


def _whole(message: str, runs: _Runs, record: RecordName, parts: tuple[str, ...]) -> list[RecordMention]:
    """The whole name, also written together or apart, or slightly misspelt."""
    joined = "".join(parts)
    if not joined:
        return []
    found = []
    for size in range(max(1, len(parts) - 1), len(parts) + 2):
        for said, start, end in runs.of(size).get(joined[0], ()):
            if said == joined:
                found.append(_mention(message, record, start, end, WHOLE))
            elif (
                len(joined) >= 5
                and abs(len(said) - len(joined)) <= 2
                and said not in COMMON
                and not (size == 1 and len(parts) > 2)
                and fuzz.ratio(said, joined) >= NEAR
                and not _other_number(said, joined)
            ):
                found.append(_mention(message, record, start, end, MISSPELT))
    return found


def _misspelt_part(message: str, runs: _Runs, record: RecordName, parts: tuple[str, ...]) -> list[RecordMention]:
    """Several words of a longer name, slightly misspelt: "blakc friday" of "Black Friday 2025"."""
    places: dict[tuple[int, int], RecordMention] = {}
    for size in range(2, len(parts)):
        pieces = ["".join(parts[start : start + size]) for start in range(len(parts) - size + 1)]
        for piece in pieces:
            for said, start, end in runs.of(size).get(piece[:1], ()):
                if (
                    len(said) >= 8
                    and said != piece
                    and fuzz.ratio(said, piece) >= NEAR
                    and not _other_number(said, piece)
                ):
                    places[start, end] = _mention(message, record, start, end, PART)
    return list(places.values())


def _other_number(said: str, name: str) -> bool:
    """ "Black Friday 2024" is no misspelling of "Black Friday 2025"."""
    return re.findall(r"\d+", said) != re.findall(r"\d+", name)


def _alias(message: str, runs: _Runs, record: RecordName, alias: str) -> list[RecordMention]:
    """Another field by which people name the record: its address, its company, its whole text."""
    folded = _folded(alias)
    if len(folded) < 3 or folded in COMMON or folded in closed_words():
        return []
    # A description said in passing names a record only where one must be named.
    certainty = 0.95 if "@" in folded else PART if record.noun == "lead" else ONE_WORD
    places = runs.spaced(len(folded.split())).get(folded, ())
    return [_mention(message, record, start, end, certainty) for start, end in places]


def _parts(
    message: str,
    words: list[_Token],
    names: Sequence[RecordName],
    folded: list[tuple[str, ...]],
    by_word: dict[tuple[str, str], set[int]],
) -> list[RecordMention]:
    """Runs of words that all stand in a name: "Black Friday", "the EU launch"; one common word alone names nothing."""
    found = []
    for noun in {record.noun for record in names}:
        at = 0
        while at < len(words):
            held = by_word.get((noun, words[at].folded), set())
            if not held:
                at += 1
                continue
            end, records = at + 1, set(held)
            while end < len(words) and records & by_word.get((noun, words[end].folded), set()):
                records &= by_word[noun, words[end].folded]
                end += 1
            run = words[at:end]
            telling = [word for word in run if len(word.folded) > 1 and (word.folded not in COMMON or _is_a_name(word))]
            certainty = _part_certainty(noun, run, telling)
            if certainty:
                hits = tuple(names[i] for i in sorted(records))
                found.append(
                    RecordMention(
                        run[0].start, _mention(message, hits[0], run[0].start, run[-1].end, certainty).end,
                        message[run[0].start : run[-1].end].removesuffix("'s").removesuffix("’s"), noun, hits, certainty,
                    )
                )  # fmt: skip
            at = end
    return found


def _is_a_name(word: _Token) -> bool:
    """Whether a common word is written as a name: a season with a capital letter inside a sentence."""
    return word.folded in SEASONS and word.start > 0 and word.text[:1].isupper()


def _part_certainty(noun: str, run: list[_Token], telling: list[_Token]) -> float:
    if telling and (len(run) > (2 if noun == "social_post" else 1) or noun == "lead"):
        return PART
    if telling and noun == "social_post":
        return 0.3  # a post has no name: one word of its text names nothing
    if telling:
        # A capital letter marks a name, unless the sentence merely begins with it.
        named = telling[0].text[:1].isupper() and telling[0].start > 0 and noun != "segment"
        return ONE_WORD + (0.1 if named else 0.0)
    if len(run) > 1:
        return ONE_WORD
    return 0.3  # one common word: only where nothing better is said


def _is_somebody_else(message: str, mention: RecordMention) -> bool:
    """ "Peter Novak" is not Tomas Novak, and "Tomas's colleague" is not Tomas."""
    if _RELATED.match(message[mention.end :]):
        return True
    before = re.search(r"(?<=[a-z,] )([A-ZÄÖÜ][\w'’-]+) $", message[: mention.start])
    behind = re.match(r" ([A-ZÄÖÜ][\w-]+)", message[mention.end :])
    if mention.certainty >= MISSPELT or "@" in mention.text:
        return False
    for beside in (before, behind):
        word = _fold_word(beside.group(1)) if beside else ""
        own = {
            part for record in mention.records for name in (record.name, *record.aliases) for part in fold(name).split()
        }
        if word and word not in own | _TITLES and word not in closed_words():
            return True
    return False


def _beside_its_kind(message: str, mention: RecordMention) -> RecordMention:
    """ "The welcome workflow": one telling or common word of a name, with the word for the kind right behind it."""
    if mention.certainty >= PART or not _DEFINITE.search(message[: mention.start]):
        return mention
    if mention.noun == "segment" and mention.certainty >= ONE_WORD and _ADDRESSED.search(message[: mention.start]):
        return replace(mention, certainty=PART)  # "to the VIPs"
    behind = re.match(r"\s+([\w/-]+)", message[mention.end :])
    kind = NOUNS.get(mention.noun)
    if behind is None or kind is None or behind.group(1).casefold() not in (kind.singular, *kind.words):
        return mention
    return replace(mention, certainty=PART)


def _merge(mentions: list[RecordMention]) -> list[RecordMention]:
    """One mention per words and noun, holding the records that are equally sure."""
    grouped: dict[tuple[int, int, str], list[RecordMention]] = defaultdict(list)
    for mention in mentions:
        grouped[mention.start, mention.end, mention.noun].append(mention)
    merged = []
    for (start, end, noun), group in grouped.items():
        top = max(mention.certainty for mention in group)
        records = {r.id: r for mention in group if mention.certainty == top for r in mention.records}
        merged.append(RecordMention(start, end, group[0].text, noun, tuple(records.values()), top))
    return sorted(merged, key=_strength)


def _together(message: str, mentions: list[RecordMention]) -> list[RecordMention]:
    """ "Jane from Acme": two mentions that leave several records each, and only one together."""
    found = []
    for one in mentions:
        for other in mentions:
            if one.noun != other.noun or one.end >= other.start:
                continue
            if not _OF.fullmatch(message[one.end : other.start]):
                continue
            both = [record for record in one.records if record.id in {r.id for r in other.records}]
            if len(both) == 1 and len(one.records) > 1:
                text = message[one.start : other.end]
                found.append(RecordMention(one.start, other.end, text, one.noun, tuple(both), WHOLE))
    return found
