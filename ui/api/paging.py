"""Pages of lists: `limit` and `offset` in the query, the number of all rows and the next page in the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ui.api.operations import Schema
from ui.api.problems import Problem

if TYPE_CHECKING:
    from agent.access import Page

PARAMETERS = ("limit", "offset")
USUAL_LIMIT = 100
MOST_ROWS = 1_000
FARTHEST = 1_000_000_000

_SCHEMAS: dict[str, tuple[str, Schema]] = {
    "limit": (
        "How many rows at most.",
        {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_LIMIT},
    ),
    "offset": ("How many rows are skipped.", {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0}),
}
DOCUMENTED: tuple[Schema, ...] = tuple(
    {
        "name": name,
        "in": "query",
        "required": False,
        "description": text,
        "schema": schema,
        "example": schema["default"],
    }
    for name, (text, schema) in _SCHEMAS.items()
)
#: The `page` of an answer.
SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "limit": {"type": "integer"},
        "offset": {"type": "integer"},
        "total": {"type": "integer", "description": "How many rows there are in all."},
        "next": {"type": ["string", "null"], "description": "The address of the next page, null on the last one."},
    },
    "required": ["limit", "offset", "total", "next"],
}
LINK_HEADER: Schema = {
    "Link": {
        "description": 'The pages around this one (RFC 8288): rel="next" and rel="prev", where there are any.',
        "schema": {"type": "string"},
    }
}


def wanted_page(query: tuple[tuple[str, str], ...]) -> Page:
    """The page that a query asks for. Raises Problem (bad-input)."""
    from agent.access import Page

    return Page(_number(query, "limit"), _number(query, "offset"))


def described(
    page: Page, total: int, target: str, query: tuple[tuple[str, str], ...]
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """What an answer says about its page: the `page` of the body, and the headers."""
    kept = [pair for pair in query if pair[0] not in PARAMETERS]

    def address(offset: int) -> str:
        return f"{target}?{urlencode([*kept, ('limit', page.limit), ('offset', offset)])}"

    after = address(page.offset + page.limit) if page.offset + page.limit < total else None
    links = [f'<{after}>; rel="next"'] if after else []
    if page.offset:
        links.append(f'<{address(max(0, page.offset - page.limit))}>; rel="prev"')
    body = {"limit": page.limit, "offset": page.offset, "total": total, "next": after}
    return body, {"Link": ", ".join(links)} if links else {}


def _number(query: tuple[tuple[str, str], ...], name: str) -> int:
    given = [value for key, value in query if key == name]
    schema = _SCHEMAS[name][1]
    if not given:
        return int(schema["default"])
    if len(given) > 1 or not (given[0].isascii() and given[0].isdigit() and len(given[0]) < 20):
        raise Problem("bad-input", f"{name.capitalize()} must be one whole number.", more={"field": name})
    value = int(given[0])
    if not schema["minimum"] <= value <= schema["maximum"]:
        detail = f"The {name} must be {schema['minimum']:,} to {schema['maximum']:,}; {value:,} is not."
        raise Problem("bad-input", detail, more={"field": name})
    return value
