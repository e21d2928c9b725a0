"""The Segments page over a real hub in a real browser: words and conditions kept in step, counted while one builds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet
from ui.web.pages.segments.rows import rows_of, tree_of

if TYPE_CHECKING:
    from agent import Hub

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


def count(page: Page) -> str:
    return page.locator("#segment-people .count strong").inner_text()


@pytest.mark.browser
def test_words_make_conditions_and_conditions_make_words(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}segments?new=1")
    page, words = watched.page, watched.page.get_by_label("In words")
    expect(words).to_be_editable()
    words.fill("customers or qualified leads with at least 0 orders")
    words.press("Enter")
    expect(page.locator("#segment-builder .condition")).to_have_count(3)
    words.fill("status is qualified or name contains Bakker")
    words.press("Enter")
    builder = page.locator("#segment-builder")
    expect(builder.locator(".condition")).to_have_count(2)
    expect(builder.locator(".how select")).to_have_value("any")
    expect(page.locator("#segment-people .count")).to_contain_text("2 leads of")
    expect(page.locator("#segment-people tbody")).to_contain_text("Fatima Idris")

    builder.get_by_label("qualified").uncheck()
    builder.get_by_label("customer").check()
    expect(words).to_have_value("status is customer or name contains Bakker")
    expect(page.locator("#segment-people tbody")).to_contain_text("Ines Vries")
    builder.get_by_role("button", name="Add a condition to this group").click()
    expect(builder.locator(".condition")).to_have_count(3)
    last = builder.locator(".condition").last
    last.get_by_label("What it is about").select_option("orders")
    last.get_by_label("Number").fill("1")
    last.get_by_label("Number").press("Tab")
    expect(words).to_have_value("status is customer or name contains Bakker or orders at least 1")
    ordered = hub.views.segments.from_words("orders at least 1").leads
    expect(page.locator("#segment-people .count strong")).to_have_text(f"{ordered + 2} leads")
    builder.get_by_role("button", name="Remove this condition").last.click()
    expect(words).to_have_value("status is customer or name contains Bakker")

    words.fill("whose shoes are blue-ish perhaps")
    words.press("Enter")
    expect(page.locator("#segment-problem")).to_contain_text("I cannot read")
    words.fill("status is customer")
    words.press("Enter")
    expect(page.locator("#segment-problem .notice")).to_have_count(0)
    page.get_by_label("Name", exact=True).fill("Buyers")
    page.get_by_role("button", name="Save segment").click()
    expect(page.get_by_role("heading", name="Buyers")).to_be_visible()
    page.wait_for_url("**/segments?id=*")
    stored = {one["name"]: one["conditions"] for one in hub.call("list_segments").result.data()["segments"]}
    assert stored["Buyers"] == "status is customer"
    settle(page)
    assert_accessible(page)
    assert_quiet(watched)


@pytest.mark.browser
def test_a_segment_is_changed_and_deleted_only_after_approval(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    number = hub.call("create_segment", name="Locals", conditions="city is Amsterdam").result.data()["id"]
    watched = open_page(f"{address}segments?id={number}")
    page = watched.page
    words = page.get_by_label("In words")
    expect(words).to_have_value("city is Amsterdam")
    page.locator("#segment-builder").get_by_label("Values, separated by commas").fill("Amsterdam, Gouda")
    page.locator("#segment-builder").get_by_label("Values, separated by commas").press("Tab")
    expect(words).to_have_value("city is one of Amsterdam, Gouda")
    page.get_by_role("button", name="Save segment").click()
    expect(page.locator("#segment-saved")).to_contain_text("Saved")
    assert hub.views.segments.stored(number).words == "city is one of Amsterdam, Gouda"
    page.get_by_role("button", name="Delete").click()
    panel = page.locator(".approval")
    expect(panel).to_contain_text("Delete the segment Locals")
    panel.get_by_role("button", name="Approve").click()
    expect(page.locator("#segment-list")).to_contain_text("Regulars")
    assert "Locals" not in hub.call("list_segments").text
    assert_quiet(watched)


@pytest.mark.browser
def test_suggestions_open_in_the_builder(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    watched = open_page(f"{address}segments", width=390, height=844, scheme="dark")
    page = watched.page
    expect(page.locator("#segment-list tbody tr").first).to_be_visible()
    page.get_by_label("What do you want to achieve?").fill("a second order")
    page.get_by_role("button", name="Suggest segments").click()
    idea = page.locator("#segment-ideas .ideas li").filter(has_text="One-time buyers")
    expect(idea).to_contain_text("orders is 1")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(page)
    idea.get_by_role("link", name="Open in the builder").click()
    expect(page.get_by_label("In words")).to_have_value("orders is 1")
    expect(page.get_by_label("Name", exact=True)).to_have_value("One-time buyers")
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert_accessible(page)
    assert_quiet(watched)


WORDS = st.sampled_from(
    [
        "status is customer", "status is not one of new, lost", "tag is vip", "tag is unknown", "consent is newsletter",
        "city is one of Berlin, Paris", "name does not contain Bakker", "not email ends with .org", "company is known",
        "orders at least 5", "orders is not 2", "last order older than 180 days", "not last visit in the last 30 days",
        "created between 1 March 2026 and 31 March 2026", "created since 1 March 2026", "created in this month",
        "opened an email in the last 30 days", "not ordered", "visited the site at least 3 times in the last 2 weeks",
        "custom.size more than 40", "custom.size is known",
    ]
)  # fmt: skip
TREES = st.recursive(
    WORDS,
    lambda inner: st.tuples(
        st.sampled_from(["", "not "]), st.sampled_from([" and ", " or "]), st.lists(inner, min_size=2, max_size=3)
    ).map(lambda made: f"{made[0]}({made[1].join(made[2])})"),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(words=TREES)
def test_rows_hold_everything_that_a_tree_says(company: tuple[Hub, str], words: str) -> None:
    views = company[0].views.segments
    tree = views.from_words(words).tree
    assert views.from_tree(tree_of(rows_of(tree))).words == views.from_tree(tree).words
