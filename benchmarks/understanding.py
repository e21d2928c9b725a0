"""How well and how fast the hub understands: the tables of one or several runs, and the stock agent beside it.

    uv run python -m benchmarks.understanding FILE [--world WORLD] [--sample N] [--seeds 0,1,2] [--no-model]
                                              [--baseline N] [--cold] [--out NAME]

Runs the cases of FILE (see `marketing-hub eval`): all of them, or a sample for each seed. `--baseline N` then has N single
cases answered by the hub and by LangChain's stock agent in turns, with the same model, tools and gate. `--cold` measures
fresh starts first. Writes benchmarks/results/NAME.md and NAME.json (default: understanding-FILE).
"""

import argparse
import json
import os
import platform
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from agent import Settings
from agent.staged_hub import Stage, open_stage
from agent.world import read_world
from benchmarks import cold_start
from benchmarks.side_by_side import Pair, compared, pair_rows, side_by_side
from ui.evals.cases import Case, choose, read_cases, sample
from ui.evals.command import run_all
from ui.evals.costs import HEADINGS, cost_rows
from ui.evals.report import SHOWN_WAYS, summary
from ui.evals.runner import Report
from ui.evals.voices import by_voice

RESULTS = Path(__file__).parent / "results"
#: The stock agent reads the schemas of all tools, some 10,000 tokens: both get a context in which they fit.
CONTEXT = 16_384


def main() -> None:
    asked = arguments()
    file: Path = asked.file
    cases = read_cases(file)
    found: dict[str, Any] = {"file": file.name, "on": date.today().isoformat(), "machine": machine()}
    if asked.cold:
        found["cold"] = cold_start.measured(3)
    settings = Settings()
    if asked.baseline:
        settings = settings.model_copy(update={"num_ctx": max(CONTEXT, settings.num_ctx)})
    told = read_world(asked.world or file.parent / "world.json")
    with ExitStack() as opened:
        stage = opened.enter_context(open_stage(settings, told, model_use="none" if asked.no_model else None))
        if not asked.no_model and not stage.hub.wait_for_model():
            raise SystemExit(f"{stage.hub.models.problem} {stage.hub.models.fix}")
        stage.warm()
        found["model"] = stage.model
        found["runs"] = runs(cases, stage, asked.sample, [int(seed) for seed in asked.seeds.split(",")])
        if asked.baseline:
            found["pairs"] = compared(beside(cases, stage, asked.baseline))
    found["load"] = round(os.getloadavg()[0], 1)
    name = asked.out or f"understanding-{file.stem}{'-no-model' if asked.no_model else ''}"
    text = markdown(found)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--world", type=Path, help="default: world.json beside FILE")
    parser.add_argument("--sample", type=int, help="so many cases a seed; all cases once without it")
    parser.add_argument("--seeds", default="0", help="which samples are drawn (0,1,2)")
    parser.add_argument("--no-model", action="store_true")
    parser.add_argument("--baseline", type=int, default=0, help="so many single cases beside the stock agent")
    parser.add_argument("--cold", action="store_true", help="measure fresh starts too")
    parser.add_argument("--out", help="the name of the result files")
    asked = parser.parse_args()
    if asked.no_model and (asked.baseline or asked.cold):
        parser.error("--baseline and --cold need a model")
    return asked


def machine() -> str:
    """What it ran on, in words."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def runs(cases: Sequence[Case], stage: Stage, size: int | None, seeds: Sequence[int]) -> list[dict[str, Any]]:
    """One summary a seed (see ui.evals.report.summary), or one of all cases."""
    drawn = [(seed, sample(cases, size, seed)) for seed in seeds] if size else [(None, list(cases))]
    told = []
    for seed, some in drawn:
        reports: list[Report] = run_all(some, stage, stage.ask)
        about = {"seed": seed, "by_voice": by_voice(reports)}
        failed = [{"id": one.case.id, "why": one.why} for one in reports if not one.passed]
        told.append({**summary(reports, about), "failed": failed})
    return told


def beside(cases: Sequence[Case], stage: Stage, amount: int) -> list[Pair]:
    """The same single cases answered by both."""
    single = choose(cases, categories=("single",), group_of=lambda name: stage.tools[name].group)
    return side_by_side(sample(single, amount, 0), stage)


def markdown(found: dict[str, Any]) -> str:
    """All tables of a result."""
    lines = [f"# Understanding: {found['file']}", ""]
    lines += [f"{found['on']}, {found['model']}, {found['machine']}, load {found['load']} at the end.", ""]
    for run in found["runs"]:
        lines += [f"## {'All cases' if run['seed'] is None else 'Sample of seed ' + str(run['seed'])}", ""]
        lines += [*table(("category", "passed", "score", "p50 s", "p95 s", *SHOWN_WAYS), score_rows(run)), ""]
        lines += [*table(HEADINGS, cost_rows(run["by_cost"])), ""]
        lines += [f"Wrong writes: {len(run['wrong_writes'])}."]
        lines += [f"- {one['id']}: `{one['call']}`" for one in run["wrong_writes"]] + [""]
        if run["by_voice"]:
            voices = [[voice, f"{ok}/{all_}", f"{ok / all_:.1%}"] for voice, (ok, all_) in run["by_voice"].items()]
            lines += [*table(("voice", "passed", "score"), voices), ""]
    if len(found["runs"]) > 1:
        scores = [run["score"] for run in found["runs"]]
        lines += [f"Score over {len(scores)} seeds: {min(scores):.1%} to {max(scores):.1%}.", ""]
    if "pairs" in found:
        lines += ["## Beside the stock agent, same single cases, same model", ""]
        lines += [*table(("", "hub", "stock agent", "times less"), pair_rows(found["pairs"])), ""]
    if "cold" in found:
        lines += ["## Cold starts, in processes of their own", "", *cold_start.lines(found["cold"]), ""]
    failed = [one for run in found["runs"] for one in run["failed"]]
    lines += ["## What failed", "", *(f"- {one['id']}: {one['why']}" for one in failed or [])]
    return "\n".join(lines).rstrip() + "\n"


def score_rows(run: dict[str, Any]) -> list[list[str]]:
    """A row for each category and one for all."""
    rows = []
    for name, row in [*run["by_category"].items(), ("all", run)]:
        ways = [str(row["decided_by"][way]) for way in SHOWN_WAYS]
        times = [f"{row['latency'][share] or 0:.2f}" for share in ("p50", "p95")]
        rows.append([name, f"{row['passed']}/{row['cases']}", f"{row['score']:.1%}", *times, *ways])
    return rows


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table; all columns but the first are figures."""
    rule = ["---", *(["---:"] * (len(head) - 1))]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]


if __name__ == "__main__":
    main()
