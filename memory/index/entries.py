"""What can be found by searching: one row for each indexed record, written in the transaction that changes the record.

The rows are the truth and serve the full-text search directly. The vectors (`memory.index.vectors`) are a cache that
catches up with them: it remembers up to which `revision` it has read.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256

from sqlalchemy import BigInteger, Insert, String, Text, UniqueConstraint, bindparam, func, literal_column, select, text
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
    title, body = storable(title), storable(body)
    content_hash = sha256(f"{title}\0{body}".encode()).hexdigest()
    _write(session, kind=kind, record_id=record_id, title=title, body=body, content_hash=content_hash, removed=False)


def storable(text: str) -> str:
    """The text without the characters that no database or model accepts."""
    return _UNSTORABLE.sub("", text)


def remove_entry(session: Session, kind: str, record_id: int) -> None:
    """Make a record unfindable; part of the session's transaction. No error where it was not indexed."""
    _write(session, kind=kind, record_id=record_id, title="", body="", content_hash="", removed=True)


def _write(session: Session, **row: object) -> None:
    session.execute(_upsert(session.get_bind().dialect.name), row | {"updated_at": utc_now()})


@cache
def _upsert(dialect: str) -> Insert:
    # Built once: putting the statement together takes several times as long as running it.
    table = Base.metadata.tables[IndexEntry.__tablename__]
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    columns = ("kind", "record_id", "title", "body", "content_hash", "removed", "updated_at")
    statement = insert(table).values(
        {name: bindparam(name) for name in columns} | {"revision": _next_revision(dialect)}
    )
    return statement.on_conflict_do_update(
        index_elements=["kind", "record_id"],
        set_={name: statement.excluded[name] for name in (*columns, "revision")},
        where=(table.c.content_hash != statement.excluded.content_hash)
        | (table.c.removed != statement.excluded.removed),
    )


def _next_revision(dialect: str) -> ColumnElement[int]:
    """A number that never falls behind what a reader has seen.

    SQLite has one writer at a time, so a counter is in the order of the commits. On PostgreSQL a counter is not: a
    transaction may commit after one with a higher number. There the number of the transaction itself is taken, and a
    reader goes on from the oldest transaction that was still running (`horizon`).
    """
    if dialect == "postgresql":
        return literal_column("pg_current_xact_id()::text::bigint", BigInteger)
    return select(func.coalesce(func.max(IndexEntry.revision), 0) + 1).scalar_subquery()


def horizon(session: Session) -> int:
    """The revision from which a later reader has to go on; everything below it is visible now."""
    if session.get_bind().dialect.name == "postgresql":
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
    columns = (IndexEntry.kind, IndexEntry.record_id, IndexEntry.title, IndexEntry.body, IndexEntry.content_hash)
    found = (Entry(*row) for which in _selections(keys) for row in session.execute(select(*columns).where(*which)))
    return {(entry.kind, entry.record_id): entry for entry in found}


def current_hashes(session: Session, keys: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The content hashes of these (kind, record_id), without those that were removed."""
    columns = (IndexEntry.kind, IndexEntry.record_id, IndexEntry.content_hash)
    rows = (row for which in _selections(keys) for row in session.execute(select(*columns).where(*which)))
    return {(kind, record_id): content_hash for kind, record_id, content_hash in rows}


def count_entries(session: Session) -> int:
    """How many records can be found."""
    return session.scalar(select(func.count()).where(IndexEntry.removed.is_(False))) or 0


def _selections(keys: Collection[tuple[str, int]]) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """Conditions for these records, kind by kind: for pairs in one IN, SQLite would read the whole table."""
    ids: dict[str, list[int]] = {}
    for kind, record_id in keys:
        ids.setdefault(kind, []).append(record_id)
    for kind, of_kind in ids.items():
        for start in range(0, len(of_kind), 500):  # well below the number of parameters a statement may have
            part = of_kind[start : start + 500]
            yield IndexEntry.kind == kind, IndexEntry.record_id.in_(part), IndexEntry.removed.is_(False)
