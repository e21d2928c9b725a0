"""Who may enter a workflow, and entering: a row a person, under a key that no second worker can use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.orm import Session

from memory.enrolments import count_steps
from memory.past_events import CHUNK, leads_among
from memory.rows import among, insert_rows
from memory.workflows import Enrolment, EnrolmentState, Workflow
from tools.automating.advance import enter
from tools.automating.graph import NEXT, START, Graph
from tools.automating.past import condition_of
from tools.journeys.batches import data_of

COLUMNS = (
    "workflow_id", "version_id", "lead_id", "entry", "state", "node", "due_at", "attempts", "event_id", "entered_at",
    "ended_at", "data",
)  # fmt: skip


@dataclass(frozen=True)
class Entrance:
    """Somebody whom a trigger met at a moment (UTC); `event_id` where an event did it."""

    lead_id: int
    at: datetime
    event_id: int | None = None


@dataclass(frozen=True)
class _Last:
    entry: int
    entered_at: datetime
    ended_at: datetime | None


def enrol(
    session: Session,
    workflow: Workflow,
    version_id: int,
    graph: Graph,
    met: Iterable[Entrance],
    now: datetime,
    zone: ZoneInfo,
) -> int:
    """Let those enter who may; returns how many did. `now` is UTC.

    The moment of entering is that of the event, not before the workflow was activated: so it is the same whenever, and
    however often, the event is looked at. Whether somebody was under way is judged at that moment too.
    """
    since = workflow.activated_at or now
    by_lead: dict[int, list[Entrance]] = {}
    for one in met:
        by_lead.setdefault(one.lead_id, []).append(Entrance(one.lead_id, min(max(one.at, since), now), one.event_id))
    ids = sorted(by_lead)
    condition = condition_of(session, graph.trigger.where if graph.trigger else None, now.astimezone(zone))
    entered = 0
    for start in range(0, len(ids), CHUNK):
        fitting = _fitting(session, ids[start : start + CHUNK], condition)
        entered += _enrol(session, workflow, version_id, graph, [one for id in fitting for one in by_lead[id]], zone)
    return entered


def _fitting(session: Session, ids: list[int], condition: ColumnElement[bool] | None) -> list[int]:
    if condition is None:
        return ids
    fitting = leads_among(session, ids, condition)
    return [id for id in ids if id in fitting]


def _enrol(
    session: Session, workflow: Workflow, version_id: int, graph: Graph, met: Sequence[Entrance], zone: ZoneInfo
) -> int:
    last, used = _before(session, workflow.id, sorted({one.lead_id for one in met}))
    rows: list[tuple[Any, ...]] = []
    for one in met:
        before = last.get(one.lead_id)
        if one.event_id is not None and one.event_id in used:
            continue
        if before is not None and not may_enter_again(graph, before.entered_at, before.ended_at, one.at):
            continue
        person = enter(graph, str(one.lead_id), one.at, zone)
        last[one.lead_id] = _Last(before.entry + 1 if before else 1, one.at, person.ended_at)
        state = EnrolmentState.COMPLETED if person.ended else EnrolmentState.ACTIVE
        due = None if person.ended else person.due_at
        rows.append(
            (workflow.id, version_id, one.lead_id, last[one.lead_id].entry, state, person.node, due, 0, one.event_id,
             one.at, person.ended_at, data_of(person, {}))
        )  # fmt: skip
    if not rows:
        return 0
    insert_rows(session, cast(Table, Enrolment.__table__), COLUMNS, rows)
    count_steps(session, {(version_id, START, NEXT): len(rows)})
    return len(rows)


def may_enter_again(graph: Graph, entered_at: datetime, ended_at: datetime | None, at: datetime) -> bool:
    """Whether somebody who went through before (`ended_at` None: still under way) may enter again at a moment."""
    if not graph.reentry.again or ended_at is None or ended_at > at:
        return False
    return graph.reentry.after_days is None or at >= entered_at + timedelta(days=graph.reentry.after_days)


def _before(session: Session, workflow_id: int, ids: Sequence[int]) -> tuple[dict[int, _Last], set[int]]:
    """The last way of each of these leads through a workflow, and the events that began any of their ways."""
    statement = (
        select(
            Enrolment.lead_id, Enrolment.entry, Enrolment.entered_at, Enrolment.ended_at,
            Enrolment.event_id,
        )
        .where(Enrolment.workflow_id == workflow_id, among(session, Enrolment.lead_id, ids))
        .order_by(Enrolment.lead_id, Enrolment.entry)
    )  # fmt: skip
    last: dict[int, _Last] = {}
    used: set[int] = set()
    for lead_id, entry, entered_at, ended_at, event_id in session.execute(statement):
        last[lead_id] = _Last(entry, entered_at, ended_at)
        if event_id is not None:
            used.add(event_id)
    return last, used
