"""Workflows are made from sentences, listed and shown."""

from typing import Any

import pytest
from sqlalchemy import func, select

from memory.enums import WorkflowStatus
from memory.metrics import record_metric
from memory.workflows import (
    Workflow,
)
from tests.tools.workflow_parts import CART, SENTENCE, Reading, Writing, create, stored
from tools import catalogue
from tools.core.door import Door
from tools.core.errors import BadInput, HubError, Missing, NotFound

assert catalogue  # declares the tools


def test_a_sentence_becomes_a_draft_with_its_graph(door: Door, reading: Reading) -> None:
    made = create(door, SENTENCE)
    assert made["name"] == "Sign-up: email and sms"
    assert made["said"] == "when a lead signs up; wait 1 day; send an email; if not opened (send an sms)"
    assert [node["type"] for node in made["graph"]["nodes"]] == ["wait", "email", "condition", "sms"]
    assert {"source": "s3", "port": "no", "target": "s4"} in made["graph"]["edges"]
    workflow = stored(reading, made["name"])
    assert (workflow.status, workflow.version_id, workflow.description) == (WorkflowStatus.DRAFT, None, SENTENCE)
    assert workflow.trigger["words"] == "when a lead signs up"
    assert [step["words"] for step in workflow.steps] == ["wait 1 day", "send an email", "if opened", "send an sms"]
    assert "Nothing runs until you activate it" in made["text"]
    assert create(door, SENTENCE)["name"] == "Sign-up: email and sms (2)"


def test_trigger_and_steps_go_before_the_description(door: Door) -> None:
    made = create(door, "our hello", name="Hello", trigger="lead is created", steps=["send email 'Hi'", "wait 2 days"])
    assert made["said"] == "when a lead is created; send email “Hi”; wait 2 days"
    refined = create(door, "when someone signs up, send email 'Hi'", trigger="event trial_started")
    assert refined["said"] == "on event “trial_started”; send email “Hi”"
    assert "No event “trial_started” has been recorded yet" in refined["text"]


def test_a_quoted_text_is_the_template_or_mailing_of_that_name(door: Door) -> None:
    door.call("save_template", {"name": "Welcome", "content": "Hi {{ lead.first_name }}, good to have you."})
    door.call("create_email_campaign", {"subject": "Spring", "content": "It is spring."})
    made = create(
        door, "when a lead is created, send email 'welcome', wait 1 day, send email 'Spring', send email 'Later'"
    )
    assert [step["text"] and step["text"]["name"] for step in made["steps"]] == ["Welcome", None, "Spring", None]
    assert [one["sentence"] for one in made["problems"]] == ["The email “Later” of step 4 has no text yet."]
    assert (
        "It is used by New lead: welcome and Spring (workflow)"
        in door.call("delete_template", {"template": "Welcome"}).text
    )


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({"description": "create a workflow"}, Missing, "When shall the workflow start, and what shall it do?"),
        ({"description": "paint the fence blue, sing a song"}, BadInput, "I cannot read a workflow out of"),
        ({"description": SENTENCE, "name": "Taken"}, BadInput, "There is a workflow called “Taken” already"),
        ({"description": SENTENCE, "name": "x" * 201}, BadInput, "The name has 201 characters"),
        ({"description": "a, " * 3_000}, BadInput, "longer than 8,000 characters"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_stored(
    door: Door, reading: Reading, arguments: dict[str, Any], error: type[HubError], sentence: str
) -> None:
    create(door, SENTENCE, name="Taken")
    with pytest.raises(error) as caught:
        door.call("create_workflow", arguments)
    assert sentence in caught.value.sentence
    with reading() as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Workflow)) == 1


def test_the_list_and_the_card_tell_trigger_steps_and_people(door: Door, writing: Writing) -> None:
    assert "There are no workflows yet" in door.call("list_workflows", {}).text
    made = create(door, CART, name="Abandoned cart")
    with writing() as session:
        record_metric(session, "workflow", made["id"], "entered", 205, imported=True)
        record_metric(session, "workflow", made["id"], "completed", 190, imported=True)
        record_metric(session, "workflow", made["id"], "converted", 11, imported=True)
    listed = door.call("list_workflows", {"status": "draft"}).text
    assert listed == (
        "1 draft workflow:\n\n- **Abandoned cart** (draft): on event “cart_abandoned”, 5 steps; 205 people entered, 190 "
        "completed, 11 converted (imported history included)"
    )
    assert door.call("list_workflows", {"status": "active"}).text == "There are no active workflows; 1 workflow in all."
    shown = door.call("get_workflow", {"workflow": "cart"}).text
    assert "4. if opened\n   - no:\n      5. send sms “Still yours”" in shown
    with pytest.raises(NotFound):
        door.call("get_workflow", {"workflow": "nothing like it"})


# The gate -------------------------------------------------------------------------------------------------------------
