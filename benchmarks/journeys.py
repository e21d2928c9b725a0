"""How long it takes to lead many people through a workflow.

    python -m benchmarks.journeys                             # 1,000,000 people, SQLite in a temporary folder
    python -m benchmarks.journeys --database postgres://...   # the same on an EMPTY PostgreSQL database
    python -m benchmarks.journeys --small                     # 20,000 people

Everybody enters by a new-lead trigger and takes five steps: a mail (a row of the ledger each), a wait of a day, a
condition on whether the mail was opened, a tag (with its event), an end. The clock is the benchmark's, so the wait
takes no time; what is measured is what the database and the engine do. Nothing is sent.
"""

import argparse
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from agent import settle
from benchmarks.report import Report, peak_memory
from memory.database import Database, sqlite_url
from memory.deliveries import Delivery
from memory.enums import EventType, LeadStatus, TemplateKind, WorkflowStatus
from memory.events import LeadEvent
from memory.leads import Lead
from memory.templates import Template
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, Workflow, WorkflowVersion
from tools.automating.graph import (
    Decide,
    Edge,
    End,
    Graph,
    LeadCreated,
    MessageAnswered,
    SendEmail,
    Span,
    Tag,
    Wait,
    store_graph,
)
from tools.journeys.engine import Journeys
from tools.journeys.starting import begin

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
STEPS = 5
SMALL = 20_000
CHUNK = 50_000


class Clock:
    """The benchmark's clock."""

    zone = ZONE

    def __init__(self) -> None:
        self.at = BEGIN

    def now(self) -> datetime:
        return self.at.astimezone(ZONE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--database", default="", help="the URL of an empty database; default: a fresh SQLite file")
    parser.add_argument("--small", action="store_true", help="20,000 people")
    asked = parser.parse_args()
    report = Report(f"journeys-{'postgresql' if asked.database else 'sqlite'}", kept=not asked.small)
    settle()  # as the process that carries out does
    with tempfile.TemporaryDirectory() as folder:
        measure(
            asked.database or sqlite_url(Path(folder) / "hub.sqlite3"), SMALL if asked.small else asked.people, report
        )
    report.keep()


def measure(url: str, people: int, report: Report) -> None:
    database, clock = Database.open(url), Clock()
    _plan(database, clock)
    _people(database, clock, people)
    engine = Journeys(database, clock)
    cpu = time.process_time()
    first = _until_quiet(engine)
    _open_some(database, clock)
    clock.at += timedelta(days=1)
    second = _until_quiet(engine)
    used = time.process_time() - cpu
    with database.session() as session:
        done = session.scalar(select(func.count()).where(Enrolment.state == EnrolmentState.COMPLETED))
        steps = session.scalar(select(func.count()).select_from(EnrolmentStep))
        mails = session.scalar(select(func.count()).select_from(Delivery))
    if (done, steps, mails) != (people, people * STEPS, people):
        raise SystemExit(f"not everybody went through: {done:,} people, {steps:,} steps, {mails:,} mails")
    took = first + second
    report.say(
        f"{people:,} people, {people * STEPS:,} steps, {people:,} rows of mails: {took:.1f} s, of them processor time "
        f"{used:.1f} s ({1e6 * used / people / STEPS:.0f} µs a step); peak memory {peak_memory():,.0f} MB"
    )
    report.say(
        f"  entering and the mail: {first:.1f} s; condition, tag and end: {second:.1f} s; {people * STEPS / took:,.0f} steps/s"
    )
    database.close()


def _until_quiet(engine: Journeys) -> float:
    began = time.perf_counter()
    while engine.work():
        pass
    return time.perf_counter() - began


def _plan(database: Database, clock: Clock) -> None:
    with database.session(write=True) as session:
        template = Template(name="Welcome", kind=TemplateKind.EMAIL, content="Hi {{ lead.first_name }}")
        session.add(template)
        session.flush()
        nodes = (
            SendEmail(id="mail", template_id=template.id),
            Wait(id="wait", span=Span(amount=1, unit="day")),
            Decide(id="opened", question=MessageAnswered(deed="opened")),
            Tag(id="tag", tag="welcomed"),
            End(id="end"),
        )
        ports = [("start", "next", "mail"), ("mail", "next", "wait"), ("wait", "next", "opened"),
                 ("opened", "yes", "tag"), ("opened", "no", "tag"), ("tag", "next", "end")]  # fmt: skip
        edges = tuple(Edge(source=source, port=port, target=target) for source, port, target in ports)
        graph = Graph(trigger=LeadCreated(), nodes=nodes, edges=edges)
        workflow = Workflow(name="Welcome", trigger={}, steps=[], status=WorkflowStatus.ACTIVE, activated_at=BEGIN)
        session.add(workflow)
        session.flush()
        version = WorkflowVersion(workflow_id=workflow.id, number=1, graph=store_graph(graph), pinned_at=BEGIN)
        session.add(version)
        session.flush()
        workflow.version_id = version.id
        begin(session, workflow, version, graph, clock.now())


def _people(database: Database, clock: Clock, people: int) -> None:
    blank = {"status": LeadStatus.NEW, "visits": 0, "opens": 0, "clicks": 0, "orders": 0, "revenue": 0.0, "version": 1}
    stamps = {"created_at": clock.at, "updated_at": clock.at}
    for start in range(0, people, CHUNK):
        rows = [
            {"email": f"p{number}@x.example", "name": f"Person {number}", **blank, **stamps}
            for number in range(start, min(start + CHUNK, people))
        ]
        with database.session(write=True) as session:
            session.connection().execute(insert(Lead.__table__), rows)  # type: ignore[arg-type]


def _open_some(database: Database, clock: Clock) -> None:
    """Every third person opens the mail."""
    with database.session(write=True) as session:
        wanted = select(Delivery.lead_id, Delivery.email_campaign_id).where(Delivery.lead_id % 3 == 0)
        for part in session.execute(wanted).partitions(CHUNK):
            rows = [
                {"lead_id": lead, "type": EventType.OPENED, "at": clock.at + timedelta(hours=2), "machine": False,
                 "imported": False, "email_campaign_id": mailing}
                for lead, mailing in part
            ]  # fmt: skip
            session.connection().execute(insert(LeadEvent.__table__), rows)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
