"""The analytics page over a real hub in a real browser: what it draws is what the tools say, and reports are fetched."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf
import pytest
from playwright.sync_api import expect

from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet
from tools.reporting import report

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with open_company(tmp_path_factory.mktemp("hub")) as opened:
        yield opened


def plain(file: Path) -> str:
    """A report's text, its words one blank apart, without what marks a table."""
    if file.suffix == ".pdf":
        return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).split())
    text = html.unescape(re.sub(r"<[^>]+>", " ", file.read_text(encoding="utf-8")))
    return " ".join(text.replace("|", " ").replace("*", "").replace("\\", "").split())


def test_everything_is_drawn_from_the_tools(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}analytics")
    page = watched.page
    # 1 September 2026 is nine days before the world's now: 21 orders, where a Tuesday has 2.
    expect(page.locator("#trend .mark")).to_have_count(1)
    expect(page.locator("#trend .lines")).to_contain_text("1 September 2026: 21, where about 2 were to be expected")
    expect(page.locator("#channels tbody tr")).to_have_count(2)
    email = hub.call("get_channel_performance", channel="email", period="last 90 days").result.data()
    conversions = next(one["value"] for one in email["kpis"] if one["metric"] == "conversions")
    expect(page.locator("#channels tbody tr", has_text="Email")).to_contain_text(f"{conversions:,.0f}")
    expect(page.locator("#forecast .band")).to_have_count(1)
    said = hub.call("predict_performance", metric="conversions").result.data()
    expect(page.locator("#forecast")).to_contain_text(f"Learned from {said['learned_days']} days")
    ads = page.locator("#attribution table tbody tr", has_text="Ads")
    # Every path began with a visit through an ad and ended with a click in a mail or a post.
    first, last = (hub.call("attribute_conversions", model=one, period="last 90 days").result.data() for one in ("first_touch", "last_touch"))  # fmt: skip
    expect(ads.locator("td").first).to_have_text(f"{first['conversions']}")
    expect(ads.locator("td").nth(1)).to_have_text("0")
    assert {one["name"] for one in last["channels"]} == {"email", "social"}
    stages = hub.views.analytics.funnel("last 90 days")
    expect(page.locator("#funnel li")).to_contain_text([f"{one.people:,}" for one in stages])
    expect(page.locator("#funnel li")).to_contain_text([one.name for one in stages])
    # Every reader came in, visited, clicked and ordered: those of the world itself did not.
    assert [one.people for one in stages][-1] == first["conversions"]
    assert_quiet(watched)


def test_the_figure_and_the_days_are_in_the_address(company: tuple[Hub, str], open_page: OpenPage) -> None:
    page = open_page(f"{company[1]}analytics?period=last 30 days&metric=revenue").page
    expect(page.get_by_role("heading", name="Revenue by day")).to_be_visible()
    expect(page.locator("#trend .lines")).to_contain_text("€420")
    page.locator("#trend summary").click()
    expect(page.locator("#trend table tbody tr", has_text="1 September 2026")).to_contain_text(
        "€420, about €40 expected"
    )
    expect(page.locator(".choices [aria-current]").first).to_have_text("Last 30 days")


def test_days_that_cannot_be_read_are_told_in_each_part(company: tuple[Hub, str], open_page: OpenPage) -> None:
    page = open_page(f"{company[1]}analytics?period=<i>when pigs fly</i>").page
    expect(page.locator(".state.problem").first).to_contain_text("when pigs fly")
    expect(page.locator(".state.problem i")).to_have_count(0)


@pytest.mark.parametrize(("kind", "begins"), [("Html", b"<!DOCTYPE html>"), ("Pdf", b"%PDF-"), ("Markdown", b"# ")])
def test_a_report_is_made_and_fetched(
    company: tuple[Hub, str], open_page: OpenPage, tmp_path: Path, kind: str, begins: bytes
) -> None:
    hub, address = company
    watched = open_page(f"{address}analytics", height=1600)  # the menu opens inside the window
    page = watched.page
    settle(page)
    page.get_by_label("Kind").click()
    page.get_by_role("option", name=kind).click()
    page.get_by_role("button", name="Make the report").click()
    expect(page.locator(".made")).to_contain_text(kind)
    with page.expect_download() as fetched:
        page.locator(".made a").click()
    file = tmp_path / fetched.value.suggested_filename
    fetched.value.save_as(file)
    assert file.read_bytes().lower().startswith(begins.lower())
    assert file.name.startswith("report-")
    expect(page.locator("table.records tr", has_text=kind.upper())).to_have_count(1)
    text = plain(file)
    board = hub.call("get_dashboard", period="last 30 days").result.data()
    told = {one["metric"]: one["value"] for one in board["kpis"]}
    for said in (
        f"Conversions {told['conversions']:,.0f} ",
        f"Revenue €{told['revenue']:,.0f} ",
        f"Leads {told['leads']:,.0f} ",
    ):
        assert said in text, f"{said} as on the dashboard is not in {text[:1500]}"
    for one in board["channels"]:
        assert f"{one['channel']} {one['conversions']:,.0f} (" in text.casefold()
    assert "1 September 2026" in text, "the day that stands out"


def test_a_report_is_stopped_while_it_is_made(
    company: tuple[Hub, str], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, address = company
    before, held, write_as = len(hub.views.analytics.reports()), threading.Event(), report.write_as

    def slowly(document: Any, format: Any) -> bytes:
        assert held.wait(PATIENCE / 1000)
        return write_as(document, format)

    monkeypatch.setattr(report, "write_as", slowly)
    watched = open_page(f"{address}analytics")
    page = watched.page
    settle(page)
    page.get_by_role("button", name="Make the report").click()
    try:
        expect(page.get_by_role("status").filter(has_text="Writing 7 sections as a file")).to_be_visible()
        expect(page.get_by_role("button", name="Make the report")).to_be_disabled()
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Stopping")).to_be_visible()
    finally:
        held.set()
    expect(page.get_by_role("alert").filter(has_text="Stopped; nothing of it was kept.")).to_be_visible()
    expect(page.get_by_role("button", name="Make the report")).to_be_enabled()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    assert len(hub.views.analytics.reports()) == before
    assert_quiet(watched)


def test_there_is_no_report_where_none_was_made(company: tuple[Hub, str], open_page: OpenPage) -> None:
    page = open_page(f"{company[1]}dashboard").page
    answer = page.request.get(f"{company[1]}files/reports/999")
    assert answer.status == 404
    assert "There is no report 999" in answer.text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(company: tuple[Hub, str], open_page: OpenPage, scheme: str) -> None:
    page = open_page(f"{company[1]}analytics", scheme=scheme).page
    for part in ("trend", "channels", "forecast", "attribution", "funnel"):
        expect(page.locator(f"#{part}")).to_be_visible()
    assert_accessible(page)


def test_it_fits_a_phone(company: tuple[Hub, str], open_page: OpenPage) -> None:
    page = open_page(f"{company[1]}analytics", width=390, height=844).page
    expect(page.locator("#attribution")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
