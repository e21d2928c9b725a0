"""The HTTP side: Ollama's routes over llama.cpp and wordllama, as a Starlette application."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from agent.engine.completion import Completer
from agent.engine.embedder import DIMENSIONS, Embedder
from agent.engine.errors import ApiError
from agent.engine.guard import LoopbackOnly
from agent.engine.llama import Llama
from agent.engine.models import Registry
from agent.engine.prefixes import Prefixes
from agent.engine.slots import Slots
from agent.engine.users import Users

Json = dict[str, Any]
Handler = Callable[[Request], Awaitable[Response]]


class Engine:
    """The routes' shared state: the loaded models, the queue in front of them and who uses them."""

    def __init__(self, llama: Llama, embedder: Embedder, registry: Registry, users: Users, instance: str) -> None:
        self.llama, self.embedder, self.registry, self.users, self.instance = llama, embedder, registry, users, instance
        slots = Slots(llama.settings.slots)
        self.prefixes = Prefixes(llama, slots, registry.models[0].digest)
        self.completer = Completer(llama, slots, self.prefixes)

    async def prepare(self) -> None:
        """What makes the first request as fast as the later ones."""
        await self.llama.warm_up()
        self.prefixes.tidy()

    def app(self) -> Starlette:
        """All routes, behind the guard against web pages."""
        return Starlette(
            routes=[
                Route("/", _root, methods=["GET", "HEAD"]),
                Route("/api/version", self.version, methods=["GET", "HEAD"]),
                Route("/api/tags", self.tags, methods=["GET", "HEAD"]),
                Route("/api/ps", self.ps, methods=["GET", "HEAD"]),
                Route("/api/show", self.show, methods=["POST"]),
                Route("/api/chat", self.chat, methods=["POST"]),
                Route("/api/generate", self.generate, methods=["POST"]),
                Route("/api/embed", self.embed, methods=["POST"]),
                Route("/api/x/status", self.status, methods=["GET"]),
                Route("/api/x/prefix", self.prefix, methods=["POST"]),
                Route("/api/x/lifeline", self.users.lifeline, methods=["GET"]),
            ],
            middleware=[Middleware(LoopbackOnly)],
            exception_handlers={ApiError: _refuse},
        )

    async def version(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "version": "0.12.6",  # the Ollama release whose protocol is spoken
                "engine": f"llama.cpp (xllamacpp {self.llama.build})",
                "instance": self.instance,
                "model": self.registry.models[0].name,
                "users": self.users.count,
            }
        )

    async def tags(self, _request: Request) -> Response:
        return JSONResponse({"models": [model.listing() for model in self.registry.models]})

    async def ps(self, _request: Request) -> Response:
        chat = self.registry.models[0]
        running = {
            **chat.listing(),
            "expires_at": "9999-12-31T23:59:59Z",
            "size_vram": 0,
            "context_length": self.llama.settings.n_ctx,
        }
        return JSONResponse({"models": [running]})

    async def show(self, request: Request) -> Response:
        body = await _body(request)
        model = self.registry.find(body.get("model") or body.get("name"))
        capabilities = ["completion", "tools"] if model.capability == "completion" else ["embedding"]
        template = (await self.llama.get("/props"))["chat_template"] if model.capability == "completion" else ""
        return JSONResponse(
            {
                "modelfile": f"FROM {model.name}",
                "parameters": "",
                "template": template,
                "details": model.details,
                "model_info": model.info,
                "capabilities": capabilities,
                "modified_at": model.modified_at,
            }
        )

    async def status(self, _request: Request) -> Response:
        """GET /api/x/status: how many processes use the engine and how many requests it computes right now."""
        slots = await self.llama.get("/slots")
        processing = sum(bool(slot["is_processing"]) for slot in slots)
        return JSONResponse({"users": self.users.count, "slots": len(slots), "processing": processing})

    async def prefix(self, request: Request) -> Response:
        """POST /api/x/prefix {"messages": [...], "tools": [...]}: see Prefixes.keep. Not part of Ollama's protocol."""
        body = await _body(request)
        return JSONResponse(await self.prefixes.keep(body.get("messages"), body.get("tools")))

    async def chat(self, request: Request) -> Response:
        return await self._complete(request, self.completer.chat)

    async def generate(self, request: Request) -> Response:
        return await self._complete(request, self.completer.generate)

    async def _complete(self, request: Request, run: Callable[[Json], AsyncIterator[Json]]) -> Response:
        body = await _body(request)
        model = self.registry.find(body.get("model"))
        if model.capability != "completion":
            raise ApiError(400, f'"{body["model"]}" does not support chat')
        pieces = run(body)
        if body.get("stream", True):
            # The first piece is awaited here so that a refused request still gets its own HTTP status.
            first = await _unless_disconnected(request, anext(pieces))
            return StreamingResponse(_lines(first, pieces), media_type="application/x-ndjson")
        answer = await _unless_disconnected(request, _last(pieces))
        return JSONResponse(answer)

    async def embed(self, request: Request) -> Response:
        started = time.perf_counter_ns()
        body = await _body(request)
        model = self.registry.find(body.get("model"))
        if model.capability != "embedding":
            raise ApiError(400, "this model does not support embeddings")
        texts = body.get("input") or []
        texts = [texts] if isinstance(texts, str) else texts
        dimensions = body.get("dimensions")
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise ApiError(400, "invalid input type: input must be a text or a list of texts")
        if dimensions is not None and not (isinstance(dimensions, int) and 0 < dimensions <= DIMENSIONS):
            raise ApiError(400, f"dimensions must be between 1 and {DIMENSIONS}")
        vectors, tokens = await asyncio.to_thread(self.embedder.embed, texts, dimensions)
        return JSONResponse(
            {
                "model": body["model"],
                "embeddings": vectors,
                "total_duration": time.perf_counter_ns() - started,
                "load_duration": 0,
                "prompt_eval_count": tokens,
            }
        )


