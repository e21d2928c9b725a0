"""Sums over events that need not be computed again while no such event was stored, changed or removed.

What tells so comes from the database itself, so that it holds for every process. On SQLite it is the highest id, with a
look at what was stored since, and a mark that triggers set to another random number where an event is changed or removed
(any at all, since the id of the last one is given out again); a transaction that may write is told nothing that was
kept, and keeps nothing, since it may be rolled back. On PostgreSQL it is the snapshot, which is the same only while no
transaction of the server has written anything.
"""

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Engine, Select, bindparam, func, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.database import WRITE
from memory.enums import EventType
from memory.events import LeadEvent

Found = TypeVar("Found")

#: The events that are watched: those that figures count.
WATCHED = frozenset(
    {
        EventType.CREATED, EventType.OPENED, EventType.CLICKED, EventType.CONVERTED, EventType.ORDERED,
        EventType.UNSUBSCRIBED,
    }
)  # fmt: skip
#: Answers kept for each database; beyond it the oldest are forgotten.
MOST = 64

# A select, as against a text: what a call changes can be undone only where each of its statements is known.
_POSTGRESQL: Select[str | None] = select(
    literal_column("CASE WHEN pg_current_xact_id_if_assigned() IS NULL THEN pg_current_snapshot()::text END")
)


class EventChange(Base):
    """One row: another mark whenever events that were stored before are changed or removed."""

    __tablename__ = "event_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(BigInteger())


_SQLITE = select(EventChange.mark, select(func.coalesce(func.max(LeadEvent.id), 0)).scalar_subquery())
#: Hidden in an expression: SQLite would take the index of types, and read all events of the house.
_SINCE = (
    select(LeadEvent.id)
    .where(LeadEvent.id > bindparam("since"), func.coalesce(LeadEvent.type, "").in_(sorted(WATCHED)))
    .limit(1)
)


@dataclass
class _Kept:
    """An answer, the mark that it goes with, and (SQLite) the last event that it knows of."""

    mark: Hashable
    last: int
    found: Any


_kept: "WeakKeyDictionary[Engine, dict[Hashable, _Kept]]" = WeakKeyDictionary()
_lock = threading.Lock()


def while_unchanged(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """What `find` gives, from its last call under this key where no watched event has changed since.

    `find` may depend on its key and on watched events, on nothing else, and nobody may change what it gives.
    """
    engine = session.get_bind()
    mark, last = _state(session)
    if mark is None or not isinstance(engine, Engine):
        return find()
    with _lock:
        kept = _kept.setdefault(engine, {})
        seen = kept.get(key)
    if seen is not None and seen.mark == mark and _nothing_since(session, seen.last, last):
        seen.last = max(seen.last, last)
        return cast(Found, seen.found)
    found = find()
    with _lock:
        kept.pop(key, None)
        kept[key] = _Kept(mark, last, found)
        while len(kept) > MOST:
            del kept[next(iter(kept))]
    return found


def _state(session: Session) -> tuple[Hashable | None, int]:
    """The mark of the events as this transaction sees them, and the last one; no mark where nothing may be kept."""
    if session.get_bind().dialect.name != "sqlite":
        # A transaction that writes itself sees more than its snapshot.
        return session.execute(_POSTGRESQL).scalar_one(), 0
    if session.connection().get_execution_options().get(WRITE):
        return None, 0
    mark, last = session.execute(_SQLITE).one()
    return mark, last


def _nothing_since(session: Session, since: int, last: int) -> bool:
    """Whether no watched event was stored behind `since`; an older transaction does not see all that is kept."""
    return since == last or (since < last and session.execute(_SINCE, {"since": since}).first() is None)
