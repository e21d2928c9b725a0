"""A simulation replays what really happened, and changes nothing."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.base import Base
from memory.enums import EventType, LeadStatus
from memory.events import record_event
from memory.lead_changes import put_status
from memory.leads import Lead
from tests.tools.workflow_parts import CART, Reading, Writing, create, days_ago, lead
from tools import catalogue
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict

assert catalogue  # declares the tools


def snapshot(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
        if table.name != "audit_log"
    }


def test_a_simulation_replays_what_really_happened(door: Door, writing: Writing, reading: Reading) -> None:
    """Ana abandoned her cart 20 days ago and opened a mail 19.5 days ago; Bob abandoned 10 days ago and opened nothing,
    and again 5 days ago (he has been through); Cem half an hour ago; Dia 40 days ago, before the window."""
    create(door, CART, name="Abandoned cart")
    with writing() as session:
        ana, bob, cem, dia = (lead(session, name) for name in ("Ana", "Bob", "Cem", "Dia"))
        for who, ago in ((ana, 20), (bob, 10), (bob, 5), (cem, 1 / 48), (dia, 40)):
            record_event(session, who, EventType.OTHER, days_ago(ago), name="cart_abandoned")
        record_event(session, ana, EventType.OPENED, days_ago(19.5))
        record_event(session, bob, EventType.OPENED, days_ago(9.5), machine=True)
    with reading() as ctx:
        before = snapshot(ctx.session)
    found = door.call("simulate_workflow", {"workflow": "cart", "days": 30}).result.data()
    assert [found[key] for key in ("entered", "people", "turned_away", "completed", "under_way", "emails", "sms")] == [
        3,
        3,
        1,
        2,
        1,
        2,
        1,
    ]
    assert [(one["reached"], one["taken"], one["waiting"]) for one in found["steps"]] == [
        (3, 2, 1),
        (2, 2, 0),
        (2, 2, 0),
        (2, 2, 0),
        (1, 1, 0),
    ]
    edges = {(one["source"], one["port"]): one["times"] for one in found["edges"]}
    assert (edges["s4", "yes"], edges["s4", "no"], edges["s1", "next"]) == (1, 1, 2)
    assert [(one["person"], one["ended"]) for one in found["examples"]] == [
        ("Ana", "completed"),
        ("Bob", "completed"),
        ("Cem", "under way"),
    ]
    assert found["examples"][1]["path"][-1] == "send sms “Still yours”"
    assert door.call("simulate_workflow", {"workflow": "cart", "days": 30}).result.data() == found
    with reading() as ctx:
        assert snapshot(ctx.session) == before


def test_re_entry_goal_and_restrictions_count_in_a_simulation(door: Door, writing: Writing) -> None:
    create(
        door,
        "when someone signs up, send email 'A', wait 2 days, send email 'B'. Goal: they order. People may enter again after 5 days.",
        name="Again",
    )
    with writing() as session:
        ana, bob = lead(session, "Ana"), lead(session, "Bob")
        for who, ago in ((ana, 20), (ana, 17), (ana, 12), (bob, 10)):
            record_event(session, who, EventType.SIGNED_UP, days_ago(ago))
        record_event(session, bob, EventType.ORDERED, days_ago(9), value=10.0)
    found = door.call("simulate_workflow", {"workflow": "Again"}).result.data()
    # Ana on days 20 and 12 (17 is within five days); Bob orders before his second mail.
    assert [found[key] for key in ("entered", "people", "turned_away", "completed", "converted", "emails")] == [
        3,
        2,
        1,
        2,
        1,
        5,
    ]


def test_people_come_into_a_segment_by_status_and_by_the_calendar(door: Door, writing: Writing) -> None:
    door.call("create_segment", {"name": "Customers", "conditions": "status is customer"})
    create(door, "when a lead enters segment Customers, send email 'Hi'", name="New customers")
    create(door, "when someone hasn't ordered for 60 days, send email 'We miss you'", name="Quiet")
    with writing() as session:
        ana, bob, cem = lead(session, "Ana"), lead(session, "Bob"), lead(session, "Cem")
        put_status(session, session.get_one(Lead, ana), LeadStatus.CUSTOMER, days_ago(4), by="a test")
        put_status(session, session.get_one(Lead, bob), LeadStatus.CUSTOMER, days_ago(50), by="a test")
        for who, ago in ((ana, 65), (bob, 95), (cem, 20)):  # 60 days over: 5 days ago, 35 days ago, not yet
            record_event(session, who, EventType.ORDERED, days_ago(ago), value=1.0)
    entered = door.call("simulate_workflow", {"workflow": "New customers"}).result.data()
    assert [(one["person"], one["entered_at"][:10]) for one in entered["examples"]] == [("Ana", "2026-03-12")]
    quiet = door.call("simulate_workflow", {"workflow": "Quiet"}).result.data()
    assert [one["person"] for one in quiet["examples"]] == ["Ana"]
    assert quiet["examples"][0]["entered_at"][:10] in ("2026-03-11", "2026-03-12")


def test_what_cannot_be_simulated_is_told(door: Door) -> None:
    create(door, "send an email, wait 2 days", name="No start")
    with pytest.raises(Conflict, match="cannot be simulated yet: It has no trigger"):
        door.call("simulate_workflow", {"workflow": "No start"})
    with pytest.raises(BadInput, match="The days must be 1 to 366"):
        door.call("simulate_workflow", {"workflow": "No start", "days": 0})
