"""Facts about the house itself: company name, industry, brand voice. One row a fact."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped

COMPANY_NAME = "company_name"
INDUSTRY = "industry"
BRAND_VOICE = "brand_voice"


class HouseFact(Stamped, Base):
    """One fact, by its key."""

    __tablename__ = "house_facts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


def house_fact(session: Session, key: str) -> str | None:
    """The fact's value, or None where it was never told."""
    fact = session.get(HouseFact, key)
    return fact.value if fact else None


def set_house_fact(session: Session, key: str, value: str) -> str | None:
    """Store a fact; returns the value it replaces."""
    fact = session.get(HouseFact, key)
    if fact is None:
        session.add(HouseFact(key=key, value=value))
        return None
    before, fact.value = fact.value, value
    return before
