"""A/B tests of mailings: the test, its variants, who gets which, and what people did with each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import flag_modified

from memory.base import Base, Versioned, enum_column
from memory.deliveries import Delivery
from memory.enums import AbElement, AbMetric, AbStatus, DeliveryState, EventType
from memory.events import LeadEvent
from memory.mailings import EmailCampaign

#: When a message that is held back for the winner is due: never, until it is released.
HELD = datetime(9999, 1, 1, tzinfo=UTC)
CHUNK = 5_000
#: The event by which each metric counts a person.
EVENTS = {
    AbMetric.OPENS: EventType.OPENED,
    AbMetric.CLICKS: EventType.CLICKED,
    AbMetric.CONVERSIONS: EventType.CONVERTED,
}
#: States of messages that left the house: those people have seen their variant, or may have.
GONE = (DeliveryState.SENT, DeliveryState.UNKNOWN)


class AbTest(Versioned, Base):
    """A test of variants of one mailing. Moments are UTC.

    `test_share` (0.05 to 1) of the recipients get a variant each; the others are held back for the winner. `winner` is a
    variant's position; a decided test without one ended with "no winner". `divided_at` is when the recipients got their variants. `concentration` is the prior of the decision
    rule, fixed when the test is made (see tools.experimenting.deciding); `planned_rate`, `planned_effect` (shares) and
    `planned_recipients` are the sample plan as it stood then.
    """

    __tablename__ = "ab_tests"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    email_campaign_id: Mapped[int] = mapped_column(ForeignKey("email_campaigns.id", ondelete="CASCADE"), index=True)
    element: Mapped[AbElement] = mapped_column(enum_column(AbElement))
    metric: Mapped[AbMetric] = mapped_column(enum_column(AbMetric))
    status: Mapped[AbStatus] = mapped_column(enum_column(AbStatus), default=AbStatus.RUNNING, index=True)
    test_share: Mapped[float]
    concentration: Mapped[float]
    planned_recipients: Mapped[int | None]
    planned_rate: Mapped[float | None]
    planned_effect: Mapped[float | None]
    winner: Mapped[int | None]
    divided_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    variants: Mapped[list["AbVariant"]] = relationship(
        order_by="AbVariant.position", cascade="all, delete-orphan", passive_deletes=True, lazy="selectin"
    )


class AbVariant(Base):
    """One variant: its place (from 0), its words, and for a test of send times the moment (UTC).

    The imported counts are people of history that somebody brought along; None: not known.
    """

    __tablename__ = "ab_variants"
    __table_args__ = (UniqueConstraint("ab_test_id", "position"), Index("ix_ab_variants_test", "ab_test_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ab_test_id: Mapped[int] = mapped_column(ForeignKey("ab_tests.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    send_time: Mapped[datetime | None]
    imported_sent: Mapped[int | None]
    imported_opens: Mapped[int | None]
    imported_clicks: Mapped[int | None]
    imported_conversions: Mapped[int | None]


@dataclass(frozen=True)
class VariantCounts:
    """People of one variant: how many got it, and how many of them did what the metric counts."""

    sent: int = 0
    successes: int = 0
    first_sent_at: datetime | None = None
    last_sent_at: datetime | None = None


def ab_test_named(session: Session, name: str) -> AbTest | None:
    """The test of exactly this name (without case), if there is one."""
    return session.scalars(select(AbTest).where(func.lower(AbTest.name) == name.strip().lower())).first()


def list_ab_tests(session: Session, *, status: AbStatus | None = None) -> Sequence[AbTest]:
    """All tests (with this status), newest first."""
    statement = select(AbTest).order_by(AbTest.id.desc())
    return session.scalars(statement.where(AbTest.status == status) if status else statement).all()


def called_tests(session: Session) -> list[tuple[int, str, AbElement, str]]:
    """What every test may be called: (id, name, what is tested, its mailing's name), newest first."""
    statement = (
        select(AbTest.id, AbTest.name, AbTest.element, EmailCampaign.name)
        .join(EmailCampaign, EmailCampaign.id == AbTest.email_campaign_id)
        .order_by(AbTest.id.desc())
    )
    return [(id, name, element, mailing) for id, name, element, mailing in session.execute(statement)]


def tests_of_mailing(session: Session, email_campaign_id: int) -> Sequence[AbTest]:
    """The tests of a mailing, newest first."""
    return session.scalars(
        select(AbTest).where(AbTest.email_campaign_id == email_campaign_id).order_by(AbTest.id.desc())
    ).all()


def running_test(session: Session, email_campaign_id: int) -> AbTest | None:
    """The running test of a mailing, if there is one (there is at most one)."""
    return session.scalars(
        select(AbTest).where(AbTest.email_campaign_id == email_campaign_id, AbTest.status == AbStatus.RUNNING)
    ).first()


def variant_counts(session: Session, test: AbTest, until: Mapping[int, datetime] | None = None) -> list[VariantCounts]:
    """What people did with each variant, in the order of the variants: the hub's own counts and the imported ones.

    Of the hub's own only leads count, since events are known of nobody else; what machines did does not count. With
    `until` (by position), only what was done before that moment.
    """
    own = _sent(session, test)
    done = _successes(session, test, until or {})
    found = []
    for variant in test.variants:
        sent, first, last = own.get(variant.position, (0, None, None))
        imported = getattr(variant, f"imported_{test.metric.value}")
        found.append(
            VariantCounts(
                sent=sent + (variant.imported_sent or 0 if imported is not None else 0),
                successes=done.get(variant.position, 0) + (imported or 0),
                first_sent_at=first,
                last_sent_at=last,
            )
        )
    return found


def is_imported(test: AbTest) -> bool:
    """Whether the test's counts are history that somebody brought along."""
    return any(variant.imported_sent is not None for variant in test.variants)


def split_deliveries(session: Session, test: AbTest, variant_of: Mapping[int, int | None], now: datetime) -> None:
    """Give the waiting messages of a mailing their variants: those of `variant_of` (by lead id) that are not None.

    The others are held back until `release_held`. A test of send times sets when each message is due.
    """
    times = {variant.position: variant.send_time for variant in test.variants}
    rows = session.execute(
        select(Delivery.id, Delivery.lead_id, Delivery.due_at).where(
            Delivery.email_campaign_id == test.email_campaign_id, Delivery.state == DeliveryState.PENDING
        )
    ).all()
    table = Delivery.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("row"))
        .values(variant=bindparam("its"), due_at=bindparam("due", type_=table.c.due_at.type))
    )
    changes = []
    for row_id, lead_id, due_at in rows:
        variant = variant_of.get(lead_id) if lead_id is not None else None
        due = HELD if variant is None else (times[variant] or due_at)
        changes.append({"row": row_id, "its": variant, "due": due})
    for start in range(0, len(changes), CHUNK):
        session.execute(statement, changes[start : start + CHUNK])
    test.divided_at = now
    session.flush()
    session.expire_all()


