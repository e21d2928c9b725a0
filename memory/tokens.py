"""Access tokens of the HTTP API: who holds one, what it allows, when it was last used. Never the token itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped


class ApiToken(Stamped, Base):
    """One token. `digest` is the SHA-256 of the token in hexadecimal, `prefix` its first characters, by which a person
    tells it from others; `name` stands in the audit log, so it is given only once, even after the token is revoked."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    prefix: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


def token_with_digest(session: Session, digest: str) -> ApiToken | None:
    """The token with this digest, also when it is revoked or has expired."""
    return session.scalars(_WITH_DIGEST, {"digest": digest}).first()


#: Made once: it is asked with every request.
_WITH_DIGEST = select(ApiToken).where(ApiToken.digest == bindparam("digest"))


def token_named(session: Session, name: str) -> ApiToken | None:
    """The token of this name, whatever the case of its letters."""
    return session.scalars(select(ApiToken).where(func.lower(ApiToken.name) == name.lower())).first()


def all_tokens(session: Session) -> Sequence[ApiToken]:
    """Every token, the oldest first."""
    return session.scalars(select(ApiToken).order_by(ApiToken.id)).all()


def count_valid_tokens(session: Session, now: datetime) -> int:
    """How many tokens are neither revoked nor expired."""
    valid = ApiToken.revoked_at.is_(None), (ApiToken.expires_at.is_(None) | (ApiToken.expires_at > now))
    return session.scalar(select(func.count()).select_from(ApiToken).where(*valid)) or 0
