"""`GET /connect/callback`: where a platform sends the person back to who connects an account in the browser."""

from __future__ import annotations

import asyncio
from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.public.pages import page

if TYPE_CHECKING:
    from agent import Hub

PATH = "/connect/"


def connecting_routes(hub: Hub) -> list[Route]:
    """The route of the answer. It changes nothing unless it carries the secret of a connection that was begun here."""
    from agent import HubError
    from agent.accounts import CALLBACK, finish_connecting

    async def answered(request: Request) -> Response:
        try:
            account = await asyncio.to_thread(finish_connecting, hub, dict(request.query_params))
        except HubError as error:
            return page("", "The account was not connected", f"<p>{escape(error.sentence)}</p>", status=400)
        said = f"{account.handle} on {account.name}. Scheduled posts go out from it. You can close this page."
        return page("", "The account is connected", f"<p>{escape(said)}</p>")

    return [Route(CALLBACK, answered, methods=["GET"])]
