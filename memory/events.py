"""Lead events: every open, click, visit, order, call... of a lead, with what it belongs to. Built for millions of rows.

The lead's own counters (opens, clicks, visits, orders, revenue, and when each last was) are kept in step here, so that
most questions about a lead or a segment never touch this table.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    case,
    false,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column
from memory.enums import Channel, EventType
from memory.leads import Lead

#: Events that the lead's counters count, with the column of the count and of the latest one.
COUNTED: dict[EventType, tuple[str, str]] = {
    EventType.OPENED: ("opens", "last_open_at"),
    EventType.CLICKED: ("clicks", "last_click_at"),
    EventType.VISITED: ("visits", "last_visit_at"),
    EventType.ORDERED: ("orders", "last_order_at"),
}
#: Events in which the lead did something (as against what was done to them): they move `Lead.last_activity_at`.
ACTIVITY = frozenset(
    {
        EventType.OPENED, EventType.CLICKED, EventType.REPLIED, EventType.VISITED, EventType.SUBMITTED_FORM,
        EventType.SIGNED_UP, EventType.ORDERED, EventType.CONVERTED, EventType.CALLED, EventType.MET,
    }
)  # fmt: skip


def _known(column: str) -> dict[str, Any]:
    """The condition of an index that holds only the rows that have this column."""
    return {f"{dialect}_where": text(f"{column} IS NOT NULL") for dialect in ("sqlite", "postgresql")}


class LeadEvent(Base):
    """One thing that happened, at a moment (UTC).

    value is money in the hub's currency (an order's or conversion's worth). `machine` marks opens and clicks judged to
    come from a scanner or prefetch: they are kept, but counted nowhere. `imported` marks history brought along. `key`
    is unique: an event told twice (a webhook repeated) is stored once. `name` tells events of type OTHER apart.
    """

    __tablename__ = "lead_events"
    __table_args__ = (
        Index("ix_lead_events_lead", "lead_id", "at"),
        Index("ix_lead_events_type", "type", "machine", "at", "lead_id"),
        # Wide enough that the results of mailings and campaigns are counted from the indexes alone; most events belong to
        # neither, and need not be written there.
        Index("ix_lead_events_mailing", "email_campaign_id", "type", "lead_id", "machine", **_known("email_campaign_id")),
        Index(
            "ix_lead_events_campaign",
            "campaign_id", "type", "email_campaign_id", "imported", "channel", "lead_id", "machine", "value", "at",
            **_known("campaign_id"),
        ),
    )  # fmt: skip

    # SQLite numbers rows by itself only where the key is INTEGER.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    type: Mapped[EventType] = mapped_column(enum_column(EventType))
    at: Mapped[datetime]
    channel: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    name: Mapped[str | None] = mapped_column(String(64))
    campaign_id: Mapped[int | None]
    email_campaign_id: Mapped[int | None]
    workflow_id: Mapped[int | None]
    value: Mapped[float | None]
    data: Mapped[dict[str, Any] | None]
    machine: Mapped[bool] = mapped_column(default=False)
    imported: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)


def record_event(
    session: Session,
    lead_id: int,
    type: EventType,
    at: datetime,
    *,
    channel: Channel | None = None,
    name: str | None = None,
    campaign_id: int | None = None,
    email_campaign_id: int | None = None,
    workflow_id: int | None = None,
    value: float | None = None,
    data: dict[str, Any] | None = None,
    machine: bool = False,
    imported: bool = False,
    key: str | None = None,
) -> LeadEvent | None:
    """Store one event and count it on its lead; None where an event with this `key` is stored already."""
    if key is not None and session.scalars(select(LeadEvent.id).where(LeadEvent.key == key)).first() is not None:
        return None
    event = LeadEvent(
        lead_id=lead_id,
        type=type,
        at=at,
        channel=channel,
        name=name,
        campaign_id=campaign_id,
        email_campaign_id=email_campaign_id,
        workflow_id=workflow_id,
        value=value,
        data=data,
        machine=machine,
        imported=imported,
        key=key,
    )
    session.add(event)
    session.flush()
    count_events(session, [event])
    return event


def record_events(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store many events at once (dicts of LeadEvent's columns; lead_id, type and at are needed) and count them."""
    if not rows:
        return
    full = [{**_BLANK, **row} for row in rows]
    # Around the records: the unit of work costs several times what the database does.
    session.flush()
    session.connection().execute(LeadEvent.__table__.insert(), full)  # type: ignore[attr-defined]
    counted = [row for row in full if row["type"] in ACTIVITY and not row["machine"]]
    count_events(session, [LeadEvent(**row) for row in counted])


def count_events(session: Session, events: Iterable[LeadEvent]) -> None:
    """Add events that were just stored to their leads' counters; machine events count nowhere."""
    grouped: dict[int, list[LeadEvent]] = defaultdict(list)
    for event in events:
        if not event.machine and event.type in ACTIVITY:
            grouped[event.lead_id].append(event)
    session.flush()
    for lead_id in sorted(grouped):  # in one order everywhere, so that two writers cannot wait for each other
        session.execute(_addition(lead_id, grouped[lead_id]))
        _refresh(session, lead_id)


def judge_events(session: Session, event_ids: Sequence[int], *, machine: bool) -> None:
    """Judge events again as machine or human, and count their leads anew."""
    session.flush()
    session.execute(
        update(LeadEvent)
        .where(LeadEvent.id.in_(event_ids))
        .values(machine=machine)
        .execution_options(synchronize_session="fetch")
    )
    lead_ids = session.scalars(select(LeadEvent.lead_id).where(LeadEvent.id.in_(event_ids)).distinct()).all()
    recount(session, lead_ids)


