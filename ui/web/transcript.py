"""From turns to the messages of the chat window.

Whatever people, records and models wrote is text here: what stands in HTML of ours is escaped, what a person typed is
shown as typed, and the Markdown of answers is sanitised by the chat window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from ui.web.dropped import without_place
from ui.web.result_cards import cards_of
from ui.words import spoken_tool, spoken_value

if TYPE_CHECKING:
    from agent import Call, Evidence, Turn
    from ui.answering import Answer

Message = dict[str, Any]

#: Older turns are left out of the page: it sends all its messages with every piece of an answer.
SHOWN_TURNS = 60

#: What a step says of its plan, by the plan's state.
PLAN_WORDS = {
    "waiting": ("waits for approval", "waits for a person; nothing has happened yet."),
    "executed": ("approved", "was approved and carried out."),
    "rejected": ("rejected", "was rejected; nothing happened."),
    "superseded": ("replaced", "was replaced or no longer fits; nothing happened."),
}

_ENTITY = re.compile(r"&(?=#?\w+;)")
_MARKUP = re.compile(r"([\\`*\[\]~|]|(?<![^\W_])_|_(?![^\W_]))")
_LINE_START = re.compile(r"^([ \t]*\d*)([#\-+=.)])", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def messages(
    turns: Iterable[Turn], answer: Answer | None = None, plan_states: Mapping[int, str] | None = None
) -> list[Message]:
    """The chat window's messages: each turn, then the answer that is coming.

    `plan_states` tells what became of each plan: waiting, executed, rejected or superseded (not given: it waits).
    """
    turns, plan_states = list(turns), plan_states or {}
    shown: list[Message] = []
    if len(turns) > SHOWN_TURNS:
        hidden = len(turns) - SHOWN_TURNS
        shown.append(_hub(f"*{hidden} earlier messages are not shown here; the hub remembers them.*"))
    for turn in turns[-SHOWN_TURNS:]:
        shown += _turn(turn, plan_states)
    if answer is not None:
        shown += _coming(answer)
    return shown


def as_text(said: str) -> str:
    """What a person typed, as Markdown that shows exactly that."""
    said = _ENTITY.sub("&amp;", said).replace("<", "&lt;").replace(">", "&gt;")
    said = _LINE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", said))
    return _INDENT.sub(lambda indent: "&nbsp;" * len(indent[0].expandtabs(4)), said)


def step(call: Call, plan_states: Mapping[int, str] | None = None) -> Message:
    """One call as a step that opens: what was called, with which arguments, what each rests on, what came of it."""
    if call.error:
        title, body = "did not work", as_text(call.error)
    elif call.waiting:
        title, said = PLAN_WORDS[(plan_states or {}).get(call.plan or 0, "waiting")]
        body = f"Plan {call.plan} {said}"
    else:
        title, body = "done", call.text
    return {
        "role": "assistant",
        "content": f"{_arguments(call)}\n\n{body}".strip(),
        "metadata": {"title": f"{spoken_tool(call.tool)} · {title}", "status": "done"},
    }


def _turn(turn: Turn, plan_states: Mapping[int, str]) -> list[Message]:
    shown = [_person(turn.say), *(step(call, plan_states) for call in turn.calls)]
    if turn.reply:
        drawn = Markup("").join(cards_of(call) for call in turn.calls)
        return [*shown, _hub(turn.reply + _notes(turn)), *([_drawn(drawn)] if drawn else [])]
    if not turn.calls:
        return [*shown, _hub("*This message is still being answered elsewhere.*")]
    return shown


def _coming(answer: Answer) -> list[Message]:
    shown = [_person(answer.say), *(step(call) for call in answer.steps)]
    if answer.text.strip():
        shown.append(_hub(answer.text))
    if answer.error:
        shown.append(_hub(f'<div class="hub-error" role="alert">{_line(answer.error)}</div>'))
    elif answer.stopped:
        shown.append(_hub("*Stopped. What was done before stays done.*"))
    elif not answer.done and (answer.progress or not answer.text.strip()):
        doing = _line(answer.progress or "Thinking …")
        shown.append(_hub(f'<div class="hub-doing" role="status">{doing}</div>'))
    return shown


def _person(said: str) -> Message:
    return {"role": "user", "content": as_text(without_place(said))}


def _hub(markdown: str) -> Message:
    return {"role": "assistant", "content": markdown}


def _drawn(cards: Markup) -> Message:
    """Our own HTML (cards, charts, links): as a component, which the window neither cleans nor reads out as text."""
    return {"role": "assistant", "content": gr.HTML(cards, js_on_load=None, apply_default_css=False)}


def _notes(turn: Turn) -> str:
    """What was said beside the reply, where the reply does not say it itself."""
    notes = [note for note in turn.notes if note not in turn.reply]
    return "".join(f'\n\n<div class="hub-note">{_line(note)}</div>' for note in notes)


def _arguments(call: Call) -> str:
    if not call.arguments:
        return ""
    rows = [
        f"| {_cell(name.replace('_', ' '))} | {_cell(spoken_value(value))} | {_origin(call.rests_on.get(name))} |"
        for name, value in call.arguments.items()
    ]
    return "\n".join(["| Given | As | From your words |", "| --- | --- | --- |", *rows])


def _origin(evidence: Evidence | None) -> str:
    """What an argument rests on: the person's own words, or where else it comes from."""
    if evidence is None:
        return ""
    if evidence.origin == "default":
        return "*usual value*"
    earlier = "*said earlier*" if evidence.origin == "conversation" else ""
    return " ".join(filter(None, [f"“{_cell(evidence.words)}”" if evidence.words else "", earlier]))


def _cell(text: str) -> str:
    return as_text(" ".join(text.split()))


def _line(text: str) -> str:
    """Text inside our own HTML. No line may be empty there: Markdown would take over after it."""
    return "<br>".join(escape(part) for part in text.splitlines() if part.strip())
