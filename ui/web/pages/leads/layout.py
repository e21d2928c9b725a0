"""The Leads page laid out and wired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.leads.handlers import LEAD, LeadsPage
from ui.web.pages.leads.importing import ImportPart, import_part
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.cards import joined
from ui.web.parts.formats import title
from ui.web.parts.links import link
from ui.web.parts.shell import QUIET, frame, html
from ui.web.parts.soft import SOFT

#: After a lead was added: its own address.
GO_TO_LEAD = "(lead) => { if (lead) history.replaceState(null, '', `/leads?id=${lead}`); }"


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    heading: gr.HTML
    boxes: Mapping[str, gr.Column]
    search: gr.HTML
    results: gr.HTML
    lead: gr.Number
    version: gr.Number
    goto: gr.Number
    detail: gr.HTML
    score: gr.HTML
    mails: gr.HTML
    consents: gr.HTML
    timeline: gr.HTML
    edit: gr.Accordion
    fields: Mapping[str, Any]
    submit: gr.Button
    form_problem: gr.HTML
    saved: gr.HTML
    channel: gr.Dropdown
    state: gr.Dropdown
    source: gr.Textbox
    record: gr.Button
    consent_problem: gr.HTML
    delete: gr.Button
    approval: Approval
    importing: ImportPart

    @property
    def outputs(self) -> list[Any]:
        return [
            self.heading, *self.boxes.values(), self.search, self.results, self.lead, self.version, self.goto, self.detail,
            self.consents, self.timeline, self.edit, *self.fields.values(), self.submit, self.form_problem, self.saved,
        ]  # fmt: skip


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/leads", "Leads", LEAD) as page:
        with page.actions:
            ways = [
                link("Import", "/leads?import=1", css="button"),
                link("Add a lead", "/leads?new=1", css="button primary"),
            ]
            html(joined(ways))
        parts = _lay_out(site, page.heading)
    handlers = LeadsPage(site, parts)
    shown: dict[str, Any] = {"outputs": parts.outputs, **QUIET}
    longer: dict[str, Any] = {"inputs": [parts.lead], "outputs": [parts.score, parts.mails], **QUIET}
    page.on_load(handlers.load, outputs=parts.outputs).then(handlers.more, **longer)
    for component in (parts.search, parts.results):
        component.submit(handlers.look, outputs=[parts.results], **QUIET, trigger_mode="always_last")
    saved = parts.submit.click(handlers.save, inputs=[parts.lead, parts.version, *parts.fields.values()], **shown)
    saved.then(None, inputs=[parts.goto], js=GO_TO_LEAD, api_visibility="private").then(handlers.more, **longer)
    parts.record.click(
        handlers.consent,
        inputs=[parts.lead, parts.channel, parts.state, parts.source],
        outputs=[*parts.outputs, parts.consent_problem, parts.source],
        **QUIET,
    )
    parts.delete.click(handlers.delete, inputs=[parts.lead], outputs=parts.approval.outputs, **QUIET)
    parts.approval.decided(handlers.decided, inputs=[parts.lead], outputs=parts.outputs)
    parts.importing.wire(page)


def _lay_out(site: Site, head: gr.HTML) -> Parts:
    lead, version, goto = (
        gr.Number(visible="hidden", precision=0, label=name) for name in ("Lead", "Version", "Go to")
    )
    with gr.Column(visible=True, min_width=0) as listed:
        search = html(elem_id="lead-search", js=SOFT)
        results = html(states.loading("Looking for leads …"), elem_id="lead-list", js=SOFT)
    with gr.Column(visible=False, min_width=0) as importing:
        import_box = import_part(site)
    with gr.Row(elem_id="lead-page", equal_height=False):
        with gr.Column(visible=False, min_width=0, elem_classes="lead-main") as shown:
            detail = html(elem_id="lead-detail")
            score, mails = html(elem_id="lead-score"), html(elem_id="lead-mails")
            timeline = html(elem_id="lead-timeline")
        with gr.Column(visible=False, min_width=0, elem_classes="lead-side") as form:
            saved = html(elem_id="lead-saved")
            with gr.Accordion("Edit this lead", open=False) as edit:
                fields, submit, problem = _form(site)
            with gr.Column(visible=True, min_width=0, elem_classes="lead-more"):
                consents = html(elem_id="lead-consents")
                channel, state, source, record, consent_problem = _consent(site)
                delete = gr.Button("Delete this lead …", variant="stop", min_width=80, elem_id="lead-delete")
                approval = approval_panel(site)
    boxes = {"list": listed, "importing": importing, "lead": shown, "form": form}
    return Parts(
        head, boxes, search, results, lead, version, goto, detail, score, mails, consents, timeline, edit, fields, submit, problem,
        saved, channel, state, source, record, consent_problem, delete, approval, import_box,
    )  # fmt: skip


def _form(site: Site) -> tuple[dict[str, Any], gr.Button, gr.HTML]:
    statuses = next(one for one in site.hub.tools["list_leads"].arguments if one.name == "status").enum
    with gr.Column(elem_classes="tool-form", min_width=0):
        fields: dict[str, Any] = {
            "email": gr.Textbox(label="Email", type="email", max_lines=1),
            "name": gr.Textbox(label="Name", max_lines=1),
            "company": gr.Textbox(label="Company", max_lines=1),
            "job_title": gr.Textbox(label="Job title", max_lines=1),
            "phone": gr.Textbox(label="Phone", max_lines=1),
            "city": gr.Textbox(label="City", max_lines=1),
            "country": gr.Textbox(label="Country", max_lines=1),
            "language": gr.Textbox(label="Language", placeholder="en", max_lines=1),
            "source": gr.Textbox(label="Source", placeholder="webinar", max_lines=1),
            "status": gr.Dropdown([(title(one), one) for one in statuses], label="Status"),
            "tags": gr.Textbox(label="Tags", info="Separated by commas", max_lines=1),
            "custom": gr.Textbox(label="Custom fields", info="One a line: name: value", lines=3),
        }
        problem = html(elem_id="lead-form-problem")
        submit = gr.Button("Save", variant="primary", min_width=80, elem_id="lead-save")
    return fields, submit, problem


def _consent(site: Site) -> tuple[gr.Dropdown, gr.Dropdown, gr.Textbox, gr.Button, gr.HTML]:
    with gr.Accordion("Record a consent", open=False), gr.Column(elem_classes="tool-form", min_width=0):
        channel = gr.Dropdown([("Email", "email"), ("SMS", "sms"), ("Phone", "phone")], value="email", label="Channel")
        state = gr.Dropdown(
            [("Given", "granted"), ("Asked for, not confirmed", "pending"), ("Withdrawn", "withdrawn")], value="granted", label="State"
        )  # fmt: skip
        source = gr.Textbox(label="How it came about", placeholder="signed the form at the trade fair", max_lines=1)
        problem = html()
        record = gr.Button("Record", min_width=80, elem_id="consent-record")
    return channel, state, source, record, problem


PAGE = Page("/leads", "Leads", build)
