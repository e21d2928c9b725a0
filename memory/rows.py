"""Many rows of one table at once: one prepared statement, values made ready here.

The usual way makes a dictionary of parameters a row and asks every type how to store each value, which for small rows
costs several times what the database does. Made for the tables that are written a thousand rows at a time.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, Dialect, Enum, Table, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from memory.base import Json, UtcDateTime

Ready = Callable[[Any], Any]


def insert_rows(session: Session, table: Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each with the values of these columns, in order."""
    if rows:
        _run(session, table, names, rows, _insert(table, names, _dialect(session).paramstyle))


def update_rows(
    session: Session, table: Table, names: tuple[str, ...], key: str, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Set these columns of the rows whose `key` is the last value of each tuple."""
    if rows:
        _run(session, table, (*names, key), rows, _update(table, names, key, _dialect(session).paramstyle))


def among(session: Session, column: InstrumentedAttribute[int], ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether a column of whole numbers is one of `ids`, told in one parameter: SQLAlchemy makes one of each member of
    an IN, which for a thousand of them takes longer than the database does."""
    if _dialect(session).name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))
    return column == any_(literal(list(ids), ARRAY(BigInteger())))


def _run(session: Session, table: Table, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], sql: str) -> None:
    session.flush()
    sqlite = _dialect(session).name == "sqlite"
    makers = [_ready(table.c[name], sqlite) for name in names]
    columns = list(zip(*rows, strict=True))
    made = [column if make is None else map(make, column) for make, column in zip(makers, columns, strict=True)]
    session.connection().exec_driver_sql(sql, list(zip(*made, strict=True)))


def _dialect(session: Session) -> Dialect:
    return session.get_bind().dialect


@cache
def _insert(table: Table, names: tuple[str, ...], style: str) -> str:
    marks = ", ".join([_mark(style)] * len(names))
    return f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"


@cache
def _update(table: Table, names: tuple[str, ...], key: str, style: str) -> str:
    mark = _mark(style)
    return f"UPDATE {table.name} SET {', '.join(f'{name} = {mark}' for name in names)} WHERE {key} = {mark}"


def _mark(style: str) -> str:
    return "?" if style == "qmark" else "%s"


def _ready(column: "Column[Any]", sqlite: bool) -> Ready | None:
    """How a value of a column is handed to the driver; None: as it is."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return _moment if sqlite else None
    if isinstance(kind, Enum):
        return _value
    return _json if isinstance(kind, type(Json)) else None


@lru_cache(maxsize=4_096)  # most rows of a batch hold the same few moments
def _moment(value: datetime | None) -> str | None:
    """As SQLAlchemy keeps moments in SQLite: UTC, without a zone, with microseconds."""
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _value(value: Any) -> Any:
    return None if value is None else value.value


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
