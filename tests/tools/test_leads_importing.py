"""Importing leads: files of every kind through the door, and a table of a real PostgreSQL database, both ways."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.enums import Channel, ConsentState, EventType, LeadStatus
from memory.events import events_of_lead
from memory.lead_changes import put_consent, put_status
from memory.lead_lookup import count_leads, custom_fields_of, lead_with_email, tags_of
from memory.lead_sources import LeadSource
from memory.leads import Lead, LeadConsent
from memory.records import Base
from tests.tools.conftest import NOW, ZONE
from tools import leads
from tools.core.context import FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door
from tools.core.errors import BadInput, NotFound, Unavailable
from tools.importing.mapping import guess_mapping
from tools.importing.other_database import parse_address

__all__ = ["leads"]

Writing = Callable[[], AbstractContextManager[Session]]
Put = Callable[..., None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "imports"
    path.mkdir()
    return path


@pytest.fixture
def door(database: Database, folder: Path) -> Door:
    return Door(declared_tools(), database, None, FixedClock(ZONE, NOW), import_folders=(folder,))  # type: ignore[arg-type]


def load(door: Door, source: str) -> Any:
    return door.call("import_leads", {"source": source}).result


def the(session: Session, email: str) -> Lead:
    lead = lead_with_email(session, email)
    assert lead is not None
    return lead


SPREADSHEET = (
    "E-Mail;Vorname;Nachname;Firma;Ort;Status;Schlagworte;Newsletter;Umsatz;Letzte Bestellung;Größe\r\n"
    "Anna@X.example;Anna;Groß;X GmbH;Köln;Kunde;vip, Messe;ja;1.234,50 €;03.04.2025;L\r\n"
    'bert@y.example;Bert;;"Y; Söhne";;;;nein;;;\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_spreadsheets_file_is_read_in_every_encoding(
    door: Door, folder: Path, writing: Writing, encoding: str
) -> None:
    (folder / "kunden.csv").write_bytes(SPREADSHEET.encode(encoding))
    found = load(door, "kunden.csv")
    assert (found.added, found.updated, found.bad) == (2, 0, 0)
    assert found.mapping["Firma"] == "company"
    assert found.mapping["Größe"] == "custom.grosse"
    assert any("Windows-1252" in note for note in found.notes) == (encoding == "cp1252")
    with writing() as session:
        anna = the(session, "anna@x.example")
        assert (anna.name, anna.first_name, anna.last_name) == ("Anna Groß", "Anna", "Groß")
        assert (anna.company, anna.city, anna.status) == ("X GmbH", "Köln", LeadStatus.CUSTOMER)
        assert anna.revenue == 1234.5
        assert anna.last_order_at == datetime(2025, 4, 3, tzinfo=ZONE)
        assert anna.imported_counts == {"revenue": 1234.5, "last_order_at": "2025-04-03T00:00:00+02:00"}
        assert tags_of(session, [anna.id])[anna.id] == ["messe", "vip"]
        assert custom_fields_of(session, [anna.id])[anna.id] == {"grosse": "L"}
        consent = session.get_one(LeadConsent, (anna.id, Channel.EMAIL))
        assert (consent.state, consent.source, consent.at) == (ConsentState.GRANTED, "import of kunden.csv", NOW)
        assert the(session, "bert@y.example").company == "Y; Söhne"
        assert session.get(LeadConsent, (the(session, "bert@y.example").id, Channel.EMAIL)) is None


def test_bad_rows_are_listed_with_line_and_reason_and_the_others_are_imported(
    door: Door, folder: Path, writing: Writing
) -> None:
    (folder / "fair.csv").write_text(
        "email,name,orders,last order\n"
        "ok@a.example,Ok,2,2026-01-05\n"
        "no address,Bad,,\n"
        ",Nobody,,\n"
        "many@a.example,Many,lots,\n"
        "late@a.example,Late,1,2027-01-01\n"
        "\n"
        "x@a.example,X,1,2026-01-01,surplus\n"
        'open@a.example,"never closed,1,\n'
        "fine@a.example,Fine,,\n"
    )
    found = load(door, "fair.csv")
    assert [(row.where, row.reason) for row in found.bad_rows] == [
        ("line 3", "“no address” is no email address"),
        ("line 4", "there is no email address"),
        ("line 5", "the orders “lots” is no whole number"),
        ("line 6", "the last order 2027-01-01 lies in the future"),
        ("line 8", "it has 5 columns instead of 4"),
        ("line 9", "a quotation mark in it is never closed"),
    ]
    assert (found.added, found.bad) == (2, 6)
    assert "6 rows could not be read:\n\n- line 3: “no address” is no email address" in found.text
    with writing() as session:
        assert count_leads(session) == 2


def test_the_same_address_twice_is_one_lead_and_a_second_import_adds_nothing(
    door: Door, folder: Path, writing: Writing
) -> None:
    (folder / "list.csv").write_text("mail,company,city\na@a.example,,Rome\nA@A.EXAMPLE,Acme,\nb@b.example,,\n")
    first = load(door, "list.csv")
    assert (first.added, first.duplicates, first.updated, first.unchanged) == (2, 1, 0, 0)
    with writing() as session:
        lead = the(session, "a@a.example")
        assert (lead.company, lead.city) == ("Acme", "Rome")
    again = load(door, "list.csv")
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    (folder / "list.csv").write_text("mail,company,city\na@a.example,Acme Ltd,\n")
    third = load(door, "list.csv")
    assert (third.added, third.updated, third.unchanged) == (0, 1, 0)
    with writing() as session:
        lead = the(session, "a@a.example")
        assert (lead.company, lead.city) == ("Acme Ltd", "Rome")  # what the file leaves empty stays


def test_an_address_repeated_chunks_later_is_still_one_lead(door: Door, folder: Path, writing: Writing) -> None:
    rows = [f"p{number}@a.example,City {number}" for number in range(6_500)]
    (folder / "long.csv").write_text("\n".join(["email,city", *rows, "p3@a.example,Elsewhere"]))
    found = load(door, "long.csv")
    assert (found.added, found.updated, found.duplicates) == (6_500, 0, 1)
    with writing() as session:
        assert count_leads(session) == 6_500
        assert the(session, "p3@a.example").city == "Elsewhere"
    assert door.call("get_lead", {"lead": "p6499@a.example"}).result.data()["city"] == "City 6499"


def test_an_old_list_neither_turns_customers_back_nor_signs_up_who_withdrew(
    door: Door, folder: Path, writing: Writing
) -> None:
    door.call("add_lead", {"email": "a@a.example"})
    with writing() as session:
        lead = the(session, "a@a.example")
        put_status(session, lead, LeadStatus.CUSTOMER, NOW, by="test")
        put_consent(session, lead.id, Channel.EMAIL, ConsentState.WITHDRAWN, NOW, "link")
    (folder / "old.csv").write_text("email,status,newsletter\na@a.example,new,yes\nb@a.example,hot prospect,yes\n")
    found = load(door, "old.csv")
    assert "1 lead kept the status had here, which is further on than the source's." in found.notes
    assert "1 consent in the source had been withdrawn here, and stays withdrawn." in found.notes
    assert any("a status that is none of ours (“hot prospect”)" in note for note in found.notes)
    with writing() as session:
        lead = the(session, "a@a.example")
        assert lead.status == LeadStatus.CUSTOMER
        assert session.get_one(LeadConsent, (lead.id, Channel.EMAIL)).state == ConsentState.WITHDRAWN


def test_imported_numbers_stand_beside_own_events_and_are_replaced_not_added(
    door: Door, folder: Path, writing: Writing
) -> None:
    from memory.events import judge_events, record_event

    (folder / "n.csv").write_text("email,opens,orders,revenue\na@a.example,4,2,100\n")
    load(door, "n.csv")
    with writing() as session:
        lead = the(session, "a@a.example")
        opened = record_event(session, lead.id, EventType.OPENED, NOW)
        record_event(session, lead.id, EventType.ORDERED, NOW, value=50.0)
        assert (lead.opens, lead.orders, lead.revenue) == (5, 3, 150.0)
    (folder / "n.csv").write_text("email,opens,orders,revenue\na@a.example,6,2,120\n")
    load(door, "n.csv")
    with writing() as session:
        lead = the(session, "a@a.example")
        assert (lead.opens, lead.orders, lead.revenue) == (7, 3, 170.0)
        assert opened is not None
        judge_events(session, [opened.id], machine=True)
        assert (lead.opens, lead.orders, lead.revenue) == (6, 3, 170.0)


@pytest.mark.parametrize(
    ("name", "content", "error", "sentence"),
    [
        (
            "none.csv",
            "first,second\n1,2\n",
            BadInput,
            "No column of none.csv holds email addresses (there is first and second).",
        ),
        ("empty.csv", " \n", BadInput, "empty.csv is empty."),
        ("bad.csv", "email\nnope\n", BadInput, "the first: line 2, “nope” is no email address. Nothing was changed."),
        ("list.xlsx", "PK", BadInput, "list.xlsx is no CSV file. Save the list as CSV and import that."),
        ("zero.csv", "email\0\0\0", BadInput, "zero.csv holds no text that can be read."),
    ],
)
def test_a_file_that_holds_no_leads_is_refused(
    door: Door, folder: Path, writing: Writing, name: str, content: str, error: type[Exception], sentence: str
) -> None:
    (folder / name).write_text(content)
    with pytest.raises(error) as caught:
        load(door, name)
    assert sentence in str(caught.value)
    with writing() as session:
        assert count_leads(session) == 0


def test_only_files_of_the_import_folder_are_read(door: Door, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("email\na@a.example\n")
    for source in (str(tmp_path / "secret.csv"), "../secret.csv", "https://a.example/list.csv"):
        with pytest.raises(BadInput):
            load(door, source)
    with pytest.raises(BadInput, match=r"is a web address\. Download the list as CSV into"):
        load(door, "http://a.example/list.csv")
    with pytest.raises(NotFound, match=r"no file “missing\.csv”"):
        load(door, "missing.csv")


def test_a_file_without_column_names_is_known_by_its_contents(door: Door, folder: Path, writing: Writing) -> None:
    (folder / "plain.csv").write_text("Ann,ann@a.example\nBen,ben@a.example\n")
    found = load(door, "plain.csv")
    assert found.added == 2
    assert found.mapping["column 2"] == "email"


def test_columns_are_matched_by_name_and_the_better_match_wins() -> None:
    columns = ["ID", "E-Mail-Adresse", "firstName", "Company Name", "Lead Source", "Stage", "Signup Date", "Shoe Size"]
    assert guess_mapping(columns, [], ignore_keys=True) == {
        "E-Mail-Adresse": "email",
        "firstName": "first_name",
        "Company Name": "company",
        "Lead Source": "source",
        "Stage": "status",
        "Signup Date": "created_at",
        "Shoe Size": "custom.shoe_size",
    }
    assert guess_mapping(["contact", "email", "e-mail"], [])["email"] == "email"


def test_american_dates_are_known_by_a_day_over_twelve(door: Door, folder: Path, writing: Writing) -> None:
    (folder / "us.csv").write_text("email,last order\na@a.example,02/03/2026\nb@a.example,01/25/2026\n")
    load(door, "us.csv")
    with writing() as session:
        assert the(session, "a@a.example").last_order_at == datetime(2026, 2, 3, tzinfo=ZONE)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.binary(max_size=300) | st.text(st.sampled_from("email,;\"'\n\t|@a.bx "), max_size=200).map(str.encode))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    from tools.importing.table_file import open_table

    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes(data)
    try:
        table = open_table(path)
    except BadInput:  # refused with a sentence; anything else fails the test
        return
    assert all(isinstance(values, str) or set(values) <= set(table.columns) for _, values in table.rows())


# --- a table of another database


@pytest.fixture
def other(empty_postgres_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Another house's database, as Supabase makes its tables: uuid keys, timestamps, an array of tags."""
    with psycopg.connect(empty_postgres_url, autocommit=True) as connection:
        connection.execute(
            """CREATE TABLE contacts (
                id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text, full_name text, company text, stage text,
                tags text[], accepts_marketing boolean, orders_count int, created_at timestamptz DEFAULT now(),
                updated_at timestamptz)"""
        )
        connection.execute("CREATE TABLE invoices (id int PRIMARY KEY, total numeric)")
        put(connection, "ann@a.example", "Ann", "Customer", hours=30, tags=["vip"], orders=3, marketing=True)
        put(connection, "ben@b.example", "Ben", "Prospect", hours=20)
        yield connection


