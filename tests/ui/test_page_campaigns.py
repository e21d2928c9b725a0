"""The campaigns page over a real hub in a real browser: the list, one campaign, its form, two people at it, its end."""

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
#: A name that would run where it is not shown as text.
SCRIPT = "<img src=x onerror=\"document.title='broken in'\">"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("hub")) as (hub, address):
        hub.call(
            "create_email_campaign", subject="Six long novels", content="<p>Read.</p>", segment="Regulars",
            campaign="Autumn Reads",
        )  # fmt: skip
        yield hub, address


def number_of(hub: Hub, name: str) -> int:
    return next(record.id for record in hub.records("campaign") if record.name == name)


def stored(hub: Hub, name: str) -> dict[str, object]:
    return hub.call("get_campaign", campaign=str(number_of(hub, name))).result.data()


def rows(page: Page) -> list[str]:
    """The names in the list, as they stand."""
    expect(page.locator("table.records").first).to_be_visible()
    return page.locator("#campaign-table tbody tr:visible th").all_inner_texts()


def settled(page: Page) -> None:
    """Leaving a page while it loads is an error to Gradio."""
    settle(page)


def test_the_list_is_filtered_sorted_and_leads_to_a_campaign(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    watched = open_page(f"{address}campaigns")
    page = watched.page
    assert {"Autumn Reads", "Poetry Night"} <= set(rows(page))
    page.get_by_role("button", name="Budget").click()
    ordered = rows(page)
    assert ordered.index("Poetry Night") < ordered.index("Autumn Reads"), "400 before 3,500"
    page.get_by_label("Filter by text").fill("autumn")
    assert rows(page) == ["Autumn Reads"]
    assert_accessible(page)
    settled(page)
    page.get_by_role("link", name="Draft").click()
    page.wait_for_url("**/campaigns?status=draft")
    assert "Autumn Reads" not in rows(page)
    settled(page)
    page.get_by_role("link", name="Poetry Night").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Poetry Night")
    expect(page.get_by_role("heading", name="Performance")).to_be_visible()
    assert_quiet(watched)


def test_a_campaign_shows_its_figures_what_belongs_to_it_and_what_happened(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    hub, address = company
    page = open_page(f"{address}campaigns?id={number_of(hub, 'Autumn Reads')}&period=last 7 days").page
    figures = page.locator(".figure", has=page.locator(".label", has_text="Spend"))
    # 6 a day was spent on each of the six days before today.
    expect(figures.locator(".value")).to_have_text("€36")
    belongs = page.locator(".belongings li")
    expect(belongs.filter(has_text="Six long novels")).to_contain_text("Draft")
    expect(page.locator(".happenings")).to_contain_text("made a mailing for it")
    expect(page.locator(".happenings li.planned")).to_contain_text("Last day")
    assert_accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_campaign_is_made_with_the_form_and_copied(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}campaigns?new=1")
    page = watched.page
    page.get_by_label("Name").fill("Winter Nights")
    page.get_by_role("button", name="Create campaign").click()
    expect(page.get_by_role("alert")).to_contain_text("type")
    page.get_by_label("Type").click()
    page.get_by_role("option", name="Email", exact=True).click()
    page.get_by_label("Budget").fill("750")
    page.get_by_label("Description").fill(SCRIPT)
    assert_accessible(page)
    page.get_by_role("button", name="Create campaign").click()
    page.wait_for_url("**/campaigns?id=*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Winter Nights")
    expect(page.locator(".facts")).to_contain_text("€750")
    expect(page.locator(".facts")).to_contain_text(SCRIPT)
    expect(page).to_have_title("Marketing Hub")
    assert stored(hub, "Winter Nights")["budget"] == 750
    settled(page)
    page.get_by_role("link", name="Duplicate").click()
    expect(page.get_by_label("Name")).to_have_value("Winter Nights (copy)")
    expect(page.get_by_label("Budget")).to_have_value("750")
    assert_quiet(watched)


def test_of_two_people_the_second_is_told_and_loses_nothing(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    hub.call("create_campaign", name="Shared", type="email", budget=100)
    page = open_page(f"{address}campaigns?id={number_of(hub, 'Shared')}&edit=1").page
    expect(page.get_by_label("Name")).to_have_value("Shared")
    hub.call_as("update_campaign", {"campaign": "Shared", "budget": 200}, person="Ann", surface="http")
    page.get_by_label("Description").fill("What I wrote")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_role("alert").filter(has_text="changed meanwhile")).to_contain_text("by Ann")
    conflict = page.locator(".conflict tbody")
    expect(conflict.locator("tr", has_text="Budget")).to_contain_text("200")
    expect(conflict.locator("tr", has_text="Description")).to_contain_text("What I wrote")
    expect(page.get_by_label("Description")).to_have_value("What I wrote")
    assert stored(hub, "Shared")["budget"] == 200, "nothing was overwritten"
    page.get_by_role("button", name="Save mine over it").click()
    page.wait_for_url("**/campaigns?id=*")
    expect(page.locator(".happenings .person").first).to_have_text(hub.settings.person)
    now = stored(hub, "Shared")
    assert (now["description"], now["budget"]) == ("What I wrote", 100)


def test_it_is_paused_archived_and_deleted_only_when_approved(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    hub.call("create_campaign", name="Short lived", type="social")
    watched = open_page(f"{address}campaigns?id={number_of(hub, 'Short lived')}")
    page = watched.page
    head = page.locator("#page-heading")
    for button, status in (("Activate", "Active"), ("Pause", "Paused"), ("Archive", "Archived")):
        page.get_by_role("button", name=button).click()
        expect(head.locator(".badge")).to_have_text(status)
    page.get_by_role("button", name="Delete …").click()
    expect(page.locator(".approval .prose.plan-text")).to_contain_text("This cannot be undone")
    assert_accessible(page)
    assert "Short lived" in {record.name for record in hub.records("campaign")}
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator("#campaign-buttons")).to_contain_text("This campaign is deleted")
    assert "Short lived" not in {record.name for record in hub.records("campaign")}
    assert_quiet(watched)


def test_texts_and_advice_are_written_on_the_page(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    page = open_page(f"{address}campaigns?id={number_of(hub, 'Autumn Reads')}").page
    page.get_by_role("button", name="Write its texts").click()
    draft = page.locator("details.draft").first
    expect(draft).to_be_visible()
    draft.locator("summary").click()
    expect(draft).to_contain_text("From a template")
    page.get_by_role("button", name="How could it do better?").click()
    expect(page.get_by_role("heading", name="How it could do better")).to_be_visible()


def test_an_idea_fills_the_form(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    page = open_page(f"{address}campaigns?ideas=1").page
    expect(page.get_by_label("Industry")).to_have_value("bookshop")
    expect(page.locator(".no-model").first).to_contain_text("switched off")
    page.get_by_role("button", name="Think of campaigns").click()
    idea = page.locator(".idea").first
    expect(idea).to_be_visible()
    name = idea.locator("h3").inner_text()
    assert_accessible(page)
    settled(page)
    idea.get_by_role("link", name="Create it").click()
    expect(page.get_by_label("Name")).not_to_have_value("")
    assert page.get_by_label("Name").input_value() in name


def test_an_address_of_nothing_says_so(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    page = open_page(f"{address}campaigns?id=99999").page
    expect(page.get_by_role("alert")).to_contain_text("There is no campaign")
    expect(page.get_by_role("link", name="All campaigns")).to_be_visible()
