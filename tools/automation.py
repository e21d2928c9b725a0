"""The automation tools: workflows from a sentence to a typed graph, their activation, texts, simulation and figures."""

from memory import workflows as stored
from memory.enums import WorkflowStatus
from memory.workflows import list_workflows as stored_workflows
from tools.automating.activating import (
    ActivationPlan,
    WorkflowActivated,
    activate,
    delete,
    pause,
    plan_activation,
    plan_deletion,
)
from tools.automating.cards import (
    Counts,
    WorkflowCard,
    WorkflowCreated,
    WorkflowDeleted,
    WorkflowDeletion,
    WorkflowLine,
    WorkflowList,
    WorkflowPaused,
    card_fields,
    counts_of_all,
)
from tools.automating.creating import Wish, create
from tools.automating.entry import the_workflow
from tools.automating.optimizing import Optimization, optimize
from tools.automating.performing import WorkflowPerformance, performance
from tools.automating.simulating import Simulation, simulate
from tools.automating.suggesting import TriggerSuggestions, suggest
from tools.automating.writing_content import WorkflowContent, write_content
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import Aim, Days, Description, Name, Period, Step, Tone, Trigger, WorkflowRef


@tool(effect="write", route="POST /automation/workflows/create")
def create_workflow(
    ctx: Context,
    description: Description,
    name: Name | None = None,
    trigger: Trigger | None = None,
    steps: list[Step] | None = None,
) -> WorkflowCreated:
    """Create a workflow from words, as a draft: when it starts and what it then does. Nothing runs before it is activated.

    Args:
        description: When it starts and what it does: "when someone signs up, wait a day, then email them; if they don't
            open it send an SMS". With trigger and steps given, a mere description.
        name: What the workflow is called; no other workflow may have the name. Without it, named after what it does.
        trigger: When it starts, in words: "a lead is created", "enters segment VIPs", "event cart_abandoned".
        steps: What it does, one text for each step: "send email 'Welcome'", "wait 2 days", "if not opened send sms 'Hi'".
    """
    return create(ctx, Wish(description, name, trigger, tuple(steps or ())))


@tool(effect="read", route="GET /automation/workflows/list")
def list_workflows(ctx: Context, status: WorkflowStatus | None = None) -> WorkflowList:
    """List the workflows, newest first, with how many people each has seen.

    Args:
        status: Only workflows with this status.
    """
    counts = counts_of_all(ctx)
    found = stored_workflows(ctx.session, status=status)
    return WorkflowList(
        workflows=tuple(
            WorkflowLine(
                id=one.id,
                name=one.name,
                status=one.status,
                trigger_words=one.trigger.get("words"),
                steps=len(one.steps),
                metrics=counts.get(one.id, Counts()),
            )
            for one in found
        ),
        status=status,
        in_all=len(stored.list_workflows(ctx.session)),
    )


@tool(effect="read", route="GET /automation/workflows/{workflow}")
def get_workflow(ctx: Context, workflow: WorkflowRef) -> WorkflowCard:
    """Show one workflow: its trigger and steps in words and as a graph, its figures, and what is wrong or missing.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
    """
    return WorkflowCard(**card_fields(ctx, the_workflow(ctx, workflow)))


def preview_activate_workflow(ctx: Context, workflow: WorkflowRef) -> ActivationPlan:
    """What activating this workflow would do: whom it meets, what they get, what is missing."""
    return plan_activation(ctx, the_workflow(ctx, workflow))


@tool(effect="gated", route="POST /automation/workflows/{workflow}/activate", preview=preview_activate_workflow)
def activate_workflow(ctx: Context, workflow: WorkflowRef) -> WorkflowActivated:
    """Activate a workflow, or let a paused one go on: from then on everybody who fits its trigger enters it.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
    """
    return activate(ctx, the_workflow(ctx, workflow))


@tool(effect="write", route="POST /automation/workflows/{workflow}/pause")
def pause_workflow(ctx: Context, workflow: WorkflowRef) -> WorkflowPaused:
    """Pause an active workflow: nobody enters it, and those under way stay where they are.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
    """
    return pause(ctx, the_workflow(ctx, workflow))


def preview_delete_workflow(ctx: Context, workflow: WorkflowRef) -> WorkflowDeletion:
    """What deleting this workflow would remove."""
    return plan_deletion(ctx, the_workflow(ctx, workflow))


@tool(effect="gated", route="DELETE /automation/workflows/{workflow}", preview=preview_delete_workflow)
def delete_workflow(ctx: Context, workflow: WorkflowRef) -> WorkflowDeleted:
    """Delete a workflow for good, with the ways of the people in it.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
    """
    return delete(ctx, the_workflow(ctx, workflow))


@tool(effect="read", route="POST /automation/triggers/suggest")
def suggest_workflow_triggers(ctx: Context, goal: Aim) -> TriggerSuggestions:
    """Suggest triggers for a goal, each with how many people it would have met in the last 30 days.

    Args:
        goal: What the workflow is to achieve, in words ("win back customers").
    """
    return suggest(ctx, goal)


@tool(effect="draft", route="POST /automation/workflows/{workflow}/optimize")
def optimize_workflow(ctx: Context, workflow: WorkflowRef) -> Optimization:
    """Find what could be better in a workflow from the figures of its steps; the workflow itself stays as it is.

    Steps are compared by the 95 % intervals of their open and click rates (Wilson 1927).

    Args:
        workflow: The workflow, by its id or by (part of) its name.
    """
    return optimize(ctx, the_workflow(ctx, workflow))


@tool(effect="draft", route="POST /automation/workflows/{workflow}/content")
def generate_workflow_content(ctx: Context, workflow: WorkflowRef, tone: Tone | None = None) -> WorkflowContent:
    """Write the mails and SMS of a workflow that have no text yet, save them as templates and put them into its steps.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
        tone: How they should sound, beside the brand voice.
    """
    return write_content(ctx, the_workflow(ctx, workflow), tone)


@tool(effect="read", route="POST /automation/workflows/{workflow}/simulate")
def simulate_workflow(ctx: Context, workflow: WorkflowRef, days: Days = 30) -> Simulation:
    """Replay the real events of the last days through a workflow without touching anything: who would have got what.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
        days: How many days back, 1 to 366.
    """
    return simulate(ctx, the_workflow(ctx, workflow), days)


@tool(effect="read", route="GET /automation/workflows/{workflow}/analytics")
def analyze_workflow_performance(
    ctx: Context, workflow: WorkflowRef, period: Period | None = None
) -> WorkflowPerformance:
    """Compute how a workflow does: people entered, completed and converted, and what became of each step.

    Completion rate is completed / entered, conversion rate converted / entered; a step's open and click rates are ways
    with a human open or click / ways that took the step.

    Args:
        workflow: The workflow, by its id or by (part of) its name.
        period: Only people who entered in this period, in words ("last 30 days", "October").
    """
    return performance(ctx, the_workflow(ctx, workflow), period)
