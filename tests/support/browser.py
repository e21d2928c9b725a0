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
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
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


@dataclass
class Watched:
    """A page, what it complained of, and the addresses it asked for outside its own server."""

    page: Page
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


OpenPage = Callable[..., Watched]
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a module's tests: while it runs, no other test could start an event loop.

    Without chromium the tests are skipped; where CI is set, that fails.
    """
    if not CHROMIUM.exists():
        reason = f"there is no {CHROMIUM}: install Debian's package chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One context for all pages: what a page is made of is loaded once, not for every test."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


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
        page.on("pageerror", lambda error: watched.errors.append(str(error)))
        page.on("console", lambda said: watched.errors.append(said.text) if said.type == "error" else None)
        page.goto(url)
        return watched

    yield open_
    for page in pages:
        page.close()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The app on a free port of this machine; gives its address."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def settle(page: Page) -> None:
    """Wait until a page asks for nothing more; ten seconds at most, since a stream that stays open is no reason to wait."""
    with suppress(PlaywrightTimeout):
        page.wait_for_load_state("networkidle", timeout=10_000)
