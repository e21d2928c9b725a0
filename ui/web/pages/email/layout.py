"""The Email page laid out and wired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.email.handlers import LEAD, EmailPage
from ui.web.pages.email.letter import FIELDS_JS, PREVIEW_JS, merge_fields_html
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.cards import joined
from ui.web.parts.form import ToolForm, tool_form
from ui.web.parts.links import link
from ui.web.parts.shell import QUIET, Frame, frame, html
from ui.web.parts.stoppable import Stoppable, stoppable
from ui.web.parts.table import table_view

#: Seconds between two looks at a mailing that is being sent.
PACE = 2.0
#: A new draft is opened at its own address.
GO_TO_MAILING = "(mailing) => { if (mailing) window.location.assign(`/email?id=${mailing}`); }"
#: After copying, the address is the copy's.
SHOW_ADDRESS = "(mailing) => { if (mailing) history.replaceState(null, '', `/email?id=${mailing}`); }"
ACTIONS_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (!button || (button.dataset.ask && !confirm(button.dataset.ask))) return;
  trigger('submit', { act: button.dataset.act });
});
"""
#: A subject line that was chosen goes into the editor's field, as if it were typed.
USE_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-use]');
  const box = document.querySelector('#mail-subject :is(input, textarea)');
  if (!button || !box) return;
  box.value = button.dataset.use;
  box.dispatchEvent(new Event('input', { bubbles: true }));
  box.focus();
});
"""
MAKE_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-make]');
  if (button) trigger('submit', { place: button.dataset.make });
});
"""


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    page: Frame
    boxes: Mapping[str, gr.Column]
    under_way: gr.HTML
    table: gr.HTML
    new: ToolForm
    series: ToolForm
    sequence: gr.HTML
    sequence_problem: gr.HTML
    emails: gr.JSON
    goto: gr.Number
    mailing: gr.Number
    version: gr.Number
    actions: gr.HTML
    saved: gr.HTML
    problem: gr.HTML
    progress: gr.HTML
    fields: Mapping[str, Any]
    mjml: gr.Button
    save: gr.Button
    send: gr.Button
    schedule: gr.Button
    at: gr.DateTime
    approval: Approval
    reader: gr.Textbox
    preview: gr.HTML
    check: gr.Button
    checked: gr.HTML
    write: gr.Button
    thinking: Stoppable
    ideas: gr.HTML
    evidence: gr.HTML
    results: gr.HTML
    returned: gr.HTML
    lead: gr.Textbox
    ask: gr.Button
    explained: gr.HTML
    timer: gr.Timer

    @property
    def content(self) -> gr.Textbox:
        found: gr.Textbox = self.fields["content"]
        return found

    @property
    def opened(self) -> list[Any]:
        """What opening a mailing changes."""
        return [
            self.page.heading, *self.boxes.values(), self.under_way, self.table, self.mailing, self.version, self.actions, self.saved,
            self.problem, self.progress, *self.fields.values(), self.at, self.explained, self.timer, self.results, self.returned,
        ]  # fmt: skip


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/email", "Email", LEAD) as page:
        with page.actions:
            ways = [
                link("Write a series", "/email?sequence=1", css="button"),
                link("New mailing", "/email?new=1", css="button primary"),
            ]
            html(joined(ways))
        parts = _lay_out(site, page)
    handlers = EmailPage(site, parts)
    _wire(page, parts, handlers)


