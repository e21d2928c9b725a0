"""What a call changed, row by row, so that it can be undone: recorded while it is made, checked and put back later.

Only changes made through records (units of work) can be put back; a statement that changes many rows at once leaves no
trace of what was there before, so a call that makes one is not recorded at all, unless the table is one that follows
the records (the search index, the words by which leads are found).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    ForeignKey,
    Insert,
    Select,
    Table,
    and_,
    delete,
    event,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import Mapped, Mapper, Session, UOWTransaction, mapped_column

from memory.audit import AuditEntry
from memory.base import Base
from memory.index import IndexEntry, put_entry, remove_entry
from memory.lead_changes import put_words
from memory.leads import Lead
from memory.metrics import MetricPoint

#: Tables whose rows can be put back as they were. Consents are not among them: they are given and withdrawn, never undone.
REVERSIBLE = frozenset(
    {
        "ab_tests", "ab_variants", "campaigns", "drafts", "email_campaigns", "house_facts", "knowledge", "lead_events", "lead_fields", "lead_tags", "leads", "segments", "social_posts", "templates", "workflow_versions", "workflows",
    }
)  # fmt: skip
#: Tables that follow the records: who undoes brings them up to date afterwards.
DERIVED = frozenset({"index_entries", "lead_words"})
#: Columns that every change moves: no sign that somebody else changed the record.
MOVING = frozenset({"updated_at", "version"})

Values = dict[str, Any]


class Change(Base):
    """What one call changed. `id` is that of its row in the audit log; `rows` are in the order in which they were
    written: {"table", "key", "before" (None: it was not there), "after" (None: it was removed)}, the columns that changed."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(
        ForeignKey("audit_log.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    rows: Mapped[list[dict[str, Any]]]
    undone_at: Mapped[datetime | None]


class Recording:
    """The rows that a session wrote. `whole` is False where something was changed that cannot be put back."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.whole = True
        self._under_way: list[tuple[Any, str, Values]] = []
        self._flushing = False

    @property
    def reversible(self) -> bool:
        return self.whole and bool(self.rows)

    def before_flush(self, session: Session, _context: UOWTransaction, _instances: Any) -> None:
        self._flushing = True
        for record in session.new:
            self._note(record, "new", {})
        for record in session.dirty:
            if session.is_modified(record):
                self._note(record, "changed", self._before(record))
        for record in session.deleted:
            self._note(record, "gone", _values(record))

    def after_flush(self, _session: Session, _context: UOWTransaction) -> None:
        self._flushing = False
        for record, kind, before in self._under_way:
            now = _values(record)
            names = set(before) | {name for name in MOVING if name in now}
            self.rows.append(
                {
                    "table": _table(record).name,
                    "key": {column.name: now[column.name] for column in _table(record).primary_key},
                    "before": None if kind == "new" else before,
                    "after": None if kind == "gone" else now if kind == "new" else {n: now[n] for n in sorted(names)},
                }
            )
        self._under_way.clear()

    def before_execute(self, connection: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        """Every statement of the session's connection; those of the unit of work are known already."""
        if self._flushing or isinstance(statement, Select | CompoundSelect):
            return
        name = getattr(getattr(statement, "table", None), "name", None)
        if name == IndexEntry.__tablename__ and isinstance(statement, Insert):
            for entry in many or [one]:
                self._index_entry(connection, entry)
        elif name not in DERIVED:
            self.whole = False

    def _index_entry(self, connection: Connection, entry: Values) -> None:
        key = {"kind": entry["kind"], "record_id": entry["record_id"]}
        table = Base.metadata.tables[IndexEntry.__tablename__]
        stored = connection.execute(
            select(table.c.title, table.c.body, table.c.removed).where(_is(table, key))
        ).mappings().first()  # fmt: skip
        before = None if stored is None or stored["removed"] else {"title": stored["title"], "body": stored["body"]}
        self.rows.append({"table": table.name, "key": key, "before": before, "after": None})

    def _note(self, record: Any, kind: str, before: Values) -> None:
        if _table(record).name in REVERSIBLE:
            self._under_way.append((record, kind, before))
        elif _table(record).name not in DERIVED:
            self.whole = False

    def _before(self, record: Any) -> Values:
        found: Values = {}
        for attribute in inspect(record).mapper.column_attrs:
            history = inspect(record).attrs[attribute.key].history
            if history.has_changes():
                name = attribute.columns[0].name
                if history.deleted:
                    found[name] = _plain(history.deleted[0])
                elif name not in MOVING:  # it was never read, so nobody knows what was there
                    self.whole = False
        return found


@contextmanager
def recording(session: Session) -> Iterator[Recording]:
    """Record what the session writes meanwhile (its open unit of work is written at the end)."""
    made = Recording()
    connections: list[Connection] = []

    def follow(connection: Connection) -> None:
        if connection not in connections:
            connections.append(connection)
            event.listen(connection, "before_execute", made.before_execute)

    def after_begin(_session: Session, _transaction: Any, connection: Connection) -> None:
        follow(connection)

    follow(session.connection())
    of_session = (("before_flush", made.before_flush), ("after_flush", made.after_flush), ("after_begin", after_begin))
    for name, listener in of_session:
        event.listen(session, name, listener)
    try:
        yield made
        session.flush()
    finally:
        for name, listener in of_session:
            event.remove(session, name, listener)
        for connection in connections:
            event.remove(connection, "before_execute", made.before_execute)


def table_of(row: dict[str, Any]) -> Table:
    """The table of a recorded row."""
    return Base.metadata.tables[row["table"]]


def changed_since(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The first row that is no longer as the call left it; None where all are.

    `version` and `updated_at` do not count: they move without a change that anybody would miss. A row that was written
    several times by the call counts as it was left last.
    """
    left: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        if row["table"] in DERIVED:
            continue
        left[row["table"], repr(row["key"])] = {**left.get((row["table"], repr(row["key"])), {}), **row}
    for row in left.values():
        table = table_of(row)
        now = session.execute(select(table).where(_is(table, row["key"]))).mappings().first()
        if row["after"] is None:
            if now is not None:
                return row
        elif now is None or any(_plain(now[n]) != v for n, v in row["after"].items() if n not in MOVING):
            return row
    return None


def used_since(session: Session, rows: Sequence[dict[str, Any]]) -> str | None:
    """The name of a table with rows that belong to a record made by the call, and were made elsewhere; None where none."""
    made = [row for row in rows if row["before"] is None]
    own = {(row["table"], repr(row["key"])) for row in made}
    for row in made:
        figures = select(MetricPoint.id).where(
            MetricPoint.kind == row["table"].removesuffix("s"), MetricPoint.record_id == row["key"].get("id")
        )
        if session.scalars(figures.limit(1)).first() is not None:
            return MetricPoint.__tablename__
        for table in Base.metadata.sorted_tables:
            for foreign in table.foreign_keys:
                if foreign.column.table.name != row["table"] or table.name in DERIVED:
                    continue
                wanted = row["after"].get(foreign.column.name)
                keys = list(table.primary_key)
                for found in session.execute(select(*keys).where(foreign.parent == wanted)).mappings():
                    if (table.name, repr({column.name: _plain(found[column.name]) for column in keys})) not in own:
                        return table.name
    return None


def put_back(session: Session, rows: Sequence[dict[str, Any]], now: datetime) -> None:
    """Put the rows back as they were before the call, the last one first. A version is counted up, never down: whoever
    has the record open in a form is told. Raises sqlalchemy.exc.IntegrityError where something rests on them."""
    for row in reversed(rows):
        table = table_of(row)
        if row["table"] == IndexEntry.__tablename__:
            if row["before"] is None:
                remove_entry(session, **row["key"])
            else:
                put_entry(session, **row["key"], **row["before"])
        elif row["before"] is None:
            session.execute(delete(table).where(_is(table, row["key"])))
        elif row["after"] is None:
            session.execute(insert(table).values(_typed(table, row["before"])))
        else:
            values = _typed(table, {n: v for n, v in row["before"].items() if n not in MOVING})
            if "version" in table.c:
                values["version"] = table.c.version + 1
            if "updated_at" in table.c:
                values["updated_at"] = now
            session.execute(update(table).where(_is(table, row["key"])).values(values))
    for lead_id in {row["key"]["id"] for row in rows if row["table"] == Lead.__tablename__}:
        lead = session.get(Lead, lead_id, populate_existing=True)
        if lead is not None:
            put_words(session, lead)


def last_changes(
    session: Session, conversation_id: str, tools: Sequence[str], limit: int = 20
) -> list[tuple[AuditEntry, Change | None]]:
    """The newest calls of these tools in a conversation that were carried out, with what is recorded of each."""
    statement = (
        select(AuditEntry, Change)
        .outerjoin(Change, Change.id == AuditEntry.id)
        .where(AuditEntry.conversation_id == conversation_id, AuditEntry.outcome.in_(("done", "approved")))
        .where(AuditEntry.tool.in_(tools))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [(entry, change) for entry, change in session.execute(statement)]


def change_for_update(session: Session, change_id: int) -> Change | None:
    """The change, locked until the transaction ends (SQLite: the write lock is held already)."""
    return session.scalars(select(Change).where(Change.id == change_id).with_for_update()).first()


def _table(record: Any) -> Table:
    mapper: Mapper[Any] = inspect(record).mapper
    assert isinstance(mapper.local_table, Table)
    return mapper.local_table


def _values(record: Any) -> Values:
    mapper: Mapper[Any] = inspect(record).mapper
    return {one.columns[0].name: _plain(getattr(record, one.key)) for one in mapper.column_attrs}


def _plain(value: Any) -> Any:
    """A column's value as JSON."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _typed(table: Table, values: Values) -> Values:
    """JSON values as the columns take them."""
    return {name: _typed_one(table.c[name].type, value) for name, value in values.items()}


def _typed_one(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, EnumType) and kind.enum_class is not None:
        return kind.enum_class(value)
    try:
        python: type[Any] | None = kind.python_type
    except NotImplementedError:
        return value
    if python is not None and issubclass(python, date) and isinstance(value, str):  # a datetime is a date, too
        return python.fromisoformat(value)
    return value


def _is(table: Table, key: Values) -> Any:
    typed = _typed(table, key)
    return and_(*(table.c[name] == value for name, value in typed.items()))
