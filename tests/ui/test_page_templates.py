"""The templates page over a real hub in a real browser: the list, the editor with its preview, two people, the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


def number_of(hub: Hub, name: str) -> int:
    return next(record.id for record in hub.records("template") if record.name == name)


def content_of(hub: Hub, name: str) -> str:
    return str(hub.call("get_template", template=str(number_of(hub, name))).result.data()["content"])


def letter(page: Page) -> str:
    """The address that the preview's frame would load: its whole source."""
    expect(page.locator("iframe.letter")).to_be_visible()
    return page.locator("iframe.letter").get_attribute("srcdoc") or ""


def test_the_list_is_by_kind_and_leads_to_the_editor(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    watched = open_page(f"{address}templates")
    page = watched.page
    expect(page.locator("table.records tbody tr")).to_have_count(2)
    assert_accessible(page)
    settle(page)
    page.get_by_role("link", name="SMS", exact=True).click()
    page.wait_for_url("**/templates?kind=sms")
    expect(page.locator("table.records tbody th")).to_have_text(["Order ready"])
    settle(page)
    page.get_by_role("link", name="Order ready").click()
    expect(page.locator("#template-content textarea")).to_have_value("Your book has come in.")
    expect(page.locator("#template-preview")).to_contain_text("22 characters for this reader: 1 SMS")
    assert_quiet(watched)


def test_what_is_typed_is_shown_as_a_lead_would_read_it(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}templates?new=1")
    page = watched.page
    text, preview = page.locator("#template-content textarea"), page.locator("#template-preview")
    expect(preview).to_contain_text("Nothing to show yet")
    settle(page)
    page.get_by_role("textbox", name="Name No other").fill("Hello")
    text.fill("<p>Dear {{ lead.first_name }}, from <script>top.document.title='broken in'</script>")
    expect(preview).to_contain_text("Taken out of the HTML")
    frame = page.locator("iframe.letter")
    assert frame.get_attribute("sandbox") == ""
    assert "script" not in letter(page)
    page.get_by_role("textbox", name="Shown to").fill("tom@example.org")
    expect(preview.locator(".note").first).to_contain_text("As Tom Bakker")
    expect(page.frame_locator("iframe.letter").locator("body")).to_contain_text("Dear Tom")
    text.fill("Dear {{ lead.frist_name }},\n{{ lead.nothing }}")
    broken = preview.get_by_role("alert")
    expect(broken).to_contain_text("{{ lead.frist_name }}")
    expect(broken).to_contain_text("line 2")
    assert_accessible(page)
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_role("alert").filter(has_text="There is no merge field").first).to_be_visible()
    assert "Hello" not in {record.name for record in hub.records("template")}
    text.fill("Dear ")
    text.press("End")
    page.get_by_text("Put a merge field in").click()
    page.get_by_role("button", name="lead.city").click()
    expect(text).to_have_value("Dear {{ lead.city }}")
    expect(preview.locator(".fields")).to_contain_text("lead.city")
    page.get_by_role("button", name="Save template").click()
    page.wait_for_url("**/templates?id=*")
    assert content_of(hub, "Hello") == "Dear {{ lead.city }}"
    expect(page).to_have_title("Marketing Hub")
    assert_quiet(watched)


def test_of_two_people_the_second_is_told_and_a_copy_is_a_way_out(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    hub, address = company
    saved = hub.call("save_template", name="Shared text", content="First")
    number, version = saved.result.data()["id"], saved.result.data()["version"]
    page = open_page(f"{address}templates?id={number}").page
    text = page.locator("#template-content textarea")
    expect(text).to_have_value("First")
    other = {"template": str(number), "version": version, "name": "Shared text", "content": "Theirs"}
    hub.call_as("edit_template", other, person="Ann", surface="web")
    text.fill("Mine")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert").filter(has_text="changed meanwhile")).to_contain_text("by Ann")
    expect(page.locator(".conflict")).to_contain_text("Theirs")
    expect(text).to_have_value("Mine")
    assert content_of(hub, "Shared text") == "Theirs"
    page.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    assert content_of(hub, "Shared text") == "Mine"
    settle(page)
    page.get_by_role("link", name="Duplicate").click()
    expect(page.get_by_role("textbox", name="Name No other")).to_have_value("Shared text (copy)")
    page.get_by_role("button", name="Save template").click()
    page.wait_for_url("**/templates?id=*")
    assert content_of(hub, "Shared text (copy)") == "Mine"


def test_one_is_deleted_only_when_approved(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    hub.call("save_template", name="No longer", content="Goodbye")
    page = open_page(f"{address}templates?id={number_of(hub, 'No longer')}").page
    page.get_by_role("button", name="Delete …").click()
    expect(page.locator(".approval .prose.plan-text")).to_contain_text("Nothing uses it")
    assert "No longer" in {record.name for record in hub.records("template")}
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator("table.records")).to_be_visible()
    assert "No longer" not in {record.name for record in hub.records("template")}
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
