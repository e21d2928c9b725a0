"""Campaigns: the record and its queries."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, String, Text, cast, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Versioned, enum_column
from memory.enums import CampaignStatus, CampaignType, Channel, Goal

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select


class Campaign(Versioned, Base):
    """A campaign. Money is in the hub's currency; both dates are inclusive, in the hub's time zone.

    Its metrics are not stored here: they are computed from `memory.metrics`.
    """

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    description: Mapped[str | None] = mapped_column(Text)
    type: Mapped[CampaignType] = mapped_column(enum_column(CampaignType))
    status: Mapped[CampaignStatus] = mapped_column(enum_column(CampaignStatus), default=CampaignStatus.DRAFT)
    channels: Mapped[list[str]] = mapped_column(default=list)
    goal: Mapped[Goal | None] = mapped_column(enum_column(Goal))
    target_audience: Mapped[str | None] = mapped_column(Text)
    budget: Mapped[float | None]
    start_date: Mapped[date | None] = mapped_column(Date)
    end_date: Mapped[date | None] = mapped_column(Date)
    ai_generated: Mapped[bool] = mapped_column(default=False)


def campaign_named(session: Session, name: str) -> Campaign | None:
    """The campaign of exactly this name (without case), if there is one."""
    return session.scalars(select(Campaign).where(func.lower(Campaign.name) == name.strip().lower())).first()


def list_campaigns(
    session: Session,
    *,
    status: CampaignStatus | None = None,
    type: CampaignType | None = None,
    channel: Channel | None = None,
    query: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Campaign]:
    """Campaigns that fit all filters, newest first, or a page of them. `query` looks into name, description and audience."""
    statement = _fitting(select(Campaign), status, type, channel, query).order_by(Campaign.id.desc())
    if limit is not None:
        statement = statement.limit(limit).offset(offset)
    return session.scalars(statement).all()


def count_campaigns(
    session: Session,
    *,
    status: CampaignStatus | None = None,
    type: CampaignType | None = None,
    channel: Channel | None = None,
    query: str | None = None,
) -> int:
    """How many campaigns fit all filters."""
    return session.scalar(_fitting(select(func.count(Campaign.id)), status, type, channel, query)) or 0


def _fitting(
    statement: "Select[Any]",
    status: CampaignStatus | None,
    type: CampaignType | None,
    channel: Channel | None,
    query: str | None,
) -> "Select[Any]":
    if status:
        statement = statement.where(Campaign.status == status)
    if type:
        statement = statement.where(Campaign.type == type)
    if channel:
        # Channel names are a closed vocabulary without quotes: the JSON text holds each between quotes.
        statement = statement.where(cast(Campaign.channels, String).like(f'%"{channel.value}"%'))
    if query:
        statement = statement.where(or_(*_contains(query)))
    return statement


def _contains(query: str) -> list["ColumnElement[bool]"]:
    columns = (Campaign.name, Campaign.description, Campaign.target_audience)
    return [column.icontains(query, autoescape=True) for column in columns]
