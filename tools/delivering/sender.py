"""The sender: claims due messages, fills in and signs their letters, and hands them over many connections at once."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from memory import outbox
from memory.database import Database
from memory.enums import DeliveryState
from memory.mailings import EmailCampaign
from memory.outbox import Due, Settled
from memory.tracking import tracking_secrets
from tools.core.context import Clock
from tools.delivering import steering
from tools.delivering.claims import claim
from tools.delivering.connections import Answer, Connection, Outcome, ServerTrouble
from tools.delivering.dkim_keys import keys_of
from tools.delivering.ledger import Ledger
from tools.delivering.letters import Reader, readers_of
from tools.delivering.links import Links
from tools.delivering.pace import next_try
from tools.delivering.preparing import Preparer, Ready
from tools.delivering.setup import MailSetup
from tools.delivering.signing import DkimKey

log = logging.getLogger(__name__)

#: Messages that are ready and wait for a free connection at most; more only makes a cancellation come later.
WAITING = 32
#: Threads that make messages ready, and how many messages they take at once.
MAKING, PORTION = 2, 16
#: Seconds after which a connection that nobody uses is closed, and between two looks for leases that ended.
IDLE = 20.0
LOOK_BACK = 2.0
#: Seconds to wait after the server failed, doubled each time up to the last.
BACK_OFF = (5.0, 300.0)


class Sender:
    """One worker's sender. `work` is called by a tick, always from the same thread."""

    def __init__(self, database: Database, setup: MailSetup, clock: Clock, worker: str) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._worker = worker
        self._loop = asyncio.Runner()
        self._connections: list[Connection] = []
        self._preparer = Preparer(database, setup, clock)
        self._streaks: Counter[int] = Counter()
        self._failures = 0
        self._not_before = 0.0
        self._used_at = 0.0
        self._looked_back = 0.0
        self.trouble: str | None = None

    def work(self, budget: float = 10.0) -> bool:
        """Begin, send and end what is due, for about `budget` seconds; returns whether there is more to do at once."""
        now = time.monotonic()
        if now - self._looked_back >= LOOK_BACK:
            self._looked_back = now
            self._look_back()
        steering.begin_due(self._database, self._setup, self._clock)
        more = False
        if self._setup.obstacle() is None and now >= self._not_before:
            with self._database.session() as session:
                mailings = list(outbox.sending_mailings(session))
            if mailings:
                try:
                    more = self._loop.run(self._burst(mailings, now + budget))
                except BaseException:
                    self._give_back()
                    raise
        if not more and self._connections and time.monotonic() - self._used_at > IDLE:
            self._loop.run(self._hang_up())
        steering.end_done(self._database, self._clock)
        return more

    def close(self) -> None:
        """Give back what is claimed and close the connections."""
        try:
            self._give_back()
        finally:
            self._loop.run(self._hang_up())
            self._loop.close()

    # -- one burst ---------------------------------------------------------------------------------------------------

    async def _burst(self, mailings: list[int], until: float) -> bool:
        """Send what is due of these mailings; whether the time ran out before the work did."""
        burst = _Burst(self._links(), self._keys())
        ledger = Ledger(
            self._database,
            self._worker,
            self._clock.now,
            self._setup.hand_over,
            self._setup.lease,
            self._setup.connections,
        )
        assert self._setup.server is not None
        while len(self._connections) < self._setup.connections:
            self._connections.append(Connection(self._setup.server, self._envelope_sender(), self._setup.domain))
        writing = asyncio.create_task(ledger.run())
        try:
            async with asyncio.TaskGroup() as group:  # one that fails ends all: nobody waits for it in vain
                for connection in self._connections:
                    group.create_task(self._send_all(burst, ledger, connection))
                making = [group.create_task(self._make_ready(burst)) for _ in range(MAKING)]
                more = await self._claim_all(burst, mailings, until)
                for _ in making:
                    await burst.claimed.put([])
                await asyncio.gather(*making)
                for _ in self._connections:
                    await burst.queue.put(None)
            await ledger.drain()
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        await asyncio.to_thread(self._after, burst)
        return more and burst.trouble is None

    async def _claim_all(self, burst: "_Burst", mailings: list[int], until: float) -> bool:
        """Claim round by round, a batch of each mailing, until nothing is due, time is up or the server fails."""
        while burst.trouble is None:
            found = 0
            for mailing_id in mailings:
                amount, readers = await asyncio.to_thread(self._claim, mailing_id)
                found += amount
                for start in range(0, len(readers), PORTION):
                    await burst.claimed.put(readers[start : start + PORTION])
            if not found:
                return False
            if time.monotonic() >= until:
                return True
        return False

    def _claim(self, mailing_id: int) -> tuple[int, list[Reader]]:
        with self._database.session(write=True) as session:
            mailing = session.get(EmailCampaign, mailing_id)
            if mailing is None or mailing_id not in outbox.sending_mailings(session):
                return 0, []
            claimed = claim(session, mailing, self._setup, self._worker, self._now(), self._clock.zone)
            return claimed.found, readers_of(session, mailing, claimed.due)

    async def _make_ready(self, burst: "_Burst") -> None:
        """Have portions of claimed messages made ready in a thread, one after the other, until there is none."""
        while portion := await burst.claimed.get():
            wanted = [one for one in portion if one.due.email_campaign_id not in burst.stopped]
            if burst.trouble is not None or not wanted:
                continue  # given back after the burst
            for ready in await asyncio.to_thread(self._preparer.ready, wanted, burst.links, burst.keys):
                await burst.queue.put(ready)

    async def _send_all(self, burst: "_Burst", ledger: Ledger, connection: Connection) -> None:
        """One connection's work: message after message until there is none."""
        while True:
            ready = await burst.queue.get()
            if ready is None:
                return
            if burst.trouble is not None or ready.reader.due.email_campaign_id in burst.stopped:
                continue  # given back after the burst
            try:
                await connection.ready()
            except ServerTrouble as trouble:
                burst.open.discard(id(connection))  # the last one open stays, to empty the queue
                if trouble.lasting or not burst.open:
                    burst.trouble = trouble
                    continue
                return  # what it had is given back after the burst; the other connections go on: some servers allow only a few
            burst.open.add(id(connection))
            try:
                await self._send(burst, ledger, connection, ready)
            except ServerTrouble as trouble:
                burst.trouble = trouble
            self._used_at = time.monotonic()

    async def _send(self, burst: "_Burst", ledger: Ledger, connection: Connection, ready: Ready) -> None:
        if ready.broken is not None:
            said = f"Its text cannot be filled in for {ready.reader.due.recipient}: {ready.broken.sentence}"
            await self._stop(burst, ready.reader, said)
            return
        if ready.refused is not None:
            await self._note(burst, ledger, ready.reader, Answer(Outcome.REFUSED, ready.refused))
            return
        answer = await connection.envelope(ready.address)
        if answer is None:
            if not await ledger.may_hand_over(ready.reader.due.id):
                await connection.forget()
                return
            answer = await connection.hand_over(ready.message, self._setup.hand_over)
        await self._note(burst, ledger, ready.reader, answer)

    async def _note(self, burst: "_Burst", ledger: Ledger, reader: Reader, answer: Answer) -> None:
        due = reader.due
        message_id = burst.links.message_id(due.id, self._setup.domain)
        ledger.settle(due, settled(due, answer, self._now(), message_id), bad_address=answer.bad_address)
        mailing_id = due.email_campaign_id
        if answer.outcome == Outcome.REFUSED:
            self._streaks[mailing_id] += 1
            if self._streaks[mailing_id] >= self._setup.streak:
                many = self._streaks.pop(mailing_id)
                await self._stop(
                    burst, reader, f"{many} messages in a row were refused, the last one with: {answer.said}"
                )
        elif answer.outcome == Outcome.SENT:
            self._streaks.pop(mailing_id, None)

    async def _stop(self, burst: "_Burst", reader: Reader, reason: str) -> None:
        mailing_id = reader.due.email_campaign_id
        if mailing_id not in burst.stopped:
            burst.stopped.add(mailing_id)
            await asyncio.to_thread(self._pause, [mailing_id], reason)

    # -- in the database ---------------------------------------------------------------------------------------------

    def _after(self, burst: "_Burst") -> None:
        """What was claimed and not sent goes back; trouble with the server is written where people look."""
        self._give_back()
        with self._database.session() as session:
            mailings = list(outbox.sending_mailings(session))
        if burst.trouble is None:
            if self.trouble is not None and burst.open:
                steering.note_waiting(self._database, None, self._clock)
                self.trouble = None
            self._failures = 0
            return
        self.trouble = burst.trouble.sentence
        log.warning("%s", self.trouble)
        if burst.trouble.lasting:
            self._pause(mailings, self.trouble)
            return
        wait = min(BACK_OFF[0] * 2**self._failures, BACK_OFF[1])
        self._failures += 1
        self._not_before = time.monotonic() + wait
        steering.note_waiting(self._database, f"{self.trouble}; it is tried again", self._clock)

    def _give_back(self) -> None:
        with self._database.session(write=True) as session:
            outbox.release(session, self._worker, self._now())

    def _pause(self, mailings: Sequence[int], reason: str) -> None:
        with self._database.session(write=True) as session:
            for mailing_id in mailings:
                mailing = session.get(EmailCampaign, mailing_id, with_for_update=True)
                if mailing is not None:
                    steering.pause(session, mailing, reason, self._clock.now())

    def _look_back(self) -> None:
        now = self._now()
        with self._database.session() as session:
            if not outbox.leases_ended(session, now):
                return
        with self._database.session(write=True) as session:
            again, unknown = outbox.take_back(session, now)
        log.info("leases ended: %d messages are due again, of %d it is unknown whether they arrived", again, unknown)

    def _links(self) -> Links:
        with self._database.session(write=True) as session:
            return Links(tracking_secrets(session, self._now()), self._setup.public_url)

    def _keys(self) -> list[DkimKey]:
        return keys_of(self._setup.dkim_folder, self._setup.domain, self._setup.dkim_selector)

    def _envelope_sender(self) -> str:
        return self._setup.bounce_address or self._setup.sender_address

    async def _hang_up(self) -> None:
        connections, self._connections = self._connections, []
        await asyncio.gather(*(connection.close() for connection in connections))

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)


