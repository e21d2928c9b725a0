"""The Social page in a real browser, over a real hub: the calendar with dragging, a post's editor, the page without its script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe import assert_accessible
from company import open_company
from offline import assert_quiet
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import PATIENCE, OpenPage, served
from ui.bundle import building
from ui.web import bundle
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    """The company's now is 10 September 2026, 15:30 in Amsterdam."""
    if not building.is_current():
        try:
            building.build(lambda text: None)
        except building.CannotBuild as error:
            pytest.skip(str(error))
    with open_company(tmp_path_factory.mktemp("hub")) as (hub, address):
        yield hub, address


def draft(hub: Hub, content: str, time: str | None = None, platform: str = "facebook") -> int:
    given = {"scheduled_time": time} if time else {}
    return int(hub.call("save_social_post", platform=platform, content=content, **given).result.data()["id"])


def stored(hub: Hub, post: int) -> dict[str, Any]:
    return dict(hub.views.posts.edited(str(post)).post.model_dump(mode="json"))


def event(page: Page, words: str) -> Locator:
    return page.locator(".ec-event").filter(has_text=words)


def drag_to_day(page: Page, words: str, day: int) -> None:
    """Drag an event of the month into the cell of another day."""
    cell = page.locator(".ec-day:not(.ec-other-month)").filter(has=page.get_by_text(str(day), exact=True)).first
    source, target = event(page, words).bounding_box(), cell.bounding_box()
    assert source is not None
    assert target is not None
    page.mouse.move(source["x"] + 20, source["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + 50, steps=8)
    page.mouse.up()


def test_a_draft_is_dragged_to_another_day(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    post = draft(hub, "Late summer reads", "2026-09-15T10:00:00")
    watched = open_page(f"{address}social", width=1400, height=1000)
    page = watched.page
    expect(page.get_by_text("September 2026")).to_be_visible()
    expect(event(page, "Late summer reads")).to_contain_text("10:00 Facebook (draft)")
    expect(event(page, "The reading chair is back.")).to_be_visible()
    drag_to_day(page, "Late summer reads", 24)
    expect(page.get_by_text("planned for Thu 24 September 2026, 10:00")).to_be_visible()
    assert stored(hub, post)["scheduled_time"] == "2026-09-24T10:00:00+02:00"
    assert stored(hub, post)["status"] == "draft"
    page.get_by_role("button", name="Week", exact=True).click()
    expect(page.locator(".ec-time-grid")).to_be_visible()
    assert_accessible(page)
    assert_quiet(watched)


def test_a_scheduled_post_is_moved_through_the_gate(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    before = stored(hub, 2)
    assert (before["status"], before["scheduled_time"]) == ("scheduled", "2026-09-12T10:00:00+02:00")
    page = open_page(f"{address}social", width=1400, height=1000).page
    expect(event(page, "The reading chair is back.")).to_be_visible()
    drag_to_day(page, "The reading chair is back.", 18)
    approve = page.get_by_role("button", name=re.compile("Approve plan"))
    expect(approve).to_be_visible()
    expect(page.locator(".plan-text").first).to_contain_text("18 September 2026")
    assert stored(hub, 2)["scheduled_time"] == "2026-09-12T10:00:00+02:00", "nothing moves before the approval"
    approve.click()
    expect(
        page.get_by_role("button", name=re.compile("18 September 2026, 10:00: The reading chair is back"))
    ).to_be_visible()
    assert stored(hub, 2)["scheduled_time"] == "2026-09-18T10:00:00+02:00"


def test_a_day_in_the_past_is_refused_in_words(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    post = draft(hub, "Not before now", "2026-09-16T10:00:00")
    page = open_page(f"{address}social", width=1400, height=1000).page
    expect(event(page, "Not before now")).to_be_visible()
    drag_to_day(page, "Not before now", 3)
    expect(page.locator(".social-said")).to_contain_text("is in the past")
    assert stored(hub, post)["scheduled_time"] == "2026-09-16T10:00:00+02:00"


def test_a_post_is_written_counted_saved_and_scheduled(company: tuple[Hub, str], open_page: OpenPage) -> None:
    """X counts a link 23 and an emoji 2: "See " 4 + 23 + " " 1 + 2 = 30."""
    hub, address = company
    watched = open_page(f"{address}social?new=2026-09-21T09:00:00")
    page = watched.page
    page.get_by_label("Platform").click()
    page.get_by_role("option", name="X (Twitter)").click()
    text = page.get_by_label("Text", exact=True)
    text.fill("See https://example.org/a/very/long/address/of/a/page 📚")
    expect(page.get_by_text("30 of 280 characters on X (Twitter)")).to_be_visible()
    expect(page.locator(".look.twitter .body")).to_contain_text("📚")
    text.fill("a" * 290)
    expect(page.get_by_text("10 too many")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Please shorten it by 10")
    text.fill("<img src=x onerror=alert(1)> Reading night #books")
    expect(page.locator(".look .mark")).to_have_text("#books")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("heading", name="<img src=x onerror=alert(1)> Reading night #books")).to_be_visible()
    post = int(page.url.split("id=")[1])
    assert stored(hub, post)["scheduled_time"] == "2026-09-21T09:00:00+02:00"
    assert_accessible(page)
    page.get_by_role("button", name="Schedule …").click()
    page.get_by_role("button", name=re.compile("Approve plan")).click()
    expect(page.get_by_role("button", name="Move …")).to_be_visible()
    assert stored(hub, post)["status"] == "scheduled"
    page.get_by_role("button", name="Cancel this post").click()
    expect(page.locator(".facts .badge")).to_have_text("cancelled")
    assert watched.foreign == []


def test_list_best_times_and_results(company: tuple[Hub, str], open_page: OpenPage) -> None:
    _, address = company
    watched = open_page(f"{address}social?view=list&platform=instagram")
    page = watched.page
    expect(page.get_by_role("link", name="Poetry Night is on Friday.")).to_be_visible()
    expect(page.get_by_role("link", name="The reading chair is back.")).to_have_count(0)
    page.get_by_role("link", name="Best times").click()
    expect(page.get_by_role("heading", name="Best times to post on Facebook")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Monday 08:00 to 13:00")).to_contain_text("+10%")
    page.get_by_role("link", name="Results").click()
    expect(page.get_by_text("Nothing published yet")).to_be_visible()
    assert_quiet(watched)


def test_a_phone_shows_the_month_as_a_list(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    draft(hub, "Seen on a phone", "2026-09-22T11:00:00")
    page = open_page(f"{address}social", width=390, height=844, scheme="dark").page
    expect(event(page, "Seen on a phone")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(page)
    event(page, "Seen on a phone").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Seen on a phone")).to_be_visible()


def test_without_the_script_the_posts_are_listed(
    company: tuple[Hub, str], open_page: OpenPage, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, _ = company
    model = ModelWatch()
    model.look(hub)
    monkeypatch.setattr(bundle, "BUILT", tmp_path)
    with served(make_app(hub, model)) as address:
        watched = open_page(f"{address}social")
        page = watched.page
        expect(page.get_by_text("marketing-hub build-pages")).to_be_visible()
        page.get_by_role("link", name="Poetry Night is on Friday.").click()
        expect(page.get_by_label("Text", exact=True)).to_have_value("Poetry Night is on Friday.")
        assert_quiet(watched)
        page.close()
