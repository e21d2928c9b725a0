"""A house for the tools: a fresh SQLite database with its search index, a clock that stands still, the door."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from memory.database import Database
from memory.index import SearchIndex, WordLlamaEmbedder
from tests.support.databases import new_sqlite
from tools.core.context import Context, FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door

ZONE = ZoneInfo("Europe/Berlin")
#: Monday, 16 March 2026, ten in the morning.
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(new_sqlite(tmp_path / "hub.db"))
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