def _wire(page: Frame, parts: Parts, does: EmailPage) -> None:
    opened: dict[str, Any] = {"outputs": parts.opened, **QUIET}
    letter = list(parts.fields.values())
    key = [parts.mailing, parts.version]
    more: dict[str, Any] = {
        "inputs": [parts.mailing],
        "outputs": [parts.preview, parts.checked, parts.evidence, parts.ideas, parts.results, parts.returned],
        **QUIET,
    }
    page.on_load(does.load, outputs=parts.opened).then(does.more, **more)
    parts.timer.tick(does.follow, inputs=[parts.mailing], **opened)

    shown: dict[str, Any] = {
        "inputs": [parts.reader, *letter],
        "outputs": [parts.preview],
        **QUIET,
        "trigger_mode": "always_last",
    }
    for name in ("subject", "preview_text", "content"):
        parts.fields[name].input(does.preview, **shown)
    parts.content.change(does.preview, **shown)
    for event in (parts.reader.submit, parts.reader.blur):
        event(does.preview, **shown)
    parts.check.click(does.check, inputs=letter, outputs=[parts.checked], **QUIET)
    parts.mjml.click(does.make_mjml, inputs=[parts.content], outputs=[parts.content, parts.problem], **QUIET)
    written = [parts.write, parts.ideas, *parts.thinking.outputs]
    parts.write.click(does.subjects, inputs=[parts.mailing], outputs=written, **QUIET)

    saved = [parts.version, parts.problem, parts.content, parts.page.heading, parts.saved]
    parts.save.click(does.save, inputs=[*key, *letter], outputs=saved, **QUIET).then(
        does.check, inputs=letter, outputs=[parts.checked], **QUIET
    )
    plan = [parts.version, parts.problem, parts.saved, parts.send, parts.schedule, *parts.approval.outputs]
    parts.send.click(does.send_now, inputs=[*key, *letter], outputs=plan, **QUIET)
    parts.schedule.click(does.schedule, inputs=[*key, parts.at, *letter], outputs=plan, **QUIET)
    parts.approval.decided(does.decided, inputs=[parts.mailing], outputs=parts.opened)
    parts.actions.submit(does.act, inputs=[parts.mailing], **opened).then(
        None, inputs=[parts.mailing], js=SHOW_ADDRESS, api_visibility="private"
    ).then(does.more, **more)
    for event in (parts.ask.click, parts.lead.submit):
        event(does.explain, inputs=[parts.mailing, parts.lead], outputs=[parts.explained], **QUIET)

    parts.new.wire(does.created, outputs=[parts.goto]).then(
        None, inputs=[parts.goto], js=GO_TO_MAILING, api_visibility="private"
    )
    parts.series.wire(does.sequence_written, outputs=[parts.sequence, parts.emails])
    parts.sequence.submit(
        does.make_mailing, inputs=[parts.emails], outputs=[parts.goto, parts.sequence_problem], **QUIET
    ).then(None, inputs=[parts.goto], js=GO_TO_MAILING, api_visibility="private")


