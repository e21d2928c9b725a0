"""The approval panel for any page: a plan's whole text, Approve, Reject, and what came of it.

    panel = approval_panel(site)                                  # where it is to stand; invisible until a plan is shown
    button.click(act, inputs=[...], outputs=[..., *panel.outputs], **QUIET)   # act returns {**panel.show(outcome.plan_id), ...}
    panel.decided(load, outputs=[table])                          # after each decision: show the records as they are now

The plan's number lies in the page: what a button decides is the plan whose text the page shows. If what would happen
has changed meanwhile, nothing happens, and the panel shows the new plan with the reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.parts.shell import QUIET, html
from ui.words import spoken_tool

if TYPE_CHECKING:
    from agent import PlanView

#: Decisions made with a button of a page are written down as made there.
SURFACE = "web"
Updates = dict[Any, Any]


class Approval:
    """One panel. Its methods may be called from any thread; `show` and `hide` give updates for a handler to return."""

    def __init__(self, site: Site) -> None:
        self._hub = site.hub
        with gr.Column(visible=False, elem_classes="approval", min_width=0) as self.box:
            # With its column a hidden part is shown too, so the style sheet keeps this one hidden.
            self.plan = gr.Number(visible="hidden", precision=0, label="Plan", elem_classes="plan-number")
            self.title = html()
            self.text = gr.Markdown(elem_classes="plan-text", latex_delimiters=[], sanitize_html=True)
            with gr.Row(elem_classes="plan-buttons") as self.buttons:
                self.approve = gr.Button("Approve", variant="primary", elem_classes="approve", min_width=80)
                self.reject = gr.Button("Reject", elem_classes="reject", min_width=80)
        self.result = gr.Markdown(visible=False, elem_classes="plan-result", latex_delimiters=[], sanitize_html=True)
        self.problem = html()
        self._events = [
            button.click(decide, inputs=[self.plan], outputs=self.outputs, **QUIET)
            for button, decide in ((self.approve, self._approve), (self.reject, self._reject))
        ]

    @property
    def outputs(self) -> list[Any]:
        """The components that `show` and `hide` update."""
        return [
            self.box,
            self.plan,
            self.title,
            self.text,
            self.buttons,
            self.approve,
            self.reject,
            self.result,
            self.problem,
        ]

    def show(self, plan: int | None, *, busy: bool = False) -> Updates:
        """The updates that show a plan that waits (blocking: reads it); None hides the panel. Raises NotFound."""
        return self.hide() if plan is None else self._shown(self._hub.plan(plan), busy=busy)

    def hide(self) -> Updates:
        """The updates that show nothing."""
        return {
            self.box: gr.update(visible=False), self.plan: None, self.title: "", self.text: "",
            self.result: gr.update(value="", visible=False), self.problem: "",
        }  # fmt: skip

    def decided(self, handler: Callable[..., Any] | None, **wiring: Any) -> None:
        """Run `handler` after each decision."""
        for event in self._events:
            event.then(handler, **{**QUIET, **wiring})

    def _shown(self, plan: PlanView, *, busy: bool = False) -> Updates:
        waits = plan.state == "waiting"
        return {
            self.box: gr.update(visible=True),
            self.plan: plan.id,
            self.title: f'<h2 class="plan-title">Plan {plan.id}: {_begun(spoken_tool(plan.tool))}</h2>',
            self.text: plan.text,
            self.buttons: gr.update(visible=waits),
            self.approve: gr.update(value=f"Approve plan {plan.id}", interactive=not busy),
            self.reject: gr.update(value=f"Reject plan {plan.id}", interactive=not busy),
            self.result: gr.update(value="" if waits else f"This plan was {plan.state} already.", visible=not waits),
            self.problem: "",
        }

    async def _approve(self, plan: float | None) -> AsyncIterator[Updates]:
        async for updates in self._decide(plan, self._hub.approve):
            yield updates

    async def _reject(self, plan: float | None) -> AsyncIterator[Updates]:
        async for updates in self._decide(plan, self._hub.reject):
            yield updates

    async def _decide(self, plan: float | None, decide: Callable[..., Any]) -> AsyncIterator[Updates]:
        if plan is None:  # the button was pressed twice
            return
        yield {self.approve: gr.update(interactive=False), self.reject: gr.update(interactive=False)}
        try:
            turn = await asyncio.to_thread(decide, int(plan), surface=SURFACE)
            following = turn.waiting[0] if turn.waiting else None
            updates = await asyncio.to_thread(self.show, following)
        except HubError as error:
            yield {
                self.approve: gr.update(interactive=True),
                self.reject: gr.update(interactive=True),
                self.problem: notice(error.sentence),
            }
            return
        yield {**updates, self.result: gr.update(value=turn.reply, visible=True)}


def _begun(words: str) -> str:
    """Words that go on after a colon."""
    return f"{words[:1].lower()}{words[1:]}"


def approval_panel(site: Site) -> Approval:
    """Lay the panel out (inside a page's frame)."""
    return Approval(site)
