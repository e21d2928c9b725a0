"""Segments: named groups of leads, kept as a condition tree and looked up anew whenever they are used."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Versioned


class Segment(Versioned, Base):
    """A segment. `tree` is the condition tree as JSON; `conditions` the same in words."""

    __tablename__ = "segments"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    conditions: Mapped[str] = mapped_column(Text)
    tree: Mapped[dict[str, Any]]


def segment_named(session: Session, name: str) -> Segment | None:
    """The segment of exactly this name (without case), if there is one."""
    return session.scalars(select(Segment).where(func.lower(Segment.name) == name.strip().lower())).first()


def list_segments(session: Session) -> Sequence[Segment]:
    """All segments, by name."""
    return session.scalars(select(Segment).order_by(func.lower(Segment.name))).all()
