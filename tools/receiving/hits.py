"""Hits taken in: each is on the disk before it is answered, many in one commit.

While one transaction is written, the hits that come in meanwhile gather for the next: a commit is shared by all of them,
so that thousands a second are stored and none waits long.
"""

import asyncio
from datetime import datetime
from typing import Any

from memory.database import Database
from memory.enums import EventType
from memory.mail_hits import store_hits

#: Hits of one transaction at most; what is more waits for the next.
MOST = 2_000
#: Seconds for which a commit waits for others to come along: as in tools.delivering.ledger.
WAIT = 0.002
#: What judging reads of the headers; everything else of a request is dropped.
HEADERS = (
    "sec-purpose", "purpose", "x-purpose", "x-moz", "via", "accept", "accept-language", "sec-fetch-mode", "sec-fetch-dest",
    "referer",
)  # fmt: skip
_LONGEST = 200


class HitStore:
    """Group commits of one event loop. `add` waits until the hit is stored, and raises what the database raised."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def add(self, row: dict[str, Any]) -> None:
        """Store one hit (see `row_of`)."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, stored))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await stored

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(WAIT)
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                error = None
                try:
                    await asyncio.to_thread(self._write, [row for row, _ in batch])
                except Exception as raised:  # told to each who waits; the next batch is tried anew
                    error = raised
                for _, stored in batch:
                    if stored.done():
                        continue  # its caller hung up
                    if error is None:
                        stored.set_result(None)
                    else:
                        stored.set_exception(error)
        finally:
            self._writing = None

    def _write(self, rows: list[dict[str, Any]]) -> None:
        with self._database.session(durable=True) as session:
            store_hits(session, rows)


def row_of(
    type: EventType,
    delivery_id: int,
    link_id: int | None,
    at: datetime,
    *,
    method: str,
    headers: dict[str, str],
    address: str | None,
) -> dict[str, Any]:
    """A hit as it is stored. `headers` are those of the request, names in lower case."""
    told = {name: headers[name][:_LONGEST] for name in HEADERS if name in headers}
    return {
        "delivery_id": delivery_id, "type": type, "link_id": link_id, "at": at, "method": method[:8],
        "user_agent": headers.get("user-agent", "")[:400], "address": (address or "")[:45] or None, "told": told or None,
    }  # fmt: skip
