"""A small world, and a hub whose understanding is a script, for the tests of the runner."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from agent.stage import Answer, StagedHouse
from agent.turn import Call, Turn
from agent.world import World
from memory.database import Database
from memory.plans import waiting_plans
from tools.core.declare import Tool
from tools.core.door import Door, Origin
from tools.core.errors import HubError

WORLD: dict[str, Any] = {
    "about": "two people and a shop",
    "now": "2026-03-02T10:00:00",
    "time_zone": "Europe/Berlin",
    "company": {"name": "Nib & Ink", "industry": "stationery", "brand_voice": "dry", "motto": "write it down"},
    "campaigns": [
        {
            "name": "Back to School",
            "type": "email",
            "status": "active",
            "channels": ["email"],
            "goal": "sales",
            "budget": 900,
            "start_date": "2026-02-01",
            "end_date": "2026-04-15",
            "description": "Notebooks",
            "results": {"spend": 300, "leads": 20, "conversions": 5, "revenue": 450},
        },
        {"name": "Ink Week", "type": "social", "status": "draft", "channels": ["social"]},
        {"name": "Ink Week Pro", "type": "social", "status": "draft", "channels": ["social"], "colour": "blue"},
    ],
    "templates": [{"name": "Old promo", "kind": "email", "content": "SALE"}],
    "knowledge": [
        {"kind": "article", "title": "Returns", "content": "Within 30 days."},
        {"kind": "ticket", "title": "Pen leaks", "content": "It leaks."},
    ],
    "carrier_pigeons": [{"name": "Ada", "status": "resting"}, {"name": "Bo", "status": "flying"}],
}


def call(tool: str, *, waiting: bool = False, error: str | None = None, **arguments: Any) -> Call:
    """A call as a turn lists it."""
    return Call(tool=tool, arguments=arguments, waiting=waiting, plan=1 if waiting else None, error=error)


class ScriptedHub(StagedHouse):
    """What a turn calls is written down per message; the calls go through the real door, with its gate."""

    def __init__(self, database: Database, world: World, door: Door) -> None:
        super().__init__(database, world)
        self.door = door
        self.script: dict[str, Callable[[], Turn]] = {}

    @property
    def tools(self) -> Mapping[str, Tool]:
        return self.door.tools

    @property
    def zone(self) -> ZoneInfo:
        return self.world.zone

    def says(
        self, said: str, *calls: tuple[str, dict[str, Any]], reply: str = "Done.", asks: bool = False, **more: Any
    ) -> None:
        """From now on, `said` makes these calls."""
        self.script[said] = lambda: self._turn(said, calls, reply=reply, asks=asks, **more)

    def ask(self, said: str, conversation: str | None) -> Turn:
        return self.script[said]()

    def answer(self, approve: bool) -> Answer:
        with self.door.database.session() as session:
            plans = [plan.id for plan in waiting_plans(session, "c")]
        for plan in plans:
            if approve:
                self.door.approve(plan)
            else:
                self.door.reject(plan)
        return Answer(tuple(Turn(id=str(plan), conversation="c", say="") for plan in plans))

    def _turn(self, said: str, calls: Sequence[tuple[str, dict[str, Any]]], **more: Any) -> Turn:
        made = tuple(self._call(name, arguments) for name, arguments in calls)
        return Turn(id="t", conversation="c", say=said, calls=made, **{"decided_by": "matcher", **more})

    def _call(self, name: str, arguments: dict[str, Any]) -> Call:
        try:
            outcome = self.door.call(name, arguments, Origin(conversation_id="c"))
        except HubError as error:
            return Call(tool=name, arguments=arguments, error=error.sentence)
        return Call(tool=name, arguments=outcome.arguments, waiting=outcome.waiting, plan=outcome.plan_id)
