"""The public pages in a real browser, with JavaScript switched off: as people see and use them."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from memory.house import COMPANY_NAME, set_house_fact
from memory.suppression import suppression_of
from tests.delivery.delivery_fixtures import people
from tests.public.public_fixtures import House, paths_of
from tests.support.browser import PATIENCE, browser, playwright

__all__ = ["browser", "playwright"]
pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
#: Where pictures of the pages are kept, for looking at them; nowhere without it.
PICTURES = os.environ.get("HUB_TEST_PICTURES")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False)
    yield context
    context.close()


def apart(work: Callable[[], object]) -> None:
    """In a thread of its own: the browser's driver has the event loop of this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def show(page: Page, name: str) -> None:
    """A page fits its window and says something; in every colour scheme and width it is told apart from its ground."""
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 844})
        wide = page.locator("html").evaluate("one => one.scrollWidth")
        assert wide <= width, f"{name} is {wide} wide in a window of {width}"
        ink, ground = (
            page.locator("main").evaluate(f"one => getComputedStyle(one).{part}")
            for part in ("color", "backgroundColor")
        )
        assert ink != ground
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 844})


def test_a_reader_finds_the_way_through_all_pages(house: House, site: str, context: BrowserContext) -> None:
    (address,) = people(house.database, 1)
    with house.database.session(write=True) as session:
        set_house_fact(session, COMPANY_NAME, "Bloom & Söhne <Flowers>")
    apart(lambda: house.send([address], content='<p><a href="{{ preferences_url }}">choose</a></p>'))
    paths = paths_of(house.server.parsed(address))
    page = context.new_page()
    foreign: list[str] = []
    page.on("request", lambda request: None if request.url.startswith(site) else foreign.append(request.url))
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    page.goto(f"{site}{paths['u'][0]}")
    expect(page.locator(".house")).to_have_text("Bloom & Söhne <Flowers>")
    show(page, "unsubscribe")
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading")).to_have_text("You are unsubscribed")
    with house.database.session() as session:
        assert suppression_of(session, address) is not None
    show(page, "unsubscribed")

    page.get_by_role("link", name="Choose what you want to get").click()
    page.get_by_label("Offers").uncheck()
    page.get_by_label("No emails for 30 days").check()
    show(page, "preferences")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Your choice is saved")
    assert not page.get_by_label("Offers").is_checked()
    show(page, "saved")
    with house.database.session() as session:
        assert suppression_of(session, address) is None

    page.goto(f"{site}/f/newsletter")
    show(page, "form")
    assert not page.get_by_label("Leave this empty").is_visible() or page.locator(".trap").bounding_box()["x"] < 0  # type: ignore[index]
    page.get_by_label("Email address").fill("ann@x.example")
    page.get_by_label("Name").fill("Ann Berg")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading")).to_have_text("One more step")
    show(page, "one-more-step")
    apart(house.work)
    page.goto(f"{site}{paths_of(house.server.parsed('ann@x.example'))['s'][0]}")
    show(page, "confirm")
    page.get_by_role("button", name="Yes, write to me").click()
    expect(page.get_by_role("heading")).to_have_text("You are signed up")
    assert (errors, foreign) == ([], [])
    page.goto(f"{site}/u/wrong")
    assert "does not lead anywhere" in page.locator("main").inner_text()
    show(page, "unknown")
