"""Hubs for the tests of the agent: without a model, or before a scripted Ollama on the loopback interface."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent import Settings
from agent.hub import Hub
from agent.routing.matcher import Matcher
from agent.turn import Turn
from tests.support.houses import open_house, shared_matcher
from tools.core.context import FixedClock

ZONE = ZoneInfo("Europe/Berlin")
#: Monday, 16 March 2026, ten in the morning.
NOW = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    return shared_matcher()


@pytest.fixture
def opened(tmp_path: Path, matcher: Matcher) -> Iterator[Callable[..., Hub]]:
    """`opened(**settings)`: a hub in a folder of this test (the same at every call), its clock standing still."""
    hubs = []

    def open_one(**settings: Any) -> Hub:
        given = {"home": tmp_path / "hub", "model_use": "none", "time_zone": "Europe/Berlin", **settings}
        hub = open_house(Settings(**given), clock=FixedClock(ZONE, NOW), matcher=lambda: matcher)
        hubs.append(hub)
        hub.wait_for_model(30)
        for thread in threading.enumerate():
            if thread.name == "model-heads":  # it asks the scripted model too, and would take a reply of the test's
                thread.join(30)
        return hub

    yield open_one
    for hub in hubs:
        hub.close()


@pytest.fixture
def hub(opened: Callable[..., Hub]) -> Hub:
    """A hub without a model."""
    return opened()


class Talk:
    """One conversation with a hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.id: str | None = None

    def say(self, text: str) -> Turn:
        turn = self.hub.ask(text, conversation=self.id)
        self.id = turn.conversation
        return turn


class Ollama:
    """A server that speaks Ollama's protocol and says what it is told: one reply after another, the last for ever.

    A reply is the text of the model's answer; a number is the HTTP status of an error; None means silence.
    """

    def __init__(self) -> None:
        self.replies: list[str | int | None] = ['{"ok": true}']
        self.models = ["qwen3.5:4b"]
        self.asked: list[dict[str, Any]] = []
        self.over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def says(self, *replies: str | int | None) -> None:
        self.replies, self.asked = list(replies), []

    @property
    def prompts(self) -> list[str]:
        return [body["messages"][-1]["content"] for body in self.asked]

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *words: object) -> None:
                pass

            def do_GET(self) -> None:
                self._send(200, json.dumps({"models": [{"name": name} for name in server.models]}))

            def do_POST(self) -> None:
                server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                reply = server.replies.pop(0) if len(server.replies) > 1 else server.replies[0]
                if reply is None:
                    server.over.wait(20)
                elif isinstance(reply, int):
                    self._send(reply, json.dumps({"error": "the scripted model is unwell"}))
                else:
                    self._send(200, "".join(_chunks(reply)))

            def _send(self, status: int, body: str) -> None:
                data = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-ndjson")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler


def _chunks(text: str) -> Iterator[str]:
    """The reply in pieces of seven letters, as a model streams it; the last one counts the tokens."""
    head = {"model": "qwen3.5:4b", "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ")}
    for at in range(0, len(text), 7):
        message = {"role": "assistant", "content": text[at : at + 7]}
        yield json.dumps({**head, "message": message, "done": False}) + "\n"
    end = {"done": True, "done_reason": "stop", "prompt_eval_count": 11, "eval_count": 5, "total_duration": 1}
    yield json.dumps({**head, "message": {"role": "assistant", "content": ""}, **end}) + "\n"


@pytest.fixture
def ollama() -> Iterator[Ollama]:
    server = Ollama()
    yield server
    server.close()


@pytest.fixture
def model_hub(opened: Callable[..., Hub], ollama: Ollama) -> Hub:
    """A hub whose model is the scripted Ollama."""
    hub = opened(model_use="ollama", ollama_host=ollama.address, model_timeout=1.0)
    assert hub.models.chat is not None, hub.models.problem
    return hub


@pytest.fixture
def now() -> datetime:
    return NOW
