"""Importing under harder conditions: passwords, hostile names, watermarks, large files, what no database stores."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from memory.audit import AuditEntry
from memory.database import Database
from memory.enums import LeadStatus
from memory.lead_lookup import count_leads, custom_fields_of, lead_with_email
from memory.lead_sources import LeadSource
from memory.leads import Lead, LeadWord
from tests.tools.conftest import NOW, ZONE
from tools import leads
from tools.core.context import FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door, Origin
from tools.core.errors import BadInput, HubError, NotFound, Stopped, Unavailable
from tools.importing import importing

__all__ = ["leads"]

Writing = Callable[[], AbstractContextManager[Session]]
SECRET = "s3cr3t-pa55"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "imports"
    path.mkdir()
    return path


@pytest.fixture
def door(database: Database, folder: Path) -> Door:
    return Door(declared_tools(), database, None, FixedClock(ZONE, NOW), import_folders=(folder,))  # type: ignore[arg-type]


@pytest.fixture
def other(empty_postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        yield connection


def load(door: Door, source: str) -> Any:
    return door.call("import_leads", {"source": source}).result


# --- stopping


@pytest.mark.parametrize(
    ("at", "kept", "said"),
    [(1, 0, "Nothing was imported"), (7, 10, "the first 10 rows are imported and stay")],
)
def test_what_a_stopped_import_leaves_is_told_and_made_whole_by_the_next(
    door: Door, database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, at: int, kept: int, said: str
) -> None:
    """Chunks of 2 rows, 5 of them committed together: stopped at the 7th, the first 10 rows are there."""
    monkeypatch.setattr(importing, "CHUNK", 2)
    (folder / "list.csv").write_text("email\n" + "".join(f"a{place}@a.example\n" for place in range(20)))
    told: list[str] = []

    def tell(words: str) -> None:
        told.append(words)
        if len(told) == at:
            raise Stopped("Stopped.")

    with pytest.raises(Stopped, match=said):
        door.call("import_leads", {"source": "list.csv"}, Origin(tell=tell))
    assert told[-1] == f"{2 * at} rows read, {2 * at} leads added so far …"
    with database.session() as session:
        assert count_leads(session) == kept
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.outcome, said in entry.sentence) == ("refused", True)
    again = load(door, "list.csv")
    assert (again.added, again.unchanged) == (20 - kept, kept)


# --- passwords


@pytest.mark.parametrize(
    "source",
    [
        f"postgres://ann:{SECRET}@127.0.0.1:1/crm",
        f"postgresql://ann:{SECRET}@127.0.0.1:1/crm?table=contacts&status=both",
        f"postgres://127.0.0.1:1/crm?user=ann&password={SECRET}",
        f"postgres://ann:{SECRET}@h/crm?status=nonsense",
        f"postgres://ann:{SECRET}@host:notaport/crm",
        f"postgres://ann:{SECRET}@host",
        f"mysql://ann:{SECRET}@host/crm",
        f"https://ann:{SECRET}@files.example/list.csv",
        f"host=127.0.0.1 dbname=crm password={SECRET}",
        f"postgresql+psycopg://ann:{SECRET}@127.0.0.1:1/crm",
    ],
)
def test_a_password_is_in_no_sentence_log_or_record_when_it_fails(
    door: Door, database: Database, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(HubError) as caught:
        load(door, source)
    assert SECRET not in caught.value.sentence
    assert SECRET not in caplog.text
    assert _everything(database).count(SECRET) == 0


def test_a_password_is_nowhere_after_an_import_that_worked(
    door: Door,
    database: Database,
    other: psycopg.Connection[Any],
    empty_postgres_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    other.execute("CREATE TABLE contacts (id int PRIMARY KEY, email text, stage text)")
    other.execute("INSERT INTO contacts VALUES (1, 'a@a.example', 'new')")
    # The server asks for none (its socket trusts us), but takes one that is told.
    with_password = empty_postgres_url.replace("postgres:@", f"postgres:{SECRET}@")
    assert SECRET in with_password
    outcome = door.call("import_leads", {"source": with_password + "&status=both"})
    assert outcome.result.data()["added"] == 1
    told = f"{outcome.arguments} {outcome.text} {outcome.result.data()}"
    assert SECRET not in told
    assert "postgres:…@" in outcome.arguments["source"]
    assert SECRET not in caplog.text
    assert _everything(database).count(SECRET) == 0
    with pytest.raises(BadInput, match="give the address anew"):
        load(door, outcome.arguments["source"])


def _everything(database: Database) -> str:
    """All that the database holds, as text."""
    with database.engine.connect() as connection:
        tables = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        return "\n".join(
            str(tuple(row)) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"'))
        )


# --- names that would be code if they were not quoted


def test_table_and_column_names_are_never_code(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str, writing: Writing
) -> None:
    table = "x'; DROP TABLE victims; --"
    other.execute("CREATE TABLE victims (id int)")
    create = 'CREATE TABLE {} (id int PRIMARY KEY, "e-mail" text, "status" text, {} text, "%(x)s :y" text)'
    column = '"; DROP TABLE victims; --'
    other.execute(sql.SQL(create).format(sql.Identifier(table), sql.Identifier(column)))
    insert = sql.SQL("INSERT INTO {} VALUES (1, 'a@a.example', 'new', 'Rome', 'p')").format(sql.Identifier(table))
    other.execute(insert)
    from urllib.parse import quote

    source = f"{empty_postgres_url}&table={quote(table)}&status=both"
    found = load(door, source)
    assert (found.added, found.bad) == (1, 0)
    door.call("update_lead_status", {"lead": "a@a.example", "status": "customer"})
    assert load(door, source).told_back == 1
    row = other.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))).fetchone()
    assert row == (1, "a@a.example", "customer", "Rome", "p")
    other.execute("SELECT id FROM victims")  # it is still there
    with pytest.raises(NotFound, match="There is no table"):
        load(door, f"{empty_postgres_url}&table={quote('victims; DROP TABLE victims')}")
    with pytest.raises(BadInput, match="is no column of"):
        load(door, f"{source}&cursor={quote('id; DROP TABLE victims')}")


# --- how far was read


def test_rows_that_were_never_changed_are_read_though_their_moment_is_empty(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str
) -> None:
    other.execute("CREATE TABLE contacts (id int PRIMARY KEY, email text, updated_at timestamptz)")
    other.execute("INSERT INTO contacts VALUES (1, 'a@a.example', %s)", (NOW - timedelta(hours=9),))
    assert load(door, empty_postgres_url).added == 1
    other.execute("INSERT INTO contacts VALUES (2, 'b@a.example', NULL)")
    assert load(door, empty_postgres_url).added == 1


def test_a_row_whose_transaction_ended_late_is_still_read(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str
) -> None:
    """Its moment lies before the last one that was read: it was set when its transaction began."""
    other.execute("CREATE TABLE contacts (id int PRIMARY KEY, email text, updated_at timestamptz NOT NULL)")
    other.execute("INSERT INTO contacts VALUES (1, 'a@a.example', %s)", (NOW - timedelta(minutes=60),))
    load(door, empty_postgres_url)
    other.execute("INSERT INTO contacts VALUES (2, 'b@a.example', %s)", (NOW - timedelta(minutes=70),))
    assert load(door, empty_postgres_url).added == 1


def test_a_table_without_moments_can_be_read_by_its_numbers(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str, writing: Writing
) -> None:
    other.execute("CREATE TABLE contacts (id serial PRIMARY KEY, email text, stage text)")
    other.execute(
        "INSERT INTO contacts (email, stage) SELECT 'p' || n || '@a.example', 'new' FROM generate_series(1, 20) n"
    )
    by_number = f"{empty_postgres_url}&cursor=id&status=both"
    first = load(door, by_number)
    assert (first.read, first.added) == (20, 20)
    with writing() as session:
        assert session.scalars(select(LeadSource.cursor)).one() == "20"
    other.execute("INSERT INTO contacts (email, stage) VALUES ('new@a.example', 'customer')")
    door.call("update_lead_status", {"lead": "p7@a.example", "status": "qualified"})
    second = load(door, by_number)
    assert (second.read, second.added, second.told_back) == (1, 1, 1)
    assert other.execute("SELECT stage FROM contacts WHERE email = 'p7@a.example'").fetchone() == ("qualified",)
    assert any("Only rows that are new by id are read" in note for note in second.notes)
    # Without it, everything is read each time, changes too.
    other.execute("UPDATE contacts SET stage = 'customer' WHERE email = 'p3@a.example'")
    third = load(door, empty_postgres_url + "&cursor=none")
    assert (third.read, third.added, third.updated) == (21, 0, 1)
    with writing() as session:
        changed = lead_with_email(session, "p3@a.example")
        assert changed is not None
        assert changed.status == LeadStatus.CUSTOMER


# --- what people's files hold


def test_line_breaks_and_signs_in_quotes(door: Door, folder: Path, writing: Writing) -> None:
    (folder / "odd.csv").write_bytes(
        b'\xef\xbb\xbfemail;name;note\r\na@a.example;"Ann\r\nof ""Acme""; Rome";"one\r\ntwo"\r\nb@a.example;Ben;x\r\n'
    )
    found = load(door, "odd.csv")
    assert (found.added, found.bad) == (2, 0)
    with writing() as session:
        ann, ben = (lead_with_email(session, f"{name}@a.example") for name in "ab")
        assert ann is not None
        assert ben is not None
        assert ann.name == 'Ann of "Acme"; Rome'
        assert custom_fields_of(session, [ann.id])[ann.id]["note"].splitlines() == ["one", "two"]
        assert (ben.name, custom_fields_of(session, [ben.id])[ben.id]) == ("Ben", {"note": "x"})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_rows_are_stored_in_few_statements_and_once(
    request: pytest.FixtureRequest, folder: Path, tmp_path: Path, kind: str
) -> None:
    """5,000 rows: what a statement a row would cost shows in the count, not in seconds."""
    from sqlalchemy import event

    from tests.support.databases import new_sqlite

    rows = 5_000
    url = new_sqlite(tmp_path / "many.db") if kind == "sqlite" else str(request.getfixturevalue("postgres_url"))
    database = Database.open(url)
    house = Door(declared_tools(), database, None, FixedClock(ZONE, NOW), import_folders=(folder,))  # type: ignore[arg-type]
    lines = [f"p{n}@firm{n % 50}.example,Ann Miller{n},Firm {n % 50},fair|vip,{n % 9}" for n in range(rows)]
    (folder / "many.csv").write_text(
        "\n".join(["email,name,company,tags,orders", *lines, "p5@firm5.example,,,,", "bad,,,,"])
    )
    statements = 0

    def count(*_: Any) -> None:
        nonlocal statements
        statements += 1

    event.listen(database.engine, "before_cursor_execute", count)
    first = load(house, "many.csv")
    assert (first.added, first.duplicates, first.bad) == (rows, 1, 1)
    assert [(row.where, row.reason) for row in first.bad_rows] == [(f"line {rows + 3}", "“bad” is no email address")]
    of_first, statements = statements, 0
    again = load(house, "many.csv")
    assert (again.added, again.updated, again.unchanged, again.duplicates) == (0, 0, rows, 1)
    with database.session() as session:
        assert count_leads(session) == rows
        assert session.scalar(select(func.count()).select_from(LeadWord)) == sum(
            len({"ann", f"miller{n}", f"p{n}", f"firm{n % 50}", "example", "firm", str(n % 50)}) for n in range(rows)
        )
        assert session.scalar(select(func.sum(Lead.orders))) == sum(n % 9 for n in range(rows))
        assert session.scalar(select(func.count()).where(AuditEntry.tool == "import_leads")) == 2
    database.close()
    assert of_first < rows / 10, of_first
    assert statements < rows / 10, statements


def test_an_unreachable_database_is_told_as_such(door: Door) -> None:
    with pytest.raises(Unavailable, match="could not be read"):
        load(door, "postgres://ann@127.0.0.1:1/crm")
