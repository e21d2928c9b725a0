"""Requests that carry an idempotency key: the first one's answer, kept so that a repeated one is not carried out."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base


class IdempotentRequest(Base):
    """One key of one token. In flight while `status` is None, and then somebody's until `lease_until`; afterwards
    `status`, `headers` and `body` are the answer. `fingerprint` is a hash of what was asked."""

    __tablename__ = "idempotent_requests"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    call_id: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    lease_until: Mapped[datetime]
    status: Mapped[int | None]
    headers: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)


def insert_first(session: Session, request: dict[str, object]) -> int | None:
    """Insert the row; its id, or None where the token has one with this key (one statement: of many, one wins)."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = insert(IdempotentRequest).values(**request).on_conflict_do_nothing(index_elements=["token_id", "key"])
    return session.scalar(statement.returning(IdempotentRequest.id))


def request_with_key(session: Session, token_id: int, key: str) -> IdempotentRequest | None:
    """The row of this token's key."""
    return session.query(IdempotentRequest).filter_by(token_id=token_id, key=key).one_or_none()


def take_over(session: Session, found: IdempotentRequest, lease_until: datetime) -> bool:
    """Take a request whose lease ran out; False where another process took it first (compare and swap)."""
    mine = update(IdempotentRequest).values(lease_until=lease_until)
    unchanged = (
        IdempotentRequest.id == found.id,
        IdempotentRequest.lease_until == found.lease_until,
        IdempotentRequest.status.is_(None),
    )
    return session.scalar(mine.where(*unchanged).returning(IdempotentRequest.id)) is not None


def store_answer(session: Session, request_id: int, status: int, headers: str, body: str) -> None:
    """Keep the answer; where another process stored one first, that one stays."""
    answered = update(IdempotentRequest).values(status=status, headers=headers, body=body)
    session.execute(answered.where(IdempotentRequest.id == request_id, IdempotentRequest.status.is_(None)))


def end_lease(session: Session, request_id: int, now: datetime) -> None:
    """Nobody works on the request any more: it may be tried again, under the same call_id."""
    let_go = update(IdempotentRequest).values(lease_until=now)
    session.execute(let_go.where(IdempotentRequest.id == request_id, IdempotentRequest.status.is_(None)))


def forget_expired(session: Session, now: datetime) -> None:
    """Drop what is kept no longer."""
    session.execute(delete(IdempotentRequest).where(IdempotentRequest.expires_at <= now))
