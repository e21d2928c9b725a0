"""Creating a workflow: from a description, from a trigger and steps, or from both; checked, named and stored as a draft."""

from dataclasses import dataclass
from datetime import UTC

from memory.enums import EventType, WorkflowStatus
from memory.past_events import event_name_known
from memory.workflows import Workflow, workflow_named
from tools.automating.cards import WorkflowCreated, card_fields
from tools.automating.entry import HubNames, first_version, mirror, resolved
from tools.automating.graph import (
    EventHappened,
    Graph,
    LeadCreated,
    MailAnswered,
    SegmentMoved,
    SendEmail,
    SendSms,
    Trigger,
    Unclear,
)
from tools.automating.reading import Understood, read_steps, read_trigger_text, read_workflow, with_steps
from tools.automating.wording import quoted, step_words, trigger_words
from tools.core.context import Context
from tools.core.errors import BadInput, Missing
from tools.leading.entry import HubLookup
from tools.quoting import inert
from tools.show import listing, shorten

LONGEST_NAME = 200
MOST_STEPS = 200
LONGEST = 8_000


@dataclass(frozen=True)
class Wish:
    """What a person said about a new workflow."""

    description: str
    name: str | None
    trigger: str | None
    steps: tuple[str, ...]


def create(ctx: Context, wish: Wish) -> WorkflowCreated:
    """Read, check and store a workflow as a draft. Raises Missing where neither a trigger nor a step can be read."""
    understood = understand(ctx, wish)
    graph = resolved(ctx.session, understood.graph)
    name = _name(ctx, wish, understood, graph)
    now = ctx.now.astimezone(UTC)
    workflow = Workflow(
        name=name,
        description=wish.description,
        status=WorkflowStatus.DRAFT,
        trigger={},
        steps=[],
        created_at=now,
        updated_at=now,
    )
    mirror(workflow, graph)
    ctx.session.add(workflow)
    ctx.session.flush()
    ctx.session.add(first_version(workflow.id, graph, ctx))
    ctx.session.flush()
    notes = _notes(ctx, understood, graph)
    return WorkflowCreated(**card_fields(ctx, workflow), notes=tuple(notes))


def understand(ctx: Context, wish: Wish) -> Understood:
    """The graph that a wish means: trigger and steps given by themselves go before those of the description."""
    if len(wish.description) + sum(map(len, wish.steps)) > LONGEST:
        raise BadInput(
            f"The description is longer than {LONGEST:,} characters; please say it in fewer words.", "description"
        )
    names, lookup = HubNames(ctx), HubLookup(ctx)
    understood = Understood(Graph())
    if not (wish.trigger and wish.steps):  # else the description only describes
        understood = read_workflow(wish.description, ctx.now, names, lookup)
    if wish.trigger:
        trigger = read_trigger_text(wish.trigger, ctx.now, names, lookup)
        trigger = trigger or understood.graph.trigger
        if trigger is None:
            raise BadInput(
                f"I cannot read “{inert(shorten(wish.trigger, 80))}” as a trigger. Say it like “a lead is created”, “enters "
                "segment VIP customers”, “opens “October newsletter””, “event cart_abandoned” or “a webhook is called”.",
                "trigger",
            )
        understood = Understood(
            understood.graph.model_copy(update={"trigger": trigger}), understood.name, understood.ignored
        )
    if wish.steps:
        told = read_steps(list(wish.steps), ctx.now, names, lookup)
        understood = with_steps(understood, told.graph)
    if understood.empty:
        raise Missing(
            "When shall the workflow start, and what shall it do? Say it like “when a lead is created, wait 1 day, then send "
            "email “Welcome”; if not opened send an sms”.",
            ["description"],
        )
    nodes = understood.graph.nodes
    if nodes and understood.graph.trigger is None and all(isinstance(node, Unclear) for node in nodes):
        raise BadInput(
            f"I cannot read a workflow out of “{inert(shorten(wish.description, 80))}”. Say when it starts and what it does, "
            "like “when a lead is created, wait 1 day, then send email “Welcome””.",
            "description",
        )
    if len(nodes) > MOST_STEPS:
        raise BadInput(f"This workflow has {len(nodes)} steps; at most {MOST_STEPS} can be kept.", "steps")
    return understood


def name_of(trigger: Trigger | None, graph: Graph) -> str:
    """A name from what the workflow does: "Sign-up: email, sms"."""
    starts = _short(trigger) if trigger else "Workflow"
    said = list(dict.fromkeys(_deed(node) for node in graph.nodes if isinstance(node, SendEmail | SendSms)))
    if not said:
        said = [step_words(node) for node in graph.nodes[:1]]
    return shorten(f"{starts[:1].upper()}{starts[1:]}" + (f": {listing(said[:2])}" if said else ""), 100)


def _name(ctx: Context, wish: Wish, understood: Understood, graph: Graph) -> str:
    told = wish.name or understood.name
    if told:
        name = " ".join(told.split())
        if len(name) > LONGEST_NAME:
            raise BadInput(f"The name has {len(name)} characters; please use at most {LONGEST_NAME}.", "name")
        taken = workflow_named(ctx.session, name)
        if taken is not None:
            raise BadInput(
                f"There is a workflow called “{inert(taken.name)}” already. Please choose another name.", "name"
            )
        return name
    base = name_of(graph.trigger, graph)
    name, number = base, 1
    while workflow_named(ctx.session, name) is not None:
        number += 1
        name = f"{base} ({number})"
    return name


def _short(trigger: Trigger) -> str:
    match trigger:
        case LeadCreated():
            return "new lead"
        case SegmentMoved(target=target) if target.segment:
            return target.segment if trigger.move == "entered" else f"left {target.segment}"
        case EventHappened(event=EventType.SIGNED_UP):
            return "sign-up"
        case EventHappened(event=EventType.ORDERED):
            return "order"
        case EventHappened() if trigger.name:
            return trigger.name.replace("_", " ")
        case MailAnswered() if trigger.mailing:
            return f"{trigger.deed} {trigger.mailing}"
    return trigger_words(trigger).removeprefix("when a lead ").removeprefix("when ")


def _deed(node: SendEmail | SendSms) -> str:
    return node.content or node.type


def _notes(ctx: Context, understood: Understood, graph: Graph) -> list[str]:
    notes = []
    if understood.ignored:
        left = listing(f"“{shorten(words, 60)}”" for words in understood.ignored[:5])
        notes.append(f"I left out {left}: I could not read it as a part of the workflow.")
    trigger = graph.trigger
    own = trigger.name if isinstance(trigger, EventHappened) and trigger.event == EventType.OTHER else None
    if own and not event_name_known(ctx.session, own):
        notes.append(
            f"No event {quoted(own)} has been recorded yet: it starts once your shop or site reports events of that name."
        )
    return notes
