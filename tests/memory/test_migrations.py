"""Migrations from nothing give exactly what the records say, on both databases, also when two processes start."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from memory.database import MIGRATIONS, Database, sqlite_url
from memory.records import Base

#: What 0002 and 0003 add beside the tables of the records.
BY_HAND = ("index_entries_fts", "document", "ix_index_entries_document", "uq_name_")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without any table, unlike that of the other tests."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "hub.db")
    return str(request.getfixturevalue("empty_postgres_url"))


def _of_records(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (name or "").startswith(BY_HAND) and not (kind == "table" and name == "alembic_version")


def _differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": _of_records}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def test_migrations_equal_the_records(database: Database) -> None:
    assert _differences(database) == []


def test_the_comparison_sees_a_difference(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE plans DROP COLUMN superseded_by"))
        connection.execute(text("DROP INDEX ix_campaigns_name"))
    assert len(_differences(database)) == 2


def test_there_is_one_line_of_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_opening_twice_changes_nothing(database: Database, database_url: str) -> None:
    with database.engine.connect() as connection:
        before = connection.execute(text("SELECT name FROM index_source")).all()
    again = Database.open(database_url)
    with again.engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM index_source")).all() == before
    assert len(before) == 1
    again.close()


_OPEN = """
import sys
from memory.database import Database
print("ready", flush=True)
sys.stdin.readline()
database = Database.open(sys.argv[1])
with database.engine.connect() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM campaigns").scalar_one())
"""


def test_processes_that_open_a_fresh_database_at_once(database_url: str) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", _OPEN, database_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in starters:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in starters:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in starters:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "0\n"), err
    database = Database.open(database_url)
    assert "index_entries" in inspect(database.engine).get_table_names()
    assert _differences(database) == []
    database.close()
