"""The public application: tracked links and pictures, unsubscribing, preferences, forms, webhooks, and
what platforms answer when an account is connected.

It stands before the other pages and takes only its own paths, under whatever host name: the public address of the hub may
lead here while the pages of the house stay at home.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.public.calendar import PATH as CALENDAR
from ui.public.calendar import calendar_routes
from ui.public.choosing import choosing_routes
from ui.public.connecting import PATH as CONNECT
from ui.public.connecting import connecting_routes
from ui.public.forms import TooLarge
from ui.public.hits import Hits
from ui.public.hooks import hook_routes
from ui.public.pages import HEADERS, trouble, unknown_link
from ui.public.signing_up import signing_up_routes

if TYPE_CHECKING:
    from agent import Hub

log = logging.getLogger(__name__)

#: Where the application's own paths begin.
PREFIXES = ("/c/", "/o/", "/u/", "/p/", "/s/", "/f/", "/hooks/", CALENDAR, CONNECT)


def make_public_app(hub: Hub) -> ASGIApp:
    """The application over one hub: part of `serve`, and able to stand alone behind a public address."""
    from agent.accounts import calendar_feed
    from agent.public import Public

    public = Public(hub)

    async def broken(request: Request, error: Exception) -> Response:
        log.exception("a public page failed: %s %s", request.method, request.url.path[:3], exc_info=error)
        return trouble("")

    async def nothing(request: Request, error: Exception) -> Response:
        return unknown_link(await asyncio.to_thread(public.house))

    async def too_large(request: Request, error: Exception) -> Response:
        return PlainTextResponse("This is longer than anybody has reason to send.", 413, HEADERS)

    routes = [
        *choosing_routes(public), *signing_up_routes(public), *hook_routes(public), *calendar_routes(calendar_feed(hub)),
        *connecting_routes(hub),
    ]  # fmt: skip
    handlers = {Exception: broken, 404: nothing, TooLarge: too_large}
    return PublicApp(Hits(public), Starlette(routes=routes, exception_handlers=handlers))


class PublicApp:
    """Clicks and opens first, then every other public path."""

    def __init__(self, hits: Hits, rest: ASGIApp) -> None:
        self._hits = hits
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and await self._hits(scope, receive, send):
            return
        await self._rest(scope, receive, send)


class WithPublic:
    """Public paths go to the public application, the rest to the pages of the house. Built at the first request."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        self._hub = hub
        self._public: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIXES):
            if self._public is None:
                self._public = make_public_app(self._hub)
            await self._public(scope, receive, send)
            return
        await self._app(scope, receive, send)
