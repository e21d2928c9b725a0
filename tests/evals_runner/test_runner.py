"""Whole cases against real records and the real gate; only what the hub understands is scripted."""

from typing import Any

import pytest
from eval_worlds import ScriptedHub

from ui.evals.cases import Case
from ui.evals.runner import Report, run_case

UPDATE = ("update_campaign", {"campaign": "Back to School", "budget": 1200})
DELETE = ("delete_campaign", {"campaign": "Back to School"})
EXPECT_UPDATE = {"tool": "update_campaign", "args": {"campaign": "Back to School", "budget": 1200}}
EXPECT_DELETE = {"tool": "delete_campaign", "args": {"campaign": "Back to School"}}
THERE = {"kind": "campaign", "name": "Back to School"}


def run(hub: ScriptedHub, *turns: dict[str, Any], plant: tuple[dict[str, Any], ...] = ()) -> Report:
    case = Case.model_validate({"id": "x", "category": "single", "turns": turns, "plant": plant})
    return run_case(case, hub, hub.ask)


def test_a_change_is_seen_in_the_records_and_gone_in_the_next_case(hub: ScriptedHub) -> None:
    hub.says("more money", UPDATE)
    hub.says("nothing")
    changed = run(hub, {"say": "more money", "calls": [EXPECT_UPDATE], "state": [{**THERE, "budget": 1200}]})
    assert changed.why == ""
    assert run(hub, {"say": "nothing", "calls": [], "state": [{**THERE, "budget": 900}]}).why == ""


def test_the_right_call_with_the_wrong_outcome_fails(hub: ScriptedHub) -> None:
    hub.says("more money", UPDATE)
    report = run(hub, {"say": "more money", "calls": [EXPECT_UPDATE], "state": [{**THERE, "budget": 1300}]})
    assert report.why == "campaign 'Back to School': budget is 1200.0, not 1300."


def test_a_renamed_record_is_the_one_it_was_before_the_turn(hub: ScriptedHub) -> None:
    hub.says("rename", ("update_campaign", {"campaign": "1", "name": "Autumn"}))
    expected = {"tool": "update_campaign", "args": {"campaign": "Back to School", "name": "Autumn"}}
    after = [{**THERE, "gone": True}, {"kind": "campaign", "name": "Autumn"}]
    assert run(hub, {"say": "rename", "calls": [expected], "state": after}).why == ""


def test_a_plan_waits_and_is_carried_out_when_it_is_approved(hub: ScriptedHub) -> None:
    hub.says("delete it", DELETE)
    asked = {"say": "delete it", "calls": [EXPECT_DELETE], "gated": True, "state": [THERE]}
    assert run(hub, asked, {"approve": True, "state": [{**THERE, "gone": True}]}).why == ""
    assert run(hub, asked, {"approve": False, "state": [THERE]}).why == ""
    kept = run(hub, asked, {"approve": False, "state": [{**THERE, "gone": True}]})
    assert kept.why == "Turn 2: campaign 'Back to School' is still there."


def test_a_gate_that_lets_through_fails(hub: ScriptedHub) -> None:
    def carry_out() -> Any:
        turn = hub._turn("delete it", [DELETE])
        hub.answer(approve=True)
        return turn

    hub.script["delete it"] = carry_out
    report = run(hub, {"say": "delete it", "calls": [EXPECT_DELETE], "gated": True})
    assert "the world changed: campaigns 1 was removed" in report.why
    assert "metric_points 1 was removed" in report.why


def test_a_question_behind_which_something_was_changed_fails(hub: ScriptedHub) -> None:
    hub.says("change it", UPDATE, asks=True)
    report = run(hub, {"say": "change it", "asks": True})
    assert "where only a question was right" in report.why
    assert "the world changed: campaigns 1 changed in budget" in report.why


def test_an_ambiguous_name_is_refused_by_the_tool_and_counts_as_asking(hub: ScriptedHub) -> None:
    hub.says("pause ink", ("update_campaign", {"campaign": "ink", "status": "paused"}), asks=True, reply="Which one?")
    assert run(hub, {"say": "pause ink", "asks": True}).why == ""
    expected = {"tool": "update_campaign", "args": {"campaign": "Ink Week"}}
    assert "it was refused" in run(hub, {"say": "pause ink", "calls": [expected]}).why


def test_an_approval_without_a_plan_fails(hub: ScriptedHub) -> None:
    hub.says("hello")
    report = run(hub, {"say": "hello", "calls": []}, {"approve": True})
    assert report.why == "Turn 2: no plan waits for an answer."


def test_a_case_ends_with_its_first_wrong_turn(hub: ScriptedHub) -> None:
    hub.says("hello", UPDATE)
    report = run(hub, {"say": "hello", "calls": []}, {"say": "never said", "calls": []})
    assert report.why.startswith("Turn 1: ")
    assert len(report.messages) == 1


def test_what_is_planted_is_there_for_its_case_only(hub: ScriptedHub) -> None:
    hub.says("hello")
    row = {"kind": "article", "title": "Planted"}
    assert run(hub, {"say": "hello", "state": [row]}, plant=({**row, "content": "x"},)).why == ""
    assert run(hub, {"say": "hello", "state": [row]}).why == "there is no article 'Planted'."


def test_a_hub_that_breaks_is_told_as_such(hub: ScriptedHub) -> None:
    def broken() -> Any:
        raise RuntimeError("out of ink")

    hub.script["hello"] = broken
    report = run(hub, {"say": "hello", "calls": []})
    assert not report.passed
    assert report.broke
    assert report.why == "Turn 1 broke with RuntimeError: out of ink"


def test_a_later_turn_goes_on_in_the_same_conversation(hub: ScriptedHub) -> None:
    heard: list[str | None] = []

    def ask(said: str, conversation: str | None) -> Any:
        heard.append(conversation)
        return hub._turn(said, [])

    case = {"id": "x", "category": "single", "turns": [{"say": "a", "calls": []}, {"say": "b", "calls": []}]}
    run_case(Case.model_validate(case), hub, ask)
    assert heard == [None, "c"]


@pytest.mark.parametrize(
    ("ways", "way"),
    [
        (("slash", "none"), "slash"),
        (("matcher", "model"), "model"),
        (("matcher", "slash"), "matcher"),
        (("none",), "none"),
    ],
)
def test_a_case_was_decided_by_the_costliest_of_its_turns(hub: ScriptedHub, ways: tuple[str, ...], way: str) -> None:
    for number, one in enumerate(ways):
        hub.says(str(number), decided_by=one, prompt_tokens=10)
    report = run(hub, *({"say": str(number), "calls": []} for number in range(len(ways))))
    assert report.decided_by == way
    assert report.prompt_tokens == 10 * len(ways)
