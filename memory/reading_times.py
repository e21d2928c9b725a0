"""When people read their mail: the moments of human opens and clicks."""

from datetime import datetime

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from memory.enums import EventType
from memory.events import LeadEvent
from memory.leads import Lead

#: The newest so many events are looked at: habits change, and more of them would not move a share by a percent.
MOST_EVENTS = 200_000


def reading_moments(
    session: Session, condition: ColumnElement[bool] | None, since: datetime
) -> list[tuple[int, datetime, str | None]]:
    """Lead, moment (UTC) and the lead's time zone of the newest human opens and clicks since then."""
    statement = (
        select(LeadEvent.lead_id, LeadEvent.at, Lead.time_zone)
        .join(Lead, Lead.id == LeadEvent.lead_id)
        .where(
            LeadEvent.type.in_((EventType.OPENED, EventType.CLICKED)),
            LeadEvent.machine == false(),
            LeadEvent.at >= since,
        )
        .order_by(LeadEvent.at.desc())
        .limit(MOST_EVENTS)
    )
    if condition is not None:
        statement = statement.where(condition)
    return [(lead_id, at, zone) for lead_id, at, zone in session.execute(statement)]
