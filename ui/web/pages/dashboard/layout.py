"""The dashboard's layout and events. Everything is what `get_dashboard`, `generate_insights` and `recommend_actions` return."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import gradio as gr

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Page, Site
from ui.web.pages.dashboard import show
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.live import live
from ui.web.parts.shell import QUIET, frame, html
from ui.web.parts.table import table_view

#: Seconds between two readings while the page is seen: of the figures, and of what takes longer to find.
FIGURES_EVERY, FINDINGS_EVERY = 20, 300
#: In the browser: the button of a plan opens it in the panel.
OPEN_PLAN = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-plan]');
  if (button) trigger('plan', { plan: Number(button.dataset.plan) });
});
"""

Updates = dict[Any, Any]


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/dashboard", "Dashboard", "How it goes, and what needs you.") as page:
        period = gr.Textbox(visible="hidden", label="Period")
        periods = html(show.periods(show.USUAL))
        figures = html(states.loading("Reading the figures …"))
        with gr.Row(elem_id="dashboard-columns", equal_height=False):
            with gr.Column(min_width=0):
                needs = html(js=OPEN_PLAN)
                panel = approval_panel(site)
                actions = html(states.loading("Looking for what to do next …"))
            with gr.Column(min_width=0):
                channels = html()
                insights = html(states.loading("Looking for what stands out …"))
        campaigns = table_view()
    board = Board(site, panel, period, periods, figures, needs, actions, channels, insights, campaigns)
    reading = {"outputs": [period, periods, figures, needs, channels, campaigns]}
    finding = {"outputs": [actions, insights]}
    page.on_load(board.open, **reading).then(board.find, inputs=[period], **finding, **QUIET)
    live(FIGURES_EVERY).again(board.read, inputs=[period], **reading, **QUIET)
    live(FINDINGS_EVERY).again(board.find, inputs=[period], **finding, **QUIET)
    needs.plan(board.open_plan, outputs=[*panel.outputs, page.notice], **QUIET)
    board.notice = page.notice
    panel.decided(board.read, inputs=[period], **reading)


class Board:
    """The handlers. `period` is the words of the address, such as "last 7 days"."""

    notice: gr.HTML

    def __init__(self, site: Site, panel: Approval, *parts: Any) -> None:
        self._call: Callable[..., Any] = site.hub.call
        self._panel = panel
        (
            self._period, self._periods, self._figures, self._needs, self._actions, self._channels, self._insights,
            self._campaigns,
        ) = parts  # fmt: skip

    async def open(self, request: gr.Request) -> Updates:
        """The page is opened."""
        return await self.read(str(request.query_params.get("period") or show.USUAL))

    async def read(self, period: str) -> Updates:
        """The figures as they are now."""
        updates: Updates = {self._period: period, self._periods: show.periods(period)}
        try:
            data = (await asyncio.to_thread(self._call, "get_dashboard", period=period)).result.data()
        except HubError as error:
            back = ("The last 30 days", "/dashboard")
            return {**updates, self._figures: states.problem(error.sentence, back)}
        return {
            **updates,
            self._figures: show.figures(data),
            self._needs: show.needs(data["waiting"]),
            self._channels: show.channels(data),
            self._campaigns: show.campaigns(data),
        }

    async def find(self, period: str) -> Updates:
        """What takes longer: what stands out, what to do next."""
        try:
            board, advice, found = await asyncio.gather(
                *(
                    asyncio.to_thread(self._call, tool, period=period)
                    for tool in ("get_dashboard", "recommend_actions", "generate_insights")
                )
            )
        except HubError:  # said above, where the figures would stand
            return {self._actions: "", self._insights: ""}
        return {
            self._actions: show.actions(advice.result.data(), board.result.data()["waiting"]),
            self._insights: show.insights(found.result.data(), period),
        }

    def open_plan(self, chosen: gr.EventData) -> Updates:
        """A plan's button: its text, and the two buttons."""
        try:
            return {**self._panel.show(int(chosen.plan)), self.notice: ""}
        except HubError as error:
            return {self.notice: notice(error.sentence)}


PAGE = Page("/dashboard", "Dashboard", build)
