"""Workflows as the builder changes them: a drawn graph is saved; ideas for the next step."""

import json
from typing import Any

from tools.automating.cards import WorkflowCard, card_fields
from tools.automating.entry import from_graph, the_workflow
from tools.automating.following import NextSteps, next_steps
from tools.automating.graph import load_graph
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput
from tools.core.kinds import Count, Prose, Topic, WorkflowRef
from tools.forms.seen import check_seen
from tools.quoting import inert

#: Tools that change a workflow: who saved meanwhile is told by their rows in the audit log.
CHANGING = ("save_workflow", "activate_workflow", "pause_workflow", "generate_workflow_content", "create_workflow")
LONGEST = 400_000


class WorkflowSaved(WorkflowCard):
    """The workflow as it was saved, with what is wrong in it. `revision` is the one to save the next change upon."""

    revision: int

    @property
    def text(self) -> str:
        return "\n\n".join([f"Saved the workflow **{inert(self.name)}** (version {self.version}).", *self.remarks()])


@tool(effect="write", route="PUT /automation/workflows/{workflow}", form=True)
def save_workflow(ctx: Context, workflow: WorkflowRef, graph: Prose, revision: Count | None = None) -> WorkflowSaved:
    """Save a workflow as it was drawn. People under way finish on the version that they entered.

    Args:
        workflow: The workflow, by its id.
        graph: The graph as JSON (see tools.automating.graph).
        revision: The revision that was opened; another one since then is not overwritten. Without it, it is.
    """
    found = the_workflow(ctx, workflow)
    if revision is not None:
        check_seen(ctx, found, revision, found.name, CHANGING, found.id)
    from_graph(ctx, found, _json(graph))
    ctx.session.flush()
    return WorkflowSaved(**card_fields(ctx, found), revision=found.version)


@tool(effect="draft", route="POST /automation/workflows/next-steps", form=True)
def suggest_next_steps(ctx: Context, graph: Prose, source: Topic, port: Topic) -> NextSteps:
    """Propose steps that could come next at a place of a workflow that is being drawn.

    Args:
        graph: The graph as JSON (see tools.automating.graph).
        source: The id of the step after which it comes; "start" for the trigger.
        port: The port by which people leave that step.
    """
    return next_steps(ctx, load_graph(_json(graph)), source, port)


def _json(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise BadInput("This workflow is too large to be saved.", "graph")
    try:
        made = json.loads(text)
    except ValueError as error:
        raise BadInput("The drawing could not be read. Reload the page and try again.", "graph") from error
    if not isinstance(made, dict):
        raise BadInput("The drawing could not be read. Reload the page and try again.", "graph")
    return made
