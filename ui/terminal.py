"""How the hub speaks in a terminal: answers on standard output, everything else on standard error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.text import Text

from ui.words import safe, shortened, spoken_tool, spoken_value

if TYPE_CHECKING:
    from agent import Call, Turn
    from ui.answering import Answer, Answering


class Terminal:
    """Standard output for what was asked for, standard error for what is said about it."""

    def __init__(self) -> None:
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def markdown(self, text: str) -> None:
        """Print an answer: rendered in a terminal, as it is into a pipe."""
        text = safe(text)
        if self.out.is_terminal:
            from rich.markdown import Markdown  # costs a tenth of a second: only where it is shown

            self.out.print(Markdown(text, hyperlinks=False))
        else:
            self.out.print(text, markup=False, soft_wrap=True)

    def line(self, text: str) -> None:
        """A line of plain text on standard output."""
        self.out.print(safe(text), markup=False, soft_wrap=True)

    def say(self, text: str, style: str = "") -> None:
        """A remark on standard error."""
        self.err.print(Text(safe(text), style=style), soft_wrap=not self.err.is_terminal)

    def problem(self, sentence: str) -> None:
        """An error's sentence on standard error."""
        self.say(sentence, "red")

    def step(self, call: Call, console: Console | None = None) -> None:
        """One call and what it was given, as a remark (`console`: where else than on standard error)."""
        mark, style = ("✗", "red") if call.error else ("…", "yellow") if call.waiting else ("✓", "green")
        line = Text(f"{mark} ", style=style)
        line.append(spoken_tool(call.tool), style="bold")
        for name, value in call.arguments.items():
            line.append(f"  {name.replace('_', ' ')}: ", style="dim")
            line.append(shortened(spoken_value(value)))
        console = console or self.err
        console.print(line, soft_wrap=not console.is_terminal)

    def follow(self, answering: Answering) -> Answer:
        """Show an answer while it comes; returns it when it is done. A key interrupt stops the answer, not the program."""
        while True:
            try:
                return self._live(answering) if self.out.is_terminal else self._piped(answering)
            except KeyboardInterrupt:
                if answering.answer.stopping:
                    raise
                answering.stop()

    def end(self, answer: Answer) -> None:
        """What remains to be said when an answer is done."""
        turn = answer.turn
        for note in turn.notes if turn else ():
            if turn and note not in turn.reply:
                self.say(note, "dim")
        if answer.error:
            self.problem(answer.error)
        elif answer.turn is None:
            self.say("Stopped. What was done before stays done.", "yellow")

    def turn(self, turn: Turn) -> None:
        """A whole turn at once, with its steps."""
        for call in turn.calls:
            self.step(call)
        self.markdown(turn.reply)

    def _live(self, answering: Answering) -> Answer:
        """In a terminal: the steps stay, the growing text is shown by its last lines and rendered when it is whole."""
        shown = 0
        with Live(console=self.out, transient=True, auto_refresh=True, refresh_per_second=12) as live:
            for answer in answering.follow():
                for call in answer.steps[shown:]:
                    self.step(call, self.out)  # the live display is there; standard error would tear it
                shown = max(shown, len(answer.steps))
                live.update(self._growing(answer))
        if answer.text:
            self.markdown(answer.text)
        return answer

    def _growing(self, answer: Answer) -> Group:
        room = max(4, self.out.size.height - 6)
        parts: list[Any] = []
        if answer.text:
            wrapped = Text(safe(answer.text)).wrap(self.out, self.out.width)
            parts.append(Text("\n").join(wrapped[-room:]))
        if not answer.done and (answer.progress or not answer.text):
            parts.append(Padding(Spinner("dots", Text(safe(answer.progress) or "Thinking …", style="dim")), (0, 0)))
        return Group(*parts)

    def _piped(self, answering: Answering) -> Answer:
        """Into a pipe: the whole answer once, since what is shown while it is written may still be replaced."""
        shown = 0
        for answer in answering.follow():
            for call in answer.steps[shown:]:
                self.step(call)
            shown = max(shown, len(answer.steps))
        if answer.text:
            self.markdown(answer.text)
        return answer


@contextmanager
def progress_bars(terminal: Terminal) -> Iterator[Any]:
    """A callback `progress(text, share)` that shows one line a task on standard error; share None: no end in sight.

    Into a pipe each new text is one plain line, so that a log stays readable.
    """
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TaskProgressColumn, TextColumn

    tasks: dict[str, TaskID] = {}
    ended = threading.Event()  # a model may go on starting when nobody waits for it any more
    if not terminal.err.is_terminal:

        def lines(text: str, share: float | None) -> None:
            if text not in tasks and not ended.is_set():
                tasks[text] = TaskID(len(tasks))
                terminal.say(text)

        try:
            yield lines
        finally:
            ended.set()
        return

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=terminal.err, transient=True) as progress:

        def bars(text: str, share: float | None) -> None:
            if ended.is_set():
                return
            if text not in tasks:
                for task in tasks.values():
                    progress.update(task, visible=False)
                tasks[text] = progress.add_task(safe(text), total=None)
            progress.update(tasks[text], total=None if share is None else 1.0, completed=share or 0.0)

        try:
            yield bars
        finally:
            ended.set()
