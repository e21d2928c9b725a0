"""How fast mail may go out: a token bucket for each recipient domain and a count for each day, shared by all workers."""

from datetime import date, datetime, timedelta

from sqlalchemy import Date, String, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base


class SendBucket(Base):
    """The token bucket of one recipient domain: what was in it `at` a moment (UTC), and up to when places in the queue
    were given to messages that found it empty."""

    __tablename__ = "send_buckets"

    domain: Mapped[str] = mapped_column(String(254), primary_key=True)
    tokens: Mapped[float]
    at: Mapped[datetime]
    reserved_until: Mapped[datetime]


class SendDay(Base):
    """How many messages were claimed for sending on a day of the hub's calendar (counted while warming up)."""

    __tablename__ = "send_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    claimed: Mapped[int]


def take_tokens(
    session: Session, domain: str, wanted: int, *, rate: float, burst: int, now: datetime
) -> tuple[int, list[datetime]]:
    """Take up to `wanted` tokens of a domain's bucket, which fills by `rate` a second up to `burst`.

    Returns how many were taken and, for the messages that got none, the moments at which to try again: one behind the
    other at the bucket's rate, so that a waiting list of a million is looked at about once.
    """
    _insert_once(session, SendBucket, domain=domain, tokens=float(burst), at=now, reserved_until=now)
    bucket = session.get_one(SendBucket, domain, with_for_update=True, populate_existing=True)
    elapsed = max((now - bucket.at).total_seconds(), 0.0)
    tokens = min(float(burst), bucket.tokens + elapsed * rate)
    granted = min(wanted, int(tokens))
    step = timedelta(seconds=1 / rate)
    begin = max(bucket.reserved_until, now)
    slots = [begin + step * place for place in range(1, wanted - granted + 1)]
    bucket.tokens, bucket.at = tokens - granted, max(now, bucket.at)
    bucket.reserved_until = slots[-1] if slots else begin
    session.flush()
    return granted, slots


def take_of_day(session: Session, day: date, wanted: int, allowance: int) -> int:
    """Count up to `wanted` messages on a day's allowance; returns how many fit."""
    _insert_once(session, SendDay, day=day, claimed=0)
    counted = session.get_one(SendDay, day, with_for_update=True, populate_existing=True)
    granted = max(min(wanted, allowance - counted.claimed), 0)
    counted.claimed += granted
    session.flush()
    return granted


def claimed_on(session: Session, day: date) -> int:
    """How many messages were counted on a day."""
    return session.scalar(select(SendDay.claimed).where(SendDay.day == day)) or 0


def forget_pace(session: Session, before: datetime) -> None:
    """Remove buckets that nobody asked since a moment (a new one is full, as they are) and the days before it."""
    session.execute(delete(SendBucket).where(SendBucket.at < before, SendBucket.reserved_until < before))
    session.execute(delete(SendDay).where(SendDay.day < before.date()))


def _insert_once(session: Session, record: type[Base], **values: object) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(record).values(**values).on_conflict_do_nothing())
