"""Which of llama.cpp's slots computes a request: one that already holds its head, where such a one is free."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass


@dataclass
class Slot:
    """One slot: the `head` (a key, "" for none) that begins what it holds, and the `cost` in tokens to read it anew."""

    number: int
    head: str = ""
    cost: int = 0


class Slots:
    """Hands out slots, first come first served.

    Waiting here rather than inside llama.cpp makes a waiting request free to cancel.
    """

    def __init__(self, count: int) -> None:
        self._free = [Slot(number) for number in range(count)]
        self._some = asyncio.Semaphore(count)

    @contextlib.asynccontextmanager
    async def take(self, head: str) -> AsyncIterator[Slot]:
        """A slot to oneself: the one that holds `head`, else the one that is cheapest to fill again, longest unused."""
        await self._some.acquire()
        slot = next((one for one in self._free if one.head == head), None) or min(self._free, key=lambda one: one.cost)
        self._free.remove(slot)
        try:
            yield slot
        finally:
            self._free.append(slot)
            self._some.release()
