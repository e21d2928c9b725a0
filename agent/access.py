"""Who may come in by HTTP, and requests that may arrive twice: what the API needs beside the hub's own methods."""

from typing import TYPE_CHECKING

from agent import slash
from tools.core.context import Page
from tools.core.declare import Argument
from tools.core.gate import preview_type
from tools.entry.repeats import Begun, InFlight, KeyReused, Repeats, Stored
from tools.entry.tokens import SCOPES, Scope, Tokens, TokenView

if TYPE_CHECKING:
    from tools.core.door import Door

__all__ = [
    "SCOPES", "Access", "Argument", "Begun", "InFlight", "KeyReused", "Page", "Repeats", "Scope", "Stored", "TokenView", "Tokens",
    "decides_on_a_plan", "preview_type",
]  # fmt: skip


class Access:
    """The tokens and the repeatable requests of a house."""

    def __init__(self, door: "Door") -> None:
        self.tokens = Tokens(door.database, door.clock)
        self.repeats = Repeats(door.database, door.clock)


def decides_on_a_plan(message: str) -> bool:
    """Whether a message is `/approve` or `/reject`: for whoever may only ask, that is refused."""
    return slash.is_slash(message) and slash.decision(message) is not None
