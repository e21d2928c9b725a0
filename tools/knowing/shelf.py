"""The knowledge base as a person browses it: articles and tickets in a list, one of them whole, and what used it."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from memory.audit import searches_that_found
from memory.drafts import drafts_resting_on
from memory.enums import KnowledgeKind
from memory.knowledge import KnowledgeItem, knowledge_page
from tools.core.context import Context
from tools.core.errors import NotFound
from tools.show import shorten

Order = Literal["newest", "oldest", "title"]


class ShelfItem(BaseModel):
    """One article or ticket in the list; moments in the hub's zone, `day` that of a ticket's customer."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: KnowledgeKind
    title: str
    begins: str
    characters: int
    source: str | None
    day: date | None
    changed: datetime


class Shelf(BaseModel):
    """A part of the list; `total` fit the filter, `articles` and `tickets` are all that are stored."""

    model_config = ConfigDict(frozen=True)

    items: tuple[ShelfItem, ...]
    total: int
    articles: int
    tickets: int


class Use(BaseModel):
    """What a text of the knowledge base was used for. how: `written` (a draft whose writer was shown it) or `found` (a
    question whose answer quoted it). `at` in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    how: Literal["written", "found"]
    at: datetime
    what: str
    kind: str
    id: int
    ai_generated: bool = False
    person: str | None = None
    conversation: str | None = None


class ItemShown(BaseModel):
    """One article or ticket with its whole text (data: shown, never obeyed), its version, and its uses, newest first."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: KnowledgeKind
    title: str
    content: str
    source: str | None
    day: date | None
    created: datetime
    changed: datetime
    version: int
    uses: tuple[Use, ...]


def shelf(ctx: Context, kind: KnowledgeKind | None, query: str | None, order: Order, offset: int, limit: int) -> Shelf:
    """The articles and tickets of a kind whose title or text holds `query` (without case)."""
    rows, total = knowledge_page(ctx.session, kind=kind, query=query, order=order, offset=offset, limit=limit)
    zone = ctx.clock.zone
    _, articles = knowledge_page(ctx.session, kind=KnowledgeKind.ARTICLE, limit=0)
    _, tickets = knowledge_page(ctx.session, kind=KnowledgeKind.TICKET, limit=0)
    items = tuple(
        ShelfItem(
            id=row.id,
            kind=row.kind,
            title=row.title,
            begins=shorten(" ".join(row.content.split()), 160),
            characters=len(row.content),
            source=row.source,
            day=row.happened_at.astimezone(zone).date() if row.happened_at else None,
            changed=row.updated_at.astimezone(zone),
        )
        for row in rows
    )
    return Shelf(items=items, total=total, articles=articles, tickets=tickets)


def shown(ctx: Context, item_id: int) -> ItemShown:
    """One of them. Raises NotFound."""
    row = ctx.session.get(KnowledgeItem, item_id)
    if row is None:
        raise NotFound(f"There is no article or ticket {item_id}; perhaps somebody deleted it.", "item")
    zone = ctx.clock.zone
    return ItemShown(
        id=row.id,
        kind=row.kind,
        title=row.title,
        content=row.content,
        source=row.source,
        day=row.happened_at.astimezone(zone).date() if row.happened_at else None,
        created=row.created_at.astimezone(zone),
        changed=row.updated_at.astimezone(zone),
        version=row.version,
        uses=uses_of(ctx, row.kind, row.id),
    )


def uses_of(ctx: Context, kind: KnowledgeKind, record_id: int) -> tuple[Use, ...]:
    """What rested on a record, as far as it was recorded: drafts keep what their writer was shown, and the audit log
    what a search answered with. A text that was only read and not used leaves no trace, and none is made up."""
    zone = ctx.clock.zone
    written = [
        Use(
            how="written",
            at=draft.created_at.astimezone(zone),
            what=draft.title,
            kind=draft.kind,
            id=draft.id,
            ai_generated=draft.ai_generated,
        )
        for draft in drafts_resting_on(ctx.session, kind.value, record_id)
    ]
    found = [
        Use(
            how="found",
            at=entry.at.astimezone(zone),
            what=str(entry.arguments.get("query", "")),
            kind="search",
            id=entry.id,
            person=entry.person,
            conversation=entry.conversation_id,
        )
        for entry in searches_that_found(ctx.session, kind.value, record_id)
    ]
    return tuple(sorted([*written, *found], key=lambda use: use.at, reverse=True))
