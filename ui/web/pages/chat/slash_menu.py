"""The `/` menu above the line to type in; what it offers is asked of the hub, how it behaves is in js/slash.js."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from ui.web.page import Site

SCRIPT = (Path(__file__).parent / "js" / "slash.js").read_text(encoding="utf-8")
MENU = (
    '<div id="slash-menu" hidden><p id="slash-expects" hidden></p>'
    '<ul id="slash-options" role="listbox" aria-label="Suggestions"></ul></div>'
    '<p id="slash-said" class="unseen" role="status"></p>'
)


def slash_menu(site: Site) -> gr.HTML:
    """Lay it out, right before the line."""

    def complete(text: str) -> dict[str, Any]:
        found: dict[str, Any] = site.hub.views.chat.complete(str(text)).model_dump()
        return found

    return gr.HTML(MENU, elem_id="slash", js_on_load=SCRIPT, apply_default_css=False, server_functions=[complete])
