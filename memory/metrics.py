"""Recorded results: what a campaign, mailing, post or workflow earned and cost, as points that are summed when read."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Date, Index, String, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column, utc_now
from memory.enums import Channel


class MetricPoint(Base):
    """One recorded figure: `value` of `metric` for a record on a day (or, for imported history, in total).

    kind is the record's noun (campaign, email_campaign, social_post, workflow). Money is in the hub's currency.
    `imported` marks history that somebody brought along, as against what the hub counted itself.
    """

    __tablename__ = "metric_points"
    __table_args__ = (Index("ix_metric_points_record", "kind", "record_id", "metric", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    metric: Mapped[str] = mapped_column(String(32))
    value: Mapped[float]
    day: Mapped[date | None] = mapped_column(Date)
    channel: Mapped[Channel | None] = mapped_column(enum_column(Channel))
    imported: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


#: Of one record; made once, for they are asked with every card.
_OF_ONE = (MetricPoint.kind == bindparam("kind"), MetricPoint.record_id == bindparam("record"))
_TOTALS = select(MetricPoint.metric, func.sum(MetricPoint.value)).where(*_OF_ONE).group_by(MetricPoint.metric)
_IMPORTED = select(MetricPoint.id).where(*_OF_ONE, MetricPoint.imported).limit(1)


def record_metric(
    session: Session,
    kind: str,
    record_id: int,
    metric: str,
    value: float,
    *,
    day: date | None = None,
    channel: Channel | None = None,
    imported: bool = False,
) -> None:
    """Add one figure. Figures of the same metric and day add up."""
    session.add(
        MetricPoint(
            kind=kind, record_id=record_id, metric=metric, value=value, day=day, channel=channel, imported=imported
        )
    )


def totals(
    session: Session,
    kind: str,
    record_id: int,
    *,
    start: date | None = None,
    end: date | None = None,
    undated: bool = False,
) -> dict[str, float]:
    """The sum of each metric of one record. With a period, only figures that carry a day inside it (inclusive) count;
    with `undated`, only those without a day.
    """
    statement = _TOTALS
    if start:
        statement = statement.where(MetricPoint.day >= start)
    if end:
        statement = statement.where(MetricPoint.day <= end)
    if undated:
        statement = statement.where(MetricPoint.day.is_(None))
    found = session.execute(statement, {"kind": kind, "record": record_id})
    return {metric: float(value) for metric, value in found}


def totals_of_all(session: Session, kind: str, ids: Collection[int] | None = None) -> dict[int, dict[str, float]]:
    """The sum of each metric for every record of a kind, or those of `ids`, by record id: one query for a whole list."""
    statement = (
        select(MetricPoint.record_id, MetricPoint.metric, func.sum(MetricPoint.value))
        .where(MetricPoint.kind == kind)
        .group_by(MetricPoint.record_id, MetricPoint.metric)
    )
    if ids is not None:
        statement = statement.where(MetricPoint.record_id.in_(ids))
    found: dict[int, dict[str, float]] = {}
    for record_id, metric, value in session.execute(statement):
        found.setdefault(record_id, {})[metric] = float(value)
    return found


def totals_by_channel(
    session: Session, kind: str, record_id: int, *, start: date | None = None, end: date | None = None
) -> dict[Channel, dict[str, float]]:
    """Like `totals`, for each channel that figures were recorded for; figures without a channel are left out."""
    statement = (
        select(MetricPoint.channel, MetricPoint.metric, func.sum(MetricPoint.value))
        .where(MetricPoint.kind == kind, MetricPoint.record_id == record_id, MetricPoint.channel.is_not(None))
        .group_by(MetricPoint.channel, MetricPoint.metric)
    )
    if start:
        statement = statement.where(MetricPoint.day >= start)
    if end:
        statement = statement.where(MetricPoint.day <= end)
    found: dict[Channel, dict[str, float]] = {}
    for channel, metric, value in session.execute(statement):
        if channel is not None:
            found.setdefault(channel, {})[metric] = float(value)
    return found


def count_metrics(session: Session, kind: str, record_id: int) -> int:
    """How many figures are recorded for a record."""
    statement = select(func.count()).where(MetricPoint.kind == kind, MetricPoint.record_id == record_id)
    return session.scalar(statement) or 0


def has_imported(session: Session, kind: str, record_id: int) -> bool:
    """Whether any of the record's figures is imported history."""
    return session.execute(_IMPORTED, {"kind": kind, "record": record_id}).first() is not None


def forget_metrics(session: Session, kind: str, record_id: int) -> None:
    """Remove all figures of a record that is being deleted."""
    for point in session.scalars(
        select(MetricPoint).where(MetricPoint.kind == kind, MetricPoint.record_id == record_id)
    ):
        session.delete(point)
