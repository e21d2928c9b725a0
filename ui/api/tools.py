"""Every tool at its route, made from its declaration alone."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from agent import HubError
from agent.access import Begun, Stored
from ui.api import paging
from ui.api.arguments import IN_BODY, arguments_of, body_of, parameters_of
from ui.api.describing import ResultSchemas
from ui.api.messages import JSON, Answer, Request, encode
from ui.api.operations import Operation
from ui.api.plans import plan_body
from ui.api.problems import PREFIX, of_hub
from ui.api.reading import idempotency_key
from ui.api.routing import parameters_of as names_in
from ui.api.workers import Workers

if TYPE_CHECKING:
    from agent import Hub, Tool
    from agent.access import Page, Scope

SURFACE = "http"
REPLAYED = {"Idempotency-Replayed": "true"}


def tool_operations(hub: Hub, workers: Workers, schemas: ResultSchemas) -> list[Operation]:
    """One operation for each tool's route, and a second one where an argument in its path may be left out."""
    caller = ToolCaller(hub, workers, schemas)
    return [caller.operation(tool, path, alone) for tool in hub.tools.values() for path, alone in routes_of(tool)]


def routes_of(tool: Tool) -> list[tuple[str, bool]]:
    """The tool's addresses: its own, and, without the optional arguments in it, the one for all records (then True).

    What may be left out goes together with the word before it: `/email/campaigns/{email_campaign}/analytics` for one
    mailing, `/email/analytics` for all of them.
    """
    optional = [name for name in names_in(tool.path) if not (a := tool.argument(name)) or not a.required]
    if not optional:
        return [(tool.path, False)]
    shorter = tool.path
    for name in optional:
        shorter = re.sub(rf"/[^/{{}}]+/{{{name}}}|/{{{name}}}", "", shorter)
    return [(tool.path, False), (shorter, True)]


def scope_of(tool: Tool) -> Scope:
    """What a token needs: whoever may write may also ask for what is gated, since a plan changes nothing."""
    return "read" if tool.effect == "read" else "write"


class ToolCaller:
    """Calls tools for requests."""

    def __init__(self, hub: Hub, workers: Workers, schemas: ResultSchemas) -> None:
        self._hub = hub
        self._schemas = schemas
        self._workers = workers

    def operation(self, tool: Tool, path: str, alone: bool) -> Operation:
        in_path, now = names_in(path), datetime.now(self._hub.settings.zone)
        body, example = body_of(tool, in_path, now)
        of_all = " This address is for all records; a single one may still be named in the query." if alone else ""
        return Operation(
            id=f"{tool.name}_of_all" if alone else tool.name,
            method=tool.method,
            path=path,
            scope=scope_of(tool),
            group=tool.group,
            summary=tool.summary,
            description=f"{tool.description}{of_all}".strip(),
            handle=partial(self._answer, tool),
            parameters=(*parameters_of(tool, in_path, now), *(paging.DOCUMENTED if tool.rows else ())),
            body=body,
            example=example,
            answers=self._schemas.answers(tool, created=self._creates(tool)),
            refusals=(400, 404, 409, 413, 415, 422, 503) if tool.method in IN_BODY else (400, 404, 409, 422, 503),
            repeatable=tool.method != "GET",
        )

    async def _answer(self, tool: Tool, request: Request) -> Answer:
        page = paging.wanted_page(request.query) if tool.rows else None
        arguments = arguments_of(tool, request, paging.PARAMETERS if tool.rows else ())
        key = idempotency_key(request.headers) if tool.method != "GET" else None
        work = partial(self._once, tool, arguments, request, key) if key else partial(
            self._call, tool, arguments, request, page=page
        )  # fmt: skip
        return await self._workers.run(work, writing=tool.effect == "draft")

    def _once(self, tool: Tool, arguments: dict[str, Any], request: Request, key: str) -> Answer:
        """Carry the request out, or give the answer that it had before. All in one thread, so that whoever hangs up
        meanwhile finds the answer stored."""
        assert request.token is not None
        repeats = self._hub.access.repeats
        begun = repeats.begin(request.token.id, key, _fingerprint(request))
        if isinstance(begun, Stored):
            headers: dict[str, str] = json.loads(begun.headers)
            media_type = headers.pop("Content-Type", JSON)
            return Answer(begun.status, json.loads(begun.body), {**headers, **REPLAYED}, media_type)
        try:
            answer = self._called_or_refused(tool, arguments, request, begun)
        except BaseException:
            repeats.give_back(begun)
            raise
        if answer.status >= 500:
            repeats.give_back(begun)
        else:
            headers = {**answer.headers, "Content-Type": answer.media_type}
            repeats.finish(begun, Stored(answer.status, json.dumps(headers), encode(answer.body).decode()))
        return answer

    def _called_or_refused(self, tool: Tool, arguments: dict[str, Any], request: Request, begun: Begun) -> Answer:
        try:
            return self._call(tool, arguments, request, call_id=begun.call_id)
        except HubError as error:
            return of_hub(error).answer(request.id)

    def _call(
        self,
        tool: Tool,
        arguments: dict[str, Any],
        request: Request,
        *,
        call_id: str | None = None,
        page: Page | None = None,
    ) -> Answer:
        outcome = self._hub.call_as(
            tool.name, arguments, person=request.person, surface=SURFACE, call_id=call_id, page=page, exact=True
        )
        if outcome.plan_id is not None:
            plan = plan_body(self._hub.plan(outcome.plan_id))
            body = {"waiting": True, "plan": plan, "preview": outcome.result.data()}
            return Answer(202, body, {"Location": f"{PREFIX}/plans/{outcome.plan_id}"})
        data = outcome.result.data()
        if page is not None and tool.rows:
            rows = getattr(outcome.result, tool.rows)
            total = data["total"] if tool.pages else len(rows)
            if not tool.pages:
                # The text speaks of the whole list; rows and links are the page's.
                shown = outcome.result.model_copy(update={tool.rows: rows[page.offset : page.offset + page.limit]})
                data |= {tool.rows: shown.model_dump(mode="json")[tool.rows]}
                data |= {"links": [link.model_dump() for link in shown.links]}
            about, headers = paging.described(page, total, request.target, request.query)
            return Answer(200, {**data, "page": about}, headers)
        if self._creates(tool):
            return Answer(201, data, self._location(tool, data))
        return Answer(200, data)

    def _creates(self, tool: Tool) -> bool:
        return tool.method == "POST" and tool.effect in ("write", "draft") and tool.path.endswith("/create")

    def _location(self, tool: Tool, data: dict[str, Any]) -> dict[str, str]:
        """Where the new record is found, if there is an address that shows one."""
        folder = tool.path.removesuffix("/create")
        shown = any(
            other.method == "GET" and re.fullmatch(rf"{re.escape(folder)}/{{\w+}}", other.path)
            for other in self._hub.tools.values()
        )
        return {"Location": f"{PREFIX}{folder}/{data['id']}"} if shown and isinstance(data.get("id"), int) else {}


def _fingerprint(request: Request) -> str:
    """A hash of what is asked. The body counts as it means, not as it is written."""
    try:
        body = json.dumps(json.loads(request.body or b"{}"), sort_keys=True).encode()
    except ValueError:
        body = request.body
    query = repr(sorted(request.query)).encode()
    asked = b"\n".join((request.method.encode(), request.target.encode(), query, body))
    return hashlib.sha256(asked).hexdigest()
