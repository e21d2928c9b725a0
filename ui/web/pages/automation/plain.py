"""A workflow without its drawing: in words that are edited, with the same tools behind buttons."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import gradio as gr

from agent import HubError
from ui.web import bundle
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.automation import show
from ui.web.parts.approval import SURFACE, Approval
from ui.web.parts.shell import QUIET, html

INSTEAD = "Until then the workflow is shown and edited here in words; activating, simulating and all else works as it does with the drawing."
#: The buttons: what they say, the tool that they call.
ACTIONS = (
    ("Activate or go on …", "activate_workflow"),
    ("Pause", "pause_workflow"),
    ("Simulate the last 30 days", "simulate_workflow"),
    ("Write missing texts", "generate_workflow_content"),
    ("Improve", "optimize_workflow"),
    ("Delete …", "delete_workflow"),
)

Updates = dict[Any, Any]


class Plain:
    """The parts of a workflow in words; laid out inside the page."""

    def __init__(self, site: Site, panel: Approval, record: gr.Textbox, go: gr.Textbox) -> None:
        self._hub, self._panel = site.hub, panel
        html(bundle.missing("The workflow", INSTEAD))
        self.steps = html()
        self.words = gr.Textbox(label="The workflow in words", lines=4, elem_id="workflow-said")
        self.revision = gr.Number(visible="hidden", precision=0, label="Revision")
        save = gr.Button("Save these words", variant="primary", scale=0)
        with gr.Row(elem_classes="wf-actions"):
            buttons = [(gr.Button(label, scale=0), tool) for label, tool in ACTIONS]
        self.told = gr.Markdown(latex_delimiters=[], sanitize_html=True)
        self.problem = html()
        save.click(self._save, inputs=[record, self.words, self.revision], outputs=self.outputs, **QUIET)
        for button, tool in buttons:
            button.click(self._caller(tool), inputs=[record], outputs=[*self.outputs, *panel.outputs], **QUIET)

    @property
    def outputs(self) -> list[Any]:
        return [self.steps, self.words, self.revision, self.told, self.problem]

    def show(self, card: dict[str, Any]) -> Updates:
        """The updates that show a workflow (blocking)."""
        opened = self._hub.views.workflows.opened(str(card["id"]))
        return {
            self.steps: show.in_words(card),
            self.words: opened.said,
            self.revision: opened.revision,
            self.problem: "",
        }

    async def _save(self, record: str, words: str, revision: float) -> Updates:
        """The words are read, and what they mean is saved; the second of two people is told."""
        try:
            return await asyncio.to_thread(self._saved, record, words, int(revision))
        except HubError as error:
            return {self.problem: notice(error.sentence)}

    def _saved(self, record: str, words: str, revision: int) -> Updates:
        drawn = self._hub.views.workflows.described(words)
        arguments = {"workflow": record, "graph": json.dumps(drawn.graph), "revision": revision}
        outcome = self._hub.call_as("save_workflow", arguments, surface=SURFACE)
        said = "\n\n".join([outcome.result.text, *drawn.notes])
        return {**self._now(record), self.told: said}

    def _caller(self, tool: str) -> Any:
        async def call(record: str) -> Updates:
            try:
                return await asyncio.to_thread(self._called, tool, record)
            except HubError as error:
                return {self.problem: notice(error.sentence)}

        return call

    def _called(self, tool: str, record: str) -> Updates:
        outcome = self._hub.call_as(tool, {"workflow": record}, surface=SURFACE)
        if outcome.waiting:
            return {**self._panel.show(outcome.plan_id), self.problem: "", self.told: ""}
        return {**self._now(record), self.told: outcome.result.text}

    def _now(self, record: str) -> Updates:
        return self.show(self._hub.call_as("get_workflow", {"workflow": record}, surface=SURFACE).result.data())
