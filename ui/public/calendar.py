"""`GET /calendar/TOKEN.ics`: the scheduled posts, for a calendar program that has the signed address."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.public.pages import HEADERS

if TYPE_CHECKING:
    from agent.accounts import CalendarFeed

PATH = "/calendar/"


def calendar_routes(feed: CalendarFeed) -> list[Route]:
    """The route of the feed."""

    async def posts(request: Request) -> Response:
        found = await asyncio.to_thread(feed.read, request.path_params["token"])
        if found is None:
            raise HTTPException(404)
        return Response(found, headers={**HEADERS, "content-type": "text/calendar; charset=utf-8"})

    return [Route(f"{PATH}{{token}}", posts, methods=["GET"])]
