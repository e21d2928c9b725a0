"""What the chat page shows and does beside the turns: plans in parts, and plans changed before they are decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm.attributes import flag_modified

from agent.undoing import last_change
from agent.viewing.completion import Completion, complete
from agent.viewing.plan_sheet import PlanSheet, sheet_of
from memory import conversations as talks
from memory.plans import Plan, waiting_plans
from tools.core.context import Asker
from tools.core.door import Origin
from tools.core.errors import BadInput, NotFound
from tools.show import shorten

if TYPE_CHECKING:
    from tools.core.door import Door

#: Characters of a command that is looked at while it is typed.
LONGEST_COMMAND = 2_000
#: Characters of a conversation's name.
LONGEST_TITLE = 80


class FoundConversation(BaseModel):
    """A conversation that was searched for; `part` is what was said, around the words (empty: its name holds them)."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    part: str


class LastChange(BaseModel):
    """The newest call of a conversation that changed something: its number for `/undo`, what it did, and whether what
    was there before is kept."""

    model_config = ConfigDict(frozen=True)

    id: int
    sentence: str
    can_be_undone: bool


class ChatViews:
    """`hub.views.chat`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def sheets(self, conversation: str | None = None) -> list[PlanSheet]:
        """The plans that wait, oldest first, in parts; of one conversation, or all."""
        with self._door.database.session() as session:
            return [sheet_of(self._door, plan) for plan in waiting_plans(session, conversation)]

    def sheet(self, plan_id: int) -> PlanSheet:
        """One plan in parts, whatever became of it. Raises NotFound."""
        with self._door.database.session() as session:
            return sheet_of(self._door, _the_plan(session.get(Plan, plan_id), plan_id))

    def amend(self, plan_id: int, changes: dict[str, Any], *, person: str, surface: str = "chat") -> PlanSheet:
        """Lay a waiting plan anew with some arguments changed ("" takes one away); the new one replaces it.

        Raises NotFound, Conflict (it is decided already), or BadInput with what is wrong with a value.
        """
        with self._door.database.session() as session:
            before = _the_plan(session.get(Plan, plan_id), plan_id).arguments
        outcome = self._door.amend(plan_id, {**before, **changes}, Origin(Asker(person, surface)))
        assert outcome.plan_id is not None
        return self.sheet(outcome.plan_id)

    def last_change(self, conversation: str) -> LastChange | None:
        """What `/undo` would take back in this conversation; None where nothing was changed."""
        found = last_change(self._door, conversation)
        return None if found is None else LastChange(id=found[0], sentence=found[1], can_be_undone=found[2])

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another name. Raises NotFound, BadInput (no name, or one that is too long)."""
        name = " ".join(title.split())
        if not name or len(name) > LONGEST_TITLE:
            raise BadInput(f"A conversation's name has 1 to {LONGEST_TITLE} characters.", "title")
        with self._door.database.session(write=True) as session:
            found = session.get(talks.Conversation, conversation)
            if found is None:
                raise NotFound("This conversation was deleted meanwhile.", "conversation")
            spoken_in = found.updated_at  # naming is not speaking: its place in the list stays
            found.title, found.updated_at = name, spoken_in
            flag_modified(found, "updated_at")

    def find(self, query: str) -> list[FoundConversation]:
        """Conversations by their name or by what was said in them, the one spoken in last first."""
        wanted = " ".join(query.split())
        if not wanted:
            return []
        with self._door.database.session() as session:
            found = talks.find_conversations(session, wanted)
            return [
                FoundConversation(id=one.id, title=one.title or "", part=_around(text, wanted)) for one, text in found
            ]

    def complete(self, text: str) -> Completion:
        """What may come next in a slash command that is being typed."""
        with self._door.database.session() as session:
            return complete(text[:LONGEST_COMMAND], self._door.tools, session)


def _around(text: str, wanted: str, before: int = 24, after: int = 60) -> str:
    """The place of a text that holds the words, on one line."""
    line = " ".join(text.split())
    at = line.casefold().find(wanted.casefold())
    if at < 0:
        return shorten(line, before + after)
    start = max(0, at - before)
    return ("…" if start else "") + shorten(line[start:], before + len(wanted) + after)


def _the_plan(plan: Plan | None, plan_id: int) -> Plan:
    if plan is None:
        raise NotFound(f"There is no plan {plan_id}.", "plan")
    return plan
