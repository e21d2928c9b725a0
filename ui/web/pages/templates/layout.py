"""The templates page: its parts and events. The address says what is shown: the list (`?kind=sms`), `?id=3`, `?new=1`
(with `from=3` a copy, with `draft=5` a text of the Content Studio)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.templates import show
from ui.web.pages.templates.handlers import Templates
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.shell import QUIET, Frame, frame, html
from ui.web.parts.table import table_view

GO = "(where) => { if (where) window.location.assign(where); }"
#: In the browser: a merge field goes to where the cursor stands in the text.
INSERT_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-field]');
  const area = document.querySelector('#template-content textarea');
  if (!button || !area) return;
  area.setRangeText('{{ ' + button.dataset.field + ' }}', area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input', { bubbles: true }));
  area.focus();
});
"""
BUTTONS_JS = """
element.addEventListener('click', (event) => {
  if (event.target.closest('button[data-do="delete"]')) trigger('remove');
});
"""


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    page: Frame
    go: gr.Textbox
    list_box: gr.Column
    kinds: gr.HTML
    table: gr.HTML
    editor: gr.Column
    number: gr.Number
    version: gr.Number
    buttons: gr.HTML
    panel: Approval
    conflict: gr.HTML
    name: gr.Textbox
    kind: gr.Dropdown
    content: gr.Textbox
    reader: gr.Textbox
    preview: gr.HTML
    save: gr.Button
    problem: gr.HTML


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/templates", "Templates", "Texts with merge fields, kept to be used again.") as page:
        parts = _lay_out(site, page)
    desk = Templates(site, parts)
    page.on_load(desk.load, outputs=desk.outputs)
    text: dict[str, Any] = {"inputs": [parts.content, parts.kind, parts.reader], "outputs": [parts.preview], **QUIET}
    # Each key asks anew, and so does the page when it fills the form: the last one wins, the others are left out. One
    # event for all three: of several, an older answer could overtake a newer one.
    shown = [parts.content.change, parts.kind.change, parts.reader.change]
    gr.on(shown, desk.preview, trigger_mode="always_last", **text)
    values = [parts.number, parts.version, parts.name, parts.kind, parts.content]
    saved = parts.save.click(desk.save, inputs=values, outputs=desk.outputs, **QUIET)
    saved.then(None, inputs=[parts.go], outputs=None, js=GO, api_visibility="private")
    parts.buttons.remove(desk.remove, inputs=[parts.number], outputs=desk.outputs, **QUIET)
    parts.panel.decided(desk.decided, inputs=[parts.number], outputs=desk.outputs)


def _lay_out(site: Site, page: Frame) -> Parts:
    go = gr.Textbox(visible="hidden", label="Where to go on")
    number = gr.Number(visible="hidden", precision=0, label="Template")
    version = gr.Number(visible="hidden", precision=0, label="Version")
    with gr.Column(min_width=0, elem_classes="listing") as list_box:
        kinds = html()
        table = table_view(states.loading("Reading the templates …"))
    with gr.Column(min_width=0, visible=False, elem_id="template-editor") as editor:
        buttons = html(js=BUTTONS_JS)
        panel = approval_panel(site)
        conflict = html()
        with gr.Row(elem_classes="columns", equal_height=False):
            with gr.Column(min_width=0, elem_classes="tool-form"):
                name = gr.Textbox(label="Name", info="No other template may have it.", max_lines=1)
                spoken = [(said, value) for said, value in show.KINDS if value]
                kind = gr.Dropdown(spoken, value="email", label="Kind")
                content = gr.Textbox(
                    label="Text", lines=14, max_lines=40, elem_id="template-content",
                    info="Plain text, HTML or, for an email, MJML; with merge fields such as {{ lead.first_name }}.",
                )  # fmt: skip
                html(show.offer(site.hub.views.templates.fields()), js=INSERT_JS)
                problem = html()
                with gr.Row(elem_classes="form-buttons"):
                    save = gr.Button("Save template", variant="primary", min_width=80)
            with gr.Column(min_width=0, elem_id="template-preview"):
                html("<h2>Preview</h2>")
                reader = gr.Textbox(
                    label="Shown to", info="A lead's name or address; left empty, the hub chooses one.", max_lines=1
                )
                preview = html()
    return Parts(
        page, go, list_box, kinds, table, editor, number, version, buttons, panel, conflict, name, kind, content, reader,
        preview, save, problem,
    )  # fmt: skip


PAGE = Page("/templates", "Templates", build)
