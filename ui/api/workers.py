"""Threads for what the hub does: its methods block, and the event loop must not wait for them."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")

QUICK = 8
#: Calls in which a model may write for a minute: they must not keep the quick ones waiting.
WRITING = 4


class Workers:
    """Two pools; what finds its pool full waits its turn."""

    def __init__(self) -> None:
        self._quick = ThreadPoolExecutor(QUICK, "api")
        self._writing = ThreadPoolExecutor(WRITING, "api-writing")

    async def run(self, work: Callable[[], Given], *, writing: bool = False) -> Given:
        """The result of `work`, done in a thread."""
        pool = self._writing if writing else self._quick
        return await asyncio.get_running_loop().run_in_executor(pool, contextvars.copy_context().run, work)
