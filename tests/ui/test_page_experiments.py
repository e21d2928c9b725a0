"""The A/B testing page over a real hub in a real browser: the plan, the test, its figures, the winner after a yes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from agent import HubError
from memory.ab_tests import HELD, AbTest, AbVariant
from memory.deliveries import Delivery
from memory.enums import AbElement, AbMetric, AbStatus, Channel, ConsentState, DeliveryState, EventType
from memory.events import record_events
from memory.lead_changes import new_lead, put_consent
from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet
from ui.web.pages.experiments import course as courses
from ui.web.pages.experiments import figures, show

if TYPE_CHECKING:
    from agent import Hub

expect.set_options(timeout=PATIENCE)
#: A text that would run where it is not shown as text.
SCRIPT = "<img src=x onerror=\"document.title='broken in'\">"
PEOPLE = 200


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    """The small company, 200 people of Oslo who want mail, and a draft to them."""
    with open_company(tmp_path_factory.mktemp("hub")) as (hub, address):
        at = hub.door.clock.now().astimezone(UTC)
        with hub.database.session(write=True) as session:
            for number in range(PEOPLE):
                lead = new_lead(session, f"o{number}@example.org", at, name=f"Reader {number}", city="Oslo")
                put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, at, "a test")
        hub.call("create_segment", name="Oslo", conditions="city is Oslo")
        mailing(hub, "Fjord news")
        yield hub, address


def mailing(hub: Hub, subject: str) -> int:
    made = hub.call("create_email_campaign", subject=subject, content="<p>Hi. Shop now!</p>", segment="Oslo")
    return int(made.result.data()["id"])


def send(hub: Hub, mailing_id: int) -> None:
    plan = hub.call("send_email_campaign", email_campaign=str(mailing_id)).plan_id
    assert plan is not None
    hub.approve(plan)


def clicked(hub: Hub, mailing_id: int, clicks: dict[int, int]) -> dict[int, int]:
    """The messages of the test are out, and so many people of each variant clicked; people by variant."""
    at = hub.door.clock.now().astimezone(UTC)
    with hub.database.session(write=True) as session:
        own = (Delivery.email_campaign_id == mailing_id, Delivery.variant.is_not(None))
        rows = session.scalars(select(Delivery).where(*own)).all()
        session.execute(update(Delivery).where(*own).values(state=DeliveryState.SENT, sent_at=at))
        blank = {"type": EventType.CLICKED, "at": at, "email_campaign_id": mailing_id}
        people = {place: [row.lead_id for row in rows if row.variant == place] for place in clicks}
        record_events(
            session, [{**blank, "lead_id": lead} for place, many in clicks.items() for lead in people[place][:many]]
        )
        return {place: len(leads) for place, leads in people.items()}


def waiting(hub: Hub, mailing_id: int) -> int:
    """How many messages are held back for the winner."""
    with hub.database.session() as session:
        own = (Delivery.email_campaign_id == mailing_id, Delivery.due_at == HELD)
        return len(session.scalars(select(Delivery).where(*own)).all())


def told(hub: Hub, test: int) -> tuple[dict[str, Any], Any]:
    """The results of a test as the page reads them, and its course."""
    return hub.call("get_ab_test_results", ab_test=str(test)).result.data(), hub.views.experiments.course(test)


def pick(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.browser
def test_a_test_is_made_with_its_plan_looked_at_and_decided_after_a_yes(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    hub, address = company
    watched = open_page(f"{address}experiments?new=1")
    page = watched.page
    plan = page.locator("#test-prospect")
    expect(plan).to_contain_text("No mailing chosen")
    pick(page, "Mailing", "Fjord news")
    expect(plan).to_contain_text("40 recipients in the test, 20 for each variant")
    pick(page, "Share of the recipients in the test", "50%")
    expect(plan.locator(".plan")).to_contain_text("100 recipients in the test, 50 for each variant")
    expect(plan.locator("tr.chosen")).to_contain_text("50%")
    page.get_by_label("Variant A").fill("Spring is here")
    page.get_by_label("Name (optional)").fill(SCRIPT)
    assert_accessible(page)
    page.get_by_role("button", name="Create test").click()
    expect(page.get_by_role("alert").filter(has_text="2 to 6 variants")).to_be_visible()
    page.get_by_role("button", name="Add a variant").click()
    expect(page.get_by_label("Variant C")).to_be_visible()
    page.get_by_label("Variant B").fill(SCRIPT)
    page.get_by_role("button", name="Create test").click()
    page.wait_for_url("**/experiments?id=*")
    expect(page.get_by_role("heading", level=1)).to_have_text(SCRIPT)
    expect(page.locator("#test-coming")).to_contain_text("The test begins when Fjord news goes out")
    expect(page.locator("#test-figures tbody tr")).to_have_count(2)
    settle(page)

    number = int(page.url.partition("id=")[2])
    mailing_id = hub.call("get_ab_test_results", ab_test=str(number)).result.data()["email_campaign_id"]
    send(hub, mailing_id)
    held = waiting(hub, mailing_id)
    people = clicked(hub, mailing_id, {0: 1, 1: 25})
    assert held == PEOPLE - sum(people.values())
    page.reload()
    row = page.locator("#test-figures tbody tr").nth(1)
    expect(row).to_contain_text(SCRIPT)
    expect(row.locator("td").nth(0)).to_have_text(str(people[1]))
    expect(row.locator("td").nth(1)).to_have_text("25")
    expect(page.locator(".verdict")).to_contain_text("The winner is B")
    expect(page.locator("#test-checks")).to_contain_text("about equally many people")
    expect(page.locator("#test-coming")).to_contain_text(f"the {held} recipients who waited get it at once")
    expect(page.get_by_role("link", name="Fjord news")).to_have_attribute("href", f"/email?id={mailing_id}")
    page.get_by_role("button", name="Choose A").click()
    panel = page.locator(".approval")
    expect(panel).to_contain_text("the evidence names another variant")
    page.get_by_role("button", name="Reject plan").click()
    expect(page.get_by_role("button", name="Approve plan")).to_be_hidden()
    assert waiting(hub, mailing_id) == held, "nothing happens before a yes"
    page.get_by_role("button", name="Roll out B").click()
    expect(panel).to_contain_text(f"the {held} remaining recipients of Fjord news at once")
    assert_accessible(page)
    settle(page)
    page.get_by_role("button", name="Approve plan").click()
    expect(page.locator(".verdict")).to_contain_text("Winner on")
    expect(page.locator("#test-coming")).to_contain_text(f"0 of {held} messages are out")
    expect(page.get_by_role("group", name="Decide")).to_have_count(0)
    assert waiting(hub, mailing_id) == 0

    page.set_viewport_size({"width": 390, "height": 844})
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    page.set_viewport_size({"width": 1280, "height": 800})
    settle(page)
    page.get_by_role("link", name="A/B tests").last.click()
    page.wait_for_url("**/experiments")
    rows = page.locator("table.records tbody tr")
    expect(rows.filter(has_text="Fjord news")).to_contain_text(SCRIPT)
    expect(rows.filter(has_text="Shelf or ghosts")).to_contain_text("Running")
    assert_accessible(page)
    settle(page)
    page.get_by_role("link", name="Decided", exact=True).click()
    page.wait_for_url("**/experiments?status=decided")
    expect(rows.filter(has_text="Fjord news")).to_have_count(1)
    expect(rows.filter(has_text="Shelf or ghosts")).to_have_count(0)
    settle(page)
    expect(page).to_have_title("Marketing Hub")  # no name ran as script
    assert_quiet(watched)


def planted(hub: Hub, name: str, counts: list[tuple[int, int]], **more: Any) -> int:
    """A test of history: people and clicks of each variant."""
    with hub.database.session(write=True) as session:
        mailing_id = session.scalars(select(AbTest.email_campaign_id).where(AbTest.name == "Shelf or ghosts")).one()
        test = AbTest(
            name=name, email_campaign_id=mailing_id, element=AbElement.SUBJECT, metric=AbMetric.CLICKS, test_share=1.0,
            concentration=128.0,
            variants=[
                AbVariant(position=at, text=f"Text {at}", imported_sent=sent, imported_clicks=clicks)
                for at, (sent, clicks) in enumerate(counts)
            ],
            **more,
        )  # fmt: skip
        session.add(test)
        session.flush()
        return test.id


def test_without_enough_evidence_it_says_what_is_missing(company: tuple[Hub, str]) -> None:
    hub, _ = company
    data, course = told(hub, planted(hub, "Close", [(500, 30), (500, 40)]))
    shown = figures.results(data)
    assert "6%" in shown  # 30 of 500
    assert "8%" in shown  # 40 of 500
    assert "Leads" in shown
    assert "Wins" not in shown
    assert "No winner yet" in show.verdict(data, course, hub.settings.zone)
    assert 'data-choose="">End without a winner' in show.buttons(data)
    assert "for each variant, if the rates stay" in figures.checks(data, course)
    assert "imported history" in courses.coming(data, course, hub.settings.zone)


def test_an_uneven_division_names_no_winner(company: tuple[Hub, str]) -> None:
    hub, _ = company
    # 850 were to be expected in each: (150² + 150²) / 850 = 52.9 with one degree of freedom.
    data, course = told(hub, planted(hub, "Uneven", [(1000, 20), (700, 90)]))
    assert "Uneven</span> The variants did not get equally many people (p &lt; 0.001)" in figures.checks(data, course)
    assert 'class="verdict bad"' in show.verdict(data, course, hub.settings.zone)
    assert "Wins" not in figures.results(data)
    assert "Roll out" not in show.buttons(data)


def test_before_it_begins_the_course_is_told_and_its_mailing_is_not_offered_again(company: tuple[Hub, str]) -> None:
    hub, _ = company
    mailing_id = mailing(hub, "Winter news")
    assert mailing_id in dict(hub.views.experiments.testable())
    plan = show.prospect(hub.views.experiments.prospect(str(mailing_id), "clicks", 2, 0.5), 2, 0.5)
    row = plan.partition('class="chosen"')[2].partition("</tr>")[0]
    assert re.findall(r">([^<>]+)<", row)[:2] == ["50%", "50"]  # half of 200 people in two variants
    assert re.findall(r">([^<>]+)<", row)[-1] == "100"  # the other half waits
    made = hub.call("create_ab_test", email_campaign=str(mailing_id), variants=["tomorrow at 9:00", "tomorrow at 17:00"],
                    element="send_time", test_share=0.5)  # fmt: skip
    assert mailing_id not in dict(hub.views.experiments.testable())
    data, course = told(hub, made.result.data()["id"])
    said = courses.coming(data, course, hub.settings.zone)
    assert "goes out: when somebody sends it" in said
    assert "50% of its recipients" in said
    assert "Each time of sending gets 48 hours" in said
    assert "within 3 days after its last message" in said
    assert "Not divided yet" in figures.checks(data, course)
    with pytest.raises(HubError, match="has a running test already"):
        hub.views.experiments.prospect(str(mailing_id), "clicks", 2, 0.5)


def test_a_test_that_ended_without_a_winner_says_so(company: tuple[Hub, str]) -> None:
    hub, _ = company
    at = hub.door.clock.now().astimezone(UTC)
    data, course = told(hub, planted(hub, "Over", [(500, 30), (500, 31)], status=AbStatus.DECIDED, decided_at=at))
    assert "Ended without a winner" in show.state(data)
    assert "Ended without a winner on Thu 10 September 2026, 15:30" in show.verdict(data, course, hub.settings.zone)
    assert show.buttons(data) == ""
    assert "nobody waited" in courses.coming(data, course, hub.settings.zone)
