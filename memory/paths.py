"""Paths to conversions: each conversion with the contacts that its lead had with the house before it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select, text
from sqlalchemy.orm import Session, aliased

from memory.enums import Channel, EventType
from memory.events import LeadEvent

#: Rows that are fetched at a time where there may be millions.
BATCH = 5_000


@dataclass(frozen=True)
class Touch:
    """A contact of a lead with the house: what, when, and what it belongs to."""

    at: datetime
    type: EventType
    channel: Channel | None
    campaign_id: int | None
    email_campaign_id: int | None


@dataclass(frozen=True)
class Path:
    """A conversion with the contacts before it, oldest first. `own` is what the conversion itself names."""

    id: int
    lead_id: int
    at: datetime
    value: float | None
    own: Touch
    touches: tuple[Touch, ...]


def paths_to_conversions(
    session: Session,
    start: datetime,
    end: datetime,
    *,
    conversions: Sequence[EventType],
    touches: Sequence[EventType],
    window: timedelta,
) -> Iterator[Path]:
    """Each human conversion from `start` up to `end`, with the human contacts of its lead in the `window` before.

    One query, streamed: what is held in memory is one path. Contacts without any origin (channel, campaign, mailing)
    are left out, save opens, which only mail has, and calls.
    """
    conversion, touch = aliased(LeadEvent, name="conversion"), aliased(LeadEvent, name="touch")
    named = or_(
        touch.channel.is_not(None),
        touch.campaign_id.is_not(None),
        touch.email_campaign_id.is_not(None),
        touch.type.in_((EventType.OPENED, EventType.CALLED)),
    )
    joined = and_(
        touch.lead_id == conversion.lead_id,
        touch.at > _earlier(session, conversion.at, window),
        touch.at <= conversion.at,
        touch.id != conversion.id,
        touch.type.in_(touches),
        touch.machine == false(),
        named,
    )
    statement = (
        select(
            conversion.id, conversion.lead_id, conversion.at, conversion.value, conversion.type, conversion.channel,
            conversion.campaign_id, conversion.email_campaign_id,
            touch.at, touch.type, touch.channel, touch.campaign_id, touch.email_campaign_id,
        )
        .select_from(conversion)
        .outerjoin(touch, joined)
        .where(
            conversion.type.in_(conversions),
            conversion.machine == false(),
            conversion.at >= start,
            conversion.at < end,
        )
        .order_by(conversion.id, touch.at, touch.id)
    )  # fmt: skip
    rows = session.execute(statement, execution_options={"yield_per": BATCH})
    yield from _paths(rows, window)


def _earlier(session: Session, column: Any, window: timedelta) -> ColumnElement[Any]:
    """The moment a window (and on SQLite up to a second) before; `_paths` looks at it to the microsecond."""
    seconds = int(window.total_seconds())
    if _is_sqlite(session):
        return func.datetime(column, literal(f"-{seconds + 1} seconds"))
    return column - text(f"interval '{seconds + 1} seconds'")  # type: ignore[no-any-return]


def _paths(rows: Iterable[Any], window: timedelta) -> Iterator[Path]:
    current: Path | None = None
    touches: list[Touch] = []
    for (
        id, lead_id, at, value, type, channel, campaign, mailing, t_at, t_type, t_channel, t_campaign, t_mailing,
    ) in rows:  # fmt: skip
        if current is None or current.id != id:
            if current is not None:
                yield Path(current.id, current.lead_id, current.at, current.value, current.own, tuple(touches))
            current = Path(id, lead_id, at, value, Touch(at, type, channel, campaign, mailing), ())
            touches = []
        if t_at is not None and t_at > at - window:
            touches.append(Touch(t_at, t_type, t_channel, t_campaign, t_mailing))
    if current is not None:
        yield Path(current.id, current.lead_id, current.at, current.value, current.own, tuple(touches))


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
