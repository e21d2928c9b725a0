"""A page on this machine that a platform sends a person's browser back to, while `marketing-hub account connect` waits."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

#: What takes the answer's query, and tells in a sentence what came of it and whether it is over.
Taken = Callable[[Mapping[str, str]], tuple[str, bool]]


class Loopback:
    """Listens on 127.0.0.1 only. `port` 0 takes a free one. Use it as a context manager."""

    def __init__(self, path: str, port: int) -> None:
        self._path = path
        self._server = HTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler)
        self._server.timeout = 0.5

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}{self._path}"

    def wait(self, taken: Taken, seconds: float) -> bool:
        """Answer calls until one is over, or time is up; whether one was."""
        over: list[bool] = []
        path = self._path

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                if parts.path != path:
                    self.send_error(404)
                    return
                sentence, done = taken(dict(parse_qsl(parts.query)))
                self._show(sentence)
                if done:
                    over.append(True)

            def _show(self, sentence: str) -> None:
                title = "Marketing Hub"
                body = (
                    f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
                    f"<h1>{title}</h1><p>{html.escape(sentence)}</p><p>You can close this page.</p></html>"
                ).encode()
                self.send_response(200)
                headers = {
                    "Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)),
                    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
                    "Content-Security-Policy": "default-src 'none'",
                }  # fmt: skip
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The address holds a code: it is written nowhere."""

        self._server.RequestHandlerClass = Handler
        until = time.monotonic() + seconds
        while not over and time.monotonic() < until:
            self._server.handle_request()
        return bool(over)

    def __enter__(self) -> Loopback:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.server_close()
