"""What the Automation page shows beside the tools' results: the drawing that is edited, words read as parts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.automating import drawing
from tools.automating.entry import the_workflow
from tools.journeys.counts import WorkflowNow, counts_now

if TYPE_CHECKING:
    from tools.core.door import Door


class WorkflowViews:
    """`hub.views.workflows`. Each method is one look; none changes anything. Graphs are JSON (tools.automating.graph)."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def opened(self, workflow: str) -> drawing.OpenedWorkflow:
        """A stored workflow with the revision to save upon. Raises NotFound, Ambiguous."""
        with self._door.reading() as ctx:
            return drawing.opened(ctx, the_workflow(ctx, workflow))

    def checked(self, graph: dict[str, Any]) -> drawing.Drawing:
        """A graph that is being edited, in words, with what is wrong. Raises BadInput for what is no graph."""
        with self._door.reading() as ctx:
            return drawing.checked(ctx, graph)

    def described(self, text: str) -> drawing.Drawing:
        """The graph that a description means. Raises Missing, BadInput."""
        with self._door.reading() as ctx:
            return drawing.described(ctx, text)

    def trigger(self, text: str) -> dict[str, Any]:
        """The trigger that words mean. Raises BadInput."""
        with self._door.reading() as ctx:
            return drawing.trigger_said(ctx, text)

    def question(self, text: str) -> dict[str, Any]:
        """The question that words mean. Raises BadInput."""
        with self._door.reading() as ctx:
            return drawing.question_said(ctx, text)

    def steps(self, text: str) -> dict[str, Any]:
        """The steps that words mean, as a graph of their own. Raises BadInput."""
        with self._door.reading() as ctx:
            return drawing.steps_said(ctx, text)

    def offered(self) -> drawing.Offered:
        """The texts, mailings and segments that a step may name."""
        with self._door.reading() as ctx:
            return drawing.offered(ctx)

    def now(self, workflow: str) -> WorkflowNow:
        """Who is where in it now, by step and edge; may be asked every few seconds. Raises NotFound."""
        with self._door.reading() as ctx:
            return counts_now(ctx.session, the_workflow(ctx, workflow))
