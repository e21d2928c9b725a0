"""How workflows are found by what people call them, what a graph's names mean in the house, and how one is kept."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from memory.enums import TemplateKind
from memory.house import house_fact
from memory.mailings import EmailCampaign, email_campaign_named
from memory.segments import Segment, list_segments, segment_named
from memory.templates import Template, template_named
from memory.workflows import KIND, Workflow, WorkflowVersion, list_workflows, newest_version, versions_entered
from tools import merge, templates
from tools.automating.checks import House, Problem, problems
from tools.automating.graph import Graph, Node, SendEmail, SendSms, load_graph, store_graph
from tools.automating.wording import step_words, trigger_words
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.records import Noun, RecordName, register, resolve
from tools.core.result import RecordLink
from tools.leading.entry import HubLookup

#: The house fact that holds the address to which text messages are handed.
SMS_WEBHOOK = "sms_webhook"


#: What a template leaves for a person to fill in: "[your offer]" (a link in Markdown is none).
_BLANK = re.compile(r"\[[^\]\n]{2,40}\](?!\()")


@dataclass(frozen=True)
class Content:
    """The text of a message step: its name, where it is kept, subject line (mails) and body."""

    noun: str
    id: int
    name: str
    subject_line: str | None
    body: str

    @property
    def link(self) -> RecordLink:
        return RecordLink(noun=self.noun, id=self.id, name=self.name)


class HubNames:
    """Segments and mailings by what people call them."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def segment(self, name: str) -> tuple[int, str] | None:
        found = segment_named(self.ctx.session, name)
        return (found.id, found.name) if found else None

    def mailing(self, name: str) -> tuple[int, str] | None:
        return HubLookup(self.ctx).mailing(name)


def workflow_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """Every workflow."""
    return [RecordName(KIND, one.id, one.name) for one in list_workflows(session)]


def the_workflow(ctx: Context, workflow: str) -> Workflow:
    """The workflow that `workflow` names. Raises NotFound or Ambiguous, with candidates."""
    return ctx.session.get_one(Workflow, resolve(ctx, KIND, workflow, "workflow").id)


def workflow_link(workflow: Workflow) -> RecordLink:
    return RecordLink(noun=KIND, id=workflow.id, name=workflow.name)


def graph_of(session: Session, workflow: Workflow, version_id: int | None = None) -> Graph:
    """The graph of a workflow: the newest version's, or that of one version."""
    version = session.get_one(WorkflowVersion, version_id) if version_id else newest_version(session, workflow.id)
    return resolved(session, load_graph(version.graph))


def keep_graph(ctx: Context, workflow: Workflow, graph: Graph) -> WorkflowVersion:
    """Store a graph as the workflow's newest version: in place of the last one where nobody has entered that yet."""
    now = ctx.now.astimezone(UTC)
    graph = resolved(ctx.session, graph)
    latest = newest_version(ctx.session, workflow.id)
    if latest.pinned_at is None and latest.id not in versions_entered(ctx.session, workflow.id):
        latest.graph, latest.updated_at = store_graph(graph), now
    else:
        latest = first_version(workflow.id, graph, ctx, latest.number + 1)
        ctx.session.add(latest)
    mirror(workflow, graph)
    workflow.updated_at = now
    flag_modified(workflow, "updated_at")
    ctx.session.flush()
    return latest


def first_version(workflow_id: int, graph: Graph, ctx: Context, number: int = 1) -> WorkflowVersion:
    now = ctx.now.astimezone(UTC)
    return WorkflowVersion(
        workflow_id=workflow_id, number=number, graph=store_graph(graph), created_at=now, updated_at=now
    )


def mirror(workflow: Workflow, graph: Graph) -> None:
    """Repeat trigger and steps on the record, to be read without the graph."""
    trigger = graph.trigger.model_dump(mode="json", exclude_none=True) if graph.trigger else {}
    workflow.trigger = {**trigger, "words": trigger_words(graph.trigger)} if graph.trigger else {}
    workflow.steps = [
        {**node.model_dump(mode="json", exclude_none=True), "words": step_words(node)} for node in graph.nodes
    ]


