"""What the automation tools return of a workflow: in words, as typed data (nodes and edges), with what is wrong per step."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.enums import WorkflowStatus
from memory.metrics import totals, totals_of_all
from memory.workflows import (
    KIND,
    UNDER_WAY,
    EnrolmentState,
    Workflow,
    converted_of,
    newest_version,
    states_of_workflow,
    states_of_workflows,
)
from tools.automating.checks import Problem, errors
from tools.automating.entry import content_of, graph_of, problems_of, workflow_link
from tools.automating.graph import Graph, SendEmail, SendSms, store_graph
from tools.automating.wording import in_words, lines, question_words, reentry_words, step_words, trigger_words
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import bullets, count, words

MOST_LISTED = 50


class StepCard(BaseModel):
    """One step: its number in the words, its id and type in the graph, what it does, the text it sends (if any)."""

    model_config = ConfigDict(frozen=True)

    number: int
    id: str
    type: str
    words: str
    text: RecordLink | None = None


class Counts(BaseModel):
    """How many people entered, are under way, went to the end, reached the goal. `imported` is the part brought along."""

    model_config = ConfigDict(frozen=True)

    entered: int = 0
    active: int = 0
    completed: int = 0
    converted: int = 0
    imported: bool = False

    def line(self) -> str:
        """The counts in one line."""
        if not self.entered:
            return "Nobody has entered it yet."
        said = f"{count(self.entered, 'person', 'people')} entered"
        said += f", {self.active:,} under way" if self.active else ""
        said += f", {self.completed:,} completed, {self.converted:,} converted"
        return f"{said} (imported history included)." if self.imported else f"{said}."


class WorkflowCard(Result):
    """One workflow. `graph` holds its nodes and edges as JSON (see tools.automating.graph); `said` is the whole in words
    that can be read back; `problems` are what is wrong with it, by step.
    """

    id: int
    name: str
    description: str | None
    status: WorkflowStatus
    trigger: dict[str, Any] | None
    trigger_words: str | None
    steps: tuple[StepCard, ...]
    goal: str | None
    reentry: str
    graph: dict[str, Any]
    said: str
    listing: tuple[str, ...]
    version: int
    metrics: Counts
    problems: tuple[Problem, ...]
    ai_optimized: bool

    @property
    def text(self) -> str:
        head = f"**{inert(self.name)}** (workflow #{self.id}, {words(self.status)})"
        return "\n\n".join([head, *self.body(), self.metrics.line(), *self.remarks()])

    @property
    def links(self) -> tuple[RecordLink, ...]:
        own = RecordLink(noun=KIND, id=self.id, name=self.name)
        return tuple(dict.fromkeys((own, *(step.text for step in self.steps if step.text))))

    def body(self) -> list[str]:
        """The trigger, the steps, the goal and who may enter again, as paragraphs."""
        starts = inert(self.trigger_words or "not said yet")
        parts = [f"**Starts:** {starts}"]
        parts.append("\n".join(inert(line) for line in self.listing) if self.listing else "It has no steps yet.")
        if self.goal:
            parts.append(f"**Goal:** {inert(self.goal)}. Whoever reaches it leaves, as converted.")
        parts.append(f"**Re-entry:** {self.reentry or 'everyone goes through once'}.")
        return parts

    def remarks(self) -> list[str]:
        """What is wrong with it, and what is missing."""
        if not self.problems:
            return []
        heads = {
            "error": "To be mended before it can be activated",
            "missing": "Still missing",
            "warning": "To consider",
        }
        return [
            f"{heads[level]}:\n{bullets(inert(one.sentence) for one in self.problems if one.level == level)}"
            for level in heads
            if any(one.level == level for one in self.problems)
        ]


class WorkflowCreated(WorkflowCard):
    """The workflow that was just created, as a draft. `notes` are what the person should know of how it was read."""

    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        head = f"Created the workflow **{inert(self.name)}** as a draft. Nothing runs until you activate it."
        return "\n\n".join([head, *self.body(), *map(inert, self.notes), *self.remarks()])


class WorkflowLine(BaseModel):
    """A workflow in a list."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    status: WorkflowStatus
    trigger_words: str | None
    steps: int
    metrics: Counts

    def line(self) -> str:
        starts = inert(self.trigger_words or "no trigger yet")
        counts = f"; {self.metrics.line()}" if self.metrics.entered else ""
        return (
            f"**{inert(self.name)}** ({words(self.status)}): {starts}, {count(self.steps, 'step')}{counts.rstrip('.')}"
        )


class WorkflowList(Result):
    """Workflows, newest first; `status` is what they were chosen by, `in_all` how many there are without it."""

    workflows: tuple[WorkflowLine, ...]
    status: WorkflowStatus | None
    in_all: int

    @property
    def text(self) -> str:
        if not self.in_all:
            return (
                "There are no workflows yet. Create one with, for example: “create a workflow: when someone signs up, wait "
                "a day, then email them”."
            )
        kind = f"{words(self.status)} workflow" if self.status else "workflow"
        if not self.workflows:
            return f"There are no {kind}s; {count(self.in_all, 'workflow')} in all."
        shown = [one.line() for one in self.workflows[:MOST_LISTED]]
        more = len(self.workflows) - len(shown)
        head = f"{count(len(self.workflows), kind)}:"
        return f"{head}\n\n{bullets(shown)}" + (f"\n\n… and {more} more." if more else "")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(RecordLink(noun=KIND, id=one.id, name=one.name) for one in self.workflows)


