"""Raw hits on tracked links and pictures: who asked for which, as it came in; and how each was judged.

A hit is stored before it is answered, and never changed but for its judgement, so that it can be judged again later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, bindparam, delete, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column
from memory.deliveries import Delivery
from memory.enums import EventType
from memory.mailings import EmailCampaign

#: The link id of the link that no person can see: whoever follows it is a machine.
HIDDEN_LINK = 0
_ID = BigInteger().with_variant(Integer(), "sqlite")


class MailHit(Base):
    """One request for a tracked link (`type` clicked) or picture (opened). `link_id` 0 is the hidden link.

    `delivery_id` is no foreign key: letters outlive their mailing. `told` are the headers that judging reads. `machine` is
    None until judged, then `why` names the rule (None: a person); `event_id` is the lead's event that it became.
    `address` is the caller's, kept only as long as judging may need it.
    """

    __tablename__ = "mail_hits"
    __table_args__ = (
        Index("ix_mail_hits_delivery", "delivery_id", "at"),
        Index("ix_mail_hits_at", "at"),
        # Only the few that wait to be judged are in it.
        Index(
            "ix_mail_hits_waiting", "id", sqlite_where=text("machine IS NULL"), postgresql_where=text("machine IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(_ID, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(_ID)
    type: Mapped[EventType] = mapped_column(enum_column(EventType))
    link_id: Mapped[int | None]
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(8))
    user_agent: Mapped[str] = mapped_column(String(400))
    address: Mapped[str | None] = mapped_column(String(45))
    told: Mapped[dict[str, Any] | None]
    machine: Mapped[bool | None]
    why: Mapped[str | None] = mapped_column(String(40))
    event_id: Mapped[int | None] = mapped_column(_ID)


@dataclass(frozen=True)
class Hit:
    """One hit with what it belongs to: its message, the mailing and its campaign. `sent_at` is when the message left."""

    id: int
    delivery_id: int
    type: EventType
    link_id: int | None
    at: datetime
    method: str
    user_agent: str
    address: str | None
    told: Mapping[str, str]
    machine: bool | None
    why: str | None
    event_id: int | None
    email_campaign_id: int | None
    campaign_id: int | None
    lead_id: int | None
    sent_at: datetime | None


def store_hits(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store hits (dicts of delivery_id, type, link_id, at, method, user_agent, address, told) in one statement."""
    if rows:
        blank = {"machine": None, "why": None, "event_id": None}
        session.connection().execute(insert(MailHit.__table__), [{**blank, **row} for row in rows])  # type: ignore[arg-type]


def unjudged_hits(session: Session, until: datetime, limit: int) -> list[Hit]:
    """Hits up to a moment that nobody has judged yet, oldest first; on PostgreSQL locked, those of others left out."""
    waiting = _hits().where(MailHit.machine.is_(None), MailHit.at <= until).order_by(MailHit.id).limit(limit)
    return _read(session, waiting.with_for_update(skip_locked=True, of=MailHit))


def hits_after(session: Session, since: datetime, after_id: int, limit: int) -> list[Hit]:
    """Judged hits since a moment, in the order of their ids, from behind one of them: to go through all, bit by bit."""
    judged = _hits().where(MailHit.at >= since, MailHit.machine.is_not(None), MailHit.id > after_id)
    return _read(session, judged.order_by(MailHit.id).limit(limit))


def hits_of(session: Session, delivery_ids: Iterable[int]) -> list[Hit]:
    """All hits on these messages, in the order of their moments."""
    return _read(session, _hits().where(MailHit.delivery_id.in_(set(delivery_ids))).order_by(MailHit.at, MailHit.id))


def hits_from(
    session: Session, addresses: Iterable[str], type: EventType, since: datetime, until: datetime
) -> list[tuple[str, int, datetime]]:
    """(caller's address, message, moment) of the hits of a type that came from these addresses between two moments."""
    statement = (
        select(MailHit.address, MailHit.delivery_id, MailHit.at)
        .where(MailHit.at.between(since, until), MailHit.address.in_(set(addresses)), MailHit.type == type)
        .order_by(MailHit.at)
    )
    return [(address or "", delivery_id, at) for address, delivery_id, at in session.execute(statement).tuples()]


def put_judgements(session: Session, judged: Sequence[tuple[int, bool, str | None]]) -> None:
    """Write (hit's id, by a machine, which rule) of hits."""
    if judged:
        hits = MailHit.__table__
        statement = update(hits).where(hits.c.id == bindparam("of"))  # type: ignore[arg-type]
        session.connection().execute(
            statement.values(machine=bindparam("machine_"), why=bindparam("why_")),
            [{"of": id, "machine_": machine, "why_": why} for id, machine, why in judged],
        )


def put_events(session: Session, events: Mapping[int, int]) -> None:
    """Note which lead's event each hit became: {hit's id: event's id}."""
    if events:
        hits = MailHit.__table__
        statement = update(hits).where(hits.c.id == bindparam("of")).values(event_id=bindparam("event"))  # type: ignore[arg-type]
        session.connection().execute(statement, [{"of": hit, "event": event} for hit, event in events.items()])


def forget_addresses(session: Session, before: datetime) -> None:
    """Remove the callers' addresses of hits before a moment: what is left says nothing of a person's connection."""
    session.execute(
        update(MailHit).where(MailHit.at < before, MailHit.address.is_not(None)).values(address=None),
        execution_options={"synchronize_session": False},
    )


def forget_hits(session: Session, before: datetime) -> None:
    """Remove hits before a moment; the leads' events that they became stay."""
    session.execute(delete(MailHit).where(MailHit.at < before), execution_options={"synchronize_session": False})


def _hits() -> Any:
    return (
        select(
            MailHit.id, MailHit.delivery_id, MailHit.type, MailHit.link_id, MailHit.at, MailHit.method, MailHit.user_agent,
            MailHit.address, MailHit.told, MailHit.machine, MailHit.why, MailHit.event_id,
            Delivery.email_campaign_id, EmailCampaign.campaign_id, Delivery.lead_id, Delivery.sent_at,
        )
        .outerjoin(Delivery, Delivery.id == MailHit.delivery_id)
        .outerjoin(EmailCampaign, EmailCampaign.id == Delivery.email_campaign_id)
    )  # fmt: skip


def _read(session: Session, statement: Any) -> list[Hit]:
    found = []
    for row in session.execute(statement):
        values = row._asdict()
        values["told"] = values["told"] or {}
        found.append(Hit(**values))
    return found
