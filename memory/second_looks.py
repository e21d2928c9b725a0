"""Events that turned out to be a person's only later: workflows look at them once more.

Triggers read events in the order of their numbers, behind a cursor; what was judged a machine's when they came by, and a
person's afterwards, they would never see. A row stands here until the workflows have looked.
"""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base


class SecondLook(Base):
    """An event (see memory.events) that workflows have to look at again."""

    __tablename__ = "second_looks"

    event_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False
    )


def look_again_at(session: Session, event_ids: Sequence[int]) -> None:
    """Have workflows look at these events once more."""
    if event_ids:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        statement = dialect.insert(SecondLook).on_conflict_do_nothing(index_elements=["event_id"])
        session.execute(statement, [{"event_id": one} for one in sorted(set(event_ids))])


def second_looks_wait(session: Session) -> bool:
    """Whether there is something for `take_second_looks`."""
    return session.scalar(select(SecondLook.event_id).limit(1)) is not None


def take_second_looks(session: Session, limit: int) -> list[int]:
    """Take events to be looked at in this transaction; on PostgreSQL those that another worker has are left out."""
    waiting = select(SecondLook.event_id).order_by(SecondLook.event_id).limit(limit).with_for_update(skip_locked=True)
    taken = list(session.scalars(waiting))
    if taken:
        session.execute(
            delete(SecondLook).where(SecondLook.event_id.in_(taken)), execution_options={"synchronize_session": False}
        )
    return taken
