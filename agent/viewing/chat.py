"""What the chat page shows and does beside the turns: plans in parts, and plans changed before they are decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.viewing.completion import Completion, complete
from agent.viewing.plan_sheet import PlanSheet, sheet_of
from memory.plans import Plan, waiting_plans
from tools.core.context import Asker
from tools.core.door import Origin
from tools.core.errors import NotFound

if TYPE_CHECKING:
    from tools.core.door import Door

#: Characters of a command that is looked at while it is typed.
LONGEST_COMMAND = 2_000


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

    def complete(self, text: str) -> Completion:
        """What may come next in a slash command that is being typed."""
        with self._door.database.session() as session:
            return complete(text[:LONGEST_COMMAND], self._door.tools, session)


def _the_plan(plan: Plan | None, plan_id: int) -> Plan:
    if plan is None:
        raise NotFound(f"There is no plan {plan_id}.", "plan")
    return plan
