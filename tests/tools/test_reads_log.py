"""Reads in the audit log: written behind the answer, none lost by a database that is locked for a while."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import OperationalError

from agent import Settings
from agent.hub import Hub
from memory.audit import AuditEntry, recent_entries
from memory.database import Database
from tests.support.houses import open_house
from tests.support.processes import wait_for
from tools.core.door import LONGEST_READ

ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with open_house(Settings(home=tmp_path, model_use="none"), matcher=lambda: None) as found:  # type: ignore[arg-type, return-value]
        yield found


def logged(database: Database, tool: str) -> list[AuditEntry]:
    with database.session() as session:
        return list(recent_entries(session, tool=tool))


def test_a_read_is_in_the_log_a_moment_later_with_its_first_words(hub: Hub) -> None:
    for number in range(30):
        hub.call("create_campaign", name=f"Season {number}", type="email")
    answer = hub.call_as("list_campaigns", {"query": "password=tulip"}, person="Ana", surface="http").result
    hub.call_as("list_campaigns", {}, person="Ana", surface="http")
    wait_for(lambda: len(logged(hub.database, "list_campaigns")) == 2)
    newest, first = logged(hub.database, "list_campaigns")
    assert first.arguments == {"query": "password=…"}, "no password stays"
    assert (first.person, first.surface, first.outcome, first.result) == ("Ana", "http", "done", None)
    assert answer.text.startswith(first.sentence[:10])
    assert len(newest.sentence) <= LONGEST_READ


def test_searches_keep_their_answer_and_writes_do_too(hub: Hub) -> None:
    hub.call("add_knowledge_article", title="Opening hours", content="We open at nine.")
    hub.call("search_knowledge", query="When do you open?")
    hub.door.reads.flush()
    (search,), (article,) = logged(hub.database, "search_knowledge"), logged(hub.database, "add_knowledge_article")
    assert search.result is not None
    assert [hit["title"] for hit in search.result["hits"]] == ["Opening hours"]
    assert article.result is not None


def test_a_read_waits_for_no_writer_and_is_not_lost_by_one(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub.database.session(write=True):
        assert hub.call("list_campaigns").result.text
        assert logged(hub.database, "list_campaigns") == []
        hub.call("list_campaigns")
    hub.door.reads.flush()
    assert len(logged(hub.database, "list_campaigns")) == 2


def test_rows_that_could_not_be_written_are_written_later_in_their_order(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []

    def refuse(session: object, rows: list[object]) -> None:
        refused.append(len(rows))
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr("tools.core.reads.write_entries", refuse)
        for word in ("tulip", "rose"):
            hub.call("list_campaigns", query=word)
        wait_for(lambda: bool(refused))
    hub.door.reads.flush()
    newest, first = logged(hub.database, "list_campaigns")
    assert [first.arguments, newest.arguments] == [{"query": "tulip"}, {"query": "rose"}]


def test_what_waits_is_written_when_the_hub_closes(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, model_use="none")
    with open_house(settings, matcher=lambda: None) as hub:  # type: ignore[arg-type, return-value]
        hub.call("list_campaigns")
    database = Database.open(settings.sql_url)
    assert len(logged(database, "list_campaigns")) == 1
    database.close()
