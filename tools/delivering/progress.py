"""How far a mailing is, as it can be looked at again and again while it goes out: counts by state, and when it goes on."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from memory import outbox
from memory.deliveries import reasons_of, states_of
from memory.enums import DeliveryState, EmailStatus, EventType
from memory.events import LeadEvent
from memory.mailings import EmailCampaign


class MailingProgress(BaseModel):
    """One mailing at this moment. All counts are of messages, except `opened` and `clicked`: of people (machines are
    left out). `reason` says why it is paused or waits; `held_back` counts those left out, by reason.

    total = waiting + sending + sent + bounced + unknown + suppressed + cancelled. `next_at` (UTC) is when the next waiting
    message is due: later than now where quiet hours or the sender's limits hold it back.
    """

    model_config = ConfigDict(frozen=True)

    mailing_id: int
    name: str
    status: EmailStatus
    reason: str | None
    total: int
    waiting: int
    sending: int
    sent: int
    bounced: int
    unknown: int
    suppressed: int
    cancelled: int
    held_back: dict[str, int]
    opened: int
    clicked: int
    next_at: datetime | None

    @property
    def settled(self) -> int:
        """Messages with which nothing more happens."""
        return self.total - self.waiting - self.sending

    @property
    def share(self) -> float | None:
        """The settled part of all messages (0.25 is 25 %); None where none are laid out yet."""
        return self.settled / self.total if self.total else None

    @property
    def under_way(self) -> bool:
        """Whether it is worth while to look again soon."""
        return self.status == EmailStatus.SENDING


def progress_of(session: Session, mailing: EmailCampaign) -> MailingProgress:
    """How far a mailing is. Counts come from the ledger's indexes alone, so it may be asked every few seconds."""
    states = states_of(session, mailing.id)
    people = _people(session, mailing.id)
    waiting = _sum(states, DeliveryState.PENDING, DeliveryState.CLAIMED)
    return MailingProgress(
        mailing_id=mailing.id,
        name=mailing.name,
        status=mailing.status,
        reason=mailing.status_reason,
        total=sum(states.values()),
        waiting=waiting,
        sending=_sum(states, DeliveryState.SENDING),
        sent=_sum(states, DeliveryState.SENT),
        bounced=_sum(states, DeliveryState.BOUNCED),
        unknown=_sum(states, DeliveryState.UNKNOWN),
        suppressed=_sum(states, DeliveryState.SUPPRESSED),
        cancelled=_sum(states, DeliveryState.CANCELLED),
        held_back=reasons_of(session, mailing.id) if states.get(DeliveryState.SUPPRESSED) else {},
        opened=people.get(EventType.OPENED, 0),
        clicked=people.get(EventType.CLICKED, 0),
        next_at=outbox.next_due(session, [mailing.id]) if waiting else None,
    )


def progress_of_sending(session: Session) -> list[MailingProgress]:
    """The mailings that are going out or are paused in the middle, the newest first. (The mails of workflows always are:
    they are told where the workflow is.)"""
    under_way = select(EmailCampaign).where(
        EmailCampaign.status.in_([EmailStatus.SENDING, EmailStatus.PAUSED]),
        EmailCampaign.laid_at.is_not(None),
        EmailCampaign.workflow_version_id.is_(None),
    )
    return [progress_of(session, one) for one in session.scalars(under_way.order_by(EmailCampaign.id.desc()))]


def _sum(states: Mapping[DeliveryState, int], *wanted: DeliveryState) -> int:
    return sum(states.get(state, 0) for state in wanted)


def _people(session: Session, mailing_id: int) -> dict[EventType, int]:
    """How many people opened, and how many clicked."""
    statement = (
        select(LeadEvent.type, func.count(LeadEvent.lead_id.distinct()))
        .where(
            LeadEvent.email_campaign_id == mailing_id,
            LeadEvent.type.in_([EventType.OPENED, EventType.CLICKED]),
            LeadEvent.machine == false(),
        )
        .group_by(LeadEvent.type)
    )
    return dict(session.execute(statement).tuples().all())
