"""Opening the hub for a command: progress while it starts, sentences instead of tracebacks when it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from ui.terminal import Terminal, progress_bars

if TYPE_CHECKING:
    from agent import Hub, Settings


def give_up(terminal: Terminal, sentence: str) -> NoReturn:
    """Say what is wrong and leave with exit code 1."""
    terminal.problem(sentence)
    raise typer.Exit(1)


@contextmanager
def errors_told(terminal: Terminal) -> Iterator[None]:
    """What a person can mend is told in its sentence, with exit code 1 and no traceback; bugs stay tracebacks."""
    from agent import HubError

    try:
        yield
    except HubError as error:
        give_up(terminal, error.sentence)


def read_settings(terminal: Terminal, **given: Any) -> Settings:
    """The settings, with what the command line gave on top (None: not given)."""
    from agent import Settings

    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValueError as error:  # pydantic's ValidationError and a hub.toml that is no TOML
        give_up(terminal, settings_problem(error))


def settings_problem(error: ValueError) -> str:
    """One sentence for settings that cannot be right: which one, why, and where it is set."""
    errors: Callable[[], list[dict[str, Any]]] | None = getattr(error, "errors", None)
    if errors is None:
        return f"The settings file hub.toml cannot be read: {error}."
    first = errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "?"
    name = name.removeprefix("hub_")
    reason = str(first["msg"]).removeprefix("Value error, ")
    return (
        f"The setting “{name}” is not right: {reason}. Change the variable HUB_{name.upper()}, or {name} in hub.toml."
    )


@contextmanager
def opened_hub(terminal: Terminal, *, model: bool = False, settings: Settings | None = None) -> Iterator[Hub]:
    """The hub, closed again at the end.

    With `model`, waits until the model runs (or is known not to); without, none is started: what the command does
    needs none.
    """
    with errors_told(terminal):
        settings = settings or read_settings(terminal, model_use=None if model else "none")
        with progress_bars(terminal) as progress:
            hub = start_hub(settings, progress)
            try:
                if model:
                    hub.wait_for_model()
            except BaseException:
                hub.close()
                raise
        with hub:
            yield hub


def start_hub(settings: Settings, progress: Callable[[str, float | None], None]) -> Hub:
    """The one place where this room opens a hub (tests put their own in its place)."""
    from agent import open_hub

    return open_hub(settings, progress=progress)
