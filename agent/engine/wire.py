"""Translation between Ollama's requests and answers and llama.cpp's. Pure functions, no I/O.

Ollama's protocol: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from agent.engine.errors import ApiError
from agent.engine.formats import grammar_fields

Json = dict[str, Any]

# Ollama's defaults (its api.DefaultOptions), so that a caller sees the same model behaviour from both servers.
_DEFAULTS: Json = {
    "temperature": 0.8, "top_k": 40, "top_p": 0.9, "min_p": 0.0, "repeat_penalty": 1.1, "repeat_last_n": 64
}  # fmt: skip
_SAME_NAME = (
    *_DEFAULTS, "seed", "typical_p", "presence_penalty", "frequency_penalty", "mirostat", "mirostat_tau", "mirostat_eta"
)  # fmt: skip

_CONTROL_TOKEN = re.compile(r"<\|(\w+)\|>")


def sampling(options: Any) -> Json:
    """llama.cpp's sampling fields for Ollama's `options`; unknown ones (num_gpu, ...) are ignored, as Ollama does."""
    if options is not None and not isinstance(options, dict):
        raise ApiError(400, "options must be an object")
    given = {key: value for key, value in (options or {}).items() if value is not None}
    fields = _DEFAULTS | {name: given[name] for name in _SAME_NAME if name in given}
    limit = given.get("num_predict", -1)
    if limit >= 0:
        fields["n_predict"] = limit
    if stop := given.get("stop"):
        fields["stop"] = [stop] if isinstance(stop, str) else stop
    return fields


def output_format(value: Any) -> Json:
    """llama.cpp's fields for Ollama's `format`: none, "json" (any object) or a JSON schema."""
    if value in (None, ""):
        return {}
    if value == "json":
        return grammar_fields({"type": "object"})
    if not isinstance(value, dict):
        raise ApiError(400, 'invalid format: use "json" or a JSON schema')
    return grammar_fields(value)


def chat_messages(messages: Any) -> list[Json]:
    """Ollama's messages as OpenAI's: tool calls carry ids and their arguments as text there."""
    if not isinstance(messages, list):
        raise ApiError(400, "messages must be a list")
    return [_message(message, number) for number, message in enumerate(messages)]


def _message(message: Any, number: int) -> Json:
    if not isinstance(message, dict) or message.get("role") not in ("system", "user", "assistant", "tool"):
        raise ApiError(400, f"messages[{number}] must have a role: system, user, assistant or tool")
    if message.get("images"):
        raise ApiError(400, "this model does not read images")
    converted: Json = {"role": message["role"], "content": as_text(message.get("content") or "")}
    if calls := message.get("tool_calls"):
        converted["tool_calls"] = [
            {
                "id": f"call_{number}_{index}",
                "type": "function",
                "function": {
                    "name": call["function"]["name"],
                    "arguments": json.dumps(call["function"].get("arguments") or {}),
                },
            }
            for index, call in enumerate(calls)
        ]
    if message["role"] == "tool":
        converted["tool_call_id"] = message.get("tool_call_id") or f"call_{number - 1}_0"
    return converted


def as_text(content: str) -> str:
    """The content with the model's control tokens broken up, so that no quoted text can open a turn of its own."""
    return _CONTROL_TOKEN.sub(r"< |\1|>", content)


def now() -> str:
    """The present as Ollama writes it: RFC 3339, UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def counts(timings: Json, total_ns: int) -> Json:
    """Ollama's closing figures. Durations in nanoseconds.

    `prompt_eval_count` counts the tokens newly evaluated and `prompt_cached_count` those still known from before; their
    sum is the prompt's length. (Ollama since 0.3 tells the sum in `prompt_eval_count`.) `load_duration` is what was
    not spent computing: waiting for a free slot.
    """
    prompt_ns = int(timings.get("prompt_ms", 0) * 1e6)
    eval_ns = int(timings.get("predicted_ms", 0) * 1e6)
    return {
        "total_duration": total_ns,
        "load_duration": max(0, total_ns - prompt_ns - eval_ns),
        "prompt_eval_count": timings.get("prompt_n", 0),
        "prompt_cached_count": timings.get("cache_n", 0),
        "prompt_eval_duration": prompt_ns,
        "eval_count": timings.get("predicted_n", 0),
        "eval_duration": eval_ns,
    }
