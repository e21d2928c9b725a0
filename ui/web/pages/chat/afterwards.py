"""What can be done after an answer: say the last message again, take the last change back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent import Tool, Turn
    from agent.viewing.chat import LastChange
    from ui.answering import Answer

ON_LOAD = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  button.disabled = true;
  if (button.dataset.undo) trigger('undo', { change: Number(button.dataset.undo) });
  else trigger('retry', {});
});
"""
#: Messages that decide something once: said again they would only be refused.
_DECISION = re.compile(r"\s*/(approve|reject|undo)\b", re.IGNORECASE)


def afterwards(again: str | None, change: LastChange | None) -> str:
    """HTML; empty where there is nothing to do. `again` is the message that may be said again."""
    buttons = []
    if again is not None:
        buttons.append('<button type="button" data-retry>Try again</button>')
    if change is not None and change.can_be_undone:
        said = escape(_plain(change.sentence))
        buttons.append(f'<button type="button" data-undo="{change.id}">Undo<span>: {said}</span></button>')
    return f'<div class="afterwards">{"".join(buttons)}</div>' if buttons else ""


def to_say_again(turns: Sequence[Turn], coming: Answer | None, tools: Mapping[str, Tool]) -> str | None:
    """The last message, where saying it again makes sense: not a decision, and nothing that was done (which can be
    undone, but must not be done twice by a slip)."""
    if coming is not None:
        return coming.say if coming.done and not _changed(coming.steps, tools) else None
    if not turns or _DECISION.match(turns[-1].say) or not turns[-1].reply:
        return None
    return None if _changed(turns[-1].calls, tools) else turns[-1].say


def _changed(calls: Sequence[object], tools: Mapping[str, Tool]) -> bool:
    for call in calls:
        tool = tools.get(getattr(call, "tool", ""))
        if tool is not None and tool.effect in ("write", "gated") and not getattr(call, "error", None):
            return True
    return False


def _plain(markdown: str) -> str:
    return markdown.replace("*", "").replace("\\", "").replace("`", "")
