"""Workers of workflows killed (-9) at random moments: `python -m benchmarks.kills_workflows [kills] [--postgres]`.

People are led through five steps by worker processes (two at once on PostgreSQL) that are killed again and again; then
every path, mail and tag is counted. Fails where anybody took a step twice, got a mail twice, or was forgotten.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.kills import database_url
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import EventType, TemplateKind, WorkflowStatus
from memory.events import record_events
from memory.lead_changes import new_lead
from memory.leads import LeadTag
from memory.templates import Template
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, Workflow, WorkflowVersion
from tools.automating.graph import Edge, EventHappened, Graph, SendEmail, Span, Tag, Wait, store_graph
from tools.journeys.starting import begin

ROOT = Path(__file__).parents[1]
WORKER = ROOT / "tests" / "journeys" / "journey_worker.py"
BEGIN = datetime(2026, 3, 16, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
#: People laid in for each kill.
EACH = 25


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("kills", type=int, nargs="?", default=50)
    asked.add_argument("--postgres", action="store_true")
    given = asked.parse_args()
    people, dice, begun = EACH * given.kills, random.Random(1), time.monotonic()
    with database_url(given.postgres) as url:
        database = Database.open(url)
        plant(database, people)
        for number in range(given.kills):
            days = 0 if number < given.kills // 2 else 2
            running = [start(url, days) for _ in range(2 if given.postgres else 1)]
            least, end = steps(database) + dice.randrange(1, EACH * 3), time.monotonic() + 5
            while steps(database) < least and time.monotonic() < end:
                time.sleep(0.005)
            for process in running:
                process.kill()
                process.communicate()
        last = start(url, 2)
        while not done(database, people):
            time.sleep(0.1)
        last.kill()
        last.communicate()
        tell(database, people, given.kills, time.monotonic() - begun)
        database.close()


def start(url: str, days: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, str(WORKER), json.dumps([url, days])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    return process


def plant(database: Database, people: int) -> None:
    """An active workflow, and so many people who just signed up."""
    now = BEGIN.astimezone(UTC)
    with database.session(write=True) as session:
        template = Template(name="Welcome", kind=TemplateKind.EMAIL, content="Hi")
        workflow = Workflow(name="Welcome", trigger={}, steps=[], status=WorkflowStatus.ACTIVE, activated_at=now)
        session.add_all([template, workflow])
        session.flush()
        nodes = (
            SendEmail(id="m", template_id=template.id), Tag(id="t", tag="in"), Wait(id="w", span=Span(amount=1, unit="day")),
            SendEmail(id="m2", template_id=template.id), Tag(id="t2", tag="out"),
        )  # fmt: skip
        ids = ["start", *(node.id for node in nodes)]
        edges = tuple(Edge(source=source, target=target) for source, target in pairwise(ids))
        graph = Graph(trigger=EventHappened(event=EventType.SIGNED_UP), nodes=nodes, edges=edges)
        version = WorkflowVersion(workflow_id=workflow.id, number=1, graph=store_graph(graph), pinned_at=now)
        session.add(version)
        session.flush()
        workflow.version_id = version.id
        begin(session, workflow, version, graph, BEGIN)
        leads = [new_lead(session, f"p{number}@x.example", now).id for number in range(people)]
        record_events(session, [{"lead_id": lead, "type": EventType.SIGNED_UP, "at": now} for lead in leads])


def steps(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(EnrolmentStep)) or 0


def done(database: Database, people: int) -> bool:
    with database.session() as session:
        return session.scalar(select(func.count()).where(Enrolment.state == EnrolmentState.COMPLETED)) == people


def tell(database: Database, people: int, kills: int, seconds: float) -> None:
    with database.session() as session:
        taken = Counter(session.execute(select(EnrolmentStep.lead_id, EnrolmentStep.node)).tuples().all())
        mails = Counter(session.execute(select(Delivery.lead_id, Delivery.visit)).tuples().all())
        tags = session.scalar(select(func.count()).select_from(LeadTag)) or 0
    twice = sum(times > 1 for times in (*taken.values(), *mails.values()))
    lost = people * 5 - len(taken) + people * 2 - len(mails) + people * 2 - tags
    print(
        f"{kills} kills, {people:,} people, {datetime.now(UTC):%Y-%m-%d}, {seconds:.0f} s: {len(taken):,} steps, "
        f"{len(mails):,} mails, {tags:,} tags; {twice} twice, {lost} lost"
    )
    if twice or lost:
        raise SystemExit("Somebody took a step twice, or was forgotten.")


if __name__ == "__main__":
    main()
