"""Drafts: texts and plans that a tool wrote and that nobody has used yet."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, utc_now


class Draft(Base):
    """One draft. kind says what it is (email, sms, call_script, ad, ideas, optimization, campaign_content, ...).

    `body` holds its parts as the tool's result names them; `sources` what the writer was shown (kind, id, title).
    """

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"), index=True)
    ai_generated: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


def drafts_of_campaign(session: Session, campaign_id: int, kind: str | None = None) -> Sequence[Draft]:
    """A campaign's drafts, newest first."""
    statement = select(Draft).where(Draft.campaign_id == campaign_id).order_by(Draft.id.desc())
    if kind:
        statement = statement.where(Draft.kind == kind)
    return session.scalars(statement).all()


def recent_drafts(session: Session, kind: str | None = None, limit: int = 20) -> Sequence[Draft]:
    """The newest drafts."""
    statement = select(Draft).order_by(Draft.id.desc()).limit(limit)
    if kind:
        statement = statement.where(Draft.kind == kind)
    return session.scalars(statement).all()
