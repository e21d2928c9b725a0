"""Filling tables with millions of rows: COPY on PostgreSQL, one big transaction of prepared inserts on SQLite.

Columns are numpy arrays (moments as datetime64[s], a masked value, NaN or NaT is NULL), lists of texts, or one value
for all rows. Keys between tables are not checked while loading, and indexes are built at the end.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np
from sqlalchemy import Index

from memory.database import Database

CHUNK = 50_000

Column = Any  # numpy array, list or a single value


class Loader:
    """Writes columns into tables of one database. Use as `with loading(database, models) as loader`."""

    def __init__(self, connection: Any, is_sqlite: bool) -> None:
        self.connection = connection
        self.is_sqlite = is_sqlite

    def write(self, model: Any, size: int, columns: dict[str, Column]) -> None:
        """Store `size` rows; columns that are not named stay NULL."""
        for start in range(0, size, CHUNK):
            stop = min(size, start + CHUNK)
            values = [self._values(column, start, stop) for column in columns.values()]
            if self.is_sqlite:
                self._insert(model.__tablename__, list(columns), values)
            else:
                self._copy(model.__tablename__, list(columns), values)

    def texts(self, query: str, number: int) -> set[str]:
        """What a query that ends with `column =` gives for a number."""
        return {row[0] for row in self.connection.execute(f"{query}{number:d}").fetchall()}

    def _insert(self, table: str, names: list[str], values: list[Sequence[Any]]) -> None:
        marks = ", ".join("?" * len(names))
        self.connection.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", zip(*values, strict=True)
        )

    def _copy(self, table: str, names: list[str], values: list[Sequence[Any]]) -> None:
        texts = [_texts(column) for column in values]
        with self.connection.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
            copy.write("\n".join(map("\t".join, zip(*texts, strict=True))) + "\n")

    def _values(self, column: Column, start: int, stop: int) -> Sequence[Any]:
        if not isinstance(column, np.ndarray | list):
            return [column] * (stop - start)
        part = column[start:stop]
        if isinstance(part, list):
            return part
        if part.dtype.kind == "M":
            zone = ".000000" if self.is_sqlite else "+00"
            said = np.datetime_as_string(part).tolist()
            return [None if one == "NaT" else f"{one[:10]} {one[11:]}{zone}" for one in said]
        if part.dtype.kind == "f":
            return [None if value != value else value for value in part.tolist()]
        return part.tolist()  # type: ignore[no-any-return]


def _texts(values: Sequence[Any]) -> list[str]:
    r"""Values as COPY reads them: \N for NULL; tabs, line breaks and backslashes never occur in what is made here."""
    return [r"\N" if value is None else value if isinstance(value, str) else str(value) for value in values]


@contextmanager
def loading(database: Database, models: Sequence[Any]) -> Iterator[Loader]:
    """A loader for tables of these models: their indexes are taken away at first and built at the end."""
    indexes = [index for model in models for index in sorted(model.__table__.indexes, key=lambda one: str(one.name))]
    with database.engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    with _driver(database) as connection:
        yield Loader(connection, database.is_sqlite)
    finish(database, models, indexes)


def finish(database: Database, models: Sequence[Any], indexes: Sequence[Index]) -> None:
    """Make indexes, go on numbering behind the loaded rows, let the database count them so that its plans fit."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA cache_size=-400000")
        else:
            connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '512MB'")
        for index in indexes:
            index.create(connection)
        for model in models:
            if not database.is_sqlite and "id" in model.__table__.columns:
                name = model.__tablename__
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
                )
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")


def _driver(database: Database) -> AbstractContextManager[Any]:
    return _sqlite(str(database.engine.url.database)) if database.is_sqlite else _postgresql(database)


@contextmanager
def _sqlite(path: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None, timeout=30)
    try:
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


@contextmanager
def _postgresql(database: Database) -> Iterator[Any]:
    with database.engine.begin() as connection:
        # Checking each of the rows' keys would take longer than storing them; only a superuser may leave it out.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection.connection.driver_connection
