"""The campaigns page: its parts and events. The address says what is shown: the list, `?id=3`, `?id=3&edit=1`,
`?new=1` (with `from=3` a copy), `?ideas=1`."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.campaigns.handlers import Campaigns
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.form import ToolForm, argument_input, tool_form
from ui.web.parts.shell import QUIET, Frame, frame, html
from ui.web.parts.table import table_view

#: After something was created or deleted: on to the record, or back to the list.
GO = "(where) => { if (where) window.location.assign(where); }"


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    page: Frame
    go: gr.Textbox
    list_box: gr.Column
    filters: gr.HTML
    table: gr.HTML
    one_box: gr.Column
    number: gr.Number
    buttons: gr.HTML
    panel: Approval
    writing: gr.HTML
    job: gr.Textbox
    stop: gr.Button
    advice: gr.HTML
    performance: gr.HTML
    channels: gr.HTML
    content: gr.HTML
    texts: gr.HTML
    about: gr.HTML
    timeline: gr.HTML
    form_box: gr.Column
    form: ToolForm
    status: gr.Dropdown
    version: gr.Number
    conflict: gr.HTML
    idea_box: gr.Column
    idea_form: ToolForm
    found: gr.HTML


#: In the browser: the buttons above a campaign, by what they do.
BUTTONS_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-do]');
  if (button) trigger('act', { what: button.dataset.do });
});
"""


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/campaigns", "Campaigns", "What runs, and what it brings.") as page:
        parts = _lay_out(site, page)
    desk = Campaigns(site, parts)
    everything = desk.outputs
    page.on_load(desk.load, outputs=everything)
    going = {"inputs": [parts.go], "outputs": None, "js": GO, "api_visibility": "private"}
    acted = parts.buttons.act(desk.act, inputs=[parts.number], outputs=everything, **QUIET)
    acted.then(None, **going)
    parts.stop.click(desk.stop, inputs=[parts.job], outputs=None, **QUIET)
    parts.panel.decided(desk.decided, inputs=[parts.number], outputs=everything)
    values = [*parts.form.inputs.values(), parts.status, parts.number, parts.version]
    parts.form.button.click(desk.save, inputs=values, outputs=everything, **QUIET).then(None, **going)
    parts.idea_form.wire(desk.thought, outputs=[parts.found])


def _lay_out(site: Site, page: Frame) -> Parts:
    go = gr.Textbox(visible="hidden", label="Where to go on")
    # Outside of what is shown and hidden: with its column a hidden part would be shown too.
    number = gr.Number(visible="hidden", precision=0, label="Campaign")
    version = gr.Number(visible="hidden", precision=0, label="Version")
    job = gr.Textbox(visible="hidden", label="Writing")
    with gr.Column(elem_id="campaign-list", min_width=0) as list_box:
        filters = html()
        table = table_view(states.loading("Reading the campaigns …"), elem_id="campaign-table")
    with gr.Column(elem_id="campaign-one", min_width=0, visible=False) as one_box:
        buttons = html(js=BUTTONS_JS, elem_id="campaign-buttons")
        panel = approval_panel(site)
        writing = html()
        stop = gr.Button("Stop writing", variant="stop", visible=False, elem_classes="stop-writing")
        advice = html()
        performance, channels = html(), table_view()
        with gr.Row(elem_classes="columns", equal_height=False):
            with gr.Column(min_width=0):
                content, texts = html(), html()
            with gr.Column(min_width=0):
                about, timeline = html(), html()
    with gr.Column(elem_id="campaign-form", min_width=0, visible=False) as form_box:
        conflict = table_view()
        argument = site.hub.tools["update_campaign"].argument("status")
        assert argument is not None
        with gr.Column(elem_classes="tool-form", min_width=0):
            status = argument_input(site, argument, "Status", "draft")
        form = tool_form(site, "create_campaign", submit="Save campaign")
    with gr.Column(elem_id="campaign-ideas", min_width=0, visible=False) as idea_box:
        idea_note = html(states.no_model(site.model.now, "Ideas are made from templates and your past campaigns"))
        idea_form = tool_form(site, "generate_campaign_ideas", submit="Think of campaigns", long=True)
        found = html()
        page.on_load(lambda: str(states.no_model(site.model.now, "Ideas are made from templates and your past campaigns")),
                     outputs=[idea_note])  # fmt: skip
    return Parts(
        page, go, list_box, filters, table, one_box, number, buttons, panel, writing, job, stop, advice, performance,
        channels, content, texts, about, timeline, form_box, form, status, version, conflict, idea_box, idea_form, found,
    )  # fmt: skip


PAGE = Page("/campaigns", "Campaigns", build)
