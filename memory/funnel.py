"""How far the leads of some days came: counted from their events."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.enums import EventType
from memory.events import LeadEvent
from memory.leads import Lead


def count_leads_since(session: Session, start: datetime, end: datetime) -> int:
    """The leads that came in between two moments (the end excluded)."""
    statement = select(func.count()).select_from(Lead).where(Lead.created_at >= start, Lead.created_at < end)
    return session.scalar(statement) or 0


def count_leads_with(session: Session, start: datetime, end: datetime, types: Collection[EventType]) -> int:
    """Those of them with any event of these types since, machines' events left out."""
    statement = (
        select(func.count(func.distinct(LeadEvent.lead_id)))
        .join(Lead, Lead.id == LeadEvent.lead_id)
        .where(
            LeadEvent.type.in_(types),
            LeadEvent.machine.is_(False),
            LeadEvent.at >= start,
            Lead.created_at >= start,
            Lead.created_at < end,
        )
    )
    return session.scalar(statement) or 0
