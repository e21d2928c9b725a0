"""New databases of both kinds, and the search index on them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memory.database import Database
from memory.index import SearchIndex, WordLlamaEmbedder
from tests.support.databases import new_sqlite


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with nothing in its tables: every test that asks for it runs on both."""
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "hub.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.open(database_url)
    yield database
    database.close()


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Database]:
    """A new SQLite database, where the kind of database makes no difference."""
    database = Database.open(new_sqlite(tmp_path / "hub.db"))
    yield database
    database.close()


@pytest.fixture
def index(database: Database, tmp_path: Path, embedder: WordLlamaEmbedder) -> Iterator[SearchIndex]:
    index = SearchIndex(database, tmp_path / "index", embedder)
    yield index
    index.close()


@pytest.fixture
def lite_index(lite: Database, tmp_path: Path, embedder: WordLlamaEmbedder) -> Iterator[SearchIndex]:
    index = SearchIndex(lite, tmp_path / "index", embedder)
    yield index
    index.close()
