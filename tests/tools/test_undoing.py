"""What a call changed is taken back, and refused where something came after it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.audit import AuditEntry
from memory.campaigns import Campaign
from memory.changes import Change
from memory.index import IndexEntry
from tools.catalogue import form_tools
from tools.core.door import Door
from tools.core.errors import Conflict, NotFound


@pytest.fixture
def house(door: Door) -> Door:
    door.form_tools = form_tools()
    return door


def last_call(house: Door, tool: str) -> int:
    with house.database.session() as session:
        statement = select(AuditEntry.id).where(AuditEntry.tool == tool, AuditEntry.outcome == "done")
        return session.scalars(statement.order_by(AuditEntry.id.desc())).first() or 0


def undo(house: Door, tool: str) -> str:
    return house.call("undo_change", {"change": last_call(house, tool)}).text


def test_an_update_is_put_back_field_by_field(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email", "budget": 5000, "start_date": "2026-05-01"})
    house.call("update_campaign", {"campaign": "Bloom", "name": "Petal", "budget": 7500, "start_date": "2026-06-01"})
    before = house.call("get_campaign", {"campaign": "Petal"}).result.data()
    said = undo(house, "update_campaign")
    assert said.startswith("Undone: update campaign.")
    found = house.call("get_campaign", {"campaign": "Bloom"}).result.data()
    assert (found["name"], found["budget"], found["start_date"]) == ("Bloom", 5000.0, "2026-05-01")
    assert found["version"] > before["version"], "a form that was filled before the undo must notice it"


def test_what_was_created_is_gone_from_records_and_search(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email"})
    undo(house, "create_campaign")
    with pytest.raises(NotFound):
        house.call("get_campaign", {"campaign": "Bloom"})
    with house.database.session() as session:
        assert session.scalars(select(IndexEntry).where(IndexEntry.kind == "campaign")).one().removed


def test_the_search_finds_the_former_text_again(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email", "description": "tulips for Amsterdam"})
    house.call("update_campaign", {"campaign": "Bloom", "description": "roses"})
    undo(house, "update_campaign")
    with house.database.session() as session:
        assert "tulips" in session.scalars(select(IndexEntry).where(IndexEntry.kind == "campaign")).one().body


def test_a_lead_gets_its_status_back_and_the_event_goes(house: Door) -> None:
    house.call("add_lead", {"email": "ann@example.org", "name": "Ann Lee"})
    house.call("update_lead_status", {"lead": "Ann", "status": "customer"})
    undo(house, "update_lead_status")
    lead = house.call("get_lead", {"lead": "Ann Lee"}).result.data()
    assert lead["status"] == "new"
    assert "customer" not in str(lead), "nothing tells of what was undone"


def test_what_was_changed_since_stays(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email", "budget": 1})
    house.call("update_campaign", {"campaign": "Bloom", "budget": 2})
    first = last_call(house, "update_campaign")
    house.call("update_campaign", {"campaign": "Bloom", "budget": 3})
    with pytest.raises(Conflict, match="the campaign was changed since"):
        house.call("undo_change", {"change": first})
    assert house.call("get_campaign", {"campaign": "Bloom"}).result.data()["budget"] == 3


def test_a_change_of_another_field_does_not_stand_in_the_way(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email", "budget": 1})
    house.call("update_campaign", {"campaign": "Bloom", "budget": 2})
    first = last_call(house, "update_campaign")
    house.call("update_campaign", {"campaign": "Bloom", "description": "later"})
    house.call("undo_change", {"change": first})
    found = house.call("get_campaign", {"campaign": "Bloom"}).result.data()
    assert (found["budget"], found["description"]) == (1, "later")


def test_what_is_in_use_is_not_taken_away(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email"})
    made = last_call(house, "create_campaign")
    given = {"subject": "Tulips", "content": "Hello", "recipients": ["a@example.org"], "campaign": "Bloom"}
    house.call("create_email_campaign", given)
    with pytest.raises(Conflict, match="the campaign is in use by now"):
        house.call("undo_change", {"change": made})
    assert house.call("get_campaign", {"campaign": "Bloom"}).result.data()["name"] == "Bloom"


def test_undone_once(house: Door) -> None:
    house.call("save_template", {"name": "Hi", "content": "Hello you"})
    undo(house, "save_template")
    with pytest.raises(Conflict, match="undone already"):
        undo(house, "save_template")


def test_what_cannot_be_put_back_says_so(house: Door, writing: Callable[[], AbstractContextManager[Session]]) -> None:
    """A call without a kept state: one that was made before it was kept, or changed rows in bulk."""
    house.call("create_campaign", {"name": "Bloom", "type": "email"})
    with writing() as session:
        session.delete(session.scalars(select(Change)).one())
    with pytest.raises(Conflict, match="cannot be undone: what was there before is not kept"):
        undo(house, "create_campaign")
    with writing() as session:
        assert session.scalars(select(Campaign)).one().name == "Bloom"
    with pytest.raises(NotFound):
        house.call("undo_change", {"change": 9999})


def test_a_refused_call_keeps_nothing(house: Door) -> None:
    house.call("create_campaign", {"name": "Bloom", "type": "email"})
    with pytest.raises(Exception, match="Bloom"):
        house.call("create_campaign", {"name": "Bloom", "type": "email"})
    with house.database.session() as session:
        assert len(session.scalars(select(Change)).all()) == 1
