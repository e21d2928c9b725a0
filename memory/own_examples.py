"""The house's own example sentences: what its people say, and which tool they mean by it."""

from collections.abc import Sequence

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base, Stamped

#: The longest sentence that is kept (characters); the masked one may grow by its placeholders' names.
LONGEST_SENTENCE = 300


class OwnExample(Stamped, Base):
    """A sentence as it was said, the same with placeholders for names and values, the tool it means, who taught it."""

    __tablename__ = "own_examples"
    # Ids are never used twice, so that count and highest id tell whether anything changed (`state_of`).
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own protocol

    id: Mapped[int] = mapped_column(primary_key=True)
    sentence: Mapped[str] = mapped_column(String(LONGEST_SENTENCE))
    masked: Mapped[str] = mapped_column(String(2 * LONGEST_SENTENCE), unique=True)
    tool: Mapped[str] = mapped_column(String(64))
    person: Mapped[str] = mapped_column(String(200))


def own_examples(session: Session) -> Sequence[OwnExample]:
    """All of them, the oldest first."""
    return session.scalars(select(OwnExample).order_by(OwnExample.id)).all()


def state_of(session: Session) -> tuple[int, int]:
    """How many there are and the highest id: another pair means that another process changed them.

    An example is never changed in place, only removed and added, and ids only grow.
    """
    count, highest = session.execute(select(func.count(), func.max(OwnExample.id))).one()
    return count, highest or 0
