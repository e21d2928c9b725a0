"""Workflows: the record, its versions, the people in them, and every question that is asked about them.

A person in a workflow is a row (`Enrolment`), never a task: a tick takes the rows that are due, moves each on by one
step of the version that it entered, and writes a line of its path (`EnrolmentStep`).
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    and_,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped, Versioned, enum_column
from memory.enums import EventType, WorkflowStatus
from memory.events import LeadEvent
from memory.metrics import MetricPoint

#: The noun under which imported figures of a workflow stand in memory.metrics.
KIND = "workflow"


class EnrolmentState(StrEnum):
    """Where a person in a workflow stands. `HELD`: at a step that cannot be done yet (`note` says what is missing)."""

    ACTIVE = "active"
    HELD = "held"
    COMPLETED = "completed"
    CONVERTED = "converted"
    LEFT = "left"
    FAILED = "failed"


#: States in which a person is still under way.
UNDER_WAY = (EnrolmentState.ACTIVE, EnrolmentState.HELD)


class Workflow(Versioned, Base):
    """A workflow. What it does stands in its versions: the newest is the one that is edited, `version_id` the one that
    people enter (pinned when it is activated). Whoever is under way finishes on the version that they entered.
    `status_reason` says why it was paused, where the hub did that itself.
    `trigger` and `steps` repeat the newest version, to be read without its graph.

    Its metrics are not stored here: they are counted from the enrolments; imported history stands in memory.metrics.
    """

    __tablename__ = "workflows"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[WorkflowStatus] = mapped_column(
        enum_column(WorkflowStatus), default=WorkflowStatus.DRAFT, index=True
    )
    trigger: Mapped[dict[str, Any]]
    steps: Mapped[list[dict[str, Any]]]
    version_id: Mapped[int | None]
    activated_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    status_reason: Mapped[str | None] = mapped_column(Text)
    ai_optimized: Mapped[bool] = mapped_column(default=False)


class WorkflowVersion(Stamped, Base):
    """One version of a workflow's graph (JSON, see tools.automating.graph); never changed once people have entered it.

    `texts` are the text messages of its steps as they were approved ({node: text}); its mails stand in memory.mailings.
    """

    __tablename__ = "workflow_versions"
    __table_args__ = (UniqueConstraint("workflow_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workflow_id: Mapped[int] = mapped_column(ForeignKey("workflows.id", ondelete="CASCADE"))
    number: Mapped[int]
    graph: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any] | None]
    pinned_at: Mapped[datetime | None]


class Enrolment(Base):
    """One person's way through one version of a workflow. Moments are UTC.

    `entry` counts a person's ways (re-entry), so that one event enrols nobody twice; `node` is the step that comes next,
    at `due_at`; a worker claims it for a while (`lease_until`, `leased_by`). `data` holds what the way has to remember
    (see tools.automating.advance.Person). `converted_at` is set when the goal is reached, also later.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        UniqueConstraint("workflow_id", "lead_id", "entry"),
        # With `node`, so that how many stand before each step is counted from the index alone.
        Index("ix_enrolments_due", "workflow_id", "state", "due_at", "node"),
        Index("ix_enrolments_workflow_state", "workflow_id", "state", "entered_at"),
        Index("ix_enrolments_lead", "lead_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    workflow_id: Mapped[int] = mapped_column(ForeignKey("workflows.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("workflow_versions.id", ondelete="CASCADE"))
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    entry: Mapped[int] = mapped_column(default=1)
    state: Mapped[EnrolmentState] = mapped_column(enum_column(EnrolmentState), default=EnrolmentState.ACTIVE)
    node: Mapped[str | None] = mapped_column(String(32))
    due_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    note: Mapped[str | None] = mapped_column(Text)
    event_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    entered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    converted_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any] | None]


