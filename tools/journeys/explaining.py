"""A person's way through a workflow, step by step: what happened, why it went that way, and what comes next."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.calls import Call
from memory.deliveries import Delivery
from memory.enums import DeliveryState, WorkflowStatus
from memory.lead_lookup import called
from memory.mailings import EmailCampaign
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep, Workflow, WorkflowVersion, path_of
from tools.automating.graph import Decide, Graph, Split, load_graph
from tools.automating.wording import step_words, trigger_words
from tools.show import moment

#: What a state of a message means, said of one person.
_SAID = {
    DeliveryState.PENDING: "waits in the outbox",
    DeliveryState.CLAIMED: "is about to be sent",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.SENT: "was sent",
    DeliveryState.BOUNCED: "came back",
    DeliveryState.UNKNOWN: "may or may not have arrived",
    DeliveryState.SUPPRESSED: "was held back",
    DeliveryState.CANCELLED: "was cancelled",
}


class StepTaken(BaseModel):
    """One step of the way: `said` is what happened there, as one reads it. `at` is in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    node: str
    number: int | None
    words: str
    at: datetime
    port: str | None
    message: DeliveryState | None
    said: str


class WayExplained(BaseModel):
    """One way of one person; `now` says where they stand and why. Moments are in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    id: int
    entry: int
    lead_id: int
    person: str
    version: int
    state: EnrolmentState
    began: str
    entered_at: datetime
    steps: tuple[StepTaken, ...]
    now: str


def explain(session: Session, workflow: Workflow, lead_id: int, now: datetime) -> tuple[WayExplained, ...]:
    """The ways of a lead through a workflow, the latest first; empty where the lead never entered. `now` is in the hub's
    zone."""
    statement = select(Enrolment).where(Enrolment.workflow_id == workflow.id, Enrolment.lead_id == lead_id)
    ways = session.scalars(statement.order_by(Enrolment.entry.desc())).all()
    person = called(session, [lead_id]).get(lead_id, str(lead_id))
    return tuple(_explained(session, workflow, way, person, now) for way in ways)


def _explained(session: Session, workflow: Workflow, way: Enrolment, person: str, now: datetime) -> WayExplained:
    version = session.get_one(WorkflowVersion, way.version_id)
    graph, zone = load_graph(version.graph), now.tzinfo
    numbers = {node.id: place for place, node in enumerate(graph.nodes, start=1)}
    messages = _messages(session, way)
    steps = []
    for line in path_of(session, way.id):
        of_step = messages.get(line.node, [])
        state, reason = of_step.pop(0) if of_step else (None, None)
        node = graph.node(line.node)
        steps.append(
            StepTaken(
                node=line.node,
                number=numbers.get(line.node),
                words=step_words(node) if node else line.node,
                at=line.at.astimezone(zone),
                port=line.port,
                message=state,
                said=_said(graph, line, state, reason),
            )
        )
    return WayExplained(
        id=way.id,
        entry=way.entry,
        lead_id=way.lead_id,
        person=person,
        version=version.number,
        state=way.state,
        began=trigger_words(graph.trigger) if graph.trigger else "",
        entered_at=way.entered_at.astimezone(zone),
        steps=tuple(steps),
        now=_stands(workflow, way, graph, now),
    )


def _messages(session: Session, way: Enrolment) -> dict[str, list[tuple[DeliveryState, str | None]]]:
    """What became of the messages of a way, by step and in order."""
    found: dict[str, list[tuple[DeliveryState, str | None]]] = {}
    mails = (
        select(EmailCampaign.workflow_node, Delivery.state, Delivery.reason)
        .join(EmailCampaign, EmailCampaign.id == Delivery.email_campaign_id)
        .where(Delivery.enrolment_id == way.id, Delivery.lead_id == way.lead_id)
        .order_by(Delivery.visit)
    )
    calls = select(Call.node, Call.state, Call.reason).where(Call.enrolment_id == way.id).order_by(Call.id)
    for node, state, reason in [*session.execute(mails), *session.execute(calls)]:
        if node:
            found.setdefault(node, []).append((state, reason))
    return found


def _said(graph: Graph, line: EnrolmentStep, state: DeliveryState | None, reason: str | None) -> str:
    node = graph.node(line.node)
    words = step_words(node) if node else line.node
    if isinstance(node, Decide):
        return f"{words}: {line.port}"
    if isinstance(node, Split):
        return f"{words}: dealt to {(line.port or '').upper()}"
    if state is not None:
        why = f" ({reason.replace('_', ' ')})" if reason else ""
        return f"{words}: it {_SAID[state]}{why}"
    return words if line.note is None else f"{words}: {line.note}"


def _stands(workflow: Workflow, way: Enrolment, graph: Graph, now: datetime) -> str:
    """Where somebody stands, in a sentence."""
    ended = f" on {moment(way.ended_at.astimezone(now.tzinfo))}" if way.ended_at else ""
    match way.state:
        case EnrolmentState.COMPLETED:
            later = " and reached the goal later" if way.converted_at else ""
            return f"Went all the way, which ended{ended}{later}."
        case EnrolmentState.CONVERTED:
            return f"Reached the goal{ended}, and left the workflow by that."
        case EnrolmentState.LEFT:
            return f"Left early{ended}."
        case EnrolmentState.FAILED:
            return f"Could not go on{ended}: {way.note or 'the reason was not recorded'}"
    node = graph.node(way.node or "")
    step = step_words(node) if node else way.node or "the end"
    if way.state == EnrolmentState.HELD:
        return f"Waits before “{step}” until something is given: {way.note}"
    if workflow.status != WorkflowStatus.ACTIVE:
        return f"Stands before “{step}”: the workflow is paused."
    due = way.due_at.astimezone(now.tzinfo) if way.due_at else now
    return f"“{step}” comes next" + (f", on {moment(due)}." if due > now else ", at once.")
