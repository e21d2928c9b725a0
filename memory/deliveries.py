"""The delivery ledger: one row for each mailing and recipient, laid before anything is sent; and who may receive mail.

Whoever may not be written to is judged in the database, so that a list of a million people costs one query.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column
from memory.enums import Channel, ConsentState, DeliveryState
from memory.lead_lookup import leads_with_emails
from memory.leads import Lead, LeadConsent
from memory.suppression import Suppression, suppressed_among

#: Reasons for which a person is left out, beside those of a suppression (unsubscribed, complained, bounced, blocked).
UNSUBSCRIBED, UNCONFIRMED, NO_CONSENT, DUPLICATE = "unsubscribed", "unconfirmed", "no_consent", "duplicate"
#: And those for which the sender holds a message back that was laid out.
FREQUENCY_CAP, REFUSED_TOPIC, PAUSED = "frequency_cap", "refused_topic", "paused"


class Delivery(Base):
    """The message of one mailing to one recipient (address in lower case). Moments are UTC.

    Written as pending before anything is sent; a worker claims it for a while (`lease_until`, `leased_by`), stores
    `sending` before it hands the message over, then what came of it. `reason` says why it was suppressed or bounced.
    `enrolment_id` is the way through a workflow that the message belongs to (0: none), `visit` which of that way's
    messages it is: a way gets each of them once.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("email_campaign_id", "recipient", "enrolment_id", "visit"),
        Index("ix_deliveries_state", "state", "due_at"),
        Index("ix_deliveries_mailing_state", "email_campaign_id", "state", "due_at"),
        Index("ix_deliveries_recipient", "recipient"),
        Index("ix_deliveries_lead", "lead_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    email_campaign_id: Mapped[int] = mapped_column(ForeignKey("email_campaigns.id", ondelete="CASCADE"))
    recipient: Mapped[str] = mapped_column(String(254))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"))
    state: Mapped[DeliveryState] = mapped_column(enum_column(DeliveryState), default=DeliveryState.PENDING)
    reason: Mapped[str | None] = mapped_column(Text)
    variant: Mapped[int | None]
    enrolment_id: Mapped[int] = mapped_column(BigInteger(), default=0)
    visit: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str | None] = mapped_column(String(200), index=True)
    sent_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


@dataclass(frozen=True)
class Audience:
    """Who would receive a mailing now. `left_out` counts people by reason; `fingerprint` changes with every single one
    of those who receive it; `without_consent` are single addresses of whom no consent is recorded.
    """

    receiving: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    fingerprint: str = ""
    first_lead_id: int | None = None
    first_address: str | None = None
    without_consent: int = 0


@dataclass(frozen=True)
class Held:
    """Whom the sender would hold a mailing back from: the reason as SQL over a lead ("" for none), and by single address."""

    of_leads: ColumnElement[str]
    of_addresses: Mapping[str, str]


def audience(
    session: Session, condition: ColumnElement[bool] | None, addresses: Sequence[str], held: Held | None = None
) -> Audience:
    """Who would receive a mailing to the leads that fulfil `condition` and to single `addresses` (lower case); without
    those whom the sender holds it back from (see memory.holding_back)."""
    left_out: Counter[str] = Counter()
    digest, receiving, first_id, first_address = hashlib.sha256(), 0, None, None
    if condition is not None:
        judged = _judged(condition, held).subquery()
        for reason, amount in session.execute(select(judged.c.reason, func.count()).group_by(judged.c.reason)):
            if reason:
                left_out[reason] += amount
        ids = session.scalars(
            _receiving(condition, held).with_only_columns(Lead.id).order_by(Lead.id),
            execution_options={"yield_per": 5_000},
        )
        for lead_id in ids:
            first_id = first_id or lead_id
            receiving += 1
            digest.update(b"%d," % lead_id)
    single = _single(session, condition, addresses, held.of_addresses if held else {})
    left_out.update(single.left_out)
    for address, _ in single.receiving:
        digest.update(f"{address},".encode())
    if first_id is None and single.receiving:
        first_address, first_id = single.receiving[0]
    return Audience(
        receiving=receiving + len(single.receiving),
        left_out={reason: amount for reason, amount in left_out.items() if amount},
        fingerprint=digest.hexdigest()[:16],
        first_lead_id=first_id,
        first_address=first_address,
        without_consent=single.without_consent,
    )