class EnrolmentStep(Base):
    """One step that a person took: the node, when (UTC), by which way on (`port`), and what was said of it (`note`).

    Messages are followed by the lead events that carry the workflow's id and the node as their name.
    """

    __tablename__ = "enrolment_steps"
    __table_args__ = (
        Index("ix_enrolment_steps_enrolment", "enrolment_id", "id"),
        Index("ix_enrolment_steps_workflow", "workflow_id", "node", "port"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id", ondelete="CASCADE"))
    workflow_id: Mapped[int]
    lead_id: Mapped[int]
    node: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    port: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)


def workflow_named(session: Session, name: str) -> Workflow | None:
    """The workflow of exactly this name (without case), if there is one."""
    return session.scalars(select(Workflow).where(func.lower(Workflow.name) == name.strip().lower())).first()


def list_workflows(session: Session, *, status: WorkflowStatus | None = None) -> Sequence[Workflow]:
    """Workflows, newest first; with `status`, those that have it."""
    statement = select(Workflow).order_by(Workflow.id.desc())
    return session.scalars(statement.where(Workflow.status == status) if status else statement).all()


def newest_version(session: Session, workflow_id: int) -> WorkflowVersion:
    """The latest version of a workflow."""
    statement = select(WorkflowVersion).where(WorkflowVersion.workflow_id == workflow_id)
    return session.scalars(statement.order_by(WorkflowVersion.number.desc()).limit(1)).one()


def versions_of(session: Session, workflow_id: int) -> Sequence[WorkflowVersion]:
    """All versions of a workflow, the first first."""
    statement = select(WorkflowVersion).where(WorkflowVersion.workflow_id == workflow_id)
    return session.scalars(statement.order_by(WorkflowVersion.number)).all()


def states_of_workflow(
    session: Session, workflow_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> dict[EnrolmentState, int]:
    """How many ways of a workflow stand in each state; with a window, those that began in it (until exclusive)."""
    statement = select(Enrolment.state, func.count()).where(
        Enrolment.workflow_id == workflow_id, *_entered(since, until)
    )
    return dict(session.execute(statement.group_by(Enrolment.state)).tuples().all())


def states_of_workflows(session: Session) -> dict[int, dict[EnrolmentState, int]]:
    """How many ways stand in each state, by workflow: one query for a whole list."""
    statement = select(Enrolment.workflow_id, Enrolment.state, func.count())
    found: dict[int, dict[EnrolmentState, int]] = {}
    for workflow_id, state, amount in session.execute(statement.group_by(Enrolment.workflow_id, Enrolment.state)):
        found.setdefault(workflow_id, {})[state] = amount
    return found


def converted_of(
    session: Session, workflow_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> int:
    """How many of the ways (that began in the window) reached the goal."""
    statement = select(func.count()).where(
        Enrolment.workflow_id == workflow_id, Enrolment.converted_at.is_not(None), *_entered(since, until)
    )
    return session.scalar(statement) or 0


def versions_entered(session: Session, workflow_id: int) -> dict[int, int]:
    """How many ways each version (by id) has been entered by."""
    statement = select(Enrolment.version_id, func.count()).where(Enrolment.workflow_id == workflow_id)
    return dict(session.execute(statement.group_by(Enrolment.version_id)).tuples().all())


def standing_at(
    session: Session, workflow_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> dict[str, int]:
    """How many people under way stand before each step."""
    statement = select(Enrolment.node, func.count()).where(
        Enrolment.workflow_id == workflow_id, Enrolment.state.in_(UNDER_WAY), *_entered(since, until)
    )
    return {node: amount for node, amount in session.execute(statement.group_by(Enrolment.node)) if node}


def taken_steps(
    session: Session,
    workflow_id: int,
    *,
    version_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, dict[str | None, int]]:
    """How many ways took each step, by the way on from it: {node: {port: ways}}. A step taken twice on a way counts once."""
    statement = (
        select(EnrolmentStep.node, EnrolmentStep.port, func.count(EnrolmentStep.enrolment_id.distinct()))
        .join(Enrolment, Enrolment.id == EnrolmentStep.enrolment_id)
        .where(EnrolmentStep.workflow_id == workflow_id, *_entered(since, until))
        .group_by(EnrolmentStep.node, EnrolmentStep.port)
    )
    if version_id is not None:
        statement = statement.where(Enrolment.version_id == version_id)
    found: dict[str, dict[str | None, int]] = {}
    for node, port, amount in session.execute(statement):
        found.setdefault(node, {})[port] = amount
    return found


def answers_by_step(
    session: Session,
    workflow_id: int,
    *,
    version_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, dict[EventType, int]]:
    """How many ways had each kind of human event for the message of each step: {node: {type: ways}}."""
    statement = (
        select(EnrolmentStep.node, LeadEvent.type, func.count(EnrolmentStep.enrolment_id.distinct()))
        .join(Enrolment, Enrolment.id == EnrolmentStep.enrolment_id)
        .join(
            LeadEvent,
            and_(
                LeadEvent.lead_id == EnrolmentStep.lead_id,
                LeadEvent.workflow_id == EnrolmentStep.workflow_id,
                LeadEvent.name == EnrolmentStep.node,
                LeadEvent.at >= EnrolmentStep.at,
                LeadEvent.machine.is_(False),
            ),
        )
        .where(EnrolmentStep.workflow_id == workflow_id, *_entered(since, until))
        .group_by(EnrolmentStep.node, LeadEvent.type)
    )
    if version_id is not None:
        statement = statement.where(Enrolment.version_id == version_id)
    found: dict[str, dict[EventType, int]] = {}
    for node, type, amount in session.execute(statement):
        found.setdefault(node, {})[type] = amount
    return found


def path_of(session: Session, enrolment_id: int) -> Sequence[EnrolmentStep]:
    """The steps of one way, in order."""
    statement = select(EnrolmentStep).where(EnrolmentStep.enrolment_id == enrolment_id).order_by(EnrolmentStep.id)
    return session.scalars(statement).all()


def _entered(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    ends = []
    if since is not None:
        ends.append(Enrolment.entered_at >= since)
    if until is not None:
        ends.append(Enrolment.entered_at < until)
    return ends


def remove(session: Session, workflow: Workflow) -> None:
    """Delete a workflow with its versions, its people's ways and its recorded figures."""
    enrolments = select(Enrolment.id).where(Enrolment.workflow_id == workflow.id)
    session.execute(delete(EnrolmentStep).where(EnrolmentStep.enrolment_id.in_(enrolments)))
    session.execute(delete(Enrolment).where(Enrolment.workflow_id == workflow.id))
    session.execute(delete(WorkflowVersion).where(WorkflowVersion.workflow_id == workflow.id))
    session.execute(delete(MetricPoint).where(MetricPoint.kind == KIND, MetricPoint.record_id == workflow.id))
    session.delete(workflow)
    session.flush()
