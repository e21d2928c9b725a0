"""How many leads there are of a kind: who may be mailed, who waits."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session

from memory.enums import Channel, ConsentState, LeadStatus
from memory.leads import Lead, LeadConsent
from memory.suppression import Suppression


def count_mailable(session: Session, condition: ColumnElement[bool]) -> int:
    """How many of the leads that fulfil a condition may be written to by email: they agreed, and are not suppressed."""
    suppressed = exists().where(Suppression.email == Lead.email)
    statement = (
        select(func.count())
        .select_from(Lead)
        .join(LeadConsent, and_(LeadConsent.lead_id == Lead.id, LeadConsent.channel == Channel.EMAIL))
        .where(LeadConsent.state == ConsentState.GRANTED, ~suppressed, condition)
    )
    return session.scalar(statement) or 0


def count_waiting_leads(session: Session, before: datetime, most: int) -> int:
    """How many leads became known before this moment and are still new; counted up to `most`."""
    some = select(Lead.id).where(Lead.status == LeadStatus.NEW, Lead.created_at < before).limit(most)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0
