"""The delivery ledger as workers use it: due messages are claimed under a lease, marked before they are handed over,
and settled afterwards. Each function is one statement or a few, to be run in one transaction of the caller's.

A claim whose lease ended is due again: nothing was handed over. A message marked as *sending* whose lease ended is
*unknown*: it may have arrived, so it is listed and never repeated.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import String as SqlString
from sqlalchemy import Update, bindparam, cast, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from memory.deliveries import Delivery
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus
from memory.leads import Lead, LeadConsent
from memory.mailings import EmailCampaign
from memory.suppression import Suppression

#: States in which a message counts as having reached the person, for the frequency cap.
REACHED = (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.UNKNOWN)
#: States in which a message is still to be dealt with.
OPEN = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING)
#: States in which a worker may still say what came of a message that it had.
HAD = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNKNOWN)
LOST = "the worker stopped while it was being handed over"


@dataclass(frozen=True)
class Due:
    """One message that is due, with what decides whether it may go out now."""

    id: int
    email_campaign_id: int
    recipient: str
    lead_id: int | None
    variant: int | None
    attempts: int
    time_zone: str | None
    suppressed: str | None
    consent: ConsentState | None


@dataclass(frozen=True)
class Settled:
    """What came of one message. `due_at` only where it is to be tried again (state pending)."""

    id: int
    state: DeliveryState
    at: datetime
    reason: str | None = None
    message_id: str | None = None
    due_at: datetime | None = None
    attempts: int = 0


def due_messages(session: Session, email_campaign_id: int, now: datetime, limit: int) -> list[Due]:
    """Messages of a mailing that are due, earliest first; on PostgreSQL locked, those locked by others left out."""
    statement = (
        select(
            Delivery.id, Delivery.email_campaign_id, Delivery.recipient, Delivery.lead_id, Delivery.variant,
            Delivery.attempts, Lead.time_zone, cast(Suppression.reason, SqlString(32)), LeadConsent.state,
        )
        .outerjoin(Lead, Lead.id == Delivery.lead_id)
        .outerjoin(Suppression, Suppression.email == Delivery.recipient)
        .outerjoin(LeadConsent, (LeadConsent.lead_id == Delivery.lead_id) & (LeadConsent.channel == Channel.EMAIL))
        .where(
            Delivery.email_campaign_id == email_campaign_id,
            Delivery.state == DeliveryState.PENDING,
            Delivery.due_at <= now,
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )  # fmt: skip
    return [Due(*row) for row in session.execute(statement).tuples()]


def reached_since(session: Session, recipients: Sequence[str], since: datetime) -> dict[str, int]:
    """How many messages each address got (or may have got) since a moment; addresses with none are left out."""
    statement = (
        select(Delivery.recipient, func.count())
        .where(Delivery.recipient.in_(recipients), Delivery.state.in_(REACHED), Delivery.changed_at >= since)
        .group_by(Delivery.recipient)
    )
    return dict(session.execute(statement).tuples().all())


def reached_leads_since(session: Session, lead_ids: Sequence[int], since: datetime) -> dict[int, int]:
    """The same by lead."""
    statement = (
        select(Delivery.lead_id, func.count())
        .where(Delivery.lead_id.in_(lead_ids), Delivery.state.in_(REACHED), Delivery.changed_at >= since)
        .group_by(Delivery.lead_id)
    )
    return {lead_id: amount for lead_id, amount in session.execute(statement).tuples() if lead_id is not None}


def claim(session: Session, ids: Sequence[int], worker: str, until: datetime, now: datetime) -> None:
    """Take messages for `worker` until the lease ends."""
    values = {"state": DeliveryState.CLAIMED, "leased_by": worker, "lease_until": until, "changed_at": now}
    _update(session, ids, values)


def defer(session: Session, moments: Mapping[int, datetime]) -> None:
    """Make messages due later, each at its moment."""
    if moments:
        statement = update(Delivery.__table__).where(Delivery.__table__.c.id == bindparam("of"))  # type: ignore[arg-type]
        session.execute(
            statement.values(due_at=bindparam("until")), [{"of": id, "until": at} for id, at in moments.items()]
        )


def hold_back(session: Session, ids: Sequence[int], reason: str, now: datetime) -> None:
    """Leave messages out for good, with the reason."""
    _update(session, ids, {"state": DeliveryState.SUPPRESSED, "reason": reason, "changed_at": now})


def mark_sending(session: Session, ids: Sequence[int], worker: str, until: datetime, now: datetime) -> set[int]:
    """Mark claimed messages as being handed over; returns those that may be: the others were cancelled, their mailing
    is paused, or their lease ended and another worker has them. To be committed before the server is given a single one."""
    values = {"ids": list(ids), "by": worker, "until": until, "moment": now}
    return set(session.connection().execute(_marking(), values).scalars())


@cache
def _marking() -> ReturningUpdate[int]:
    """Made once: putting the statement together takes longer than the database does."""
    deliveries = Delivery.__table__.c
    sending = select(EmailCampaign.id).where(EmailCampaign.status == EmailStatus.SENDING)
    return (
        update(Delivery.__table__)  # type: ignore[arg-type]
        .where(
            deliveries.id.in_(bindparam("ids", expanding=True)),
            deliveries.state == DeliveryState.CLAIMED,
            deliveries.leased_by == bindparam("by"),
            deliveries.email_campaign_id.in_(sending),
        )
        .values(state=DeliveryState.SENDING, lease_until=bindparam("until"), changed_at=bindparam("moment"))
        .returning(deliveries.id)
    )


def settle(session: Session, worker: str, outcomes: Sequence[Settled]) -> None:
    """Write what came of messages that `worker` had. One that was given up as unknown meanwhile is corrected."""
    rows = [
        {
            "of": one.id, "by": worker, "to": one.state, "why": one.reason, "named": one.message_id, "until": one.due_at,
            "sent": one.at if one.state == DeliveryState.SENT else None, "tried": one.attempts, "moment": one.at,
        }
        for one in outcomes
    ]  # fmt: skip
    if rows:
        session.connection().execute(_settling(), rows)


@cache
def _settling() -> Update:
    deliveries = Delivery.__table__
    return (
        update(deliveries)  # type: ignore[arg-type]
        .where(
            deliveries.c.id == bindparam("of"),
            deliveries.c.leased_by == bindparam("by"),
            # Not IN: a list of values cannot be expanded when many rows are updated at once.
            or_(*(deliveries.c.state == state for state in HAD)),
        )
        .values(
            state=bindparam("to"), reason=bindparam("why"), message_id=bindparam("named"), sent_at=bindparam("sent"),
            due_at=func.coalesce(bindparam("until", type_=deliveries.c.due_at.type), deliveries.c.due_at),
            attempts=bindparam("tried"), changed_at=bindparam("moment"), lease_until=None,
        )
    )  # fmt: skip


def release(session: Session, worker: str, now: datetime, ids: Sequence[int] | None = None) -> None:
    """Give back what `worker` has claimed and not begun to hand over (all of it, or these messages)."""
    statement = update(Delivery).where(Delivery.leased_by == worker, Delivery.state == DeliveryState.CLAIMED)
    if ids is not None:
        statement = statement.where(Delivery.id.in_(ids))
    session.execute(
        statement.values(state=DeliveryState.PENDING, leased_by=None, lease_until=None, changed_at=now),
        execution_options={"synchronize_session": False},
    )


def release_mailing(session: Session, email_campaign_id: int, now: datetime) -> None:
    """Give back whatever is claimed of a mailing (it is paused)."""
    session.execute(
        update(Delivery)
        .where(Delivery.email_campaign_id == email_campaign_id, Delivery.state == DeliveryState.CLAIMED)
        .values(state=DeliveryState.PENDING, leased_by=None, lease_until=None, changed_at=now),
        execution_options={"synchronize_session": False},
    )


def leases_ended(session: Session, now: datetime) -> bool:
    """Whether there is something for `take_back` to do."""
    held = Delivery.state.in_([DeliveryState.CLAIMED, DeliveryState.SENDING])
    return session.scalar(select(Delivery.id).where(held, Delivery.lease_until < now).limit(1)) is not None


def take_back(session: Session, now: datetime) -> tuple[int, int]:
    """End the leases that ran out. Returns how many messages are due again, and how many became unknown."""
    ended = (Delivery.lease_until.is_not(None), Delivery.lease_until < now)
    free = {"leased_by": None, "lease_until": None, "changed_at": now}
    again = session.execute(
        update(Delivery).where(Delivery.state == DeliveryState.CLAIMED, *ended)
        .values(state=DeliveryState.PENDING, **free).returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    # The worker's name stays with an unknown message: should that worker live after all, it may still tell the end.
    unknown = session.execute(
        update(Delivery).where(Delivery.state == DeliveryState.SENDING, *ended)
        .values(state=DeliveryState.UNKNOWN, reason=LOST, lease_until=None, changed_at=now).returning(Delivery.id),
        execution_options={"synchronize_session": False},
    )  # fmt: skip
    return len(again.all()), len(unknown.all())


def unknown_messages(
    session: Session, email_campaign_id: int | None = None, *, limit: int = 1_000
) -> Sequence[Delivery]:
    """The messages of which nobody knows whether they arrived, newest first."""
    statement = (
        select(Delivery).where(Delivery.state == DeliveryState.UNKNOWN).order_by(Delivery.id.desc()).limit(limit)
    )
    if email_campaign_id is not None:
        statement = statement.where(Delivery.email_campaign_id == email_campaign_id)
    return session.scalars(statement).all()


def sending_mailings(session: Session) -> Sequence[int]:
    """Ids of the mailings that are being sent and are laid out, oldest first; the mail of a workflow's step only while
    something of it is to be sent."""
    left = select(Delivery.id).where(Delivery.email_campaign_id == EmailCampaign.id, Delivery.state.in_(OPEN)).exists()
    statement = select(EmailCampaign.id).where(
        EmailCampaign.status == EmailStatus.SENDING,
        EmailCampaign.laid_at.is_not(None),
        or_(EmailCampaign.workflow_version_id.is_(None), left),
    )
    return session.scalars(statement.order_by(EmailCampaign.id)).all()


def mailings_to_begin(session: Session, now: datetime) -> Sequence[EmailCampaign]:
    """Scheduled mailings whose time has come, and those being sent that are not laid out yet; on PostgreSQL locked."""
    due = (EmailCampaign.status == EmailStatus.SCHEDULED) & (EmailCampaign.send_time <= now)
    empty = (EmailCampaign.status == EmailStatus.SENDING) & EmailCampaign.laid_at.is_(None)
    return session.scalars(
        select(EmailCampaign).where(due | empty).order_by(EmailCampaign.id).with_for_update(skip_locked=True)
    ).all()


def mailings_to_end(session: Session) -> Sequence[EmailCampaign]:
    """Mailings being sent of which no message is still to be dealt with; on PostgreSQL locked. The mail of a workflow's
    step never ends: more people may come."""
    left = select(Delivery.id).where(Delivery.email_campaign_id == EmailCampaign.id, Delivery.state.in_(OPEN)).exists()
    return session.scalars(
        select(EmailCampaign)
        .where(
            EmailCampaign.status == EmailStatus.SENDING,
            EmailCampaign.laid_at.is_not(None),
            EmailCampaign.workflow_version_id.is_(None),
            ~left,
        )
        .with_for_update(skip_locked=True)
    ).all()


def next_due(session: Session, email_campaign_ids: Iterable[int]) -> datetime | None:
    """When the next waiting message of these mailings is due."""
    return session.scalar(
        select(func.min(Delivery.due_at)).where(
            Delivery.email_campaign_id.in_(list(email_campaign_ids)), Delivery.state == DeliveryState.PENDING
        )
    )


def _update(session: Session, ids: Sequence[int], values: Mapping[str, object]) -> None:
    if ids:
        session.execute(
            update(Delivery).where(Delivery.id.in_(ids)).values(**values),
            execution_options={"synchronize_session": False},
        )
