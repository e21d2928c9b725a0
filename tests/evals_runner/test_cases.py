"""Files of cases: read strictly, and chosen from reproducibly."""

import json
from pathlib import Path
from typing import Any

import pytest

from ui.evals.cases import Case, CaseError, choose, read_cases, sample

GROUPS = {"list_campaigns": "campaigns", "get_template": "templates", "add_lead": "leads"}


def case(id: str, *tools: Any, category: str = "single") -> dict[str, Any]:
    calls = [{"tool": tool} for tool in tools]
    return {"id": id, "category": category, "turns": [{"say": "x", "calls": calls}]}


def with_turn(turn: dict[str, Any]) -> str:
    return json.dumps({"id": "a", "category": "single", "turns": [turn]})


def write(path: Path, *cases: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(one) for one in cases) + "\n\n")
    return path


def ids(cases: list[Case]) -> list[str]:
    return [one.id for one in cases]


def test_a_case_is_read_with_all_that_it_expects(tmp_path: Path) -> None:
    told = {
        "id": "a",
        "category": "gate",
        "plant": [{"kind": "article", "title": "t", "content": "c"}],
        "turns": [
            {
                "say": "delete",
                "calls": [{"tool": ["x", "y"], "args": {"a": 1}, "absent": ["b"]}],
                "gated": True,
                "reply_has": "plan",
            },
            {"approve": False, "state": [{"kind": "campaign", "name": "Bloom"}]},
        ],
    }
    (read,) = read_cases(write(tmp_path / "c.jsonl", told))
    first, second = read.turns
    assert first.calls is not None
    assert first.calls[0].tools == ("x", "y")
    assert first.calls[0].absent == ("b",)
    assert first.reply_has == ("plan",)
    assert first.gated
    assert second.approve is False
    assert second.calls is None
    assert read.plant[0]["title"] == "t"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1: not JSON"),
        (json.dumps({"id": "a", "category": "single", "turns": []}), "turns"),
        (with_turn({"say": "x", "expects": []}), "expects"),
        (with_turn({"say": "x", "approve": True}), "either say or approve"),
        (with_turn({"approve": True, "gated": True}), "lists no calls"),
        (with_turn({"say": "x", "state": [{"name": "B"}]}), "needs a kind"),
        ("", "holds no cases"),
        ("\n".join([json.dumps(case("a"))] * 2), "stand twice: a"),
    ],
)
def test_what_is_not_well_formed_is_refused(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "c.jsonl").write_text(line)
    with pytest.raises(CaseError, match=told):
        read_cases(tmp_path / "c.jsonl")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be read"):
        read_cases(tmp_path / "nowhere.jsonl")


def test_groups_keep_the_cases_whose_calls_all_lie_in_them_and_those_that_call_nothing() -> None:
    cases = [
        Case.model_validate(one)
        for one in (
            case("inside", "list_campaigns", "get_template"),
            case("half", "list_campaigns", "add_lead"),
            case("outside", "add_lead"),
            case("unknown", "no_such_tool"),
            case("nothing"),
            case("either", ["add_lead", "list_campaigns"]),
            {"id": "asks", "category": "missing", "turns": [{"say": "x", "asks": True}]},
        )
    ]
    chosen = choose(cases, groups=["campaigns", "templates"], group_of=GROUPS.get)
    assert ids(chosen) == ["inside", "nothing", "either", "asks"]
    assert ids(choose(cases, group_of=GROUPS.get)) == ids(cases)
    assert ids(choose(cases, ids=["half"], group_of=GROUPS.get)) == ["half"]
    assert ids(choose(cases, categories=["missing"], group_of=GROUPS.get)) == ["asks"]


def some(**counts: int) -> list[Case]:
    return [
        Case.model_validate(case(f"{category}-{number}", category=category))
        for category, count in counts.items()
        for number in range(count)
    ]


def test_a_sample_has_each_category_with_its_share() -> None:
    cases = some(single=60, values=30, gate=10)
    drawn = sample(cases, 10, seed=1)
    assert [sum(one.category == name for one in drawn) for name in ("single", "values", "gate")] == [6, 3, 1]
    assert ids(drawn) == [one for one in ids(cases) if one in ids(drawn)], "in the file's order"


def test_what_is_left_over_goes_to_the_largest_remainders() -> None:
    # Of 4 out of 10: 2.4, 1.2 and 0.4 seats; the one left over goes to the first of the two remainders of 0.4.
    drawn = sample(some(single=6, values=3, gate=1), 4, seed=1)
    assert [sum(one.category == name for one in drawn) for name in ("single", "values", "gate")] == [3, 1, 0]


def test_a_seed_draws_the_same_cases_again_and_another_seed_others() -> None:
    cases = some(single=50, values=50)
    assert ids(sample(cases, 20, seed=3)) == ids(sample(cases, 20, seed=3))
    assert ids(sample(cases, 20, seed=3)) != ids(sample(cases, 20, seed=4))
    assert ids(sample(cases, 500, seed=3)) == ids(cases)


def test_adding_to_one_category_leaves_the_choice_in_the_others() -> None:
    few, more = sample(some(single=10, values=10), 10, seed=3), sample(some(single=10, values=30), 20, seed=3)
    singles = [[one.id for one in drawn if one.category == "single"] for drawn in (few, more)]
    assert singles[0] == singles[1]
