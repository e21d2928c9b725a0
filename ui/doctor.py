"""`marketing-hub doctor`: which model, database, index and mail server are in use, and what is wrong with each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from ui.terminal import Terminal
from ui.words import safe

if TYPE_CHECKING:
    from agent import Health


def broken(parts: list[Health]) -> bool:
    """Whether a part that the hub needs does not work."""
    return any(not part.ok for part in parts)


def as_json(parts: list[Health]) -> str:
    return json.dumps([part.model_dump() for part in parts], indent=2, ensure_ascii=False)


def show(terminal: Terminal, parts: list[Health]) -> None:
    """One row a part: what is in use, what is wrong with it, what to do."""
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for part in parts:
        mark, style = _mark(part)
        said = Text(safe(part.summary))
        if part.problem:
            said.append(f"\n{safe(part.problem)}", style=style)
        if part.fix:
            said.append(f"\n→ {safe(part.fix)}")
        table.add_row(Text(mark, style=style), part.part, said)
    # Into a pipe nothing is wrapped: paths and addresses stay whole.
    terminal.out.print(table, soft_wrap=not terminal.out.is_terminal, width=None if terminal.out.is_terminal else 1000)


def _mark(part: Health) -> tuple[str, str]:
    if not part.ok:
        return "✗", "red"
    return ("!", "yellow") if part.problem or part.fix else ("✓", "green")
