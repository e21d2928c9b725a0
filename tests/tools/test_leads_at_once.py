"""Eight people do the same at the same moment, on a real PostgreSQL: one succeeds, the others are told why they do not."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from memory.audit import AuditEntry
from memory.campaigns import Campaign
from memory.database import Database
from memory.index import SearchIndex, WordLlamaEmbedder
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.records import Base
from memory.segments import Segment
from memory.templates import Template
from tests.support.postgres import of_server
from tests.tools.conftest import NOW, ZONE
from tools import campaigns, email, leads, templates
from tools.core.context import FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door, Origin, Outcome
from tools.core.errors import Conflict, HubError

__all__ = ["campaigns", "email", "leads", "templates"]

PEOPLE = 8
#: (tool, arguments, record): what may exist once, by its name or address.
ONCE: list[tuple[str, dict[str, Any], type[Base]]] = [
    ("create_campaign", {"name": "Bloom", "type": "email"}, Campaign),
    ("save_template", {"name": "Bloom", "content": "Hello {{ lead.first_name }}"}, Template),
    ("create_segment", {"name": "Bloom", "conditions": "status is customer"}, Segment),
    ("add_lead", {"email": "ann@a.example"}, Lead),
]


@pytest.fixture(scope="module")
def house(
    postgres_server: str, postgres_tables: str, tmp_path_factory: pytest.TempPathFactory, embedder: WordLlamaEmbedder
) -> Iterator[Door]:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE hub_at_once TEMPLATE {postgres_tables}")
    database = Database.open(of_server(postgres_server, "hub_at_once"))
    index = SearchIndex(database, tmp_path_factory.mktemp("at_once") / "index", embedder)
    yield Door(declared_tools(), database, index, FixedClock(ZONE, NOW))
    index.close()
    database.close()


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """What each of the people gets: a value, or the error that was raised."""
    together = Barrier(PEOPLE)

    def one(number: int) -> Any:
        together.wait()
        try:
            return work(number)
        except HubError as error:  # anything else is a bug and fails the test
            return error

    with ThreadPoolExecutor(PEOPLE) as pool:
        return list(pool.map(one, range(PEOPLE)))


@pytest.mark.parametrize(("tool", "arguments", "record"), ONCE, ids=[tool for tool, _, _ in ONCE])
def test_what_may_exist_once_is_stored_once_and_the_others_hear_the_same_sentence(
    house: Door, tool: str, arguments: dict[str, Any], record: Any
) -> None:
    found = at_once(lambda _: house.call(tool, arguments))
    made = [one for one in found if isinstance(one, Outcome)]
    told = [one.sentence for one in found if isinstance(one, HubError)]
    assert len(made) == 1, told
    assert len(told) == PEOPLE - 1
    with pytest.raises(HubError) as later:
        house.call(tool, arguments)
    assert set(told) == {later.value.sentence}
    with house.database.session() as session:
        assert session.scalar(select(func.count()).select_from(record)) == 1
        log = Counter(session.scalars(select(AuditEntry.outcome).where(AuditEntry.tool == tool)))
    assert log == {"done": 1, "refused": PEOPLE}


def test_names_that_nobody_gave_are_found_for_each(house: Door) -> None:
    found = at_once(lambda _: house.call("create_email_campaign", {"subject": "Spring", "content": "Hello"}))
    assert all(isinstance(one, Outcome) for one in found), found
    with house.database.session() as session:
        names = session.scalars(select(EmailCampaign.name).order_by(EmailCampaign.id)).all()
    assert sorted(names) == ["Spring", *(f"Spring ({number})" for number in range(2, PEOPLE + 1))]


def test_names_that_differ_in_case_only_are_the_same_name(house: Door) -> None:
    spellings = ["Frost", "FROST", "frost", "fRoSt"]
    found = at_once(lambda n: house.call("create_segment", {"name": spellings[n % 4], "conditions": "status is new"}))
    assert sum(isinstance(one, Outcome) for one in found) == 1
    with house.database.session() as session:
        assert session.scalar(select(func.count()).where(func.lower(Segment.name) == "frost")) == 1


@pytest.mark.parametrize("record", [Campaign, Template, Segment, EmailCampaign], ids=lambda one: one.__tablename__)
def test_the_database_itself_takes_a_name_once(house: Door, record: Any) -> None:
    required = {
        "campaigns": {"type": "email"},
        "templates": {"content": "x"},
        "segments": {"conditions": "x", "tree": {}},
        "email_campaigns": {},
    }[record.__tablename__]
    with pytest.raises(IntegrityError, match="uq_name_"), house.database.session(write=True) as session:
        session.add_all([record(name="Twice", **required), record(name="TWICE", **required)])


def test_the_same_call_made_by_eight_is_carried_out_once(house: Door) -> None:
    origin = Origin(call_id="the-very-same")
    found = at_once(lambda _: house.call("add_lead", {"email": "same@a.example"}, origin))
    assert all(isinstance(one, Outcome) for one in found), found
    assert len({one.text for one in found}) == 1
    with house.database.session() as session:
        assert session.scalar(select(func.count()).where(Lead.email == "same@a.example")) == 1
        assert session.scalar(select(func.count()).where(AuditEntry.call_id == "the-very-same")) == 1


def test_eight_who_change_one_lead_are_served_or_told(house: Door) -> None:
    house.call("add_lead", {"email": "busy@a.example"})
    statuses = ["contacted", "qualified", "customer", "lost"]
    found = at_once(lambda n: house.call("update_lead_status", {"lead": "busy@a.example", "status": statuses[n % 4]}))
    assert any(isinstance(one, Outcome) for one in found)
    assert all(isinstance(one, Outcome | Conflict) for one in found), found
