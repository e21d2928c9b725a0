"""What came of a run: figures by category and by how it was decided, as JSON and as tables."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from ui.evals.costs import costs, show_costs
from ui.evals.quantiles import percentile
from ui.evals.runner import WAYS, Report
from ui.evals.score import shorten, show_call

#: The order in which ways of deciding are shown: cheapest first.
SHOWN_WAYS = ("slash", "matcher", "model", "none")


def figures(reports: Iterable[Report]) -> dict[str, Any]:
    """Score (share of cases that pass), latency of one message in seconds, new prompt tokens, ways of deciding."""
    reports = list(reports)
    messages = [message for report in reports for message in report.messages if not message.approval]
    seconds = [message.seconds for message in messages]
    tokens = [message.prompt_tokens for message in messages]
    passed = sum(report.passed for report in reports)
    return {
        "cases": len(reports),
        "passed": passed,
        "score": round(passed / len(reports), 4) if reports else None,
        "latency": {"p50": _rounded(percentile(seconds, 0.5)), "p95": _rounded(percentile(seconds, 0.95))},
        "messages": len(messages),
        "prompt_tokens": sum(tokens),
        "prompt_tokens_per_message": round(sum(tokens) / len(tokens), 1) if tokens else None,
        "decided_by": {way: sum(report.decided_by == way for report in reports) for way in SHOWN_WAYS},
    }


def summary(reports: Sequence[Report], about: dict[str, Any]) -> dict[str, Any]:
    """The whole run's figures, by category and by way of deciding; `about` says what was run."""
    return {
        **about,
        **figures(reports),
        "broke": sum(report.broke for report in reports),
        "wrong_writes": [
            {"id": report.case.id, "call": call}
            for report in reports
            for message in report.messages
            for call in message.wrong_writes
        ],
        "by_cost": costs(report.messages for report in reports),
        "by_category": _grouped(reports, lambda report: report.case.category),
        "by_decision": _grouped(sorted(reports, key=lambda r: WAYS.index(r.decided_by)), lambda r: r.decided_by),
    }


def _grouped(reports: Iterable[Report], key: Callable[[Report], str]) -> dict[str, Any]:
    groups: dict[str, list[Report]] = {}
    for report in reports:
        groups.setdefault(key(report), []).append(report)
    return {name: figures(members) for name, members in groups.items()}


def show_summary(found: dict[str, Any]) -> RenderableType:
    """The tables that are printed at the end."""
    parts: list[RenderableType] = [_table("Category", found["by_category"], found)]
    parts.append(_table("Decided by", found["by_decision"], None))
    parts.append(show_costs(found["by_cost"]))
    parts.append(
        f"Wrong writes (calls that changed records without being asked to, or wrongly): {len(found['wrong_writes'])}"
    )
    parts += [escape(f"  {one['id']}: {one['call']}") for one in found["wrong_writes"]]
    if found["broke"]:
        cases = "1 case" if found["broke"] == 1 else f"{found['broke']} cases"
        parts.append(f"[red]{cases} broke with an exception: why they failed tells which.[/red]")
    parts += [f"[yellow]{escape(note)}[/yellow]" for note in found.get("notes", ())]
    return Group(*parts)


def _table(first: str, rows: dict[str, Any], total: dict[str, Any] | None) -> Table:
    table = Table(box=None, padding=(0, 1))
    table.add_column(first, no_wrap=True, min_width=12)
    for heading in ("passed", "score", "p50", "p95", "tokens/message", *SHOWN_WAYS):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, row in rows.items():
        table.add_row(name, *_cells(row))
    if total:
        table.add_section()
        table.add_row("all", *_cells(total), style="bold")
    return table


def _cells(row: dict[str, Any]) -> list[str]:
    latency = row["latency"]
    return [
        f"{row['passed']}/{row['cases']}",
        f"{row['score']:.1%}" if row["score"] is not None else "-",
        *(f"{latency[name]:.2f} s" if latency[name] is not None else "-" for name in ("p50", "p95")),
        f"{row['prompt_tokens_per_message'] or 0:.0f}",
        *(str(row["decided_by"][way] or "·") for way in SHOWN_WAYS),
    ]


def show_failures(reports: Iterable[Report], console: Console) -> None:
    """Each failed case with its conversation: what was said, called and answered, and why that is wrong."""
    for report in reports:
        if report.passed:
            continue
        head = f"\n[bold red]{escape(report.case.id)}[/bold red] ({report.decided_by})"
        console.print(head, escape(report.why), soft_wrap=True)
        for message in report.messages:
            console.print(f"  [bold]>[/bold] {escape(message.said)}", soft_wrap=True)
            for call in message.seen.calls:
                waits = " (waits at the gate)" if call.waiting else ""
                console.print(f"    [cyan]{escape(show_call(call))}[/cyan]{waits}", soft_wrap=True)
            asked = "asks: " if message.seen.asks else ""
            console.print(f"    [dim]{asked}{escape(shorten(message.seen.reply, 300))}[/dim]", soft_wrap=True)


def not_laid_note(section: str, count: int) -> str:
    """The line that says what of the world the house has no record for."""
    return f"This house keeps no {section.replace('_', ' ')}: {count} of the world could not be laid."


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
