"""Every page over a hub that has no records and no model: each says what to do, asks no other host, logs no error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.browser import PATIENCE, OpenPage, served, settle
from tests.ui.offline import assert_quiet
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch
from ui.web.pages import PAGES

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

#: What a page without any record says to do, by its path: a link or button that begins something, and what stands there.
BEGIN = {
    "/": ("What shall we do?", "Send"),
    "/dashboard": ("Nothing was measured in these days.", "Import figures"),
    "/campaigns": ("There are no campaigns yet.", "New campaign"),
    "/email": ("No mailings yet", "New mailing"),
    "/social?view=list": ("No posts yet", "New post"),
    "/automation": ("No workflows yet", "Draw it"),
    "/experiments": ("There are no A/B tests yet.", "New A/B test"),
    "/analytics": ("No channel has figures in these days.", "Ask the assistant"),
    "/leads": ("No leads yet", "Import leads"),
    "/segments": ("No segments yet", "New segment"),
    "/templates": ("There are no templates yet.", "New template"),
    "/content": ("Nothing is written yet.", "Write"),
    "/knowledge": ("The knowledge base is empty.", "Add an article"),
    "/settings": ("No account is connected.", "Connect"),
}
#: Where a model would write: what happens instead.
NO_MODEL = ("/content", "/campaigns?ideas=1", "/email?new=1", "/email?sequence=1", "/social?new=")
#: Records that are not there.
NOWHERE = (
    "/campaigns?id=4711", "/email?id=4711", "/social?id=4711", "/automation?id=4711", "/experiments?id=4711", "/leads?id=4711",
    "/segments?id=4711", "/templates?id=4711", "/knowledge?id=4711", "/content?compare=4711",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from agent import Settings
    from tests.support.houses import open_house

    given = Settings(home=tmp_path_factory.mktemp("hub"), model_use="none", time_zone="Europe/Amsterdam")
    with open_house(given) as hub:
        hub.wait_for_model()
        with served(pages_of(hub)) as address:
            yield address.rstrip("/")


def pages_of(hub: Hub) -> object:
    """The pages over a hub whose model was looked for."""
    model = ModelWatch()
    model.look(hub)
    return make_app(hub, model)


def test_every_page_is_named_here() -> None:
    assert {path.partition("?")[0] for path in BEGIN} == {page.path for page in PAGES}


@pytest.mark.parametrize("path", BEGIN)
def test_without_records_it_says_what_to_do(site: str, open_page: OpenPage, path: str) -> None:
    said, begins = BEGIN[path]
    watched = open_page(site + path)
    page = watched.page
    expect(page.get_by_text(said).first).to_be_visible()
    begin = page.get_by_role("link", name=begins).or_(page.get_by_role("button", name=begins))
    expect(begin.locator("visible=true").first).to_be_visible()
    settle(page)
    expect(page.locator(".state.loading:visible")).to_have_count(0)
    assert_quiet(watched)


@pytest.mark.parametrize("path", NO_MODEL)
def test_where_a_model_would_write_it_says_that_none_does(site: str, open_page: OpenPage, path: str) -> None:
    watched = open_page(site + path)
    told = watched.page.locator(".state.no-model:visible").first
    expect(told).to_contain_text("The model is switched off")
    expect(told.get_by_role("link", name="Models in the settings")).to_be_visible()
    settle(watched.page)
    assert_quiet(watched)


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_of_nothing_says_so_and_leads_on(site: str, open_page: OpenPage, path: str) -> None:
    watched = open_page(site + path)
    expect(watched.page.locator("main").get_by_text(re.compile("no .*4711")).first).to_be_visible()
    way = watched.page.locator("#content").or_(watched.page.locator("#page-heading"))
    expect(way.get_by_role("link").locator("visible=true").first).to_be_visible()
    settle(watched.page)
    assert_quiet(watched)
