"""The A/B testing page: its parts and events. The address says what is shown: the list (`?status=running`), `?id=3`,
`?new=1` (with `mailing=5` for that mailing)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.experiments import show
from ui.web.pages.experiments.handlers import LEAD, Experiments
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.live import live
from ui.web.parts.shell import QUIET, Frame, frame, html
from ui.web.parts.table import table_view

GO = "(where) => { if (where) window.location.assign(where); }"
#: How often an open test is read anew, in seconds.
PACE = 20
#: In the browser: the buttons of a decision, each with the variant that it chooses ("" for none).
BUTTONS_JS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-choose]');
  if (button) trigger('choose', { variant: button.dataset.choose });
});
"""


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    page: Frame
    go: gr.Textbox
    number: gr.Number
    list_box: gr.Column
    statuses: gr.HTML
    table: gr.HTML
    one_box: gr.Column
    verdict: gr.HTML
    buttons: gr.HTML
    panel: Approval
    figures: gr.HTML
    checks: gr.HTML
    coming: gr.HTML
    about: gr.HTML
    form_box: gr.Column
    mailing: gr.Dropdown
    element: gr.Dropdown
    variants: tuple[gr.Textbox, ...]
    more: gr.Button
    shown: gr.Number
    metric: gr.Dropdown
    share: gr.Dropdown
    name: gr.Textbox
    create: gr.Button
    problem: gr.HTML
    prospect: gr.HTML


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, show.PATH, "A/B tests", LEAD) as page:
        parts = _lay_out(site, page)
        clock = live(PACE)
    desk = Experiments(site, parts)
    page.on_load(desk.load, outputs=desk.outputs)
    _wire_form(desk, parts)
    parts.buttons.choose(desk.choose, inputs=[parts.number], outputs=desk.outputs, **QUIET)
    parts.panel.decided(desk.again, inputs=[parts.number], outputs=desk.outputs)
    clock.again(desk.again, inputs=[parts.number], outputs=desk.outputs, **QUIET)


def _wire_form(desk: Experiments, parts: Parts) -> None:
    parts.element.change(desk.element, inputs=[parts.element], outputs=list(parts.variants), **QUIET)
    parts.more.click(desk.more, inputs=[parts.shown], outputs=[parts.shown, parts.more, *parts.variants], **QUIET)
    asked: dict[str, Any] = {
        "inputs": [parts.mailing, parts.metric, parts.share, *parts.variants],
        "outputs": [parts.prospect],
        "trigger_mode": "always_last",
        **QUIET,
    }
    for one in (parts.mailing, parts.metric, parts.share):
        one.change(desk.prospect, **asked)
    for box in parts.variants[2:]:  # the first two are counted in any case
        box.blur(desk.prospect, **asked)
    values = [parts.mailing, parts.element, parts.metric, parts.share, parts.name, *parts.variants]
    created = parts.create.click(desk.create, inputs=values, outputs=desk.outputs, **QUIET)
    created.then(None, inputs=[parts.go], outputs=None, js=GO, api_visibility="private")


def _lay_out(site: Site, page: Frame) -> Parts:
    # Outside of what is shown and hidden: with its column a hidden part would be shown too.
    go = gr.Textbox(visible="hidden", label="Where to go on")
    number = gr.Number(visible="hidden", precision=0, label="A/B test")
    shown = gr.Number(value=2, visible="hidden", precision=0, label="Variants shown")
    with gr.Column(min_width=0, elem_id="test-list") as list_box:
        statuses = html()
        table = table_view(states.loading("Reading the tests …"))
    with gr.Column(min_width=0, visible=False, elem_id="test-one") as one_box:
        verdict = html()
        buttons = html(js=BUTTONS_JS)
        panel = approval_panel(site)
        figures = table_view(elem_id="test-figures")
        with gr.Row(elem_classes="columns", equal_height=False):
            with gr.Column(min_width=0):
                coming = html(elem_id="test-coming")
            with gr.Column(min_width=0):
                checks, about = html(elem_id="test-checks"), html()
    with gr.Column(min_width=0, visible=False, elem_id="test-form") as form_box:  # noqa: SIM117 - the page's outline
        with gr.Row(elem_classes="columns", equal_height=False):
            with gr.Column(min_width=0, elem_classes="tool-form"):
                mailing = gr.Dropdown(
                    [], label="Mailing", filterable=True, info="One that has not gone out yet and is in no other test."
                )
                element = gr.Dropdown(list(show.ELEMENTS), value="subject", label="What is tested")
                variants = tuple(
                    gr.Textbox(
                        label=f"Variant {letter}", info=show.HINTS["subject"] if at == 0 else None, lines=1,
                        max_lines=20, visible=at < 2, elem_classes="variant",
                    )
                    for at, letter in enumerate(show.LETTERS)
                )  # fmt: skip
                with gr.Row(elem_classes="form-buttons"):
                    more = gr.Button("Add a variant", min_width=80)
                metric = gr.Dropdown(list(show.METRICS), value="clicks", label="What decides")
                share = gr.Dropdown(
                    list(show.SHARES), value=0.2, label="Share of the recipients in the test",
                    info="The others wait, and get the winner.",
                )  # fmt: skip
                name = gr.Textbox(
                    label="Name (optional)", info="Without one, the test is named after its mailing.", max_lines=1
                )
                problem = html()
                with gr.Row(elem_classes="form-buttons"):
                    create = gr.Button("Create test", variant="primary", min_width=80)
            with gr.Column(min_width=0, elem_id="test-prospect"):
                html("<h2>What this test could see</h2>")
                prospect = table_view()
    return Parts(
        page, go, number, list_box, statuses, table, one_box, verdict, buttons, panel, figures, checks, coming, about,
        form_box, mailing, element, variants, more, shown, metric, share, name, create, problem, prospect,
    )  # fmt: skip


PAGE = Page(show.PATH, "A/B tests", build)
