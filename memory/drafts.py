"""Drafts: texts and plans that a tool wrote and that nobody has used yet."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, bindparam, cast, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column, utc_now


class DraftState(StrEnum):
    """What a person did with a draft: nothing yet, kept it, or put it aside (it can be taken out again)."""

    NEW = "new"
    KEPT = "kept"
    DISCARDED = "discarded"


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
    state: Mapped[DraftState] = mapped_column(enum_column(DraftState), default=DraftState.NEW)


def drafts_of_campaign(session: Session, campaign_id: int, kind: str | None = None) -> Sequence[Draft]:
    """A campaign's drafts, newest first."""
    statement = select(Draft).where(Draft.campaign_id == campaign_id).order_by(Draft.id.desc())
    if kind:
        statement = statement.where(Draft.kind == kind)
    return session.scalars(statement).all()


_AMOUNT = select(func.count(Draft.id)).where(Draft.campaign_id == bindparam("campaign"))


def count_drafts(session: Session, campaign_id: int) -> int:
    """How many drafts a campaign has."""
    return session.scalar(_AMOUNT, {"campaign": campaign_id}) or 0


def recent_drafts(session: Session, kind: str | None = None, limit: int = 20) -> Sequence[Draft]:
    """The newest drafts."""
    statement = select(Draft).order_by(Draft.id.desc()).limit(limit)
    if kind:
        statement = statement.where(Draft.kind == kind)
    return session.scalars(statement).all()


def drafts_on_show(
    session: Session, kinds: Sequence[str], *, discarded: bool = False, limit: int = 60
) -> Sequence[Draft]:
    """The drafts of these kinds, those kept before the others, each the newest first; or those that were put aside."""
    wanted = Draft.state == DraftState.DISCARDED if discarded else Draft.state != DraftState.DISCARDED
    statement = select(Draft).where(Draft.kind.in_(kinds), wanted)
    return session.scalars(statement.order_by(Draft.state != DraftState.KEPT, Draft.id.desc()).limit(limit)).all()


def drafts_resting_on(session: Session, kind: str, record_id: int, limit: int = 100) -> Sequence[Draft]:
    """The newest drafts whose writer was shown this record (kind as in `sources`: article, ticket, campaign)."""
    # The text is our own JSON: a first sieve for the database, then each row is looked at.
    statement = (
        select(Draft)
        .where(cast(Draft.sources, Text).contains(f'"{kind}"'))
        .order_by(Draft.id.desc())
        .execution_options(yield_per=200)
    )
    found = []
    for draft in session.scalars(statement):
        if any(source.get("kind") == kind and source.get("id") == record_id for source in draft.sources):
            found.append(draft)
            if len(found) == limit:
                break
    return found
