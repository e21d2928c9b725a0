"""Understanding and deciding. `open_hub()` builds the house; what else a surface needs is named here."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.hub import Hub
    from agent.learning import LearnedSentence
    from agent.opening import open_hub
    from agent.settings import Settings
    from agent.settling import settle
    from agent.turn import (
        Call,
        ConversationView,
        Event,
        Evidence,
        Finished,
        Health,
        PlanView,
        Progress,
        Step,
        Text,
        Turn,
    )
    from agent.worker import Worker
    from tools.catalogue import all_tools
    from tools.core.context import FixedClock
    from tools.core.declare import Tool
    from tools.core.errors import HubError, Stopped

_WHERE = {
    "Hub": "agent.hub", "open_hub": "agent.opening", "Settings": "agent.settings", "FixedClock": "tools.core.context",
    "LearnedSentence": "agent.learning", "HubError": "tools.core.errors", "Stopped": "tools.core.errors",
    "Tool": "tools.core.declare", "all_tools": "tools.catalogue", "Worker": "agent.worker", "settle": "agent.settling",
    **dict.fromkeys(
        ("Call", "ConversationView", "Event", "Evidence", "Finished", "Health", "PlanView", "Progress", "Step", "Text", "Turn"),
        "agent.turn",
    ),
}  # fmt: skip

__all__ = [
    "Call", "ConversationView", "Event", "Evidence", "Finished", "FixedClock", "Health", "Hub", "HubError", "LearnedSentence", "PlanView",
    "Progress", "Settings", "Step", "Stopped", "Text", "Tool", "Turn", "Worker", "all_tools", "open_hub", "settle",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # Loaded when first used: `marketing-hub --help` must not pay for the graph and the index.
    if name not in _WHERE:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)
