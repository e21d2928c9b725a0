"""How many signed messages a second one worker hands over.

    python -m benchmarks.sending             # 5 rounds of 10,000 messages
    python -m benchmarks.sending --small     # one round of 1,000

End to end: rows in the ledger (SQLite in a file) are claimed, letters filled in and signed (RSA 2048), links tracked, and
the messages given over SMTP to a sink in another process. Prints each round, wall and processor time, and the median.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agent import settle
from benchmarks.report import Report, median
from benchmarks.sink import running_sink
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

ZONE = ZoneInfo("Europe/Berlin")
LETTER = (
    "<h1>The summer menu, {{ lead.first_name }}</h1>"
    + "<p>Fresh vegetables from the market, grilled fish, and a terrace that is open until late. " * 8
    + '</p><p><a href="https://bloom.example/menu">See the menu</a> or <a href="https://bloom.example/book">book</a>.</p>'
)


def one_round(folder: Path, port: int, messages: int, connections: int) -> tuple[float, float]:
    """Seconds, and processor seconds of this process, of one mailing to so many people."""
    database = Database.open(sqlite_url(folder / "hub.sqlite3"))
    lay_out(database, messages)
    setup = MailSetup(
        server=Server("127.0.0.1", port, "none"), sender="Bloom <news@bloom.example>",
        public_url="https://hub.bloom.example", dkim_folder=folder / "dkim", connections=connections,
    )  # fmt: skip
    rsa_key(folder / "dkim", setup)
    sender = Sender(database, setup, SystemClock(ZONE), "worker")
    begun, used = time.perf_counter(), time.process_time()
    while sender.work():
        pass
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    sender.close()
    with database.session() as session:
        assert states_of(session, 1) == {DeliveryState.SENT: messages}
    database.close()
    return seconds, used


def lay_out(database: Database, messages: int) -> None:
    """One mailing being sent to so many people with consent, of 50 domains."""
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


def rsa_key(folder: Path, setup: MailSetup) -> None:
    """Keys for the sender's domain; of the two kinds only RSA, the dear one."""
    folder.mkdir(exist_ok=True)
    make_keys(folder, setup.domain, setup.dkim_selector)
    (folder / f"{setup.domain}.{setup.dkim_selector}.ed25519.pem").unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=MailSetup().connections)
    parser.add_argument("--small", action="store_true", help="one round of 1,000 messages")
    asked = parser.parse_args()
    messages, rounds = (1_000, 1) if asked.small else (asked.messages, asked.rounds)
    report, rates, used = Report("sending", kept=not asked.small), [], []
    settle()  # as the process that carries out does
    with running_sink() as sink:
        for number in range(1, rounds + 1):
            before = sink.counted()
            with tempfile.TemporaryDirectory() as folder:
                seconds, own = one_round(Path(folder), sink.port, messages, asked.connections)
            after = sink.counted()
            assert (after[0] - before[0], after[1] - before[1]) == (messages, messages), (
                "not all came, or not all signed"
            )
            rates.append(messages / seconds)
            used.append(1_000 * own / messages)
            report.say(
                f"round {number}: {rates[-1]:,.0f} messages a second; processor time a message: {used[-1]:.2f} ms, "
                f"the sink {1_000 * (after[2] - before[2]) / messages:.2f} ms"
            )
    report.say(
        f"median of {rounds} rounds of {messages:,} signed messages over {asked.connections} connections: "
        f"{median(rates):,.0f} a second, {median(used):.2f} ms of processor time each"
    )
    report.keep()


if __name__ == "__main__":
    main()
