"""Accounts on social platforms that posts go out from."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped, enum_column
from memory.enums import Platform


class SocialAccount(Stamped, Base):
    """A connected account. `handle` is how the platform calls it; `secret` its tokens, encrypted by whoever stores them."""

    __tablename__ = "social_accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[Platform] = mapped_column(enum_column(Platform), index=True)
    handle: Mapped[str] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(200))
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime | None]
    disconnected_at: Mapped[datetime | None]


def account_of(session: Session, platform: Platform) -> SocialAccount | None:
    """The account that posts of a platform go out from: the newest one that is connected."""
    statement = (
        select(SocialAccount)
        .where(SocialAccount.platform == platform, SocialAccount.disconnected_at.is_(None))
        .order_by(SocialAccount.id.desc())
    )
    return session.scalars(statement.limit(1)).first()


def connected_accounts(session: Session) -> list[SocialAccount]:
    """Every connected account, by platform, the newest first."""
    statement = select(SocialAccount).where(SocialAccount.disconnected_at.is_(None))
    return list(session.scalars(statement.order_by(SocialAccount.platform, SocialAccount.id.desc())))


def account_with(session: Session, platform: Platform, external_id: str) -> SocialAccount | None:
    """The account that the platform knows by this id, connected or not."""
    statement = select(SocialAccount).where(
        SocialAccount.platform == platform, SocialAccount.external_id == external_id
    )
    return session.scalars(statement.order_by(SocialAccount.id.desc()).limit(1)).first()


class PendingConnection(Base):
    """A connection that waits for its platform's answer in the browser. `state` is the hash of what that answer has to
    carry, `secret` what is needed to go on, encrypted by whoever stores it; worth nothing after `until` (UTC)."""

    __tablename__ = "pending_connections"

    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    platform: Mapped[Platform] = mapped_column(enum_column(Platform))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[datetime]


def await_connection(
    session: Session, state: str, platform: Platform, secret: bytes, until: datetime, now: datetime
) -> None:
    """Store a connection that begins, and forget those that came to nothing."""
    forget_connections(session, now)
    session.add(PendingConnection(state=state, platform=platform, secret=secret, until=until))
    session.flush()


def take_connection(session: Session, state: str, now: datetime) -> tuple[Platform, bytes] | None:
    """The connection that waits under this state, which is good for one use; None where none does (any more)."""
    statement = (
        delete(PendingConnection)
        .where(PendingConnection.state == state)
        .returning(PendingConnection.platform, PendingConnection.secret, PendingConnection.until)
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).tuples().first()
    return (row[0], row[1]) if row is not None and row[2] >= now else None


def forget_connections(session: Session, now: datetime) -> None:
    """Forget the connections that waited in vain; what they hold is secret."""
    session.execute(
        delete(PendingConnection).where(PendingConnection.until < now), execution_options={"synchronize_session": False}
    )
