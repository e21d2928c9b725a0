"""What the hub has told the house's own people: a step of a workflow that notifies, the night's digest, an anomaly."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base

#: Kinds of notices.
TOLD, DIGEST, ANOMALY = "told", "digest", "anomaly"


class Notice(Base):
    """One notice, once under its `key` ("digest:2026-04-07"). `data` holds what the text is made of; moments are UTC."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_kind", "kind", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    who: Mapped[str | None] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    workflow_id: Mapped[int | None]
    lead_id: Mapped[int | None]
    plan_id: Mapped[int | None]
    data: Mapped[dict[str, Any] | None]


_BLANK: dict[str, Any] = {"who": None, "workflow_id": None, "lead_id": None, "plan_id": None, "data": None}


def lay_notices(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store notices (dicts of columns); one whose key is there already is left out."""
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        full = [{**_BLANK, **row} for row in rows]
        session.execute(dialect.insert(Notice).on_conflict_do_nothing(index_elements=["key"]), full)


def notices(session: Session, *, kind: str | None = None, limit: int = 50) -> Sequence[Notice]:
    """Notices, newest first; of one kind, or all."""
    statement = select(Notice).order_by(Notice.id.desc()).limit(limit)
    return session.scalars(statement.where(Notice.kind == kind) if kind else statement).all()


def notice_named(session: Session, key: str) -> Notice | None:
    """The notice under this key, if there is one."""
    return session.scalars(select(Notice).where(Notice.key == key)).first()
