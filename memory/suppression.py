"""Suppression: addresses that no mailing may reach, whoever they belong to. Kept by address, so that deleting and adding
a lead again does not forget it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, enum_column
from memory.enums import SuppressionReason

#: Addresses asked for in one query: SQLite takes 32,766 values at most, and long lists are slow to parse.
CHUNK = 1_000


class Suppression(Base):
    """One suppressed address (lower case): since when (UTC), why, and what told it (`source`: a mailing, a person)."""

    __tablename__ = "suppressions"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[SuppressionReason] = mapped_column(enum_column(SuppressionReason))
    at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(200))
    email_campaign_id: Mapped[int | None]


def suppress(
    session: Session,
    email: str,
    reason: SuppressionReason,
    at: datetime,
    source: str,
    *,
    email_campaign_id: int | None = None,
) -> bool:
    """Suppress an address; False where it was so already (the first reason stays)."""
    email = email.strip().lower()
    if session.get(Suppression, email) is not None:
        return False
    session.add(
        Suppression(email=email, reason=reason, at=at, source=source[:200], email_campaign_id=email_campaign_id)
    )
    session.flush()
    return True


def suppression_of(session: Session, email: str) -> Suppression | None:
    """Why an address is suppressed, if it is."""
    return session.get(Suppression, email.strip().lower())


def suppressed_among(session: Session, emails: Iterable[str]) -> dict[str, SuppressionReason]:
    """Those of the addresses (lower case) that are suppressed, each with the reason."""
    wanted, found = list(emails), {}
    for start in range(0, len(wanted), CHUNK):
        statement = select(Suppression).where(Suppression.email.in_(wanted[start : start + CHUNK]))
        found.update({one.email: one.reason for one in session.scalars(statement)})
    return found
