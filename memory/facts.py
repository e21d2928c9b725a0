"""Daily facts: what happened and what was recorded, summed by day, channel, campaign and mailing.

Days are those of the hub's zone. The database groups them: a day is the moment shifted by the zone's offset, of which
a period holds a few at most (one for each change of the clocks), so one query serves SQLite and PostgreSQL alike.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, and_, case, cast, exists, false, func, literal, or_, select, text
from sqlalchemy.orm import Session, aliased

from memory.enums import Channel, EventType
from memory.events import LeadEvent
from memory.mailings import EmailCampaign
from memory.metrics import MetricPoint
from memory.posts import SocialPost
from memory.unchanged import WATCHED, while_unchanged
from memory.workflows import Workflow, WorkflowVersion

#: What a person does once for a mailing, however often: an open counts on the day of the first one.
ONCE = (EventType.OPENED, EventType.CLICKED, EventType.UNSUBSCRIBED)


@dataclass(frozen=True)
class EventSum:
    """How many human events of a type fell on a day, and their worth together (None where none carried a value).

    day is None where the sum is one of all days (see memory.campaign_sums)."""

    day: date | None
    type: EventType
    channel: Channel | None
    campaign_id: int | None
    email_campaign_id: int | None
    workflow_id: int | None
    imported: bool
    amount: int
    worth: float | None


@dataclass(frozen=True)
class PointSum:
    """The recorded figures of one record, metric and day together; day is None where they carry none."""

    kind: str
    record_id: int
    metric: str
    day: date | None
    channel: Channel | None
    imported: bool
    value: float


@dataclass(frozen=True)
class Home:
    """What a mailing or post is called, the campaign it belongs to, and when it went out. `workflow_id`: it is no mailing
    that people list, but the letters of one step of this workflow."""

    name: str
    campaign_id: int | None
    at: datetime | None
    workflow_id: int | None = None


def event_sums(
    session: Session,
    zone: ZoneInfo,
    start: date,
    end: date,
    types: Sequence[EventType],
    campaigns: Collection[int] | None = None,
) -> list[EventSum]:
    """The daily sums of these events from `start` to `end` (both included); of these campaigns only, where given.

    Machine events are left out. What a person does once for a mailing (`ONCE`) counts on its first day only, so that
    the sum over all days is the number of people that memory.mailings counts. A lead that was imported is no new one.
    """
    if not types:
        return []
    if campaigns is not None or not WATCHED.issuperset(types):
        return _event_sums(session, zone, start, end, types, campaigns)
    key = ("sums", zone.key, start, end, tuple(types))
    return while_unchanged(session, key, lambda: _event_sums(session, zone, start, end, types, None))


def _event_sums(
    session: Session,
    zone: ZoneInfo,
    start: date,
    end: date,
    types: Sequence[EventType],
    campaigns: Collection[int] | None,
) -> list[EventSum]:
    day = local_day(session, LeadEvent.at, zone, start, end)
    columns = (
        LeadEvent.type, LeadEvent.channel, LeadEvent.campaign_id, LeadEvent.email_campaign_id, LeadEvent.workflow_id,
        LeadEvent.imported,
    )  # fmt: skip
    first, last = day_bounds(zone, start, end)
    statement = (
        select(day, *columns, func.count(), func.sum(LeadEvent.value))
        .where(
            *counting(types),
            LeadEvent.at >= first,
            LeadEvent.at < last,
            *((or_(*of_campaigns(campaigns)),) if campaigns is not None else ()),
            or_(LeadEvent.type.not_in(ONCE), LeadEvent.email_campaign_id.is_(None), ~_had_before()),
        )
        .group_by(day, *columns)
    )
    return [
        EventSum(_as_day(on), type, channel, campaign, mailing, workflow, imported, amount, worth)
        for on, type, channel, campaign, mailing, workflow, imported, amount, worth in session.execute(statement)
    ]


def counting(types: Sequence[EventType], machine: ColumnElement[bool] | None = None) -> tuple[ColumnElement[bool], ...]:
    """What an event must fulfil to count at all: of these types, a person's, and no lead that was imported. `machine` is
    the column that says so, as the query is to read it."""
    return (
        LeadEvent.type.in_(types),
        (LeadEvent.machine if machine is None else machine) == false(),
        or_(LeadEvent.type != EventType.CREATED, LeadEvent.imported == false()),
    )


def of_campaigns(campaigns: Collection[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two ways in which an event belongs to one of these campaigns: it names it, or it names none and its mailing
    does."""
    mailings = select(EmailCampaign.id).where(EmailCampaign.campaign_id.in_(campaigns))
    return (
        LeadEvent.campaign_id.in_(campaigns),
        and_(LeadEvent.campaign_id.is_(None), LeadEvent.email_campaign_id.in_(mailings)),
    )


