"""The API's description (OpenAPI 3.1), made from its operations."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from ui.api import paging, plans
from ui.api.describing import LINK, SPOKEN, ResultSchemas
from ui.api.operations import Operation, Schema, own_name, reference
from ui.api.problems import MEDIA_TYPE, OF_HUB, OWN, PREFIX
from ui.api.reading import LONGEST_KEY

DESCRIPTION = """Every tool of the hub at its route.

- **Tokens**: `Authorization: Bearer mh_…`; made on the hub's machine with `marketing-hub token create`. A token has
  scopes: `read` looks, `write` makes drafts, changes records and asks for what leaves the house, `approve` says yes to it.
- **The gate**: what leaves the house or cannot be undone answers 202 with a plan. `POST /plans/{plan}/approve` carries
  out exactly what the plan shows.
- **Records** in an address are named by id, or by (part of) the name, percent-encoded; what fits several records
  answers 409 with the candidates.
- **Problems** are told as `application/problem+json` (RFC 9457); `detail` is a sentence for a person.
- **Repeating**: a request that changes something may carry an `Idempotency-Key`. Sent again within 24 hours with the
  same key, it is not carried out again: the first answer comes back, with `Idempotency-Replayed: true`.
- **Lists** come in pages: `limit` and `offset`, with `Link: rel="next"` and the number of all rows in `page`.
- Every answer has an `X-Request-Id`; the hub's log names it where something went wrong."""

PROBLEM: Schema = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do, as a sentence for a person."},
        "request_id": {"type": "string"},
        "field": {"type": "string", "description": "The argument that is not right."},
        "fields": {"type": "array", "items": {"type": "string"}, "description": "All arguments that are missing."},
        "candidates": {"type": "array", "items": reference("Link"), "description": "The records that may be meant."},
        "scope": {"type": "string", "description": "The scope that the token would need."},
        "plan": {"description": "The plan that waits instead."},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
}
_MEANINGS = {
    400: "The request cannot be read.",
    401: "There is no token, or it is not valid.",
    403: "The token does not allow this.",
    404: "No record fits what was named.",
    409: "Several records fit, or the record's state does not allow this.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value is missing or not right.",
    429: "Too many wrong tokens, or too much at once.",
    500: "A fault of the hub.",
    503: "A part that is needed does not answer.",
}
_HEADERS: dict[int, Schema] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}},
}
_REQUEST_ID: Schema = {"X-Request-Id": {"schema": {"type": "string"}, "description": "Names this request in the log."}}
KEY_PARAMETER: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A new value for each request that may be sent again, such as a UUID; kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
    "example": "0b1c6d9e-5f0e-4d5a-9a53-1d8f0c7f7d2a",
}


def describe(operations: Iterable[Operation], schemas: ResultSchemas) -> Schema:
    """The whole description as a JSON value."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(f"{PREFIX}{operation.path}", {})[operation.method.lower()] = _described(operation)
    groups = dict.fromkeys(operation.group for operation in operations)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Marketing Hub",
            "version": version("marketing-hub"),
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": group} for group in groups],
        "paths": paths,
        "components": {
            "schemas": _all_schemas(schemas.definitions),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _all_schemas(of_results: dict[str, Schema]) -> dict[str, Schema]:
    own = {"Link": LINK, "Spoken": SPOKEN, "Page": paging.SCHEMA, "Plan": plans.SCHEMA, "Problem": PROBLEM}
    named = {own_name(name): schema for name, schema in own.items()}
    if taken := named.keys() & of_results.keys():
        raise ValueError(f"a tool's result has a type of the API's own name: {', '.join(sorted(taken))}")
    return {**of_results, **named}


def _described(operation: Operation) -> Schema:
    found: Schema = {
        "operationId": operation.id,
        "tags": [operation.group],
        "summary": operation.summary,
        "security": [{"token": []}] if operation.scope else [],
        "responses": _answers(operation),
    }
    needs = f"Needs the scope `{operation.scope}`." if operation.scope else "Open to everybody."
    found["description"] = "\n\n".join(filter(None, [operation.description, needs]))
    parameters = [*operation.parameters, *([KEY_PARAMETER] if operation.repeatable else [])]
    if parameters:
        found["parameters"] = parameters
    if operation.body is not None:
        content = {"schema": operation.body, "example": operation.example}
        found["requestBody"] = {
            "required": bool(operation.body.get("required")),
            "content": {"application/json": content},
        }
    return found


def _answers(operation: Operation) -> Schema:
    refused = {*operation.refusals, *((401, 403, 429) if operation.scope else (403,)), 500} - {*operation.answers}
    answers: dict[int, Schema] = {**operation.answers}
    for status in refused:
        answers[status] = {
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": reference("Problem")}},
            **({"headers": _HEADERS[status]} if status in _HEADERS else {}),
        }
    if 503 in operation.answers:
        answers[503]["content"][MEDIA_TYPE] = {"schema": reference("Problem")}
    return {
        str(status): {**answer, "headers": {**_REQUEST_ID, **answer.get("headers", {})}}
        for status, answer in sorted(answers.items())
    }


def all_problems() -> list[tuple[str, int, str]]:
    """Every problem: the last word of its type, its status, its title."""
    return sorted(((kind, *told) for kind, told in {**OWN, **OF_HUB}.items()), key=lambda one: (one[1], one[0]))
