"""The Automation page's layout and events: the list, a new workflow from a sentence, the builder of one."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from agent import HubError
from ui.web import bundle
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.automation import show
from ui.web.pages.automation.plain import Plain
from ui.web.pages.automation.serving import Serving
from ui.web.parts import cards, states
from ui.web.parts.approval import SURFACE, Approval, approval_panel
from ui.web.parts.links import record_address
from ui.web.parts.shell import QUIET, Frame, frame, heading, html
from ui.web.parts.table import table_view

LEAD = "What happens by itself: who gets what, and when."
#: Once Gradio is done with the event: it must not be cut off in the middle of it.
GO = "(address) => { if (address) setTimeout(() => window.location.assign(address), 50); }"
#: The drawing reads the workflow anew after a decision.
DECIDED = "() => window.dispatchEvent(new Event('hub:decided'))"
BUILDER = (
    bundle.LOAD
    + "begin({ id: Number(new URLSearchParams(window.location.search).get('id')), planned: (plan) => trigger('planned', { plan }) });"
)
WORDS_HINT = "When someone signs up, wait a day, then send email “Welcome”; if they don’t open it, send an SMS"

Updates = dict[Any, Any]


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    script = bundle.find("automation")
    with frame(site, "/automation", "Automation", LEAD) as page:
        go = gr.Textbox(visible="hidden", label="Address")
        record = gr.Textbox(visible="hidden", label="Workflow")
        with gr.Column(visible=True, min_width=0) as everything:
            filters = html(show.filters(None))
            table = table_view()
            html("<h2>New workflow</h2>")
            words = gr.Textbox(
                label="Describe it: when it starts and what it does",
                placeholder=WORDS_HINT,
                lines=3,
                elem_id="workflow-words",
            )
            name = gr.Textbox(label="Name (optional)", max_lines=1, elem_id="workflow-name")
            create = gr.Button("Draw it", variant="primary", elem_id="workflow-create", scale=0)
        with gr.Column(visible=False, min_width=0) as one:
            panel = approval_panel(site)
            plain = Plain(site, panel, record, go) if script is None else None
            builder = _builder(site, script) if script else None
    view = _View(site, page, panel, everything, one, filters, table, record, go, plain)
    shown = [
        page.heading,
        page.notice,
        everything,
        one,
        filters,
        table,
        record,
        go,
        *panel.outputs,
        *(plain.outputs if plain else []),
    ]
    page.on_load(view.open, outputs=shown)
    create.click(view.create, inputs=[words, name], outputs=[go, page.notice], **QUIET)
    if builder is not None:
        builder.planned(view.planned, outputs=[*panel.outputs, page.notice], **QUIET)
    panel.decided(view.decided, inputs=[record], outputs=shown)
    panel.decided(None, js=DECIDED)
    go.change(None, inputs=[go], js=GO, api_visibility="private")


def _builder(site: Site, script: bundle.Script) -> gr.HTML:
    serving = Serving(site.hub)

    def ask_hub(request: Any) -> dict[str, Any]:
        return serving.ask(request)

    value = bundle.holder(script, "wf-box", "Loading the builder …") + bundle.licences_link()
    return html(value, js=BUILDER, server_functions=[ask_hub], elem_id="builder")


class _View:
    """The handlers; they block, so they run in worker threads."""

    def __init__(
        self, site: Site, page: Frame, panel: Approval, everything: gr.Column, one: gr.Column, filters: gr.HTML, table: gr.HTML,
        record: gr.Textbox, go: gr.Textbox, plain: Plain | None,
    ) -> None:  # fmt: skip
        self._hub = site.hub
        self._page, self._panel, self._plain = page, panel, plain
        self._everything, self._one, self._filters, self._table = everything, one, filters, table
        self._record, self._go = record, go

    async def open(self, request: gr.Request) -> Updates:
        """The page is opened: the list, or the workflow that the address names."""
        query = request.query_params
        return await asyncio.to_thread(self._open, query.get("id"), query.get("status"))

    async def create(self, words: str, name: str) -> Updates:
        """A workflow from a sentence, as a draft; its builder opens."""
        arguments = {"description": words, **({"name": name} if name.strip() else {})}
        try:
            outcome = await asyncio.to_thread(self._hub.call_as, "create_workflow", arguments, surface=SURFACE)
        except HubError as error:
            return {self._page.notice: notice(error.sentence), self._go: ""}
        return {self._go: record_address("workflow", outcome.result.data()["id"]), self._page.notice: ""}

    async def planned(self, chosen: gr.EventData) -> Updates:
        """The builder laid a plan: it is shown."""
        try:
            return {**await asyncio.to_thread(self._panel.show, int(chosen.plan)), self._page.notice: ""}
        except (HubError, TypeError, ValueError):
            return {self._page.notice: notice("This plan cannot be found. Reload the page.")}

    async def decided(self, record: str) -> Updates:
        """After a decision: the workflow as it is now; the list where it is gone."""
        updates = await asyncio.to_thread(self._open, record, None)
        if updates[self._record] == "":
            return {self._go: "/automation"}
        return {part: value for part, value in updates.items() if part not in self._panel.outputs}

    def _open(self, record: str | None, status: str | None) -> Updates:
        status = status if status in show.STATUSES else None
        updates: Updates = {self._go: "", self._record: "", self._page.notice: ""}
        if record:
            try:
                card = self._hub.call_as("get_workflow", {"workflow": record}, surface=SURFACE).result.data()
            except HubError as error:
                updates[self._page.notice] = notice(error.sentence)
            else:
                return {**updates, **self._shown(card)}
        try:
            data = self._hub.call_as(
                "list_workflows", {"status": status} if status else {}, surface=SURFACE
            ).result.data()
        except HubError as error:
            return {**updates, self._table: states.problem(error.sentence)}
        return {
            **updates,
            **self._panel.hide(),
            self._page.heading: heading("Automation", LEAD),
            self._everything: gr.update(visible=True),
            self._one: gr.update(visible=False),
            self._filters: show.filters(status),
            self._table: show.listed(data),
        }

    def _shown(self, card: dict[str, Any]) -> Updates:
        up = ("All workflows", "/automation")
        return {
            **self._panel.hide(),
            **(self._plain.show(card) if self._plain else {}),
            self._record: str(card["id"]),
            self._page.heading: heading(
                card["name"], card["description"] or "", up=up, beside=cards.badge(card["status"])
            ),
            self._everything: gr.update(visible=False),
            self._one: gr.update(visible=True),
        }