def lay_deliveries(
    session: Session,
    email_campaign_id: int,
    condition: ColumnElement[bool] | None,
    addresses: Sequence[str],
    now: datetime,
) -> int:
    """Write a pending row for everybody who receives the mailing; returns how many. To be done once for a mailing."""
    columns = ["email_campaign_id", "recipient", "lead_id", "state", "due_at", "attempts", "changed_at"]
    pending = literal(DeliveryState.PENDING, Delivery.state.type)
    moment = literal(now, Delivery.due_at.type)
    if condition is not None:
        rows = _receiving(condition).with_only_columns(
            literal(email_campaign_id), Lead.email, Lead.id, pending, moment, literal(0), moment
        )
        session.execute(insert(Delivery).from_select(columns, rows))
    blank = {"email_campaign_id": email_campaign_id, "state": DeliveryState.PENDING, "due_at": now, "changed_at": now}
    single = [
        {**blank, "recipient": address, "lead_id": lead_id}
        for address, lead_id in _single(session, condition, addresses, {}).receiving
    ]
    if single:
        session.execute(insert(Delivery), single)
    session.flush()
    return sum(states_of(session, email_campaign_id).values())  # not every driver tells how many rows it inserted


def states_of(session: Session, email_campaign_id: int) -> dict[DeliveryState, int]:
    """How many messages of a mailing stand in each state."""
    statement = (
        select(Delivery.state, func.count())
        .where(Delivery.email_campaign_id == email_campaign_id)
        .group_by(Delivery.state)
    )
    return dict(session.execute(statement).tuples().all())


def states_of_all(session: Session) -> dict[int, dict[DeliveryState, int]]:
    """How many messages stand in each state, by mailing."""
    found: dict[int, dict[DeliveryState, int]] = {}
    statement = select(Delivery.email_campaign_id, Delivery.state, func.count())
    for mailing_id, state, amount in session.execute(statement.group_by(Delivery.email_campaign_id, Delivery.state)):
        found.setdefault(mailing_id, {})[state] = amount
    return found


def unknown_of_all(session: Session) -> dict[int, int]:
    """Of how many messages nobody knows whether they arrived, by mailing; a look into the index, not through the ledger."""
    statement = (
        select(Delivery.email_campaign_id, func.count())
        .where(Delivery.state == DeliveryState.UNKNOWN)
        .group_by(Delivery.email_campaign_id)
    )
    return dict(session.execute(statement).tuples().all())


def reasons_of(session: Session, email_campaign_id: int) -> dict[str, int]:
    """How many people a mailing left out when it went out, by reason."""
    statement = (
        select(Delivery.reason, func.count())
        .where(Delivery.email_campaign_id == email_campaign_id, Delivery.state == DeliveryState.SUPPRESSED)
        .group_by(Delivery.reason)
    )
    return {reason or "": amount for reason, amount in session.execute(statement).tuples()}


def delivery_to(session: Session, email_campaign_id: int, email: str) -> Delivery | None:
    """The message of a mailing to one address, if there is one."""
    return session.scalars(
        select(Delivery).where(Delivery.email_campaign_id == email_campaign_id, Delivery.recipient == email.lower())
    ).first()


def deliveries_to(session: Session, email: str, *, limit: int = 10) -> Sequence[Delivery]:
    """The newest messages to one address."""
    statement = select(Delivery).where(Delivery.recipient == email.lower()).order_by(Delivery.id.desc())
    return session.scalars(statement.limit(limit)).all()


def cancel_waiting(session: Session, email_campaign_id: int, now: datetime) -> int:
    """Cancel every message that has not been handed over yet; returns how many. What is being sent now stays as it is."""
    waiting = (DeliveryState.PENDING, DeliveryState.CLAIMED)
    statement = (
        update(Delivery)
        .where(Delivery.email_campaign_id == email_campaign_id, Delivery.state.in_(waiting))
        .values(state=DeliveryState.CANCELLED, lease_until=None, leased_by=None, changed_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return session.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]


def cancel_waiting_of_lead(session: Session, lead_id: int, reason: str, now: datetime) -> int:
    """Cancel every message to a lead that has not been handed over yet; returns how many."""
    statement = (
        update(Delivery)
        .where(Delivery.lead_id == lead_id, Delivery.state.in_((DeliveryState.PENDING, DeliveryState.CLAIMED)))
        .values(state=DeliveryState.CANCELLED, reason=reason, lease_until=None, leased_by=None, changed_at=now)
        .execution_options(synchronize_session="fetch")
    )
    return session.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return]