class _Burst:
    """What one burst shares: the queues of claimed and of ready messages, and what went wrong."""

    def __init__(self, links: Links, keys: list[DkimKey]) -> None:
        self.links = links
        self.keys = keys
        self.claimed: asyncio.Queue[Sequence[Reader]] = asyncio.Queue(MAKING)
        self.queue: asyncio.Queue[Ready | None] = asyncio.Queue(WAITING)
        self.trouble: ServerTrouble | None = None
        self.open: set[int] = set()
        self.stopped: set[int] = set()


def settled(due: Due, answer: Answer, now: datetime, message_id: str) -> Settled:
    """What the ledger is told of an answer: sent, bounced, unknown, or to be tried again at a later moment."""
    tries = due.attempts + 1
    if answer.outcome == Outcome.SENT:
        return Settled(due.id, DeliveryState.SENT, now, message_id=message_id, attempts=tries)
    if answer.outcome == Outcome.UNKNOWN:
        return Settled(due.id, DeliveryState.UNKNOWN, now, answer.said, message_id, attempts=tries)
    wait = next_try(tries) if answer.outcome != Outcome.REFUSED else None
    if wait is not None:
        return Settled(due.id, DeliveryState.PENDING, now, answer.said, due_at=now + wait, attempts=tries)
    said = answer.said if answer.outcome == Outcome.REFUSED else f"given up after {tries} tries: {answer.said}"
    return Settled(due.id, DeliveryState.BOUNCED, now, said, message_id, attempts=tries)
