"""How many clicks and opens a second are on the disk before they are answered.

    python -m benchmarks.tracking             # 5 rounds of 10,000
    python -m benchmarks.tracking --small     # one round of 1,000

Over real HTTP: uvicorn with the public application on SQLite in a file, in a process of its own, and 64 connections of a
plain client. Every answer is checked, and afterwards that each was stored; then how fast the worker judges them.
"""

import argparse
import asyncio
import multiprocessing
import socket
import tempfile
import time
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.report import Report, median, processor_seconds
from memory.database import Database, sqlite_url
from memory.enums import Channel, ConsentState, EmailStatus
from memory.lead_changes import new_lead, put_consent
from memory.mail_hits import MailHit
from memory.mailings import EmailCampaign
from memory.tracking import link_ids, tracking_secrets
from tools.core.context import SystemClock
from tools.delivering.links import Links
from tools.delivering.setup import MailSetup
from tools.mailing.sending import lay_out_now
from tools.receiving.recording import Recorder

ZONE = ZoneInfo("Europe/Berlin")
CONNECTIONS, PEOPLE = 64, 500
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def serve(path: str, pipe: Connection) -> None:
    """The other process: the public application alone."""
    import uvicorn

    from ui.public.app import make_public_app

    house = SimpleNamespace(
        database=Database.open(sqlite_url(Path(path))),
        door=SimpleNamespace(clock=SystemClock(ZONE)),
        mail=MailSetup(public_url="https://hub.bloom.example"),
        settings=SimpleNamespace(hook_secret=None, currency="EUR"),
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(CONNECTIONS)
    pipe.send(listener.getsockname()[1])
    app = make_public_app(house)  # type: ignore[arg-type]
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])


def house(path: Path) -> tuple[Database, list[str]]:
    """People with a mailing laid out, and the paths of their clicks and opens."""
    database, now = Database.open(sqlite_url(path)), datetime.now(UTC)
    with database.session(write=True) as session:
        for number in range(PEOPLE):
            lead = new_lead(session, f"p{number}@x.example", now)
            put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, now, "a benchmark")
        mailing = EmailCampaign(
            name="Menu", subject_line="Summer", content="Hi", status=EmailStatus.SENDING,
            recipients=[f"p{number}@x.example" for number in range(PEOPLE)],
        )  # fmt: skip
        session.add(mailing)
        session.flush()
        lay_out_now(session, mailing, now.astimezone(ZONE))
        ids = link_ids(session, mailing.id, ["https://shop.example/menu"])
        links = Links(tracking_secrets(session, now), "")
        paths = []
        for number in range(1, PEOPLE + 1):
            paths += [links.click(number, ids["https://shop.example/menu"]), links.open(number)]
    return database, paths


async def ask(port: int, paths: list[str]) -> None:
    """One connection's requests, one behind the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for path in paths:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: hub\r\nUser-Agent: {AGENT}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        assert status == (302 if path.startswith("/c/") else 200), head
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        await reader.readexactly(length)
    writer.close()


async def all_hits(port: int, paths: list[str], hits: int) -> float:
    each = hits // CONNECTIONS
    shares = [[paths[(number * each + one) % len(paths)] for one in range(each)] for number in range(CONNECTIONS)]
    begun = time.perf_counter()
    await asyncio.gather(*(ask(port, share) for share in shares))
    return time.perf_counter() - begun


def one_round(hits: int) -> tuple[float, float, float]:
    """Hits a second stored and answered, and judged; the server's processor milliseconds a hit."""
    hits -= hits % CONNECTIONS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite3"
        database, paths = house(path)
        here, there = multiprocessing.Pipe()
        process = multiprocessing.Process(target=serve, args=(str(path), there), daemon=True)
        process.start()
        port = here.recv()
        asyncio.run(all_hits(port, paths, CONNECTIONS))  # keys and targets are known, as in a hub that runs
        assert process.pid is not None
        used = processor_seconds(process.pid)
        seconds = asyncio.run(all_hits(port, paths, hits))
        used = processor_seconds(process.pid) - used
        process.terminate()
        process.join()
        with database.session() as session:
            assert session.scalar(select(func.count()).select_from(MailHit)) == hits + CONNECTIONS
        recorder = Recorder(database, SystemClock(ZONE), settle=timedelta())
        begun = time.perf_counter()
        while recorder.run():
            pass
        judged = (hits + CONNECTIONS) / (time.perf_counter() - begun)
        database.close()
    return hits / seconds, judged, 1_000 * used / hits


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hits", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--small", action="store_true", help="one round of 1,000 hits")
    asked = parser.parse_args()
    hits, rounds = (1_000, 1) if asked.small else (asked.hits, asked.rounds)
    report, found = Report("tracking", kept=not asked.small), []
    for number in range(1, rounds + 1):
        found.append(one_round(hits))
        stored, judged, used = found[-1]
        report.say(
            f"round {number}: {stored:,.0f} hits a second stored and answered ({used:.2f} ms of the server's processor "
            f"each), {judged:,.0f} judged"
        )
    stored, judged, used = (median([one[place] for one in found]) for place in (0, 1, 2))
    report.say(
        f"median of {rounds} rounds of {hits:,} hits: {stored:,.0f} a second stored and answered, {used:.2f} ms of the "
        f"server's processor each; {judged:,.0f} a second judged"
    )
    report.keep()


if __name__ == "__main__":
    main()
