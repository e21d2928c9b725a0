"""What records keep of what people say: no password, and nothing that a database refuses."""

from datetime import UTC, datetime

import pytest

from memory.audit import AuditEntry
from memory.conversations import Turn, add_turn, open_conversation
from memory.database import Database
from memory.kept import kept, storable, without_secrets

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("postgres://ann:s3cret@db.example:5432/crm?table=x", "postgres://ann:…@db.example:5432/crm?table=x"),
        ("import postgresql://ann:p@ss:w/rd@h/db, please", "import postgresql://ann:…@h/db, please"),
        ("POSTGRES://:only@h/db", "POSTGRES://:…@h/db"),
        (
            "postgres://h/db?user=ann&password=s3cret&sslmode=require",
            "postgres://h/db?user=ann&password=…&sslmode=require",
        ),
        ("host=h password='a b' dbname=d", "host=h password=… dbname=d"),
        ("smtp://ann:1234@mail.example:587", "smtp://ann:…@mail.example:587"),
        ("https://ann:pw@files.example/list.csv", "https://ann:…@files.example/list.csv"),
        ("https://ann:1234@files.example/list.csv", "https://ann:…@files.example/list.csv"),
        # no secrets
        ("postgres://ann@db.example/crm", "postgres://ann@db.example/crm"),
        ("see https://shop.example:8080/x?mail=a@b.example", "see https://shop.example:8080/x?mail=a@b.example"),
        ("write to ann@a.example: the password is told later", "write to ann@a.example: the password is told later"),
    ],
)
def test_passwords_are_left_out_and_nothing_else(said: str, told: str) -> None:
    assert without_secrets(said) == told
    assert without_secrets(told) == told


def test_what_no_database_stores_is_left_out() -> None:
    assert storable("a\x00b\ud800c\n😀") == "abc\n😀"
    assert kept({"n\x00ame": ["x\x00", {"deep": "postgres://u:pw@h/d"}], "budget": float("inf"), "n": 3}) == {
        "name": ["x", {"deep": "postgres://u:…@h/d"}],
        "budget": "inf",
        "n": 3,
    }


def test_the_log_and_conversations_keep_no_password_on_either_database(database: Database) -> None:
    source = "postgres://ann:s3cret@h/db\x00"
    with database.session(write=True) as session:
        talk = open_conversation(session, None, "ann", NOW)
        turn = add_turn(session, talk, f"import {source}", NOW)
        turn.reply, turn.data = f"no {source}", {"calls": [{"arguments": {"source": source}}], "share": float("nan")}
        turn.pending = {"arguments": {"source": source}}
        session.add(
            AuditEntry(
                at=NOW, person="ann", surface="python", tool="import_leads", arguments={"source": source}, outcome="refused",
                sentence=f"{source} does not answer", result={"read": [source]},
            )
        )  # fmt: skip
        turn_id = turn.id
    with database.session() as session:
        stored = session.get_one(Turn, turn_id)
        (entry,) = session.query(AuditEntry).all()
        told = "postgres://ann:…@h/db"
        assert (stored.said, stored.reply) == (f"import {told}", f"no {told}")
        assert stored.data == {"calls": [{"arguments": {"source": told}}], "share": "nan"}
        assert stored.pending == {"arguments": {"source": told}}
        assert (entry.arguments, entry.sentence) == ({"source": told}, f"{told} does not answer")
        assert entry.result == {"read": [told]}
