"""One turn, answered in a thread of its own: a closed page or a key pressed in the terminal does not tear it apart."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from agent import Finished, HubError, Progress, Step, Text

if TYPE_CHECKING:
    from agent import Call, Event, Hub, Turn

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """How far an answer is. `turn` is set when it is whole, `error` (a sentence) when it failed, `stopped` when a
    person ended it; `version` grows with every change."""

    say: str
    steps: tuple[Call, ...] = ()
    text: str = ""
    progress: str = ""
    turn: Turn | None = None
    error: str | None = None
    stopping: bool = False
    stopped: bool = False
    version: int = 0

    @property
    def done(self) -> bool:
        return self.turn is not None or self.error is not None or self.stopped


class Answering:
    """Starts answering `say` at once; any number of readers may follow it."""

    def __init__(self, hub: Hub, say: str, *, conversation: str | None, surface: str) -> None:
        self.conversation = conversation
        self._hub = hub
        self._surface = surface
        self._answer = Answer(say)
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="answering", daemon=True)
        self._thread.start()

    @property
    def answer(self) -> Answer:
        """The answer as far as it is now."""
        with self._changed:
            return self._answer

    def stop(self) -> None:
        """Ask the turn to end: what it has done stays done, nothing more is begun."""
        if not self.answer.done:
            self._change(stopping=True, progress="Stopping …")

    def follow(self, every: float = 0.05) -> Iterator[Answer]:
        """The answer whenever it changed, at most once in `every` seconds; the last one is done."""
        seen = -1
        while True:
            with self._changed:
                while self._answer.version == seen:
                    self._changed.wait()
                answer = self._answer
            yield answer
            if answer.done:
                return
            seen = answer.version
            self._thread.join(every)

    def _run(self) -> None:
        answer = self._answer
        try:
            events = self._hub.stream(answer.say, conversation=self.conversation, surface=self._surface)
            with closing(cast("Generator[Event]", events)):  # closing it is what stops the turn
                for event in events:
                    self._take(event)
                    if self.answer.stopping and not self.answer.done:
                        break
            if not self.answer.done:
                self._change(stopped=True)
        except HubError as error:
            self._change(error=error.sentence)
        except Exception:
            # A bug: whoever waits is told where to look, and the log has the rest.
            number = secrets.token_hex(4)
            log.exception("error %s while answering", number)
            self._change(
                error=f"Something went wrong inside the hub. Try again; if it happens again, look for error {number} "
                "in the hub's log."
            )

    def _take(self, event: Event) -> None:
        answer = self.answer
        if isinstance(event, Text):
            self._change(text=answer.text + event.text, progress=answer.progress if answer.stopping else "")
        elif isinstance(event, Step):
            # What was shown while a tool wrote is in its result now.
            self._change(steps=(*answer.steps, event.call), text="")
        elif isinstance(event, Progress):
            self._change(progress=answer.progress if answer.stopping else event.text)
        elif isinstance(event, Finished):
            self._change(turn=event.turn, steps=event.turn.calls, text=event.turn.reply, progress="")

    def _change(self, **changes: object) -> None:
        with self._changed:
            self._answer = replace(self._answer, version=self._answer.version + 1, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()
