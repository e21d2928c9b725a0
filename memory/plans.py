"""Plans: what waits at the gate for a person's word."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped

WAITING = "waiting"
EXECUTED = "executed"
REJECTED = "rejected"
SUPERSEDED = "superseded"  # what would happen changed; a newer plan stands in its place
STATES = (WAITING, EXECUTED, REJECTED, SUPERSEDED)


class Plan(Stamped, Base):
    """One gated call, exactly as it would happen. `fingerprint` is the hash of tool, arguments and preview."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    tool: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any]]
    preview: Mapped[dict[str, Any]]
    text: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default=WAITING, index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    turn_id: Mapped[str | None] = mapped_column(String(36))
    call_id: Mapped[str | None] = mapped_column(String(80), unique=True)
    asked_by: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
    superseded_by: Mapped[int | None]


def plan_for_update(session: Session, plan_id: int) -> Plan | None:
    """The plan, locked until the transaction ends (SQLite: the write lock is held already)."""
    return session.scalars(select(Plan).where(Plan.id == plan_id).with_for_update()).first()


def plan_of_call(session: Session, call_id: str) -> Plan | None:
    """The plan that this very call made before, if a crash made it be asked again."""
    return session.scalars(select(Plan).where(Plan.call_id == call_id)).first()


def waiting_plans(session: Session, conversation_id: str | None = None) -> Sequence[Plan]:
    """Plans that wait, oldest first; of one conversation, or all."""
    statement = select(Plan).where(Plan.state == WAITING).order_by(Plan.id)
    if conversation_id is not None:
        statement = statement.where(Plan.conversation_id == conversation_id)
    return session.scalars(statement).all()
