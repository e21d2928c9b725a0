"""Looking at the house: conversations, their turns, and how each part is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ui.api import paging
from ui.api.describing import ResultSchemas
from ui.api.messages import Answer, Request
from ui.api.operations import Operation, Schema, json_answer
from ui.api.plans import refuse_query
from ui.api.problems import Problem
from ui.api.workers import Workers

if TYPE_CHECKING:
    from agent import Hub

_ID: Schema = {
    "name": "conversation",
    "in": "path",
    "required": True,
    "description": "The conversation's id.",
    "schema": {"type": "string", "minLength": 1},
    "example": "1b4e28ba-2fa1-4d11-883f-0016d3cca427",
}


def looking_operations(hub: Hub, workers: Workers, schemas: ResultSchemas) -> list[Operation]:
    """Conversations and health."""
    from agent import ConversationView, Health, Turn

    async def conversations(request: Request) -> Answer:
        refuse_query(request, ("limit",))
        limit = paging.wanted_page(request.query).limit
        found = await workers.run(partial(hub.conversations, limit))
        return Answer(200, {"conversations": [one.model_dump(mode="json") for one in found]})

    async def turns(request: Request) -> Answer:
        refuse_query(request)
        wanted = request.path["conversation"]
        found = await workers.run(partial(hub.turns, wanted)) if wanted.isprintable() else []
        if not found:
            raise Problem("not-found", "There is no such conversation.", more={"field": "conversation"})
        return Answer(200, {"id": wanted, "turns": [turn.model_dump(mode="json") for turn in found]})

    async def health(request: Request) -> Answer:
        refuse_query(request)
        parts = await workers.run(hub.health)
        ok = all(part.ok for part in parts)
        return Answer(200 if ok else 503, {"ok": ok, "parts": [part.model_dump(mode="json") for part in parts]})

    def listed(name: str, item: Schema) -> Schema:
        return {"type": "object", "properties": {name: {"type": "array", "items": item}}, "required": [name]}

    state = {"allOf": [{"properties": {"ok": {"type": "boolean"}}}, listed("parts", schemas.of(Health))]}
    return [
        Operation(
            id="list_conversations", method="GET", path="/conversations", scope="read", group="chat",
            summary="Conversations, the one spoken in last first.", handle=conversations,
            parameters=paging.DOCUMENTED[:1],
            answers={200: json_answer("They.", listed("conversations", schemas.of(ConversationView)))},
            refusals=(400, 422),
        ),
        Operation(
            id="get_conversation", method="GET", path="/conversations/{conversation}", scope="read", group="chat",
            summary="A conversation's turns in order.", handle=turns, parameters=(_ID,),
            answers={200: json_answer("The turns.", listed("turns", schemas.of(Turn)))}, refusals=(400, 404, 422),
        ),
        Operation(
            id="get_health", method="GET", path="/health", scope="read", group="hub",
            summary="How each part of the hub is.", handle=health, refusals=(400, 422),
            answers={200: json_answer("All is well.", state), 503: json_answer("A part is not well.", state)},
        ),
    ]  # fmt: skip
