"""A writer that says what the test laid out for it, and remembers what it was asked."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

from tools.core.context import Brief

Shape = TypeVar("Shape", bound=BaseModel)


class ScriptedWriter:
    """Stands in for the model: gives `replies` in order (a mapping for the shape, or an exception to raise)."""

    def __init__(self, *replies: Mapping[str, Any] | Exception) -> None:
        self.replies = list(replies)
        self.briefs: list[Brief] = []
        self.shapes: list[type[BaseModel]] = []

    def write(self, brief: Brief, shape: type[Shape]) -> Shape:
        self.briefs.append(brief)
        self.shapes.append(shape)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return shape.model_validate(reply)

    @property
    def asked(self) -> str:
        """All that the writer was shown last: the task and the facts, as one text to look into."""
        brief = self.briefs[-1]
        return "\n".join([brief.task, *(f"{label}: {fact}" for label, fact in (*brief.standing, *brief.facts))])
