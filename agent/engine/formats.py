"""From a JSON schema to a grammar that llama.cpp samples by.

llama.cpp has two ways. Its own GBNF reads every schema, but costs a third of the speed at an enum of 300 strings and
lets the model indent. LLGuidance is as fast as no grammar at all and can fix the separators, which makes an answer up
to half as long in tokens; but on a keyword that it does not know, llama.cpp goes on *without any grammar* and only
logs it. So LLGuidance gets the schemas that are built of keywords known to work, GBNF all others.
"""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]

# Without spaces, `","` and `":"` are one token each: of an answer with many short fields that is a tenth.
_GUIDANCE = {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_ANNOTATIONS = {"title", "description", "default", "examples", "$schema", "$id", "deprecated", "readOnly", "writeOnly"}
_FORMATS = {"date", "time", "date-time", "uuid", "email"}
_PLAIN = {
    "required", "enum", "const", "minItems", "maxItems", "minLength", "maxLength",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
}  # fmt: skip


class _Unknown(Exception):
    """A keyword that is left to GBNF."""


def grammar_fields(schema: Json) -> Json:
    """The request fields that hold llama.cpp to the schema: its properties in its order, no others unless allowed."""
    try:
        known = _known(schema)
    except _Unknown:
        return {"json_schema": schema}
    known.setdefault("x-guidance", _GUIDANCE)
    return {"grammar": f"%llguidance {{}}\nstart: %json {json.dumps(known)}\n"}


def _known(schema: Any) -> Json:
    """The schema in LLGuidance's dialect: annotations dropped, objects closed as in GBNF. Raises _Unknown."""
    if not isinstance(schema, dict):
        raise _Unknown
    result: Json = {}
    for key, value in schema.items():
        if key in _PLAIN or key == "x-guidance":
            result[key] = value
        elif key not in _ANNOTATIONS:
            result |= _translated(key, value)
    if "properties" in schema and "additionalProperties" not in schema:
        result["additionalProperties"] = False
    if "anyOf" in schema and "oneOf" in schema:
        raise _Unknown
    return result


def _translated(key: str, value: Any) -> Json:
    match key, value:
        case "type", str() if value in _TYPES:
            return {key: value}
        case "type", list() if value and set(value) <= _TYPES:
            return {key: value}
        case (("properties" | "$defs" | "definitions"), dict()):
            return {key: {name: _known(part) for name, part in value.items()}}
        case "items", dict():
            return {key: _known(value)}
        case "additionalProperties", bool():
            return {key: value}
        case "additionalProperties", dict():
            return {key: _known(value)}
        # What is generated needs to fit one branch; that no other fits too cannot be seen while generating.
        case (("anyOf" | "oneOf"), list()) if value:
            return {"anyOf": [_known(part) for part in value]}
        case "allOf", [only]:
            return {key: [_known(only)]}
        case "$ref", str() if value.startswith(("#/$defs/", "#/definitions/")):
            return {key: value}
        case "format", str():
            return {key: value} if value in _FORMATS else {}
    raise _Unknown
