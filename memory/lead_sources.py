"""Connected lead sources: a table of another database, how far it was read, and which lead came from which row."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped, enum_column
from memory.enums import LeadStatus


class LeadSource(Stamped, Base):
    """A table that leads come from. `address` has no password in it; `mapping` is {column: lead field}.

    cursor is the highest value of `cursor_column` read so far, as text: the next import begins there.
    """

    __tablename__ = "lead_sources"
    __table_args__ = (UniqueConstraint("address", "table_name", name="uq_lead_sources_address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    table_name: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]]
    key_column: Mapped[str] = mapped_column(String(100))
    cursor_column: Mapped[str | None] = mapped_column(String(100))
    cursor: Mapped[str | None] = mapped_column(Text)
    last_import_at: Mapped[datetime | None]


class LeadLink(Base):
    """Which row of a source a lead is, and the status that both sides had when they last agreed."""

    __tablename__ = "lead_links"
    __table_args__ = (UniqueConstraint("source_id", "row_key", name="uq_lead_links_row"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("lead_sources.id", ondelete="CASCADE"), primary_key=True)
    row_key: Mapped[str] = mapped_column(String(200))
    agreed_status: Mapped[LeadStatus | None] = mapped_column(enum_column(LeadStatus))
    agreed_at: Mapped[datetime | None]


def source_at(session: Session, address: str, table_name: str) -> LeadSource | None:
    """The source of this address and table, if it was read before."""
    return session.scalars(
        select(LeadSource).where(LeadSource.address == address, LeadSource.table_name == table_name)
    ).first()
