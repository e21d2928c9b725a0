"""The side bar of the chat: all pages, a new conversation, and the conversations so far. Plain links, so that every one
of them can be opened in a tab, kept as a bookmark and reached by keyboard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from ui.web.dropped import without_place
from ui.web.parts.shell import name_html, navigation

if TYPE_CHECKING:
    from agent import ConversationView, PlanView

#: Runs in the browser for the component that holds the side bar.
ON_LOAD = (Path(__file__).parent / "pages" / "chat" / "js" / "sidebar.js").read_text(encoding="utf-8")


def sidebar(
    pages: Sequence[tuple[str, str]],
    conversations: Sequence[ConversationView],
    waiting: Sequence[PlanView],
    current: str,
    answering: Collection[str] = (),
    *,
    demo: bool = False,
) -> str:
    """HTML. `pages` are (path, title); `current` is the conversation shown, `answering` those being answered."""
    plans = Counter(plan.conversation for plan in waiting)
    rows = "".join(_row(one, plans[one.id], one.id == current, one.id in answering) for one in conversations)
    listed = f'<ul id="talks">{rows}</ul>' if rows else '<p class="none" id="talks">No conversations yet.</p>'
    return (
        '<a class="skip" href="#say">Skip to the message</a>'
        f'<header class="brand">{name_html(demo)}'
        '<button type="button" class="menu" popovertarget="pages">Menu</button>'
        '<button type="button" class="menu" popovertarget="conversations">Chats</button></header>'
        f"{navigation(pages, '/', len(waiting)) if len(pages) > 1 else ''}"
        '<a class="new" href="/">New<span> conversation</span></a>'
        '<nav id="conversations" popover aria-label="Conversations">'
        '<input id="talks-search" type="search" placeholder="Search …" aria-label="Search conversations">'
        f'<p id="talks-said" class="unseen" role="status"></p>{listed}<ul id="talks-found" hidden></ul></nav>'
    )


def _row(one: ConversationView, waiting: int, is_current: bool, is_answering: bool) -> str:
    title = escape(without_place(one.title or "Untitled"))
    here = ' aria-current="page"' if is_current else ""
    count = f'<span class="waiting" title="Plans that wait for you">{waiting} waiting</span>' if waiting else ""
    busy = '<span class="answering">answering …</span>' if is_answering else ""
    return (
        f'<li data-id="{escape(one.id)}" data-title="{title}">'
        f'<a href="/?conversation={quote(one.id)}"{here} title="{title}"><span>{title}</span>{count}{busy}</a>'
        f'<button type="button" data-rename aria-label="Rename “{title}”">✎</button>'
        f'<button type="button" data-remove aria-label="Delete “{title}”">×</button></li>'
    )
