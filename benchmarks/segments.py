"""How long segments take on 1,000,000 leads with 5,000,000 events.

    python benchmarks/segments.py                            # SQLite, in a temporary folder
    python benchmarks/segments.py --database postgres://...  # an EMPTY database; tables are made in it and filled
    python benchmarks/segments.py --leads 100000 --events 500000

Says what was made and how fast, then the median of five counts of each segment, of a first page and of ranking all
leads by score, and the peak memory. The data are random with a fixed seed; nothing of it is kept.
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import text

from memory.database import Database, sqlite_url
from memory.enums import Channel, ConsentState, EventType, LeadStatus
from memory.events import LeadEvent
from memory.lead_lookup import page_of_leads
from memory.leads import Lead, LeadConsent, LeadTag, LeadWord
from tools.leading.entry import lead_names
from tools.scoring.ranking import best_leads, temperatures
from tools.segmenting import condition, count_segment, read_conditions

NOW = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
CITIES = ("Berlin", "Hamburg", "Munich", "Vienna", "Zürich", "Paris", "Lyon", "Milan", "Madrid", "Porto")
STATUSES = (LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.CUSTOMER, LeadStatus.LOST)
WEIGHTS = (50, 20, 10, 15, 5)
KINDS = (EventType.SENT, EventType.OPENED, EventType.VISITED, EventType.CLICKED, EventType.ORDERED)
SEGMENTS = (
    "status is customer and orders at least 2",
    "status is customer and city is Berlin and opened an email in the last 30 days",
    "tag is vip and consent is newsletter and not ordered in the last 180 days",
    "opened an email at least 3 times in the last 60 days",
    "(city is Lyon or city is Paris) and not status is lost and clicked a link in the last 90 days",
)
CHUNK = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", help="the URL of an empty database; a temporary SQLite file without it")
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-benchmark-") as folder:
        database = Database.open(options.database or sqlite_url(Path(folder) / "hub.db"))
        fill(database, options.leads, options.events)
        measure(database, options.repeat)
        database.close()
    print(f"Peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def fill(database: Database, leads: int, events: int) -> None:
    """Make leads with tags, consents and words, and events that the leads' counters agree with."""
    chance = random.Random(7)
    counts: list[dict[str, Any]] = [{} for _ in range(leads + 1)]
    began = time.perf_counter()
    # Events are drawn first, since the leads' counters must agree with them; they are stored after the leads.
    drawn = [draw(chance, leads, number) for number in range(events)]
    for lead_id, kind, minutes, machine in drawn:
        if not machine and kind != 0:
            tally(counts[lead_id], KINDS[kind], minutes)
    stored(database, Lead, (lead_row(chance, number, counts[number]) for number in range(1, leads + 1)))
    stored(database, LeadWord, (row for number in range(1, leads + 1) for row in words(number)))
    stored(
        database,
        LeadTag,
        ({"lead_id": n, "tag": chance.choice(("vip", "trial", "fair"))} for n in range(1, leads + 1, 5)),
    )
    consent = {"channel": Channel.EMAIL, "state": ConsentState.GRANTED, "at": NOW, "source": "form"}
    stored(database, LeadConsent, ({"lead_id": n, **consent} for n in range(1, leads + 1, 2)))
    counts.clear()
    made = time.perf_counter()
    print(f"{leads:,} leads with words, tags and consents stored in {made - began:,.0f} s")
    with unindexed(database, LeadEvent):
        stored(database, LeadEvent, (event_row(*one) for one in drawn))
    print(f"{events:,} events stored in {time.perf_counter() - made:,.0f} s")
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def measure(database: Database, repeat: int) -> None:
    """Time every question on a warm database."""
    with database.session() as session:
        for said in SEGMENTS:
            tree = read_conditions(said, NOW)
            found, seconds = timed(partial(count_segment, session, tree, NOW), repeat)
            print(f"{seconds * 1000:8,.0f} ms  {found:>9,}  {said}")
        where = condition(read_conditions(SEGMENTS[1], NOW), NOW)
        _, seconds = timed(lambda: page_of_leads(session, where, limit=100), repeat)
        print(f"{seconds * 1000:8,.0f} ms             the first 100 of the second segment")
        _, seconds = timed(lambda: lead_names(session, "what do we know about Ines Moreau77777"), repeat)
        print(f"{seconds * 1000:8,.0f} ms             the lead that a sentence names")
        _, seconds = timed(lambda: best_leads(session, [], NOW, 50), repeat)
        print(f"{seconds * 1000:8,.0f} ms             the best 50 of all leads by score")
        _, seconds = timed(lambda: temperatures(session, [], NOW), repeat)
        print(f"{seconds * 1000:8,.0f} ms             all leads counted as hot, warm, cold")


