"""Chat and generate: one queued request to llama.cpp, told piece by piece in Ollama's words."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from agent.engine import tool_calls, wire
from agent.engine.errors import ApiError
from agent.engine.llama import ContextExceeded, Llama
from agent.engine.prefixes import Prefixes, head_of, key_of
from agent.engine.slots import Slot, Slots

log = logging.getLogger(__name__)

Json = dict[str, Any]
_CHAT, _BARE = "/v1/chat/completions", "/completion"


@dataclass
class Piece:
    """A bit of an answer; the last one carries the `reason` why it ended ("stop" or "length") and the `timings`."""

    text: str = ""
    calls: list[Json] = field(default_factory=list)
    reason: str = ""
    timings: Json = field(default_factory=dict)


class Completer:
    """Runs as many requests at a time as llama.cpp has slots; the others wait in `slots`."""

    def __init__(self, llama: Llama, slots: Slots, prefixes: Prefixes) -> None:
        self._llama, self._slots, self._prefixes = llama, slots, prefixes

    async def chat(self, body: Json) -> AsyncIterator[Json]:
        """The pieces of an /api/chat answer; the last one has `done: true` and the counts."""
        messages = wire.chat_messages(body.get("messages") or [])
        tools = body.get("tools") or []
        output = wire.output_format(body.get("format"))
        request = wire.sampling(body.get("options")) | output

        def run(slot: Json) -> AsyncIterator[Piece]:
            if not messages:
                return _loaded()
            if tools:
                return self._with_tools(request | slot, messages, tools, formatted=bool(output))
            pieces = self._shortened(request | slot, messages)
            return _checked(pieces) if output else pieces

        async for told in self._told(body, run, head_of(messages), tools):
            text, calls = told.pop("text"), told.pop("calls")
            message: Json = {"role": "assistant", "content": text}
            yield told | {"message": message | ({"tool_calls": calls} if calls else {})}

    async def generate(self, body: Json) -> AsyncIterator[Json]:
        """The pieces of an /api/generate answer: the chat of one message, or with `raw` the bare prompt."""
        prompt = body.get("prompt") or ""
        output = wire.output_format(body.get("format"))
        request = wire.sampling(body.get("options")) | output
        turns = [{"role": "system", "content": body["system"]}] if body.get("system") else []
        messages = wire.chat_messages([*turns, {"role": "user", "content": prompt}])

        def run(slot: Json) -> AsyncIterator[Piece]:
            if not prompt:
                return _loaded()
            raw = bool(body.get("raw"))
            pieces = self._bare(request | slot, prompt) if raw else self._shortened(request | slot, messages)
            return _checked(pieces) if output else pieces

        async for told in self._told(body, run, [] if body.get("raw") else head_of(messages)):
            told.pop("calls")
            yield told | {"response": told.pop("text")}

    async def _told(
        self, body: Json, run: Callable[[Json], AsyncIterator[Piece]], head: list[Json], tools: Any = None
    ) -> AsyncIterator[Json]:
        """Ollama's frame around the pieces: names, times, and the counts at the end.

        A beginning that is met for the first time is stored after the answer, while its slot still holds it.
        """
        started = time.perf_counter_ns()
        frame: Json = {"model": body["model"]}
        last = Piece()
        async with self._slots.take(key_of(head, tools)) as slot:
            await self._prefixes.put_back(slot, key_of(head, tools))
            async for piece in run({"id_slot": slot.number}):
                last = piece if piece.reason else last
                if piece.text or piece.calls:
                    yield frame | {"created_at": wire.now(), "done": False, "text": piece.text, "calls": piece.calls}
            slot.cost = last.timings.get("prompt_n", 0) + last.timings.get("cache_n", 0)
            end: Json = {"created_at": wire.now(), "done": True, "done_reason": last.reason or "stop"}
            if last.reason != "load":
                end |= wire.counts(last.timings, time.perf_counter_ns() - started)
            yield frame | end | {"text": "", "calls": []}
            if last.reason != "load" and not tools and self._prefixes.is_due(head):
                await self._store(slot, head)

    async def _store(self, slot: Slot, head: list[Json]) -> None:
        try:
            await self._prefixes.store(slot, head)
        except ApiError as error:  # a full disk: the answer is given, the next start only takes longer
            log.warning("a prompt's beginning could not be stored: %s", error.message)

    async def _shortened(self, request: Json, messages: list[Json]) -> AsyncIterator[Piece]:
        """A streamed chat. Too long a conversation loses its oldest turns, as in Ollama."""
        while True:
            try:
                async for event in self._llama.stream(_CHAT, request | {"messages": messages}):
                    choice = (event["choices"] or [{}])[0]
                    text = (choice.get("delta") or {}).get("content") or ""
                    yield Piece(text, reason=_reason(choice.get("finish_reason")), timings=event.get("timings", {}))
                return
            except ContextExceeded:
                messages = without_oldest(messages)

    async def _with_tools(
        self, request: Json, messages: list[Json], tools: list[Json], formatted: bool
    ) -> AsyncIterator[Piece]:
        """The whole answer in one piece, since half a tool call is of no use. A format leaves no room for calls."""
        text, last = "", Piece()
        while True:
            prompt = await self._llama.post("/apply-template", {"messages": messages, "tools": tools})
            try:
                async for last in self._bare(request, prompt["prompt"]):
                    text += last.text
                break
            except ContextExceeded:
                messages = without_oldest(messages)
        content, calls = (text, []) if formatted else tool_calls.split(text, tools)
        yield Piece(content, calls, last.reason, last.timings)

    async def _bare(self, request: Json, prompt: str) -> AsyncIterator[Piece]:
        async for event in self._llama.stream(_BARE, request | {"prompt": prompt}):
            reason = ("length" if event.get("stop_type") == "limit" else "stop") if event.get("stop") else ""
            yield Piece(event.get("content") or "", reason=reason, timings=event.get("timings", {}))


def _reason(finish_reason: str | None) -> str:
    if finish_reason is None:
        return ""
    return "length" if finish_reason == "length" else "stop"


async def _loaded() -> AsyncIterator[Piece]:
    """Ollama's answer to a request without a prompt: the model is there."""
    yield Piece(reason="load")


async def _checked(pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    """The same pieces; an answer that ended by itself and is not JSON after all is an error, never an answer."""
    text, reason = "", ""
    async for piece in pieces:
        text, reason = text + piece.text, piece.reason or reason
        yield piece
    if reason == "stop":
        try:
            json.loads(text)
        except ValueError:
            raise ApiError(500, "the model's answer is not valid JSON, although a format was given") from None


def without_oldest(messages: list[Json]) -> list[Json]:
    """Without the oldest turn: system messages and the last message stay. Raises ApiError when nothing can go."""
    for index, message in enumerate(messages[:-1]):
        if message["role"] != "system":
            return messages[:index] + messages[index + 1 :]
    raise ApiError(400, "the input length exceeds the context length")
