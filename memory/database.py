"""The database: SQLite in one file by default, PostgreSQL by URL; migrations are applied when it is opened."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import SQLITE_BUSY
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError as SqliteError
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).parent / "migrations"

#: Execution option: begin with the write lock on SQLite, so that a later write cannot fail for an outdated snapshot.
WRITE = "hub_write"

#: Execution option: on SQLite the commit waits until it is on the disk, so that not even a power cut undoes it.
DURABLE = "hub_durable"

#: Connections to the SQLite file that stay open once they were needed.
SQLITE_POOL = 16

#: How long a connection waits for another's lock on the SQLite file.
BUSY_SECONDS = 30

#: One migration at a time on PostgreSQL, whichever process comes first (an arbitrary, fixed lock number).
MIGRATION_LOCK = 7_418_201


def sqlite_url(path: Path) -> str:
    """The URL of the SQLite file `path`."""
    return f"sqlite:///{path}"


class Database:
    """Engine and sessions. `Database.open(url)` also brings the schema to the newest version."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.closed = False

    @classmethod
    def open(cls, url: str) -> "Database":
        """Open (and create or migrate) the database at a SQLAlchemy URL; `postgres://` URLs are understood too.

        Raises sqlalchemy.exc.OperationalError where the server does not answer.
        """
        database = cls(_engine(url))
        database.migrate()
        return database

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def migrate(self) -> None:
        """Apply all migrations that are missing; safe when several processes start at once."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": MIGRATION_LOCK})
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def session(self, *, write: bool = False, durable: bool = False) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on any exception.

        write=True takes SQLite's write lock at the start (it waits up to 30 s for it). durable=True writes too, and its
        commit outlives a power cut (PostgreSQL's always does); it costs a wait for the disk.
        """
        with Session(self.engine, expire_on_commit=False, autoflush=True) as session:
            if write or durable:
                session.connection(execution_options={WRITE: True, DURABLE: durable})
            yield session
            session.commit()

    def problem(self) -> str | None:
        """What is wrong with the database, as a sentence; None when all is well."""
        try:
            with self.session() as session:
                if self.is_sqlite:
                    said = session.execute(text("PRAGMA quick_check")).scalar_one()
                    return None if said == "ok" else f"The database file is damaged: {said}"
                session.execute(text("SELECT 1"))
        except DBAPIError as error:
            return f"The database does not answer: {error.orig}"
        return None

    def close(self) -> None:
        self.closed = True
        self.engine.dispose()


def begin_write(session: Session) -> None:
    """Start the session's next transaction as a writing one. The session must be between transactions."""
    session.connection(execution_options={WRITE: True})


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=20)
    # As many connections as threads ask at once: one more than the pool keeps would be opened and closed each time.
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        pool_size=SQLITE_POOL,
        max_overflow=40,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    # The driver's own transaction handling begins too late (only before DML); `_begin_sqlite` does it instead.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "synchronous=NORMAL", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: SqliteConnection) -> None:
    """Sets the write-ahead log, for all who open the file. The first who does so needs the file alone for a moment, and
    SQLite does not wait for that by itself: another process that opens the fresh file meanwhile is refused."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except SqliteError as error:
            if error.sqlite_errorcode != SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    write, durable = options.get(WRITE, False), options.get(DURABLE, False)
    if connection.info.get(DURABLE, False) != durable:  # the pragma cannot be set within a transaction
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info[DURABLE] = durable
    # At once at the driver: SQLAlchemy's own way to it takes ten times as long, and every transaction begins here.
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute("BEGIN IMMEDIATE" if write else "BEGIN")