def returned_of(session: Session, email_campaign_id: int, *, limit: int, offset: int = 0) -> Sequence[Delivery]:
    """The messages of a mailing that came back, are in doubt or were held back, the newest first."""
    told = (DeliveryState.BOUNCED, DeliveryState.UNKNOWN, DeliveryState.SUPPRESSED)
    statement = (
        select(Delivery)
        .where(Delivery.email_campaign_id == email_campaign_id, Delivery.state.in_(told))
        .order_by(Delivery.changed_at.desc(), Delivery.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(statement).all()


def exclusion_of(session: Session, lead_id: int) -> str | None:
    """Why a lead may not be written to by a mailing to a segment; None where it may."""
    return session.scalar(_judged(Lead.id == lead_id).with_only_columns(_reason())) or None


@dataclass(frozen=True)
class _Single:
    receiving: list[tuple[str, int | None]]
    left_out: Counter[str]
    without_consent: int


def _reason(held: Held | None = None) -> ColumnElement[str]:
    return case(
        (Suppression.email.is_not(None), cast(Suppression.reason, String(32))),
        (LeadConsent.state == ConsentState.GRANTED, held.of_leads if held else literal("")),
        (LeadConsent.state == ConsentState.WITHDRAWN, UNSUBSCRIBED),
        (LeadConsent.state == ConsentState.PENDING, UNCONFIRMED),
        else_=NO_CONSENT,
    )


def _judged(condition: ColumnElement[bool], held: Held | None = None) -> Select[int, str, str]:
    """The leads that fulfil the condition, each with the reason for which it is left out ("" for none)."""
    consent = and_(LeadConsent.lead_id == Lead.id, LeadConsent.channel == Channel.EMAIL)
    return (
        select(Lead.id, Lead.email, _reason(held).label("reason"))
        .outerjoin(LeadConsent, consent)
        .outerjoin(Suppression, Suppression.email == Lead.email)
        .where(condition)
    )


def _receiving(condition: ColumnElement[bool], held: Held | None = None) -> Select[int, str, str]:
    return _judged(condition, held).where(_reason(held) == "")


def _single(
    session: Session, condition: ColumnElement[bool] | None, addresses: Sequence[str], held: Mapping[str, str]
) -> _Single:
    """Single addresses judged: a person named each, so no consent must be on record; but a no counts, and so does being
    in the segment already."""
    left_out: Counter[str] = Counter()
    receiving: list[tuple[str, int | None]] = []
    known = leads_with_emails(session, addresses) if addresses else {}
    suppressed = suppressed_among(session, addresses) if addresses else {}
    ids = [lead.id for lead in known.values()]
    consents = {
        one.lead_id: one.state
        for one in session.scalars(
            select(LeadConsent).where(LeadConsent.lead_id.in_(ids), LeadConsent.channel == Channel.EMAIL)
        )
    }
    in_segment = (
        set(session.scalars(select(Lead.id).where(condition, Lead.id.in_(ids)))) if condition is not None else set()
    )
    without_consent = 0
    for address in addresses:
        lead = known.get(address)
        state = consents.get(lead.id) if lead else None
        if address in suppressed:
            reason: str | None = suppressed[address].value
        else:
            reason = (
                {ConsentState.WITHDRAWN: UNSUBSCRIBED, ConsentState.PENDING: UNCONFIRMED}.get(state) if state else None
            )
        reason = reason or held.get(address)
        if lead is not None and lead.id in in_segment and (reason or state == ConsentState.GRANTED):
            # The segment has counted this person already, as receiving or by the same reason.
            left_out[DUPLICATE] += not reason
        elif reason:
            left_out[reason] += 1
        else:
            if lead is not None and lead.id in in_segment:
                left_out[NO_CONSENT] -= 1  # left out of the segment, but named by a person
            receiving.append((address, lead.id if lead else None))
            without_consent += state is None
    return _Single(receiving, left_out, without_consent)
