"""The knowledge page: its parts and events. The address says what is shown: the list (`?kind=ticket&q=late&sort=title`),
`?search=...`, `?id=3`, `?id=3&edit=1`, `?new=article`, `?view=pain`, `?view=import`."""

from __future__ import annotations

import string
from dataclasses import dataclass

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.knowledge import show
from ui.web.pages.knowledge.handlers import ENDINGS, LARGEST, Knowledge
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.shell import QUIET, Frame, frame, html
from ui.web.parts.table import table_view

GO = "(where) => { if (where) window.location.assign(where); }"
BUTTONS_JS = """
element.addEventListener('click', (event) => {
  if (event.target.closest('button[data-do="delete"]')) trigger('remove');
});
"""
#: In the browser: files are read there, one after another, and handed to the page's own handler.
PICK_JS = string.Template("""
const told = (text) => { element.querySelector('[role=status]').textContent = text; };
const read = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onerror = failed;
  reader.onload = () => done({ name: file.name, data: String(reader.result).split(',')[1] ?? '' });
  reader.readAsDataURL(file);
});
const take = async (files) => {
  const chosen = [...files];
  const large = chosen.find((file) => file.size > $largest);
  if (large) { told(large.name + ' is larger than $mb MB. Split it up, or put it into the import folder.'); return; }
  if (!chosen.length) return;
  told('Reading ' + chosen.map((file) => file.name).join(', ') + ' …');
  try { trigger('upload', { files: await Promise.all(chosen.map(read)) }); }
  catch (error) { told('The browser could not read this file.'); }
};
element.addEventListener('change', (event) => { if (event.target.type === 'file') take(event.target.files); });
element.addEventListener('dragover', (event) => event.preventDefault());
element.addEventListener('drop', (event) => { event.preventDefault(); take(event.dataTransfer.files); });
""").substitute(largest=LARGEST, mb=LARGEST // 1_000_000)


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    page: Frame
    go: gr.Textbox
    views: gr.HTML
    search: gr.HTML
    body: gr.HTML
    one_box: gr.Column
    number: gr.Number
    version: gr.Number
    buttons: gr.HTML
    panel: Approval
    item: gr.HTML
    uses: gr.HTML
    form_box: gr.Column
    conflict: gr.HTML
    kind: gr.Textbox
    title: gr.Textbox
    content: gr.Textbox
    day: gr.DateTime
    save: gr.Button
    problem: gr.HTML
    import_box: gr.Column
    import_kind: gr.Radio
    picker: gr.HTML
    imported: gr.HTML


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/knowledge", "Knowledge", "What the assistant knows of your house and your customers.") as page:
        parts = _lay_out(site, page)
    desk = Knowledge(site, parts)
    page.on_load(desk.load, outputs=desk.outputs)
    values = [parts.number, parts.version, parts.kind, parts.title, parts.content, parts.day]
    saved = parts.save.click(desk.save, inputs=values, outputs=desk.outputs, **QUIET)
    saved.then(None, inputs=[parts.go], outputs=None, js=GO, api_visibility="private")
    parts.buttons.remove(desk.remove, inputs=[parts.number], outputs=desk.outputs, **QUIET)
    parts.panel.decided(desk.decided, inputs=[parts.number], outputs=desk.outputs)
    parts.picker.upload(
        desk.take, inputs=[parts.import_kind], outputs=[parts.picker, parts.imported, page.notice], **QUIET
    )


def _lay_out(site: Site, page: Frame) -> Parts:
    go = gr.Textbox(visible="hidden", label="Where to go on")
    number = gr.Number(visible="hidden", precision=0, label="Item")
    version = gr.Number(visible="hidden", precision=0, label="Version")
    kind = gr.Textbox(visible="hidden", label="Kind")
    views, search = html(elem_classes="knowledge-views"), html()
    body = table_view(states.loading("Reading the knowledge base …"))
    with gr.Column(min_width=0, visible=False, elem_classes="listing") as one_box:
        buttons = html(js=BUTTONS_JS)
        panel = approval_panel(site)
        with gr.Row(elem_classes="columns", equal_height=False):
            with gr.Column(min_width=0):
                item = html()
            with gr.Column(min_width=0):
                uses = html()
    with gr.Column(min_width=0, visible=False, elem_classes="listing") as form_box:
        conflict = html()
        with gr.Column(elem_classes="tool-form", min_width=0):
            title = gr.Textbox(label="Title", max_lines=1)
            content = gr.Textbox(label="Text", lines=12, max_lines=40)
            day = gr.DateTime(
                label="Day (optional)", info="When the customer wrote it.", include_time=False, type="string"
            )
            problem = html()
            with gr.Row(elem_classes="form-buttons"):
                save = gr.Button("Save", variant="primary", min_width=80)
    with gr.Column(min_width=0, visible=False, elem_classes="listing") as import_box:
        import_kind = gr.Radio(
            [("Articles", "article"), ("Support tickets", "ticket"), ("Past campaigns with their figures", "campaign")],
            value="article", label="What the files hold",
        )  # fmt: skip
        picker = html(show.picker(ENDINGS), js=PICK_JS)
        imported = table_view()
    return Parts(
        page, go, views, search, body, one_box, number, version, buttons, panel, item, uses, form_box, conflict, kind,
        title, content, day, save, problem, import_box, import_kind, picker, imported,
    )  # fmt: skip


PAGE = Page("/knowledge", "Knowledge", build)
