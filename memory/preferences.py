"""What a recipient said of the mail they want: topics refused, a pause. Kept by address, as suppression is."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.suppression import CHUNK


class MailPreference(Base):
    """One address (lower case): topics it does not want (names of the house's topics, lower case), and until when it wants
    no mail at all (UTC; None: no pause)."""

    __tablename__ = "mail_preferences"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    refused_topics: Mapped[list[str]]
    paused_until: Mapped[datetime | None]
    at: Mapped[datetime]


def preference_of(session: Session, email: str) -> MailPreference | None:
    """What an address said, if it said anything."""
    return session.get(MailPreference, email.strip().lower())


def put_preference(
    session: Session, email: str, at: datetime, *, refused_topics: Iterable[str], paused_until: datetime | None
) -> None:
    """Replace what an address said."""
    email, refused = email.strip().lower(), sorted({topic.strip().lower() for topic in refused_topics})
    found = session.get(MailPreference, email)
    if found is None:
        session.add(MailPreference(email=email, refused_topics=refused, paused_until=paused_until, at=at))
    else:
        found.refused_topics, found.paused_until, found.at = refused, paused_until, at
    session.flush()


def preferences_among(session: Session, emails: Iterable[str]) -> dict[str, MailPreference]:
    """What those of the addresses (lower case) said that said anything."""
    wanted, found = list(emails), {}
    for start in range(0, len(wanted), CHUNK):
        statement = select(MailPreference).where(MailPreference.email.in_(wanted[start : start + CHUNK]))
        found.update({one.email: one for one in session.scalars(statement)})
    return found
