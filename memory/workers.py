"""Workers that carry out what was approved: each tells now and then that it lives, so that others can tell if it died."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base

#: A worker that was silent for so long is taken for dead. It tells of itself much more often.
SILENCE = timedelta(seconds=30)


class WorkerBeat(Base):
    """One worker process: when it was last heard of (UTC)."""

    __tablename__ = "worker_beats"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    seen_at: Mapped[datetime]


def beat(session: Session, worker: str, now: datetime) -> None:
    """Note that a worker lives."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(WorkerBeat).values(id=worker, seen_at=now)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"seen_at": now}))


def living_workers(session: Session, now: datetime) -> set[str]:
    """The workers heard of lately."""
    return set(session.scalars(select(WorkerBeat.id).where(WorkerBeat.seen_at > now - SILENCE)))


def forget_worker(session: Session, worker: str) -> None:
    """A worker ended well."""
    session.execute(delete(WorkerBeat).where(WorkerBeat.id == worker))


def forget_silent_workers(session: Session, before: datetime) -> None:
    """Remove workers that were last heard of before a moment."""
    session.execute(delete(WorkerBeat).where(WorkerBeat.seen_at < before))
