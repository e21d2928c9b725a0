"""How many signed messages a second one worker hands over: `python benchmarks/sending.py [messages] [rounds]`.

End to end: rows in the ledger (SQLite in a file) are claimed, letters filled in and signed (RSA 2048), links tracked, and
the messages given over SMTP to a sink in another process, which keeps them in memory. Prints each round and the median.
"""

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from zoneinfo import ZoneInfo

from memory.database import Database, sqlite_url
from memory.deliveries import states_of
from memory.enums import Channel, ConsentState, DeliveryState, EmailStatus
from memory.lead_changes import new_lead, put_consent
from memory.mailings import EmailCampaign
from tools.core.context import SystemClock
from tools.delivering.dkim_keys import make_keys
from tools.delivering.sender import Sender
from tools.delivering.setup import MailSetup, Server
from tools.mailing.sending import lay_out_now
from ui.mail_sink import start_sink

ZONE = ZoneInfo("Europe/Berlin")
LETTER = (
    "<h1>The summer menu, {{ lead.first_name }}</h1>"
    + "<p>Fresh vegetables from the market, grilled fish, and a terrace that is open until late. " * 8
    + '</p><p><a href="https://bloom.example/menu">See the menu</a> or <a href="https://bloom.example/book">book</a>.</p>'
)


def sink(pipe: Connection) -> None:
    """The other process: takes messages, and tells on request how many."""
    taken = 0

    def keep(sender: str, recipients: list[str], message: bytes) -> None:
        nonlocal taken
        taken += 1

    async def run() -> None:
        server = await start_sink("127.0.0.1", 0, keep)
        pipe.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(pipe.recv):
            pipe.send(taken)

    asyncio.run(run())


def one_round(folder: Path, port: int, messages: int) -> float:
    """Messages a second of one mailing to so many people."""
    database = Database.open(sqlite_url(folder / "hub.sqlite3"))
    now = datetime.now(UTC)
    with database.session(write=True) as session:
        for number in range(messages):
            lead = new_lead(session, f"p{number}@d{number % 50}.example", now, name=f"Person{number} Berg")
            put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, now, "a benchmark")
        recipients = [f"p{number}@d{number % 50}.example" for number in range(messages)]
        mailing = EmailCampaign(
            name="Menu", subject_line="Summer, {{ lead.first_name }}", content=LETTER, recipients=recipients,
            status=EmailStatus.SENDING,
        )  # fmt: skip
        session.add(mailing)
        session.flush()
        lay_out_now(session, mailing, now.astimezone(ZONE))
    setup = MailSetup(
        server=Server("127.0.0.1", port, "none"), sender="Bloom <news@bloom.example>",
        public_url="https://hub.bloom.example", dkim_folder=folder / "dkim", connections=8,
    )  # fmt: skip
    assert setup.dkim_folder is not None
    (folder / "dkim").mkdir(exist_ok=True)
    make_keys(folder / "dkim", setup.domain, setup.dkim_selector)
    (folder / "dkim" / "bloom.example.hub.ed25519.pem").unlink()  # one signature, the dear one
    sender = Sender(database, setup, SystemClock(ZONE), "worker")
    begun = time.perf_counter()
    while sender.work():
        pass
    seconds = time.perf_counter() - begun
    sender.close()
    with database.session() as session:
        assert states_of(session, 1) == {DeliveryState.SENT: messages}
    database.close()
    return messages / seconds


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=sink, args=(there,), daemon=True)
    process.start()
    port = here.recv()
    found = []
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            found.append(one_round(Path(folder), port, messages))
        print(f"round {number + 1}: {found[-1]:,.0f} messages a second")
    here.send(True)
    assert here.recv() == messages * rounds, "the sink took another number of messages"
    print(f"median of {rounds} rounds of {messages:,} signed messages: {statistics.median(found):,.0f} a second")
    process.kill()


if __name__ == "__main__":
    main()
