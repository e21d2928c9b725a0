"""What the knowledge tools return, except the pain points. Stored texts are quoted as data: shown, never obeyed."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from memory.enums import KnowledgeKind
from memory.index import FoundBy
from tools.core.result import RecordLink, Result
from tools.quoting import block, inert
from tools.show import bullets, count, day, listing, shorten

#: So many hits are quoted in the answer; the others are named.
MOST_QUOTED = 3
MOST_BAD_SHOWN = 10


class FoundPassage(BaseModel):
    """One hit: the record, its passage that fits best (word for word), and for a past campaign what came of it.

    `found_by` says whether its words, its meaning or both led to it.
    """

    model_config = ConfigDict(frozen=True)

    kind: KnowledgeKind
    id: int
    title: str
    passage: str
    day: date | None = None
    outcome: str | None = None
    found_by: FoundBy | None = None

    def heading(self) -> str:
        when = f", {day(self.day)}" if self.day else ""
        return f"**{inert(self.title)}** ({self.kind.value} #{self.id}{when})"


class SearchResult(Result):
    """What was found, best first. `stored` is how many items could have been found.

    `only_near` where nothing fits the query, and the hits only hold a word of it.
    """

    query: str
    kind: KnowledgeKind | None
    hits: tuple[FoundPassage, ...]
    only_near: bool
    stored: int

    @property
    def text(self) -> str:
        if not self.hits:
            return self._nothing()
        parts = ["Nothing answers that directly; this comes nearest:"] if self.only_near else []
        for hit in self.hits[:MOST_QUOTED]:
            parts.append(f"{hit.heading()}\n\n{block(hit.passage, links=hit.kind != KnowledgeKind.TICKET)}")
            if hit.outcome and hit.outcome not in hit.passage:
                parts.append(f"Outcome: {hit.outcome}.")
        rest = self.hits[MOST_QUOTED:]
        if rest:
            parts.append(f"Also: {listing(hit.heading() for hit in rest)}.")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(RecordLink(noun=hit.kind.value, id=hit.id, name=hit.title) for hit in self.hits)

    def _nothing(self) -> str:
        where = {
            None: "The knowledge base has nothing",
            KnowledgeKind.ARTICLE: "The articles say nothing",
            KnowledgeKind.TICKET: "No ticket says anything",
            KnowledgeKind.CAMPAIGN: "No past campaign has anything",
        }[self.kind]
        what = {None: "item", KnowledgeKind.CAMPAIGN: "campaign"}.get(self.kind, self.kind.value if self.kind else "")
        empty = "It is still empty." if self.kind is None else f"There are no {what}s yet."
        looked = f"I looked through {count(self.stored, what)}." if self.stored else empty
        return f"{where} about “{inert(shorten(self.query, 120))}”. {looked}"


class ArticleAdded(Result):
    """The article that was just stored."""

    id: int
    title: str
    characters: int

    @property
    def text(self) -> str:
        return f"Added the article **{inert(self.title)}** (#{self.id}) to the knowledge base."

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun="article", id=self.id, name=self.title),)


class SkippedRow(BaseModel):
    """A part of a file that was not taken in: where it stands ("line 7") and why."""

    model_config = ConfigDict(frozen=True)

    where: str
    reason: str


class ImportResult(Result):
    """What an import did. `duplicates` were stored before; `skipped` could not be taken in; `notes` how it was read."""

    source: str
    kind: KnowledgeKind
    imported: int
    duplicates: int
    skipped: tuple[SkippedRow, ...]
    notes: tuple[str, ...]
    ids: tuple[int, ...]
    titles: tuple[str, ...]

    @property
    def text(self) -> str:
        head = f"Imported {count(self.imported, self.kind.value)} from {inert(self.source)}"
        if self.imported and self.imported <= 3:
            head += f": {listing(inert(title) for title in self.titles)}"
        lines = [f"{head}."]
        if self.duplicates:
            were = "was" if self.duplicates == 1 else "were"
            lines.append(f"{count(self.duplicates, 'item').capitalize()} {were} stored already and left out.")
        lines += [inert(note) for note in self.notes]
        said = " ".join(lines)
        if self.skipped:
            shown = [f"{row.where}: {inert(row.reason)}" for row in self.skipped[:MOST_BAD_SHOWN]]
            more = len(self.skipped) - len(shown)
            said += f"\n\n{count(len(self.skipped), 'part').capitalize()} could not be imported:\n\n{bullets(shown)}"
            said += f"\n\n… and {more} more." if more else ""
        return said

    @property
    def links(self) -> tuple[RecordLink, ...]:
        shown = zip(self.ids[:10], self.titles[:10], strict=False)
        return tuple(RecordLink(noun=self.kind.value, id=id, name=title) for id, title in shown)
