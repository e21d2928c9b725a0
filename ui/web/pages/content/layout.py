"""The studio's parts and events. The address says what is shown: `?kind=sms`, `?compare=3,5`, `?aside=1`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from ui.web.page import Page, Site
from ui.web.pages.content import show
from ui.web.pages.content.handlers import Studio
from ui.web.parts import states
from ui.web.parts.form import argument_input
from ui.web.parts.shell import QUIET, Frame, frame, html

#: In the browser: keep or put aside a draft, mark those to compare, open them side by side.
CARDS_JS = """
const marked = () => [...element.querySelectorAll('input[data-mark]:checked')].map((box) => box.dataset.mark);
const arrange = () => {
  const button = element.querySelector('button[data-compare]');
  if (!button) return;
  const many = marked().length;
  button.disabled = many < 2 || many > MOST;
  button.textContent = many ? `Compare ${many}` : 'Compare';
};
element.addEventListener('change', arrange);
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.draft) trigger('sort', { draft: Number(button.dataset.draft), state: button.dataset.state });
  if ('compare' in button.dataset) {
    const address = new URL(location.href);
    address.search = new URLSearchParams({ compare: marked().join(',') }).toString();
    location.assign(address);
  }
});
watch('value', arrange);
""".replace("MOST", str(show.MOST_COMPARED))


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to. `inputs` are those of all kinds by the name of their argument."""

    page: Frame
    kind: gr.Textbox
    kinds: gr.HTML
    voice: gr.HTML
    no_model: gr.HTML
    form: gr.Column
    inputs: dict[str, Any]
    versions: gr.Radio
    write: gr.Button
    stop: gr.Button
    job: gr.Textbox
    problem: gr.HTML
    writing: gr.HTML
    drafts: gr.HTML
    voice_text: gr.Textbox
    voice_save: gr.Button
    voice_told: gr.HTML


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(
        site, "/content", "Content Studio", "Texts in your voice, as drafts. Nothing is sent from here."
    ) as page:
        parts = _lay_out(site, page)
    studio = Studio(site, parts)
    page.on_load(studio.load, outputs=studio.outputs)
    values = [parts.kind, parts.versions, *parts.inputs.values()]
    parts.write.click(studio.write, inputs=values, outputs=studio.outputs, **QUIET)
    parts.stop.click(studio.stop, inputs=[parts.job], outputs=None, **QUIET)
    parts.drafts.sort(studio.sort, inputs=[parts.kind], outputs=[parts.drafts, page.notice], **QUIET)
    parts.voice_save.click(
        studio.set_voice, inputs=[parts.voice_text], outputs=[parts.voice, parts.voice_told], **QUIET
    )


def _lay_out(site: Site, page: Frame) -> Parts:
    # Outside of what is shown and hidden: with its column a hidden part would be shown too.
    kind = gr.Textbox(visible="hidden", label="Kind")
    job = gr.Textbox(visible="hidden", label="Writing")
    kinds = html(elem_id="studio-kinds")
    with gr.Row(elem_classes="columns", equal_height=False, elem_id="studio"):
        with gr.Column(min_width=0, scale=0, elem_id="studio-form") as form:
            no_model = html()
            voice = html(elem_classes="voice")
            with gr.Column(elem_classes="tool-form", min_width=0):
                inputs = _inputs(site)
                versions = gr.Radio(
                    [1, 2, 3, 4, 5], value=1, label="How many to write", info="Each one is kept as a draft of its own."
                )
            problem = html()
            with gr.Row(elem_classes="form-buttons"):
                write = gr.Button(
                    "Write", variant="primary", min_width=80, interactive=False
                )  # until the page knows what
                stop = gr.Button("Stop", variant="stop", visible=False, min_width=80)
            with gr.Accordion("Brand voice", open=False, elem_classes="voice-form"):
                voice_text = gr.Textbox(
                    label="How your house sounds", lines=3, max_lines=8,
                    info="Every text is written in it from then on. For example: warm, short sentences, no jargon.",
                )  # fmt: skip
                voice_save = gr.Button("Save brand voice", min_width=80)
                voice_told = html()
        with gr.Column(min_width=0, elem_id="studio-drafts"):
            writing = html()
            drafts = html(states.loading("Reading the drafts …"), js=CARDS_JS)
    return Parts(
        page, kind, kinds, voice, no_model, form, inputs, versions, write, stop, job, problem, writing, drafts, voice_text,
        voice_save, voice_told,
    )  # fmt: skip


def _inputs(site: Site) -> dict[str, Any]:
    """One input for each argument of the four tools; a kind shows its own."""
    found: dict[str, Any] = {}
    for kind, names in show.FIELDS.items():
        tool = site.hub.tools[show.TOOLS[kind]]
        for name in names:
            argument = tool.argument(name)
            assert argument is not None, f"{tool.name} takes no {name}"
            if name not in found:
                found[name] = argument_input(site, argument, show.SUBJECTS.get(name, (None, ""))[0])
                found[name].visible = kind == next(iter(show.FIELDS))  # until the page knows which kind is wanted
    return found


PAGE = Page("/content", "Content Studio", build)
