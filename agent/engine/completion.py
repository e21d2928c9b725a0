"""Chat and generate: one queued request to llama.cpp, told piece by piece in Ollama's words."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from agent.engine import tool_calls, wire
from agent.engine.errors import ApiError
from agent.engine.llama import ContextExceeded, Llama

Json = dict[str, Any]


class Completer:
    """Runs as many requests at a time as llama.cpp has slots; the others wait here, first come first served.

    Waiting here rather than inside llama.cpp makes a waiting request free to cancel.
    """

    def __init__(self, llama: Llama) -> None:
        self._llama = llama
        self._free = asyncio.Semaphore(llama.settings.slots)

    async def chat(self, body: Json) -> AsyncIterator[Json]:
        """The pieces of an /api/chat answer; the last one has `done: true` and the counts.

        With tools the answer comes in one piece, since half a tool call is of no use.
        """
        started = time.perf_counter_ns()
        messages = wire.chat_messages(body.get("messages") or [])
        head = {"model": body["model"]}
        if not messages:
            yield head | {"created_at": wire.now(), "message": _says(""), "done": True, "done_reason": "load"}
            return
        request = wire.sampling(body.get("options")) | wire.output_format(body.get("format")) | {"cache_prompt": True}
        tools = body.get("tools") or []
        if tools:
            request["tools"] = tools
        async with self._free:
            finish: Json = {}
            async for choice, event in self._pieces(request, messages, whole=bool(tools)):
                if timings := event.get("timings"):
                    finish |= {"timings": timings}
                if reason := choice.get("finish_reason"):
                    finish |= {"reason": reason}
                if message := _ollama_message(choice, tools):
                    yield head | {"created_at": wire.now(), "message": message, "done": False}
        yield head | {
            "created_at": wire.now(),
            "message": _says(""),
            "done": True,
            "done_reason": "length" if finish.get("reason") == "length" else "stop",
            **wire.counts(finish.get("timings", {}), time.perf_counter_ns() - started),
        }

    async def _pieces(self, request: Json, messages: list[Json], whole: bool) -> AsyncIterator[tuple[Json, Json]]:
        """llama.cpp's choices with their events. Too long a conversation loses its oldest turns, as in Ollama."""
        while True:
            try:
                if whole:
                    answer = await self._llama.post("/v1/chat/completions", request | {"messages": messages})
                    yield answer["choices"][0], answer
                else:
                    async for event in self._llama.stream("/v1/chat/completions", request | {"messages": messages}):
                        yield (event["choices"] or [{}])[0], event
                return
            except ContextExceeded:
                messages = _without_oldest(messages)

    async def generate(self, body: Json) -> AsyncIterator[Json]:
        """The pieces of an /api/generate answer: the chat of one message, or with `raw` the bare prompt."""
        started = time.perf_counter_ns()
        prompt = body.get("prompt") or ""
        if not prompt:
            done = {"response": "", "done": True, "done_reason": "load"}
            yield {"model": body["model"], "created_at": wire.now(), **done}
            return
        if not body.get("raw"):
            turns = [{"role": "system", "content": body["system"]}] if body.get("system") else []
            turns.append({"role": "user", "content": prompt})
            async for piece in self.chat({**body, "messages": turns, "tools": None}):
                message = piece.pop("message")
                yield piece | {"response": message["content"]}
            return
        request = wire.sampling(body.get("options")) | wire.output_format(body.get("format")) | {"cache_prompt": True}
        async with self._free:
            event: Json = {}
            async for event in self._llama.stream("/completion", request | {"prompt": prompt}):
                if event.get("content"):
                    yield {
                        "model": body["model"], "created_at": wire.now(), "response": event["content"], "done": False
                    }  # fmt: skip
        yield {
            "model": body["model"],
            "created_at": wire.now(),
            "response": "",
            "done": True,
            "done_reason": "length" if event.get("stop_type") == "limit" else "stop",
            **wire.counts(event.get("timings", {}), time.perf_counter_ns() - started),
        }


def _says(text: str) -> Json:
    return {"role": "assistant", "content": text}


def _ollama_message(choice: Json, tools: list[Json]) -> Json | None:
    """The message of one piece, or None when the piece says nothing."""
    message = choice.get("message") or choice.get("delta") or {}
    content = message.get("content") or ""
    calls = tool_calls.from_llama(message) if tools else []
    if tools and not calls and (calls := tool_calls.from_bare_json(content, tools)):
        content = ""
    if calls:
        return _says(content) | {"tool_calls": calls}
    return _says(content) if content else None


def _without_oldest(messages: list[Json]) -> list[Json]:
    """Without the oldest turn: system messages and the last message stay. Raises ApiError when nothing can go."""
    for index, message in enumerate(messages[:-1]):
        if message["role"] != "system":
            return messages[:index] + messages[index + 1 :]
    raise ApiError(400, "the input length exceeds the context length")
