"""Reports: files that were made of the figures of a period, kept whole in the database."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Date, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from memory.base import Base, enum_column, utc_now
from memory.enums import ReportFormat


class Report(Base):
    """One report: the finished file (`content`, `size` in bytes) and the days that it tells of (both included)."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    format: Mapped[ReportFormat] = mapped_column(enum_column(ReportFormat))
    media_type: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    start_date: Mapped[date] = mapped_column(Date)
    end_date: Mapped[date] = mapped_column(Date)
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


def report_with_id(session: Session, report_id: int) -> Report | None:
    """The report with its file, if there is one."""
    return session.get(Report, report_id)


def list_reports(session: Session, limit: int = 20) -> Sequence[Report]:
    """The newest reports, without loading their files."""
    statement = select(Report).options(defer(Report.content)).order_by(Report.id.desc()).limit(limit)
    return session.scalars(statement).all()