class WorkflowPaused(WorkflowCard):
    """A workflow that was paused: how many people wait where they are until it goes on."""

    waiting: int

    @property
    def text(self) -> str:
        if not self.waiting:
            return f"Paused the workflow **{inert(self.name)}**. Nobody was under way in it; nobody enters it now."
        verb = "stays" if self.waiting == 1 else "stay"
        return (
            f"Paused the workflow **{inert(self.name)}**. {count(self.waiting, 'person', 'people').capitalize()} {verb} at "
            "the step where they are until it is activated again; nobody new enters it."
        )


class WorkflowDeletion(WorkflowCard):
    """What deleting a workflow would remove."""

    under_way: int

    @property
    def text(self) -> str:
        head = (
            f"Delete the workflow **{inert(self.name)}** (#{self.id}, {words(self.status)}) for good, with its figures."
        )
        if self.under_way:
            verb = "is" if self.under_way == 1 else "are"
            head += (
                f" {count(self.under_way, 'person', 'people').capitalize()} {verb} under way in it: they would get "
                "nothing more from it."
            )
        return "\n\n".join([head, *self.body(), self.metrics.line()])


class WorkflowDeleted(Result):
    """The workflow that is gone."""

    id: int
    name: str
    stopped: int

    @property
    def text(self) -> str:
        said = f"Deleted the workflow **{inert(self.name)}**."
        return (
            f"{said} {count(self.stopped, 'person', 'people').capitalize()} under way in it stopped."
            if self.stopped
            else said
        )


def card_fields(ctx: Context, workflow: Workflow, version_id: int | None = None) -> dict[str, Any]:
    """The fields of a WorkflowCard: of the newest version, or of another."""
    graph = graph_of(ctx.session, workflow, version_id)
    return {
        "id": workflow.id,
        "name": workflow.name,
        "description": workflow.description,
        "status": workflow.status,
        **graph_fields(ctx, graph),
        "version": newest_version(ctx.session, workflow.id).number,
        "metrics": counts(ctx, workflow.id),
        "ai_optimized": workflow.ai_optimized,
    }


def graph_fields(ctx: Context, graph: Graph) -> dict[str, Any]:
    """What a card tells of a graph."""
    return {
        "trigger": graph.trigger.model_dump(mode="json", exclude_none=True) if graph.trigger else None,
        "trigger_words": trigger_words(graph.trigger) if graph.trigger else None,
        "steps": step_cards(ctx, graph),
        "goal": question_words(graph.goal) if graph.goal else None,
        "reentry": reentry_words(graph),
        "graph": store_graph(graph),
        "said": in_words(graph),
        "listing": tuple(lines(graph)),
        "problems": problems_of(ctx.session, graph),
    }


def step_cards(ctx: Context, graph: Graph) -> tuple[StepCard, ...]:
    """The steps of a graph, in its order."""
    made = []
    for number, node in enumerate(graph.nodes, start=1):
        content = content_of(ctx.session, node) if isinstance(node, SendEmail | SendSms) else None
        made.append(
            StepCard(
                number=number,
                id=node.id,
                type=node.type,
                words=step_words(node),
                text=content.link if content else None,
            )
        )
    return tuple(made)


def counts(ctx: Context, workflow_id: int) -> Counts:
    """The people of a workflow, imported history included."""
    return _counts(
        states_of_workflow(ctx.session, workflow_id),
        converted_of(ctx.session, workflow_id),
        totals(ctx.session, KIND, workflow_id),
    )


def counts_of_all(ctx: Context) -> dict[int, Counts]:
    """The people of every workflow that somebody entered."""
    states, imported = states_of_workflows(ctx.session), totals_of_all(ctx.session, KIND)
    return {
        id: _counts(states.get(id, {}), converted_of(ctx.session, id) if id in states else 0, imported.get(id, {}))
        for id in states.keys() | imported.keys()
    }


def can_run(problems: tuple[Problem, ...]) -> bool:
    """Whether nothing forbids activation."""
    return not errors(problems)


def link_of(workflow: Workflow) -> RecordLink:
    return workflow_link(workflow)


def _counts(states: dict[EnrolmentState, int], converted: int, imported: dict[str, float]) -> Counts:
    brought = {name: int(imported.get(name, 0)) for name in ("entered", "completed", "converted")}
    ended = states.get(EnrolmentState.COMPLETED, 0) + states.get(EnrolmentState.CONVERTED, 0)
    return Counts(
        entered=sum(states.values()) + brought["entered"],
        active=sum(states.get(state, 0) for state in UNDER_WAY),
        completed=ended + brought["completed"],
        converted=converted + brought["converted"],
        imported=any(brought.values()),
    )
