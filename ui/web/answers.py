"""The answers being given right now, by conversation: a page that is loaded again finds its answer here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.answering import Answering

if TYPE_CHECKING:
    from agent import Hub, Turn

SURFACE = "chat"


@dataclass(frozen=True)
class Given:
    """An answer begun here; `before` counts the turns that the conversation had then."""

    answering: Answering
    before: int


class Answers:
    """One for all pages."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._lock = threading.Lock()
        self._given: dict[str, Given] = {}

    def begin(self, conversation: str, say: str, then: Callable[[], None] | None = None) -> bool:
        """Start answering; False where an answer in this conversation is still coming. `then` is called when it is done,
        whether or not a page still looks."""
        before = len(self.hub.turns(conversation))
        with self._lock:
            running = self._given.get(conversation)
            if running is not None and not running.answering.answer.done:
                return False
            answering = Answering(self.hub, say, conversation=conversation, surface=SURFACE)
            self._given[conversation] = Given(answering, before)
        if then is not None:
            threading.Thread(target=_afterwards, args=(answering, then), name="after-answer", daemon=True).start()
        return True

    def given(self, conversation: str) -> Given | None:
        """The answer that is coming, or came last without being stored (it failed or was stopped)."""
        with self._lock:
            given = self._given.get(conversation)
            if given is not None and given.answering.answer.turn is not None:
                del self._given[conversation]  # the whole turn is in the database
                return None
            return given

    def running(self, conversation: str) -> bool:
        given = self.given(conversation)
        return given is not None and not given.answering.answer.done

    def all_running(self) -> set[str]:
        """The conversations in which an answer is coming."""
        with self._lock:
            return {id for id, given in self._given.items() if not given.answering.answer.done}

    def stop(self, conversation: str) -> None:
        given = self.given(conversation)
        if given is not None:
            given.answering.stop()

    def forget(self, conversation: str) -> None:
        """Stop what is coming and drop what is left of it."""
        self.stop(conversation)
        with self._lock:
            self._given.pop(conversation, None)

    def turns(self, conversation: str) -> tuple[list[Turn], Answering | None]:
        """The turns to show as they are stored, and the answer to show after them."""
        given = self.given(conversation)
        turns = self.hub.turns(conversation)
        return (turns, None) if given is None else (turns[: given.before], given.answering)


def _afterwards(answering: Answering, then: Callable[[], None]) -> None:
    for _ in answering.follow(every=0.5):
        pass
    then()