def leads_waiting(session: Session, email_campaign_id: int) -> Sequence[int]:
    """The leads to whom a message of a mailing waits."""
    return session.scalars(
        select(Delivery.lead_id).where(
            Delivery.email_campaign_id == email_campaign_id,
            Delivery.state == DeliveryState.PENDING,
            Delivery.lead_id.is_not(None),
        )
    ).all()  # type: ignore[return-value]


def held_back(session: Session, email_campaign_id: int) -> int:
    """How many messages of a mailing wait for the winner."""
    return session.scalar(select(func.count()).select_from(Delivery).where(_held(email_campaign_id))) or 0


def waiting_with_variant(session: Session, email_campaign_id: int) -> int:
    """How many messages of the test itself have not gone out yet."""
    states = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING)
    where = (
        Delivery.email_campaign_id == email_campaign_id,
        Delivery.state.in_(states),
        Delivery.variant.is_not(None),
    )
    return session.scalar(select(func.count()).where(*where)) or 0


def rest_counts(session: Session, email_campaign_id: int) -> tuple[int, int]:
    """Of the messages of a mailing without a variant: how many are still to go out (or held back), how many left."""
    own = select(func.count()).where(Delivery.email_campaign_id == email_campaign_id, Delivery.variant.is_(None))
    to_go = (DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.SENDING)
    return session.scalar(own.where(Delivery.state.in_(to_go))) or 0, session.scalar(
        own.where(Delivery.state.in_(GONE))
    ) or 0