def put(
    connection: psycopg.Connection[Any], email: str, name: str, stage: str, *, hours: float, tags: list[str] | None = None,
    orders: int | None = None, marketing: bool | None = None,
) -> None:  # fmt: skip
    """Insert or change a contact, so many hours before the hub's now."""
    at = NOW - timedelta(hours=hours)
    known = connection.execute(
        "UPDATE contacts SET stage = %s, updated_at = %s WHERE email = %s", (stage, at, email)
    ).rowcount
    if not known:
        connection.execute(
            "INSERT INTO contacts (email, full_name, stage, tags, orders_count, accepts_marketing, updated_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (email, name, stage, tags, orders, marketing, at),
        )


def stage_of(connection: psycopg.Connection[Any], email: str) -> str:
    row = connection.execute("SELECT stage FROM contacts WHERE email = %s", (email,)).fetchone()
    assert row is not None
    return str(row[0])


def test_a_table_is_found_matched_and_read_once(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str, writing: Writing
) -> None:
    found = load(door, empty_postgres_url)
    assert (found.added, found.bad) == (2, 0)
    assert found.mapping == {
        "email": "email", "full_name": "name", "company": "company", "stage": "status", "tags": "tags",
        "accepts_marketing": "consent email", "orders_count": "orders", "created_at": "created at",
    }  # fmt: skip
    with writing() as session:
        ann = the(session, "ann@a.example")
        assert (ann.name, ann.status, ann.orders) == ("Ann", LeadStatus.CUSTOMER, 3)
        assert tags_of(session, [ann.id])[ann.id] == ["vip"]
        assert the(session, "ben@b.example").status == LeadStatus.NEW
        source = session.scalars(select(LeadSource)).one()
        assert source.table_name == "contacts"
        assert "postgres:" not in source.address.removeprefix("postgresql:")
    put(other, "cleo@c.example", "Cleo", "Customer", hours=10)
    again = load(door, empty_postgres_url)
    # Of what was read before only the row of the very last moment comes again.
    assert (again.read, again.added, again.updated, again.unchanged) == (2, 1, 0, 1)


