"""The model's part in routing: it chooses one tool among the few that the matcher found likely, or none."""

from collections.abc import Sequence

from agent.conversation import without_quotes
from agent.models.chat import Chat
from agent.routing.examples import NONE, Example
from tools.core.declare import Tool

#: How many tools the model may choose from, and how many examples it is shown.
CANDIDATES, SHOTS = 6, 6

TASK = """Choose the tool that does what the person asks in the last message. Choose "none" for small talk, questions about
yourself, and anything that none of the tools does."""


def choose(
    chat: Chat, message: str, labels: Sequence[str], tools: dict[str, Tool], shots: Sequence[Example], history: str
) -> str:
    """The name of a tool of `labels`, or "none". Raises tools.core.errors.Unavailable."""
    offered = [label for label in labels if label in tools]
    described = "\n".join(f"- {name}: {tools[name].summary}" for name in offered)
    examples = "\n".join(f"“{shot.text}” -> {shot.label.split(':')[0]}" for shot in shots)
    parts = [TASK, f"Tools:\n{described}\n- {NONE}: nothing of these", f"Examples:\n{examples}"]
    if history:
        parts.append(f"Conversation so far:\n{history}")
    parts.append(f"Message: {without_quotes(message)}")
    schema = {
        "type": "object",
        "properties": {"tool": {"type": "string", "enum": [*offered, NONE]}},
        "required": ["tool"],
    }
    answer = chat.json("\n\n".join(parts), schema, max_tokens=24)
    return str(answer["tool"])
