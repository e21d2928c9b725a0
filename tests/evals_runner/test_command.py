"""`marketing-hub eval` from end to end: a real hub without a model, a world of its own, the files it writes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from eval_worlds import WORLD
from typer.testing import CliRunner, Result

from ui.evals.command import eval_command

UPDATE = {"tool": "update_campaign", "args": {"campaign": "Back to School", "budget": 1200}, "absent": ["name"]}
DELETE = {"tool": "delete_campaign", "args": {"campaign": "Back to School"}}
THERE = {"kind": "campaign", "name": "Back to School"}
CASES: list[dict[str, Any]] = [
    {"id": "slash-1", "category": "slash", "turns": [
        {"say": '/campaign update "Back to School" budget=1200', "calls": [UPDATE],
         "state": [{**THERE, "budget": 1200}]}]},
    {"id": "slash-2", "category": "slash", "turns": [
        {"say": "/template list", "calls": [{"tool": "list_templates"}], "reply_has": "Old promo"}]},
    {"id": "gate-1", "category": "gate", "turns": [
        {"say": '/campaign delete "Back to School"', "calls": [DELETE], "gated": True,
         "state": [{**THERE, "budget": 900}]},
        {"approve": True, "state": [{**THERE, "gone": True}]}]},
    {"id": "missing-1", "category": "missing", "turns": [
        {"say": "/campaign update Ink budget=9", "asks": True, "state": [{"kind": "campaign", "name": "Ink Week"}]}]},
    {"id": "wrong-1", "category": "slash", "turns": [
        {"say": "/campaign list", "calls": [{"tool": "list_templates"}]}]},
]  # fmt: skip
app = typer.Typer()
app.command()(eval_command)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evals")
    (folder / "world.json").write_text(json.dumps(WORLD))
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, CASES)))
    (folder / "broken.jsonl").write_text("{")
    return folder


@pytest.fixture(scope="module")
def ran(folder: Path) -> Iterator[Result]:
    """One run over all cases; the person's own data and database are such that using them would show."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUB_HOME", str(folder / "home"))
        patch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
        patch.setenv("HUB_SMTP_URL", "smtp://127.0.0.1:9")
        out = str(folder / "out.json")
        yield CliRunner().invoke(app, [str(folder / "cases.jsonl"), "--no-model", "--show-failures", "--out", out])


def test_the_out_file_has_summary_and_cases(ran: Result, folder: Path) -> None:
    assert ran.exit_code == 0, ran.output
    content = json.loads((folder / "out.json").read_text())
    assert set(content) == {"summary", "cases"}
    assert set(content["cases"][0]) == {"id", "category", "passed", "why", "decided_by", "seconds", "prompt_tokens"}
    passed = {case["id"]: case["passed"] for case in content["cases"]}
    assert passed == {"slash-1": True, "slash-2": True, "gate-1": True, "missing-1": True, "wrong-1": False}, content
    assert all(case["decided_by"] == "slash" for case in content["cases"])
    assert (content["summary"]["passed"], content["summary"]["score"]) == (4, 0.8)
    assert content["summary"]["by_category"]["slash"]["cases"] == 3
    assert content["summary"]["model"] == "none"
    assert content["summary"]["world"]["not_laid"] == {"carrier_pigeons": 2}


def test_what_is_printed_tells_the_failure_and_what_could_not_be_laid(ran: Result) -> None:
    assert "wrong-1 (slash) expected list_templates(), which was not called" in ran.output
    assert "4/5" in ran.output
    assert "This house keeps no carrier pigeons: 2 of the world could not be laid." in ran.output
    assert "company.motto" in ran.output


def test_the_persons_own_house_is_left_alone(ran: Result, folder: Path) -> None:
    assert ran.exit_code == 0
    assert not (folder / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["broken.jsonl"], "line 1: not JSON"),
        (["nowhere.jsonl"], "cannot be read"),
        (["cases.jsonl", "--world", "nowhere.json"], "cannot be read"),
        (["cases.jsonl", "--baseline", "--no-model"], "cannot run with --no-model"),
    ],
)
def test_what_cannot_be_run_is_told_in_a_sentence(
    folder: Path, arguments: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())
