"""The dashboard over a real hub in a real browser: figures, what waits, approving there, and the way into the chat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from memory.mailings import EmailCampaign
from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import BUSY_DAY, BUSY_ORDERS, DAYS, ORDERS, open_company
from tests.ui.offline import assert_quiet
from tools.delivering.steering import note_waiting

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


def figures(page: Page) -> dict[str, str]:
    """The cards by their label, once they are there."""
    expect(page.locator(".figures").first).to_be_visible()
    cards = page.locator(".figure").all()
    return {card.locator(".label").inner_text(): card.locator(".value").inner_text() for card in cards}


def test_the_figures_are_those_of_the_tool(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    watched = open_page(f"{address}dashboard?period=last 7 days")
    shown = figures(watched.page)
    # 4 to 10 September 2026, Friday to Thursday, today: 3 + 1 + 0 + 3 + 2 + 2 + 0 orders of 20, 6 spent on each of six days.
    assert shown["Conversions"] == "11"
    assert shown["Revenue"] == "€220"
    assert shown["Spend"] == "€36"
    expect(watched.page.locator(".choices [aria-current]")).to_have_text("Last 7 days")
    expect(watched.page.locator("table.records tbody tr")).to_have_count(1)
    expect(watched.page.get_by_role("heading", name="What stands out")).to_be_visible()
    settle(watched.page)  # leaving a page while it loads is an error to Gradio
    watched.page.get_by_role("link", name="Last 30 days").click()
    watched.page.wait_for_url("**/dashboard?period=last%2030%20days")
    assert figures(watched.page)["Conversions"] != "11"
    expect(watched.page.locator(".bars li").first).to_contain_text("%")
    assert_quiet(watched)


def orders_by_channel(now: datetime, days: int) -> Counter[str]:
    """What the company's leads ordered in so many days before `now`: each third of them came by a post, the rest by mail."""
    backs = [
        back
        for back in range(DAYS, 0, -1)
        for _ in range(BUSY_ORDERS if back == BUSY_DAY else ORDERS[(now - timedelta(days=back)).weekday()])
    ]
    return Counter("Email" if number % 3 else "Social" for number, back in enumerate(backs, 1) if back < days)


def test_conversions_stand_by_the_channel_that_brought_them(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    expected = orders_by_channel(hub.door.clock.now(), 7)
    assert set(expected) == {"Email", "Social"}
    page = open_page(f"{address}dashboard?period=last 7 days").page
    bars = page.locator(".bars li")
    expect(bars).to_have_count(2)
    for channel, many in expected.items():
        expect(bars.filter(has_text=channel)).to_contain_text(f"{many} ({many / expected.total() * 100:.1f}%)")


def test_a_mailing_that_cannot_go_out_needs_a_person_and_says_why(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    hub, address = company
    page = open_page(f"{address}dashboard").page
    needs = page.locator(".todo li", has_text="August letter")
    expect(page.get_by_role("heading", name="Needs you")).to_be_visible()
    expect(needs).to_have_count(0)
    with hub.database.session(write=True) as session:  # the world only says that it is under way
        mailing = session.get_one(EmailCampaign, 3)
        mailing.laid_at = mailing.send_time
    note_waiting(hub.database, "The mail server does not answer; it is tried again", hub.door.clock)
    expect(needs).to_contain_text("does not go out at present: The mail server does not answer; it is tried again.")
    expect(needs.get_by_role("link", name="Open August letter")).to_have_attribute("href", "/email?id=3")
    note_waiting(hub.database, None, hub.door.clock)
    expect(needs).to_have_count(0)


def test_a_plan_is_read_and_decided_where_it_is_seen(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    waiting = hub.call("delete_campaign", campaign="Poetry Night")
    watched = open_page(f"{address}dashboard")
    page = watched.page
    expect(page.locator("nav.hub-pages .waiting")).to_contain_text("1")
    page.get_by_role("button", name=f"Look at plan {waiting.plan_id}").click()
    expect(page.locator(".approval")).to_contain_text("Poetry Night")
    assert_accessible(page)
    assert "Poetry Night" in {record.name for record in hub.records("campaign")}, "nothing happens before the approval"
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator(".prose.plan-result")).to_contain_text("Deleted the campaign Poetry Night")
    expect(page.get_by_role("button", name="Look at plan")).to_have_count(0)
    assert "Poetry Night" not in {record.name for record in hub.records("campaign")}
    assert_quiet(watched)


def test_what_was_rejected_does_not_happen(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    waiting = hub.call("delete_campaign", campaign="Autumn Reads")
    page = open_page(f"{address}dashboard").page
    page.get_by_role("button", name=f"Look at plan {waiting.plan_id}").click()
    page.get_by_role("button", name="Reject plan").click()
    expect(page.locator(".prose.plan-result")).to_contain_text("ejected")
    assert hub.plan(waiting.plan_id or 0).state == "rejected"
    assert "Autumn Reads" in {record.name for record in hub.records("campaign")}


def test_a_recommendation_opens_the_chat_with_its_sentence(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    page = open_page(f"{address}dashboard").page
    said = hub.call("recommend_actions").result.data()["actions"][0]["say"]
    link = page.locator("a.say", has_text=said)
    expect(link).to_be_visible()
    link.click()
    page.wait_for_url("**/?say=*")


def test_it_reads_itself_again_while_it_is_seen(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    page = open_page(f"{address}dashboard").page
    expect(page.locator(".figures").first).to_be_visible()
    expect(page.get_by_role("button", name="Look at plan")).to_have_count(0)
    waiting = hub.call("delete_campaign", campaign="Autumn Reads")
    expect(page.get_by_role("button", name=f"Look at plan {waiting.plan_id}")).to_be_visible()
    hub.reject(waiting.plan_id or 0)


def test_days_that_cannot_be_read_are_told(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    page = open_page(f"{address}dashboard?period=<b>when pigs fly</b>").page
    expect(page.locator(".state.problem")).to_contain_text("when pigs fly")
    expect(page.locator(".state.problem b")).to_have_count(0)
    expect(page.get_by_role("link", name="The last 30 days")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(company: tuple[Hub, str], open_page: OpenPage, scheme: str) -> None:
    _, address = company
    page = open_page(f"{address}dashboard", scheme=scheme).page
    expect(page.locator(".figures").first).to_be_visible()
    expect(page.get_by_role("heading", name="What stands out")).to_be_visible()
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    assert_accessible(page)


def test_on_a_phone_the_pages_are_behind_a_button(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    page = open_page(f"{address}dashboard", width=390, height=844).page
    expect(page.locator(".figures").first).to_be_visible()
    page.locator("body").press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    navigation = page.get_by_role("navigation", name="Pages")
    expect(navigation).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(navigation.get_by_role("link", name="Dashboard")).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(navigation).to_be_hidden()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
