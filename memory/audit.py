"""The audit log: every call, plan, approval and refusal, as one row each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, validates

from memory.base import Base, utc_now
from memory.kept import kept

#: Of the searches in the log so many are looked through for a record.
SEARCHES_LOOKED_AT = 2_000
#: Columns that hold what was asked and answered, in which no password may stay.
_KEPT = ("arguments", "sentence", "result")


class AuditEntry(Base):
    """Who did what through which surface, and how it ended (done, planned, approved, rejected, refused).

    `call_id` is unique: a call that is repeated after a crash finds its own row and is not made twice. Whatever was
    asked can be written down here, but never a password: the log outlives it.
    """

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    person: Mapped[str] = mapped_column(String(200))
    surface: Mapped[str] = mapped_column(String(16))
    tool: Mapped[str] = mapped_column(String(64), index=True)
    arguments: Mapped[dict[str, Any]]
    outcome: Mapped[str] = mapped_column(String(16))
    sentence: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None]
    plan_id: Mapped[int | None]
    conversation_id: Mapped[str | None] = mapped_column(String(36), index=True)
    call_id: Mapped[str | None] = mapped_column(String(80), unique=True)

    @validates(*_KEPT)
    def _kept(self, _name: str, value: Any) -> Any:
        return kept(value)


def write_entries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows (dicts of all columns but the id) in their order, all at once."""
    values = [{name: kept(value) if name in _KEPT else value for name, value in row.items()} for row in rows]
    session.execute(insert(AuditEntry), values)


def entry_of_call(session: Session, call_id: str) -> AuditEntry | None:
    """The row of a call that was made before under this id."""
    return session.scalars(select(AuditEntry).where(AuditEntry.call_id == call_id)).first()


def recent_entries(session: Session, *, limit: int = 100, tool: str | None = None) -> Sequence[AuditEntry]:
    """The newest rows of the log."""
    statement = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if tool:
        statement = statement.where(AuditEntry.tool == tool)
    return session.scalars(statement).all()


def entries_of_record(
    session: Session,
    own: Sequence[str],
    beside: Sequence[str],
    argument: str,
    called: Sequence[str],
    *,
    limit: int = 200,
) -> Sequence[AuditEntry]:
    """What was done with one record, newest first: calls that ended well and decisions, never refusals.

    `called` are the words that name it (its number first); a tool of its `own` tells its number in the result's `id`,
    any of these tools may name it by `argument`.
    """
    named = AuditEntry.arguments[argument].as_string().in_(called)
    told = AuditEntry.tool.in_(own) & (AuditEntry.result["id"].as_integer() == int(called[0]))
    statement = (
        select(AuditEntry)
        .where(
            AuditEntry.tool.in_((*own, *beside)), AuditEntry.outcome.in_(("done", "approved", "planned", "rejected"))
        )
        .where(or_(told, named))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return session.scalars(statement).all()


def last_change_of(session: Session, tools: Sequence[str], record_id: int) -> AuditEntry | None:
    """The newest call of these tools that stored something about the record."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.tool.in_(tools), AuditEntry.outcome.in_(("done", "approved")))
        .where(AuditEntry.result["id"].as_integer() == record_id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def searches_that_found(session: Session, kind: str, record_id: int, limit: int = 50) -> Sequence[AuditEntry]:
    """The newest searches of the knowledge base whose answer held this record (kind article, ticket or campaign)."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.tool == "search_knowledge", AuditEntry.outcome == "done")
        .order_by(AuditEntry.id.desc())
        .limit(SEARCHES_LOOKED_AT)
        .execution_options(yield_per=200)
    )
    found: list[AuditEntry] = []
    for entry in session.scalars(statement):
        hits = (entry.result or {}).get("hits", ())
        if any(hit.get("kind") == kind and hit.get("id") == record_id for hit in hits):
            found.append(entry)
            if len(found) == limit:
                break
    return found