def _lay_out(site: Site, page: Frame) -> Parts:
    goto, mailing, version = (
        gr.Number(visible="hidden", precision=0, label=name) for name in ("Go to", "Mailing", "Version")
    )
    emails = gr.JSON(visible="hidden", label="Emails")
    with gr.Column(min_width=0) as list_box:
        under_way = html(elem_id="mail-under-way")
        table = table_view(states.loading("Looking for mailings …"), elem_id="mail-list")
    with gr.Column(visible=False, min_width=0) as new_box:
        html(states.no_model(site.model.now, "What is missing of the text is filled from a template"))
        new = tool_form(site, "create_email_campaign", submit="Make a draft")
    with gr.Column(visible=False, min_width=0) as sequence_box:
        html(states.no_model(site.model.now, "The emails are filled from templates"))
        series = tool_form(site, "generate_email_sequence", submit="Write the series", long=True)
        sequence_problem = html()
        sequence = html(js=MAKE_JS, elem_id="mail-sequence")
    with gr.Column(visible=False, min_width=0) as mailing_box:
        actions = html(js=ACTIONS_JS, elem_id="mail-actions")
        saved, problem = html(elem_id="mail-saved"), html(elem_id="mail-problem")
        progress = html(elem_id="mail-progress")
    with gr.Column(visible=False, min_width=0) as results_box:
        results, returned = html(elem_id="mail-results"), table_view(elem_id="mail-returned")
    with gr.Row(elem_id="mail-desk", equal_height=False):
        with gr.Column(visible=False, min_width=0, elem_classes="mail-editor") as editor_box:
            fields, mjml = _fields()
            save = gr.Button("Save draft", min_width=80, elem_id="mail-save")
        with gr.Column(visible=False, min_width=0, elem_classes="mail-letter") as letter_box:
            html("<h2>Preview</h2>")
            reader = gr.Textbox(
                label="For which lead", placeholder="Somebody of its recipients", max_lines=1, elem_id="mail-reader"
            )
            preview = html(js=PREVIEW_JS, elem_id="mail-preview")
    with gr.Column(visible=False, min_width=0, elem_classes="mail-sending") as sending_box:
        html("<h2>Send it</h2>")
        with gr.Row(elem_classes="form-buttons mail-send", equal_height=False):
            send = gr.Button("Send at once …", variant="primary", min_width=80, elem_id="mail-send")
            at = gr.DateTime(label="Day and time", type="string", elem_id="mail-at", scale=0, min_width=220)
            schedule = gr.Button("Schedule …", min_width=80, elem_id="mail-schedule")
        approval = approval_panel(site)
        with gr.Row(equal_height=False, elem_id="mail-advice"):
            with gr.Column(min_width=280):
                html("<h2>Spam and link check</h2>")
                check = gr.Button("Check it now", min_width=80, elem_id="mail-check")
                checked = html(elem_id="mail-checked")
            with gr.Column(min_width=280):
                html("<h2>Subject lines</h2>")
                write = gr.Button("Write subject lines", min_width=80, elem_id="mail-subjects")
                thinking = stoppable(site)
                ideas = html(js=USE_JS, elem_id="mail-ideas")
                evidence = table_view(elem_id="mail-evidence")
    with gr.Column(visible=False, min_width=0, elem_classes="tool-form") as explain_box:
        html("<h2>Why did somebody get this, or not?</h2>")
        with gr.Row(equal_height=False, elem_classes="mail-ask"):
            lead = gr.Textbox(
                label="Name or address of a lead", placeholder="Ana", max_lines=1, elem_id="mail-lead", scale=1
            )
            ask = gr.Button("Explain", min_width=80, scale=0, elem_id="mail-ask")
        explained = html(elem_id="mail-explained")
    boxes = {
        "list": list_box, "new": new_box, "sequence": sequence_box, "mailing": mailing_box, "editor": editor_box,
        "letter": letter_box, "sending": sending_box, "results": results_box, "explain": explain_box,
    }  # fmt: skip
    return Parts(
        page, boxes, under_way, table, new, series, sequence, sequence_problem, emails, goto, mailing, version, actions, saved, problem,
        progress, fields, mjml, save, send, schedule, at, approval, reader, preview, check, checked, write, thinking, ideas, evidence,
        results, returned, lead, ask, explained, gr.Timer(PACE, active=False),
    )  # fmt: skip


def _fields() -> tuple[dict[str, Any], gr.Button]:
    """The editor's fields, by argument of save_email_campaign."""
    with gr.Column(elem_classes="tool-form", min_width=0):
        name = gr.Textbox(label="Name", info="For you; readers do not see it", max_lines=1, elem_id="mail-name")
        subject = gr.Textbox(label="Subject line", max_lines=1, elem_id="mail-subject")
        preview_text = gr.Textbox(label="Preview text", info="What inboxes show behind the subject line", max_lines=1)
        html(merge_fields_html(), js=FIELDS_JS, elem_id="mail-merge")
        content = gr.Textbox(
            label="Text",
            info="Plain text, HTML, or MJML (begins with <mjml>)",
            lines=16,
            max_lines=30,
            elem_id="mail-content",
        )
        mjml = gr.Button("Lay it out with MJML", min_width=80, elem_id="mail-mjml")
        segment = gr.Dropdown([], label="To the segment", allow_custom_value=True)
        recipients = gr.Textbox(label="To single addresses", info="One a line", lines=2, max_lines=8)
        campaign = gr.Dropdown([], label="Belongs to the campaign", allow_custom_value=True)
    return {
        "name": name, "subject": subject, "preview_text": preview_text, "content": content, "segment": segment,
        "recipients": recipients, "campaign": campaign,
    }, mjml  # fmt: skip


PAGE = Page("/email", "Email", build)