def first_event(session: Session, types: Sequence[EventType], *, imported: bool | None = None) -> datetime | None:
    """When the first human event of these types happened; with `imported` False, the first that the hub saw itself."""
    if not WATCHED.issuperset(types):
        return _first_event(session, types, imported)
    return while_unchanged(session, ("first", tuple(types), imported), lambda: _first_event(session, types, imported))


def first_seen(
    session: Session, groups: Sequence[tuple[EventType, ...]]
) -> list[tuple[datetime | None, datetime | None]]:
    """For each group of (watched) types, when the first human event happened that the hub saw itself, and the first of all."""
    return while_unchanged(
        session,
        ("first seen", tuple(groups)),
        lambda: [(_first_event(session, types, False), _first_event(session, types, None)) for types in groups],
    )


def _first_event(session: Session, types: Sequence[EventType], imported: bool | None) -> datetime | None:
    found = []
    for type in types:  # one seek in the index for each type
        statement = select(LeadEvent.at).where(LeadEvent.type == type, LeadEvent.machine == false())
        if imported is not None:
            statement = statement.where(LeadEvent.imported == imported)
        elif type == EventType.CREATED:
            statement = statement.where(LeadEvent.imported == false())
        found.append(session.scalars(statement.order_by(LeadEvent.at).limit(1)).first())
    return min((at for at in found if at is not None), default=None)


def point_sums(
    session: Session, start: date | None, end: date | None, campaigns: Collection[int] | None = None
) -> list[PointSum]:
    """Recorded figures of days from `start` to `end` (both included; None leaves that side open), and all without a day;
    where campaigns are given, only theirs and those of their mailings and posts."""
    columns = (
        MetricPoint.kind, MetricPoint.record_id, MetricPoint.metric, MetricPoint.day, MetricPoint.channel,
        MetricPoint.imported,
    )  # fmt: skip
    inside: list[ColumnElement[bool]] = [MetricPoint.day.is_not(None)]
    inside += [MetricPoint.day >= start] if start else []
    inside += [MetricPoint.day <= end] if end else []
    statement = (
        select(*columns, func.sum(MetricPoint.value))
        .where(or_(MetricPoint.day.is_(None), and_(*inside)))
        .group_by(*columns)
    )
    if campaigns is not None:
        mailings = select(EmailCampaign.id).where(EmailCampaign.campaign_id.in_(campaigns))
        posts = select(SocialPost.id).where(SocialPost.campaign_id.in_(campaigns))
        owned = (("campaign", campaigns), ("email_campaign", mailings), ("social_post", posts))
        statement = statement.where(
            or_(*(and_(MetricPoint.kind == kind, MetricPoint.record_id.in_(ids)) for kind, ids in owned))
        )
    return [
        PointSum(kind, record, metric, day, channel, imported, float(value))
        for kind, record, metric, day, channel, imported, value in session.execute(statement)
    ]


def first_points(session: Session) -> dict[tuple[str, str, bool], date]:
    """The first day that figures were recorded for: {(kind, metric, imported): day}."""
    key = (MetricPoint.kind, MetricPoint.metric, MetricPoint.imported)
    statement = select(*key, func.min(MetricPoint.day)).where(MetricPoint.day.is_not(None)).group_by(*key)
    return {(kind, metric, imported): day for kind, metric, imported, day in session.execute(statement) if day}


