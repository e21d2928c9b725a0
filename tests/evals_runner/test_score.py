"""What must fail does fail, and says why; what must pass passes. Turns are scripted, records are a small table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from eval_worlds import call

from agent.turn import Call
from ui.evals.cases import ExpectedTurn
from ui.evals.compare import Comparer
from ui.evals.score import Bench, Seen, judge, why, wrong_writes


@dataclass(frozen=True)
class Argument:
    kind: str = "str"
    is_list: bool = False
    enum: tuple[str, ...] = ()
    noun: str | None = None
    default: Any = None


@dataclass(frozen=True)
class Tool:
    group: str
    effect: str
    arguments: Mapping[str, Argument]

    def argument(self, name: str) -> Argument | None:
        return self.arguments.get(name)


CAMPAIGN = Argument("ref", noun="campaign")
TOOLS = {
    "update_campaign": Tool(
        "campaigns", "write", {"campaign": CAMPAIGN, "budget": Argument("float"), "end_date": Argument("date")}
    ),
    "get_campaign": Tool("campaigns", "read", {"campaign": CAMPAIGN}),
    "delete_campaign": Tool("campaigns", "gated", {"campaign": CAMPAIGN}),
    "generate_sms": Tool("content", "draft", {"topic": Argument()}),
    "generate_ideas": Tool("campaigns", "draft", {"count": Argument("int", default=3)}),
    "import_knowledge": Tool("knowledge", "write", {"source": Argument()}),
}
NAMES = {"bloom": 1, "1": 1, "spring": 2}
RECORDS: dict[str, list[dict[str, Any]]] = {
    "campaign": [
        {"name": "Bloom", "budget": 5000.0, "end_date": date(2026, 4, 15), "channels": ["email", "ads"]},
        {"name": "Twin", "budget": 1.0},
        {"name": "Twin", "budget": 2.0},
    ],
    "social_post": [{"content": "Steam, cup, Sunday.", "status": "published"}],
}


def reasons(expected: Mapping[str, Any], seen: Seen, changed: Sequence[str] = ()) -> list[str]:
    comparer = Comparer(ZoneInfo("Europe/Berlin"), lambda noun, text: NAMES.get(text.casefold()))
    told = {} if "approve" in expected else {"say": "x"}
    return judge(
        ExpectedTurn.model_validate({**told, **expected}), seen, Bench(TOOLS, comparer, lambda: changed, RECORDS.get)
    )


UPDATE = {"tool": "update_campaign", "args": {"campaign": "Bloom", "budget": 8000}, "absent": ["end_date"]}
GET = {"tool": "get_campaign", "args": {"campaign": "Spring"}}
DELETE = {"tool": "delete_campaign", "args": {"campaign": "Bloom"}}
UPDATED = call("update_campaign", campaign="1", budget=8000.0)
GOT = call("get_campaign", campaign="spring")
PLANNED = call("delete_campaign", campaign="Bloom", waiting=True)
REFUSED = call("update_campaign", campaign="Spring", budget=1.0, error="“Spring” fits 2 campaigns.")
NO_FILE = call("import_knowledge", source="tickets.json", error="There is no file tickets.json.")


def calls(*made: Call, **more: Any) -> Seen:
    return Seen(reply=more.pop("reply", "Done."), calls=made, **more)


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ({"calls": [UPDATE]}, calls(UPDATED)),
        ({"calls": [UPDATE, GET]}, calls(GOT, UPDATED)),
        ({"calls": [{"tool": ["get_campaign", "update_campaign"], "args": {"campaign": "Bloom", "budget": 8000}}]},
         calls(call("get_campaign", campaign="Bloom"))),
        ({"calls": []}, calls()),
        ({"calls": []}, calls(asks=True, reply="Which one?")),
        ({"calls": [{"tool": "generate_ideas", "args": {"count": 3}}]}, calls(call("generate_ideas"))),
        ({"calls": [DELETE], "gated": True}, calls(PLANNED)),
        ({"calls": [DELETE]}, calls(PLANNED)),
        ({"asks": True}, calls(asks=True)),
        ({"asks": True}, calls(GOT, asks=True)),
        ({"asks": True}, calls(REFUSED, asks=True)),
        ({"asks": True, "calls": []}, calls(REFUSED, asks=True)),
        ({"calls": [{"tool": "import_knowledge", "args": {"source": {"has": "tickets.json"}}}]}, calls(NO_FILE)),
        ({"calls": [{"tool": "import_knowledge", "args": {"source": {"has": "tickets.json"}}}]},
         calls(NO_FILE, asks=True)),
        ({"approve": True}, calls(plans=1)),
        ({"approve": False}, calls(plans=2)),
        ({"reply_has": ["TEA", "75"], "reply_lacks": ["coffee"]}, calls(reply="75 degrees for tea.")),
        ({"state": [{"kind": "campaign", "name": "bloom", "budget": 5000, "end_date": "2026-04-15"}]}, calls()),
        ({"state": [{"kind": "campaign", "name": "Bloom", "channels": ["ads", "email"]}]}, calls()),
        ({"state": [{"kind": "campaign", "name": "Bloom"}]}, calls()),
        ({"state": [{"kind": "campaign", "name": "Twin", "budget": 2}]}, calls()),
        ({"state": [{"kind": "campaign", "name": "Test123", "gone": True}]}, calls()),
        ({"state": [{"kind": "social_post", "content": "Steam, cup, Sunday", "status": {"any": ["x", "published"]}}]},
         calls()),
        ({"state": [{"kind": "social_post", "content": {"has": "cup"}}]}, calls()),
    ],
)  # fmt: skip
def test_passes(expected: Mapping[str, Any], seen: Seen) -> None:
    assert reasons(expected, seen) == []


@pytest.mark.parametrize(
    ("expected", "seen", "reason"),
    [
        ({"calls": [UPDATE]}, calls(GOT),
         "expected update_campaign(campaign='Bloom', budget=8000), which was not called"),
        ({"calls": [UPDATE]}, calls(), "which was not called"),
        ({"calls": [UPDATE]}, calls(UPDATED, GOT), "get_campaign(campaign='spring') was not asked for"),
        ({"calls": [UPDATE]}, calls(UPDATED, UPDATED), "was not asked for"),
        ({"calls": [GET, GET]}, calls(GOT), "which was not called"),
        ({"calls": [UPDATE]}, calls(call("update_campaign", campaign="1", budget=800.0)), "budget is 800.0, not 8000"),
        ({"calls": [UPDATE]}, calls(call("update_campaign", campaign="Bloom")), "budget is None, not 8000"),
        ({"calls": [UPDATE]}, calls(call("update_campaign", campaign="Spring", budget=8000)), "campaign is 'Spring'"),
        ({"calls": [UPDATE]}, calls(call("update_campaign", campaign="1", budget=8000, end_date="2026-05-01")),
         "end_date was not given, but is '2026-05-01'"),
        ({"calls": [{"tool": "generate_ideas", "args": {"count": 5}}]}, calls(call("generate_ideas")),
         "count is 3, not 5"),
        ({"calls": [UPDATE]}, calls(asks=True, reply="Which one?"), "it asked back: “Which one?”"),
        ({"calls": [UPDATE]}, calls(UPDATED, asks=True), "it asked back"),
        ({"calls": [UPDATE, GET]}, calls(UPDATED, asks=True), "expected get_campaign"),
        ({"calls": [UPDATE]}, calls(call("update_campaign", campaign="1", budget=8000, error="Too late.")),
         "[refused: Too late.]: it was refused"),
        ({"calls": [UPDATE]}, calls(REFUSED, UPDATED), "was not asked for"),
        ({"calls": []}, calls(GOT), "was not asked for"),
        ({"calls": []}, calls(REFUSED), "was not asked for"),
        ({"calls": [{"tool": "import_knowledge", "args": {"source": {"has": "kb.md"}}}]}, calls(NO_FILE), "source is"),
        ({"calls": [DELETE], "gated": True}, calls(call("delete_campaign", campaign="Bloom")),
         "did not wait at the gate"),
        ({"asks": True}, calls(), "it did not ask back; it said: “Done.”"),
        ({"asks": True, "calls": []}, calls(GOT, asks=True), "was not asked for"),
        ({"asks": True}, calls(UPDATED, asks=True), "was called, where only a question was right"),
        ({"asks": True}, calls(call("generate_sms", topic="tea"), asks=True), "generate_sms(topic='tea') was called"),
        ({"asks": True}, calls(PLANNED, asks=True), "delete_campaign(campaign='Bloom') was called"),
        ({"asks": True}, calls(call("no_such_tool"), asks=True), "no_such_tool() was called"),
        ({"approve": True}, calls(plans=0), "no plan waits"),
        ({"approve": True}, calls(plans=1, refused=("It changed.",)), "a plan was not done as decided: “It changed.”"),
        ({"reply_has": ["tea"]}, calls(reply="Coffee."), "the reply lacks “tea”: “Coffee.”"),
        ({"reply_lacks": ["Secret"]}, calls(reply="a SECRET"), "the reply has “Secret”"),
        ({"state": [{"kind": "campaign", "name": "Bloom", "budget": 8000}]}, calls(), "budget is 5000.0, not 8000"),
        ({"state": [{"kind": "campaign", "name": "Bloom", "end_date": "2026-04-30"}]}, calls(),
         "end_date is '2026-04-15'"),
        ({"state": [{"kind": "campaign", "name": "Bloom", "mood": "good"}]}, calls(), "it has no mood"),
        ({"state": [{"kind": "campaign", "name": "Blo"}]}, calls(), "there is no campaign 'Blo'"),
        ({"state": [{"kind": "campaign", "name": "Bloom", "gone": True}]}, calls(), "'Bloom' is still there"),
        ({"state": [{"kind": "campaign", "name": "Twin", "budget": 3}]}, calls(), "budget is 1.0, not 3"),
        ({"state": [{"kind": "pigeon", "name": "Ada"}]}, calls(), "no records of the kind pigeon"),
        ({"state": [{"kind": "social_post", "content": "Steam"}]}, calls(), "there is no social_post 'Steam'"),
    ],
)  # fmt: skip
def test_fails(expected: Mapping[str, Any], seen: Seen, reason: str) -> None:
    assert reason in "; ".join(reasons(expected, seen))


@pytest.mark.parametrize(
    ("expected", "seen"),
    [
        ({"calls": [DELETE], "gated": True}, calls(PLANNED)),
        ({"asks": True}, calls(asks=True)),
        ({"approve": False}, calls(plans=1)),
    ],
)
def test_a_plan_a_question_and_a_no_must_leave_the_world_as_it_was(expected: Mapping[str, Any], seen: Seen) -> None:
    assert reasons(expected, seen, ["campaigns 1 was removed"]) == ["the world changed: campaigns 1 was removed"]


def test_a_wrong_call_does_not_take_the_place_of_the_right_one() -> None:
    # Both calls fit the first expectation, only one the second: a greedy pairing would fail this turn.
    both = [{"tool": "get_campaign"}, {"tool": "get_campaign", "args": {"campaign": "Bloom"}}]
    assert reasons({"calls": both}, calls(call("get_campaign", campaign="Bloom"), GOT)) == []


def test_why_is_a_sentence_that_names_the_turn() -> None:
    assert why(2, 3, ["a is b", "c is d"]) == "Turn 2: a is b. c is d."
    assert why(1, 1, ["a is b"]) == "a is b."


@pytest.mark.parametrize(
    ("expected", "seen", "wrong"),
    [
        ({"calls": [UPDATE]}, calls(UPDATED), 0),
        ({"calls": [UPDATE]}, calls(UPDATED, PLANNED), 1),
        ({"calls": [UPDATE]}, calls(call("update_campaign", campaign="Bloom", budget=9000.0)), 1),
        ({"calls": [GET]}, calls(PLANNED), 1),
        ({"calls": []}, calls(UPDATED, PLANNED), 2),
        ({"calls": []}, calls(GOT, REFUSED, call("generate_sms", topic="x")), 0),
        ({"asks": True}, calls(UPDATED), 1),
        ({"reply_has": "x"}, calls(UPDATED), 0),
    ],
)
def test_calls_that_wrongly_change_records_are_counted(expected: Mapping[str, Any], seen: Seen, wrong: int) -> None:
    comparer = Comparer(ZoneInfo("Europe/Berlin"), lambda noun, text: NAMES.get(text.casefold()))
    turn = ExpectedTurn.model_validate({"say": "x", **expected})
    found = wrong_writes(turn, seen, Bench(TOOLS, comparer, lambda: (), RECORDS.get))
    assert len(found) == wrong
    assert all(one.startswith(("update_campaign(", "delete_campaign(")) for one in found)
