"""What a conversation knows: the records it is about, the last call, the question left open."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from agent.arguments.references import Focus
from agent.turn import Call, Turn
from tools.core.result import RecordLink

#: A quoted text of more than a name's length: in quotation marks, or a quoted mail's lines.
_QUOTED = re.compile(r"“[^”]{40,}”|\"[^\"]{40,}\"|«[^»]{40,}»|„[^“”]{40,}[“”]|```.*?(?:```|$)|(?m:^>.*$)", re.DOTALL)


class Pending(BaseModel):
    """A request that waits for an answer: the tool, what is known so far, and what was asked for.

    Where it was asked which of several `tools` is meant, `message` is what the person had said.
    """

    model_config = ConfigDict(frozen=True)

    tool: str
    arguments: dict[str, Any]
    fields: tuple[str, ...]
    candidates: tuple[RecordLink, ...] = ()
    question: str
    tools: tuple[str, ...] = ()
    message: str = ""
    #: What follows once it is answered: the further calls of an undertaking, and all its open steps in words.
    rest: tuple[dict[str, Any], ...] = ()
    #: The day that was said where only the time is still asked for (ISO 8601).
    day: str | None = None
    steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """The turns so far, the newest last, and the question that the last one left open."""

    turns: tuple[Turn, ...] = ()
    pending: Pending | None = None
    waiting: tuple[int, ...] = ()

    @property
    def last_call(self) -> Call | None:
        """The last call that was carried out or planned."""
        for turn in reversed(self.turns):
            for call in reversed(turn.calls):
                if call.error is None:
                    return call
        return None

    def focus(self) -> Focus:
        """The records spoken of, the newest turn first; within a turn those that its calls worked on come first."""
        recent: list[RecordLink] = []
        for turn in reversed(self.turns[-8:]):
            for call in reversed(turn.calls):
                links = _links(call)
                recent += links if len(links) <= 1 else []
            for call in reversed(turn.calls):
                recent += _links(call)[:1]
        return Focus(tuple(dict.fromkeys(recent)), self._listed())

    def _listed(self) -> tuple[RecordLink, ...]:
        for turn in reversed(self.turns[-8:]):
            for call in reversed(turn.calls):
                links = _links(call)
                if len(links) > 1:
                    return tuple(links)
            shown = [_links(call)[0] for call in turn.calls if _links(call)]
            if len({(link.noun, link.id) for link in shown}) > 1:
                return tuple(shown)  # "the second one" of two that were shown one by one
        return self._in_turn()

    def _in_turn(self) -> tuple[RecordLink, ...]:
        """Records of one kind that were spoken of turn after turn: "the first of these two"."""
        spoken = [_links(call)[0] for turn in self.turns[-8:] for call in turn.calls if _links(call)]
        alike = tuple(dict.fromkeys(link for link in spoken if link.noun == spoken[-1].noun)) if spoken else ()
        return alike if len(alike) > 1 else ()


def _links(call: Call) -> list[RecordLink]:
    return [RecordLink.model_validate(link) for link in (call.result or {}).get("links", [])]


def recent(turns: Sequence[Turn], size: int = 3) -> str:
    """The last turns as the model is shown them, short: what the person said and which tools were called.

    Not what was answered: answers quote articles, tickets and names, and nothing in those may choose a tool. Nor what the
    person only quoted.
    """
    lines = []
    for turn in turns[-size:]:
        lines.append(f"Person: {without_quotes(turn.say)[:200]}")
        called = ", ".join(call.tool for call in turn.calls)
        lines.append(f"Hub: {f'called {called}' if called else 'asked back' if turn.asks else 'answered'}")
    return "\n".join(lines)


def without_quotes(said: str) -> str:
    """What a person said with each longer text that they only quote left out ("save this as an article: “…”")."""
    return _QUOTED.sub("“…”", said)
