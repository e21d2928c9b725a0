"""What brings people into workflows and ends their ways: new leads, new events, days in their fields."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, extract, func, or_, select, update
from sqlalchemy.orm import Session

from memory.enums import EventType
from memory.events import LeadEvent
from memory.leads import Lead, LeadField
from memory.past_events import CHUNK
from memory.rows import among
from memory.workflows import UNDER_WAY, Enrolment, EnrolmentState, WorkflowVersion

_QUIET = {"synchronize_session": False}


def newest_lead(session: Session) -> int:
    """The highest number of a lead; 0 where there is none."""
    return session.scalar(select(func.max(Lead.id))) or 0


def first_lead(begun: datetime) -> Select[int]:
    """Asks for the lowest number of the leads created since then."""
    return select(func.min(Lead.id)).where(Lead.created_at >= begun)


def leads_numbered(session: Session, above: int, upto: int) -> list[tuple[int, datetime]]:
    """The leads of these numbers, each with the moment it was created."""
    statement = select(Lead.id, Lead.created_at).where(Lead.id > above, Lead.id <= upto).order_by(Lead.id)
    return list(session.execute(statement).tuples())


def ever_in(session: Session, workflow_id: int, ids: Sequence[int]) -> set[int]:
    """Those of the leads who have been in a workflow."""
    known: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        some = among(session, Enrolment.lead_id, ids[start : start + CHUNK])
        known.update(session.scalars(select(Enrolment.lead_id).where(Enrolment.workflow_id == workflow_id, some)))
    return known


def newest_event(session: Session) -> int:
    """The highest number of an event; 0 where there is none."""
    return session.scalar(select(func.max(LeadEvent.id))) or 0


def lowest_event(begun: datetime) -> Select[int]:
    """Asks for the lowest number of the events that happened since then."""
    return select(func.min(LeadEvent.id)).where(LeadEvent.at >= begun, LeadEvent.imported.is_(False))


def events_numbered(
    session: Session, types: Sequence[EventType], above: int, upto: int
) -> list[tuple[int, int, EventType, str | None, datetime, int | None, dict[str, Any] | None]]:
    """The human events of these types and numbers: (id, lead, type, name, at, mailing, data)."""
    columns = (
        LeadEvent.id, LeadEvent.lead_id, LeadEvent.type, LeadEvent.name, LeadEvent.at, LeadEvent.email_campaign_id, LeadEvent.data,
    )  # fmt: skip
    statement = select(*columns).where(
        LeadEvent.id > above, LeadEvent.id <= upto, LeadEvent.type.in_(types), LeadEvent.machine.is_(False),
        LeadEvent.imported.is_(False),
    )  # fmt: skip
    return list(session.execute(statement.order_by(LeadEvent.id)).tuples())


def pinned_versions(session: Session, workflow_ids: Sequence[int]) -> Sequence[WorkflowVersion]:
    """The versions of these workflows that people have entered or may enter."""
    statement = select(WorkflowVersion).where(
        WorkflowVersion.workflow_id.in_(workflow_ids), WorkflowVersion.pinned_at.is_not(None)
    )
    return session.scalars(statement.order_by(WorkflowVersion.id)).all()


def end_at_goal(session: Session, workflow_id: int, version_id: int, lead_id: int, at: datetime) -> None:
    """A person did what the workflow is for: the way ends; one that was over already is marked as converted."""
    mine = (
        Enrolment.workflow_id == workflow_id, Enrolment.version_id == version_id, Enrolment.lead_id == lead_id,
        Enrolment.entered_at <= at, Enrolment.converted_at.is_(None),
    )  # fmt: skip
    ended = {"state": EnrolmentState.CONVERTED, "node": None, "due_at": None, "note": None, "ended_at": at}
    session.execute(
        update(Enrolment).where(*mine, Enrolment.state.in_(UNDER_WAY)).values(**ended, converted_at=at),
        execution_options=_QUIET,
    )
    session.execute(
        update(Enrolment).where(*mine, Enrolment.state == EnrolmentState.COMPLETED).values(converted_at=at),
        execution_options=_QUIET,
    )


def wake(
    session: Session, workflow_id: int, version_id: int, node: str, lead_ids: Sequence[int], now: datetime
) -> None:
    """Have these people, who wait before a step, be looked at now."""
    session.execute(
        update(Enrolment)
        .where(
            Enrolment.workflow_id == workflow_id, Enrolment.version_id == version_id, Enrolment.lead_id.in_(lead_ids),
            Enrolment.state == EnrolmentState.ACTIVE, Enrolment.node == node, Enrolment.due_at > now,
        )
        .values(due_at=now),
        execution_options=_QUIET,
    )  # fmt: skip


def leads_after(session: Session, above: int, most: int) -> list[int]:
    """The numbers of the next leads, in order."""
    return list(session.scalars(select(Lead.id).where(Lead.id > above).order_by(Lead.id).limit(most)))


def leads_having_day(session: Session, field: str, day: date, *, yearly: bool) -> list[int]:
    """The leads whose custom field holds a day (each year: this day of any year; 29 February counts on the 28th where
    the year has none)."""
    held: ColumnElement[bool] = LeadField.day == day
    if yearly:
        months, days = extract("month", LeadField.day), extract("day", LeadField.day)
        held = and_(months == day.month, days == day.day, LeadField.day <= day)
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).day == 1:
            held = and_(months == 2, or_(days == 28, days == 29), LeadField.day <= day)
    statement = select(LeadField.lead_id).where(LeadField.name == field.casefold(), LeadField.day.is_not(None), held)
    return list(session.scalars(statement.order_by(LeadField.lead_id)))
