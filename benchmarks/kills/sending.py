"""Workers that send a mailing after the other to a sink, killed while they do."""

import asyncio
import threading
from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from benchmarks.kills.hunting import LEASE, Place, Told, compared, hunt
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import DeliveryState, EmailStatus
from memory.mailings import EmailCampaign
from memory.outbox import OPEN, unknown_messages
from tests.delivery.sending_worker import send
from tests.support.processes import Process
from tools.mailing.sending import lay_out_now
from ui.mail_sink import start_sink

#: Recipients of the mailing of each round.
EACH = 40


class Taken:
    """The sink: how often each address got a message."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(start_sink("127.0.0.1", 0, self._keep), self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    def _keep(self, sender: str, recipients: list[str], message: bytes) -> None:
        self.counts.update(recipients)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def run(place: Place, kills: int) -> Told:
    database, taken = Database.open(place.url), Taken()
    addresses: list[str] = []

    def start(name: str) -> Process:
        return Process(send, place.url, taken.port, name, {"lease": LEASE, "connections": 4})

    def plant(number: int) -> None:
        fresh = [f"p{number}-{one}@x.example" for one in range(EACH)]
        addresses.extend(fresh)
        lay_mailing(database, f"News {number}", fresh)

    hunt(place, kills, start, plant, taken.counts.total, EACH, lambda: not waiting(database))
    with database.session() as session:
        done = session.scalars(select(Delivery.recipient).where(Delivery.state == DeliveryState.SENT)).all()
        unknown = [row.recipient for row in unknown_messages(session, limit=len(addresses))]
    taken.close()
    database.close()
    return compared("sending", kills, taken.counts, all=addresses, done=done, unknown=unknown)


def lay_mailing(database: Database, name: str, addresses: list[str]) -> None:
    """An approved mailing to these addresses."""
    with database.session(write=True) as session:
        mailing = EmailCampaign(
            name=name, subject_line=name, content="Hi.", recipients=addresses, status=EmailStatus.SENDING
        )
        session.add(mailing)
        session.flush()
        lay_out_now(session, mailing, datetime.now(ZoneInfo("Europe/Berlin")))


def waiting(database: Database) -> bool:
    """Whether a message is still to be dealt with."""
    with database.session() as session:
        return session.scalar(select(Delivery.id).where(Delivery.state.in_(OPEN)).limit(1)) is not None
