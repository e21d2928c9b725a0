"""A house for the tools: a fresh SQLite database with its search index, a clock that stands still, the door."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from memory.database import Database, sqlite_url
from memory.index import SearchIndex, WordLlamaEmbedder
from tools.core.context import Context, FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door

ZONE = ZoneInfo("Europe/Berlin")
#: Monday, 16 March 2026, ten in the morning.
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)


@pytest.fixture(scope="session")
def embedder() -> WordLlamaEmbedder:
    return WordLlamaEmbedder()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database file: copied for each test, since migrating takes longer than copying."""
    path = tmp_path_factory.mktemp("template") / "hub.db"
    database = Database.open(sqlite_url(path))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    path = tmp_path / "hub.db"
    shutil.copy(migrated_file, path)
    database = Database.open(sqlite_url(path))
    yield database
    database.close()


@pytest.fixture
def index(database: Database, tmp_path: Path, embedder: WordLlamaEmbedder) -> Iterator[SearchIndex]:
    index = SearchIndex(database, tmp_path / "index", embedder)
    yield index
    index.close()


@pytest.fixture
def door(database: Database, index: SearchIndex) -> Door:
    """The door, without a model. Give `writer=` to a call (or set `door.writer`) to have one."""
    return Door(declared_tools(), database, index, FixedClock(ZONE, NOW))


@pytest.fixture
def reading(door: Door) -> Callable[[], AbstractContextManager[Context]]:
    """`with reading() as ctx`: a context to look things up with, as the tools do."""
    return door.reading


@pytest.fixture
def writing(database: Database) -> Callable[[], AbstractContextManager[Session]]:
    """`with writing() as session`: a transaction to plant records with; committed at the end."""
    return lambda: database.session(write=True)
