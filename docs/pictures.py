"""The pictures of this folder: every page over the demo company, light, dark and on a phone, and the public pages.

    uv run python -m docs.pictures                 # all of them
    uv run python -m docs.pictures email social    # those whose names begin so
    uv run python -m docs.pictures --full --to /tmp/look email    # whole pages, somewhere else

Needs Debian's chromium. The hub's clock stands still, so that two runs differ only where the pages do.
"""

import argparse
import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from agent import FixedClock, Hub, Settings, open_hub
from agent.demo import demo_settings, lay_demo
from agent.public import Public
from memory.deliveries import deliveries_to
from tests.support.browser import CHROMIUM, FLAGS, PATIENCE, served, settle
from ui.demo import running_sink
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

HERE = Path(__file__).parent / "pictures"
NOW = datetime(2026, 12, 3, 10, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))
#: How a picture is taken: width, height, colours.
LOOKS = {"light": (1280, 860), "dark": (1280, 860), "phone": (390, 844)}
QUALITY = 82


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the page's address, what shows that its content is there (a CSS selector), and what is done
    before the picture is taken."""

    name: str
    path: str
    ready: str
    prepare: Callable[[Page], None] = lambda page: None
    looks: tuple[str, ...] = tuple(LOOKS)


def said(words: str) -> Callable[[Page], None]:
    """Say something in the chat, and wait for the answer."""

    def say(page: Page) -> None:
        page.locator("#say textarea").fill(words)
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.locator(".bot.message").last).to_be_visible()
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()

    return say


def named(name: str, ready: str = "#content h2") -> Callable[[Page], None]:
    """Open the record of this name from its list."""

    def open_(page: Page) -> None:
        page.locator("#content tbody a.row", has_text=name).first.click()
        page.locator(ready).first.wait_for()
        settle(page)

    return open_


def opened(page: Page) -> None:
    """Open the first record of a list."""
    page.locator("#content tbody a.row").first.click()
    page.locator("#page-heading .up").wait_for()
    settle(page)


def written(topic: str) -> Callable[[Page], None]:
    """Have a text written in the Content Studio, and wait for it."""

    def write(page: Page) -> None:
        page.get_by_label("What is it about?").fill(topic)
        page.get_by_role("button", name="Write", exact=True).click()
        expect(page.locator(".draft-card").first).to_be_visible()
        settle(page)

    return write


def pressed(name: str) -> Callable[[Page], None]:
    """Press the button that sends a public page's form, and wait for what is said then."""

    def press(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("status").wait_for()

    return press


def chosen(page: Page) -> None:
    """Give up one topic, and take a break."""
    page.get_by_label("Offers").uncheck()
    page.get_by_label("No emails for 30 days").check()
    pressed("Save")(page)


def signed_up(page: Page) -> None:
    """Sign up through the form."""
    page.get_by_label("Email address").fill("noor.evers@example.com")
    page.get_by_role("button", name="Sign up", exact=True).click()
    page.get_by_role("heading", name="One more step").wait_for()


SHOTS = (
    Shot("chat", "", "#say textarea", said("How are we doing in the last 30 days?")),
    Shot("chat-begin", "", "#say textarea", looks=("light",)),
    Shot("dashboard", "dashboard", "#content table"),
    Shot("campaigns", "campaigns", "#content table"),
    Shot("campaign", "campaigns?id=1", "#content table"),
    Shot("email", "email", "#content table"),
    Shot("mailing", "email", "#content tbody a", named("Second Advent letter", "iframe")),
    Shot("mailing-sent", "email", "#content tbody a", named("Advent Calendar is here", "iframe")),
    Shot("social", "social", ".fc-event, .post, [data-post]"),
    Shot("automation", "automation", "#content table"),
    Shot("workflow", "automation?id=1", ".react-flow__node"),
    Shot("experiments", "experiments", "#content table"),
    Shot("experiment", "experiments", "#content tbody a", opened),
    Shot("analytics", "analytics", "#content svg"),
    Shot("leads", "leads", "#content table"),
    Shot("lead", "leads?q=orders+at+least+4", "#content tbody a", opened),
    Shot("segments", "segments", "#content table"),
    Shot("segment", "segments?id=1", "#content table"),
    Shot("templates", "templates", "#content table"),
    Shot("template", "templates", "#content tbody a", named("Letter from the roastery", "iframe")),
    Shot("content", "content", "#studio", written("the last day for parcels before Christmas")),
    Shot("knowledge", "knowledge", "#content table"),
    Shot("settings", "settings", "#settings-health .badge, #settings-health li"),
)
#: What a reader of the letters meets; each address is one of `reader_paths`. What changes something comes last.
PUBLIC = (
    Shot("public-form", "{form}", "form button"),
    Shot("public-confirm", "{confirm}", "form button"),
    Shot("public-preferences", "{preferences}", "fieldset"),
    Shot("public-unsubscribe", "{unsubscribe}", "form button"),
    Shot("public-cut-off", "{unsubscribe}x", "h1", looks=("phone",)),
    Shot("public-form-sent", "{form}", "form button", signed_up, looks=("phone",)),
    Shot("public-confirmed", "{confirm}", "form button", pressed("Yes, write to me"), looks=("phone",)),
    Shot("public-preferences-saved", "{preferences}", "fieldset", chosen, looks=("phone",)),
    Shot("public-unsubscribed", "{unsubscribe}", "form button", pressed("Unsubscribe"), looks=("phone",)),
)
#: Where the demo's public pages would be reached; links in letters need an address.
PUBLIC_URL = "https://hub.kestrel.example"
#: The pages of a hub that is empty, and an address that leads nowhere.
EMPTY = (
    Shot("empty-chat", "", "#say textarea", looks=("light",)),
    *(Shot(f"empty-{name}", name, "#content .state.empty", looks=("light",)) for name in (
        "dashboard", "campaigns", "email", "experiments", "analytics", "leads", "segments", "templates", "content", "knowledge",
    )),
    Shot("missing", "campaigns?id=4711", ".state.problem, .notice, .state.empty", looks=("light",)),
)  # fmt: skip


@contextmanager
def demo_hub(home: Path, public_url: str = "") -> Iterator[tuple[Hub, str]]:
    """A hub with the demo company, without a model, its clock standing still; and the address of its pages."""
    with running_sink(home / "sink") as port:
        given = {"home": home, "model_use": "none", "time_zone": NOW.tzinfo.key}  # type: ignore[union-attr]
        mail = {"smtp_url": f"smtp://127.0.0.1:{port}", "public_url": public_url}
        with open_site(demo_settings(Settings(**given), **mail)) as (hub, address):
            lay_demo(hub)
            yield hub, address


@contextmanager
def open_site(settings: Settings) -> Iterator[tuple[Hub, str]]:
    """A hub whose clock stands still, and the address of its pages."""
    with open_hub(settings, clock=FixedClock(settings.zone, NOW)) as hub:
        hub.wait_for_model()
        model = ModelWatch()
        model.look(hub)
        with served(make_app(hub, model)) as address:
            yield hub, address


def reader_paths(hub: Hub) -> dict[str, str]:
    """The paths of the links that readers get: one has signed up and confirmed, one has only signed up."""
    public = Public(hub)
    links = public.reader.links()

    def asked(email: str, name: str) -> int:
        public.ask("newsletter", email, name, None)
        with hub.database.session() as session:
            return deliveries_to(session, email)[0].id

    reader, newcomer = (
        asked("mila.brandt@example.com", "Mila Brandt"),
        asked("joost.peters@example.com", "Joost Peters"),
    )
    public.confirm(links.confirm(reader).rpartition("/")[2], None)
    led = {
        "form": public.form_address("newsletter"), "confirm": links.confirm(newcomer),
        "preferences": links.preferences(reader), "unsubscribe": links.unsubscribe(reader),
    }  # fmt: skip
    return {name: urlsplit(url).path.removeprefix("/") for name, url in led.items()}


def take(address: str, shots: list[Shot], to: Path, *, full: bool) -> None:
    """Take the pictures and keep them as WebP files. (A hub is to be opened before: Playwright's loop is in its way.)"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for look in LOOKS:
            _take(browser, address, [shot for shot in shots if look in shot.looks], look, to, full)
        browser.close()


def _take(browser: Browser, address: str, shots: list[Shot], look: str, to: Path, full: bool) -> None:
    width, height = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if look == "dark" else "light",
        reduced_motion="reduce", has_touch=look == "phone",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    for shot in shots:
        page.goto(address + shot.path)
        page.locator(shot.ready).first.wait_for()
        settle(page)
        shot.prepare(page)
        page.wait_for_timeout(600)
        keep(page.screenshot(full_page=full), to / f"{shot.name}-{look}.webp")
        print(f"{shot.name}-{look}", flush=True)
    context.close()


def keep(picture: bytes, file: Path) -> None:
    """A screenshot (PNG) as a small file."""
    Image.open(io.BytesIO(picture)).convert("RGB").save(file, quality=QUALITY, method=6)


def main() -> None:
    told = argparse.ArgumentParser(description="Take the pictures of the documentation.")
    told.add_argument("names", nargs="*", help="only those whose names begin so")
    told.add_argument("--full", action="store_true", help="whole pages, not only what a window shows")
    told.add_argument("--look", choices=LOOKS, action="append", help="only light, dark or phone")
    told.add_argument("--home", type=Path, help="a folder for the demo's records, to be used again")
    told.add_argument("--to", type=Path, default=HERE, help="the folder to keep them in")
    given = told.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)

    def wanted(shots: tuple[Shot, ...]) -> list[Shot]:
        named = [shot for shot in shots if not given.names or shot.name.startswith(tuple(given.names))]
        return [
            replace(shot, looks=tuple(look for look in shot.looks if look in (given.look or LOOKS))) for shot in named
        ]

    expect.set_options(timeout=PATIENCE)
    with tempfile.TemporaryDirectory(prefix="marketing-hub-") as folder:
        home = given.home or Path(folder)
        if wanted(SHOTS):
            with demo_hub(home) as (_, address):
                take(address, wanted(SHOTS), given.to, full=given.full)
        if wanted(PUBLIC):
            with demo_hub(home, PUBLIC_URL) as (hub, address):
                paths = reader_paths(hub)
                shots = [replace(shot, path=shot.path.format(**paths)) for shot in wanted(PUBLIC)]
                take(address, shots, given.to, full=given.full)
        if wanted(EMPTY):
            empty = Settings(home=Path(folder) / "empty", model_use="none", time_zone="Europe/Amsterdam")
            with open_site(empty) as (_, address):
                take(address, wanted(EMPTY), given.to, full=given.full)


if __name__ == "__main__":
    main()
