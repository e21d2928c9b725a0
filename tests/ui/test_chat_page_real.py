"""The chat page over a real hub, in a real browser: a conversation of five turns, a correction, a gated delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from chat_page import ChatPage
from playwright.sync_api import expect

from tests.support.browser import OpenPage

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser


def test_a_conversation_changes_real_records(real_hub: Hub, real_site: str, open_page: OpenPage) -> None:
    watched = open_page(real_site)
    chat = ChatPage(watched.page)

    expect(watched.page.locator("#banner")).to_contain_text("The model is switched off.")
    chat.ask("Create an email campaign called Bloom with a 5000 dollar budget", "Created the email campaign Bloom")
    step = chat.open_step(0)
    expect(step.get_by_role("cell", name="“Bloom”", exact=True)).to_be_visible()
    chat.ask("make the budget 6000 instead", "Bloom")
    campaign = real_hub.call("get_campaign", campaign="Bloom").result.data()
    assert campaign["budget"] == 6000, "it was corrected, not made again"
    chat.ask("/campaign create Petal social", "Petal")
    chat.ask("what campaigns do we have?", "Petal")
    expect(chat.replies.last.get_by_role("cell", name="Bloom", exact=True)).to_be_visible()

    chat.ask("Delete the Bloom campaign", "Nothing has happened yet.")
    expect(chat.plans).to_have_count(1)
    expect(chat.plans.first).to_contain_text("Bloom")
    watched.page.reload()
    chat = ChatPage(watched.page)
    expect(chat.said).to_have_count(5)
    assert "Bloom" in {record.name for record in real_hub.records("campaign")}, "nothing happens before the approval"
    chat.button("Approve plan").click()
    expect(chat.replies.last).to_contain_text("Deleted the campaign Bloom")
    expect(chat.plans).to_have_count(0)
    assert "Bloom" not in {record.name for record in real_hub.records("campaign")}
    assert "Petal" in {record.name for record in real_hub.records("campaign")}
    assert watched.errors == []
    assert watched.foreign == []


def test_a_sentence_that_cannot_be_is_answered_with_the_reason(real_site: str, open_page: OpenPage) -> None:
    watched = open_page(real_site)
    chat = ChatPage(watched.page)
    chat.ask("/campaign create Minus email budget=-5", "budget")
    expect(chat.steps.first).to_contain_text("did not work")
    chat.ask("/campaign show Nowhere", "Nowhere")
    chat.ask("/help", "/campaign create")
    assert watched.errors == []
