"""Tool calls in what the model wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_BLOCK = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|$)", re.DOTALL)
_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)


def split(text: str, tools: Iterable[Any]) -> tuple[str, list[Json]]:
    """What is said and which tools are called, as Ollama's `content` and `tool_calls`.

    A call is a `<tool_call>` block, as the model's template asks for. Qwen2.5-Coder often leaves the tags out, so a
    message that is nothing but `{"name": a known tool, "arguments": {...}}` (or a list of these), fenced or not, is one
    too. What is no such call stays text.
    """
    known = {tool.get("function", {}).get("name") for tool in tools if isinstance(tool, dict)}
    if blocks := _BLOCK.findall(text):
        calls = [call for block in blocks for call in _calls(block, known)]
        return (_BLOCK.sub("", text).strip() if calls else text), calls
    calls = _calls(text, known)
    return ("" if calls else text), calls


def _calls(text: str, known: set[str]) -> list[Json]:
    """The calls that the whole text consists of; none if any of it is something else."""
    text = text.strip()
    if fenced := _FENCE.match(text):
        text = fenced.group(1)
    if text.startswith("{{") and text.endswith("}}"):  # the template shows the form with doubled braces
        text = text[1:-1]
    try:
        value = json.loads(text)
    except ValueError:
        return []
    found = value if isinstance(value, list) else [value]
    calls = [
        {"function": {"name": call["name"], "arguments": call["arguments"]}}
        for call in found
        if isinstance(call, dict) and call.get("name") in known and isinstance(call.get("arguments"), dict)
    ]
    return calls if len(calls) == len(found) else []