def mailing_homes(session: Session, campaigns: Collection[int] | None = None) -> dict[int, Home]:
    """Every mailing (of these campaigns) by id; it went out when sending ended, or else when it was laid out."""
    columns = (EmailCampaign.id, EmailCampaign.name, EmailCampaign.campaign_id)
    when = func.coalesce(EmailCampaign.sent_at, EmailCampaign.laid_at)
    statement = select(*columns, when, WorkflowVersion.workflow_id).outerjoin(
        WorkflowVersion, WorkflowVersion.id == EmailCampaign.workflow_version_id
    )
    if campaigns is not None:
        statement = statement.where(EmailCampaign.campaign_id.in_(campaigns))
    return {one: Home(name, campaign, at, workflow) for one, name, campaign, at, workflow in session.execute(statement)}


def workflow_names(session: Session) -> dict[int, str]:
    """What every workflow is called, by id."""
    return dict(session.execute(select(Workflow.id, Workflow.name)).tuples().all())


def post_homes(session: Session, campaigns: Collection[int] | None = None) -> dict[int, Home]:
    """Every post (of these campaigns) by id, called by its content."""
    statement = select(SocialPost.id, SocialPost.content, SocialPost.campaign_id, SocialPost.published_at)
    if campaigns is not None:
        statement = statement.where(SocialPost.campaign_id.in_(campaigns))
    return {one: Home(name, campaign, at) for one, name, campaign, at in session.execute(statement)}


def local_day(session: Session, column: Any, zone: ZoneInfo, start: date, end: date) -> ColumnElement[Any]:
    """The day in `zone` of a moment that lies between these days, as the database computes it."""
    offsets = zone_offsets(zone, start, end)
    shifted = [(until, _shifted_day(session, column, offset)) for until, offset in offsets]
    *before, (_, last) = shifted
    if not before:
        return last
    return case(*((column < until, day) for until, day in before if until is not None), else_=last)


def zone_offsets(zone: ZoneInfo, start: date, end: date) -> list[tuple[datetime | None, timedelta]]:
    """The zone's offsets from UTC over these days: (moment until which it holds, offset), the last one without an end."""
    found: list[tuple[datetime | None, timedelta]] = []
    first, last = day_bounds(zone, start, end)
    now = first
    while now < last:
        nxt = min(now + timedelta(days=1), last)
        if _offset(zone, nxt) != _offset(zone, now):
            low, high = now, nxt
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(zone, middle) == _offset(zone, now) else (low, middle)
            found.append((high.replace(microsecond=0), _offset(zone, now)))
        now = nxt
    return [*found, (None, _offset(zone, last))]


def day_bounds(zone: ZoneInfo, start: date, end: date) -> tuple[datetime, datetime]:
    """The moments (UTC) at which the first day begins and the last one ends (exclusive)."""
    return (
        datetime.combine(start, time(), zone).astimezone(UTC),
        datetime.combine(end + timedelta(days=1), time(), zone).astimezone(UTC),
    )


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _had_before() -> ColumnElement[bool]:
    """Whether the lead had a human event of this type for this mailing before."""
    earlier = aliased(LeadEvent, name="earlier")
    return exists().where(
        earlier.email_campaign_id == LeadEvent.email_campaign_id,
        earlier.type == LeadEvent.type,
        earlier.lead_id == LeadEvent.lead_id,
        earlier.machine == false(),
        or_(earlier.at < LeadEvent.at, and_(earlier.at == LeadEvent.at, earlier.id < LeadEvent.id)),
    )


def _shifted_day(session: Session, column: Any, offset: timedelta) -> ColumnElement[Any]:
    minutes = int(offset.total_seconds() // 60)
    if _is_sqlite(session):
        return func.date(column, literal(f"{minutes:+d} minutes"))
    return cast(func.timezone("UTC", column) + text(f"interval '{minutes} minutes'"), Date)


def _as_day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
