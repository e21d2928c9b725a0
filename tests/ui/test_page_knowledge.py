"""The knowledge page over a real hub in a real browser: browse, search, edit, delete, import, pain points, uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

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


def number_of(hub: Hub, title: str) -> int:
    shelf = hub.views.knowledge.shelf(query=title)
    return next(item.id for item in shelf.items if item.title == title)


def titles(hub: Hub) -> set[str]:
    return {item.title for item in hub.views.knowledge.shelf().items}


def test_the_list_is_filtered_and_a_search_says_how_it_found(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}knowledge")
    page = watched.page
    shelf = hub.views.knowledge.shelf()
    expect(page.locator("table.records tbody tr")).to_have_count(shelf.total)
    assert_accessible(page)
    settle(page)
    page.get_by_role("link", name=f"Tickets ({shelf.tickets})").click()
    expect(page.locator("table.records tbody tr")).to_have_count(shelf.tickets)
    expect(page.locator("table.records tbody")).not_to_contain_text("Returns")
    settle(page)
    page.get_by_label("Ask the knowledge base").fill("may a book come back")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**/knowledge?search=*")
    hit = page.locator(".hits li").first
    expect(hit).to_contain_text("A book may come back within 30 days.")
    expect(hit.locator(".how")).to_have_text("found by its words and its meaning")
    settle(page)
    hit.get_by_role("link", name="Returns").click()
    # The question above is what it was used for, in the log.
    expect(page.locator(".belongings")).to_contain_text("“may a book come back”")
    assert_accessible(page)
    assert_quiet(watched)


def test_an_article_is_written_changed_by_two_and_deleted_when_approved(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    hub, address = company
    watched = open_page(f"{address}knowledge?new=article")
    page = watched.page
    page.get_by_label("Title").fill("Opening <b>hours</b>")
    page.get_by_role("button", name="Save article").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("Nine to six.")
    page.get_by_role("button", name="Save article").click()
    page.wait_for_url("**/knowledge?id=*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Opening <b>hours</b>")
    number = number_of(hub, "Opening <b>hours</b>")
    settle(page)
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Nine to six.")
    theirs = {"item": number, "version": 1, "title": "Opening hours", "content": "Nine to five."}
    hub.call_as("edit_knowledge_item", theirs, person="Ann", surface="web")
    page.get_by_label("Text", exact=True).fill("Ten to six.")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".conflict")).to_contain_text("Nine to five.")
    assert hub.views.knowledge.item(number).content == "Nine to five."
    page.get_by_role("button", name="Save mine over it").click()
    page.wait_for_url(f"**/knowledge?id={number}")
    expect(page.locator(".article")).to_have_text("Ten to six.")
    found = hub.call("search_knowledge", query="ten to six").result.data()["hits"]
    assert found[0]["id"] == number, "the new words are found at once"
    page.get_by_role("button", name="Delete …").click()
    expect(page.locator(".approval .prose.plan-text")).to_contain_text("Ten to six.")
    assert_accessible(page)
    assert number in {item.id for item in hub.views.knowledge.shelf().items}
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator("#page")).to_contain_text("It is deleted.")
    assert number not in {item.id for item in hub.views.knowledge.shelf().items}
    again = hub.call("search_knowledge", query="ten to six").result.data()["hits"]
    assert number not in {hit["id"] for hit in again}
    assert_quiet(watched)


def test_files_are_imported_and_what_is_not_taken_in_is_listed(
    company: tuple[Hub, str], open_page: OpenPage, tmp_path: Path
) -> None:
    hub, address = company
    tickets = tmp_path / "tickets.csv"
    tickets.write_text("title,content,date\nTorn cover,My book came torn.,2026-09-01\nNo day,Some text,the 40th\n")
    strange = tmp_path / "sound.mp3"
    strange.write_bytes(b"ID3")
    watched = open_page(f"{address}knowledge?view=import")
    page = watched.page
    page.get_by_label("Support tickets").check()
    assert_accessible(page)
    page.get_by_label("Files to import").set_input_files([str(tickets), str(strange)])
    imported = page.locator(".part", has_text="Imported from tickets.csv")
    expect(imported.locator(".figure", has_text="Imported").locator(".value").first).to_have_text("1")
    expect(imported.locator("table.records")).to_contain_text("line 3“the 40th” is no date")
    expect(page.get_by_role("alert")).to_contain_text("sound.mp3” is of a kind that cannot be read")
    assert "Torn cover" in titles(hub)
    assert_quiet(watched)


def test_pain_points_lead_to_their_tickets(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    page = open_page(f"{address}knowledge?view=pain", width=390, height=844).page
    point = page.locator(".pain").first
    expect(point).to_contain_text("2 of")
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    settle(page)
    point.get_by_role("link", name="ticket").first.click()
    expect(page.locator(".badge").first).to_have_text("Ticket")
    expect(page.locator(".state.empty")).to_contain_text("It was not used yet.")
