"""The texts of a workflow's steps are written by the model, or by templates."""

import pytest

from tests.tools.scripted import ScriptedWriter
from tests.tools.workflow_parts import CART, Reading, create
from tools import catalogue
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict

assert catalogue  # declares the tools


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