async def _root(_request: Request) -> Response:
    return PlainTextResponse("Ollama is running")  # clients look for exactly this text


async def _refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return JSONResponse({"error": error.message}, status_code=error.status)


async def _body(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"null")
    except ValueError as error:
        raise ApiError(400, f"invalid JSON: {error}") from None
    if body is None:
        raise ApiError(400, "missing request body")
    if not isinstance(body, dict):
        raise ApiError(400, "the request body must be a JSON object")
    return body


async def _last(pieces: AsyncIterator[Json]) -> Json:
    """One message out of all pieces: what Ollama answers to `stream: false`."""
    text, answer = "", {}
    calls: list[Json] = []
    async for answer in pieces:
        message = answer.get("message", {})
        text += message.get("content", "") or answer.get("response", "")
        calls += message.get("tool_calls", [])
    if "message" in answer:
        answer["message"] = {"role": "assistant", "content": text} | ({"tool_calls": calls} if calls else {})
    else:
        answer["response"] = text
    return answer


async def _lines(first: Json, pieces: AsyncIterator[Json]) -> AsyncIterator[str]:
    yield json.dumps(first) + "\n"
    try:
        async for piece in pieces:
            yield json.dumps(piece) + "\n"
    except ApiError as error:  # the status line is long sent: Ollama ends the stream with an error line
        yield json.dumps({"error": error.message}) + "\n"


async def _unless_disconnected(request: Request, work: Awaitable[Json]) -> Json:
    """The work's result; when the client hangs up first, the work is cancelled, which frees its slot."""
    task = asyncio.ensure_future(work)

    async def hung_up() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    watcher = asyncio.ensure_future(hung_up())
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ApiError(499, "the client closed the request")
    finally:
        for pending in (task, watcher):
            pending.cancel()
            with contextlib.suppress(BaseException):
                await pending
