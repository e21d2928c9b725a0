"""The chat page laid out: its components, and the words on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ui.web import plans, sidebar
from ui.web.page import Site
from ui.web.pages.chat import afterwards, files
from ui.web.pages.chat.slash_menu import slash_menu
from ui.web.parts.shell import html

#: In the browser: what Gradio's chat window leaves out for those who do not see it.
MEND = (Path(__file__).parent / "js" / "mend.js").read_text(encoding="utf-8")
#: Words, not icons: a screen reader has nothing else to say.
SEND, STOP = "Send", "Stop"
WELCOME = "## What shall we do?\nWrite it in your own words. Nothing is sent or deleted before you approve it."


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    conversation: gr.Textbox
    deleted: gr.Checkbox
    side: gr.HTML
    banner: gr.HTML
    chat: gr.Chatbot
    plans: gr.HTML
    after: gr.HTML
    files: gr.HTML
    notice: gr.HTML
    box: gr.Textbox
    timer: gr.Timer

    @property
    def outputs(self) -> list[Any]:
        return [
            self.conversation, self.side, self.banner, self.chat, self.plans, self.after, self.files, self.notice, self.box, self.timer,
        ]  # fmt: skip


def lay_out(site: Site) -> Parts:
    """All components of the page, inside a Blocks context."""
    with gr.Row(elem_id="shell", equal_height=True):
        with gr.Column(elem_id="side", scale=0, min_width=0):
            side = html(elem_id="side-content", js=sidebar.ON_LOAD, server_functions=[_finder(site)])
        with gr.Column(elem_id="main", scale=1, min_width=0):
            strip = html(elem_id="banner")
            with gr.Row(elem_id="talk", equal_height=True):
                with gr.Column(elem_id="dialogue", scale=1, min_width=0):
                    chat = _chat_window(site)
                    after = html(elem_id="after", js=afterwards.ON_LOAD)
                    dropped = html(elem_id="files", js=files.SCRIPT, conversation="")
                    complaint = html(elem_id="notice", js=MEND)
                    slash_menu(site)
                    box = _line()
                waiting = html(elem_id="plans", js=plans.ON_LOAD, visible=False)
    conversation = gr.Textbox(visible="hidden")
    deleted = gr.Checkbox(visible="hidden")
    return Parts(
        conversation, deleted, side, strip, chat, waiting, after, dropped, complaint, box, gr.Timer(1.0, active=False)
    )


def _finder(site: Site) -> Callable[[str], list[dict[str, Any]]]:
    def find(query: str) -> list[dict[str, Any]]:
        return [one.model_dump() for one in site.hub.views.chat.find(str(query))]

    return find


def _chat_window(site: Site) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        label="Conversation",
        height="100%",
        scale=1,
        min_width=0,
        layout="bubble",
        buttons=["copy"],
        latex_delimiters=[],  # amounts are written with dollar signs
        allow_tags=False,
        sanitize_html=True,
        placeholder=WELCOME,
        examples=[{"text": sentence} for sentence in site.hub.examples()],
    )


def _line() -> gr.Textbox:
    return gr.Textbox(
        elem_id="say",
        show_label=False,
        label="Your message",
        placeholder="Say what you want, or type /",
        lines=1,
        max_lines=8,
        submit_btn=SEND,
        stop_btn=False,
        interactive=False,  # until the page knows its conversation
        container=False,
    )
