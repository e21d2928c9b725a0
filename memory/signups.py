"""Sign-up forms, and who asked through them to be written to: proof of consent with time, source and wording."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped, enum_column


class SignupState(StrEnum):
    """Asked: the confirmation is awaited. Expired: it did not come in time."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


class SignupForm(Stamped, Base):
    """A form under `/f/<slug>`. `wording` is what the person agrees to, word for word; `tag` is given to whoever confirms.
    `email_campaign_id` is the mailing that carries the form's confirmation letters."""

    __tablename__ = "signup_forms"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    wording: Mapped[str] = mapped_column(Text)
    tag: Mapped[str | None] = mapped_column(String(64))
    open: Mapped[bool] = mapped_column(default=True)
    email_campaign_id: Mapped[int | None] = mapped_column(ForeignKey("email_campaigns.id", ondelete="SET NULL"))


class Signup(Base):
    """One request through a form (`wording` as it stood then) and its confirmation. Moments are UTC; the callers'
    addresses are part of the proof of consent."""

    __tablename__ = "signups"
    __table_args__ = (Index("ix_signups_email", "email", "asked_at"), Index("ix_signups_delivery", "delivery_id"))

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("signup_forms.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(254))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("leads.id", ondelete="SET NULL"))
    delivery_id: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"))
    state: Mapped[SignupState] = mapped_column(enum_column(SignupState), default=SignupState.ASKED)
    wording: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    asked_from: Mapped[str | None] = mapped_column(String(45))
    confirmed_at: Mapped[datetime | None]
    confirmed_from: Mapped[str | None] = mapped_column(String(45))


def form_called(session: Session, slug: str) -> SignupForm | None:
    """The form of this name."""
    return session.scalars(select(SignupForm).where(SignupForm.slug == slug.strip().lower())).first()


def all_forms(session: Session) -> Sequence[SignupForm]:
    """Every form, by its name."""
    return session.scalars(select(SignupForm).order_by(SignupForm.slug)).all()


def newest_signup(session: Session, delivery_id: int) -> Signup | None:
    """The newest request whose confirmation letter was this message."""
    return session.scalars(
        select(Signup).where(Signup.delivery_id == delivery_id).order_by(Signup.id.desc()).limit(1)
    ).first()


def asked_since(session: Session, since: datetime, *, email: str | None = None, address: str | None = None) -> int:
    """How many requests came since a moment for an address of mail, or from an address of the net."""
    statement = select(func.count()).select_from(Signup).where(Signup.asked_at >= since)
    if email is not None:
        statement = statement.where(Signup.email == email)
    if address is not None:
        statement = statement.where(Signup.asked_from == address)
    return session.scalar(statement) or 0


def signups_of(session: Session, email: str) -> Sequence[Signup]:
    """What an address asked for and confirmed, newest first."""
    statement = select(Signup).where(Signup.email == email.strip().lower()).order_by(Signup.id.desc())
    return session.scalars(statement).all()
