"""The ledger while messages go out: marks and outcomes of many connections, written in common transactions.

A connection that is about to hand a message over waits until the mark *sending* is on the disk. While one transaction
is being written, the next marks and outcomes gather; so at most as many messages are in flight as there are
connections, and a commit is shared by all of them.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import Table
from sqlalchemy.orm import Session

from memory import outbox
from memory.database import Database
from memory.enums import Channel, DeliveryState, EventType, SuppressionReason
from memory.events import LeadEvent
from memory.outbox import Due, Settled
from memory.rows import insert_rows
from memory.suppression import suppress

#: Seconds for which a commit waits for others to come along, and how many times.
WAIT, MOST_WAITS = 0.004, 6

Now = Callable[[], datetime]
_COLUMNS = ("lead_id", "type", "at", "channel", "email_campaign_id", "machine", "imported", "key")
_EVENTS = {DeliveryState.SENT: EventType.SENT, DeliveryState.BOUNCED: EventType.BOUNCED}


class Ledger:
    """Group commits for one worker; `run` it as a task while messages go out, `drain` at the end."""

    def __init__(
        self, database: Database, worker: str, now: Now, hand_over: float, lease: float, connections: int
    ) -> None:
        self._database = database
        self._worker = worker
        self._now = now
        self._connections = connections
        self._sending_lease = timedelta(seconds=hand_over + lease)
        self._marks: list[tuple[int, asyncio.Future[bool]]] = []
        self._outcomes: list[tuple[Due, Settled, bool]] = []
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._failed: BaseException | None = None

    async def may_hand_over(self, delivery_id: int) -> bool:
        """Mark a claimed message as being sent; False where it must not be sent any more (cancelled, paused, lost)."""
        if self._failed:
            raise self._failed
        asked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._marks.append((delivery_id, asked))
        self._idle.clear()
        self._wake.set()
        return await asked

    def settle(self, due: Due, outcome: Settled, *, bad_address: bool = False) -> None:
        """Note what came of a message; written with the next commit. `bad_address` suppresses the address."""
        self._outcomes.append((due, outcome, bad_address))
        self._idle.clear()
        self._wake.set()

    async def run(self) -> None:
        """Write what gathers, until cancelled. A database that fails is told to whoever waits, and to `drain`."""
        while True:
            await self._wake.wait()
            await self._gather()
            self._wake.clear()
            marks, self._marks = self._marks, []
            outcomes, self._outcomes = self._outcomes, []
            try:
                granted = await asyncio.to_thread(self._write, [one for one, _ in marks], outcomes)
            except Exception as error:
                # Nothing may be handed over unmarked: everyone stops, the leases tell the rest.
                self._failed = error
                for _, asked in marks + self._marks:
                    if not asked.done():
                        asked.set_exception(error)
                self._idle.set()
                return
            for delivery_id, asked in marks:
                if not asked.done():
                    asked.set_result(delivery_id in granted)
            if not self._marks and not self._outcomes:
                self._idle.set()

    async def _gather(self) -> None:
        """Let the other connections come along, as long as some do: a commit costs as much for one as for all."""
        for _ in range(MOST_WAITS):
            had = len(self._marks) + len(self._outcomes)
            if len(self._marks) >= self._connections:
                return
            await asyncio.sleep(WAIT)
            if len(self._marks) + len(self._outcomes) == had:
                return

    async def drain(self) -> None:
        """Wait until all that was noted is written. Raises what the database raised."""
        await self._idle.wait()
        if self._failed:
            raise self._failed

    def _write(self, marks: list[int], outcomes: list[tuple[Due, Settled, bool]]) -> set[int]:
        with self._database.session(durable=True) as session:
            now = self._now().astimezone(UTC)
            outbox.settle(session, self._worker, [settled for _, settled, _ in outcomes])
            _tell_leads(session, outcomes)
            return outbox.mark_sending(session, marks, self._worker, now + self._sending_lease, now) if marks else set()


def _tell_leads(session: Session, outcomes: list[tuple[Due, Settled, bool]]) -> None:
    """Events of what was sent and what came back; addresses that do not exist are never written to again."""
    events = [
        (due.lead_id, _EVENTS[settled.state], settled.at, Channel.EMAIL, due.email_campaign_id, False, False,
         f"{settled.state}:{due.id}")
        for due, settled, _ in outcomes
        if due.lead_id is not None and settled.state in _EVENTS
    ]  # fmt: skip
    insert_rows(session, cast(Table, LeadEvent.__table__), _COLUMNS, events)  # neither kind is counted on the lead
    for due, settled, bad_address in outcomes:
        if bad_address:
            source = f"the mail server: {settled.reason}"
            suppress(
                session, due.recipient, SuppressionReason.BOUNCED, settled.at, source,
                email_campaign_id=due.email_campaign_id,
            )  # fmt: skip
