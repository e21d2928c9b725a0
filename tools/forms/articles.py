"""The forms of the knowledge base: an article or ticket edited as it was seen, a ticket written down, one deleted."""

from datetime import UTC, date, datetime, time

from sqlalchemy.orm.attributes import flag_modified

from memory.enums import KnowledgeKind
from memory.index import put_entry, remove_entry
from memory.knowledge import KnowledgeItem, article_titled
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict, Missing, NotFound
from tools.core.kinds import Prose, Title
from tools.core.result import RecordLink, Result
from tools.forms.seen import check_seen
from tools.knowing.entry import LONGEST_TITLE, NewItem, content_hash, store
from tools.quoting import fenced, inert
from tools.show import count, shorten

#: The tools that change an article or ticket.
CHANGING = ("add_knowledge_article", "add_ticket", "edit_knowledge_item")


class ItemStored(Result):
    """An article or ticket as it is stored now."""

    id: int
    kind: KnowledgeKind
    title: str
    version: int

    @property
    def text(self) -> str:
        return f"Saved the {self.kind.value} **{inert(self.title)}** (#{self.id})."

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=self.kind.value, id=self.id, name=self.title),)


class ItemDeletion(Result):
    """What deleting an article or ticket would remove."""

    id: int
    kind: KnowledgeKind
    title: str
    content: str
    version: int

    @property
    def text(self) -> str:
        return (
            f"Delete the {self.kind.value} **{inert(self.title)}** (#{self.id}) for good, "
            f"{count(len(self.content), 'character')}. It begins:\n\n{fenced(shorten(self.content, 300))}\n\n"
            "Nothing will find it any more; drafts that were written with it stay as they are. This cannot be undone."
        )


class ItemDeleted(Result):
    """What is gone."""

    id: int
    kind: KnowledgeKind
    title: str

    @property
    def text(self) -> str:
        return f"Deleted the {self.kind.value} **{inert(self.title)}**."


@tool(effect="write", route="POST /knowledge/tickets", form=True)
def add_ticket(ctx: Context, title: Title, content: Prose, happened_on: date | None = None) -> ItemStored:
    """Write a support ticket down; it can be found at once.

    Args:
        title: What it is about, in a few words.
        content: What the customer wrote.
        happened_on: The day on which the customer wrote it; without one, today.
    """
    item = NewItem(_title(title), _content(content), happened_at=_moment(ctx, happened_on or ctx.today))
    (row,) = store(ctx.session, KnowledgeKind.TICKET, [item], ctx.now.astimezone(UTC))
    return ItemStored(id=row.id, kind=row.kind, title=row.title, version=row.version)


@tool(effect="write", route="PUT /knowledge/items/{item}", form=True)
def edit_knowledge_item(
    ctx: Context, item: int, version: int, title: Title, content: Prose, happened_on: date | None = None
) -> ItemStored:
    """Store the whole form of an article or ticket.

    Args:
        item: The number of the article or ticket.
        version: The version that the form was filled from.
        title: Its title; no other article may have it.
        content: Its text.
        happened_on: For a ticket, the day on which the customer wrote it; without one, its day stays as it is.
    """
    found = _the_item(ctx, item)
    check_seen(ctx, found, version, found.title, CHANGING, found.id)
    title, content = _title(title), _content(content)
    if found.kind == KnowledgeKind.ARTICLE:
        taken = article_titled(ctx.session, title)
        if taken is not None and taken.id != found.id:
            raise Conflict(f"There is already an article called “{taken.title}” (#{taken.id}). Choose another title.")
    happened = found.happened_at
    if found.kind == KnowledgeKind.TICKET and happened_on is not None and happened_on != _day(ctx, happened):
        happened = _moment(ctx, happened_on)
    if (title, content, happened) != (found.title, found.content, found.happened_at):
        found.title, found.content, found.happened_at = title, content, happened
        found.content_hash = content_hash(found.kind, NewItem(title, content, happened))
        found.updated_at = ctx.now.astimezone(UTC)
        flag_modified(found, "updated_at")
        ctx.session.flush()
        put_entry(ctx.session, found.kind.value, found.id, found.title, found.content)
    return ItemStored(id=found.id, kind=found.kind, title=found.title, version=found.version)


def preview_delete_knowledge_item(ctx: Context, item: int) -> ItemDeletion:
    """What deleting this article or ticket would remove."""
    found = _the_item(ctx, item)
    return ItemDeletion(id=found.id, kind=found.kind, title=found.title, content=found.content, version=found.version)


@tool(effect="gated", route="DELETE /knowledge/items/{item}", preview=preview_delete_knowledge_item, form=True)
def delete_knowledge_item(ctx: Context, item: int) -> ItemDeleted:
    """Delete an article or ticket for good.

    Args:
        item: The number of the article or ticket.
    """
    found = _the_item(ctx, item)
    remove_entry(ctx.session, found.kind.value, found.id)
    ctx.session.delete(found)
    ctx.session.flush()
    return ItemDeleted(id=found.id, kind=found.kind, title=found.title)


def _the_item(ctx: Context, item: int) -> KnowledgeItem:
    found = ctx.session.get(KnowledgeItem, item)
    if found is None:
        raise NotFound(f"There is no article or ticket {item}; perhaps somebody deleted it.", "item")
    return found


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise Missing("What shall it be called? Give it a title.", ["title"])
    if len(title) > LONGEST_TITLE:
        raise BadInput(f"The title is {len(title)} characters long; use at most {LONGEST_TITLE}.", "title")
    return title


def _content(content: str) -> str:
    if not content.strip():
        raise Missing("The text is empty; write what it says.", ["content"])
    return content.strip()


def _moment(ctx: Context, day: date) -> datetime:
    if day > ctx.today:
        raise BadInput("The ticket's day lies in the future; give the day on which the customer wrote.", "happened_on")
    return datetime.combine(day, time(12), ctx.clock.zone).astimezone(UTC)


def _day(ctx: Context, moment: datetime | None) -> date | None:
    return moment.astimezone(ctx.clock.zone).date() if moment else None
