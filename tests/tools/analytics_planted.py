"""Records for the tests of analytics, planted as the hub's own code would store them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from memory.campaigns import Campaign
from memory.enums import CampaignStatus, CampaignType, Channel, EmailStatus, EventType
from memory.events import record_event
from memory.lead_changes import new_lead
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.metrics import record_metric
from tests.tools.conftest import NOW


def campaign(session: Session, name: str, channels: tuple[str, ...] = ("email",), **fields: Any) -> Campaign:
    """An active campaign."""
    made = Campaign(
        **{"name": name, "type": CampaignType.EMAIL, "status": CampaignStatus.ACTIVE, "channels": list(channels)}
        | fields
    )
    session.add(made)
    session.flush()
    return made


def mailing(session: Session, name: str, sent: datetime | None, **fields: Any) -> EmailCampaign:
    """A mailing that was sent, or a draft."""
    status = EmailStatus.SENT if sent else EmailStatus.DRAFT
    made = EmailCampaign(**{"name": name, "subject_line": name, "status": status, "sent_at": sent} | fields)
    session.add(made)
    session.flush()
    return made


def lead(session: Session, number: int, at: datetime = NOW - timedelta(days=200)) -> Lead:
    return new_lead(session, f"lead{number}@example.com", at)


def happened(session: Session, who: Lead, type: str, at: datetime, channel: str | None = None, **fields: Any) -> None:
    """An event of a lead."""
    record_event(session, who.id, EventType(type), at, channel=Channel(channel) if channel else None, **fields)


def daily(session: Session, campaign_id: int, metric: str, last: date, values: Sequence[float], **fields: Any) -> None:
    """A recorded figure for each of the days up to `last`."""
    for back, value in enumerate(reversed(values)):
        if value:
            record_metric(session, "campaign", campaign_id, metric, value, day=last - timedelta(days=back), **fields)
