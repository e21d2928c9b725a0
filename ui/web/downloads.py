"""Files that pages link to: reports that were made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from agent import HubError

if TYPE_CHECKING:
    from agent import Hub


def add_route(app: FastAPI, hub: Hub) -> None:
    """`/files/reports/3`: a report's file. Always to be saved, never shown: a page of ours it is not."""

    @app.get("/files/reports/{number}")
    async def report(number: int) -> Response:
        try:
            found = await asyncio.to_thread(hub.views.analytics.report, number)
        except HubError as error:
            return PlainTextResponse(error.sentence, status_code=404)
        disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
        return Response(found.content, media_type=found.media_type, headers={"Content-Disposition": disposition})
