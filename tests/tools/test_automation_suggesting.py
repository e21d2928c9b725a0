"""Triggers are suggested from what happened."""

from memory.enums import EventType
from memory.events import record_event
from tests.tools.workflow_parts import Writing, days_ago, lead
from tools import catalogue
from tools.core.door import Door

assert catalogue  # declares the tools


def test_triggers_are_suggested_from_what_happened(door: Door, writing: Writing) -> None:
    none = door.call("suggest_workflow_triggers", {"goal": "win back customers"})
    assert "No events were recorded in the last 30 days and no leads yet" in none.text
    with writing() as session:
        people = [lead(session, name) for name in ("Ana", "Bob", "Cem")]
        for who in people[:2]:
            record_event(session, who, EventType.OTHER, days_ago(3), name="cart_abandoned")
        record_event(session, people[0], EventType.OTHER, days_ago(2), name="cart_abandoned")
        for who in people:
            record_event(session, who, EventType.VISITED, days_ago(1))
        record_event(session, people[0], EventType.ORDERED, days_ago(31), value=5.0)
    found = door.call("suggest_workflow_triggers", {"goal": "save abandoned carts"}).result.data()
    first = found["ideas"][0]
    assert (first["words"], first["people"], first["times"]) == ("on event “cart_abandoned”", 2, 3)
    visits = next(one for one in found["ideas"] if one["words"] == "when a lead visits the site")
    assert (visits["people"], visits["times"]) == (3, 3)
    assert "when a lead orders" not in [one["words"] for one in found["ideas"]]  # longer ago than 30 days
    assert found["events"] == 6


# Figures --------------------------------------------------------------------------------------------------------------
