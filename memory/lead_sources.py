"""Connected lead sources: a table of another database, how far it was read, and which lead came from which row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped, enum_column
from memory.enums import LeadStatus
from memory.leads import Lead


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
    """Which row of a source a lead is, and the status that the row had when it was last read or written.

    Where the lead's own status differs from it, the change was made here and the table does not know it yet.
    """

    __tablename__ = "lead_links"
    __table_args__ = (UniqueConstraint("source_id", "row_key", name="uq_lead_links_row"),)

    lead_id: Mapped[int] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("lead_sources.id", ondelete="CASCADE"), primary_key=True)
    row_key: Mapped[str] = mapped_column(String(200))
    table_status: Mapped[LeadStatus | None] = mapped_column(enum_column(LeadStatus))


def links_of_rows(session: Session, source_id: int, row_keys: Sequence[str]) -> dict[str, tuple[LeadLink, Lead]]:
    """The links of these rows with their leads, by row key."""
    statement = (
        select(LeadLink, Lead)
        .join(Lead, Lead.id == LeadLink.lead_id)
        .where(LeadLink.source_id == source_id, LeadLink.row_key.in_(row_keys))
    )
    return {link.row_key: (link, lead) for link, lead in session.execute(statement)}


def keep_link(session: Session, source_id: int, lead_id: int, row_key: str, table_status: LeadStatus | None) -> None:
    """Say that a lead is this row of the source, and which status the row has. A row moves with its key."""
    session.execute(
        delete(LeadLink).where(
            LeadLink.source_id == source_id, LeadLink.row_key == row_key, LeadLink.lead_id != lead_id
        )
    )
    link = session.get(LeadLink, (lead_id, source_id))
    if link is None:
        session.add(LeadLink(lead_id=lead_id, source_id=source_id, row_key=row_key, table_status=table_status))
    else:
        link.row_key, link.table_status = row_key, table_status or link.table_status


def links_behind(session: Session, source_id: int) -> Sequence[tuple[LeadLink, Lead]]:
    """The links whose table does not know the lead's present status yet."""
    statement = (
        select(LeadLink, Lead)
        .join(Lead, Lead.id == LeadLink.lead_id)
        .where(
            LeadLink.source_id == source_id, LeadLink.table_status.is_not(None), LeadLink.table_status != Lead.status
        )
        .order_by(LeadLink.lead_id)
    )
    return [(link, lead) for link, lead in session.execute(statement)]


def source_at(session: Session, address: str, table_name: str) -> LeadSource | None:
    """The source of this address and table, if it was read before."""
    return session.scalars(
        select(LeadSource).where(LeadSource.address == address, LeadSource.table_name == table_name)
    ).first()


def table_of_lead(session: Session, lead_id: int) -> str | None:
    """The name of the connected table that a lead came from, if there is one."""
    statement = select(LeadSource.table_name).join(LeadLink, LeadLink.source_id == LeadSource.id)
    return session.scalars(statement.where(LeadLink.lead_id == lead_id).order_by(LeadSource.id)).first()
