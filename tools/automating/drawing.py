"""A workflow as it is drawn: its graph with everything in words and what is wrong, also while it is not saved yet."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.enums import TemplateKind
from memory.mailings import list_email_campaigns
from memory.segments import list_segments
from memory.templates import list_templates
from memory.workflows import Workflow, newest_version, versions_of
from tools.automating import creating
from tools.automating.checks import Problem
from tools.automating.creating import Wish, understand
from tools.automating.entry import HubNames, content_of, graph_of, problems_of, resolved
from tools.automating.graph import Graph, SendEmail, SendSms, load_graph, ports, store_graph
from tools.automating.phrases import request
from tools.automating.questions import ask
from tools.automating.reading import read_steps, read_trigger_text
from tools.automating.triggers import Reading
from tools.automating.wording import in_words, question_words, reentry_words, step_words, trigger_words
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import RecordLink
from tools.leading.entry import HubLookup
from tools.quoting import inert
from tools.show import shorten

#: Texts and segments offered in the inspector.
MOST_OFFERED = 500


class DrawnStep(BaseModel):
    """A step in words, the ports by which people leave it, and the text that it sends (if there is one)."""

    model_config = ConfigDict(frozen=True)

    words: str
    ports: tuple[str, ...]
    text: RecordLink | None


class Drawing(BaseModel):
    """A graph (JSON as `graph_of` gives it) with its words and problems. `said` reads back as the same graph."""

    model_config = ConfigDict(frozen=True)

    graph: dict[str, Any]
    steps: dict[str, DrawnStep]
    trigger_words: str | None
    goal_words: str | None
    reentry_words: str
    said: str
    problems: tuple[Problem, ...]
    name: str | None = None
    notes: tuple[str, ...] = ()


class OpenedWorkflow(Drawing):
    """A stored workflow: `revision` is what a save is based on; `versions` its versions; `running` the number of the
    version that people enter now (None: it was never activated); `changed` whether the drawn one is another."""

    id: int
    description: str | None
    status: str
    revision: int
    versions: int
    running: int | None
    changed: bool


class Offered(BaseModel):
    """What a step may name: texts of mails and SMS, mailings, segments; as (id, name)."""

    model_config = ConfigDict(frozen=True)

    email_templates: tuple[tuple[int, str], ...]
    sms_templates: tuple[tuple[int, str], ...]
    mailings: tuple[tuple[int, str], ...]
    segments: tuple[tuple[int, str], ...]


def drawing(ctx: Context, graph: Graph, **more: Any) -> Drawing:
    """A graph as it is drawn."""
    return Drawing(**_fields(ctx, graph), **more)


def _fields(ctx: Context, graph: Graph) -> dict[str, Any]:
    graph = resolved(ctx.session, graph)
    steps = {}
    for node in graph.nodes:
        content = content_of(ctx.session, node) if isinstance(node, SendEmail | SendSms) else None
        steps[node.id] = DrawnStep(words=step_words(node), ports=ports(node), text=content.link if content else None)
    found = problems_of(ctx.session, graph)
    torn = any(problem.code in ("id", "edge") for problem in found)
    return {
        "graph": store_graph(graph),
        "steps": steps,
        "trigger_words": trigger_words(graph.trigger) if graph.trigger else None,
        "goal_words": question_words(graph.goal) if graph.goal else None,
        "reentry_words": reentry_words(graph),
        "said": "" if torn else in_words(graph),
        "problems": found,
    }


def opened(ctx: Context, workflow: Workflow) -> OpenedWorkflow:
    """A stored workflow, to be edited."""
    newest = newest_version(ctx.session, workflow.id)
    versions = versions_of(ctx.session, workflow.id)
    running = next((one.number for one in versions if one.id == workflow.version_id), None)
    return OpenedWorkflow(
        **_fields(ctx, graph_of(ctx.session, workflow)),
        name=workflow.name,
        id=workflow.id,
        description=workflow.description,
        status=workflow.status.value,
        revision=workflow.version,
        versions=newest.number,
        running=running,
        changed=running is not None and running != newest.number,
    )


def checked(ctx: Context, stored: dict[str, Any]) -> Drawing:
    """A graph that is being edited: in words, with what is wrong. Raises BadInput for what is no graph."""
    return drawing(ctx, load_graph(stored))


def described(ctx: Context, text: str) -> Drawing:
    """The graph that a description means; nothing is stored. Raises Missing or BadInput where none can be read."""
    understood = understand(ctx, Wish(text, None, None, ()))
    notes = [
        f"I left out “{inert(shorten(words, 60))}”: I could not read it as a part of the workflow."
        for words in understood.ignored[:5]
    ]
    name = understood.name or creating.name_of(understood.graph.trigger, understood.graph)
    return drawing(ctx, understood.graph, name=name, notes=tuple(notes))


def trigger_said(ctx: Context, text: str) -> dict[str, Any]:
    """The trigger that words mean, as JSON. Raises BadInput where they mean none."""
    trigger = read_trigger_text(text, ctx.now, HubNames(ctx), HubLookup(ctx)) if text.strip() else None
    if trigger is None:
        raise BadInput(
            f"I cannot read “{shorten(text, 80)}” as a trigger. Say it like “a lead is created”, “enters segment VIP "
            "customers”, “opens “October newsletter””, “event cart_abandoned” or “a webhook is called”.",
            "trigger",
        )
    return trigger.model_dump(mode="json", exclude_none=True)


def question_said(ctx: Context, text: str) -> dict[str, Any]:
    """The question that words mean ("opened", "city is Berlin", "they ordered"), as JSON. Raises BadInput."""
    words = text.strip().removeprefix("if ").strip()
    made = request(words)
    asked = (
        ask(made.text, 0, Reading(made, ctx.now, HubNames(ctx), HubLookup(ctx)), [len(made.text)]) if words else None
    )
    if asked is None or asked.no or made.text[asked.end :].strip(" .,;"):
        raise BadInput(
            f"I cannot read “{shorten(text, 80)}” as a question. Say it like “opened”, “clicked”, “they ordered”, “in "
            "segment “VIP customers”” or “city is Berlin”, without “not”: the way “no” is for that.",
            "question",
        )
    return asked.question.model_dump(mode="json", exclude_none=True)


def steps_said(ctx: Context, text: str) -> dict[str, Any]:
    """The steps that words mean, as a graph of their own. Raises BadInput where they mean none."""
    graph = read_steps([text], ctx.now, HubNames(ctx), HubLookup(ctx)).graph
    if not graph.nodes or any(node.type == "unclear" for node in graph.nodes):
        raise BadInput(
            f"I cannot read “{shorten(text, 80)}” as a step. Say it like “wait 2 days”, “send email “Welcome””, “if not "
            "opened send sms “Hi””.",
            "steps",
        )
    return store_graph(graph)


def offered(ctx: Context) -> Offered:
    """The records that a step may name."""
    texts = list_templates(ctx.session)
    return Offered(
        email_templates=tuple((one.id, one.name) for one in texts if one.kind == TemplateKind.EMAIL)[:MOST_OFFERED],
        sms_templates=tuple((one.id, one.name) for one in texts if one.kind == TemplateKind.SMS)[:MOST_OFFERED],
        mailings=tuple((one.id, one.name) for one in list_email_campaigns(ctx.session))[:MOST_OFFERED],
        segments=tuple((one.id, one.name) for one in list_segments(ctx.session))[:MOST_OFFERED],
    )
