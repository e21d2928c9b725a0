"""What tracked links rest on: the house's secret, and the addresses that the links of a mailing lead to."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.suppression import CHUNK


class TrackingKey(Base):
    """One secret that links are signed with. The newest signs, all of them are believed: so it can be changed."""

    __tablename__ = "tracking_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime]


class TrackedLink(Base):
    """An address that a mailing's links lead to. A click link carries this id, never the address: it cannot be bent."""

    __tablename__ = "tracked_links"
    __table_args__ = (UniqueConstraint("email_campaign_id", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email_campaign_id: Mapped[int] = mapped_column(ForeignKey("email_campaigns.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(Text)


def tracking_secrets(session: Session, now: datetime) -> list[str]:
    """The secrets, oldest first; the first one is made when it is asked for (needs a writing session then)."""
    found = list(session.scalars(select(TrackingKey.secret).order_by(TrackingKey.id)))
    if not found:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        made = {"id": 1, "secret": secrets.token_urlsafe(48), "created_at": now}
        session.execute(dialect.insert(TrackingKey).values(**made).on_conflict_do_nothing())
        found = list(session.scalars(select(TrackingKey.secret).order_by(TrackingKey.id)))
    return found


def link_ids(session: Session, email_campaign_id: int, urls: Iterable[str]) -> dict[str, int]:
    """The id of each address among a mailing's links; new ones are stored."""
    wanted = sorted(set(urls))
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    found = _known(session, email_campaign_id, wanted)
    missing = [{"email_campaign_id": email_campaign_id, "url": url} for url in wanted if url not in found]
    if missing:
        session.execute(dialect.insert(TrackedLink).on_conflict_do_nothing(), missing)
        found = _known(session, email_campaign_id, wanted)
    return found


def link_target(session: Session, link_id: int) -> TrackedLink | None:
    """Where a click link leads."""
    return session.get(TrackedLink, link_id)


def _known(session: Session, email_campaign_id: int, urls: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(urls), CHUNK):
        statement = select(TrackedLink.url, TrackedLink.id).where(
            TrackedLink.email_campaign_id == email_campaign_id, TrackedLink.url.in_(urls[start : start + CHUNK])
        )
        found.update(session.execute(statement).tuples().all())
    return found
