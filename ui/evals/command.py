"""`marketing-hub eval FILE`: run a file of cases and print how the hub did. Heavy imports wait until it is called."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.staged_hub import Stage
    from ui.evals.cases import Case
    from ui.evals.runner import Ask, Report

#: Seconds for one answer of the model to the baseline, which reads every tool's schema (minutes on two cores).
BASELINE_TIMEOUT = 900.0

#: Into a pipe there is no bar: a line after so many cases.
LOG_EVERY = 10
#: Columns that the tables need.
TABLE_WIDTH = 110


def eval_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The cases: JSON Lines.")],
    world: Annotated[
        Path | None, typer.Option(metavar="WORLD", help="The world they speak about (default: world.json beside FILE).")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many cases, each category with its share.")] = None,
    seed: Annotated[int, typer.Option(help="Which cases --sample draws.")] = 0,
    groups: Annotated[
        str, typer.Option(help="Only cases whose calls all lie in these groups (a,b), and those that call nothing.")
    ] = "",
    category: Annotated[str, typer.Option(help="Only these categories (a,b).")] = "",
    ids: Annotated[str, typer.Option("--id", help="Only these cases (a,b).")] = "",
    no_model: Annotated[bool, typer.Option("--no-model", help="Run without a model.")] = False,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Run LangChain's stock agent instead, on the same tools, model and gate.")
    ] = False,
    out: Annotated[Path | None, typer.Option(metavar="OUT.json", help="Write summary and cases there.")] = None,
    failures: Annotated[bool, typer.Option("--show-failures", help="Print each failed case with its turns.")] = False,
) -> None:
    """Run eval cases and print score, latency and tokens by category. Works on a house of its own; sends nothing."""
    from agent.staged_hub import open_stage
    from agent.world import read_world
    from ui.evals.cases import CaseError, choose, read_cases
    from ui.evals.cases import sample as draw
    from ui.opening import errors_told, give_up, read_settings
    from ui.terminal import Terminal, progress_bars

    terminal = Terminal()
    if baseline and no_model:
        give_up(terminal, "The baseline is a model with tools: it cannot run with --no-model.")
    with errors_told(terminal), ExitStack() as opened:
        try:
            cases = read_cases(file)
        except CaseError as error:
            give_up(terminal, str(error))
        told = read_world(world or file.parent / "world.json")
        settings = read_settings(terminal)
        with progress_bars(terminal) as progress:
            stage = opened.enter_context(
                open_stage(settings, told, model_use="none" if no_model else None, progress=progress)
            )
            if not no_model and not stage.hub.wait_for_model():
                models = stage.hub.models
                give_up(terminal, f"{models.problem} {models.fix} Or run without a model: --no-model.")
            stage.warm()
        chosen = choose(
            cases,
            groups=_listed(groups),
            categories=_listed(category),
            ids=_listed(ids),
            group_of=lambda name: stage.tools[name].group if name in stage.tools else None,
        )
        if sample is not None:
            chosen = draw(chosen, sample, seed)
        if not chosen:
            give_up(terminal, f"None of the {len(cases)} cases in {file.name} fits what you chose.")
        ask = _stock_agent(stage) if baseline else stage.ask
        reports = run_all(chosen, stage, ask)
        about = {
            "file": file.name,
            "agent": "baseline" if baseline else "hub",
            "model": stage.model,
            "groups": _listed(groups),
            "sample": sample,
            "seed": seed if sample is not None else None,
            "stopped_after": len(reports) if len(reports) < len(chosen) else None,
            "world": {"laid": dict(stage.laid.laid), "not_laid": dict(stage.laid.not_laid)},
            "notes": _notes(stage),
        }
        _tell(reports, about, out, failures)


def run_all(cases: Sequence[Case], stage: Stage, ask: Ask) -> list[Report]:
    """Run all cases with a progress bar. An interrupt ends the run; what was done so far is reported."""
    from rich import progress
    from rich.console import Console

    from ui.evals.runner import run_case

    reports: list[Report] = []
    columns = (
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.description}", markup=False),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
    )
    with _terminated_is_interrupted(), progress.Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=len(cases))
        try:
            for case in cases:
                bar.update(task, description=f"{_passed(reports)}, now {case.id}")
                reports.append(run_case(case, stage, ask))
                bar.advance(task)
                if not bar.console.is_terminal and len(reports) % LOG_EVERY == 0:
                    bar.console.print(f"{len(reports)} of {len(cases)} cases: {_passed(reports)}")
        except KeyboardInterrupt:
            bar.console.print(f"Stopped after {len(reports)} of {len(cases)} cases.", style="yellow")
        bar.update(task, description=_passed(reports))
    return reports


def _passed(reports: Sequence[Report]) -> str:
    return f"{sum(report.passed for report in reports)} passed"


@contextmanager
def _terminated_is_interrupted() -> Iterator[None]:
    """A run of an hour that is told to end still reports what it did. Signals reach the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stock_agent(stage: Stage) -> Ask:
    from agent.baseline import StockAgent

    return StockAgent.of(stage.hub, timeout=BASELINE_TIMEOUT).ask


def _notes(stage: Stage) -> list[str]:
    """What is to be known when the score is read."""
    from ui.evals.report import not_laid_note

    notes = [not_laid_note(section, count) for section, count in sorted(stage.laid.not_laid.items())]
    if stage.laid.fields_left:
        notes.append(f"Fields of the world that no record holds: {', '.join(sorted(stage.laid.fields_left))}.")
    if stage.not_kept:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(stage.not_kept.items()))
        notes.append(f"Expected states held against the world's file, since this house keeps no such records: {kinds}.")
    return notes


def _tell(reports: Sequence[Report], about: dict[str, Any], out: Path | None, failures: bool) -> None:
    from rich.console import Console

    from ui.evals.report import show_failures, show_summary, summary

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=TABLE_WIDTH)  # a pipe has no width: the tables keep theirs
    found = summary(reports, about)
    if failures:
        show_failures(reports, console)
    console.print(show_summary(found))
    if out is not None:
        content = {"summary": found, "cases": [report.as_json() for report in reports]}
        out.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
