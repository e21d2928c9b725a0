"""Workflows are activated at the gate, paused, changed under way, and deleted."""

from datetime import UTC

import pytest
from sqlalchemy import func, select

from memory.enums import EventType, WorkflowStatus
from memory.events import record_event
from memory.workflows import (
    Enrolment,
    EnrolmentStep,
    Workflow,
    WorkflowVersion,
    versions_of,
)
from tests.tools.conftest import NOW
from tests.tools.workflow_parts import CART, Reading, Writing, create, days_ago, lead, stored
from tools import catalogue
from tools.automating.entry import from_graph, graph_of
from tools.automating.graph import store_graph
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict, PlanChanged

assert catalogue  # declares the tools


def test_activation_waits_for_a_person_and_says_all_that_would_happen(
    door: Door, writing: Writing, reading: Reading
) -> None:
    door.call("save_template", {"name": "You left this", "content": "Hi {{ lead.first_name }}, your cart waits."})
    create(door, CART, name="Abandoned cart")
    with writing() as session:
        for name, ago in (("Ana", 3), ("Bob", 10), ("Cem", 40)):
            record_event(session, lead(session, name), EventType.OTHER, days_ago(ago), name="Cart_Abandoned")
    plan = door.call("activate_workflow", {"workflow": "Abandoned cart"})
    assert plan.plan_id is not None
    text = plan.text
    assert "**Whom it would meet:** 2 people in the last 30 days." in text
    assert "as Ana would read it:\n\nSubject: You left this\n\n> Hi Ana, your cart waits." in text
    assert "**Step 5, SMS Still yours:** not written yet." in text
    assert "the house has no SMS webhook" in text
    assert "No mail server is configured" in text
    assert stored(reading, "Abandoned cart").status == WorkflowStatus.DRAFT
    done = door.approve(plan.plan_id)
    assert "is active (version 1)" in done.text
    workflow = stored(reading, "Abandoned cart")
    assert (workflow.status, workflow.activated_at) == (WorkflowStatus.ACTIVE, NOW.astimezone(UTC))
    with reading() as ctx:
        version = ctx.session.get_one(WorkflowVersion, workflow.version_id)
        assert (version.number, version.pinned_at) == (1, NOW.astimezone(UTC))
    with pytest.raises(Conflict, match="is active already"):
        door.call("activate_workflow", {"workflow": "Abandoned cart"})


def test_an_approval_fits_only_what_was_shown(door: Door, writing: Writing, reading: Reading) -> None:
    create(door, CART, name="Abandoned cart")
    plan = door.call("activate_workflow", {"workflow": "Abandoned cart"})
    with writing() as session:  # one more event changes the estimate, not what would happen
        record_event(session, lead(session, "Ana"), EventType.OTHER, days_ago(1), name="cart_abandoned")
    door.call("save_template", {"name": "You left this", "content": "Your cart waits."})
    assert plan.plan_id is not None
    with pytest.raises(PlanChanged):
        door.approve(plan.plan_id)
    assert stored(reading, "Abandoned cart").status == WorkflowStatus.DRAFT
    renewed = door.call("activate_workflow", {"workflow": "Abandoned cart"}).plan_id
    assert renewed is not None
    with writing() as session:
        record_event(session, lead(session, "Bob"), EventType.OTHER, days_ago(1), name="cart_abandoned")
    assert "is active" in door.approve(renewed).text


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        ("when a lead is created", "It has no steps"),
        ("send an email, wait 2 days, end", "It has no trigger"),
        ("when a lead is created, wait 0 days, end", "waits no time at all"),
        ("when a lead enters segment 'Nobodies', end", "There is no segment “Nobodies”"),
        ("when a lead is created, send email 'Broken'", "{{ product }} in “Broken” is a slot that nobody fills here"),
    ],
)
def test_a_workflow_with_errors_is_not_activated(door: Door, description: str, sentence: str) -> None:
    door.call("save_template", {"name": "Broken", "content": "New: {{ product }}"})
    create(door, description, name="Wrong")
    with pytest.raises(BadInput) as caught:
        door.call("activate_workflow", {"workflow": "Wrong"})
    assert sentence in caught.value.sentence


def test_pausing_and_going_on(door: Door, writing: Writing, reading: Reading) -> None:
    made = create(door, CART, name="Abandoned cart")
    with pytest.raises(Conflict, match="is a draft that was never activated"):
        door.call("pause_workflow", {"workflow": "Abandoned cart"})
    door.approve(door.call("activate_workflow", {"workflow": "Abandoned cart"}).plan_id or 0)
    with writing() as session:
        version = versions_of(session, made["id"])[0]
        session.add(
            Enrolment(
                workflow_id=made["id"],
                version_id=version.id,
                lead_id=lead(session, "Ana"),
                node="s1",
                entered_at=days_ago(1),
            )
        )
    paused = door.call("pause_workflow", {"workflow": "Abandoned cart"})
    assert "1 person stays at the step where they are" in paused.text
    assert stored(reading, "Abandoned cart").status == WorkflowStatus.PAUSED
    with pytest.raises(Conflict, match="is paused already"):
        door.call("pause_workflow", {"workflow": "Abandoned cart"})
    plan = door.call("activate_workflow", {"workflow": "Abandoned cart"})
    assert "1 person under way in it will go on." in plan.text


def test_whoever_is_under_way_finishes_on_the_version_entered(door: Door, writing: Writing, reading: Reading) -> None:
    made = create(door, CART, name="Abandoned cart")
    door.approve(door.call("activate_workflow", {"workflow": "Abandoned cart"}).plan_id or 0)
    with reading() as ctx:
        workflow = ctx.session.get_one(Workflow, made["id"])
        graph = store_graph(graph_of(ctx.session, workflow))
        graph["nodes"][0]["span"]["amount"] = 0
        found = from_graph(ctx, workflow, graph)
        assert ("error", "wait", "s1") in [(one.level, one.code, one.node) for one in found]
        assert [one.number for one in versions_of(ctx.session, made["id"])] == [1, 2]
        assert graph_of(ctx.session, workflow, workflow.version_id).nodes[0].span.amount == 1  # type: ignore[union-attr]
        with pytest.raises(BadInput, match="which does not exist"):
            from_graph(ctx, workflow, {**graph, "edges": [{"source": "start", "target": "nowhere"}]})
        ctx.session.rollback()


def test_deleting_takes_all_of_it_after_approval(door: Door, writing: Writing, reading: Reading) -> None:
    made = create(door, CART, name="Abandoned cart")
    with writing() as session:
        version = versions_of(session, made["id"])[0]
        way = Enrolment(
            workflow_id=made["id"],
            version_id=version.id,
            lead_id=lead(session, "Ana"),
            node="s1",
            entered_at=days_ago(1),
        )
        session.add(way)
        session.flush()
        session.add(
            EnrolmentStep(
                enrolment_id=way.id, workflow_id=made["id"], lead_id=way.lead_id, node="s1", at=days_ago(1), port="next"
            )
        )
    plan = door.call("delete_workflow", {"workflow": "Abandoned cart"})
    assert "1 person is under way in it" in plan.text
    assert stored(reading, "Abandoned cart").id == made["id"]
    assert "1 person under way in it stopped." in door.approve(plan.plan_id or 0).text
    with reading() as ctx:
        for model in (Workflow, WorkflowVersion, Enrolment, EnrolmentStep):
            assert ctx.session.scalar(select(func.count()).select_from(model)) == 0


# Texts ----------------------------------------------------------------------------------------------------------------
