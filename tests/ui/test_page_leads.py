"""The Leads page over a real hub in a real browser: search and pages, a lead's life, deleting by approval, importing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet
from tools.importing import importing

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


def settled(page: Page) -> None:
    """Wait until the page asks for nothing more: leaving while it loads is an error to Gradio."""
    settle(page)


def test_leads_are_found_by_words_filters_and_pages(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    total = hub.call("list_leads").result.data()["total"]
    watched = open_page(f"{address}leads")
    page = watched.page
    expect(page.locator("#lead-list tbody tr")).to_have_count(50)
    expect(page.locator(".hub-pager span")).to_have_text(f"1-50 of {total}")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".hub-pager span")).to_have_text(f"51-100 of {total}")
    assert page.url.endswith("/leads?page=2")
    page.get_by_label("Search", exact=True).fill("bakker")
    page.get_by_label("Search", exact=True).press("Enter")
    expect(page.locator("#lead-list tbody tr")).to_have_count(1)
    expect(page.locator("#lead-list tbody")).to_contain_text("Tom Bakker")
    page.get_by_label("Status").select_option("customer")
    expect(page.locator("#lead-list .empty")).to_contain_text("Nobody fits")
    page.get_by_label("Search", exact=True).fill("")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#lead-list tbody")).to_contain_text("Ines Vries")
    expect(page.locator("#lead-list tbody tr")).to_have_count(1)
    settled(page)
    assert_accessible(page)
    page.get_by_role("link", name="Ines Vries").click()
    expect(page.get_by_role("heading", name="Ines Vries")).to_be_visible()
    assert_quiet(watched)


def test_a_lead_is_added_edited_and_consents(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}leads?new=1")
    page = watched.page
    page.get_by_label("Email", exact=True).fill("not an address")
    page.get_by_role("button", name="Add lead").click()
    expect(page.locator("#lead-form-problem")).to_contain_text("is no email address")
    page.get_by_label("Email", exact=True).fill("nora@example.org")
    page.get_by_label("Name", exact=True).fill("Nora <b>Moss</b>")
    page.get_by_label("City").fill("Utrecht")
    page.get_by_label("Tags").fill("VIP, Poetry")
    page.get_by_label("Custom fields").fill("shoe size: 38")
    page.get_by_role("button", name="Add lead").click()
    expect(page.get_by_role("heading", name="Nora <b>Moss</b>")).to_be_visible()
    page.wait_for_url("**/leads?id=*")
    expect(page.locator("#lead-score")).to_contain_text("of 100")
    expect(page.locator("#lead-mails")).to_contain_text("no consent")
    number = int(page.url.rpartition("=")[2])
    stored = hub.call("get_lead", lead=str(number)).result.data()
    assert (stored["city"], stored["tags"], stored["custom"]) == ("Utrecht", ["poetry", "vip"], {"shoe size": "38"})

    page.get_by_role("button", name="Record a consent").click()
    page.get_by_label("How it came about").fill("signed at the fair")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(page.locator("#lead-consents")).to_contain_text("signed at the fair")
    expect(page.locator("#lead-timeline")).to_contain_text("Gave consent")

    page.get_by_role("button", name="Edit this lead").click()
    page.get_by_label("City").fill("Leiden")
    hub.call("save_lead", lead=str(number), email="nora@example.org", company="Moss & Co")  # somebody else meanwhile
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#lead-form-problem")).to_contain_text("changed")
    assert hub.call("get_lead", lead=str(number)).result.data()["company"] == "Moss & Co"
    settled(page)
    assert_accessible(page)
    assert_quiet(watched)


def test_a_lead_is_deleted_only_after_approval(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    number = hub.call("add_lead", email="gone@example.org", name="Gerd Gone").result.data()["id"]
    watched = open_page(f"{address}leads?id={number}")
    page = watched.page
    page.get_by_role("button", name="Delete this lead").click()
    panel = page.locator(".approval")
    expect(panel).to_contain_text("Delete the lead Gerd Gone (gone@example.org) for good")
    assert hub.call("get_lead", lead=str(number)).result.data()["name"] == "Gerd Gone"
    panel.get_by_role("button", name="Approve").click()
    expect(page.locator("#lead-list")).to_contain_text("This lead is gone")
    assert hub.call("list_leads", query="gone@example.org").result.data()["total"] == 0
    assert_quiet(watched)


def test_a_list_is_imported_with_its_columns_matched_by_hand(
    company: tuple[Hub, str], open_page: OpenPage, tmp_path: Path
) -> None:
    hub, address = company
    file = tmp_path / "fair.csv"
    file.write_text(
        "Contact,E-Mail,Where,Shoe\nLea Blum,lea@example.org,Gouda,38\nNo Address,,Delft,40\nOle,ole@x,Delft,41\n"
    )
    watched = open_page(f"{address}leads?import=1")
    page = watched.page
    page.get_by_label("Choose a CSV file").set_input_files(file)
    look = page.locator("#import-look")
    expect(look.get_by_label("Field for E-Mail")).to_have_value("email")
    expect(look.locator(".figure", has_text="Can be imported").locator(".value")).to_have_text("1")
    expect(look).to_contain_text("there is no email address")
    expect(look).to_contain_text("“ole@x” is no email address")
    look.get_by_label("Field for Where").select_option("email")
    expect(look.get_by_role("alert")).to_contain_text("would both fill email")
    look.get_by_label("Field for Where").select_option("city")
    expect(look.get_by_role("alert")).to_have_count(0)
    look.get_by_label("Field for Shoe").select_option("")
    expect(look.locator(".figure", has_text="Can be imported").locator(".value")).to_have_text("1")
    settled(page)
    assert_accessible(page)
    look.get_by_role("button", name="Import fair.csv").click()
    expect(look.get_by_role("heading", name="Imported fair.csv")).to_be_visible()
    expect(look.locator(".figure", has_text="Refused").locator(".value")).to_have_text("2")
    stored = hub.call("get_lead", lead="lea@example.org").result.data()
    assert (stored["name"], stored["city"], stored["custom"]) == ("Lea Blum", "Gouda", {})
    assert_quiet(watched)


def test_an_import_tells_how_far_it_is_and_is_stopped(
    company: tuple[Hub, str], open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks of 2 rows, 5 of them committed together; it is held in the 7th, and stopped there."""
    hub, address = company
    held, store = threading.Event(), importing.store_rows

    def slowly(session: Any, rows: Sequence[Any], *more: Any, **given: Any) -> None:
        if rows[0].email.startswith("late12@"):
            assert held.wait(PATIENCE / 1000)
        store(session, rows, *more, **given)

    monkeypatch.setattr(importing, "CHUNK", 2)
    monkeypatch.setattr(importing, "store_rows", slowly)
    file = tmp_path / "long.csv"
    file.write_text("email\n" + "".join(f"late{place}@example.org\n" for place in range(20)))
    watched = open_page(f"{address}leads?import=1")
    page = watched.page
    page.get_by_label("Choose a CSV file").set_input_files(file)
    page.get_by_role("button", name="Import long.csv").click()
    try:
        expect(page.get_by_role("status").filter(has_text="12 rows read,")).to_be_visible()
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Stopping")).to_be_visible()
        assert_accessible(page)
    finally:
        held.set()
    expect(page.locator("#import-problem")).to_contain_text("the first 10 rows are imported and stay")
    assert hub.call("list_leads", query="late").result.data()["total"] == 10
    page.get_by_role("button", name="Import long.csv").click()
    expect(page.get_by_role("heading", name="Imported long.csv")).to_be_visible()
    expect(page.locator("#import-problem")).to_be_empty()
    expect(page.locator(".figure", has_text="Added").locator(".value")).to_have_text("10")
    assert_quiet(watched)


def test_a_leads_timeline_is_what_happened(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    number = hub.call("get_lead", lead="reader1@example.org").result.data()["id"]
    page = open_page(f"{address}leads?id={number}").page
    shown = page.locator("#lead-timeline .timeline li")
    # 70 days before 10 September 2026, Amsterdam's time: three contacts, an hour apart, the newest first.
    day = "Thu 2 July 2026"
    expect(shown).to_contain_text([f"{day}, 11:00Ordered", f"{day}, 10:00Clicked", f"{day}, 09:00Visited"])
    expect(shown.first).to_contain_text("(€20)")
    events = [one.model_dump(mode="json") for one in hub.views.leads.events(number)]
    assert shown.count() == len(events)


def test_the_page_fits_a_phone_and_the_dark(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    for path in ("leads", "leads?id=1"):
        page = open_page(f"{address}{path}", width=390, height=844, scheme="dark").page
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert_accessible(page)


def test_an_address_that_leads_nowhere_says_so(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    page = open_page(f"{address}leads?id=999999").page
    expect(page.locator("#lead-list .problem")).to_contain_text("999999")
    expect(page.get_by_role("link", name="All leads")).to_be_visible()
