"""`marketing-hub chat`: the conversation in a terminal."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import TYPE_CHECKING

from ui.answering import Answering
from ui.terminal import Terminal

if TYPE_CHECKING:
    from agent import Hub

SURFACE = "chat"
HISTORY_LINES = 1000
LEAVE = ("/quit", "/exit", "/bye")
KEYS = "/new starts a new conversation, /quit or Ctrl-D leaves, Ctrl-C stops an answer."


class Chat:
    """Reads lines, shows answers, asks yes or no for every plan that waits."""

    def __init__(self, hub: Hub, terminal: Terminal, conversation: str | None) -> None:
        self._hub = hub
        self._terminal = terminal
        self._conversation = conversation
        self._asked: set[int] = set()

    def run(self) -> None:
        """Until the person leaves."""
        _keep_history(self._hub.settings.home / "chat_history")
        self._terminal.say(f"Say what you want. /help lists the commands. {KEYS}", "dim")
        while True:
            try:
                said = input("\n> ").strip()
            except EOFError:
                self._terminal.say("\nGoodbye.", "dim")
                return
            except KeyboardInterrupt:
                # At an empty prompt there is no answer to stop; the line is dropped, as shells do.
                self._terminal.say("\n(Ctrl-D leaves.)", "dim")
                continue
            if said in LEAVE:
                return
            if said == "/new":
                self._conversation = None
                self._terminal.say("A new conversation.", "dim")
            elif said:
                self._answer(said)

    def _answer(self, said: str) -> None:
        answering = Answering(self._hub, said, conversation=self._conversation, surface=SURFACE)
        answer = self._terminal.follow(answering)
        self._terminal.end(answer)
        if said == "/help":
            self._terminal.say(KEYS, "dim")
        if answer.turn is not None:
            self._conversation = answer.turn.conversation
        if self._conversation is not None:
            self._decide(self._conversation)

    def _decide(self, conversation: str) -> None:
        """Ask about each plan that waits here; no answer leaves it waiting. A decision may lay a new plan."""
        from agent import HubError

        while plans := [plan for plan in self._hub.plans(conversation) if plan.id not in self._asked]:
            plan = plans[0].id
            self._asked.add(plan)
            choice = self._yes_or_no(f"Approve plan {plan}? [y/n, Enter: later] ")
            if choice is None:
                self._terminal.say(f"Plan {plan} waits: /approve {plan} or /reject {plan} at any time.", "yellow")
                continue
            try:
                self._terminal.turn((self._hub.approve if choice else self._hub.reject)(plan, surface=SURFACE))
            except HubError as error:
                self._terminal.problem(error.sentence)

    def _yes_or_no(self, question: str) -> bool | None:
        while True:
            try:
                said = input(question).strip().casefold()
            except (EOFError, KeyboardInterrupt):
                self._terminal.say("")
                return None
            if said in ("y", "yes", "n", "no", ""):
                return None if not said else said.startswith("y")
            self._terminal.say("Please answer y or n.")


def _keep_history(file: Path) -> None:
    """Lines typed earlier come back with the arrow keys; they are kept between chats, readable by the owner only."""
    try:
        import readline
    except ImportError:  # Windows has none; typing works all the same
        return
    if file.exists():
        readline.read_history_file(file)
    readline.set_history_length(HISTORY_LINES)

    def keep() -> None:
        file.touch(mode=0o600)
        readline.write_history_file(file)

    atexit.register(keep)
