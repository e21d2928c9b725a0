"""Leads, and what they did and when, as workflows ask for them: looked up, never changed."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from memory.enums import EventType
from memory.events import LeadEvent
from memory.leads import Lead, LeadField
from memory.rows import among

#: Leads asked for in one query.
CHUNK = 5_000


def created_between(
    session: Session, since: datetime, until: datetime, where: ColumnElement[bool] | None = None
) -> list[tuple[int, datetime]]:
    """The leads created in a window, each with the moment, in order."""
    statement = select(Lead.id, Lead.created_at).where(Lead.created_at >= since, Lead.created_at < until)
    if where is not None:
        statement = statement.where(where)
    return list(session.execute(statement.order_by(Lead.created_at, Lead.id)).tuples())


def happened_between(
    session: Session,
    types: Sequence[EventType],
    since: datetime,
    until: datetime,
    *,
    name: str | None = None,
    email_campaign_id: int | None = None,
    to: str | None = None,
    where: ColumnElement[bool] | None = None,
) -> list[tuple[int, datetime]]:
    """The human events of a window, as leads with moments, in order. `name` compares without case; `to` is the status
    that a change of status led to."""
    statement = select(LeadEvent.lead_id, LeadEvent.at, LeadEvent.data).where(
        LeadEvent.type.in_(list(types)), LeadEvent.machine.is_(False), LeadEvent.at >= since, LeadEvent.at < until
    )
    if name is not None:
        statement = statement.where(func.lower(LeadEvent.name) == name.lower())
    if email_campaign_id is not None:
        statement = statement.where(LeadEvent.email_campaign_id == email_campaign_id)
    if where is not None:
        statement = statement.where(LeadEvent.lead_id.in_(select(Lead.id).where(where)))
    rows = session.execute(statement.order_by(LeadEvent.at, LeadEvent.id))
    return [(lead_id, at) for lead_id, at, data in rows if to is None or (data or {}).get("to") == to]


def leads_among(session: Session, ids: Sequence[int], where: ColumnElement[bool]) -> set[int]:
    """Those of the leads for whom a condition holds now."""
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        found.update(session.scalars(select(Lead.id).where(among(session, Lead.id, ids[start : start + CHUNK]), where)))
    return found


def leads_that(session: Session, *conditions: ColumnElement[bool]) -> list[int]:
    """The ids of the leads for whom all the conditions hold, in order."""
    return list(session.scalars(select(Lead.id).where(*conditions).order_by(Lead.id)))


def field_days(session: Session, field: str, where: ColumnElement[bool] | None = None) -> list[tuple[int, date]]:
    """The leads that have a day in a custom field, each with it."""
    statement = select(LeadField.lead_id, LeadField.day).where(
        LeadField.name == field.casefold(), LeadField.day.is_not(None)
    )
    if where is not None:
        statement = statement.where(LeadField.lead_id.in_(select(Lead.id).where(where)))
    return [
        (lead_id, day) for lead_id, day in session.execute(statement.order_by(LeadField.lead_id)) if day is not None
    ]


def events_of_leads(
    session: Session, ids: Sequence[int], types: Sequence[EventType], since: datetime
) -> dict[int, list[tuple[datetime, EventType, str | None, int | None]]]:
    """The human events of some leads since a moment: {lead: [(at, type, name, mailing)]}, each in order."""
    found: dict[int, list[tuple[datetime, EventType, str | None, int | None]]] = {}
    for start in range(0, len(ids) if types else 0, CHUNK):
        statement = (
            select(LeadEvent.lead_id, LeadEvent.at, LeadEvent.type, LeadEvent.name, LeadEvent.email_campaign_id)
            .where(
                among(session, LeadEvent.lead_id, ids[start : start + CHUNK]),
                LeadEvent.type.in_(list(types)),
                LeadEvent.machine.is_(False),
                LeadEvent.at >= since,
            )
            .order_by(LeadEvent.at, LeadEvent.id)
        )
        for lead_id, at, type, name, mailing in session.execute(statement):
            found.setdefault(lead_id, []).append((at, type, name, mailing))
    return found


def event_counts(session: Session, since: datetime, until: datetime) -> list[tuple[EventType, str | None, int, int]]:
    """What happened in a window: (type, name of its own, different leads, events), those of most leads first.

    Only events of type OTHER and tags are told apart by name.
    """
    told = (EventType.OTHER, EventType.TAGGED)
    name = case((LeadEvent.type.in_(told), LeadEvent.name), else_=None)
    leads = func.count(LeadEvent.lead_id.distinct())
    statement = (
        select(LeadEvent.type, name, leads, func.count())
        .where(LeadEvent.machine.is_(False), LeadEvent.at >= since, LeadEvent.at < until)
        .group_by(LeadEvent.type, name)
        .order_by(leads.desc(), LeadEvent.type, name)
    )
    return [(type, own, people, events) for type, own, people, events in session.execute(statement)]


def event_name_known(session: Session, name: str) -> bool:
    """Whether an event of this name was ever recorded."""
    statement = select(LeadEvent.id).where(
        LeadEvent.type == EventType.OTHER, func.lower(LeadEvent.name) == name.lower()
    )
    return session.scalars(statement.limit(1)).first() is not None
