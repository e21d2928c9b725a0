"""The demo company's people on their way through an active workflow: replayed by the engine's own rules, answers by chance."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.orm import Session

from agent.demo.people import Person
from memory.deliveries import Delivery
from memory.enrolments import ENDED, count_steps
from memory.enums import Channel, DeliveryState, EventType
from memory.events import record_events
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, WorkflowVersion, workflow_named
from tools.automating import advance
from tools.automating.graph import NEXT, START, Deed, Graph, SendEmail, Where, load_graph
from tools.journeys.batches import data_of
from tools.journeys.mails import mail_of

OPENED, CLICKED = 0.58, 0.31


class Chance:
    """What one person did with each message, decided once: see `tools.automating.advance.Facts`."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        #: When the message of a step was opened and clicked.
        self.deeds: dict[str, dict[str, datetime]] = {}

    def message(self, node: str, at: datetime) -> None:
        done: dict[str, datetime] = {}
        if self._chance.random() < OPENED:
            done["opened"] = at + timedelta(hours=self._chance.uniform(0.2, 30))
            if self._chance.random() < CLICKED / OPENED:
                done["clicked"] = done["opened"] + timedelta(minutes=5)
        self.deeds[node] = done

    def answered(self, deed: Deed, node: str | None, since: datetime, until: datetime) -> datetime | None:
        at = self.deeds.get(node or "", {}).get(str(deed))
        return at if at is not None and at <= until else None

    def happened(self, event: EventType, name: str | None, since: datetime, until: datetime) -> datetime | None:
        return None

    def holds(self, where: Where) -> bool:
        return False


def lay_ways(
    session: Session,
    name: str,
    people: Sequence[tuple[Person, datetime]],
    now: datetime,
    zone: ZoneInfo,
    chance: Random,
) -> None:
    """Let each person enter the active workflow `name` at a moment, and take every step that was due until now."""
    workflow = workflow_named(session, name)
    assert workflow is not None
    version = session.get_one(WorkflowVersion, workflow.version_id)
    graph = load_graph(version.graph)
    counted: Counter[tuple[int, str, str]] = Counter()
    for person, at in people:
        if at >= now:
            continue
        counted[version.id, START, NEXT] += 1
        facts = Chance(chance)
        way, taken = _walked(graph, person, at, now, zone, facts)
        row = Enrolment(
            workflow_id=workflow.id, version_id=version.id, lead_id=person.lead_id, entered_at=at, node=way.node,
            due_at=None if way.ended else way.due_at, ended_at=way.ended_at, data=data_of(way, {}),
            state=EnrolmentState(way.ended) if way.ended else EnrolmentState.ACTIVE,
        )  # fmt: skip
        session.add(row)
        session.flush()
        for step in taken:
            counted[version.id, step.node.id, step.port or ENDED] += 1
            session.add(
                EnrolmentStep(
                    enrolment_id=row.id,
                    workflow_id=workflow.id,
                    lead_id=person.lead_id,
                    node=step.node.id,
                    at=step.at,
                    port=step.port,
                )
            )
            if isinstance(step.node, SendEmail):
                _sent(session, row, person, version.id, step, facts.deeds.get(step.node.id, {}), now)
    count_steps(session, counted)
    workflow.activated_at = min([at for _, at in people], default=now)
    session.flush()


def _walked(
    graph: Graph, person: Person, at: datetime, now: datetime, zone: ZoneInfo, facts: Chance
) -> tuple[advance.Person, list[advance.Taken]]:
    way, taken = advance.enter(graph, str(person.lead_id), at, zone), []
    while not way.ended and way.due_at <= now:
        way, step = advance.advance(graph, way, now, facts, zone)
        if step is not None:
            taken.append(step)
            if isinstance(step.node, SendEmail):
                facts.message(step.node.id, step.at)
    return way, taken


def _sent(
    session: Session, way: Enrolment, person: Person, version_id: int, step: advance.Taken, deeds: dict[str, datetime],
    now: datetime,
) -> None:  # fmt: skip
    mail = mail_of(session, version_id, step.node.id)
    if mail is None:
        return
    session.execute(
        insert(Delivery),
        [
            {
                "email_campaign_id": mail.id, "recipient": person.email, "lead_id": person.lead_id, "state": DeliveryState.SENT,
                "enrolment_id": way.id, "visit": 1, "due_at": step.at, "sent_at": step.at, "changed_at": step.at, "attempts": 1,
            }
        ],
    )  # fmt: skip
    where: dict[str, Any] = {
        "lead_id": person.lead_id, "channel": Channel.EMAIL, "email_campaign_id": mail.id, "workflow_id": way.workflow_id,
        "name": step.node.id,
    }  # fmt: skip
    events = [{**where, "type": EventType.SENT, "at": step.at}]
    events += [{**where, "type": EventType(deed), "at": at} for deed, at in deeds.items() if at <= now]
    record_events(session, events)
