"""The automation tools through the door: created, shown, planned at the gate, activated, written, simulated, analysed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.base import Base
from memory.enums import EventType, LeadStatus, WorkflowStatus
from memory.events import record_event
from memory.lead_changes import new_lead, put_status
from memory.leads import Lead
from memory.metrics import record_metric
from memory.workflows import (
    Enrolment,
    EnrolmentState,
    EnrolmentStep,
    Workflow,
    WorkflowVersion,
    versions_of,
    workflow_named,
)
from tests.tools.conftest import NOW, ZONE
from tests.tools.scripted import ScriptedWriter
from tools import catalogue
from tools.automating.entry import from_graph, graph_of
from tools.automating.graph import store_graph
from tools.automating.optimizing import wilson
from tools.automating.world import load_workflow
from tools.core.context import Context
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict, HubError, Missing, NotFound, PlanChanged

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

assert catalogue  # declares the tools
SENTENCE = "when someone signs up, wait a day, then email them; if they don't open it send an SMS"
CART = (
    "on event cart_abandoned, wait 1 hour, send email 'You left this', wait 1 day, if not opened send sms 'Still yours'"
)


def create(door: Door, description: str, **more: Any) -> dict[str, Any]:
    return door.call("create_workflow", {"description": description, **more}).result.data()


def stored(reading: Reading, name: str) -> Workflow:
    with reading() as ctx:
        found = workflow_named(ctx.session, name)
        assert found is not None
        return found


def days_ago(days: float) -> datetime:
    return (NOW - timedelta(days=days)).astimezone(UTC)


def lead(session: Session, name: str, created: float = 100) -> int:
    return new_lead(session, f"{name.lower()}@example.org", days_ago(created), name=name).id


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


def test_the_model_writes_what_is_missing_and_the_steps_hold_it(door: Door, reading: Reading) -> None:
    create(door, CART, name="Abandoned cart")
    writer = ScriptedWriter(
        {
            "subject_1": "Still thinking?", "news_1": "Your cart is where you left it.", "next_step_1": "Come back and finish.",
            "message_2": "Your cart is still yours. Come and get it.",
        }
    )  # fmt: skip
    made = door.call("generate_workflow_content", {"workflow": "cart", "tone": "warm"}, writer=writer).result.data()
    assert [(one["number"], one["type"], one["template"]) for one in made["messages"]] == [
        (2, "email", "You left this"), (5, "SMS", "Still yours"),
    ]  # fmt: skip
    assert made["ai_generated"]
    assert made["messages"][0]["subject_line"] == "Still thinking?"
    assert "Your cart is where you left it." in made["messages"][0]["content"]
    assert "Tone: warm" in writer.asked
    assert "1. an email: “You left this”" in writer.asked
    card = door.call("get_workflow", {"workflow": "cart"}).result.data()
    assert [step["text"] and step["text"]["name"] for step in card["steps"]] == [
        None,
        "You left this",
        None,
        None,
        "Still yours",
    ]
    with pytest.raises(Conflict, match="has its text already"):
        door.call("generate_workflow_content", {"workflow": "cart"})


def test_without_a_model_a_template_stands_in_and_its_blanks_are_told(door: Door) -> None:
    create(door, CART, name="Abandoned cart")
    made = door.call("generate_workflow_content", {"workflow": "cart"}).result.data()
    assert not made["ai_generated"]
    assert "Filled from a template: no model is running." in made["text"]
    assert "still holds the blank [what the reader should know]" in door.call("get_workflow", {"workflow": "cart"}).text
    create(door, "when a lead is created, add tag new", name="Silent")
    with pytest.raises(BadInput, match="sends neither mails nor SMS"):
        door.call("generate_workflow_content", {"workflow": "Silent"})


# The past -------------------------------------------------------------------------------------------------------------


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
