"""What re-reads a page while it is looked at: nothing runs while its tab is hidden; when it is seen again, it reads at once.

clock = live(20)                               # seconds
clock.again(load, outputs=[...], **QUIET)      # handlers as of any event
"""

from __future__ import annotations

import gradio as gr

from ui.web.parts.shell import html

_JS = """
let missed = false, at = Date.now();
const again = () => { missed = false; at = Date.now(); trigger('again'); };
const timer = setInterval(() => {
  if (!element.isConnected) return clearInterval(timer);
  if (document.hidden) missed = true; else again();
}, SECONDS * 1000);
document.addEventListener('visibilitychange', () => {
  if (element.isConnected && !document.hidden && (missed || Date.now() - at > SECONDS * 1000)) again();
});
"""


def live(seconds: float) -> gr.HTML:
    """An unseen part whose event `again` comes every so many seconds while the page is seen."""
    return html(js=_JS.replace("SECONDS", str(float(seconds))), elem_classes="live")
