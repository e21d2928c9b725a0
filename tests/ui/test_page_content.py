"""The Content Studio over a real hub in a real browser, its model a server that can be held in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PATIENCE, OpenPage, settle
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet
from tests.ui.slow_model import SlowModel, slow_model

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)
Studio = tuple["Hub", str, SlowModel]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with slow_model() as model:
        given = {"model_use": "ollama", "ollama_host": model.url, "model": model.NAME}
        with open_company(tmp_path_factory.mktemp("hub"), **given) as (hub, address):
            assert hub.wait_for_model(), "the hub found the server"
            yield hub, address, model


def kinds_written(hub: Hub) -> list[str]:
    return [draft.kind for draft in hub.views.studio.drafts()]


def write(page: Page, topic: str, label: str = "What is it about?") -> None:
    page.get_by_label(label).fill(topic)
    page.get_by_role("button", name="Write", exact=True).click()


def test_a_text_is_seen_growing_and_can_be_stopped(studio: Studio, open_page: OpenPage) -> None:
    hub, address, model = studio
    before = len(kinds_written(hub))
    watched = open_page(f"{address}content?kind=sms")
    page = watched.page
    expect(page.get_by_label("Campaign")).to_be_hidden()
    model.hold()
    try:
        write(page, "the new shelf")
        # What the model has written so far, without JSON's signs.
        expect(page.locator(".growing")).to_contain_text("The message is a good")
        expect(page.get_by_role("status").filter(has_text="Writing")).to_be_visible()
        assert_accessible(page)
        page.get_by_role("button", name="Stop", exact=True).click()
        expect(page.get_by_text("Stopped; nothing of it was kept.")).to_be_visible()
    finally:
        model.go_on()
    expect(page.get_by_role("button", name="Write", exact=True)).to_be_enabled()
    assert len(kinds_written(hub)) == before
    assert_quiet(watched)


def test_several_are_written_kept_put_aside_and_compared(studio: Studio, open_page: OpenPage) -> None:
    hub, address, _ = studio
    watched = open_page(f"{address}content?kind=email")
    page = watched.page
    expect(page.locator(".voice strong")).to_contain_text(hub.views.studio.voice().brand_voice or "?")
    page.get_by_role("radio", name="2", exact=True).check()
    write(page, "how a book may come back")
    cards = page.locator(".draft-card", has_text="how a book may come back")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("Written by the model")
    expect(cards.first.locator(".used")).to_contain_text("Returns")
    assert_accessible(page)
    cards.nth(1).get_by_role("button", name="Keep").click()
    # What is kept comes first.
    expect(cards.first.get_by_role("button", name="Kept")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Compare").nth(0).check()
    page.get_by_label("Compare").nth(1).check()
    page.get_by_role("button", name="Compare 2").click()
    page.wait_for_url("**/content?compare=*")
    side = page.locator(".compare > li")
    expect(side).to_have_count(2)
    assert side.nth(0).locator(".text").inner_text() != side.nth(1).locator(".text").inner_text()
    settle(page)
    page.get_by_role("link", name="All drafts").click()
    cards.nth(1).get_by_role("button", name="Put aside").click()
    expect(cards).to_have_count(1)
    settle(page)
    page.get_by_role("link", name="Those put aside").click()
    page.get_by_role("button", name="Take it out again").first.click()
    expect(page.get_by_text("Nothing is put aside.")).to_be_visible()
    assert sorted(draft.state for draft in hub.views.studio.drafts("email"))[:2] == ["kept", "new"]
    assert_quiet(watched)


def test_a_draft_becomes_a_template_and_its_article_knows_of_it(studio: Studio, open_page: OpenPage) -> None:
    hub, address, _ = studio
    outcome = hub.call("generate_email", topic="may a book come back")
    draft = outcome.result.data()
    page = open_page(f"{address}content?compare={draft['draft_id']}").page
    page.get_by_role("link", name="Save as template").click()
    expect(page.locator("#template-content textarea")).to_have_value(draft["content"])
    page.get_by_role("button", name="Save template").click()
    page.wait_for_url("**/templates?id=*")
    saved = hub.call("get_template", template="may a book come back").result.data()
    assert saved["content"] == draft["content"]
    article = next(source["id"] for source in draft["sources"] if source["noun"] == "article")
    page = open_page(f"{address}knowledge?id={article}").page
    used = page.locator(".belongings li", has_text="may a book come back")
    expect(used.first).to_contain_text("Written")


def test_where_the_model_fails_a_template_stands_in_and_says_so(studio: Studio, open_page: OpenPage) -> None:
    hub, address, model = studio
    model.broken = True
    try:
        page = open_page(f"{address}content?kind=ad", width=390, height=844).page
        expect(page.get_by_label("What is it about?")).to_be_hidden()
        write(page, "the reading chair", "What is offered?")
        card = page.locator(".draft-card").first
        expect(card).to_contain_text("From a template")
        expect(page.get_by_role("status").filter(has_text="Filled from a template")).to_be_visible()
        expect(card.locator(".ads li")).to_have_count(3)
        assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    finally:
        model.broken = False
    assert "ad" in kinds_written(hub)


def test_the_brand_voice_is_set_here(studio: Studio, open_page: OpenPage) -> None:
    hub, address, model = studio
    page = open_page(f"{address}content?kind=call_script").page
    expect(page.get_by_role("button", name="Write", exact=True)).to_be_enabled()  # the page has what is stored
    page.get_by_role("button", name="Brand voice").click()
    page.get_by_label("How your house sounds").fill("short and warm")
    page.get_by_role("button", name="Save brand voice").click()
    expect(page.locator(".voice strong")).to_have_text("short and warm")
    assert hub.views.studio.voice().brand_voice == "short and warm"
    asked = len(model.asked)
    write(page, "the reading chair", "What is offered?")
    expect(page.locator(".draft-card .script").first).to_be_visible()
    assert "short and warm" in str(model.asked[asked:]), "the next text is written in it"
