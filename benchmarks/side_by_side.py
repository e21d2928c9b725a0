"""The hub and LangChain's stock agent on the same cases, in turns: score, time, tokens."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agent.baseline import StockAgent
from agent.staged_hub import Stage
from ui.evals.cases import Case
from ui.evals.command import BASELINE_TIMEOUT
from ui.evals.runner import Report, run_case


@dataclass(frozen=True)
class Pair:
    """One case, answered by both."""

    hub: Report
    stock: Report


def side_by_side(cases: Sequence[Case], stage: Stage) -> list[Pair]:
    """Both answer each case, the hub first. One case before them warms both up and is not counted."""
    stock = StockAgent.of(stage.hub, timeout=BASELINE_TIMEOUT)
    for ask in (stage.ask, stock.ask):
        run_case(cases[0], stage, ask)
    pairs = []
    for case in cases:
        pairs.append(Pair(run_case(case, stage, stage.ask), run_case(case, stage, stock.ask)))
        print(f"{len(pairs)} of {len(cases)} cases beside the stock agent", flush=True)
    return pairs


def compared(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Of each agent: cases passed, p50 and mean of new prompt tokens and seconds a case; and each case's figures."""
    sides = {"hub": [pair.hub for pair in pairs], "stock": [pair.stock for pair in pairs]}
    return {"cases": [{side: reports[n].as_json() for side, reports in sides.items()} for n in range(len(pairs))]} | {
        side: {
            "passed": sum(report.passed for report in reports),
            "seconds": _middle([report.seconds for report in reports]),
            "new_tokens": _middle([report.prompt_tokens for report in reports]),
        }
        for side, reports in sides.items()
    }


def _middle(values: Sequence[float]) -> dict[str, float]:
    return {"p50": round(statistics.median(values), 2), "mean": round(statistics.fmean(values), 2)}


def pair_rows(found: dict[str, Any]) -> list[list[str]]:
    """The table's rows: figure, hub, stock agent, how many times less the hub took."""
    cases = len(found["cases"])
    rows = [["passed", *(f"{found[side]['passed']}/{cases}" for side in ("hub", "stock")), ""]]
    for name, shown in (("seconds", "seconds a case"), ("new_tokens", "new prompt tokens a case")):
        for share in ("p50", "mean"):
            hub, stock = (found[side][name][share] for side in ("hub", "stock"))
            less = f"{stock / hub:.1f}" if hub else "-"
            rows.append([f"{shown}, {share}", f"{hub:g}", f"{stock:g}", less])
    return rows
