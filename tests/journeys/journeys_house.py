"""A house whose clock is moved by hand, with workflows drawn as graphs and a worker's engine to run them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from memory.calls import Call
from memory.database import Database
from memory.deliveries import Delivery
from memory.enums import Channel, ConsentState, EventType, TemplateKind, WorkflowStatus
from memory.events import record_event
from memory.lead_changes import new_lead, put_consent
from memory.leads import Lead
from memory.templates import Template
from memory.workflows import Enrolment, EnrolmentStep, Workflow, WorkflowVersion
from tests.support.databases import new_sqlite
from tools.automating.graph import Edge, Graph, Node, Trigger, load_graph, store_graph
from tools.journeys.engine import Journeys
from tools.journeys.house import JourneySetup
from tools.journeys.starting import begin, halt

ZONE = ZoneInfo("Europe/Berlin")
#: Monday, 16 March 2026, ten in the morning in Berlin: 09:00 UTC.
START = datetime(2026, 3, 16, 10, 0, tzinfo=ZONE)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = START

    @property
    def zone(self) -> ZoneInfo:
        return ZONE

    def now(self) -> datetime:
        return self.at

    def move(self, **length: float) -> None:
        self.at = (self.at.astimezone(UTC) + timedelta(**length)).astimezone(ZONE)


class House:
    """Everything that a test of workflows needs."""

    def __init__(self, url: str, **setup: Any) -> None:
        self.url = url
        self.database = Database.open(url)
        self.clock = Clock()
        self.setup = JourneySetup(**setup)
        self.engine = Journeys(self.database, self.clock, self.setup)

    @property
    def now(self) -> datetime:
        return self.clock.now().astimezone(UTC)

    def run(self, **length: float) -> None:
        """Let some time pass, and the worker tick until nothing is due."""
        self.clock.move(**length)
        for _ in range(30):
            if not self.engine.work():
                return
        raise AssertionError("the engine does not come to rest")

    def lead(self, name: str, *, consent: bool = True, **fields: Any) -> int:
        with self.database.session(write=True) as session:
            lead = new_lead(session, f"{name}@x.example", self.now, name=name, first_name=name, **fields)
            if consent:
                put_consent(session, lead.id, Channel.EMAIL, ConsentState.GRANTED, self.now, "a test")
                put_consent(session, lead.id, Channel.SMS, ConsentState.GRANTED, self.now, "a test")
            return lead.id

    def event(self, lead_id: int, type: EventType, **more: Any) -> None:
        with self.database.session(write=True) as session:
            record_event(session, lead_id, type, more.pop("at", self.now), **more)

    def text(self, name: str, content: str, kind: TemplateKind = TemplateKind.EMAIL) -> int:
        with self.database.session(write=True) as session:
            template = Template(name=name, kind=kind, content=content)
            session.add(template)
            session.flush()
            return template.id

    def workflow(self, name: str, trigger: Trigger, *nodes: Node, edges: Any = None, **more: Any) -> int:
        """An active workflow; without `edges` its steps follow one another."""
        graph = graph_of(trigger, *nodes, edges=edges, **more)
        with self.database.session(write=True) as session:
            workflow = Workflow(name=name, trigger={}, steps=[])
            session.add(workflow)
            session.flush()
            session.add(WorkflowVersion(workflow_id=workflow.id, number=1, graph=store_graph(graph)))
            session.flush()
            workflow_id = workflow.id
        self.activate(workflow_id)
        return workflow_id

    def activate(self, workflow_id: int) -> None:
        """As a person's approval does (tools.automating.activating)."""
        with self.database.session(write=True) as session:
            workflow = session.get_one(Workflow, workflow_id)
            version = session.scalars(
                select(WorkflowVersion)
                .where(WorkflowVersion.workflow_id == workflow_id)
                .order_by(WorkflowVersion.number.desc())
            ).first()
            assert version is not None
            version.pinned_at = version.pinned_at or self.now
            workflow.status, workflow.version_id, workflow.activated_at = WorkflowStatus.ACTIVE, version.id, self.now
            begin(session, workflow, version, load_graph(version.graph), self.clock.now())

    def pause(self, workflow_id: int) -> None:
        with self.database.session(write=True) as session:
            workflow = session.get_one(Workflow, workflow_id)
            workflow.status, workflow.paused_at = WorkflowStatus.PAUSED, self.now
            halt(session, workflow, self.clock.now())

    def new_version(self, workflow_id: int, graph: Graph) -> None:
        with self.database.session(write=True) as session:
            session.add(WorkflowVersion(workflow_id=workflow_id, number=2, graph=store_graph(graph)))

    def ways(self, workflow_id: int | None = None) -> list[Enrolment]:
        with self.database.session() as session:
            statement = select(Enrolment).order_by(Enrolment.id)
            if workflow_id is not None:
                statement = statement.where(Enrolment.workflow_id == workflow_id)
            return list(session.scalars(statement))

    def path(self, lead_id: int) -> list[tuple[str, str | None]]:
        """The steps that somebody took: (node, port)."""
        with self.database.session() as session:
            rows = session.scalars(
                select(EnrolmentStep).where(EnrolmentStep.lead_id == lead_id).order_by(EnrolmentStep.id)
            )
            return [(row.node, row.port) for row in rows]

    def mails(self) -> list[Delivery]:
        with self.database.session() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def calls(self) -> list[Call]:
        with self.database.session() as session:
            return list(session.scalars(select(Call).order_by(Call.id)))

    def get(self, lead_id: int) -> Lead:
        with self.database.session() as session:
            return session.get_one(Lead, lead_id)


def graph_of(trigger: Trigger, *nodes: Node, edges: Any = None, **more: Any) -> Graph:
    """A graph; `edges` are (source, port, target), by default one step after the other."""
    ids = ["start", *(node.id for node in nodes)]
    drawn = edges or [(source, "next", target) for source, target in pairwise(ids)]
    made = tuple(Edge(source=source, port=port, target=target) for source, port, target in drawn)
    return Graph(trigger=trigger, nodes=nodes, edges=made, **more)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "hub.sqlite3")
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def house(url: str) -> Iterator[House]:
    house = House(url)
    yield house
    house.database.close()
