"""What can be found by searching: one row for each indexed record, written in the transaction that changes the record.

The rows are the truth and serve the full-text search directly. The vectors (`memory.index.vectors`) are a cache that
catches up with them: it remembers up to which `revision` it has read.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import BigInteger, Insert, String, Text, UniqueConstraint, func, literal, select, text, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from memory.base import Base, utc_now

#: Characters that PostgreSQL cannot store in a text, and half pairs that no encoder accepts.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class IndexEntry(Base):
    """The searchable text of one record. Its text is data: nothing in it is ever an instruction.

    A removed record leaves a row with empty text behind, so that the cache of vectors learns of it.
    """

    __tablename__ = "index_entries"
    __table_args__ = (UniqueConstraint("kind", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    removed: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(BigInteger, index=True)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)


class IndexSource(Base):
    """One row, written by the migration: a name of this database, by which a cache of vectors knows whose it is."""

    __tablename__ = "index_source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(36))


@dataclass(frozen=True)
class Change:
    """One entry as the cache sees it: which record, and the hash of its text (None: removed)."""

    kind: str
    record_id: int
    content_hash: str | None

    @property
    def key(self) -> tuple[str, int]:
        return self.kind, self.record_id


@dataclass(frozen=True)
class Entry:
    """The text of one entry."""

    kind: str
    record_id: int
    title: str
    body: str
    content_hash: str


def put_entry(session: Session, kind: str, record_id: int, title: str, body: str) -> None:
    """Make a record findable, or renew its text; part of the session's transaction.

    The same text again changes nothing. Any text is accepted, but what PostgreSQL cannot store (NUL) is left out.
    """
    title, body = _UNSTORABLE.sub("", title), _UNSTORABLE.sub("", body)
    content_hash = sha256(f"{title}\0{body}".encode()).hexdigest()
    session.execute(_upsert(session, kind, record_id, title, body, content_hash, removed=False))


def remove_entry(session: Session, kind: str, record_id: int) -> None:
    """Make a record unfindable; part of the session's transaction. No error where it was not indexed."""
    session.execute(_upsert(session, kind, record_id, "", "", "", removed=True))


def _upsert(
    session: Session, kind: str, record_id: int, title: str, body: str, content_hash: str, *, removed: bool
) -> Insert:
    insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
    row = {"kind": kind, "record_id": record_id, "title": title, "body": body, "content_hash": content_hash}
    statement = insert(IndexEntry).values(
        **row, removed=removed, updated_at=utc_now(), revision=_next_revision(session)
    )
    changed = {name: statement.excluded[name] for name in (*row, "removed", "updated_at", "revision")}
    return statement.on_conflict_do_update(
        index_elements=["kind", "record_id"],
        set_=changed,
        where=(IndexEntry.content_hash != statement.excluded.content_hash)
        | (IndexEntry.removed != statement.excluded.removed),
    )


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _next_revision(session: Session) -> ColumnElement[int]:
    """A number that never falls behind what a reader has seen.

    SQLite has one writer at a time, so a counter is in the order of the commits. On PostgreSQL a counter is not: a
    transaction may commit after one with a higher number. There the number of the transaction itself is taken, and a
    reader goes on from the oldest transaction that was still running (`horizon`).
    """
    if _is_postgresql(session):
        return text("pg_current_xact_id()::text::bigint")  # type: ignore[return-value]
    return select(func.coalesce(func.max(IndexEntry.revision), 0) + literal(1)).scalar_subquery()


def horizon(session: Session) -> int:
    """The revision from which a later reader has to go on; everything below it is visible now."""
    if _is_postgresql(session):
        oldest = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(session.execute(oldest).scalar_one())
    return (session.scalar(select(func.max(IndexEntry.revision))) or 0) + 1


def source_name(session: Session) -> str:
    """The name of this database; see `IndexSource`."""
    return session.scalars(select(IndexSource.name)).one()


def changes_since(session: Session, revision: int) -> list[Change]:
    """Entries of this revision or a later one, oldest first."""
    columns = (IndexEntry.kind, IndexEntry.record_id, IndexEntry.content_hash, IndexEntry.removed)
    statement = select(*columns).where(IndexEntry.revision >= revision).order_by(IndexEntry.revision, IndexEntry.id)
    return [
        Change(kind, record_id, None if removed else content_hash)
        for kind, record_id, content_hash, removed in session.execute(statement)
    ]


def load_entries(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], Entry]:
    """The entries of these (kind, record_id), without those that were removed."""
    found: dict[tuple[str, int], Entry] = {}
    columns = (IndexEntry.kind, IndexEntry.record_id, IndexEntry.title, IndexEntry.body, IndexEntry.content_hash)
    for part in _parts(list(keys), 200):
        statement = select(*columns).where(
            tuple_(IndexEntry.kind, IndexEntry.record_id).in_(part), IndexEntry.removed.is_(False)
        )
        for row in session.execute(statement):
            entry = Entry(*row)
            found[entry.kind, entry.record_id] = entry
    return found


def current_hashes(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The content hashes of these (kind, record_id), without those that were removed."""
    found: dict[tuple[str, int], str] = {}
    for part in _parts(list(keys), 200):
        statement = select(IndexEntry.kind, IndexEntry.record_id, IndexEntry.content_hash).where(
            tuple_(IndexEntry.kind, IndexEntry.record_id).in_(part), IndexEntry.removed.is_(False)
        )
        found.update({(kind, record_id): content_hash for kind, record_id, content_hash in session.execute(statement)})
    return found


def count_entries(session: Session) -> int:
    """How many records can be found."""
    return session.scalar(select(func.count()).where(IndexEntry.removed.is_(False))) or 0


def _parts(keys: Sequence[tuple[str, int]], size: int) -> Iterable[Sequence[tuple[str, int]]]:
    return (keys[start : start + size] for start in range(0, len(keys), size))
