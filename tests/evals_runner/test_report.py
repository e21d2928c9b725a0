"""The figures of a run: worked out by hand, and in the shape that was promised."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from ui.evals.cases import Case
from ui.evals.costs import CHOSEN, SETTLED, SLASH, WROTE, cost_rows, costs
from ui.evals.quantiles import percentile
from ui.evals.report import show_failures, show_summary, summary
from ui.evals.runner import Message, Report
from ui.evals.score import Seen


def report(id: str, category: str, *messages: Message, why: str = "", broke: bool = False) -> Report:
    case = Case.model_validate({"id": id, "category": category, "turns": [{"say": "x"}]})
    return Report(case, list(messages), why, broke)


def message(seconds: float, way: str = "matcher", tokens: int = 0, **more: Any) -> Message:
    return Message("say [this]", Seen(reply="Done [now]."), way, seconds, tokens, **more)


REPORTS = [
    report("a", "single", message(1.0)),
    report("b", "single", message(4.0, "model", 300), why="wrong."),
    report("c", "gate", message(2.0, "slash"), message(60.0, "none", approval=True)),
    report("d", "gate", message(3.0, "matcher"), message(5.0, "model", 100), why="Turn 2: worse.", broke=True),
]


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([7.0], 0.95, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([4.0, 1.0, 3.0, 2.0], 0.95, 4.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([1.0, 2.0], 0.0, 1.0),
    ],
)
def test_percentiles_by_nearest_rank(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected


def test_the_summary_counts_cases_and_times_messages() -> None:
    found = summary(REPORTS, {"agent": "hub", "notes": []})
    assert (found["agent"], found["cases"], found["passed"], found["score"], found["broke"]) == ("hub", 4, 2, 0.5, 1)
    # Five messages took 1, 2, 3, 4 and 5 s; the approval is none of them.
    assert found["messages"] == 5
    assert found["latency"] == {"p50": 3.0, "p95": 5.0}
    assert (found["prompt_tokens"], found["prompt_tokens_per_message"]) == (400, 80.0)
    assert found["decided_by"] == {"slash": 1, "matcher": 1, "model": 2, "none": 0}
    assert found["by_category"]["single"]["score"] == 0.5
    assert found["by_category"]["gate"]["latency"]["p50"] == 3.0
    assert found["by_decision"]["model"] == {**found["by_decision"]["model"], "cases": 2, "passed": 0, "score": 0.0}
    assert list(found["by_decision"]) == ["slash", "matcher", "model"]


def test_a_case_in_the_out_file_has_the_promised_fields() -> None:
    assert REPORTS[3].as_json() == {
        "id": "d", "category": "gate", "passed": False, "why": "Turn 2: worse.", "decided_by": "model",
        "seconds": 8.0, "prompt_tokens": 100,
    }  # fmt: skip


def printed(*what: Any) -> str:
    console = Console(file=StringIO(), width=160)
    for one in what:
        one(console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_tables_show_every_category_way_and_note() -> None:
    found = summary(REPORTS, {"notes": ["No [leads] here."]})
    text = printed(lambda console: console.print(show_summary(found)))
    for part in ("single", "gate", "1/2", "50.0%", "matcher", "2/4", "1 case broke", "No [leads] here."):
        assert part in text


def test_failures_are_shown_with_their_turns_and_passes_are_not() -> None:
    text = printed(lambda console: show_failures(REPORTS, console))
    assert "b (model) wrong." in text
    assert "say [this]" in text
    assert "Done [now]." in text
    assert "a (matcher)" not in text


def test_costs_are_told_by_what_a_message_needed() -> None:
    wrote = message(9.0, "matcher", 160, read_anew=(60, 100), first_word=1.5, output_tokens=80)
    messages = [message(0.1, "slash"), message(0.2), message(0.4), message(2.0, "model", 140, read_anew=(140,)), wrote]
    found = costs([messages, [message(60.0, "none", approval=True)]])
    assert list(found) == [SLASH, SETTLED, CHOSEN, WROTE, "all calls"]
    assert found[SETTLED] == {
        "messages": 2, "seconds": {"p50": 0.2, "p95": 0.4}, "first_word": None, "new_tokens": None, "written": None
    }  # fmt: skip
    assert found[CHOSEN]["new_tokens"] == {"p50": 140, "p95": 140}
    assert (found[WROTE]["first_word"], found[WROTE]["written"]) == ({"p50": 1.5, "p95": 1.5}, {"p50": 80, "p95": 80})
    assert found["all calls"] == {"messages": 3, "new_tokens": {"p50": 100, "p95": 140}}
    assert cost_rows(found)[3] == ["the model writes", "1", "9.00 / 9.00", "1.50 / 1.50", "60 / 100", "80 / 80"]


def test_wrong_writes_are_listed_with_their_case() -> None:
    found = summary([report("e", "single", message(1.0, wrong_writes=("update_campaign()",)))], {"notes": []})
    assert found["wrong_writes"] == [{"id": "e", "call": "update_campaign()"}]
    text = printed(lambda console: console.print(show_summary(found)))
    assert "Wrong writes" in text
    assert "e: update_campaign()" in text
