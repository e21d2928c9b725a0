"""Webhooks: what other systems tell, signed. See tools.receiving.hooks for the form of a call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent import HubError
from ui.public.forms import MOST_OF_A_HOOK, body_of
from ui.public.pages import HEADERS

if TYPE_CHECKING:
    from agent.public import Public

_NO_SECRET = "This hub takes no events yet: its setting hook_secret is not set."


def hook_routes(public: Public) -> list[Route]:
    """`/hooks/events` and `/hooks/mail`."""

    async def events(request: Request) -> Response:
        from agent.public import NotSigned

        if not public.takes_events:
            return _answer(503, {"message": _NO_SECRET})
        body = await body_of(request, MOST_OF_A_HOOK)
        take = public.told if request.url.path.endswith("/events") else public.told_of_mail
        try:
            told = await asyncio.to_thread(take, dict(request.headers), body)
        except NotSigned as error:
            return _answer(401, {"message": f"{error}."})
        except HubError as error:
            return _answer(422, {"message": error.sentence, "field": getattr(error, "field", None)})
        return _answer(200, {"stored": told.stored, "repeated": told.repeated, "unknown": told.unknown})

    return [Route("/hooks/events", events, methods=["POST"]), Route("/hooks/mail", events, methods=["POST"])]


def _answer(status: int, body: dict[str, object]) -> Response:
    return JSONResponse(body, status, HEADERS)
