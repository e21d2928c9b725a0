"""Sums over events that need not be computed again while no such event was stored, changed or removed.

What tells so comes from the database itself, so that it holds for every process: on SQLite a mark that triggers set to
another random number with every change (never back to an earlier one, also not by a rollback); on PostgreSQL the
snapshot, which is the same only while no transaction of the server has written anything.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Engine, Select, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.enums import EventType

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
    """One row: the mark of the watched events as they stand."""

    __tablename__ = "event_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[int] = mapped_column(BigInteger())


_SQLITE = select(EventChange.mark)


_kept: "WeakKeyDictionary[Engine, dict[Hashable, tuple[Hashable, Any]]]" = WeakKeyDictionary()
_lock = threading.Lock()


def while_unchanged(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """What `find` gives, from its last call under this key where no watched event has changed since.

    `find` may depend on its key and on watched events, on nothing else, and nobody may change what it gives.
    """
    engine = session.get_bind()
    mark = session.execute(_SQLITE if engine.dialect.name == "sqlite" else _POSTGRESQL).scalar_one()
    if mark is None or not isinstance(engine, Engine):  # a transaction that writes itself sees more than its snapshot
        return find()
    with _lock:
        kept = _kept.setdefault(engine, {})
        seen = kept.get(key)
    if seen is not None and seen[0] == mark:
        return cast(Found, seen[1])
    found = find()
    with _lock:
        kept.pop(key, None)
        kept[key] = (mark, found)
        while len(kept) > MOST:
            del kept[next(iter(kept))]
    return found