def test_a_status_goes_both_ways_and_the_later_change_wins(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str, writing: Writing
) -> None:
    load(door, empty_postgres_url)
    changed = door.call("update_lead_status", {"lead": "Ben", "status": "qualified"}).result
    assert changed.text.endswith("The table contacts is told at the next import.")
    waiting = load(door, empty_postgres_url)
    assert (waiting.told_back, waiting.waiting_back) == (0, 1)
    assert stage_of(other, "ben@b.example") == "Prospect"  # nothing is written unless the address asks for it
    both = empty_postgres_url + "&status=both"
    told = load(door, both)
    assert (told.told_back, told.waiting_back) == (1, 0)
    assert stage_of(other, "ben@b.example") == "Qualified"  # written as the table writes its own

    door.call("update_lead_status", {"lead": "Ben", "status": "customer"})
    load(door, both)
    assert stage_of(other, "ben@b.example") == "Customer"  # the table's own word for it

    put(other, "ann@a.example", "Ann", "Lost", hours=-1)  # changed over there only
    load(door, both)
    with writing() as session:
        assert the(session, "ann@a.example").status == LeadStatus.LOST

    with writing() as session:  # changed on both sides, here two hours after there
        put_status(
            session, the(session, "ben@b.example"), LeadStatus.LOST, (NOW + timedelta(hours=4)).astimezone(UTC), by="t"
        )
        put_status(session, the(session, "ann@a.example"), LeadStatus.NEW, NOW.astimezone(UTC), by="t")
    put(other, "ben@b.example", "Ben", "Qualified", hours=-2)
    put(other, "ann@a.example", "Ann", "Customer", hours=-3)
    load(door, both)
    with writing() as session:
        assert the(session, "ben@b.example").status == LeadStatus.LOST
        assert the(session, "ann@a.example").status == LeadStatus.CUSTOMER
        ann = the(session, "ann@a.example")
        assert events_of_lead(session, ann.id, types=[EventType.STATUS_CHANGED])[0].data is not None
    assert stage_of(other, "ben@b.example") == "Lost"
    assert stage_of(other, "ann@a.example") == "Customer"


