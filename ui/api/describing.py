"""What tools answer, as schemas: made from the types of their results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from agent.access import preview_type
from ui.api import paging
from ui.api.operations import Schema, json_answer, reference

if TYPE_CHECKING:
    from agent import Tool

TEMPLATE = "#/components/schemas/{model}"
LINK: Schema = {
    "type": "object",
    "description": "A record that the answer speaks of.",
    "properties": {"noun": {"type": "string"}, "id": {"type": "integer"}, "name": {"type": "string"}},
    "required": ["noun", "id", "name"],
}
#: What every result has beside its fields.
SPOKEN: Schema = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "description": "The answer as a person reads it (Markdown)."},
        "links": {"type": "array", "items": reference("Link"), "description": "The records it speaks of, in order."},
    },
    "required": ["text", "links"],
}
LOCATION: Schema = {"Location": {"description": "Where it is found.", "schema": {"type": "string"}}}
REPLAYED: Schema = {
    "Idempotency-Replayed": {
        "description": "true where this is the answer to an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class ResultSchemas:
    """The schemas of all results and previews; types of one name in two groups are told apart. Others are added."""

    def __init__(self, tools: Iterable[Tool], others: Iterable[type[BaseModel]] = ()) -> None:
        types: dict[type[BaseModel], None] = dict.fromkeys(others)
        for tool in tools:
            types[tool.result_type] = None
            if tool.preview is not None:
                types[preview_type(tool)] = None
        mode: JsonSchemaMode = "serialization"
        references, definitions = models_json_schema([(one, mode) for one in types], ref_template=TEMPLATE)
        self._references: dict[Any, Schema] = {one: references[one, mode] for one in types}
        self.definitions: dict[str, Schema] = definitions["$defs"]

    def of(self, model: type[BaseModel]) -> Schema:
        """A reference to the schema of a type."""
        return self._references[model]

    def spoken(self, model: type[BaseModel]) -> Schema:
        """A result as it is answered: its fields, its text and links."""
        return {"allOf": [self.of(model), reference("Spoken")]}

    def answers(self, tool: Tool, *, created: bool) -> dict[int, Schema]:
        """What a call of the tool answers when all is well."""
        replayed = {} if tool.method == "GET" else REPLAYED
        if tool.preview is not None:
            waiting: Schema = {
                "type": "object",
                "properties": {
                    "waiting": {"const": True},
                    "plan": reference("Plan"),
                    "preview": self.spoken(preview_type(tool)),
                },
                "required": ["waiting", "plan", "preview"],
            }
            text = "Nothing has happened yet: a plan waits for a person, who approves exactly what it shows."
            return {202: json_answer(text, waiting, {**LOCATION, **replayed})}
        if created:
            return {201: json_answer("Done.", self.spoken(tool.result_type), {**LOCATION, **replayed})}
        schema, headers = self.spoken(tool.result_type), replayed
        if tool.rows:
            page = {"type": "object", "properties": {"page": reference("Page")}, "required": ["page"]}
            schema, headers = {"allOf": [*schema["allOf"], page]}, {**headers, **paging.LINK_HEADER}
        return {200: json_answer("Done.", schema, headers)}
