"""The API as an ASGI application: each request is named, allowed, read, carried out and answered here."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from agent import ConversationView, Health, HubError, Turn
from ui.api.chat import chat_operation
from ui.api.describing import ResultSchemas
from ui.api.guard import Failures, authenticate, refuse_foreign_pages
from ui.api.looking import looking_operations
from ui.api.messages import Answer, Request, Stream
from ui.api.openapi import describe
from ui.api.operations import Operation
from ui.api.plans import plan_operations
from ui.api.problems import PREFIX, Problem, of_hub
from ui.api.reading import ClientGone, query_pairs, read_body
from ui.api.reference import reference_page
from ui.api.routing import Table
from ui.api.tools import tool_operations
from ui.api.workers import Workers

if TYPE_CHECKING:
    from agent import Hub

log = logging.getLogger(__name__)


class Api:
    """All operations over one hub."""

    def __init__(self, hub: Hub, *, failures: Failures | None = None) -> None:
        self._hub = hub
        self._workers = Workers()
        self._failures = failures or Failures()
        schemas = ResultSchemas(hub.tools.values(), (Turn, ConversationView, Health))
        self.operations = [
            *tool_operations(hub, self._workers, schemas),
            *plan_operations(hub, self._workers),
            chat_operation(hub, schemas),
            *looking_operations(hub, self._workers, schemas),
        ]
        self.description = describe(self.operations, schemas)
        self._table = Table([*self.operations, *self._open_operations()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the API does not speak {scope['type']}")
        request_id = secrets.token_hex(12)
        try:
            answer = await self._answer(scope, receive, request_id)
        except ClientGone:
            return
        except Problem as problem:
            answer = problem.answer(request_id)
        except HubError as error:
            answer = of_hub(error).answer(request_id)
        except Exception:
            log.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            detail = (
                f"Something went wrong inside the hub, and it cannot say what. Its log says more under {request_id}."
            )
            answer = Problem("broken", detail).answer(request_id)
        await _send(answer, request_id, scope["method"], send)

    async def _answer(self, scope: Scope, receive: Receive, request_id: str) -> Answer | Stream:
        headers = Headers(scope=scope)
        refuse_foreign_pages(headers)
        operation, path = self._table.find("GET" if scope["method"] == "HEAD" else scope["method"], scope)
        token = None
        if operation.scope is not None:
            address = scope["client"][0] if scope.get("client") else ""
            check = partial(authenticate, self._hub, headers, operation.scope, address, self._failures)
            token = await self._workers.run(check)
        request = Request(
            id=request_id,
            method=scope["method"],
            target=_target(operation, path),
            path=path,
            query=query_pairs(scope["query_string"]),
            headers=headers,
            body=await read_body(headers, receive) if operation.body is not None else b"",
            token=token,
            receive=receive,
        )
        return await operation.handle(request)

    def _open_operations(self) -> list[Operation]:
        """What tells how the API is used: nothing of the house is in it, so no token is asked for."""

        async def description(request: Request) -> Answer:
            return Answer(200, self.description)

        async def page(request: Request) -> Answer:
            host = f"http://{request.headers.get('host', '127.0.0.1')}"
            return Answer(200, reference_page(self.operations, host), media_type="text/html; charset=utf-8")

        return [
            Operation("get_description", "GET", "/openapi.json", None, "hub", "This description.", description),
            Operation("get_reference", "GET", "/docs", None, "hub", "This description as a page.", page),
        ]


class WithApi:
    """Everything under the prefix goes to the API, the rest to the pages."""

    def __init__(self, app: ASGIApp, api: Api) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        under = scope["type"] == "http" and f"{scope['path']}/".startswith(f"{PREFIX}/")
        await (self._api if under else self._app)(scope, receive, send)


def _target(operation: Operation, path: Mapping[str, str]) -> str:
    """The address as it is meant, whichever way it was written."""
    from urllib.parse import quote

    target = operation.path
    for name, value in path.items():
        target = target.replace(f"{{{name}}}", quote(value, safe=""))
    return f"{PREFIX}{target}"


async def _send(answer: Answer | Stream, request_id: str, method: str, send: Send) -> None:
    headers = {"x-request-id": request_id, "cache-control": "no-store"}
    if isinstance(answer, Stream):
        headers |= {"content-type": answer.media_type, "x-accel-buffering": "no"}
        await send({"type": "http.response.start", "status": 200, "headers": _encoded(headers)})
        try:
            async for piece in answer.pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await asyncio.shield(_closed(answer))
        return
    body = answer.encoded()
    headers |= {"content-type": answer.media_type, "content-length": str(len(body))}
    headers |= {name.lower(): value for name, value in answer.headers.items()}
    await send({"type": "http.response.start", "status": answer.status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


async def _closed(stream: Stream) -> None:
    close = getattr(stream.pieces, "aclose", None)
    if close is not None:
        await close()


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
