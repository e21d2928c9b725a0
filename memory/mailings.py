"""Mailings: the record of one mail to many people, and what was recorded of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, func, literal, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from memory.base import Base, Json, Versioned, enum_column
from memory.campaigns import Campaign
from memory.enums import EmailStatus, EventType
from memory.events import LeadEvent
from memory.plans import Plan


class EmailCampaign(Versioned, Base):
    """One mailing: to a segment, to single addresses, or both. Moments are UTC.

    `send_time` is when it shall go out (None: at once, when it is sent). `recipients` are addresses in lower case;
    with a segment, its people are looked up when the mailing is laid out in the delivery ledger (`laid_at`; see
    memory.deliveries). `sent_at` is when sending ended; `status_reason` says why it is paused or waits. Results are not
    stored here: they are counted from the ledger and the lead events; imported history stands in memory.metrics.
    `confirms` marks the letters of a sign-up form: they alone go to people who have not confirmed yet.

    The mails of a workflow's step stand here too, so that they go the way of every mail (ledger, sender, tracking): such
    a row belongs to one step (`workflow_node`) of one version (`workflow_version_id`), holds the text that was approved
    with it, has no recipients of its own, and is no mailing that people list or send.
    """

    __tablename__ = "email_campaigns"
    __table_args__ = (
        Index("ix_email_campaigns_status", "status", "send_time"),
        UniqueConstraint("workflow_version_id", "workflow_node"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id", ondelete="SET NULL"), index=True)
    subject_line: Mapped[str | None] = mapped_column(Text)
    preview_text: Mapped[str | None] = mapped_column(Text)
    content: Mapped[str | None] = mapped_column(Text)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("templates.id", ondelete="SET NULL"), index=True)
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segments.id", ondelete="SET NULL"), index=True)
    recipients: Mapped[list[str]] = mapped_column(default=list)
    send_time: Mapped[datetime | None]
    status: Mapped[EmailStatus] = mapped_column(enum_column(EmailStatus), default=EmailStatus.DRAFT)
    laid_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    status_reason: Mapped[str | None] = mapped_column(Text)
    confirms: Mapped[bool] = mapped_column(default=False)
    ai_generated: Mapped[bool] = mapped_column(default=False)
    workflow_version_id: Mapped[int | None]
    workflow_node: Mapped[str | None] = mapped_column(String(32))


def email_campaign_named(session: Session, name: str) -> EmailCampaign | None:
    """The mailing of exactly this name (without case), if there is one."""
    return session.scalars(select(EmailCampaign).where(func.lower(EmailCampaign.name) == name.strip().lower())).first()


def list_email_campaigns(
    session: Session, *, status: EmailStatus | None = None, query: str | None = None
) -> Sequence[EmailCampaign]:
    """Mailings that fit all filters, newest first. `query` looks into name, subject line and text. Those of the steps of
    workflows are left out. Their recipients, of which one may have 100,000, are read where they are asked for."""
    statement = select(EmailCampaign).where(EmailCampaign.workflow_version_id.is_(None))
    statement = statement.order_by(EmailCampaign.id.desc()).options(defer(EmailCampaign.recipients))
    if status:
        statement = statement.where(EmailCampaign.status == status)
    if query:
        columns = (EmailCampaign.name, EmailCampaign.subject_line, EmailCampaign.content)
        statement = statement.where(or_(*(column.icontains(query, autoescape=True) for column in columns)))
    return session.scalars(statement).all()


def count_email_campaigns(session: Session) -> int:
    """How many mailings `list_email_campaigns` lists without a filter."""
    own = EmailCampaign.workflow_version_id.is_(None)
    return session.scalar(select(func.count()).select_from(EmailCampaign).where(own)) or 0


def first_recipients(session: Session, ids: Sequence[int], most: int) -> dict[int, tuple[int, tuple[str, ...]]]:
    """How many single addresses each of these mailings has, and the first of them."""
    column = EmailCampaign.recipients
    if _is_sqlite(session):
        each = func.json_each(column).table_valued("value")
        some = select(each.c.value.label("value")).limit(most).correlate(EmailCampaign).subquery()
        amount = func.json_array_length(column)
        first: Any = select(func.json_group_array(some.c.value)).scalar_subquery()
    else:
        amount = func.jsonb_array_length(column)
        first = func.jsonb_path_query_array(column, literal(f"$[0 to {most - 1}]", JSONPATH))
    statement = select(EmailCampaign.id, amount, type_coerce(first, Json)).where(EmailCampaign.id.in_(ids))
    return {id: (amount, tuple(first)) for id, amount, first in session.execute(statement)}


def called_mailings(session: Session) -> list[tuple[int, str, str | None, str | None]]:
    """What every mailing may be called: (id, name, subject line, its campaign's name), newest first. Those of the steps of
    workflows are none that people name."""
    statement = (
        select(EmailCampaign.id, EmailCampaign.name, EmailCampaign.subject_line, Campaign.name)
        .outerjoin(Campaign, Campaign.id == EmailCampaign.campaign_id)
        .where(EmailCampaign.workflow_version_id.is_(None))
        .order_by(EmailCampaign.id.desc())
    )
    return [(id, name, subject, campaign) for id, name, subject, campaign in session.execute(statement)]


def mailings_with_template(session: Session, template_id: int) -> Sequence[EmailCampaign]:
    """The mailings that were made from a template, by name."""
    return session.scalars(
        select(EmailCampaign).where(EmailCampaign.template_id == template_id).order_by(EmailCampaign.name)
    ).all()


def mailings_of_campaign(session: Session, campaign_id: int) -> Sequence[EmailCampaign]:
    """The mailings that belong to a campaign, by name; those of the steps of workflows are left out."""
    own = (EmailCampaign.campaign_id == campaign_id, EmailCampaign.workflow_version_id.is_(None))
    return session.scalars(select(EmailCampaign).where(*own).order_by(EmailCampaign.name)).all()


def step_letters_of_campaign(session: Session, campaign_id: int) -> Sequence[EmailCampaign]:
    """The mails of workflows' steps whose text is that of a campaign's mailing, by name."""
    own = (EmailCampaign.campaign_id == campaign_id, EmailCampaign.workflow_version_id.is_not(None))
    return session.scalars(select(EmailCampaign).where(*own).order_by(EmailCampaign.name)).all()


def step_letters(session: Session) -> set[int]:
    """The ids of all mails of workflows' steps."""
    return set(session.scalars(select(EmailCampaign.id).where(EmailCampaign.workflow_version_id.is_not(None))))


def people_by_event(
    session: Session, *, since: datetime | None = None, until: datetime | None = None
) -> dict[int, dict[tuple[EventType, bool], int]]:
    """How many different leads had each kind of event, by mailing: {mailing id: {(type, by a machine only): leads}}.

    A lead whose opens (clicks) of a mailing were all made by machines counts as machine, else as human.
    """
    statement = select(
        LeadEvent.email_campaign_id,
        LeadEvent.type,
        LeadEvent.lead_id,
        func.min(LeadEvent.machine).label("machine") if _is_sqlite(session) else func.bool_and(LeadEvent.machine),
    ).where(LeadEvent.email_campaign_id.is_not(None))
    if since is not None:
        statement = statement.where(LeadEvent.at >= since)
    if until is not None:
        statement = statement.where(LeadEvent.at < until)
    people = statement.group_by(LeadEvent.email_campaign_id, LeadEvent.type, LeadEvent.lead_id).subquery()
    mailing, type, _, machine = people.c
    found: dict[int, dict[tuple[EventType, bool], int]] = {}
    for mailing_id, event, by_machine, leads in session.execute(
        select(mailing, type, machine, func.count()).group_by(mailing, type, machine)
    ):
        found.setdefault(mailing_id, {})[event, bool(by_machine)] = leads
    return found


def made_in_a_minute_of(session: Session, moment: datetime, first: datetime, last: datetime) -> bool:
    """Whether a plan was laid between `first` and `last` to send a mailing at `moment`: "now" was what the person meant."""
    plans = session.scalars(
        select(Plan).where(Plan.tool == "send_email_campaign", Plan.created_at >= first, Plan.created_at <= last)
    )
    return any(datetime.fromisoformat(told) == moment for plan in plans if (told := plan.arguments.get("send_time")))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
