"""Finding the record that somebody means: by id, exact name, part of it, another field, or a near spelling."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from tools.core.context import Context
from tools.core.errors import Ambiguous, Candidate, NotFound

#: rapidfuzz score (0 to 100) from which a misspelt name counts; below it, it is only suggested.
NEAR = 84
SUGGEST = 60
MOST_SHOWN = 6

#: Words that people put around a name and that are no part of it.
AROUND = {"the", "our", "my", "a", "an", "that", "this", "one", "called", "named", "please", "from", "about", "for"}


@dataclass(frozen=True)
class RecordName:
    """What one record may be called. `aliases` are other fields people name it by ("Acme" for Jane Porter's company)."""

    noun: str
    id: int
    name: str
    aliases: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Noun:
    """A kind of record. `names(session, text)` gives the records that `text` could name: all of them for small tables,
    those sharing a word with it for large ones. `words` are what people call the kind itself."""

    noun: str
    singular: str
    plural: str
    words: tuple[str, ...]
    names: Callable[[Session, str | None], Sequence[RecordName]]


NOUNS: dict[str, Noun] = {}
Record = TypeVar("Record")
_NUMBER = re.compile(r"#?(\d{1,9})")


def register(noun: Noun) -> None:
    """Make a noun resolvable; each group registers its own."""
    NOUNS[noun.noun] = noun


def resolve(ctx: Context, noun: str, wanted: str, field: str | None = None) -> RecordName:
    """The one record of `noun` that `wanted` names.

    Raises NotFound (with similar names) or Ambiguous (with those that fit); nothing is guessed.
    """
    kind = NOUNS[noun]
    found = matching(kind, kind.names(ctx.session, wanted), wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise Ambiguous(_which(kind, wanted, found), field or noun, _candidates(found))
    near = similar(kind.names(ctx.session, None), wanted)
    if near:
        listed = " or ".join(f"“{record.name}”" for record in near)
        sentence = f"There is no {kind.singular} “{wanted}”. Did you mean {listed}?"
    else:
        sentence = f"There is no {kind.singular} “{wanted}”."
    raise NotFound(sentence, field or noun, _candidates(near))


def numbered(ctx: Context, record: type[Record], wanted: str) -> Record | None:
    """The record whose number `wanted` is ("12", "#12"), as `resolve` takes it, in one look; None where it is none."""
    number = _NUMBER.fullmatch(wanted.strip())
    return ctx.session.get(record, int(number[1])) if number else None


def matching(kind: Noun, records: Sequence[RecordName], wanted: str) -> list[RecordName]:
    """The records that `wanted` may name, by the first way that finds any: id, exact, part, other fields, spelling."""
    number = re.fullmatch(r"#?(\d+)", wanted.strip())
    if number:
        by_id = [record for record in records if record.id == int(number.group(1))]
        if by_id:
            return by_id
    folded = fold(wanted)
    words = [word for word in folded.split() if word not in AROUND and word not in kind.words]
    core = " ".join(words)
    ways: tuple[Callable[[RecordName], bool], ...] = (
        lambda r: fold(r.name) == folded,
        lambda r: bool(core) and fold(r.name) == core,
        lambda r: folded in map(fold, r.aliases),
        lambda r: bool(words) and set(words) <= set(fold(r.name).split()),
        lambda r: bool(core) and len(core) >= 3 and core.replace(" ", "") in fold(r.name).replace(" ", ""),
        lambda r: bool(words) and set(words) <= set(" ".join(map(fold, (r.name, *r.aliases))).split()),
    )
    for way in ways:
        hits = [record for record in records if way(record)]
        if hits:
            return hits
    return _nearest(records, core)


def similar(records: Sequence[RecordName], wanted: str) -> list[RecordName]:
    """Up to three records whose names look like `wanted`, the most similar first."""
    scored = [(fuzz.WRatio(fold(wanted), fold(record.name)), record) for record in records]
    scored = [(score, record) for score, record in scored if score >= SUGGEST]
    return [record for _, record in sorted(scored, key=lambda pair: -pair[0])[:3]]


def fold(text: str) -> str:
    """A text as it is compared: lower case, without punctuation, accents kept apart from spelling."""
    return " ".join(re.sub(r"[^\w@.+ -]+|[.](?!\w)", " ", text.casefold().replace("’s", "").replace("'s", "")).split())


def _nearest(records: Sequence[RecordName], core: str) -> list[RecordName]:
    if len(core) < 4:
        return []
    scored = [(fuzz.ratio(core.replace(" ", ""), fold(record.name).replace(" ", "")), record) for record in records]
    best = max((score for score, _ in scored), default=0.0)
    return [record for score, record in scored if score >= NEAR and score >= best - 1]


def _which(kind: Noun, wanted: str, found: Sequence[RecordName]) -> str:
    names = [f"“{record.name}”" for record in found[:MOST_SHOWN]]
    more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return f"“{wanted}” fits {len(found)} {kind.plural}: {', '.join(names)}{more}. Which one do you mean?"


def _candidates(records: Sequence[RecordName]) -> list[Candidate]:
    return [Candidate(record.noun, record.id, record.name) for record in records[:MOST_SHOWN]]
