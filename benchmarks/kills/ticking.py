"""Workers that lead people through a workflow of five steps, killed while they do."""

import time
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.kills.hunting import Place, Told, hunt
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import EventType, TemplateKind, WorkflowStatus
from memory.events import record_events
from memory.lead_changes import new_lead
from memory.leads import LeadTag
from memory.templates import Template
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, Workflow, WorkflowVersion
from tests.journeys.journey_worker import lead
from tests.support.processes import Process
from tools.automating.graph import Edge, EventHappened, Graph, SendEmail, Span, Tag, Wait, store_graph
from tools.journeys.starting import begin

BEGIN = datetime(2026, 3, 16, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
#: People who sign up in each round, and the steps, mails and tags of each.
EACH, STEPS, MAILS, TAGS = 25, 5, 2, 2


def run(place: Place, kills: int) -> Told:
    database, since = Database.open(place.url), time.time()
    plant_workflow(database)

    def start(name: str) -> Process:
        return Process(lead, place.url, since)

    def plant(number: int) -> None:
        at = BEGIN.astimezone(UTC)
        with database.session(write=True) as session:
            leads = [new_lead(session, f"p{number}-{one}@x.example", at).id for one in range(EACH)]
            record_events(session, [{"lead_id": id, "type": EventType.SIGNED_UP, "at": at} for id in leads])

    def progress() -> int:
        with database.session() as session:
            return session.scalar(select(func.count()).select_from(EnrolmentStep)) or 0

    def finished() -> bool:
        with database.session() as session:
            done = select(func.count()).where(Enrolment.state == EnrolmentState.COMPLETED)
            return session.scalar(done) == kills * EACH

    # The wait of a day: of each round's steps three are taken at once, the others while later rounds run.
    hunt(place, kills, start, plant, progress, EACH * 2, finished)
    told = count(database, kills)
    database.close()
    return told


def plant_workflow(database: Database) -> None:
    """An active workflow that people enter who sign up."""
    at = BEGIN.astimezone(UTC)
    with database.session(write=True) as session:
        template = Template(name="Welcome", kind=TemplateKind.EMAIL, content="Hi")
        workflow = Workflow(name="Welcome", trigger={}, steps=[], status=WorkflowStatus.ACTIVE, activated_at=at)
        session.add_all([template, workflow])
        session.flush()
        nodes = (
            SendEmail(id="m", template_id=template.id), Tag(id="t", tag="in"), Wait(id="w", span=Span(amount=1, unit="day")),
            SendEmail(id="m2", template_id=template.id), Tag(id="t2", tag="out"),
        )  # fmt: skip
        ids = ["start", *(node.id for node in nodes)]
        edges = tuple(Edge(source=source, target=target) for source, target in pairwise(ids))
        graph = Graph(trigger=EventHappened(event=EventType.SIGNED_UP), nodes=nodes, edges=edges)
        version = WorkflowVersion(workflow_id=workflow.id, number=1, graph=store_graph(graph), pinned_at=at)
        session.add(version)
        session.flush()
        workflow.version_id = version.id
        begin(session, workflow, version, graph, BEGIN)


def count(database: Database, kills: int) -> Told:
    """Every step, mail and tag of everybody."""
    people = kills * EACH
    with database.session() as session:
        taken = Counter(session.execute(select(EnrolmentStep.lead_id, EnrolmentStep.node)).tuples().all())
        mails = Counter(session.execute(select(Delivery.lead_id, Delivery.visit)).tuples().all())
        tags = session.scalar(select(func.count()).select_from(LeadTag)) or 0
        strangers = session.scalar(select(func.count()).where(Delivery.enrolment_id == 0)) or 0
    found = len(taken) + len(mails) + tags
    return Told(
        "ticking", kills, people * (STEPS + MAILS + TAGS), found, unknown=0, happened=0, again=0,
        twice=sum(times > 1 for times in (*taken.values(), *mails.values())),
        lost=people * (STEPS + MAILS + TAGS) - found,
        unlisted=strangers,
    )  # fmt: skip
