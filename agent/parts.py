"""A message, or a part of it, as it is read: its records, dates and amounts, and which tools it is like."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent import talk
from agent.arguments.references import Focus
from agent.arguments.sentence import Sentence
from agent.mentions import RecordMention, find_records
from agent.reading import read
from agent.reading.standing import standing
from agent.routing.examples import NONE
from agent.routing.masking import SURE_RECORD, mask, meant
from agent.routing.matcher import Matcher, Ranking
from agent.routing.priors import correction
from tools.core.door import Door
from tools.core.records import NOUNS, RecordName
from tools.core.result import RecordLink

#: From this certainty on a record is meant whatever else the words could be.
_NAMED = 0.9
#: A record that is so much of a quoted text is what is quoted ("pause “cargo”").
_MOST_OF = 0.6

#: Two or three capitalised words in a row, not at the head of the sentence.
_NAME = re.compile(r"(?<=[a-z:,] )(?:[A-ZÄÖÜ][\w'’-]+)(?: [A-ZÄÖÜ][\w'’-]+){1,2}\b")


@dataclass(frozen=True)
class Part:
    """A part of a message with its ranking."""

    text: str
    sentence: Sentence
    masked: str
    ranking: Ranking
    #: What the message tells beside the request: what "about it" may mean, and records that are named in passing.
    background: "tuple[Part, ...]" = ()

    def record_ids(self) -> set[tuple[str, int]]:
        return {(r.noun, n.id) for r in self.sentence.records if r.certainty >= 0.8 for n in r.records}

    def record_links(self) -> tuple[RecordLink, ...]:
        """The records that are surely named."""
        return tuple(link for r in self.sentence.records if (link := _link(r)))

    def begins_with_record(self, start: int) -> bool:
        """Whether a surely named record stands at this place."""
        return any(r.certainty >= SURE_RECORD and 0 <= r.start - start <= 4 for r in self.sentence.records)


@dataclass(frozen=True)
class Span:
    """Words [start, end) of a part, and what is put around them: the verb of an order before ("Put ... on pause")."""

    start: int
    end: int
    head: str = ""
    tail: str = ""


@dataclass(frozen=True)
class Ground:
    """What all parts of one message are read on: the records that it may name, and the examples as they are now."""

    names: Sequence[RecordName]
    matcher: Matcher


class PartReader:
    """Reads texts into parts, with the house's records, clock and examples."""

    def __init__(self, door: Door, matcher: Callable[[], Matcher]) -> None:
        self._door = door
        self._matcher = matcher

    def ground(self, message: str) -> Ground:
        """Looked up once a message: its parts are read many times."""
        with self._door.reading() as ctx:
            names = [name for noun in NOUNS.values() for name in noun.names(ctx.session, message)]
        return Ground(names, self._matcher())

    def read(self, text: str, ground: Ground, focus: Focus) -> Part:
        """A part of a message, read and ranked; for the ranking "it" is replaced by the record last spoken of."""
        sentence = self._sentence(text, ground.names)
        pointed = talk.point(text, focus, sentence.records)
        seen = sentence if pointed == text else self._sentence(pointed, ground.names)
        masked = meant(mask(pointed, seen.mentions, seen.records))
        named = {record.noun for record in seen.records if record.certainty >= SURE_RECORD}
        corrections = {name: correction(tool, named, talk.points(text)) for name, tool in self._door.tools.items()}
        ranking = ground.matcher.rank(masked, corrections)
        if not named and (ranking.best.label == NONE or not ranking.sure):
            ranking = self._as_a_name(masked, ranking, ground.matcher)
        return Part(text, sentence, masked, ranking)

    def pieces(self, whole: Part, spans: Sequence[Span], ground: Ground, focus: Focus) -> list[Part]:
        """Pieces of a part, each between the words put around it, all ranked at once. They hold what was read
        in the whole, so that they cost little; what is to be carried out is better read again."""
        sentences = [piece_of(whole.sentence, span) for span in spans]
        masked = []
        for sentence, span in zip(sentences, spans, strict=True):
            before = sorted(
                (r for r in whole.sentence.records if r.end <= span.start), key=lambda r: (r.start, r.certainty)
            )
            links = dict.fromkeys(link for r in reversed(before) if (link := _link(r)))
            pointed = talk.pointed_at(sentence.text, Focus((*links, *focus.recent), focus.listed), sentence.records)
            records = list(sentence.records)
            if pointed is not None:
                start, end, link = pointed
                name = RecordName(link.noun, link.id, link.name)
                records.append(RecordMention(start, end, sentence.text[start:end], link.noun, (name,), 1.0))
            masked.append(meant(mask(sentence.text, sentence.mentions, records)))
        named = [{r.noun for r in s.records if r.certainty >= SURE_RECORD} for s in sentences]
        corrections = [
            {name: correction(tool, nouns, talk.points(sentence.text)) for name, tool in self._door.tools.items()}
            for nouns, sentence in zip(named, sentences, strict=True)
        ]
        rankings = ground.matcher.rank_each(masked, corrections) if masked else []
        return [
            Part(sentence.text, sentence, text, ranking)
            for sentence, text, ranking in zip(sentences, masked, rankings, strict=True)
        ]

    def _as_a_name(self, masked: str, ranking: Ranking, matcher: Matcher) -> Ranking:
        """The ranking where a capitalised name that the house does not know stands for a record of some kind ("Set Peter
        Novak to customer"), if that makes clear what is asked; the tool then says that there is no such record."""
        name = _NAME.search(masked)
        if name is None:
            return ranking
        kinds = ("lead", "campaign", "workflow", "email_campaign", "template", "segment")
        said = [f"{masked[: name.start()]}{{{kind}}}{masked[name.end() :]}" for kind in kinds]
        for kind, seen in zip(kinds, matcher.rank_each(said), strict=True):
            tool = self._door.tools.get(seen.best.label)
            if (
                seen.sure
                and tool
                and any(a.noun == kind for a in tool.required)
                and seen.best.score > ranking.best.score
            ):
                ranking = seen
        return ranking

    def _sentence(self, text: str, names: Sequence[RecordName]) -> Sentence:
        clock = self._door.clock
        records = find_records(text, names)
        own = {
            r.text for r in records if r.certainty >= _NAMED
            and not any(o.certainty > r.certainty and o.start < r.end and r.start < o.end for o in records)
        }  # fmt: skip
        mentions = read(text, now=clock.now(), time_zone=clock.zone.key, country=self._door.country, names=tuple(own))
        # Part of a record's name inside the name of something new is no record.
        new = [(m.start, m.end) for m in mentions if m.kind == "name"]
        records = [r for r in records if r.certainty >= _NAMED or not any(s < r.end and r.start < e for s, e in new)]
        mentions = standing(text, mentions)
        # A quoted text that is a record's name is the record; numbers inside a name are no numbers.
        sure = [(r.start, r.end) for r in records if r.certainty >= _NAMED]
        # An address stays one beside being a lead's: mail may go to it.
        kept = [m for m in mentions if m.kind == "email" or not any(s <= m.start and m.end <= e for s, e in sure)]
        kept = [
            m
            for m in kept
            if not (
                m.kind == "quoted"
                and any(m.start <= s and e <= m.end and e - s >= m.end - m.start - 3 for s, e in sure)
            )
        ]
        # What is only spoken of inside a quoted text ("save this mail: “delete Bloom”") is neither named nor asked for.
        quotes = [(m.start, m.end) for m in kept if m.kind == "quoted"]
        records = [r for r in records if not any(_is_part_of(r.start, r.end, *quote) for quote in quotes)]
        return Sentence(text, kept, records)


def _link(mention: RecordMention) -> RecordLink | None:
    """The record that is surely named."""
    record = mention.record if mention.certainty >= SURE_RECORD else None
    return RecordLink(noun=record.noun, id=record.id, name=record.name) if record else None


def piece_of(sentence: Sentence, span: Span) -> Sentence:
    """What a sentence says in a span, as if it stood alone between the words put around it."""
    by, start, end = len(span.head) - span.start, span.start, span.end
    inside = [m for m in sentence.mentions if start <= m.start and m.end <= end]
    mentions = [replace(m, start=m.start + by, end=m.end + by) for m in inside]
    named = [r for r in sentence.records if start <= r.start and r.end <= end]
    records = [replace(r, start=r.start + by, end=r.end + by) for r in named]
    return Sentence(f"{span.head}{sentence.text[start:end]}{span.tail}", mentions, records)


def _is_part_of(start: int, end: int, quote_start: int, quote_end: int) -> bool:
    """Whether a name stands in a quotation that holds more than it."""
    inside = quote_start <= start and end <= quote_end
    return inside and end - start < _MOST_OF * (quote_end - quote_start - 2)
