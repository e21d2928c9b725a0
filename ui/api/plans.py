"""Plans: what waits at the gate, and a person's word on it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ui.api import paging
from ui.api.messages import Answer, Request
from ui.api.operations import Operation, Schema, json_answer, reference
from ui.api.problems import PREFIX, Problem
from ui.api.reading import json_object
from ui.api.workers import Workers

if TYPE_CHECKING:
    from agent import Hub, PlanView, Turn

SURFACE = "http"
#: Ids are whole numbers of the database.
LARGEST_ID = 2**31 - 1

SCHEMA: Schema = {
    "type": "object",
    "description": "What exactly would happen, and where a person says yes or no to it.",
    "properties": {
        "id": {"type": "integer"},
        "tool": {"type": "string"},
        "arguments": {"type": "object"},
        "preview": {"type": "object", "description": "What would happen, as data."},
        "text": {"type": "string", "description": "What would happen, as a person reads it (Markdown)."},
        "state": {"enum": ["waiting", "executed", "rejected", "superseded"]},
        "fingerprint": {"type": "string", "description": "SHA-256 over tool, arguments and preview."},
        "conversation": {"type": ["string", "null"]},
        "asked_by": {"type": "string"},
        "asked_at": {"type": "string", "format": "date-time"},
        "decided_by": {"type": ["string", "null"]},
        "replaced_by": {"type": ["integer", "null"], "description": "The plan that stands in its place."},
        "self": {"type": "string"},
        "approve": {"type": "string", "description": "POST here to have it carried out (scope approve)."},
        "reject": {"type": "string", "description": "POST here to close it (scope approve)."},
    },
    "required": ["id", "tool", "arguments", "preview", "text", "state", "fingerprint", "approve", "reject"],
}
_DECIDED: Schema = {
    "type": "object",
    "properties": {
        "plan": reference("Plan"),
        "text": {"type": "string"},
        "result": {"type": ["object", "null"], "description": "The tool's result; null where the plan was rejected."},
    },
    "required": ["plan", "text", "result"],
}
_ID: Schema = {
    "name": "plan",
    "in": "path",
    "required": True,
    "description": "The plan's number.",
    "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
    "example": 1,
}
_FINGERPRINT: Schema = {
    "type": "object",
    "properties": {
        "fingerprint": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "The plan's fingerprint as it was shown; another one is refused. May be left out.",
        }
    },
    "additionalProperties": False,
}


def plan_body(plan: PlanView) -> dict[str, Any]:
    """A plan as it is answered."""
    own = f"{PREFIX}/plans/{plan.id}"
    return {**plan.model_dump(mode="json"), "self": own, "approve": f"{own}/approve", "reject": f"{own}/reject"}


def plan_operations(hub: Hub, workers: Workers) -> list[Operation]:
    """Looking at plans, approving and rejecting them."""

    async def waiting(request: Request) -> Answer:
        refuse_query(request, paging.PARAMETERS)
        page = paging.wanted_page(request.query)
        plans = await workers.run(hub.plans)
        about, headers = paging.described(page, len(plans), request.target, request.query)
        shown = plans[page.offset : page.offset + page.limit]
        return Answer(200, {"plans": [plan_body(plan) for plan in shown], "page": about}, headers)

    async def one(request: Request) -> Answer:
        refuse_query(request)
        return Answer(200, plan_body(await workers.run(partial(hub.plan, _number(request)))))

    async def decide(approve: bool, request: Request) -> Answer:
        refuse_query(request)
        given = json_object(request.body, request.headers)
        return await workers.run(partial(_decide, hub, _number(request), approve, request, given), writing=True)

    def deciding(word: str, summary: str, description: str) -> Operation:
        return Operation(
            id=f"{word}_plan", method="POST", path=f"/plans/{{plan}}/{word}", scope="approve", group="plans",
            summary=summary, description=description, handle=partial(decide, word == "approve"), parameters=(_ID,),
            body=_FINGERPRINT, example={}, answers={200: json_answer("Done.", _DECIDED)},
            refusals=(400, 404, 409, 413, 415, 422),
        )  # fmt: skip

    listed = {
        "type": "object",
        "properties": {"plans": {"type": "array", "items": reference("Plan")}, "page": reference("Page")},
        "required": ["plans", "page"],
    }
    return [
        Operation(
            id="list_plans", method="GET", path="/plans", scope="read", group="plans",
            summary="The plans that wait for a person, oldest first.", handle=waiting,
            parameters=paging.DOCUMENTED, answers={200: json_answer("The plans.", listed, paging.LINK_HEADER)},
            refusals=(400, 422),
        ),
        Operation(
            id="get_plan", method="GET", path="/plans/{plan}", scope="read", group="plans",
            summary="One plan, whatever became of it.", handle=one, parameters=(_ID,),
            answers={200: json_answer("The plan.", reference("Plan"))}, refusals=(400, 404, 422),
        ),
        deciding(
            "approve", "Approve a plan: exactly what it shows is carried out, once.",
            "Approving it again gives the same answer. If what would happen has changed since it was shown, nothing is "
            "done: the answer is 409 (plan-changed) and names the plan that waits instead.",
        ),
        deciding("reject", "Reject a plan: it is closed, and nothing happens.", "Rejecting it again is no error."),
    ]  # fmt: skip


def refuse_query(request: Request, known: tuple[str, ...] = ()) -> None:
    """Raises Problem for a query parameter that the operation does not have."""
    for name, _ in request.query:
        if name not in known:
            raise Problem("bad-input", f"There is no parameter {name[:80]!r} here.", more={"field": name})


def _number(request: Request) -> int:
    value = request.path["plan"]
    if not (value.isascii() and value.isdigit() and len(value) < 15 and 0 < int(value) <= LARGEST_ID):
        raise Problem("bad-input", f"A plan is named by its number; “{value[:40]}” is none.", more={"field": "plan"})
    return int(value)


def _decide(hub: Hub, number: int, approve: bool, request: Request, given: dict[str, Any]) -> Answer:
    for name in given:
        if name != "fingerprint":
            raise Problem("bad-input", f"There is no {name[:80]!r} here, only fingerprint.", more={"field": name})
    before = hub.plan(number)
    if "fingerprint" in given and given["fingerprint"] != before.fingerprint:
        if not isinstance(given["fingerprint"], str) or len(given["fingerprint"]) != len(before.fingerprint):
            raise Problem("bad-input", "A fingerprint is 64 hexadecimal digits.", more={"field": "fingerprint"})
        raise Problem(
            "conflict", f"Plan {number} is not what you saw: its fingerprint is another one. Look at it again."
        )
    turn = (hub.approve if approve else hub.reject)(number, person=request.person, surface=SURFACE)
    after = hub.plan(number)
    if after.state != ("executed" if approve else "rejected"):
        _refuse(hub, after, turn)
    result = turn.calls[0].result if turn.calls else None
    return Answer(200, {"plan": plan_body(after), "text": turn.reply, "result": result})


def _refuse(hub: Hub, plan: PlanView, turn: Turn) -> None:
    if plan.replaced_by is not None:
        more = {"plan": plan_body(hub.plan(plan.replaced_by))}
        raise Problem("plan-changed", turn.reply, {"Location": more["plan"]["self"]}, more)
    raise Problem("conflict", turn.reply)
