"""Leads: the record with its tags, custom fields and consents."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from memory.base import Base, Versioned, enum_column
from memory.enums import Channel, ConsentState, LeadStatus

#: The counters that history may be imported into.
COUNTERS = ("visits", "opens", "clicks", "orders")


class Lead(Versioned, Base):
    """A person the house knows. `email` is unique and kept in lower case; moments are UTC.

    visits, opens, clicks, orders, revenue (hub's currency) and the last_… moments are kept in step with the lead's
    events by memory.events, machine events left out. `imported_counts` is the part of them that was brought along as
    mere numbers, without single events ({"visits": 9, "last_order_at": "2026-02-20T00:00:00+00:00"}).
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index("ix_leads_status", "status", "city"),
        Index("ix_leads_orders", "orders"),
        Index("ix_leads_last_open_at", "last_open_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    first_name: Mapped[str | None] = mapped_column(String(100))
    last_name: Mapped[str | None] = mapped_column(String(100))
    company: Mapped[str | None] = mapped_column(String(200))
    job_title: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(50))
    city: Mapped[str | None] = mapped_column(String(100))
    country: Mapped[str | None] = mapped_column(String(100))
    language: Mapped[str | None] = mapped_column(String(20))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[LeadStatus] = mapped_column(enum_column(LeadStatus), default=LeadStatus.NEW)
    status_changed_at: Mapped[datetime | None]
    source: Mapped[str | None] = mapped_column(String(100))
    visits: Mapped[int] = mapped_column(default=0)
    opens: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)
    orders: Mapped[int] = mapped_column(default=0)
    revenue: Mapped[float] = mapped_column(default=0.0)
    last_visit_at: Mapped[datetime | None]
    last_open_at: Mapped[datetime | None]
    last_click_at: Mapped[datetime | None]
    last_order_at: Mapped[datetime | None]
    last_activity_at: Mapped[datetime | None]
    imported_counts: Mapped[dict[str, Any] | None]


class LeadTag(Base):
    """One tag of a lead, in lower case."""

    __tablename__ = "lead_tags"
    __table_args__ = (Index("ix_lead_tags_tag", "tag", "lead_id"), {"sqlite_with_rowid": False})

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)


class LeadField(Base):
    """One custom field of a lead, by its name in lower case. `number` and `day` hold the value where it is one."""

    __tablename__ = "lead_fields"
    __table_args__ = (
        Index("ix_lead_fields_number", "name", "number"),
        Index("ix_lead_fields_day", "name", "day"),
        {"sqlite_with_rowid": False},
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    number: Mapped[float | None]
    day: Mapped[date | None] = mapped_column(Date)


class LeadConsent(Base):
    """Whether a lead may be written to over a channel: the present state, since when and by what (`source`).

    How it came about is kept in the lead's events (consented, consent_withdrawn). "Newsletter" is consent to email.
    """

    __tablename__ = "lead_consents"
    __table_args__ = (
        Index("ix_lead_consents_channel", "channel", "state", "lead_id"),
        {"sqlite_with_rowid": False},
    )

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[Channel] = mapped_column(enum_column(Channel), primary_key=True)
    state: Mapped[ConsentState] = mapped_column(enum_column(ConsentState))
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(200))


class LeadWord(Base):
    """One word of a lead's name, email or company: how one of a million is found by what somebody calls them."""

    __tablename__ = "lead_words"
    __table_args__ = (Index("ix_lead_words_lead", "lead_id"), {"sqlite_with_rowid": False})

    word: Mapped[str] = mapped_column(String(64), primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
