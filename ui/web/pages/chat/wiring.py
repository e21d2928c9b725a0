"""The chat page's events: what calls which handler, and the few lines that run in the browser."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.web.page import Site
from ui.web.pages.chat.handlers import ChatPage
from ui.web.pages.chat.layout import lay_out
from ui.web.parts.shell import QUIET

#: Keeps the address in step with the conversation, so that a reload finds it again.
SHOW_ADDRESS = """(conversation) => {
  const address = new URL(window.location.href);
  address.searchParams.delete('say');
  if (conversation) address.searchParams.set('conversation', conversation);
  if (address.href !== window.location.href) window.history.replaceState(null, '', address);
}"""
#: The line has the focus when the page is ready, but no keyboard opens by itself on a phone.
TAKE_FOCUS = """() => {
  if (window.matchMedia('(pointer: fine)').matches) {
    requestAnimationFrame(() => {
      const line = document.querySelector('#say textarea');
      line?.focus();
      line?.setSelectionRange(line.value.length, line.value.length);
    });
  }
}"""
#: After the conversation on show was deleted: an empty page.
LEAVE_DELETED = "(deleted) => { if (deleted) window.location.assign('/'); }"


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    parts = lay_out(site)
    page = ChatPage(site, parts)
    followed: dict[str, Any] = {"inputs": [parts.conversation], "outputs": parts.outputs, **QUIET}
    sent: dict[str, Any] = {"outputs": parts.outputs, **QUIET}

    root = gr.context.Context.root_block
    assert root is not None
    loaded = root.load(page.load, **sent)
    loaded.then(None, js=TAKE_FOCUS, api_visibility="private")
    loaded.then(page.follow, **followed)
    begun = [
        parts.box.submit(page.send, inputs=[parts.conversation, parts.box], **sent),
        parts.chat.example_select(page.send_example, inputs=[parts.conversation], **sent),
        parts.after.retry(page.retry, inputs=[parts.conversation], **sent),
        parts.after.undo(page.undo, inputs=[parts.conversation], **sent),
        parts.files.take(page.take_file, inputs=[parts.conversation], **sent),
    ]
    for event in begun:
        event.then(None, inputs=[parts.conversation], js=SHOW_ADDRESS, api_visibility="private")
        event.then(page.follow, **followed)
    parts.box.stop(page.stop, inputs=[parts.conversation], **QUIET)
    parts.plans.approve(page.approve, **followed)
    parts.plans.reject(page.reject, **followed)
    parts.plans.amend(page.amend, **followed)
    shown = {"inputs": [parts.conversation], "outputs": [parts.files, parts.notice], **QUIET}
    parts.files.dropped(page.dropped, **shown)
    parts.files.discard(page.discard_file, **shown)
    parts.side.remove(
        page.remove, inputs=[parts.conversation], outputs=[parts.side, parts.deleted, parts.notice], **QUIET
    ).then(None, inputs=[parts.deleted], js=LEAVE_DELETED, api_visibility="private")
    parts.side.rename(page.rename, inputs=[parts.conversation], outputs=[parts.side, parts.notice], **QUIET)
    parts.timer.tick(page.look_at_model, outputs=[parts.banner, parts.timer], **QUIET)
