"""Live counts of a workflow, step by step and edge by edge, cheap enough to be asked every few seconds."""

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from memory.calls import call_states
from memory.enrolments import mail_answers, mail_states, steps_counted, waiting_before
from memory.enums import EventType
from memory.workflows import (
    UNDER_WAY,
    EnrolmentState,
    Workflow,
    WorkflowVersion,
    converted_of,
    newest_version,
    states_of_workflow,
)
from tools.automating.graph import NEXT, START, Graph, Node, SendEmail, SendSms, load_graph


class StepNow(BaseModel):
    """One step: how often it was taken (`by_port`: by which way on, "end" where the way ended there), and who stands
    before it now; `held` of these wait for something that is missing. Of a message also what became of it
    ({"pending": 3, "sent": 120, ...}), and how many people opened and clicked it (None: cannot be told)."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: str
    taken: int
    by_port: dict[str, int]
    waiting: int
    held: int
    messages: dict[str, int]
    opened: int | None
    clicked: int | None


class EdgeNow(BaseModel):
    """One edge: how many people went along it. The first leaves from "start"."""

    model_config = ConfigDict(frozen=True)

    source: str
    port: str
    target: str
    people: int


class WorkflowNow(BaseModel):
    """A workflow as it stands now. The people are those of all versions; steps and edges are of one (`version`)."""

    model_config = ConfigDict(frozen=True)

    id: int
    version_id: int
    version: int
    entered: int
    under_way: int
    held: int
    completed: int
    converted: int
    left: int
    failed: int
    steps: tuple[StepNow, ...]
    edges: tuple[EdgeNow, ...]


def counts_now(session: Session, workflow: Workflow, version_id: int | None = None) -> WorkflowNow:
    """The counts of a workflow; steps and edges are those of `version_id` (default: the version that people enter, or
    the newest where none do). Raises sqlalchemy.exc.NoResultFound for a version that does not exist."""
    wanted = version_id or workflow.version_id
    version = session.get_one(WorkflowVersion, wanted) if wanted else newest_version(session, workflow.id)
    graph = load_graph(version.graph)
    states = states_of_workflow(session, workflow.id)
    steps = _steps(session, workflow.id, version.id, graph)
    return WorkflowNow(
        id=workflow.id,
        version_id=version.id,
        version=version.number,
        entered=sum(states.values()),
        under_way=sum(states.get(state, 0) for state in UNDER_WAY),
        held=states.get(EnrolmentState.HELD, 0),
        completed=states.get(EnrolmentState.COMPLETED, 0),
        converted=converted_of(session, workflow.id),
        left=states.get(EnrolmentState.LEFT, 0),
        failed=states.get(EnrolmentState.FAILED, 0),
        steps=steps,
        edges=tuple(_edges(graph, {step.id: step for step in steps}, _begun(session, version.id))),
    )


def _steps(session: Session, workflow_id: int, version_id: int, graph: Graph) -> tuple[StepNow, ...]:
    taken = steps_counted(session, version_id)
    waiting = waiting_before(session, workflow_id, version_id)
    mails, answers = mail_states(session, version_id), mail_answers(session, version_id)
    calls = call_states(session, version_id)
    made = []
    for node in graph.nodes:
        by_port = taken.get(node.id, {})
        here = waiting.get(node.id, {})
        messages = mails.get(node.id) or calls.get(node.id) or {}
        own = answers.get(node.id, {})
        mail = isinstance(node, SendEmail)
        made.append(
            StepNow(
                id=node.id,
                type=node.type,
                taken=sum(by_port.values()),
                by_port={port or "end": amount for port, amount in by_port.items()},
                waiting=sum(here.values()),
                held=here.get(EnrolmentState.HELD.value, 0),
                messages={state.value: amount for state, amount in messages.items()} if _told(node) else {},
                opened=own.get(EventType.OPENED, 0) if mail else None,
                clicked=own.get(EventType.CLICKED, 0) if mail else None,
            )
        )
    return tuple(made)


def _told(node: Node) -> bool:
    return isinstance(node, SendEmail | SendSms) or node.type in ("webhook", "notify")


def _begun(session: Session, version_id: int) -> int:
    """How many people went from the trigger to the first step of a version."""
    return steps_counted(session, version_id).get(START, {}).get(NEXT, 0)


def _edges(graph: Graph, steps: dict[str, StepNow], begun: int) -> list[EdgeNow]:
    found = []
    for edge in graph.edges:
        if edge.source == START:
            people = begun
        else:
            step = steps.get(edge.source)
            people = step.by_port.get(edge.port, 0) if step else 0
        found.append(EdgeNow(source=edge.source, port=edge.port, target=edge.target, people=people))
    return found
