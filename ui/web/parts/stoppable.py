"""A call that takes long, on any page: how far it is, and a button that ends it.

    work = stoppable(site)                                        # where it is to stand; unseen until it runs
    async for run in work.follow([("generate_reports", given)]):  # inside a handler that yields updates
        yield work.shown(run)
    ...                                                           # run.outcomes, ended(run): what went wrong, or None

The handler's outputs must hold `work.outputs`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr

from ui.web.page import Site
from ui.web.parts.shell import QUIET, html
from ui.web.parts.writing import Call, Run, Writings, progress

Updates = dict[Any, Any]


class Stoppable:
    """The line and the button of one place of a page."""

    def __init__(self, site: Site) -> None:
        self._desk = Writings(site.hub)
        # With its column a hidden part is shown too, so the style sheet keeps this one hidden.
        self._job = gr.Textbox(visible="hidden", label="Work", elem_classes="job-key")
        self._told = html()
        self._stop = gr.Button("Stop", variant="stop", visible=False, min_width=80, elem_classes="stop-writing")
        self._stop.click(self._desk.stop, inputs=[self._job], outputs=None, **QUIET)

    @property
    def outputs(self) -> list[Any]:
        """The components that `shown` updates."""
        return [self._job, self._told, self._stop]

    async def follow(self, calls: Sequence[Call]) -> AsyncIterator[Run]:
        """Make the calls one after another; the run whenever something is new, at last as it ended."""
        key = self._desk.begin(calls)
        async for run in self._desk.follow(key):
            yield run

    def shown(self, run: Run) -> Updates:
        """The updates that show how far a run is; nothing once it ended."""
        if run.over:
            return {self._job: "", self._told: "", self._stop: gr.update(visible=False)}
        return {
            self._job: run.key, self._told: progress(run), self._stop: gr.update(visible=True, interactive=not run.stopped),
        }  # fmt: skip


def ended(run: Run) -> str | None:
    """What there is to say about a run that did not end as it should."""
    if run.problem:
        return run.problem
    if run.stopped and len(run.outcomes) < len(run.calls):
        if run.left and not run.outcomes:
            return run.left
        return "Stopped. What was finished before stays." if run.outcomes else "Stopped; nothing of it was kept."
    return None


def stoppable(site: Site) -> Stoppable:
    """Lay the line and the button out."""
    return Stoppable(site)
