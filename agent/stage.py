"""A house that is put back to the same world before each eval case.

What a case did to the records is undone by writing the world's database over the house's, which takes milliseconds,
where opening a hub anew takes the better part of a second.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from sqlite3 import Connection, connect
from typing import Any

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from agent.turn import Turn
from agent.world import SECTIONS, Laid, World, lay_world, plant, rows_of
from memory.base import Base
from memory.database import Database
from memory.index import IndexEntry
from tools.core.records import NOUNS, matching

#: Tables that tell how the house works rather than what it knows: a turn writes them whatever it does.
WORKINGS = {
    "conversations", "turns", "plans", "audit_log", "index_entries", "index_source", "api_tokens", "idempotent_requests",
    "event_changes",
}  # fmt: skip

Row = tuple[Any, ...]
#: Every record of the house, by table and primary key.
Snapshot = dict[str, dict[Row, Row]]


@dataclass(frozen=True)
class Answer:
    """A person's word on all plans that waited: one turn each; `refused` says why one was not done as decided."""

    turns: tuple[Turn, ...] = ()
    refused: tuple[str, ...] = ()


class StagedHouse:
    """The records behind a hub, and how they stood. SQLite only; not for several cases at a time."""

    def __init__(self, database: Database, world: World) -> None:
        """Lays the world into the empty house and keeps a copy of it."""
        self.world = world
        self._database = database
        with database.session(write=True) as session:
            self.laid: Laid = lay_world(session, world)
        self._copy = connect(":memory:", check_same_thread=False)
        with self._raw() as raw:
            raw.backup(self._copy)
        self._planted: Sequence[Mapping[str, Any]] = ()
        #: How often a kind was asked for that only the world's file tells of, since the house has no record for it.
        self.not_kept: Counter[str] = Counter()

    def close(self) -> None:
        self._copy.close()

    def begin(self, planted: Sequence[Mapping[str, Any]]) -> None:
        """Put the house back to the world, with `planted` laid in."""
        with self._database.session() as session:
            seen = _last_revision(session)
        with self._raw() as raw:
            self._copy.backup(raw)
        with self._database.session(write=True) as session:
            # The index's cache has read on to `seen`: numbers after that make it look at every entry again.
            session.execute(update(IndexEntry).values(revision=IndexEntry.revision + seen))
            plant(session, self.world, planted)
        self._planted = planted

    def names(self) -> Callable[[str, str], int | None]:
        """Resolves a noun and a name to the id of the one record that it fitted when this was asked for, or None."""
        with self._database.session() as session:
            known = {noun: list(kind.names(session, None)) for noun, kind in NOUNS.items()}

        def resolve(noun: str, wanted: str) -> int | None:
            found = matching(NOUNS[noun], known[noun], wanted) if noun in known else []
            return found[0].id if len(found) == 1 else None

        return resolve

    def snapshot(self) -> Snapshot:
        """Every record as it stands now, its values as SQLite keeps them."""
        with self._raw() as raw:
            return {table.name: _by_key(raw, table) for table in _told_tables()}

    def changes(self, since: Snapshot) -> list[str]:
        """What is different from a snapshot, one phrase a record."""
        now, found = self.snapshot(), []
        for table in _told_tables():
            before, after = since[table.name], now[table.name]
            for key in sorted(before.keys() | after.keys(), key=repr):
                record = f"{table.name} {'/'.join(map(str, key))}"
                if key not in after:
                    found.append(f"{record} was removed")
                elif key not in before:
                    found.append(f"{record} was added")
                elif before[key] != after[key]:
                    pairs = zip(table.columns, before[key], after[key], strict=True)
                    found.append(f"{record} changed in {', '.join(c.name for c, old, new in pairs if old != new)}")
        return found

    def rows(self, kind: str) -> list[dict[str, Any]] | None:
        """The records of a kind as they are now.

        What the house has no record for yet cannot have changed: it stands as the world's file tells it. None where
        the world does not know the kind either.
        """
        with self._database.session() as session:
            stored = rows_of(session, kind)
        if stored is not None or kind not in SECTIONS:
            return stored
        self.not_kept[kind] += 1
        planted = [entry for entry in self._planted if entry["kind"] == kind]
        return [dict(entry) for entry in (*self.world.of_kind(kind), *planted)]

    @contextmanager
    def _raw(self) -> Iterator[Connection]:
        raw = self._database.engine.raw_connection()
        try:
            connection = raw.driver_connection
            assert isinstance(connection, Connection)
            yield connection
        finally:
            raw.close()


def _told_tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in WORKINGS]


def _by_key(raw: Connection, table: Table) -> dict[Row, Row]:
    # By the driver alone: before and after every call all tables are read, most of them empty, and what SQLAlchemy does
    # around a statement takes ten times as long as the statement.
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    keys = [at for at, column in enumerate(table.columns) if column.primary_key]
    return {tuple(row[at] for at in keys): row for row in raw.execute(f'SELECT {columns} FROM "{table.name}"')}


def _last_revision(session: Session) -> int:
    return session.scalar(select(func.max(IndexEntry.revision))) or 0
