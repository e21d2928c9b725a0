"""How far workflows have looked at new leads and events: rows are read in the order of their numbers, behind a cursor."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, Select, String, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base

#: Numbers read in one look, and those read again: a row may become visible a little late (see TriggerCursor).
AT_ONCE, AGAIN = 5_000, 1_000
#: A moment before any.
_LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_BIG = BigInteger().with_variant(Integer(), "sqlite")


class TriggerCursor(Base):
    """How far one kind of look has come: `name` is "events", "leads", or "workflow:<id>".

    Rows up to `seen_id` are dealt with. On PostgreSQL a row may become visible after one with a higher number: what was
    looked at up to `read_id` counts as dealt with once every transaction before `horizon` is over. `looked_at` is for
    looks that go by the clock (UTC).
    """

    __tablename__ = "trigger_cursors"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_id: Mapped[int] = mapped_column(_BIG, default=0)
    read_id: Mapped[int] = mapped_column(_BIG, default=0)
    horizon: Mapped[int] = mapped_column(BigInteger(), default=0)
    looked_at: Mapped[datetime | None]


def cursor(session: Session, name: str) -> TriggerCursor | None:
    """The cursor of this name, locked; None where another worker has it now. It is made when it is asked for first."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    blank = {"name": name, "seen_id": 0, "read_id": 0, "horizon": 0}
    session.execute(dialect.insert(TriggerCursor).values(**blank).on_conflict_do_nothing())
    statement = select(TriggerCursor).where(TriggerCursor.name == name).with_for_update(skip_locked=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).first()


def move_on(session: Session, at: TriggerCursor, read_id: int) -> None:
    """Everything up to `read_id` that could be seen was dealt with.

    SQLite has one writer at a time, so nothing comes later with a lower number. On PostgreSQL that is only sure when
    all transactions are over that were under way when it was read.
    """
    if session.get_bind().dialect.name == "sqlite":
        at.seen_id = at.read_id = read_id
        return
    oldest, next_one = session.execute(
        text(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, "
            "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        )
    ).one()
    if at.read_id > at.seen_id and oldest >= at.horizon:
        at.seen_id = at.read_id
    if read_id > at.read_id or at.read_id <= at.seen_id:
        at.read_id, at.horizon = read_id, next_one
    session.flush()


def unread(
    session: Session, name: str, newest: int, first: Select[int] | None
) -> tuple[TriggerCursor, int, int] | None:
    """The cursor and the numbers to read (above, up to); None where there is nothing new, or another worker reads.

    `first` asks for the lowest number that matters to a cursor that is new (None: nothing does).
    """
    place = cursor(session, name)
    if place is None:
        return None
    if place.looked_at is None:  # the cursor is new
        lowest = session.scalar(first) if first is not None else None
        start = lowest - 1 if lowest is not None else newest
        place.seen_id = place.read_id = start
        place.looked_at = _LONG_AGO
        session.flush()
    if newest < place.seen_id:  # the newest rows were deleted: their numbers may be used again
        place.seen_id = place.read_id = newest
    if newest <= place.read_id and place.read_id == place.seen_id:
        return None
    # What nobody waits for need not be read in pieces.
    upto = min(newest, place.read_id + AT_ONCE) if first is not None else newest
    return place, max(place.seen_id - AGAIN, 0), upto
