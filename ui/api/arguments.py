"""A tool's arguments in a request, and as the description tells them."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from ui.api.messages import Request
from ui.api.operations import Schema
from ui.api.problems import Problem
from ui.api.reading import json_object

if TYPE_CHECKING:
    from agent import Tool
    from agent.access import Argument

IN_BODY = ("POST", "PUT", "PATCH")
_INTEGER = re.compile(r"-?\d{1,300}")
_NUMBER = re.compile(r"-?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?")

#: What stands in the examples, by the argument's role, the noun it names, its name, its kind: the first that is known.
_EXAMPLES: dict[str, Any] = {
    "money": 7500, "count": 3, "days": 14, "share": 0.2, "email": "ana@example.com", "period": "last 30 days",
    "url": "https://example.com/spring.jpg", "name": "Spring Sale", "person": "Ana Brook", "company": "Brook & Sons",
    "prose": "Come by on Saturday: the first fifty guests get a plant.", "title": "Ten kinds of tulips",
    "conditions": "status is customer and city is Berlin", "topic": "the spring sale", "product": "garden tools",
    "audience": "people with a balcony", "tone": "friendly", "aim": "win back customers who have gone quiet",
    "industry": "garden centre", "query": "delivery", "source": "leads.csv",
    "description": "when someone signs up, wait a day, then email them",
    "campaign": "Spring Sale", "template": "Welcome", "email_campaign": "Spring letter", "segment": "Regulars",
    "lead": "ana@example.com", "social_post": "12", "workflow": "Welcome series", "ab_test": "Subject lines",
    "str": "Spring Sale", "int": 3, "float": 0.5, "bool": True,
}  # fmt: skip


def arguments_of(tool: Tool, request: Request, apart: tuple[str, ...] = ()) -> dict[str, Any]:
    """The arguments of a call: those in the path, and those in the body or the query by the method. Query parameters
    in `apart` are the caller's. Raises Problem for what no tool could take."""
    in_path = {name: _typed(tool.argument(name), value) for name, value in request.path.items()}
    if tool.method in IN_BODY:
        if request.query:
            detail = (
                f"{request.query[0][0][:80]!r} is in the query. Send the arguments of {request.method} in the body."
            )
            raise Problem("bad-input", detail, more={"field": request.query[0][0]})
        given = json_object(request.body, request.headers)
    else:
        given = _from_query(tool, [pair for pair in request.query if pair[0] not in apart])
    for name in given:
        if name in in_path:
            raise Problem("bad-input", f"The {name} is in the address already.", more={"field": name})
    return {**in_path, **given}


def _from_query(tool: Tool, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        argument = tool.argument(name)
        if argument is not None and argument.is_list:
            found.setdefault(name, []).append(_typed(argument, value))
        elif name in found:
            raise Problem("bad-input", f"The {name} is given more than once.", more={"field": name})
        else:
            found[name] = _typed(argument, value)
    return found


def _typed(argument: Argument | None, value: str) -> Any:
    """A value of the address: a number where the argument is one and it reads as one, else the text as it is."""
    if argument is not None and argument.kind == "int" and _INTEGER.fullmatch(value):
        return int(value)
    if argument is not None and argument.kind == "float" and _NUMBER.fullmatch(value):
        return float(value)
    if argument is not None and argument.kind == "bool" and value in ("true", "false"):
        return value == "true"
    return value


def schema_of(argument: Argument, *, in_address: bool = False) -> Schema:
    """The JSON schema of an argument."""
    one: Schema = {
        "int": {"type": "integer"},
        "float": {"type": "number"},
        "bool": {"type": "boolean"},
        "date": {"type": "string", "format": "date"},
        # ISO 8601 with or without an offset (without: in the hub's zone), which is more than "date-time" allows.
        "datetime": {
            "type": "string",
            "pattern": r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?$",
        },
    }.get(argument.kind, {"type": "string", "minLength": 1})
    if argument.enum:
        one = {"type": "string", "enum": list(argument.enum)}
    elif argument.kind == "ref" and not in_address:
        one = {"anyOf": [{"type": "string", "minLength": 1}, {"type": "integer"}]}
    if argument.is_list:
        one = {"type": "array", "items": one, "minItems": 1}
    return {**one, "default": argument.default} if argument.default is not None else one


def example_of(argument: Argument, now: datetime) -> Any:
    """A value as somebody would give it; days and times lie ahead."""
    if argument.enum:
        return list(argument.enum[:2]) if argument.is_list else argument.enum[0]
    day = now.date() + timedelta(days=60 if "end" in argument.name else 14)
    if argument.kind == "date":
        return day.isoformat()
    if argument.kind == "datetime":
        return datetime.combine(day, time(9)).isoformat()
    role = argument.role.name if argument.role else ""
    known = (_EXAMPLES[key] for key in (role, argument.noun, argument.name, argument.kind) if key in _EXAMPLES)
    value = next(known, _EXAMPLES["str"])
    return [value] if argument.is_list else value


def parameters_of(tool: Tool, in_path: list[str], now: datetime) -> tuple[Schema, ...]:
    """OpenAPI's parameter objects: those of the path, and for methods without a body those of the query."""
    found: list[Schema] = []
    for argument in tool.arguments:
        inside = argument.name in in_path
        if not inside and tool.method in IN_BODY:
            continue
        found.append(
            {
                "name": argument.name,
                "in": "path" if inside else "query",
                "required": inside or argument.required,
                "description": argument.description,
                "schema": schema_of(argument, in_address=True),
                "example": example_of(argument, now),
            }
        )
    return tuple(found)


def body_of(tool: Tool, in_path: list[str], now: datetime) -> tuple[Schema | None, Any]:
    """The schema of the body and an example of it; None for methods without one."""
    if tool.method not in IN_BODY:
        return None, None
    inside = [argument for argument in tool.arguments if argument.name not in in_path]
    schema: Schema = {
        "type": "object",
        "properties": {
            argument.name: {"description": argument.description, **schema_of(argument)} for argument in inside
        },
        "required": [argument.name for argument in inside if argument.required],
        "additionalProperties": False,
    }
    shown = [argument for argument in inside if argument.required] or inside[:1]
    return schema, {argument.name: example_of(argument, now) for argument in shown}
