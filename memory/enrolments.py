"""What running workflows needs beside the people in them: counts of steps, where triggers have looked, who is where.

All of it is written in the transactions that move people, so that it agrees with them after any crash.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.deliveries import Delivery
from memory.enums import DeliveryState, EventType
from memory.events import LeadEvent
from memory.mailings import EmailCampaign
from memory.workflows import UNDER_WAY, Enrolment

#: The port under which the end of a way is counted.
ENDED = ""
_BIG = BigInteger().with_variant(Integer(), "sqlite")


class StepCount(Base):
    """How often people left one step of one version by a port (ENDED: their way ended there)."""

    __tablename__ = "step_counts"

    version_id: Mapped[int] = mapped_column(
        ForeignKey("workflow_versions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    node: Mapped[str] = mapped_column(String(32), primary_key=True)
    port: Mapped[str] = mapped_column(String(16), primary_key=True)
    amount: Mapped[int]


class TriggerCursor(Base):
    """How far one kind of look has come: `name` is "events", "leads", or "workflow:<id>".

    Rows up to `seen_id` are dealt with. On PostgreSQL a row may become visible after one with a higher number: what was
    looked at up to `read_id` counts as dealt with once every transaction before `horizon` is over. `looked_at` is for
    looks that go by the clock (UTC).
    """

    __tablename__ = "trigger_cursors"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_id: Mapped[int] = mapped_column(_BIG, default=0)
    read_id: Mapped[int] = mapped_column(_BIG, default=0)
    horizon: Mapped[int] = mapped_column(BigInteger(), default=0)
    looked_at: Mapped[datetime | None]


class SegmentMember(Base):
    """Who fitted the segment of a workflow's trigger when it last looked: coming in and leaving are seen by it."""

    __tablename__ = "segment_members"
    __table_args__ = (Index("ix_segment_members_lead", "lead_id"),)

    workflow_id: Mapped[int] = mapped_column(
        ForeignKey("workflows.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    lead_id: Mapped[int] = mapped_column(
        ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


def count_steps(session: Session, counted: Mapping[tuple[int, str, str], int]) -> None:
    """Add to the counts of steps: {(version, node, port): people}."""
    if not counted:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(StepCount)
    statement = statement.on_conflict_do_update(
        index_elements=["version_id", "node", "port"],
        set_={"amount": StepCount.amount + statement.excluded.amount},
    )
    # In one order everywhere, so that two workers cannot wait for each other.
    rows = [
        {"version_id": version, "node": node, "port": port, "amount": amount}
        for (version, node, port), amount in sorted(counted.items())
    ]
    session.execute(statement, rows)


def steps_counted(session: Session, version_id: int) -> dict[str, dict[str, int]]:
    """How often each step of a version was taken: {node: {port: people}}."""
    found: dict[str, dict[str, int]] = {}
    for one in session.scalars(select(StepCount).where(StepCount.version_id == version_id)):
        found.setdefault(one.node, {})[one.port] = one.amount
    return found


def waiting_before(session: Session, workflow_id: int, version_id: int | None = None) -> dict[str, dict[str, int]]:
    """How many people stand before each step now: {node: {state: people}}; of one version, or all."""
    statement = select(Enrolment.node, Enrolment.state, func.count()).where(
        Enrolment.workflow_id == workflow_id, Enrolment.state.in_(UNDER_WAY)
    )
    if version_id is not None:
        statement = statement.where(Enrolment.version_id == version_id)
    found: dict[str, dict[str, int]] = {}
    for node, state, amount in session.execute(statement.group_by(Enrolment.node, Enrolment.state)):
        if node:
            found.setdefault(node, {})[state.value] = amount
    return found


def mail_states(session: Session, version_id: int) -> dict[str, dict[DeliveryState, int]]:
    """What became of the mails of each step of a version: {node: {state: messages}}."""
    statement = (
        select(EmailCampaign.workflow_node, Delivery.state, func.count())
        .join(Delivery, Delivery.email_campaign_id == EmailCampaign.id)
        .where(EmailCampaign.workflow_version_id == version_id)
        .group_by(EmailCampaign.workflow_node, Delivery.state)
    )
    found: dict[str, dict[DeliveryState, int]] = {}
    for node, state, amount in session.execute(statement):
        if node:
            found.setdefault(node, {})[state] = amount
    return found


def mail_answers(session: Session, version_id: int) -> dict[str, dict[EventType, int]]:
    """How many people had each kind of human event for the mail of each step of a version: {node: {type: people}}."""
    statement = (
        select(EmailCampaign.workflow_node, LeadEvent.type, func.count(LeadEvent.lead_id.distinct()))
        .join(LeadEvent, LeadEvent.email_campaign_id == EmailCampaign.id)
        .where(EmailCampaign.workflow_version_id == version_id, LeadEvent.machine.is_(False))
        .group_by(EmailCampaign.workflow_node, LeadEvent.type)
    )
    found: dict[str, dict[EventType, int]] = {}
    for node, type, amount in session.execute(statement):
        if node:
            found.setdefault(node, {})[type] = amount
    return found


def cursor(session: Session, name: str) -> TriggerCursor | None:
    """The cursor of this name, locked; None where another worker has it now. It is made when it is asked for first."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    blank = {"name": name, "seen_id": 0, "read_id": 0, "horizon": 0}
    session.execute(dialect.insert(TriggerCursor).values(**blank).on_conflict_do_nothing())
    statement = select(TriggerCursor).where(TriggerCursor.name == name).with_for_update(skip_locked=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).first()


def move_on(session: Session, at: TriggerCursor, read_id: int) -> None:
    """Everything up to `read_id` that could be seen was dealt with.

    SQLite has one writer at a time, so nothing comes later with a lower number. On PostgreSQL that is only sure when
    all transactions are over that were under way when it was read.
    """
    if session.get_bind().dialect.name == "sqlite":
        at.seen_id = at.read_id = read_id
        return
    oldest, next_one = session.execute(
        text(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, "
            "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
    ).one()
    if at.read_id > at.seen_id and oldest >= at.horizon:
        at.seen_id = at.read_id
    if read_id > at.read_id or at.read_id <= at.seen_id:
        at.read_id, at.horizon = read_id, next_one
    session.flush()
