"""The chat page at work over a real hub of a small company, in a real browser: files, conversations, a sentence brought
along by the address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from axe import assert_accessible
from chat_page import ChatPage
from company import open_company
from playwright.sync_api import expect

from tests.support.browser import OpenPage, Watched

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser

LIST = b"Email,Full name,Town\nann@fair.example,Ann Lee,Berlin\nnot an address,Bob,Rome\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("company")) as opened:
        yield opened


@pytest.fixture
def opened(house: tuple[Hub, str], open_page: OpenPage) -> Iterator[tuple[ChatPage, Watched]]:
    watched = open_page(house[1])
    yield ChatPage(watched.page), watched
    assert watched.errors == []
    assert watched.foreign == []


@pytest.fixture
def chat(opened: tuple[ChatPage, Watched]) -> ChatPage:
    return opened[0]


def test_files_are_shown_before_they_are_imported(opened: tuple[ChatPage, Watched], house: tuple[Hub, str]) -> None:
    (chat, watched), hub = opened, house[0]
    page = chat.page
    chosen = page.get_by_label("Add a file")
    chosen.set_input_files({"name": "photo.exe", "mimeType": "x", "buffer": b"MZ"})
    expect(page.get_by_role("alert").filter(has_text="of a kind that cannot be read")).to_be_visible()
    assert all("415" in said for said in watched.errors), watched.errors
    watched.errors.clear()

    page.evaluate(
        """([name, text]) => {
          const files = new DataTransfer();
          files.items.add(new File([text], name, { type: 'text/csv' }));
          document.querySelector('#chat').dispatchEvent(
            new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }));
        }""",
        ["fair.csv", LIST.decode()],
    )
    card = page.get_by_label("fair.csv", exact=True)
    expect(card).to_contain_text("1 row can be imported, 1 cannot be read")
    expect(card).to_contain_text("Full name → name")
    assert not hub.call("list_leads", query="fair.example").result.data()["leads"], "nothing is imported yet"
    chosen.set_input_files(
        {"name": "hours.md", "mimeType": "text/markdown", "buffer": b"# Opening hours\n\nWe open at nine."}
    )
    expect(page.locator(".file")).to_have_count(2)
    page.get_by_role("button", name="Import leads from fair.csv").click()
    expect(chat.replies.last).to_contain_text("Town → city")
    expect(chat.said.last).to_have_text('/lead import "fair.csv"')
    (lead,) = hub.call("list_leads", query="fair.example").result.data()["leads"]
    assert lead["name"] == "Ann Lee"
    page.get_by_role("button", name="Add hours.md to the knowledge base").click()
    expect(chat.replies.last).to_contain_text("Imported 1 article from hours.md")
    expect(page.locator(".file")).to_have_count(0)
    conversation = page.url.rpartition("=")[2]
    assert not (hub.settings.home / "imports" / ".dropped" / conversation).exists(), "files are kept until imported"


def test_the_menu_completes_records_and_the_change_is_taken_back(chat: ChatPage, house: tuple[Hub, str]) -> None:
    hub, page = house[0], chat.page

    def budget() -> float:
        return float(hub.call("get_campaign", campaign="Autumn Reads").result.data()["budget"])

    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    chat.box.press_sequentially("/campaign upd")
    expect(options.first).to_contain_text("/campaign update")
    expect(chat.box).to_have_attribute("aria-activedescendant", "slash-option-0")
    page.keyboard.press("Enter")
    expect(chat.box).to_have_value("/campaign update ")
    expect(options).to_contain_text(["Poetry Night", "Autumn Reads"])
    chat.box.press_sequentially("aut")
    expect(options).to_have_count(1)
    assert_accessible(page)
    page.keyboard.press("Tab")
    expect(chat.box).to_have_value('/campaign update "Autumn Reads" ')
    chat.box.press_sequentially("bud")
    page.keyboard.press("Tab")
    chat.box.press_sequentially("4200")
    page.keyboard.press("Enter")
    expect(chat.said.last).to_have_text('/campaign update "Autumn Reads" budget=4200')
    undo = page.locator("#after").get_by_role("button", name="Undo")
    expect(undo).to_contain_text("Autumn Reads")
    assert budget() == 4200
    hub.call("update_campaign", campaign="Poetry Night", budget=450)  # what came after it is not what is taken back
    undo.click()
    expect(chat.replies.last).to_contain_text("Undone: update campaign")
    assert budget() == 3500
    assert hub.call("get_campaign", campaign="Poetry Night").result.data()["budget"] == 450
    expect(undo).to_have_count(0)


def test_a_plan_is_changed_before_it_is_approved(chat: ChatPage, house: tuple[Hub, str]) -> None:
    hub, page = house[0], chat.page

    def stored() -> tuple[str, str, str]:
        post = hub.views.posts.edited("1").post.model_dump(mode="json")
        return post["status"], post["content"], (post["scheduled_time"] or "")[:16]

    chat.say("/social schedule instagram 2026-09-14T18:00 post=1")
    plan = chat.plans.first
    expect(plan).to_contain_text("Mon 14 September 2026, 18:00")
    plan.get_by_text("Change it").click()
    when = plan.get_by_label("Scheduled time")
    when.fill("2026-09-01T18:00")
    plan.get_by_role("button", name="Show the changed plan").click()
    expect(plan.get_by_role("alert")).to_contain_text("past")
    expect(when).to_have_value("2026-09-01T18:00")
    assert_accessible(page)
    when.fill("2026-09-15T08:30")
    plan.get_by_role("button", name="Show the changed plan").click()
    expect(plan).to_contain_text("Tue 15 September 2026, 08:30")
    expect(chat.plans).to_have_count(1)
    assert stored()[0] == "draft", "nothing happens before the approval"
    chat.button("Approve plan").click()
    expect(chat.plans).to_have_count(0)
    assert stored() == ("scheduled", "Poetry Night is on Friday.", "2026-09-15T08:30")


def test_conversations_are_renamed_and_searched(chat: ChatPage) -> None:
    page = chat.page
    chat.ask("/segment list", "segment")
    row = chat.conversations.first
    row.hover()
    row.get_by_role("button", name="Rename").click()
    page.keyboard.type("Our <b>groups</b>")
    page.keyboard.press("Enter")
    expect(chat.conversations.first).to_contain_text("Our <b>groups</b>")
    search = page.get_by_label("Search conversations")
    search.fill("/segment")
    expect(page.locator("#talks-found a")).to_have_count(1)
    chat.ask("/segment list", "segment")  # the list is drawn anew: what one searches for stays
    expect(search).to_have_value("/segment")
    expect(page.locator("#talks-found a").first).to_contain_text("Our <b>groups</b>")
    search.fill("no such words anywhere")
    expect(page.locator("#talks-found")).to_contain_text("Nothing was found")
    search.fill("")
    expect(chat.conversations.first).to_be_visible()


def test_an_address_brings_a_sentence_along(house: tuple[Hub, str], open_page: OpenPage) -> None:
    watched = open_page(f"{house[1]}?say=Pause%20%E2%80%9CAutumn%20Reads%E2%80%9D%20%3Cb%3E")
    chat = ChatPage(watched.page)
    expect(chat.box).to_have_value("Pause “Autumn Reads” <b>")
    expect(chat.said).to_have_count(0)
    chat.box.fill("/segment list")
    chat.box.press("Enter")
    expect(chat.said).to_have_count(1)
    assert "say=" not in watched.page.url, "a reload must not bring it back"
    assert json.dumps(watched.errors) == "[]"
