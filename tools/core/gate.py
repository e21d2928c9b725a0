"""The gate: a gated call becomes a plan with a fingerprint; only a person's approval of that very plan carries it out."""

import hashlib
import json
from datetime import date, datetime
from enum import Enum
from typing import Any, get_type_hints

from sqlalchemy.orm import Session

from memory.plans import EXECUTED, REJECTED, SUPERSEDED, WAITING, Plan, plan_for_update, waiting_plans
from tools.core.context import Asker, Context
from tools.core.declare import Tool
from tools.core.errors import Conflict, HubError, NotAllowed, NotFound, PlanChanged
from tools.core.result import Result


def plain(arguments: dict[str, Any]) -> dict[str, Any]:
    """Typed arguments as JSON values: dates in ISO 8601, enums as their value."""
    return {name: _plain(value) for name, value in arguments.items()}


def fingerprint(tool: str, arguments: dict[str, Any], preview: dict[str, Any]) -> str:
    """SHA-256 over what would happen, as canonical JSON."""
    content = json.dumps([tool, arguments, preview], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def make_plan(ctx: Context, tool: Tool, arguments: dict[str, Any], preview: Result) -> Plan:
    """Store what would happen. A waiting plan for the same record in the same conversation is replaced by it."""
    shown = preview.model_dump(mode="json")
    plan = Plan(
        tool=tool.name,
        arguments=arguments,
        preview=shown,
        text=preview.text,
        fingerprint=fingerprint(tool.name, arguments, shown),
        state=WAITING,
        conversation_id=ctx.conversation_id,
        turn_id=ctx.turn_id,
        call_id=ctx.call_id,
        asked_by=ctx.asker.name,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    ctx.session.add(plan)
    ctx.session.flush()
    if ctx.conversation_id is not None:
        for older in waiting_plans(ctx.session, ctx.conversation_id):
            if older.id != plan.id and older.tool == plan.tool and _subject(tool, older) == _subject(tool, plan):
                older.state, older.superseded_by, older.decided_at = SUPERSEDED, plan.id, ctx.now
    return plan


def plan_to_decide(session: Session, plan_id: int, asker: Asker) -> Plan:
    """The plan, locked for a decision. Raises NotFound, or NotAllowed where `asker` may not decide."""
    if not asker.may_approve:
        raise NotAllowed("Only a person who may approve can decide on a plan.")
    plan = plan_for_update(session, plan_id)
    if plan is None:
        raise NotFound(f"There is no plan {plan_id}.", "plan")
    return plan


def plan_to_amend(session: Session, plan_id: int, asker: Asker) -> Plan:
    """The plan, locked to be laid anew. Raises like `plan_to_decide`, and Conflict where it is decided already."""
    plan = plan_to_decide(session, plan_id, asker)
    if plan.state != WAITING:
        raise Conflict(_closed_sentence(plan))
    return plan


def replace_plan(ctx: Context, plan: Plan, by: int) -> None:
    """Close a plan because another one stands in its place."""
    plan.state, plan.superseded_by, plan.decided_at = SUPERSEDED, by, ctx.now


def recheck(ctx: Context, tool: Tool, checked: dict[str, Any], plan: Plan) -> HubError | None:
    """None where approving `plan` would do exactly what it shows; else why not, with a new plan laid beside it."""
    if plan.state != WAITING:
        return Conflict(_closed_sentence(plan))
    if tool.preview is None:
        raise TypeError(f"{tool.name} is not gated")
    try:
        preview = tool.preview(ctx, **checked)
    except HubError as error:
        plan.state, plan.decided_at = SUPERSEDED, ctx.now
        return Conflict(f"Plan {plan.id} can no longer be carried out: {error.sentence}")
    if fingerprint(tool.name, plan.arguments, preview.model_dump(mode="json")) == plan.fingerprint:
        return None
    renewed = make_plan(ctx, tool, plan.arguments, preview)
    plan.state, plan.superseded_by, plan.decided_at = SUPERSEDED, renewed.id, ctx.now
    renewed.conversation_id, renewed.turn_id = plan.conversation_id, plan.turn_id
    return PlanChanged(
        f"Since plan {plan.id} was shown, something changed, so nothing was done. "
        f"This is what would happen now (plan {renewed.id}): {preview.text}",
        renewed.id,
    )


def mark_executed(ctx: Context, plan: Plan, result: Result) -> None:
    """Close the plan as carried out, in the same transaction as its effect."""
    plan.state, plan.result = EXECUTED, result.model_dump(mode="json")
    plan.decided_by, plan.decided_at = ctx.asker.name, ctx.now


def mark_rejected(ctx: Context, plan: Plan) -> bool:
    """Close the plan as refused; False where it was refused before. Raises Conflict where it is closed otherwise."""
    if plan.state == REJECTED:
        return False
    if plan.state != WAITING:
        raise Conflict(_closed_sentence(plan))
    plan.state, plan.decided_by, plan.decided_at = REJECTED, ctx.asker.name, ctx.now
    return True


def ask_text(plan_id: int, preview: Result) -> str:
    """The plan as it is shown to the person who decides."""
    return f"{preview.text}\n\nNothing has happened yet. Approve with `/approve {plan_id}`, or `/reject {plan_id}`."


def preview_type(tool: Tool) -> type[Result]:
    """The type that a gated tool's preview returns."""
    hint = get_type_hints(tool.preview)["return"]
    assert issubclass(hint, Result)
    return hint  # type: ignore[no-any-return]


def _closed_sentence(plan: Plan) -> str:
    if plan.state == SUPERSEDED and plan.superseded_by:
        return f"Plan {plan.id} was replaced by plan {plan.superseded_by}; decide on that one."
    words = {EXECUTED: "was carried out already", REJECTED: "was rejected", SUPERSEDED: "no longer fits"}
    return f"Plan {plan.id} {words.get(plan.state, plan.state)}."


def _subject(tool: Tool, plan: Plan) -> tuple[Any, ...]:
    return tuple(plan.arguments.get(argument.name) for argument in tool.arguments if argument.noun)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
