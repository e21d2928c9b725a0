"""What the API can do: one operation for each method and address, with what its description needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ui.api.messages import Answer, Request, Stream

if TYPE_CHECKING:
    from agent.access import Scope

Handle = Callable[[Request], Awaitable[Answer | Stream]]
Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """`scope` is what a token needs, None where none is asked for. `parameters` are OpenAPI parameter objects, `body`
    the schema of the JSON body (None: it takes none), `answers` OpenAPI response objects by status, beside those that
    every operation may give. `repeatable` ones take an idempotency key."""

    id: str
    method: str
    path: str
    scope: Scope | None
    group: str
    summary: str
    handle: Handle
    description: str = ""
    parameters: tuple[Schema, ...] = ()
    body: Schema | None = None
    example: Any = None
    answers: Mapping[int, Schema] = field(default_factory=dict)
    refusals: tuple[int, ...] = ()
    repeatable: bool = False


def json_answer(description: str, schema: Schema, headers: Schema | None = None) -> Schema:
    """An OpenAPI response object for a JSON answer."""
    answer: Schema = {"description": description, "content": {"application/json": {"schema": schema}}}
    return {**answer, "headers": headers} if headers else answer


def reference(name: str) -> Schema:
    """A reference to one of the API's own schemas: Link, Spoken, Page, Plan, Problem."""
    return {"$ref": f"#/components/schemas/{own_name(name)}"}


def own_name(name: str) -> str:
    """What one of the API's own schemas is called beside those of the tools' results, which have any names."""
    return f"Api{name}"
