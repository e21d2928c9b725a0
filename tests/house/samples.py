"""Arguments for any tool, made from its declaration alone, so that a new tool is tested without a word here."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from tools.core.declare import Argument, Tool

#: Where the small world stands in time; the hub's clock stands still there.
NOW = datetime(2026, 9, 10, 15, 30)
#: A name that no record has, nor one like it.
NOBODY = "Zyxomma Qwvt"

#: The small world that every call meets: see agent.world for the format.
WORLD: dict[str, Any] = {
    "now": NOW.isoformat(),
    "time_zone": "Europe/Amsterdam",
    "company": {"name": "Otter Press", "industry": "bookshop", "brand_voice": "dry and kind"},
    "campaigns": [
        {
            "name": "Autumn Reads",
            "type": "email",
            "status": "active",
            "channels": ["email"],
            "goal": "sales",
            "budget": 3500,
            "start_date": "2026-08-24",
            "end_date": "2026-10-18",
            "description": "Novels for long evenings",
            "results": {"spend": 900, "leads": 96, "conversions": 48, "revenue": 4080},
        },
        {"name": "Poetry Night", "type": "social", "status": "draft", "channels": ["social"], "budget": 400},
    ],
    "templates": [
        {"name": "Letter frame", "kind": "email", "content": "Dear {{ lead.first_name }}, a new shelf is open."},
        {"name": "Order ready", "kind": "sms", "content": "Your book has come in."},
    ],
    "segments": [
        {"name": "Regulars", "conditions": "status is customer"},
        {"name": "Amsterdam readers", "conditions": "city is Amsterdam"},
    ],
    "leads": [
        {"name": "Ines Vries", "email": "ines@example.org", "company": "Vries Atelier", "status": "customer"},
        {"name": "Tom Bakker", "email": "tom@example.org", "company": "Bakkerij Bakker", "status": "new"},
        {"name": "Fatima Idris", "email": "fatima@example.org", "company": "Idris Law", "status": "qualified"},
    ],
    "email_campaigns": [
        {"name": "September letter", "subject": "A new shelf", "content": "<p>Come and see.</p>", "status": "draft",
         "segment": "Regulars"},
        {"name": "October letter", "subject": "Ghost stories", "content": "<p>Boo.</p>", "status": "scheduled",
         "segment": "Regulars", "send_time": "2026-10-01T09:00:00"},
        {"name": "August letter", "subject": "A new shelf", "content": "<p>Rain.</p>", "status": "sending",
         "segment": "Regulars", "send_time": "2026-09-09T09:00:00"},
    ],
    "social_posts": [
        {"platform": "instagram", "content": "Poetry Night is on Friday.", "status": "draft"},
        {"platform": "facebook", "content": "The reading chair is back.", "status": "scheduled",
         "scheduled_time": "2026-09-12T10:00:00"},
    ],
    "workflows": [
        {"name": "Welcome readers", "status": "active", "trigger": "event form_submit", "steps": ["send email 'Hello'"]},
        {"name": "Win them back", "status": "draft", "trigger": "event gone_quiet", "steps": ["wait 2 days", "send email 'We miss you'"]},
    ],
    "ab_tests": [
        {"name": "Shelf or ghosts", "email_campaign": "August letter", "element": "subject", "metric": "clicks",
         "status": "running", "variants": [{"text": "A new shelf", "sent": 500, "opens": 160, "clicks": 30},
                                           {"text": "Ghost stories", "sent": 500, "opens": 190, "clicks": 61}]},
    ],
    "knowledge": [
        {"kind": "article", "title": "Returns", "content": "A book may come back within 30 days."},
        {"kind": "ticket", "title": "Order late", "content": "My order is two weeks late.",
         "happened_at": "2026-09-01T09:00:00"},
        {"kind": "ticket", "title": "Late parcel", "content": "The parcel came late again.",
         "happened_at": "2026-09-03T09:00:00"},
    ],
}  # fmt: skip

#: A file that both imports read: people with addresses are leads, titles with content are knowledge.
IMPORTED = "email,name,title,content\nada@example.com,Ada Brook,Gift cards,A gift card holds for two years.\n"

_BY_ROLE: dict[str, Any] = {
    "money": 1250.5,
    "count": 3,
    "days": 7,
    "share": 0.2,
    "email": "ada@example.net",
    "url": "https://example.org/shelf.jpg",
    "period": "last 30 days",
    "name": "Lantern Walk",
    "person": "Ada Brook",
    "company": "Brook & Sons",
    "prose": "Come by on Saturday, the kettle is on.",
    "title": "The kettle is on",
    "conditions": "status is customer",
    "topic": "the winter reading list",
    "product": "gift cards",
    "audience": "people who read in bed",
    "tone": "warm",
    "aim": "win readers back who have gone quiet",
    "industry": "bookshop",
    "query": "letter",
    "trigger": "a lead is created",
    "step": "send email 'Welcome'",
}
_BY_KIND: dict[str, Any] = {"str": "something plain", "int": 3, "float": 2.5, "bool": True, "period": "last 30 days"}


def write_world_files(home: Path) -> None:
    """The file that an import reads."""
    (home / "imports").mkdir(parents=True, exist_ok=True)
    (home / "imports" / "list.csv").write_text(IMPORTED)


def sample(argument: Argument, home: Path) -> Any:
    """A value as somebody would give it, for anything but a record's name."""
    if argument.enum:
        return list(argument.enum[:2]) if argument.is_list else argument.enum[0]
    if argument.kind == "date":
        return (NOW.date() + timedelta(days=40 if "end" in argument.name else 20)).isoformat()
    if argument.kind == "datetime":
        return (NOW + timedelta(days=4)).replace(hour=9, minute=0).isoformat()
    role = argument.role.name if argument.role else ""
    value = str(home / "imports" / "list.csv") if role == "source" else _BY_ROLE.get(role, _BY_KIND.get(argument.kind))
    assert value is not None, f"no sample for {argument}: give one for its role or kind"
    if argument.is_list and role == "prose":
        # Several texts are there to be compared. No comma: on a command line it ends an item.
        return ["The kettle is on.", "Bring a friend on Saturday."]
    return [value] if argument.is_list else value


