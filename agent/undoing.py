"""`/undo`: the last change of a conversation is taken back; a turn of its own says so."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from agent.turn import Call, Turn
from memory.changes import last_changes
from tools.core.context import Asker
from tools.core.door import Origin
from tools.core.errors import HubError, NotFound
from tools.show import shorten

if TYPE_CHECKING:
    from agent.turns import Turns
    from tools.core.door import Door

TOOL = "undo_change"
_UNDO = re.compile(r"/undo\b[\s#]*(\d*)\s*$", re.IGNORECASE)


def undo_command(text: str) -> tuple[int | None] | None:
    """`/undo` or `/undo 57`, if that is what the message is: the number of the change, None for the last one."""
    found = _UNDO.match(text.strip())
    return None if found is None else (int(found.group(1)) if found.group(1) else None,)


def last_change(door: Door, conversation: str) -> tuple[int, str, bool] | None:
    """The newest call of the conversation that changed something and still stands: its number, what it did, and whether
    it can be undone. None where there is none."""
    changing = [tool.name for tool in door.tools.values() if tool.effect in ("write", "gated")]
    with door.database.session() as session:
        for entry, change in last_changes(session, conversation, changing):
            if change is None or change.undone_at is None:
                return entry.id, shorten(entry.sentence, 80), change is not None
    return None


def undo(
    turns: Turns, door: Door, said: str, change: int | None, conversation: str | None, person: str, surface: str
) -> Turn:
    """Take a change back (without a number: the last one of the conversation); the turn that says so, or why not."""
    began = time.perf_counter()
    turn = turns.begin(said, conversation, person)
    calls: list[Call] = []
    try:
        number = _the_change(door, turn.conversation_id) if change is None else change
        origin = Origin(Asker(person, surface), conversation_id=turn.conversation_id, turn_id=turn.id)
        outcome = door.call(TOOL, {"change": number}, origin)
        reply = outcome.text
        calls = [Call(tool=TOOL, arguments=outcome.arguments, result=outcome.result.data(), text=reply)]
    except HubError as error:
        reply = error.sentence
    state = {"replies": [reply], "decided_by": "slash", "calls": [call.model_dump(mode="json") for call in calls]}
    return turns.finish(turn, state, time.perf_counter() - began)  # type: ignore[arg-type]


def _the_change(door: Door, conversation: str) -> int:
    found = last_change(door, conversation)
    if found is None:
        raise NotFound("Nothing was changed in this conversation, so there is nothing to undo.", "change")
    number, sentence, possible = found
    if not possible:
        raise NotFound(f"The last change (“{sentence}”) cannot be undone. Change it by hand instead.", "change")
    return number
