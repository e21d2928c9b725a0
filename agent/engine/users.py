"""Who uses the engine: it lives as long as somebody holds a lifeline to it.

The process that started the engine holds its standard input open; every other process holds a request to
/api/x/lifeline open. The operating system closes both when their process ends, even by kill -9, so an engine never
outlives its users by more than `linger_seconds` and never dies under one of them.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse


class Users:
    """Counts lifelines; calls `on_abandoned` when there has been none for `linger_seconds`."""

    def __init__(self, linger_seconds: float, on_abandoned: Callable[[], None]) -> None:
        self.count = 0
        self._linger = linger_seconds
        self._on_abandoned = on_abandoned
        self._farewell: asyncio.TimerHandle | None = None

    def arrive(self) -> None:
        self.count += 1
        if self._farewell:
            self._farewell.cancel()
            self._farewell = None

    def leave(self) -> None:
        self.count -= 1
        if self.count == 0:
            self._farewell = asyncio.get_running_loop().call_later(self._linger, self._on_abandoned)

    def watch_stdin(self) -> None:
        """Counts the process at the other end of standard input as a user, until it closes it or dies."""
        self.arrive()
        loop = asyncio.get_running_loop()

        def wait_for_end() -> None:
            with contextlib.suppress(OSError, ValueError):
                while sys.stdin.buffer.read(1024):
                    pass
            with contextlib.suppress(RuntimeError):  # the loop has already ended
                loop.call_soon_threadsafe(self.leave)

        threading.Thread(target=wait_for_end, daemon=True, name="stdin-lifeline").start()

    async def lifeline(self, request: Request) -> Response:
        """GET /api/x/lifeline: answers one line and stays open until the client goes."""

        async def hold() -> AsyncIterator[bytes]:
            self.arrive()
            try:
                yield b"ok\n"
                while (await request.receive())["type"] != "http.disconnect":
                    pass
            finally:
                self.leave()

        return StreamingResponse(hold(), media_type="text/plain")
