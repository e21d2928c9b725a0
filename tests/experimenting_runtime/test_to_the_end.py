"""Tests from the first letter to the last: divided, really sent, waited for, decided, and the rest is written to."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import runtime_house
from runtime_house import START, House

from memory.enums import AbElement, AbStatus, DeliveryState, EmailStatus, EventType
from memory.events import record_events
from memory.index import WordLlamaEmbedder
from tests.delivery.delivery_fixtures import MailServer, mail, rows_of, setup_for
from tests.support.databases import new_sqlite
from tools.delivering.sender import Sender

__all__ = ["mail"]

PEOPLE = 80


@pytest.fixture
def own(tmp_path: Path, embedder: WordLlamaEmbedder, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(runtime_house, "PEOPLE", PEOPLE)
    house = House(new_sqlite(tmp_path / "hub.sqlite3"), tmp_path / "index", embedder)
    yield house
    house.index.close()
    house.database.close()


@pytest.fixture
def send(own: House, mail: MailServer) -> Iterator[Callable[[], set[str]]]:
    """The worker's tick until nothing is due; who got a letter by it."""
    sender = Sender(own.database, setup_for(mail.port), own.clock, "worker-1")

    def work() -> set[str]:
        before = len(mail.recipients)
        while sender.work():
            pass
        return set(mail.recipients[before:])

    yield work
    sender.close()


def variants(house: House) -> dict[int | None, set[str]]:
    """Who belongs to which variant (None: to the rest)."""
    found: dict[int | None, set[str]] = {}
    for address, row in rows_of(house.database).items():
        found.setdefault(row.variant, set()).add(address)
    return found


def clicked(house: House, position: int, people: int) -> None:
    """So many people of a variant click, half an hour from now."""
    leads = [row.lead_id for row in rows_of(house.database).values() if row.variant == position]
    blank = {"type": EventType.CLICKED, "at": house.now + timedelta(minutes=30), "email_campaign_id": 1}
    with house.database.session(write=True) as session:
        record_events(session, [{**blank, "lead_id": lead} for lead in leads[:people]])


def all_got_one(house: House, mail: MailServer) -> None:
    assert set(mail.counts.values()) == {1}
    assert len(mail.counts) == PEOPLE
    assert {row.state for row in rows_of(house.database).values()} == {DeliveryState.SENT}
    assert house.mailing().status == EmailStatus.SENT


def text_to(mail: MailServer, address: str) -> str:
    part = mail.parsed(address).get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_content_test_sends_each_its_text_and_the_rest_the_winners(
    own: House, mail: MailServer, send: Callable[[], set[str]]
) -> None:
    own.test(AbElement.CONTENT, ["Come in, it is warm.", "Stay where you are."])
    groups = variants(own)
    assert min(len(group) for group in groups.values()) > 10
    assert send() == groups[0] | groups[1]
    assert all("Come in" in text_to(mail, one) for one in groups[0])
    assert all("Stay where" in text_to(mail, one) for one in groups[1])
    own.look(hours=1)
    assert (own.found().status, send()) == (AbStatus.RUNNING, set()), "nobody has clicked"
    clicked(own, 1, len(groups[1]) - 3)
    own.look(hours=1)
    assert (own.found().status, own.found().winner) == (AbStatus.DECIDED, 1)
    assert send() == groups[None]
    assert all("Stay where" in text_to(mail, one) for one in groups[None])
    all_got_one(own, mail)


def test_without_a_winner_the_rest_gets_the_mailing_as_it_was_written(
    own: House, mail: MailServer, send: Callable[[], set[str]]
) -> None:
    own.test(AbElement.SUBJECT, ["One", "Two"])
    groups = variants(own)
    send()
    assert {mail.parsed(one)["Subject"] for one in groups[0]} == {"One"}
    clicked(own, 0, 3)
    clicked(own, 1, 3)
    own.look(days=2)
    assert send() == set()
    own.look(days=1, minutes=1)
    assert (own.found().status, own.found().winner) == (AbStatus.DECIDED, None)
    assert send() == groups[None]
    assert {mail.parsed(one)["Subject"] for one in groups[None]} == {"News"}
    all_got_one(own, mail)


def test_send_times_go_out_each_at_its_own_and_the_rest_at_the_winners(
    own: House, mail: MailServer, send: Callable[[], set[str]]
) -> None:
    morning, evening = START + timedelta(hours=1), START + timedelta(hours=9)
    own.test(AbElement.SEND_TIME, ["11:00", "19:00"], [morning, evening])
    groups = variants(own)
    assert send() == set()
    own.clock.at = morning
    assert send() == groups[0]
    clicked(own, 0, 2)
    own.clock.at = evening
    assert send() == groups[1]
    clicked(own, 1, len(groups[1]) - 2)
    own.look(hours=47)
    assert own.found().status == AbStatus.RUNNING, "the last time has not had its 48 hours"
    own.look(hours=1, minutes=1)  # Wednesday, 19:01
    assert (own.found().winner, send()) == (1, set())
    own.clock.at = datetime(2026, 3, 19, 18, 59, tzinfo=START.tzinfo)
    assert send() == set()
    own.clock.move(minutes=1)
    assert send() == groups[None]
    all_got_one(own, mail)
