"""Advancing people: one batch of those who are due, each as far as they can go now, in one transaction.

What a person's steps do is written in the transaction that moves the person, so a crash repeats neither and loses
neither; whatever leaves the house is only laid into a ledger here. Made for a million people: rows, not records.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from memory.enrolments import ENDED, count_steps
from memory.rows import insert_rows, update_rows
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, Workflow, WorkflowVersion
from tools.automating.advance import Person, Taken, advance
from tools.automating.graph import ChangeLead, Decide, Graph, Node, Tag, WaitUntil, load_graph
from tools.journeys.facts import BatchFacts
from tools.journeys.house import JourneySetup

log = logging.getLogger(__name__)

#: People of one transaction: on SQLite it holds the write lock for some ten milliseconds.
BATCH = 1_000
#: Steps that one person takes in one batch at most; a loop goes on in the next.
MOST_STEPS = 50
_WAYS, _LINES = cast(Table, Enrolment.__table__), cast(Table, EnrolmentStep.__table__)
_ENDS = {"completed": EnrolmentState.COMPLETED, "converted": EnrolmentState.CONVERTED}


@dataclass
class Way:
    """One person of the batch: where they stood, where they stand, what they did, and why they cannot go on."""

    id: int
    version_id: int
    lead_id: int
    person: Person
    data: dict[str, Any]
    taken: list[Taken] = field(default_factory=list)
    state: EnrolmentState = EnrolmentState.ACTIVE
    note: str | None = None


@dataclass(frozen=True)
class Running:
    """One version under way: its graph, what it needs, and the steps that cannot be done yet, with the reason."""

    workflow_id: int
    workflow_name: str
    version_id: int
    graph: Graph
    obstacles: dict[str, str]


@dataclass(frozen=True)
class Moment:
    """When and where a batch is advanced. `now` is UTC."""

    now: datetime
    zone: ZoneInfo
    setup: JourneySetup


def due_ways(session: Session, workflow_id: int, now: datetime, limit: int) -> list[Way]:
    """Who is due in a workflow, earliest first; on PostgreSQL locked, those locked by others left out."""
    statement = (
        select(
            Enrolment.id, Enrolment.version_id, Enrolment.lead_id, Enrolment.node, Enrolment.due_at,
            Enrolment.entered_at, Enrolment.data,
        )
        .where(
            Enrolment.workflow_id == workflow_id,
            Enrolment.state == EnrolmentState.ACTIVE,
            Enrolment.due_at <= now,
        )
        .order_by(Enrolment.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    return [
        Way(id, version_id, lead_id, person_of(lead_id, node, due_at or entered_at, entered_at, data), dict(data or {}))
        for id, version_id, lead_id, node, due_at, entered_at, data in session.execute(statement)
    ]


def person_of(
    lead_id: int, node: str | None, due_at: datetime, entered_at: datetime, data: dict[str, Any] | None
) -> Person:
    """The state of the pure machine out of a row."""
    told = data or {}
    arrived, message_at = told.get("arrived_at"), told.get("message_at")
    return Person(
        key=str(lead_id),
        entered_at=entered_at,
        node=node,
        due_at=due_at,
        arrived_at=datetime.fromisoformat(arrived) if arrived else entered_at,
        message=told.get("message"),
        message_at=datetime.fromisoformat(message_at) if message_at else None,
    )


def data_of(person: Person, before: dict[str, Any]) -> dict[str, Any]:
    """What a row remembers of a person, beside its own columns."""
    data = {**before, "arrived_at": person.arrived_at.isoformat()}
    if person.message is not None and person.message_at is not None:
        data |= {"message": person.message, "message_at": person.message_at.isoformat()}
    return data


def walk(ways: Sequence[Way], running: Running, facts: BatchFacts, at: Moment) -> None:
    """Let each person take the steps that are due. One who meets an error ends there, and the others go on."""
    for way in ways:
        own = facts.of(way.lead_id)
        try:
            for _ in range(MOST_STEPS):
                person = way.person
                if person.ended or person.node is None or person.due_at > at.now:
                    break
                missing = running.obstacles.get(person.node)
                if missing is not None:
                    way.state, way.note = EnrolmentState.HELD, missing
                    break
                way.person, taken = advance(running.graph, person, at.now, own, at.zone)
                if taken is None:
                    continue
                way.taken.append(taken)
                if _asks_next(running.graph, taken.node, way.person.node):
                    break
        except (KeyError, ValueError) as error:
            log.exception("lead %d cannot go on in workflow %d", way.lead_id, running.workflow_id)
            way.state, way.note = EnrolmentState.FAILED, f"This step could not be done: {error}"
        if way.person.ended:
            way.state = _ENDS[way.person.ended]


def _asks_next(graph: Graph, taken: Node, following: str | None) -> bool:
    """Whether a question about the lead follows a change of the lead: it is asked in the next batch, of what is stored."""
    if not isinstance(taken, ChangeLead | Tag) or following is None:
        return False
    return graph.goal is not None or isinstance(graph.node(following), Decide | WaitUntil)


def store(session: Session, ways: Sequence[Way], running: Running, now: datetime) -> None:
    """Write where the people stand now, the lines of their paths, and the counts of the steps."""
    update_rows(
        session,
        _WAYS,
        ("state", "node", "due_at", "ended_at", "converted_at", "note", "data"),
        "id",
        [
            (
                way.state, way.person.node, None if way.person.ended else way.person.due_at, _ended_at(way, now),
                way.person.ended_at if way.person.ended == "converted" else None, way.note,
                data_of(way.person, way.data), way.id,
            )
            for way in ways
        ],
    )  # fmt: skip
    lines, counted = [], Counter[tuple[int, str, str]]()
    for way in ways:
        for taken in way.taken:
            lines.append((way.id, running.workflow_id, way.lead_id, taken.node.id, taken.at, taken.port))
            counted[running.version_id, taken.node.id, taken.port or ENDED] += 1
    insert_rows(session, _LINES, ("enrolment_id", "workflow_id", "lead_id", "node", "at", "port"), lines)
    count_steps(session, counted)


def _ended_at(way: Way, now: datetime) -> datetime | None:
    if way.person.ended:
        return way.person.ended_at
    return now if way.state == EnrolmentState.FAILED else None


def running_of(session: Session, workflow: Workflow, version: WorkflowVersion, obstacles: dict[str, str]) -> Running:
    return Running(workflow.id, workflow.name, version.id, load_graph(version.graph), obstacles)
