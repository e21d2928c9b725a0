"""MJML through the tools: saved, shown for a real lead, sent; what is broken is named and not stored."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.orm import Session

from memory.templates import Template
from tools import email, leads, templates  # noqa: F401 - declares the tools
from tools.core.door import Door
from tools.core.errors import BadInput

Writing = Callable[[], AbstractContextManager[Session]]
MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ lead.first_name }}, meet {{ product }}</mj-text>"
    '<mj-button href="https://shop.example">Look</mj-button></mj-column></mj-section></mj-body></mjml>'
)


@pytest.fixture
def ana(door: Door) -> None:
    door.call("add_lead", {"email": "ana@initech.example", "name": "Ana Silva"})


@pytest.mark.usefixtures("ana")
def test_a_mjml_template_is_kept_as_written_and_shown_for_a_lead(door: Door) -> None:
    saved = door.call("save_template", {"name": "Cup", "content": MJML}).result.data()
    assert saved["content"] == MJML
    assert [one["path"] for one in saved["merge_fields"]] == ["lead.first_name", "product"]
    shown = door.call("get_template", {"template": "Cup"}).result.data()
    assert shown["person"] == "Ana Silva"
    assert shown["sample"] == "Hi Ana, meet [product]\n\nLook (https://shop.example)"
    assert "As Ana Silva would read it:\n\n> Hi Ana, meet [product]" in shown["text"]


@pytest.mark.usefixtures("ana")
def test_a_mailing_made_of_a_mjml_template_is_previewed_as_it_would_be_read(door: Door) -> None:
    door.call("save_template", {"name": "Cup", "content": MJML})
    made = door.call(
        "create_email_campaign",
        {"template": "Cup", "topic": "the blue cup", "subject": "New", "recipients": ["ana@initech.example"]},
    ).result.data()
    assert "meet the blue cup" in made["content"]
    plan = door.call("send_email_campaign", {"email_campaign": str(made["id"])}).result.data()
    assert plan["sample"]["content"] == "Hi Ana, meet the blue cup\n\nLook (https://shop.example)"
    assert plan["sample"]["html"].startswith("<!doctype html>")
    assert "<mj-" not in plan["text"]


def test_broken_mjml_is_named_and_nothing_is_stored(door: Door, writing: Writing) -> None:
    with pytest.raises(BadInput, match="<mj-column> must be closed first"):
        door.call("save_template", {"name": "Broken", "content": MJML.replace("</mj-column>", "")})
    with writing() as session:
        assert session.query(Template).count() == 0


@pytest.mark.usefixtures("ana")
def test_a_template_that_came_in_broken_says_so(door: Door, writing: Writing) -> None:
    with writing() as session:
        session.add(Template(name="Old", kind="email", content="<mjml><mj-body><mj-foo/></mj-body></mjml>"))
    shown = door.call("get_template", {"template": "Old"}).result.data()
    assert shown["sample"] is None
    assert "It cannot be used as it is: \\<mj-foo> in line 1 is no tag of MJML" in shown["text"]


@pytest.mark.usefixtures("ana")
def test_an_sms_is_shown_as_it_is(door: Door) -> None:
    door.call("save_template", {"name": "Ready", "content": "Hi {{ lead.first_name }} <b>", "kind": "sms"})
    assert door.call("get_template", {"template": "Ready"}).result.data()["sample"] == "Hi Ana <b>"
