"""A real browser for the pages' tests: Debian's chromium, driven by Playwright, and a server to look at.

Every page is watched: what it logged as an error and what it asked of other hosts can be asserted.
"""

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from starlette.types import ASGIApp

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: How long a page may take; generous, since a busy machine is no reason to fail.
PATIENCE = 60_000


#: The folders of a profile in which scripts are kept: as they came, and compiled.
CACHES = ("Cache", "Code Cache")


@dataclass
class Watched:
    """A page, what it complained of, and the addresses it asked for outside its own server."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


OpenPage = Callable[..., Watched]
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers of a module: while it runs, no other test could start an event loop.

    Without chromium the tests are skipped; where CI is set, that fails.
    """
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}: install Debian's package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that remembers nothing."""
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What browsers keep from one module to the next: the pages' scripts, compiled. A person's browser has them too;
    without them, half the time of a page is spent on reading them."""
    return tmp_path_factory.mktemp("compiled")


@pytest.fixture(scope="module")
def context(
    playwright: Playwright, compiled: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """One browser with a profile for all pages of a module: new but for the compiled scripts."""
    profile = tmp_path_factory.mktemp("profile")
    (profile / "Default").mkdir()
    for name in CACHES:
        if (compiled / name).exists():
            (compiled / name).rename(profile / "Default" / name)
    context = playwright.chromium.launch_persistent_context(str(profile), executable_path=str(CHROMIUM), args=FLAGS)
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()
    for name in CACHES:
        if (profile / "Default" / name).exists():
            (profile / "Default" / name).rename(compiled / name)


@pytest.fixture
def open_page(context: BrowserContext) -> Iterator[OpenPage]:
    """`open_page(url, width=1280, height=800, scheme="light")`: a watched page."""
    pages = []

    def open_(url: str, *, width: int = 1280, height: int = 800, scheme: Scheme = "light") -> Watched:
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        watched = Watched(page)
        parts = urlsplit(url)
        own = re.compile(rf"{re.escape(f'{parts.scheme}://{parts.netloc}')}(/|$)|data:|blob:")

        def saw(address: str) -> None:
            if not own.match(address):
                watched.foreign.append(address)

        page.on("request", lambda request: saw(request.url))
        page.on("websocket", lambda socket: saw(socket.url))
        page.on("pageerror", lambda error: None if _left(error) else watched.errors.append(str(error)))
        page.on("console", lambda said: watched.errors.append(said.text) if said.type == "error" else None)
        page.goto(url)
        return watched

    yield open_
    for page in pages:
        page.close()


def _left(error: Error) -> bool:
    """Whether it is Gradio closing its stream of events because the page is being left, which it does by an abort that
    nobody catches. An abort of one of our own scripts would not come out of its `close`."""
    told = f"{error}\n{error.stack}"
    return told.startswith("AbortError: signal is aborted without reason") and ".close (" in told


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The app on a free port of this machine; gives its address. It is the port of the app before, where that is over:
    browsers keep compiled scripts by address."""
    listener = _listener()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


_usual_port = 0


def _listener() -> socket.socket:
    global _usual_port
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections to the app before may still be closing
    try:
        listener.bind(("127.0.0.1", _usual_port))
    except OSError:  # somebody else has it now, or the app before still runs
        listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    _usual_port = _usual_port or listener.getsockname()[1]
    return listener


def settle(page: Page) -> None:
    """Wait until a page asks for nothing more; ten seconds at most, since a stream that stays open is no reason to wait."""
    with suppress(PlaywrightTimeout):
        page.wait_for_load_state("networkidle", timeout=10_000)


def picture(page: Page, name: str) -> None:
    """Keep a picture of a page for looking at it, where HUB_TEST_PICTURES names a folder for them."""
    if folder := os.environ.get("HUB_TEST_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
