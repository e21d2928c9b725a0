"""A waiting plan as a panel shows it: in parts rather than as one text, with what of it may be changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from tools.core.result import RecordLink
from tools.mailing.sending import REASONS, SendPlan
from tools.posting.cards import PostPlan
from tools.posting.limits import platform_name
from tools.show import count, listing, moment, words

if TYPE_CHECKING:
    from memory.plans import Plan
    from tools.core.declare import Argument, Tool
    from tools.core.door import Door

Shape = Literal["text", "long text", "moment", "day", "number", "choice", "yes or no"]
#: How an argument's kind is typed into a form; others (periods, triggers, lists, records) are said in the chat.
SHAPES: dict[str, Shape] = {
    "datetime": "moment", "date": "day", "int": "number", "float": "number", "bool": "yes or no", "str": "text",
}  # fmt: skip


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class SheetField(_Frozen):
    """Something of the plan that may be changed. `value` is as a form takes it ("2026-05-01T09:00" in the hub's zone)."""

    name: str
    label: str
    help: str
    shape: Shape
    value: str
    required: bool
    choices: tuple[str, ...] = ()


class SheetSample(_Frozen):
    """What would leave the house, filled in for one reader (`person`; empty where it is the same for all).

    `html` is a whole page from outside hands: to be shown in a sandboxed frame only.
    """

    person: str
    subject_line: str | None
    preview_text: str | None
    content: str
    html: str | None


class LeftOut(_Frozen):
    """People who would not receive it, and why."""

    amount: int
    reason: str


class PlanSheet(_Frozen):
    """`facts` are (name, value) in the order to be read. `text` is the plan as one Markdown text; where `sample` and
    `facts` are empty it is all there is to show."""

    id: int
    tool: str
    text: str
    facts: tuple[tuple[str, str], ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sample: SheetSample | None = None
    notes: tuple[str, ...] = ()
    fields: tuple[SheetField, ...] = ()
    links: tuple[RecordLink, ...] = ()
    asked_by: str = ""
    asked_at: str = ""


def sheet_of(door: Door, plan: Plan) -> PlanSheet:
    """The sheet of a stored plan."""
    tool = door.tools.get(plan.tool)
    parts = _parts(plan)
    return PlanSheet(
        id=plan.id,
        tool=plan.tool,
        text=plan.text,
        fields=_fields(door, tool, plan) if tool is not None else (),
        links=_links(plan, tool),
        asked_by=plan.asked_by,
        asked_at=moment(plan.created_at.astimezone(door.clock.zone)),
        **parts,
    )


def _parts(plan: Plan) -> dict[str, Any]:
    try:
        if plan.tool == "send_email_campaign":
            return _mailing(SendPlan.model_validate(plan.preview))
        if plan.tool == "schedule_social_post":
            return _post(PostPlan.model_validate(plan.preview))
    except ValidationError:  # a plan that an older version of the hub laid: its text says it all
        return {}
    return {}


def _mailing(plan: SendPlan) -> dict[str, Any]:
    facts = [
        ("Mailing", plan.name),
        ("Goes out", moment(plan.when) if plan.when else "at once, as soon as you approve"),
        ("To", _goes_to(plan)),
        ("Recipients", count(plan.receiving, "person", "people") if plan.receiving else "nobody would receive it now"),
    ]
    if plan.rescheduled_from:
        facts.insert(2, ("Was scheduled for", moment(plan.rescheduled_from)))
    notes = list(plan.warnings)
    if plan.segment and (plan.when or not plan.receiving):
        notes.insert(0, "The segment is looked up again when sending begins.")
    if plan.without_consent:
        verb = "has" if plan.without_consent == 1 else "have"
        notes.insert(0, f"{plan.without_consent:,} of the single addresses {verb} no consent on record.")
    left = sorted(plan.left_out.items(), key=lambda item: (-item[1], item[0]))
    sample = plan.sample
    return {
        "facts": tuple(facts),
        "left_out": tuple(
            LeftOut(amount=amount, reason=REASONS.get(why, words(why))) for why, amount in left if amount
        ),
        "sample": SheetSample(**sample.model_dump()),
        "notes": tuple(notes),
    }


def _goes_to(plan: SendPlan) -> str:
    parts = [f"the segment {plan.segment}"] if plan.segment else []
    if plan.recipients:
        few = len(plan.recipients) <= 3
        parts.append(listing(plan.recipients) if few else f"{len(plan.recipients):,} single addresses")
    return " and ".join(parts) or "nobody yet"


def _post(plan: PostPlan) -> dict[str, Any]:
    where = platform_name(plan.platform)
    facts = [("Platform", where), ("Goes out", moment(plan.scheduled_time))]
    if plan.before:
        facts.append(("Was scheduled for", moment(plan.before)))
    facts.append(("Length", f"{plan.length:,} of {plan.limit:,} characters"))
    if plan.media_urls:
        facts.append(("With", ", ".join(plan.media_urls)))
    if plan.account:
        facts.append(("From the account", plan.account))
    missing = f"No {where} account is connected: the post is kept as scheduled, and nothing is published until one is."
    sample = SheetSample(person="", subject_line=None, preview_text=None, content=plan.content, html=None)
    return {"facts": tuple(facts), "sample": sample, "notes": (*plan.notes, *(() if plan.account else (missing,)))}


def _links(plan: Plan, tool: Tool | None) -> tuple[RecordLink, ...]:
    """The records that the plan is about, by the ids of its preview."""
    preview = plan.preview
    if plan.tool == "schedule_social_post":
        post = preview.get("post_id")
        return (RecordLink(noun="social_post", id=post, name="the draft"),) if post else ()
    nouns = [argument.noun for argument in tool.arguments if argument.noun] if tool else []
    inner = preview.get(nouns[0]) if nouns else None
    found = inner if isinstance(inner, dict) else preview
    if nouns and isinstance(found.get("id"), int):
        return (RecordLink(noun=nouns[0], id=found["id"], name=str(found.get("name") or f"#{found['id']}")),)
    return ()


def _fields(door: Door, tool: Tool, plan: Plan) -> tuple[SheetField, ...]:
    return tuple(
        SheetField(
            name=argument.name,
            label=argument.name.replace("_", " ").capitalize(),
            help=argument.description,
            shape=_shape(argument),
            value=_value(door, argument, plan),
            required=argument.required,
            choices=argument.enum,
        )
        for argument in tool.arguments
        if not argument.noun and not argument.is_list and (argument.enum or argument.kind in SHAPES)
    )


def _shape(argument: Argument) -> Shape:
    if argument.enum:
        return "choice"
    return "long text" if argument.name in ("content", "description", "text") else SHAPES[argument.kind]


def _value(door: Door, argument: Argument, plan: Plan) -> str:
    given = plan.arguments.get(argument.name)
    if given is None:  # what would happen without it, where the plan tells
        told = {"send_time": "when"}.get(argument.name, argument.name)
        given = plan.preview.get(told)
    if given is None:
        return ""
    if argument.kind == "datetime":
        return f"{datetime.fromisoformat(str(given)).astimezone(door.clock.zone):%Y-%m-%dT%H:%M}"
    if isinstance(given, bool):
        return "yes" if given else "no"
    return f"{given:g}" if isinstance(given, float) else str(given)