def test_which_table_is_asked_for_where_it_is_not_clear(
    door: Door, other: psycopg.Connection[Any], empty_postgres_url: str
) -> None:
    assert load(door, empty_postgres_url + "&table=contacts").added == 2
    with pytest.raises(NotFound, match=r"There is no table “people” in .*There is: contacts and invoices"):
        load(door, empty_postgres_url + "&table=people")
    with pytest.raises(BadInput, match="No column of invoices holds email addresses"):
        load(door, empty_postgres_url + "&table=public.invoices")
    other.execute("CREATE TABLE staff (email text)")
    other.execute("ALTER TABLE contacts RENAME TO kontakte")
    with pytest.raises(BadInput, match=r"Which table of .* holds the leads"):
        load(door, empty_postgres_url)


def test_an_address_that_cannot_be_used_is_told_without_its_password(door: Door) -> None:
    with pytest.raises(BadInput, match="no complete address"):
        parse_address("postgres://host-only")
    with pytest.raises(BadInput, match="status=both"):
        parse_address("postgres://u:secret@h/db?status=write")
    with pytest.raises(Unavailable) as caught:
        load(door, "postgres://ann:topsecret@127.0.0.1:1/crm")
    assert "postgresql://ann@127.0.0.1:1/crm could not be read" in caught.value.sentence
    assert "topsecret" not in caught.value.sentence


def test_the_metadata_holds_every_record_of_leads() -> None:
    names = {
        "leads",
        "lead_tags",
        "lead_fields",
        "lead_consents",
        "lead_words",
        "lead_events",
        "lead_sources",
        "lead_links",
        "segments",
    }
    assert names <= set(Base.metadata.tables)
