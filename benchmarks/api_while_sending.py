"""How long the API takes to answer while a mailing goes out.

    python -m benchmarks.api_while_sending            # 200 requests a second for 60 seconds
    python -m benchmarks.api_while_sending --small    # for 5 seconds, a glance

The hub as `marketing-hub serve` runs it (SQLite, its worker with it) sends a mailing as fast as it can to a sink, each in a
process of its own. Requests come on a fixed schedule, whether earlier ones are answered or not, and each is measured from
the moment at which it was due; the first seconds, in which the hub still loads, do not count. Every answer must be right.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.report import Report, processes_of, processor_seconds, quantile
from benchmarks.served import CAMPAIGNS, Served, served_hub
from benchmarks.sink import running_sink

WARM = 5.0
#: Ten calls of a program that shows what goes on: method, path, body.
MIX: tuple[tuple[str, str, dict[str, object] | None], ...] = (
    ("GET", "/campaigns/list?limit=20", None),
    ("GET", "/campaigns/{n}", None),
    ("GET", "/leads/list?limit=20", None),
    ("GET", "/campaigns/{n}", None),
    ("GET", "/email/campaigns/list", None),
    ("GET", "/campaigns/list?limit=20", None),
    ("PATCH", "/campaigns/{n}", {"description": "Changed {i} times"}),
    ("GET", "/leads/{n}", None),
    ("GET", "/campaigns/{n}", None),
    ("GET", "/analytics/dashboard", None),
)


class Client:
    """As many connections as there are requests under way; one that is free is used again."""

    def __init__(self, hub: Served) -> None:
        self._hub = hub
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, method: str, path: str, body: dict[str, object] | None) -> int:
        """The status of the answer, once all of it is here."""
        sent = json.dumps(body).encode() if body is not None else b""
        reader, writer = self._free.pop() if self._free else await asyncio.open_connection("127.0.0.1", self._hub.port)
        writer.write(
            f"{method} /api/marketing{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._hub.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n".encode()
            + sent
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        self._free.append((reader, writer))
        return int(head.split(b" ", 2)[1])


async def load(hub: Served, rate: float, seconds: float) -> tuple[dict[str, list[float]], int]:
    """Ask so often a second; the milliseconds of each kind of request, and how many answers were not right."""
    client, took, wrong = Client(hub), defaultdict(list), 0
    begun = time.perf_counter()

    async def one(number: int, due: float) -> None:
        nonlocal wrong
        method, path, body = MIX[number % len(MIX)]
        path = path.replace("{n}", str(number % CAMPAIGNS + 1))
        body = {key: str(value).replace("{i}", str(number)) for key, value in body.items()} if body else None
        status = await client.ask(method, path, body)
        if due - begun >= WARM:
            wrong += status != 200
            took[f"{method} {MIX[number % len(MIX)][1]}"].append(1_000 * (time.perf_counter() - due))

    asked = []
    for number in range(int(rate * (seconds + WARM))):
        due = begun + number / rate
        await asyncio.sleep(max(due - time.perf_counter(), 0))
        asked.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*asked)
    return took, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--people", type=int, default=50_000, help="recipients of the mailing: enough for all the time")
    parser.add_argument("--idle", action="store_true", help="without the mailing, to compare")
    parser.add_argument("--small", action="store_true", help="5 seconds, 5,000 recipients")
    asked = parser.parse_args()
    seconds, people = (5.0, 5_000) if asked.small else (asked.seconds, asked.people)
    report = Report(f"api{'' if asked.idle else '-while-sending'}", kept=not asked.small)
    with (
        running_sink() as sink,
        tempfile.TemporaryDirectory() as folder,
        served_hub(Path(folder), people, sink.port) as hub,
    ):
        if not asked.idle:
            hub.begin_sending()
            while not hub.sent():
                time.sleep(0.5)
        before, used = hub.sent(), _used(hub)
        took, wrong = asyncio.run(load(hub, asked.rate, seconds))
        sent = hub.sent() - before
        answering, carrying_out = (after - first for after, first in zip(_used(hub), used, strict=True))
    every = [one for kind in took.values() for one in kind]
    for kind, found in sorted(took.items()):
        report.say(_line(kind, found))
    report.say(_line(f"all, {asked.rate:,.0f} a second", every))
    report.say(
        f"{wrong} wrong answers; {sent:,} messages went out meanwhile ({sent / (seconds + WARM):,.0f} a second); processor "
        f"time in {seconds + WARM:.0f} s: {answering:.1f} s for answers, {carrying_out:.1f} s in the process that carries out"
    )
    report.keep()
    if wrong:
        raise SystemExit(1)


def _used(hub: Served) -> tuple[float, float]:
    """The processor seconds of the hub's own process, and of those that it began."""
    return processor_seconds(hub.pid), sum(processor_seconds(one) for one in processes_of(hub.pid))


def _line(name: str, found: list[float]) -> str:
    p50, p95, p99 = (quantile(found, share) for share in (0.5, 0.95, 0.99))
    return f"{name:28} {len(found):6,} answers   p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   p99 {p99:7.1f} ms"


if __name__ == "__main__":
    main()
