"""How a workflow does: people entered, under way, completed, converted; what became of each step and its messages."""

from datetime import UTC, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict

from memory.enums import EventType, WorkflowStatus
from memory.metrics import totals
from memory.workflows import (
    KIND,
    EnrolmentState,
    Workflow,
    answers_by_step,
    converted_of,
    standing_at,
    states_of_workflow,
    taken_steps,
    versions_entered,
)
from tools.automating.entry import graph_of
from tools.automating.graph import Graph, SendEmail, SendSms
from tools.automating.wording import step_words
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import count, days, number, percent, table, words
from tools.words import UnclearWords, resolve_period


class StepFigures(BaseModel):
    """One step: ways that took it, people before it now; of a message also ways with human opens and clicks."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: int
    words: str
    type: str
    taken: int
    waiting: int
    by_port: dict[str, int]
    opened: int | None
    clicked: int | None

    @property
    def open_rate(self) -> float | None:
        """Opened / taken."""
        return self.opened / self.taken if self.opened is not None and self.taken else None

    @property
    def click_rate(self) -> float | None:
        """Clicked / taken."""
        return self.clicked / self.taken if self.clicked is not None and self.taken else None


class WorkflowPerformance(Result):
    """The figures of a workflow. `counted` were counted by the hub, `imported` brought along as totals without steps.

    completion_rate is completed / entered, conversion_rate converted / entered, both of counted and imported together;
    None where nobody entered.
    """

    id: int
    name: str
    status: WorkflowStatus
    period: str | None
    entered: int
    active: int
    completed: int
    converted: int
    left: int
    failed: int
    counted: int
    imported: dict[str, int]
    completion_rate: float | None
    conversion_rate: float | None
    steps: tuple[StepFigures, ...]
    versions: int
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        head = f"**{inert(self.name)}** ({words(self.status)})" + (f", {self.period}" if self.period else "")
        if not self.entered:
            return "\n\n".join(
                [f"{head}: nobody has entered it{' in that time' if self.period else ' yet'}.", *map(inert, self.notes)]
            )
        figures = table(
            ["entered", "under way", "completed", "converted", "left early", "failed"],
            [[number(self.entered), number(self.active), f"{number(self.completed)} ({percent(self.completion_rate)})",
              f"{number(self.converted)} ({percent(self.conversion_rate)})", number(self.left), number(self.failed)]],
        )  # fmt: skip
        parts = [f"{head}:", figures]
        if any(step.taken or step.waiting for step in self.steps):
            parts.append(self._steps())
        return "\n\n".join([*parts, *map(inert, self.notes)])

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=self.name),)

    def _steps(self) -> str:
        rows = [
            [one.number, inert(one.words), number(one.taken), number(one.waiting),
             f"{number(one.opened)} ({percent(one.open_rate)})" if one.opened is not None else "-",
             f"{number(one.clicked)} ({percent(one.click_rate)})" if one.clicked is not None else "-"]
            for one in self.steps
        ]  # fmt: skip
        return table(["step", "what", "taken", "waiting", "opened", "clicked"], rows)


def performance(ctx: Context, workflow: Workflow, period: str | None) -> WorkflowPerformance:
    """The figures of a workflow; with a period, of those who entered in it."""
    since, until, said = _window(ctx, period)
    states = states_of_workflow(ctx.session, workflow.id, since=since, until=until)
    brought: dict[str, int] = {}
    notes = []
    told = totals(ctx.session, KIND, workflow.id)
    if told and period is None:
        brought = {name: int(value) for name, value in told.items() if name in ("entered", "completed", "converted")}
        notes.append(
            f"{count(brought.get('entered', 0), 'entry', 'entries').capitalize()} of these are imported history, known only in total: not by step."
        )
    elif told:
        notes.append("Imported history carries no dates, so it is left out of this period.")
    versions = versions_entered(ctx.session, workflow.id)
    version_id = max(versions) if versions else workflow.version_id
    if len(versions) > 1:
        notes.append(f"{len(versions)} versions have been entered; the steps are those of the latest of them.")
    graph = graph_of(ctx.session, workflow, version_id)
    counted = sum(states.values())
    converted = converted_of(ctx.session, workflow.id, since=since, until=until) + brought.get("converted", 0)
    entered = counted + brought.get("entered", 0)
    completed = (
        states.get(EnrolmentState.COMPLETED, 0) + states.get(EnrolmentState.CONVERTED, 0) + brought.get("completed", 0)
    )
    return WorkflowPerformance(
        id=workflow.id,
        name=workflow.name,
        status=workflow.status,
        period=said,
        entered=entered,
        active=states.get(EnrolmentState.ACTIVE, 0) + states.get(EnrolmentState.HELD, 0),
        completed=completed,
        converted=converted,
        left=states.get(EnrolmentState.LEFT, 0),
        failed=states.get(EnrolmentState.FAILED, 0),
        counted=counted,
        imported=brought,
        completion_rate=completed / entered if entered else None,
        conversion_rate=converted / entered if entered else None,
        steps=step_figures(ctx, workflow, graph, version_id, since, until),
        versions=max(len(versions), 1),
        notes=tuple(notes),
    )


def step_figures(
    ctx: Context,
    workflow: Workflow,
    graph: Graph,
    version_id: int | None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[StepFigures, ...]:
    """What became of each step of one version."""
    taken = taken_steps(ctx.session, workflow.id, version_id=version_id, since=since, until=until)
    answers = answers_by_step(ctx.session, workflow.id, version_id=version_id, since=since, until=until)
    standing = standing_at(ctx.session, workflow.id, since=since, until=until)
    made = []
    for place, node in enumerate(graph.nodes, start=1):
        by_port = taken.get(node.id, {})
        message = isinstance(node, SendEmail | SendSms)
        own = answers.get(node.id, {})
        made.append(
            StepFigures(
                id=node.id,
                number=place,
                words=step_words(node),
                type=node.type,
                taken=sum(by_port.values()),
                waiting=standing.get(node.id, 0),
                by_port={port or "end": amount for port, amount in by_port.items()},
                opened=own.get(EventType.OPENED, 0) if message else None,
                clicked=own.get(EventType.CLICKED, 0) if message else None,
            )
        )
    return tuple(made)


def _window(ctx: Context, period: str | None) -> tuple[datetime | None, datetime | None, str | None]:
    if period is None:
        return None, None, None
    try:
        first, last = resolve_period(period, ctx.now, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(str(error), "period") from error
    zone = ctx.clock.zone
    since, until = (
        datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in (first, last + timedelta(days=1))
    )
    return since, until, days(first, last)