def recount(session: Session, lead_ids: Sequence[int]) -> None:
    """Compute the counters of these leads anew: what was imported without single events, plus the stored events."""
    for lead_id in sorted(lead_ids):
        lead = session.get_one(Lead, lead_id, populate_existing=True)
        imported = lead.imported_counts or {}
        values: dict[str, Any] = {count: int(imported.get(count, 0)) for count, _ in COUNTED.values()}
        values["updated_at"] = lead.updated_at
        values["revenue"] = float(imported.get("revenue", 0.0))
        latest = {
            column: datetime.fromisoformat(imported[column]) for _, column in COUNTED.values() if column in imported
        }
        statement = (
            select(LeadEvent.type, func.count(), func.max(LeadEvent.at), func.sum(LeadEvent.value))
            .where(LeadEvent.lead_id == lead_id, LeadEvent.machine == false(), LeadEvent.type.in_(ACTIVITY))
            .group_by(LeadEvent.type)
        )
        activity = list(latest.values())
        for type, amount, last, worth in session.execute(statement):
            activity.append(last)
            if type in COUNTED:
                count, column = COUNTED[type]
                values[count] += amount
                latest[column] = max(last, latest.get(column, last))
            if type == EventType.ORDERED:
                values["revenue"] += worth or 0.0
        values |= {column: latest.get(column) for _, column in COUNTED.values()}
        values["last_activity_at"] = max(activity, default=None)
        session.execute(update(Lead.__table__).where(Lead.__table__.c.id == lead_id).values(values))  # type: ignore[arg-type]
        _refresh(session, lead_id)


def events_of_lead(
    session: Session, lead_id: int, *, limit: int | None = None, types: Iterable[EventType] | None = None
) -> Sequence[LeadEvent]:
    """A lead's events, newest first."""
    statement = select(LeadEvent).where(LeadEvent.lead_id == lead_id).order_by(LeadEvent.at.desc(), LeadEvent.id.desc())
    if types is not None:
        statement = statement.where(LeadEvent.type.in_(list(types)))
    return session.scalars(statement.limit(limit) if limit is not None else statement).all()


def leads_with_event(
    type: EventType,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    at_least: int = 1,
    email_campaign_id: int | None = None,
    campaign_id: int | None = None,
    name: str | None = None,
) -> Select[int]:
    """Ids of the leads with at least so many human events of a type (since inclusive, until exclusive)."""
    statement = select(LeadEvent.lead_id).where(LeadEvent.type == type, LeadEvent.machine == false())
    if since is not None:
        statement = statement.where(LeadEvent.at >= since)
    if until is not None:
        statement = statement.where(LeadEvent.at < until)
    if email_campaign_id is not None:
        statement = statement.where(LeadEvent.email_campaign_id == email_campaign_id)
    if campaign_id is not None:
        statement = statement.where(LeadEvent.campaign_id == campaign_id)
    if name is not None:
        statement = statement.where(func.lower(LeadEvent.name) == name.lower())
    if at_least > 1:
        return statement.group_by(LeadEvent.lead_id).having(func.count() >= at_least)
    return statement.distinct()


def count_leads_with_event(
    session: Session,
    type: EventType,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    email_campaign_id: int | None = None,
    campaign_id: int | None = None,
) -> int:
    """How many leads have such a human event."""
    found = leads_with_event(
        type, since=since, until=until, email_campaign_id=email_campaign_id, campaign_id=campaign_id
    )
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def human_events(session: Session, event_ids: Sequence[int]) -> Sequence[LeadEvent]:
    """Those of these events that are a person's and no brought along history, in the order of their numbers."""
    statement = select(LeadEvent).where(
        LeadEvent.id.in_(event_ids), LeadEvent.machine.is_(False), LeadEvent.imported.is_(False)
    )
    return session.scalars(statement.order_by(LeadEvent.id)).all()


_BLANK: dict[str, Any] = {
    "channel": None, "name": None, "campaign_id": None, "email_campaign_id": None, "workflow_id": None, "value": None,
    "data": None, "machine": False, "imported": False, "key": None,
}  # fmt: skip


def _addition(lead_id: int, events: Sequence[LeadEvent]) -> Any:
    """One UPDATE that adds the events to the lead's counters. It goes around the record, whose version is for people."""
    leads = Lead.__table__
    # What is counted is no edit: `updated_at` stays (it would else follow the machine's clock).
    values: dict[str, Any] = {"updated_at": leads.c.updated_at}
    for type, (count, column) in COUNTED.items():
        own = [event for event in events if event.type == type]
        if own:
            values[count] = leads.c[count] + len(own)
            values[column] = _later(leads.c[column], max(event.at for event in own))
    worth = sum(event.value or 0.0 for event in events if event.type == EventType.ORDERED)
    if worth:
        values["revenue"] = leads.c.revenue + worth
    values["last_activity_at"] = _later(leads.c.last_activity_at, max(event.at for event in events))
    return update(leads).where(leads.c.id == lead_id).values(values)  # type: ignore[arg-type]


def _later(column: Any, at: datetime) -> Any:
    moment = literal(at, column.type)  # a bare value would be bound as it stands, and not as UTC
    return case((column.is_(None), moment), (column < moment, moment), else_=column)


def _refresh(session: Session, lead_id: int) -> None:
    lead = session.identity_map.get(session.identity_key(Lead, lead_id))
    if lead is not None:
        session.expire(lead)