def timed(question: Callable[[], Any], repeat: int) -> tuple[Any, float]:
    """The answer and the median of the seconds that it took."""
    answer, took = question(), []
    for _ in range(repeat):
        began = time.perf_counter()
        answer = question()
        took.append(time.perf_counter() - began)
    return answer, statistics.median(took)


def draw(chance: random.Random, leads: int, number: int) -> tuple[int, int, int, bool]:
    """(lead, kind, minutes ago, machine): half of the events belong to a tenth of the leads."""
    lead_id = chance.randint(1, leads if number % 2 else max(1, leads // 10))
    kind = chance.choices(range(len(KINDS)), (40, 30, 20, 8, 2))[0]
    return lead_id, kind, chance.randint(0, 2 * 365 * 24 * 60), kind == 1 and chance.random() < 0.2


def tally(counts: dict[str, Any], kind: EventType, minutes: int) -> None:
    name = {"opened": "open", "visited": "visit", "clicked": "click", "ordered": "order"}[kind.value]
    counts[f"{name}s"] = counts.get(f"{name}s", 0) + 1
    counts[f"last_{name}_at"] = min(counts.get(f"last_{name}_at", minutes), minutes)


def lead_row(chance: random.Random, number: int, counts: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {"visits": 0, "opens": 0, "clicks": 0, "orders": 0, "revenue": 0.0}
    latest = {f"last_{name}_at": None for name in ("open", "visit", "click", "order", "activity")}
    row |= latest
    row |= {name: ago(value) if name.endswith("_at") else value for name, value in counts.items()}
    row["last_activity_at"] = max((value for name, value in row.items() if name in latest and value), default=None)
    return row | {
        "id": number,
        "email": f"ines{number}@firm{number % 50_000}.example",
        "name": f"Ines Moreau{number}",
        "company": f"Firm {number % 50_000}",
        "city": chance.choice(CITIES),
        "status": chance.choices(STATUSES, WEIGHTS)[0],
        "created_at": ago(chance.randint(0, 900_000)),
        "updated_at": NOW,
    }


def words(number: int) -> Iterator[dict[str, Any]]:
    firm = number % 50_000
    for word in ("ines", f"moreau{number}", f"ines{number}", f"firm{firm}", "firm", str(firm), "example"):
        yield {"word": word, "lead_id": number}


def event_row(lead_id: int, kind: int, minutes: int, machine: bool) -> dict[str, Any]:
    return {"lead_id": lead_id, "type": KINDS[kind], "at": ago(minutes), "machine": machine, "imported": False}


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


@contextmanager
def unindexed(database: Database, model: Any) -> Iterator[None]:
    """Fill a table without its indexes, and build them at the end: what any bulk load does."""
    indexes = sorted(model.__table__.indexes, key=lambda index: str(index.name))
    with database.engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    yield
    with database.engine.begin() as connection:
        for index in indexes:
            index.create(connection)


def stored(database: Database, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Store rows in chunks, in one transaction."""
    table = model.__table__
    with database.session(write=True) as session:
        if database.is_sqlite:  # its usual 2 MB would write every page of a key in random order many times over
            session.execute(text("PRAGMA cache_size=-400000"))
        chunk: list[dict[str, Any]] = []
        for row in rows:
            chunk.append(row)
            if len(chunk) == CHUNK:
                session.connection().execute(table.insert(), chunk)
                chunk.clear()
        if chunk:
            session.connection().execute(table.insert(), chunk)


if __name__ == "__main__":
    main()
