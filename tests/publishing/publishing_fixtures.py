"""A platform on this machine that answers as told, and a house with an account and posts."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from memory.database import Database
from memory.enums import Platform, PostStatus
from memory.posts import PublishState, SocialPost
from tests.support.databases import new_sqlite
from tools.core.context import SystemClock
from tools.publishing.accounts import Accounts, PublishSetup
from tools.publishing.publisher import Publisher

ZONE = ZoneInfo("Europe/Berlin")
CLOCK = SystemClock(ZONE)
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 24


@dataclass
class Request:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Answer:
    """What the platform says. `drop` closes the line instead, after the request was read."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


Route = Callable[[Request], Answer | dict[str, Any]]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """That a client is gone (it was killed) is nothing to tell; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class FakePlatform:
    """A real HTTP server. `routes` answers by (method, path); a path that ends with * stands for all that begin so."""

    def __init__(self) -> None:
        self.routes: dict[tuple[str, str], Route] = {
            ("GET", "/pictures/*"): lambda _: Answer(200, PNG, {"content-type": "image/png"})
        }
        self.requests: list[Request] = []
        platform = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                if len(body) < length:  # whoever asked was killed in the middle of it
                    self.close_connection = True
                    return
                request = Request(self.command, parts.path, query, headers, body)
                platform.requests.append(request)
                given = platform.answer(request)
                if given.drop:
                    self.connection.close()
                    self.close_connection = True
                    return
                data = given.data if isinstance(given.data, bytes) else json.dumps(given.data or {}).encode()
                self.send_response(given.status)
                for name, value in {"content-type": "application/json", **given.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = answer

            def log_message(self, *_: Any) -> None:
                pass

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def picture(self) -> str:
        return f"{self.url}/pictures/tea.png"

    def answer(self, request: Request) -> Answer:
        for (method, path), route in self.routes.items():
            fits = request.path.startswith(path[:-1]) if path.endswith("*") else request.path == path
            if method == request.method and fits:
                given = route(request)
                return given if isinstance(given, Answer) else Answer(200, given)
        return Answer(404, {"error": f"no such thing: {request.method} {request.path}"})

    def on(self, method: str, path: str, *answers: Answer | dict[str, Any]) -> None:
        """Answer so, one after the other; the last one stays."""
        left = list(answers)
        self.routes[method, path] = lambda _: left.pop(0) if len(left) > 1 else left[0]

    def asked(self, method: str, path: str) -> list[Request]:
        return [one for one in self.requests if (one.method, one.path) == (method, path)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def fake() -> Iterator[FakePlatform]:
    platform = FakePlatform()
    yield platform
    platform.close()


@dataclass
class House:
    """A database, an opened set of accounts and a publisher."""

    database: Database
    setup: PublishSetup
    publisher: Publisher
    accounts: Accounts

    def post(self, platform: Platform, content: str = "New blend #tea", **more: Any) -> int:
        """A post whose time came a second ago; its id."""
        due = {"scheduled_time": datetime.now(UTC) - timedelta(seconds=1), "status": PostStatus.SCHEDULED}
        values = {**due, "publish_state": PublishState.WAITING, "hashtags": [], "media_urls": [], **more}
        with self.database.session(write=True) as session:
            post = SocialPost(platform=platform, content=content, **values)
            session.add(post)
            session.flush()
            return post.id

    def read(self, post_id: int) -> SocialPost:
        with self.database.session() as session:
            return session.get_one(SocialPost, post_id)

    def published(self, platform: Platform, content: str = "New blend #tea", **more: Any) -> SocialPost:
        """A due post, after the publisher had a look."""
        post_id = self.post(platform, content, **more)
        self.publisher.work()
        return self.read(post_id)


def house_in(url: str, folder: Path, fake: FakePlatform, **more: Any) -> House:
    hosts = {one.value: fake.url for one in Platform}
    database = Database.open(url)
    setup = PublishSetup(folder / "keys", hosts=hosts, inside=True, **more)
    return House(
        database, setup, Publisher(database, setup, CLOCK, "worker-1"), Accounts(database, setup, CLOCK)
    )  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, fake: FakePlatform) -> Iterator[House]:
    made = house_in(new_sqlite(tmp_path / "hub.sqlite3"), tmp_path, fake)
    yield made
    made.publisher.close()
    made.accounts.close()
    made.database.close()


def mastodon_account(house: House, fake: FakePlatform) -> None:
    """Connect @bloom, and let statuses be taken."""
    fake.on("GET", "/api/v1/accounts/verify_credentials", {"id": "7", "acct": "bloom"})
    fake.on("POST", "/api/v1/statuses", {"id": "103", "url": "https://mastodon.example/@bloom/103"})
    house.accounts.connect(Platform.MASTODON, {"server": "mastodon.example", "access_token": "token-1"})
