"""Activating a workflow: the plan that a person approves, and what happens after the approval; pausing and deleting."""

from datetime import UTC, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm.attributes import flag_modified

from memory.enums import WorkflowStatus
from memory.lead_attributes import lead_to_show
from memory.workflows import UNDER_WAY, Workflow, newest_version, remove, states_of_workflow
from tools import merge
from tools.automating.cards import WorkflowCard, WorkflowDeleted, WorkflowDeletion, WorkflowPaused, card_fields
from tools.automating.entry import content_of, graph_of, keep_graph, problems_of
from tools.automating.graph import Graph, SegmentMoved, SendEmail
from tools.automating.past import condition_of, starts
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict
from tools.journeys.starting import begin, forget, halt
from tools.mailing.cards import shown_content
from tools.mailing.sample import SAMPLE_LINKS, house_values, lead_values
from tools.quoting import inert
from tools.show import bullets, count

#: Days of the past by which the plan says how many people to expect.
LOOK_BACK = 30
NO_SERVER = "No mail server is configured (setting smtp_url): mails wait in the outbox until one is."


class SampleMessage(BaseModel):
    """A message of the workflow as the sample person would read it; `content` is None where it is still to be written."""

    model_config = ConfigDict(frozen=True)

    number: int
    type: str
    called: str | None
    subject_line: str | None
    content: str | None


class Expected(BaseModel):
    """How many people the trigger met in the last days, by real events: an estimate, not what will happen."""

    model_config = ConfigDict(frozen=True)

    days: int
    people: int
    times: int
    notes: tuple[str, ...]


class ActivationPlan(WorkflowCard):
    """What activating would do. `expected` moves with the calendar, so it is no part of what the approval is bound to."""

    going_on: int
    samples: tuple[SampleMessage, ...]
    sample_person: str
    mail_server: bool
    expected: Expected | None = Field(default=None, exclude=True)

    @property
    def text(self) -> str:
        again = f" again (version {self.version})" if self.status == WorkflowStatus.PAUSED else ""
        head = (
            f"Activate the workflow **{inert(self.name)}**{again}: from then on, everybody who fits its trigger enters."
        )
        parts = [head, *self.body(), self._expectation()]
        if self.going_on:
            parts.append(f"{count(self.going_on, 'person', 'people').capitalize()} under way in it will go on.")
        for one in self.samples:
            parts.append(self._sample(one))
        parts += self.remarks()
        if any(step.type == "email" for step in self.steps) and not self.mail_server:
            parts.append(NO_SERVER)
        return "\n\n".join(parts)

    def data(self) -> dict[str, Any]:
        return {**super().data(), "expected": self.expected.model_dump(mode="json") if self.expected else None}

    def remarks(self) -> list[str]:
        told = super().remarks()
        if any(one.level == "missing" for one in self.problems):
            told.append("People who come to a step of which something is missing wait there until it is given.")
        return told

    def _expectation(self) -> str:
        if self.expected is None:
            return ""
        one = self.expected
        times = f" ({one.times:,} times in all)" if one.times != one.people else ""
        said = f"**Whom it would meet:** {count(one.people, 'person', 'people')}{times} in the last {one.days} days."
        if self.trigger and self.trigger.get("type") == "segment":
            said += " Whoever fits already when it is activated is not enrolled; only who comes in from then on."
        return " ".join([said, *map(inert, one.notes)])

    def _sample(self, one: SampleMessage) -> str:
        named = f" {inert(one.called)}" if one.called else ""
        if one.content is None:
            return f"**Step {one.number}, {one.type}{named}:** not written yet."
        subject = f"\n\nSubject: {inert(one.subject_line)}" if one.subject_line else ""
        return f"**Step {one.number}, {one.type}{named}**, as {inert(self.sample_person)} would read it:{subject}\n\n{shown_content(one.content)}"


class WorkflowActivated(WorkflowCard):
    """A workflow that is active now, with the version that people enter."""

    mail_server: bool

    @property
    def text(self) -> str:
        said = [
            f"The workflow **{inert(self.name)}** is active (version {self.version}): {inert(self.trigger_words or '')} it starts."
        ]
        missing = [inert(one.sentence) for one in self.problems if one.level == "missing"]
        if missing:
            said.append(f"People wait at these steps until what is missing is given:\n{bullets(missing)}")
        if any(step.type == "email" for step in self.steps) and not self.mail_server:
            said.append(NO_SERVER)
        return "\n\n".join(said)


