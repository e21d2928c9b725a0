"""How a workflow does: people, steps, answers, and what to change."""

import pytest

from memory.enums import EventType
from memory.events import record_event
from memory.metrics import record_metric
from memory.workflows import (
    Enrolment,
    EnrolmentState,
    EnrolmentStep,
    Workflow,
    versions_of,
)
from tests.tools.conftest import NOW, ZONE
from tests.tools.scripted import ScriptedWriter
from tests.tools.workflow_parts import CART, Reading, Writing, create, days_ago, lead
from tools import catalogue
from tools.automating.entry import graph_of
from tools.automating.optimizing import wilson
from tools.automating.world import load_workflow
from tools.core.door import Door

assert catalogue  # declares the tools


@pytest.fixture
def walked(door: Door, writing: Writing) -> int:
    """A hundred people through two mails: all opened the first, ten the second; forty are done, 20 of them converted."""
    made = create(
        door, "when a lead is created, send email 'A', wait 1 day, send email 'B', wait 2 days", name="Two mails"
    )
    with writing() as session:
        version = versions_of(session, made["id"])[0]
        for number in range(100):
            who = lead(session, f"P{number}", 50)
            done = number < 40
            way = Enrolment(
                workflow_id=made["id"], version_id=version.id, lead_id=who, entered_at=days_ago(20 if number < 60 else 40),
                state=EnrolmentState.COMPLETED if done else EnrolmentState.ACTIVE, node=None if done else "s4",
                converted_at=days_ago(1) if number < 20 else None,
            )  # fmt: skip
            session.add(way)
            session.flush()
            for node in ("s1", "s2", "s3", *(["s4"] if done else [])):
                session.add(
                    EnrolmentStep(
                        enrolment_id=way.id,
                        workflow_id=made["id"],
                        lead_id=who,
                        node=node,
                        at=days_ago(19),
                        port="next",
                    )
                )
            record_event(session, who, EventType.OPENED, days_ago(10), workflow_id=made["id"], name="s1")
            record_event(
                session, who, EventType.OPENED, days_ago(9), workflow_id=made["id"], name="s3", machine=number >= 10
            )
    return int(made["id"])


def test_performance_counts_people_steps_and_answers(door: Door, writing: Writing, walked: int) -> None:
    found = door.call("analyze_workflow_performance", {"workflow": "Two mails"}).result.data()
    assert [found[key] for key in ("entered", "active", "completed", "converted", "counted")] == [100, 60, 40, 20, 100]
    assert (found["completion_rate"], found["conversion_rate"]) == (0.4, 0.2)
    assert [(one["taken"], one["waiting"], one["opened"]) for one in found["steps"]] == [
        (100, 0, 100),
        (100, 0, None),
        (100, 0, 10),
        (40, 60, None),
    ]
    lately = door.call(
        "analyze_workflow_performance", {"workflow": "Two mails", "period": "last 30 days"}
    ).result.data()
    assert (lately["entered"], lately["completed"], lately["converted"]) == (60, 40, 20)
    with writing() as session:
        record_metric(session, "workflow", walked, "entered", 300, imported=True)
        record_metric(session, "workflow", walked, "completed", 60, imported=True)
    both = door.call("analyze_workflow_performance", {"workflow": "Two mails"}).result.data()
    assert (both["entered"], both["completed"], both["completion_rate"], both["imported"]) == (
        400,
        100,
        0.25,
        {"entered": 300, "completed": 60},
    )
    assert "300 entries of these are imported history" in both["text"]


def test_a_mail_opened_far_less_gets_a_second_try_as_a_proposal(door: Door, reading: Reading, walked: int) -> None:
    found = door.call("optimize_workflow", {"workflow": "Two mails"}).result.data()
    codes = [one["code"] for one in found["findings"]]
    assert "low_opened" in codes
    assert next(one for one in found["findings"] if one["code"] == "low_opened")["figure"] == 0.1
    assert found["proposed"] == (
        "when a lead is created; send email “A”; wait 1 day; send email “B”; wait 2 days; if not opened (send email “B”); wait 2 days"
    )
    with reading() as ctx:  # the workflow stays as it is
        assert len(graph_of(ctx.session, ctx.session.get_one(Workflow, walked)).nodes) == 4


def test_without_figures_nothing_is_proposed(door: Door) -> None:
    create(door, CART, name="Abandoned cart")
    found = door.call("optimize_workflow", {"workflow": "cart"}).result.data()
    assert found["proposal"] is None
    assert found["findings"][0]["code"] == "nobody"
    writer = ScriptedWriter({"advice": "Write the two texts first."})
    assert "Write the two texts first." in door.call("optimize_workflow", {"workflow": "cart"}, writer=writer).text


def test_the_interval_of_a_share() -> None:
    low, high = wilson(81, 263)  # Newcombe, Statistics in Medicine 17 (1998), table I: 0.2553 to 0.3662
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_a_world_is_laid_with_its_counts(writing: Writing, door: Door) -> None:
    with writing() as session:
        load_workflow(
            session,
            {"name": "Hello", "status": "active", "trigger": "lead is created", "entered": 10, "completed": 8, "converted": 1,
             "steps": ["send email 'Welcome'", "wait 3 days", "if they clicked send email 'Your first box'"]},
            NOW, ZONE,
        )  # fmt: skip
        with pytest.raises(ValueError, match="is no trigger"):
            load_workflow(session, {"name": "X", "trigger": "?!", "steps": []}, NOW, ZONE)
    shown = door.call("get_workflow", {"workflow": "Hello"}).result.data()
    assert (
        shown["said"]
        == "when a lead is created; send email “Welcome”; wait 3 days; if clicked (send email “Your first box”)"
    )
    assert shown["metrics"] == {"entered": 10, "active": 0, "completed": 8, "converted": 1, "imported": True}
