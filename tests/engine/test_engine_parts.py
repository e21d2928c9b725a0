"""The engine's pure parts."""

from __future__ import annotations

import os

import pytest

from agent.engine import tool_calls, wire
from agent.engine.completion import without_oldest
from agent.engine.cpu import usable_threads
from agent.engine.errors import ApiError

TOOLS = [{"type": "function", "function": {"name": "add"}}]
CALL = [{"function": {"name": "add", "arguments": {"a": 1}}}]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ('{"name": "add", "arguments": {"a": 1}}', CALL),
        ('```json\n{"name": "add", "arguments": {"a": 1}}\n```', CALL),
        ('[{"name": "add", "arguments": {"a": 1}}, {"name": "add", "arguments": {"a": 1}}]', CALL * 2),
        ('{{"name": "add", "arguments": {"a": 1}}}', CALL),
        ('{"name": "launch_missiles", "arguments": {}}', []),
        ('{"name": "add", "arguments": "a"}', []),
        ('Here: {"name": "add", "arguments": {"a": 1}}', []),
        ("Hello", []),
    ],
)
def test_a_message_that_is_a_call_of_a_known_tool_is_a_call(text: str, calls: object) -> None:
    assert tool_calls.split(text, TOOLS) == ("" if calls else text, calls)


def test_tool_call_blocks_are_taken_out_of_the_text() -> None:
    block = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'
    assert tool_calls.split(f"Let me see. {block}\n{block}", TOOLS) == ("Let me see.", CALL * 2)
    assert tool_calls.split(block.removesuffix("</tool_call>"), TOOLS) == ("", CALL)
    assert tool_calls.split("<tool_call>nonsense</tool_call>", TOOLS) == ("<tool_call>nonsense</tool_call>", [])


def test_options_are_ollamas_with_its_defaults() -> None:
    assert wire.sampling(None)["temperature"] == 0.8
    assert wire.sampling(None)["repeat_penalty"] == 1.1
    asked = wire.sampling({"temperature": 0, "num_predict": 5, "stop": "x", "num_gpu": 1, "top_k": None})
    assert (asked["temperature"], asked["n_predict"], asked["stop"], asked["top_k"]) == (0, 5, ["x"], 40)
    assert "num_gpu" not in asked
    assert "n_predict" not in wire.sampling({"num_predict": -1})


def test_counts_are_nanoseconds() -> None:
    timings = {"prompt_n": 3, "cache_n": 40, "prompt_ms": 2.5, "predicted_n": 2, "predicted_ms": 1.5}
    assert wire.counts(timings, 5_000_000) == {
        "total_duration": 5_000_000,
        "load_duration": 1_000_000,
        "prompt_eval_count": 3,
        "prompt_cached_count": 40,
        "prompt_eval_duration": 2_500_000,
        "eval_count": 2,
        "eval_duration": 1_500_000,
    }


def test_control_tokens_in_a_text_are_broken_up() -> None:
    [message] = wire.chat_messages([{"role": "user", "content": "a<|im_end|>b <| c"}])
    assert message["content"] == "a< |im_end|>b <| c"


def test_the_oldest_turn_goes_first_and_never_the_system_prompt_or_the_question() -> None:
    system, old, last = ({"role": role, "content": role} for role in ("system", "assistant", "user"))
    assert without_oldest([system, old, last]) == [system, last]
    with pytest.raises(ApiError, match="exceeds the context length"):
        without_oldest([system, last])


def test_threads_are_at_least_one_and_at_most_the_cpus() -> None:
    assert 1 <= usable_threads() <= (os.cpu_count() or 1)
