"""`marketing-hub tools`: every tool, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from ui.terminal import Terminal

if TYPE_CHECKING:
    from agent import Tool

EFFECT_STYLE = {"read": "dim", "draft": "cyan", "write": "green", "gated": "yellow"}


def declared_tools() -> Mapping[str, Tool]:
    """Every tool, without opening the hub: nothing is started, nothing is stored."""
    from agent import all_tools

    return all_tools()


def as_json(declared: Mapping[str, Tool]) -> str:
    described: list[dict[str, Any]] = [tool.as_json() for tool in declared.values()]
    return json.dumps(described, indent=2, ensure_ascii=False)


def show(terminal: Terminal, declared: Mapping[str, Tool]) -> None:
    """One table a group."""
    for group in dict.fromkeys(tool.group for tool in declared.values()):
        of_group = [tool for tool in declared.values() if tool.group == group]
        terminal.out.print(_table(group, of_group))
    terminal.say("Call one with: marketing-hub call TOOL key=value ...", "dim")


def _table(group: str, of_group: Iterable[Tool]) -> Table:
    table = Table(title=group.capitalize(), title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    table.add_column("tool", no_wrap=True)
    table.add_column("effect", no_wrap=True)
    table.add_column("what it does and takes (* needed)")
    for tool in of_group:
        takes = ", ".join(f"{a.name}{'*' if a.required else ''}" for a in tool.arguments)
        said = Text(tool.summary)
        said.append(f"\n{takes or 'nothing'}", style="dim")
        table.add_row(tool.name, Text(tool.effect, style=EFFECT_STYLE[tool.effect]), said)
    return table
