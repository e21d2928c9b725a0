"""Texts for mailings: subject lines with their evidence, sequences, templates; with a writer that says what it is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from memory.drafts import recent_drafts
from memory.lead_changes import new_lead
from memory.templates import template_named
from tests.tools.conftest import NOW
from tests.tools.scripted import ScriptedWriter
from tests.tools.test_email_results import past_mailing
from tools import catalogue, merge
from tools.core.context import Context
from tools.core.door import Door
from tools.core.errors import BadInput, Conflict, Missing
from tools.mailing.sequences import ARC, arc

Writing = Callable[[], AbstractContextManager[Session]]
Reading = Callable[[], AbstractContextManager[Context]]

assert catalogue  # declares the tools
AT = NOW.astimezone(UTC)


@pytest.fixture
def two(writing: Writing) -> None:
    with writing() as session:
        past_mailing(session, "October", datetime(2025, 10, 28, 8, 0, tzinfo=UTC), delivered=200, opens=50)
        past_mailing(session, "Bloom", datetime(2026, 2, 17, 7, 30, tzinfo=UTC), delivered=400, opens=240)
        past_mailing(session, "March", None)


def test_subject_lines_come_with_their_evidence(door: Door, two: None, reading: Reading) -> None:
    writer = ScriptedWriter(
        {"subject_1": "March in your cup", "subject_2": "March in your cup.", "subject_3": "Opened by 60% of readers"}
    )
    found = door.call("optimize_subject_lines", {"email_campaign": "March", "count": 3}, writer=writer).result.data()
    lines = found["subject_lines"]
    # The repeated line and the one with a figure that nobody gave are replaced; never by the present subject.
    assert lines[0] == "March in your cup"
    assert len(lines) == len({line.casefold() for line in lines}) == 3
    assert not any("60" in line for line in lines)
    assert "About March" not in lines
    assert [(one["subject_line"], one["open_rate"]) for one in found["evidence"]] == [
        ("About Bloom", 0.6),
        ("About October", 0.25),
    ]
    assert "“About Bloom”: opened by 60% of 400" in found["text"]
    assert "0.6" not in writer.asked
    assert "60%" not in writer.asked
    assert [source["name"] for source in found["sources"]][:1] == ["March"]
    with reading() as ctx:
        assert recent_drafts(ctx.session, "subject_lines")[0].id == found["draft_id"]


def test_subject_lines_without_a_model_are_as_many_as_asked(door: Door) -> None:
    found = door.call("optimize_subject_lines", {"topic": "iced tea season", "count": 10}).result.data()
    assert len(set(found["subject_lines"])) == 10
    assert all(len(line) <= 60 for line in found["subject_lines"])
    assert "No past mailing has results yet" in found["text"]


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        ({}, Missing, "What is the mail about, or which mailing needs a subject line?"),
        ({"topic": "tea", "count": 0}, BadInput, "The count must be 1 to 10; 0 is not."),
        ({"topic": "tea", "count": 11}, BadInput, "The count must be 1 to 10; 11 is not."),
    ],
)
def test_subject_lines_need_to_know_what_for(
    door: Door, arguments: dict[str, Any], error: type[BadInput], sentence: str
) -> None:
    with pytest.raises(error) as caught:
        door.call("optimize_subject_lines", arguments)
    assert caught.value.sentence == sentence


@pytest.mark.parametrize("emails", range(2, 11))
def test_a_sequence_goes_from_welcome_to_offer(emails: int) -> None:
    purposes = arc(emails)
    assert len(purposes) == emails
    assert (purposes[0], purposes[-1]) == (ARC[0], ARC[-1])
    assert ARC[-1] not in purposes[:-1]


def test_a_sequence_is_spread_over_days(door: Door, reading: Reading) -> None:
    reply = {
        f"{name}_{n}": f"{name.capitalize()} of the {word}."
        for n, word in ((1, "morning"), (2, "evening"))
        for name in ("subject", "news", "next_step")
    }
    reply["news_2"] = "See {{ shop_page }} for more."
    made = door.call(
        "generate_email_sequence", {"topic": "green tea", "emails": 2, "days_between": 4}, writer=ScriptedWriter(reply)
    ).result.data()
    assert [one["day"] for one in made["emails"]] == [0, 4]
    assert made["emails"][0]["subject_line"] == "Subject of the morning"
    assert "News of the morning.\n\nNext_step of the morning." in made["emails"][0]["content"]
    assert "See [shop page] for more." in made["emails"][1]["content"]
    assert made["ai_generated"]
    for one in made["emails"]:
        assert all(field.kind != "slot" for field in merge.fields(one["content"]))
    with reading() as ctx:
        assert len(recent_drafts(ctx.session, "email_sequence")[0].body["emails"]) == 2


def test_a_sequence_without_a_model_is_whole(door: Door) -> None:
    made = door.call("generate_email_sequence", {"topic": "green tea", "emails": 10, "days_between": 1}).result.data()
    assert len({one["subject_line"] for one in made["emails"]}) == 10
    assert not made["ai_generated"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"emails": 1}, "A sequence has 2 to 10 emails; 1 is not."),
        ({"emails": 11}, "A sequence has 2 to 10 emails; 11 is not."),
        ({"days_between": 0}, "The days between two emails must be 1 to 90; 0 is not."),
    ],
)
def test_a_sequence_has_its_limits(door: Door, arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput) as caught:
        door.call("generate_email_sequence", {"topic": "tea", **arguments})
    assert caught.value.sentence == sentence


TEMPLATE = {
    "subject": "Your order",
    "news": "Thank you for your order of {{ product }}.",
    "benefit": "We pack it with care.",
    "next_step": "Reply to this mail with any question.",
}


def test_a_template_is_saved_and_shown_for_a_real_lead(door: Door, writing: Writing, reading: Reading) -> None:
    with writing() as session:
        new_lead(session, "info@x.org", AT)
        new_lead(session, "jane@x.org", AT, name="Jane Poe")
    made = door.call(
        "generate_email_template", {"purpose": "order confirmations"}, writer=ScriptedWriter(TEMPLATE)
    ).result.data()
    assert made["name"] == "Order confirmations"
    assert (made["person"], made["slots"]) == ("Jane Poe", ["product"])
    assert made["sample"].startswith("Hi Jane,\n\nThank you for your order of [product].")
    with reading() as ctx:
        template = template_named(ctx.session, "order confirmations")
        assert template is not None
        assert template.ai_generated
        assert template.content == made["content"]
    again = door.call("generate_email_template", {"purpose": "order confirmations"}).result.data()
    assert again["name"] == "Order confirmations (2)"


def test_a_template_with_made_up_fields_is_replaced(door: Door) -> None:
    writer = ScriptedWriter({**TEMPLATE, "news": "Thank you, dear {{ lead.nickname }}."})
    made = door.call("generate_email_template", {"purpose": "thanks", "name": "Thanks"}, writer=writer).result.data()
    assert not made["ai_generated"]
    assert "nickname" not in made["content"]
    assert made["note"] == "Filled from a template: the model wrote merge fields that do not exist."


def test_a_templates_name_is_taken_once(door: Door) -> None:
    door.call("generate_email_template", {"purpose": "thanks", "name": "Thanks"})
    with pytest.raises(Conflict, match="There is already a template called “THANKS”"):
        door.call("generate_email_template", {"purpose": "thanks", "name": "THANKS"})