def resolved(session: Session, graph: Graph) -> Graph:
    """The graph with the ids of the texts that its names mean now."""
    nodes: list[Node] = []
    for node in graph.nodes:
        if isinstance(node, SendEmail | SendSms) and content_of(session, node) is None and node.content:
            nodes.append(_found(session, node))
        else:
            nodes.append(node)
    return graph.model_copy(update={"nodes": tuple(nodes)})


def content_of(session: Session, node: SendEmail | SendSms) -> Content | None:
    """The text of a message step; None where it is still to be written."""
    if isinstance(node, SendEmail) and node.email_campaign_id:
        mailing = session.get(EmailCampaign, node.email_campaign_id)
        if mailing is not None and (mailing.content or mailing.subject_line):
            body = mailing.content or mailing.subject_line or ""
            return Content("email_campaign", mailing.id, mailing.name, mailing.subject_line, body)
    template = session.get(Template, node.template_id) if node.template_id else None
    if template is None:
        return None
    subject = (node.subject_line or node.content or template.name) if isinstance(node, SendEmail) else None
    return Content("template", template.id, template.name, subject, template.content)


def house_for(session: Session, graph: Graph) -> House:
    """What the checks need to know for a graph."""
    texts, broken, blanks = {}, {}, {}
    for node in graph.messages():
        content = content_of(session, node)
        texts[node.id] = content is not None
        if content is not None and (problem := _broken(content)):
            broken[node.id] = problem
        blank = _BLANK.search(f"{content.subject_line or ''}\n{content.body}") if content else None
        if blank:
            blanks[node.id] = blank.group()
    names = frozenset(one.name.casefold() for one in list_segments(session))
    return House(names, texts, broken, blanks, bool(house_fact(session, SMS_WEBHOOK)))


def problems_of(session: Session, graph: Graph) -> tuple[Problem, ...]:
    """Everything that is wrong with a graph in this house."""
    return problems(graph, house_for(session, graph))


def from_graph(ctx: Context, workflow: Workflow, stored: dict[str, object]) -> tuple[Problem, ...]:
    """Save a graph that was edited elsewhere (JSON, as `graph_of` gives it) and say what is wrong with it, step by step.

    A graph with errors is kept (it can be mended later), but cannot be activated. Raises BadInput for what is no graph.
    """
    graph = load_graph(dict(stored))
    found = problems_of(ctx.session, graph)
    undrawn = [problem for problem in found if problem.code in ("id", "edge")]
    if undrawn:
        raise BadInput(undrawn[0].sentence, "steps")
    keep_graph(ctx, workflow, graph)
    return found


def segment_of(session: Session, name: str | None, id: int | None) -> Segment | None:
    """The segment that a graph means: by its id, else by its name."""
    found = session.get(Segment, id) if id else None
    return found or (segment_named(session, name) if name else None)


def _found(session: Session, node: SendEmail | SendSms) -> SendEmail | SendSms:
    """The step with the text that its name means, if one is called so."""
    assert node.content is not None
    template = template_named(session, node.content)
    wanted = TemplateKind.EMAIL if isinstance(node, SendEmail) else TemplateKind.SMS
    if template is not None and template.kind == wanted:
        return node.model_copy(update={"template_id": template.id})
    mailing = email_campaign_named(session, node.content) if isinstance(node, SendEmail) else None
    return node.model_copy(update={"email_campaign_id": mailing.id}) if mailing else node


def _broken(content: Content) -> str | None:
    """What keeps a text from being sent: broken merge fields, slots that nobody fills."""
    try:
        slots = [one.path for one in merge.fields(content.body) if one.kind == "slot"]
        slots += [one.path for one in merge.fields(content.subject_line or "") if one.kind == "slot"]
    except merge.BrokenMerge as error:
        return error.sentence
    if not slots:
        return None
    return f"{merge.written(slots[0])} in “{content.name}” is a slot that nobody fills here; write its text out."


def _users_of_template(session: Session, template_id: int) -> Sequence[RecordLink]:
    return [
        workflow_link(one)
        for one in list_workflows(session)
        if any(step.get("template_id") == template_id for step in one.steps)
    ]


register(
    Noun(
        KIND,
        "workflow",
        "workflows",
        ("workflow", "workflows", "automation", "automations", "flow", "flows", "series", "sequence"),
        workflow_names,
    )
)
templates.USERS.append(_users_of_template)
