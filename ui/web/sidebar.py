"""The side bar: the pages, a new conversation, and the conversations so far. Plain links, so that every one of them
can be opened in a tab, kept as a bookmark and reached by keyboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from agent import ConversationView, PlanView

#: Runs in the browser for the component that holds the side bar: asks before it tells the hub to delete.
ON_LOAD = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-remove]');
  if (!button) return;
  if (confirm('Delete this conversation? What was done in it stays done.')) {
    trigger('remove', { conversation: button.dataset.remove });
  }
});
"""


def sidebar(
    pages: Sequence[tuple[str, str]],
    conversations: Sequence[ConversationView],
    waiting: Sequence[PlanView],
    current: str,
) -> str:
    """HTML. `pages` are (path, title); `current` is the conversation shown."""
    links = "".join(f'<a class="page" href="{escape(path)}">{escape(title)}</a>' for path, title in pages)
    navigation = f'<nav class="pages" aria-label="Pages">{links}</nav>' if len(pages) > 1 else ""
    plans = Counter(plan.conversation for plan in waiting)
    rows = "".join(_row(one, plans[one.id], one.id == current) for one in conversations)
    listed = f"<ul>{rows}</ul>" if rows else '<p class="none">No conversations yet.</p>'
    return (
        '<header class="brand"><a href="/">Marketing Hub</a>'
        '<button type="button" class="menu" popovertarget="conversations">Conversations</button></header>'
        f'{navigation}<a class="new" href="/">New<span> conversation</span></a>'
        f'<nav id="conversations" popover aria-label="Conversations">{listed}</nav>'
    )


def _row(one: ConversationView, waiting: int, is_current: bool) -> str:
    title = escape(one.title or "Untitled")
    here = ' aria-current="page"' if is_current else ""
    count = f'<span class="waiting" title="Plans that wait for you">{waiting} waiting</span>' if waiting else ""
    return (
        f'<li><a href="/?conversation={quote(one.id)}"{here} title="{title}"><span>{title}</span>{count}</a>'
        f'<button type="button" data-remove="{escape(one.id)}" aria-label="Delete “{title}”">×</button></li>'
    )
