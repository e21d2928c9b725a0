"""The settings page over a real hub in a real browser: health, the house, tokens, and what is set without its secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.publishing.publishing_fixtures import FakePlatform
from tests.support.browser import PATIENCE, OpenPage, picture
from tests.ui.axe import assert_accessible
from tests.ui.company import open_company
from tests.ui.offline import assert_quiet

if TYPE_CHECKING:
    from agent import Hub

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)

PASSWORD = "correct-horse"
#: Nothing listens there.
MAIL_SERVER = f"smtp://otter:{PASSWORD}@127.0.0.1:9"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_SMTP_URL", MAIL_SERVER)
        with open_company(tmp_path_factory.mktemp("hub")) as opened:
            yield opened


def test_health_says_what_mends_what_is_broken(company: tuple[Hub, str], open_page: OpenPage) -> None:
    watched = open_page(f"{company[1]}settings")
    parts = watched.page.locator(".health li")
    mail = parts.filter(has=watched.page.get_by_text("Mail", exact=True))
    expect(mail).to_contain_text("problem")
    expect(mail).to_contain_text("Check HUB_SMTP_URL")
    expect(parts.filter(has=watched.page.get_by_text("Database", exact=True))).to_contain_text("well")
    watched.page.get_by_role("button", name="Look again").click()
    expect(watched.page.get_by_role("button", name="Look again")).to_be_enabled()
    expect(mail).to_be_visible()
    assert_quiet(watched)


def test_what_is_set_is_shown_with_its_variable_and_without_its_secrets(
    company: tuple[Hub, str], open_page: OpenPage
) -> None:
    watched = open_page(f"{company[1]}settings")
    page = watched.page
    row = page.locator("table.records tr", has_text="HUB_SMTP_URL")
    expect(row).to_contain_text("smtp://127.0.0.1:9")
    for summary in page.locator("details > summary").all():
        summary.click()
    expect(page.locator("table.records tr", has_text="HUB_MODEL_TIMEOUT")).to_contain_text("60")
    assert PASSWORD not in page.content()
    assert PASSWORD not in page.request.get(f"{company[1]}config").text()


def test_the_house_and_its_voice_are_saved(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}settings")
    page = watched.page
    facts = page.locator("#house .facts")
    expect(facts).to_contain_text("Otter Press")
    name = page.get_by_label("Name (optional)")
    expect(name).to_have_value("Otter Press")
    name.fill("Otter <b>Press</b> & Sons")
    page.get_by_role("button", name="Save name and industry").click()
    expect(facts).to_contain_text("Otter <b>Press</b> & Sons")
    page.get_by_label("Brand voice").fill("plain and warm")
    page.get_by_role("button", name="Save the voice").click()
    expect(facts).to_contain_text("plain and warm")
    assert hub.views.house.facts().voice == "plain and warm"
    page.get_by_label("Brand voice").fill("x" * 1001)
    page.get_by_role("button", name="Save the voice").click()
    expect(page.get_by_role("alert")).to_contain_text("1,001 characters")
    assert hub.views.house.facts().voice == "plain and warm", "what is refused changes nothing"
    assert_quiet(watched)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(company: tuple[Hub, str], open_page: OpenPage, scheme: str) -> None:
    page = open_page(f"{company[1]}settings", scheme=scheme).page
    expect(page.locator(".health li").first).to_be_visible()
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    page.locator("#models details > summary").click()
    assert_accessible(page)


def test_it_fits_a_phone(company: tuple[Hub, str], open_page: OpenPage) -> None:
    page = open_page(f"{company[1]}settings", width=390, height=844).page
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_an_account_is_connected_on_the_platforms_own_page(company: tuple[Hub, str], open_page: OpenPage) -> None:
    """As far as the link, and from the answer on; what is between is the platform's (tests/publishing)."""
    fake = FakePlatform()
    fake.on("POST", "/api/v1/apps", {"id": "1", "client_id": "made", "client_secret": "made-secret"})
    fake.on("POST", "/oauth/token", {"access_token": "token-1", "token_type": "Bearer"})
    fake.on("GET", "/api/v1/accounts/verify_credentials", {"id": "7", "acct": "bloom"})
    watched = open_page(f"{company[1]}settings")
    page = watched.page
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="please give the server")).to_be_visible()
    page.get_by_label("Server").fill(fake.url)
    page.get_by_role("button", name="Connect", exact=True).click()
    link = page.get_by_role("link", name="Allow it on Mastodon")
    expect(link).to_be_visible()
    address = urlsplit(link.get_attribute("href") or "")
    asked = parse_qs(address.query)
    assert (f"{address.scheme}://{address.netloc}", address.path) == (fake.url, "/oauth/authorize")
    assert asked["redirect_uri"] == [f"http://127.0.0.1:{company[0].settings.port}/connect/callback"]
    back = page.request.get(f"{company[1]}connect/callback", params={"code": "c-1", "state": asked["state"][0]})
    assert "The account is connected" in back.text()
    page.reload()
    expect(page.locator("#accounts")).to_contain_text("@bloom@127.0.0.1")
    assert "made-secret" not in page.content()
    fake.close()
    assert_quiet(watched)


def test_a_token_is_made_shown_once_opens_the_api_and_is_revoked(company: tuple[Hub, str], open_page: OpenPage) -> None:
    hub, address = company
    watched = open_page(f"{address}settings")
    page = watched.page
    make = page.get_by_role("button", name="Make a token")
    expect(page.locator(".health li").first).to_be_visible()
    make.click()
    expect(page.get_by_role("alert")).to_contain_text("name")
    made = len(hub.access.tokens.list())
    page.locator("label", has_text="Who or what will use it").locator("input, textarea").fill("till <i>4</i>")
    page.get_by_label("Days (optional)").fill("-1")
    make.click()
    expect(page.get_by_role("alert")).to_contain_text("above 0")
    assert len(hub.access.tokens.list()) == made, "what is refused makes none"
    page.get_by_label("Days (optional)").fill("")
    make.click()
    shown = page.locator(".secret")
    expect(shown).to_contain_text("The token “till <i>4</i>” is made.")
    secret = shown.locator("code").first.inner_text()
    expect(page.locator("table.records tr", has_text="till <i>4</i>")).to_contain_text("look")
    picture(page, "token")

    def status(method: str, path: str, **sent: Any) -> int:
        headers = {"Authorization": f"Bearer {secret}"}
        return page.request.fetch(f"{address}api/marketing/{path}", method=method, headers=headers, **sent).status

    assert status("GET", "campaigns/list") == 200
    assert status("POST", "campaigns/create", data={"name": "Not by it", "type": "email"}) == 403, "it may only read"
    page.reload()
    expect(page.locator("table.records tr", has_text="till <i>4</i>")).to_be_visible()
    assert secret not in page.content(), "it is shown once"
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke till").click()
    expect(page.locator("table.records tr", has_text="till <i>4</i>")).to_contain_text("revoked")
    assert status("GET", "campaigns/list") == 401
    assert_quiet(watched)
