"""The writer: how a tool has the model fill a shape, and how the growing text is shown meanwhile."""

import json
import re
from collections.abc import Callable
from typing import TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from agent.models.chat import SYSTEM, Chat, note_first_word
from tools.core.context import Brief
from tools.core.errors import Unavailable

Shape = TypeVar("Shape", bound=BaseModel)
#: What follows the facts.
START = "Write it now, from these facts."
#: What would end the fence around data early, or open another.
_FENCE = re.compile(r"<\s*/?\s*data\b[^>]*>?", re.IGNORECASE)


class ModelWriter:
    """Fills a shape with the model. `on_text` is given the text as it grows, without JSON's signs."""

    def __init__(self, chat: Chat, on_text: Callable[[str], None] | None = None) -> None:
        self._chat = chat
        self._on_text = on_text

    def showing(self, on_text: Callable[[str], None]) -> "ModelWriter":
        """The same writer, shown to somebody."""
        return ModelWriter(self._chat, on_text)

    def write(self, brief: Brief, shape: type[Shape]) -> Shape:
        """See tools.core.context.Writer. What is the same for all texts of a kind comes first, so that a text costs only
        its own facts; these are fenced as data."""
        schema = _compact(shape.model_json_schema())
        head = f"{SYSTEM}\n\n{brief.task}\nAnswer as JSON with: {', '.join(shape.model_fields)}."
        shared: Shared = {"max_tokens": brief.max_tokens, "head": head, "standing": _fenced(brief.standing)}
        prompt = "\n".join(part for part in (_fenced(brief.facts), START) if part)
        answer = (
            self._chat.stream_json(prompt, schema, _Unwrapped(self._on_text), **shared)
            if self._on_text
            else self._chat.json(prompt, schema, temperature=0.4, **shared)
        )
        try:
            return shape.model_validate(answer)
        except ValidationError as error:
            raise Unavailable("What the model wrote did not fit.") from error


class Shared(TypedDict):
    """What is passed on to the chat, however the answer is taken."""

    max_tokens: int
    head: str
    standing: str


def _fenced(facts: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{name}: <data>{_FENCE.sub(' ', text)}</data>" for name, text in facts)


def _compact(schema: dict[str, object]) -> dict[str, object]:
    """The schema without titles and descriptions: a grammar needs neither."""
    text = json.dumps(schema)
    cleaned = json.loads(text, object_hook=_without_remarks)
    assert isinstance(cleaned, dict)
    return cleaned


def _without_remarks(part: dict[str, object]) -> dict[str, object]:
    # A property may itself be called "title" or "description": then its value is a schema, not a remark.
    return {k: v for k, v in part.items() if k not in ("title", "description", "default") or isinstance(v, dict)}


class _Unwrapped:
    """Turns a growing JSON text into the words inside its values: keys and signs are left out."""

    def __init__(self, on_text: Callable[[str], None]) -> None:
        self._on_text = on_text
        self._open: list[str] = []
        self._inside = self._is_key = False
        self._escape = ""

    def __call__(self, piece: str) -> None:
        words = "".join(self._inside_string(sign) if self._inside else self._between(sign) for sign in piece)
        if words:
            note_first_word()
            self._on_text(words)

    def _between(self, sign: str) -> str:
        if sign == '"':
            self._inside = True
        elif sign in "{[":
            self._open.append(sign)
            self._is_key = sign == "{"
        elif sign in "}]":
            self._open.pop()
        elif sign == ",":
            self._is_key = self._open[-1] == "{"
        elif sign == ":":
            self._is_key = False
        return ""

    def _inside_string(self, sign: str) -> str:
        if self._escape:
            self._escape += sign
            if self._escape.startswith("\\u") and len(self._escape) < 6:
                return ""
            sign, self._escape = json.loads(f'"{self._escape}"', strict=False), ""
        elif sign == "\\":
            self._escape = sign
            return ""
        elif sign == '"':
            self._inside = False
            return "" if self._is_key else "\n"
        return "" if self._is_key else sign