def plan_activation(ctx: Context, workflow: Workflow) -> ActivationPlan:
    """What activating would do. Raises Conflict where it is active already, BadInput where its graph has errors."""
    graph = _ready(ctx, workflow)
    states = states_of_workflow(ctx.session, workflow.id)
    where = graph.trigger.where if graph.trigger else None
    if isinstance(graph.trigger, SegmentMoved) and where is None:
        where = graph.trigger.target
    lead = lead_to_show(ctx.session, condition_of(ctx.session, where, ctx.now)) or lead_to_show(ctx.session)
    values = {
        "lead": lead_values(ctx.session, lead),
        "company": house_values(ctx.session),
        "campaign": {},
        **SAMPLE_LINKS,
    }
    return ActivationPlan(
        **card_fields(ctx, workflow),
        going_on=sum(states.get(state, 0) for state in UNDER_WAY),
        samples=tuple(_samples(ctx, graph, values)),
        sample_person=(lead.name or lead.email) if lead else "somebody of whom nothing is known",
        mail_server=ctx.mail_server is not None,
        expected=_expected(ctx, graph),
    )


def activate(ctx: Context, workflow: Workflow) -> WorkflowActivated:
    """Carry the approved plan out: pin the newest version and set the workflow active."""
    graph = _ready(ctx, workflow)
    version = newest_version(ctx.session, workflow.id)
    if version.pinned_at is None:
        version = keep_graph(ctx, workflow, graph)  # with the texts that its names mean now
    now = ctx.now.astimezone(UTC)
    version.pinned_at = version.pinned_at or now
    workflow.status, workflow.version_id, workflow.activated_at, workflow.paused_at = (
        WorkflowStatus.ACTIVE,
        version.id,
        now,
        None,
    )
    begin(ctx.session, workflow, version, graph, ctx.now)
    _touch(ctx, workflow)
    return WorkflowActivated(**card_fields(ctx, workflow), mail_server=ctx.mail_server is not None)


def pause(ctx: Context, workflow: Workflow) -> WorkflowPaused:
    """Pause an active workflow. Raises Conflict where it is not active."""
    if workflow.status != WorkflowStatus.ACTIVE:
        said = (
            "is paused already"
            if workflow.status == WorkflowStatus.PAUSED
            else "is a draft that was never activated: there is nothing to pause"
        )
        raise Conflict(f"“{inert(workflow.name)}” {said}. Nothing was changed.")
    workflow.status, workflow.paused_at = WorkflowStatus.PAUSED, ctx.now.astimezone(UTC)
    halt(ctx.session, workflow, ctx.now)
    _touch(ctx, workflow)
    states = states_of_workflow(ctx.session, workflow.id)
    return WorkflowPaused(**card_fields(ctx, workflow), waiting=sum(states.get(state, 0) for state in UNDER_WAY))


def plan_deletion(ctx: Context, workflow: Workflow) -> WorkflowDeletion:
    """What deleting would remove."""
    fields = card_fields(ctx, workflow)
    return WorkflowDeletion(**fields, under_way=fields["metrics"].active)


def delete(ctx: Context, workflow: Workflow) -> WorkflowDeleted:
    """Delete a workflow with its versions, its people's ways and its figures."""
    states = states_of_workflow(ctx.session, workflow.id)
    gone = WorkflowDeleted(id=workflow.id, name=workflow.name, stopped=sum(states.get(state, 0) for state in UNDER_WAY))
    forget(ctx.session, workflow.id, ctx.now)
    remove(ctx.session, workflow)
    return gone


def _ready(ctx: Context, workflow: Workflow) -> Graph:
    newest = newest_version(ctx.session, workflow.id)
    if workflow.status == WorkflowStatus.ACTIVE and workflow.version_id == newest.id:
        raise Conflict(f"“{inert(workflow.name)}” is active already. Nothing was changed.")
    graph = graph_of(ctx.session, workflow)
    wrong = [problem.sentence for problem in problems_of(ctx.session, graph) if problem.level == "error"]
    if wrong:
        said = wrong[0] if len(wrong) == 1 else "\n" + bullets(map(inert, wrong))
        raise BadInput(f"“{inert(workflow.name)}” cannot be activated yet: {inert(said)}", "workflow")
    return graph


def _samples(ctx: Context, graph: Graph, values: dict[str, Any]) -> list[SampleMessage]:
    made = []
    numbers = {node.id: number for number, node in enumerate(graph.nodes, start=1)}
    for node in graph.messages():
        content = content_of(ctx.session, node)
        subject = content.subject_line if content else None
        made.append(
            SampleMessage(
                number=numbers[node.id],
                type="email" if isinstance(node, SendEmail) else "SMS",
                called=content.name if content else node.content,
                subject_line=merge.render(subject, values) if subject else None,
                content=merge.render(content.body, values, html=merge.is_html(content.body)) if content else None,
            )
        )
    return made


def _expected(ctx: Context, graph: Graph) -> Expected | None:
    if graph.trigger is None:
        return None
    until = ctx.now.astimezone(UTC)
    begun = starts(ctx.session, graph.trigger, until - timedelta(days=LOOK_BACK), until, ctx.clock.zone)
    people = len({lead_id for lead_id, _ in begun.people})
    return Expected(days=LOOK_BACK, people=people, times=len(begun.people), notes=begun.notes)


def _touch(ctx: Context, workflow: Workflow) -> None:
    workflow.updated_at = ctx.now.astimezone(UTC)
    flag_modified(workflow, "updated_at")
    ctx.session.flush()