def candidates(tool: Tool, records: Callable[[str], Sequence[str]], home: Path) -> Iterator[dict[str, Any]]:
    """Arguments that may suit the tool, the fewest first: what it requires, that and one more, that and two more, all.

    `records` gives the names of a noun's records: each is tried.
    """
    optional = [argument for argument in tool.arguments if not argument.required]
    for chosen in (*([one] for one in (None, *optional)), *_pairs(optional), optional):
        wanted = [*tool.required, *(argument for argument in chosen if argument is not None)]
        refs = [argument for argument in wanted if argument.noun]
        plain = {argument.name: sample(argument, home) for argument in wanted if not argument.noun}
        named = [[_as_list(a, name) for name in (records(a.noun or "") or [NOBODY])] for a in refs]
        for names in product(*named):
            yield {**plain, **dict(zip((a.name for a in refs), names, strict=True))}


def everything(tool: Tool, records: Callable[[str], Sequence[str]], home: Path) -> dict[str, Any]:
    """A value for every argument, whether or not they go together."""
    return {
        a.name: _as_list(a, (records(a.noun) or [NOBODY])[0]) if a.noun else sample(a, home) for a in tool.arguments
    }


def mistakes(tool: Tool, good: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Calls that must be refused, by what is wrong with them."""
    found: dict[str, dict[str, Any]] = {"an unknown argument": {**good, "colour_of_the_moon": "blue"}}
    if tool.required:
        found["nothing given"] = {}
    for argument in tool.arguments:
        if argument.noun:
            found.setdefault("an unknown record", {**good, argument.name: NOBODY})
        elif argument.enum:
            found.setdefault("a wrong choice", {**good, argument.name: "purple"})
        elif argument.kind in ("int", "float"):
            found.setdefault("no number", {**good, argument.name: "plenty"})
        elif argument.kind in ("date", "datetime"):
            found.setdefault("no day", {**good, argument.name: "someday"})
    return found


def _as_list(argument: Argument, name: str) -> Any:
    return [name] if argument.is_list else name


def _pairs(optional: list[Argument]) -> Iterator[list[Argument]]:
    for at, one in enumerate(optional):
        for other in optional[at + 1 :]:
            yield [one, other]
