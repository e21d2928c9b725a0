"""What leaves the house by other ways than mailings: text messages and calls of webhooks, mails to the house's own people.

A ledger like that of the mailings (see memory.deliveries): laid under a key that is unique, claimed under a lease,
marked as *sending* before it is handed over, and unknown, never repeated, where nobody can tell whether it arrived.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column
from memory.enums import DeliveryState

LOST = "the worker stopped while it was being handed over"
#: States in which a text message counts as having reached the person, for the frequency cap.
REACHING = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)


class CallKind(StrEnum):
    SMS = "sms"
    WEBHOOK = "webhook"
    HOUSE_MAIL = "house_mail"


class Call(Base):
    """One call. `target` is a URL, or an address of the house; `payload` what is handed over. Moments are UTC.

    `workflow_id`, `node`, `enrolment_id` and `lead_id` say what it belongs to, where it belongs to a workflow.
    """

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_due", "state", "due_at"),
        Index("ix_calls_enrolment", "enrolment_id"),
        Index("ix_calls_lead", "lead_id"),
        Index("ix_calls_workflow", "workflow_id", "node", "state"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[CallKind] = mapped_column(enum_column(CallKind))
    target: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]]
    workflow_id: Mapped[int | None]
    version_id: Mapped[int | None]
    node: Mapped[str | None] = mapped_column(String(32))
    enrolment_id: Mapped[int | None] = mapped_column(BigInteger())
    lead_id: Mapped[int | None]
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState), default=DeliveryState.PENDING)
    reason: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


_BLANK: dict[str, Any] = {
    "workflow_id": None, "version_id": None, "node": None, "enrolment_id": None, "lead_id": None, "reason": None,
    "state": DeliveryState.PENDING, "attempts": 0,
}  # fmt: skip


def lay_calls(session: Session, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write calls (dicts of columns: key, kind, target, payload are needed); one whose key is there already is left out."""
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    full = [{**_BLANK, "due_at": now, "changed_at": now, **row} for row in rows]
    session.execute(dialect.insert(Call).on_conflict_do_nothing(index_elements=["key"]), full)


def due_calls(session: Session, now: datetime, limit: int) -> Sequence[Call]:
    """Calls that are due, earliest first; on PostgreSQL locked, those locked by others left out."""
    statement = (
        select(Call)
        .where(Call.state == DeliveryState.PENDING, Call.due_at <= now)
        .order_by(Call.due_at, Call.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(statement).all()


def calls_due(session: Session, now: datetime) -> bool:
    """Whether there is something for `due_calls` or `take_back_calls` to do."""
    due = select(Call.id).where(Call.state == DeliveryState.PENDING, Call.due_at <= now).limit(1)
    held = Call.state.in_([DeliveryState.CLAIMED, DeliveryState.SENDING])
    lost = select(Call.id).where(held, Call.lease_until < now).limit(1)
    return session.scalar(due) is not None or session.scalar(lost) is not None


def mark_call(session: Session, call_id: int, worker: str, until: datetime, now: datetime) -> bool:
    """Mark a claimed call as being handed over; False where it must not be (cancelled, or its lease ended)."""
    statement = (
        update(Call)
        .where(Call.id == call_id, Call.state == DeliveryState.CLAIMED, Call.leased_by == worker)
        .values(state=DeliveryState.SENDING, lease_until=until, changed_at=now)
        .returning(Call.id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement) is not None


def take_back_calls(session: Session, now: datetime) -> int:
    """End the leases that ran out: what was only claimed is due again, what was being handed over is unknown."""
    ended = (Call.lease_until.is_not(None), Call.lease_until < now)
    free = {"leased_by": None, "lease_until": None, "changed_at": now}
    none = {"synchronize_session": False}
    session.execute(
        update(Call).where(Call.state == DeliveryState.CLAIMED, *ended).values(state=DeliveryState.PENDING, **free),
        execution_options=none,
    )
    unknown = session.execute(
        update(Call)
        .where(Call.state == DeliveryState.SENDING, *ended)
        .values(state=DeliveryState.UNKNOWN, reason=LOST, **free)
        .returning(Call.id),
        execution_options=none,
    )
    return len(unknown.all())


def cancel_calls(session: Session, workflow_id: int, now: datetime) -> None:
    """Cancel the calls of a workflow that were not handed over yet."""
    waiting = (DeliveryState.PENDING, DeliveryState.CLAIMED)
    session.execute(
        update(Call)
        .where(Call.workflow_id == workflow_id, Call.state.in_(waiting))
        .values(state=DeliveryState.CANCELLED, leased_by=None, lease_until=None, changed_at=now),
        execution_options={"synchronize_session": False},
    )


def texts_since(session: Session, lead_ids: Sequence[int], since: datetime) -> dict[int, int]:
    """How many text messages each lead got since a moment, may have got or is about to get; leads with none are left out."""
    statement = (
        select(Call.lead_id, func.count())
        .where(
            Call.lead_id.in_(lead_ids), Call.kind == CallKind.SMS, Call.state.in_(REACHING), Call.changed_at >= since
        )
        .group_by(Call.lead_id)
    )
    return {lead_id: amount for lead_id, amount in session.execute(statement).tuples() if lead_id is not None}


def unknown_calls(session: Session, *, limit: int = 1_000) -> Sequence[Call]:
    """The calls of which nobody knows whether they arrived, newest first."""
    statement = select(Call).where(Call.state == DeliveryState.UNKNOWN).order_by(Call.id.desc()).limit(limit)
    return session.scalars(statement).all()


def call_states(session: Session, version_id: int) -> dict[str, dict[DeliveryState, int]]:
    """What became of the calls of each step of a version: {node: {state: calls}}."""
    statement = select(Call.node, Call.state, func.count()).where(Call.version_id == version_id)
    found: dict[str, dict[DeliveryState, int]] = {}
    for node, state, amount in session.execute(statement.group_by(Call.node, Call.state)):
        if node:
            found.setdefault(node, {})[state] = amount
    return found
