"""A server that speaks Ollama's protocol, writes piece by piece, and can be held in the middle: what a page shows while
a text grows, and what becomes of one that is stopped.

    with slow_model() as model:
        Settings(model_use="ollama", ollama_host=model.url, model=model.NAME)
        model.hold()       # the next answers stop after their first words, until `go_on`
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: So that no two sentences of a text are the same.
ENDINGS = ("on Mondays", "in the shop", "by the window", "after work", "with a friend", "on the train", "in the garden")
LONGEST_HOLD = 60


class SlowModel:
    """`asked` holds what was asked; with `broken` every answer is an error."""

    NAME = "slow:1b"

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.broken = False
        self._may_go_on = threading.Event()
        self._may_go_on.set()

    def hold(self) -> None:
        """Stop answers after their first words."""
        self._may_go_on.clear()

    def go_on(self) -> None:
        """Let them finish."""
        self._may_go_on.set()

    def answer(self, body: dict[str, Any]) -> Iterator[str]:
        """The answer's pieces: JSON with every property of the asked shape, each a sentence of its own."""
        number = len(self.asked)
        shape = body.get("format") or {}
        values = {
            name: True if kind.get("type") == "boolean" else _sentence(name, place + number)
            for place, (name, kind) in enumerate(shape.get("properties", {}).items())
        }
        text = json.dumps(values)
        yield text[:40]
        self._may_go_on.wait(LONGEST_HOLD)
        yield text[40:]


def _sentence(name: str, number: int) -> str:
    return f"The {name.replace('_', ' ')} is a good book {ENDINGS[number % len(ENDINGS)]}."


@contextmanager
def slow_model() -> Iterator[SlowModel]:
    """The server, while it runs."""
    model = SlowModel()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({"models": [{"name": model.NAME, "model": model.NAME}], "version": "0.12.0"})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            if self.path != "/api/chat":
                self._send({"model_info": {}, "capabilities": ["completion"], "details": {}})
                return
            if model.broken:
                self.send_error(500, "out of memory")
                return
            pieces = model.answer(body)
            model.asked.append(body)
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.end_headers()
            told = {"model": model.NAME, "created_at": "2026-03-02T10:00:00Z"}
            try:
                for piece in pieces:
                    self._line({**told, "message": {"role": "assistant", "content": piece}, "done": False})
                end = {"done": True, "done_reason": "stop", "prompt_eval_count": 100, "eval_count": 7}
                self._line({**told, "message": {"role": "assistant", "content": ""}, **end})
            except OSError:
                return  # whoever asked went away in the middle

        def _line(self, value: dict[str, Any]) -> None:
            self.wfile.write(json.dumps(value).encode() + b"\n")
            self.wfile.flush()

        def _send(self, value: dict[str, Any]) -> None:
            content = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """The test's output is no server log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    model.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield model
    finally:
        model.go_on()
        server.shutdown()
        thread.join()
        server.server_close()