def release_held(session: Session, email_campaign_id: int, due_at: datetime, now: datetime) -> int:
    """Let the messages that were held back go out at `due_at`; returns how many there are."""
    amount = held_back(session, email_campaign_id)
    session.execute(
        update(Delivery)
        .where(_held(email_campaign_id))
        .values(due_at=due_at, changed_at=now)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    return amount


def stop_tests(session: Session, email_campaign_id: int, now: datetime) -> int:
    """Stop the running test of a mailing that is cancelled; returns how many were stopped."""
    test = running_test(session, email_campaign_id)
    if test is None:
        return 0
    test.status, test.decided_at, test.updated_at = AbStatus.STOPPED, now, now
    flag_modified(test, "updated_at")
    session.flush()
    return 1


def variant_test(session: Session, email_campaign_id: int) -> AbTest | None:
    """The test whose variants stand in the ledger of a mailing: a mailing is divided once, by the test that ran then."""
    statement = select(AbTest).where(AbTest.email_campaign_id == email_campaign_id, AbTest.divided_at.is_not(None))
    return session.scalars(statement.order_by(AbTest.id.desc())).first()


def mailing_of(session: Session, test: AbTest) -> EmailCampaign:
    """The mailing that a test is made on."""
    return session.get_one(EmailCampaign, test.email_campaign_id)


def _held(email_campaign_id: int) -> ColumnElement[bool]:
    return and_(
        Delivery.email_campaign_id == email_campaign_id,
        Delivery.state == DeliveryState.PENDING,
        Delivery.variant.is_(None),
        Delivery.due_at >= HELD,
    )


def _sent(session: Session, test: AbTest) -> dict[int, tuple[int, datetime | None, datetime | None]]:
    statement = (
        select(Delivery.variant, func.count(), func.min(Delivery.sent_at), func.max(Delivery.sent_at))
        .where(
            Delivery.email_campaign_id == test.email_campaign_id,
            Delivery.state.in_(GONE),
            Delivery.variant.is_not(None),
            Delivery.lead_id.is_not(None),
        )
        .group_by(Delivery.variant)
    )
    rows = session.execute(statement)
    return {variant: (amount, first, last) for variant, amount, first, last in rows if variant is not None}


def _successes(session: Session, test: AbTest, until: Mapping[int, datetime]) -> dict[int, int]:
    found: dict[int, int] = {}
    statement = (
        select(Delivery.variant, func.count(func.distinct(LeadEvent.lead_id)))
        .join(
            LeadEvent,
            and_(
                LeadEvent.email_campaign_id == Delivery.email_campaign_id,
                LeadEvent.lead_id == Delivery.lead_id,
                LeadEvent.type == EVENTS[test.metric],
                LeadEvent.machine.is_(False),
            ),
        )
        .where(
            Delivery.email_campaign_id == test.email_campaign_id,
            Delivery.state.in_(GONE),
            Delivery.variant.is_not(None),
        )
        .group_by(Delivery.variant)
    )
    if not until:
        return {variant: amount for variant, amount in session.execute(statement) if variant is not None}
    for position, moment in until.items():
        own = statement.where(Delivery.variant == position, LeadEvent.at < moment)
        found.update({variant: amount for variant, amount in session.execute(own) if variant is not None})
    return found
