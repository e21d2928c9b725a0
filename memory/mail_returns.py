"""Mail that came back: bounces and complaints, each report once, with the message of the ledger that it is about."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column


class ReturnKind(StrEnum):
    """Hard: the address does not exist or takes nothing. Soft: this message did not arrive, another may."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"


class MailReturn(Base):
    """One report. `key` is unique: a report that is read twice counts once. `source` is the mailbox or the webhook; `status`
    is the enhanced status code (RFC 3463), `said` what the other server said."""

    __tablename__ = "mail_returns"
    __table_args__ = (Index("ix_mail_returns_email", "email", "kind", "at"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[ReturnKind] = mapped_column(enum_column(ReturnKind))
    at: Mapped[datetime]
    email: Mapped[str] = mapped_column(String(254))
    delivery_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    email_campaign_id: Mapped[int | None]
    status: Mapped[str | None] = mapped_column(String(16))
    said: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(100))


class MailboxPlace(Base):
    """How far a mailbox was read: the highest UID seen under this UIDVALIDITY (RFC 3501, 2.3.1.1)."""

    __tablename__ = "mailbox_places"

    mailbox: Mapped[str] = mapped_column(String(255), primary_key=True)
    uid_validity: Mapped[int] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


def return_known(session: Session, key: str) -> bool:
    """Whether this report was stored already."""
    return session.scalar(select(MailReturn.id).where(MailReturn.key == key)) is not None


def soft_since(session: Session, email: str, since: datetime) -> Sequence[MailReturn]:
    """The soft bounces of an address since a moment."""
    statement = select(MailReturn).where(
        MailReturn.email == email, MailReturn.kind == ReturnKind.SOFT, MailReturn.at >= since
    )
    return session.scalars(statement.order_by(MailReturn.at)).all()
