"""A small world and turns as a hub would give them, for the tests of the runner."""

from typing import Any

from agent.turn import Call, Turn

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


def turn(*calls: Call, reply: str = "Done.", asks: bool = False, decided_by: Any = "matcher", tokens: int = 0) -> Turn:
    """A turn with these calls."""
    return Turn(
        id="t", conversation="c", say="", reply=reply, calls=calls, asks=asks, decided_by=decided_by,
        prompt_tokens=tokens,
    )  # fmt: skip
