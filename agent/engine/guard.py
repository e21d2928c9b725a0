"""Keeps web pages away: a page in the user's browser can reach loopback ports, but not lie about its origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class LoopbackOnly:
    """Refuses requests for another host name (DNS rebinding) and those that a foreign page's script sends, with 403."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not _is_local(Headers(scope=scope)):
            await JSONResponse({"error": "only this machine may ask"}, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_local(headers: Headers) -> bool:
    host = urlsplit(f"//{headers.get('host', '')}").hostname
    origin = headers.get("origin")
    return host in _LOOPBACK and (origin is None or urlsplit(origin).hostname in _LOOPBACK)
