"""Tool calls in what the model wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]

_FENCE = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)


def from_llama(message: Json) -> list[Json]:
    """Ollama's `tool_calls` for the `<tool_call>` blocks that llama.cpp found; arguments become an object."""
    calls = []
    for call in message.get("tool_calls") or []:
        function = call["function"]
        arguments = function.get("arguments") or "{}"
        calls.append({"function": {"name": function["name"], "arguments": _object(arguments)}})
    return calls


def _object(arguments: Any) -> Json:
    value = json.loads(arguments) if isinstance(arguments, str) else arguments
    return value if isinstance(value, dict) else {}


def from_bare_json(content: str, tools: Iterable[Any]) -> list[Json]:
    """The call in a message that is nothing but `{"name": a known tool, "arguments": {...}}`, fenced or not.

    Qwen2.5-Coder often leaves out the `<tool_call>` tags that its template asks for. Any other text gives no call.
    """
    known = {tool.get("function", {}).get("name") for tool in tools if isinstance(tool, dict)}
    text = content.strip()
    if fenced := _FENCE.match(text):
        text = fenced.group(1)
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
