"""Knowledge: articles the house wrote, and support tickets that came in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Versioned, enum_column
from memory.enums import KnowledgeKind


class KnowledgeItem(Versioned, Base):
    """An article or a support ticket. Its text is data: nothing in it is ever an instruction.

    `happened_at` is when a ticket was written by the customer (UTC); `source` the file it was imported from.
    """

    __tablename__ = "knowledge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[KnowledgeKind] = mapped_column(enum_column(KnowledgeKind), index=True)
    title: Mapped[str] = mapped_column(String(500))
    content: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    happened_at: Mapped[datetime | None]


def article_titled(session: Session, title: str) -> KnowledgeItem | None:
    """The article of exactly this title (without case), if there is one."""
    statement = select(KnowledgeItem).where(
        KnowledgeItem.kind == KnowledgeKind.ARTICLE, func.lower(KnowledgeItem.title) == title.strip().lower()
    )
    return session.scalars(statement).first()


def known_hashes(session: Session, hashes: Sequence[str]) -> set[str]:
    """Which of these content hashes are stored already: importing a file twice adds nothing."""
    statement = select(KnowledgeItem.content_hash).where(KnowledgeItem.content_hash.in_(hashes))
    return set(session.scalars(statement))


def tickets(session: Session, *, start: datetime | None = None, end: datetime | None = None) -> Sequence[KnowledgeItem]:
    """Support tickets, newest first, of a period (start inclusive, end exclusive; by `happened_at`, else when stored)."""
    when = func.coalesce(KnowledgeItem.happened_at, KnowledgeItem.created_at)
    statement = select(KnowledgeItem).where(KnowledgeItem.kind == KnowledgeKind.TICKET).order_by(when.desc())
    if start:
        statement = statement.where(when >= start)
    if end:
        statement = statement.where(when < end)
    return session.scalars(statement).all()


def all_knowledge(session: Session) -> Sequence[KnowledgeItem]:
    """Every article and ticket, by id."""
    return session.scalars(select(KnowledgeItem).order_by(KnowledgeItem.id)).all()


def article_ids(session: Session) -> dict[str, int]:
    """The id of every article by its title in lower case: what an import compares its titles with."""
    statement = select(KnowledgeItem.title, KnowledgeItem.id).where(KnowledgeItem.kind == KnowledgeKind.ARTICLE)
    return {title.strip().lower(): item_id for title, item_id in session.execute(statement)}


def count_knowledge(session: Session, kind: KnowledgeKind | None = None) -> int:
    """How many articles and tickets are stored; of one kind, or all."""
    statement = select(func.count()).select_from(KnowledgeItem)
    return session.scalar(statement.where(KnowledgeItem.kind == kind) if kind else statement) or 0


def knowledge_page(
    session: Session,
    *,
    kind: KnowledgeKind | None = None,
    query: str | None = None,
    order: str = "newest",
    offset: int = 0,
    limit: int = 50,
) -> tuple[Sequence[KnowledgeItem], int]:
    """A part of the articles and tickets that fit, and how many fit in all. `query` looks into title and text; `order`
    is newest, oldest (by a ticket's own moment, else when it was stored) or title."""
    conditions = [KnowledgeItem.kind == kind] if kind else []
    for word in (query or "").split():
        columns = (KnowledgeItem.title, KnowledgeItem.content)
        conditions.append(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    total = session.scalar(select(func.count()).select_from(KnowledgeItem).where(*conditions)) or 0
    when = func.coalesce(KnowledgeItem.happened_at, KnowledgeItem.created_at)
    orders = {
        "newest": (when.desc(), KnowledgeItem.id.desc()),
        "oldest": (when, KnowledgeItem.id),
        "title": (func.lower(KnowledgeItem.title), KnowledgeItem.id),
    }
    statement = select(KnowledgeItem).where(*conditions).order_by(*orders[order]).offset(offset).limit(limit)
    return session.scalars(statement).all(), total
