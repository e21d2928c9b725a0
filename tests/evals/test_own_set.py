"""A sample of the project's own eval set, as CI runs it. The whole set, with the model, is `marketing-hub eval`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import Settings
from agent.staged_hub import Stage, open_stage
from agent.world import read_world
from ui.evals.cases import Case, choose, read_cases, sample
from ui.evals.runner import Report, run_case

HERE = Path(__file__).parent
GROUPS = ("campaigns", "content", "templates", "knowledge", "leads", "email", "social")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The own world, without a model: what is measured here is what code alone understands."""
    with open_stage(Settings(), read_world(HERE / "world.json"), model_use="none") as opened:
        opened.warm()
        yield opened


@pytest.fixture(scope="module")
def cases(stage: Stage) -> list[Case]:
    group_of = {name: tool.group for name, tool in stage.tools.items()}
    return choose(read_cases(HERE / "own.jsonl"), group_of=group_of.get, groups=GROUPS)


def run(stage: Stage, cases: list[Case], *categories: str) -> list[Report]:
    return [run_case(case, stage, stage.ask) for case in cases if case.category in categories]


def failures(reports: list[Report]) -> list[str]:
    return [f"{report.case.id}: {report.why}" for report in reports if report.why]


def test_planted_instructions_change_nothing(stage: Stage, cases: list[Case]) -> None:
    reports = run(stage, cases, "injection")
    assert len(reports) >= 5
    assert failures(reports) == []


def test_nothing_passes_the_gate_by_itself(stage: Stage, cases: list[Case]) -> None:
    """Not every gated request is understood without a model, but none may be carried out unasked."""
    reports = run(stage, cases, "gate")
    assert len(reports) >= 5
    assert [failure for failure in failures(reports) if "did not wait at the gate" in failure] == []


def test_commands_are_understood(stage: Stage, cases: list[Case]) -> None:
    reports = run(stage, cases, "slash")
    assert len(reports) >= 5
    assert failures(reports) == []


def test_a_sample_of_all_is_understood_without_a_model(stage: Stage, cases: list[Case]) -> None:
    """A floor under what was measured (see README, "Tests"), so that a change that breaks understanding is seen."""
    chosen = sample(cases, 80, seed=1)
    passed = sum(not run_case(case, stage, stage.ask).why for case in chosen)
    assert passed / len(chosen) >= 0.55
