"""What `format` promises: the answer fits the schema."""

from __future__ import annotations

import json
from typing import Any

import httpx
import ollama
import pytest

from agent.engine import CHAT_MODEL
from agent.engine.formats import grammar_fields

Schema = dict[str, Any]


def ask(client: ollama.Client, question: str, schema: Any, tokens: int = 100) -> Any:
    answer = client.chat(
        CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        format=schema,
        options={"temperature": 0, "num_predict": tokens},
    )
    assert answer.done_reason == "stop", answer.message.content
    return json.loads(answer.message.content or "")


def test_json_is_some_object(client: ollama.Client) -> None:
    assert isinstance(ask(client, "Describe a cat with a name and an age, briefly, as JSON.", "json"), dict)


def test_properties_come_in_the_schema_s_order_and_no_others(client: ollama.Client) -> None:
    schema = {
        "type": "object",
        "properties": {
            "zebra": {"anyOf": [{"type": "string", "maxLength": 20}, {"type": "null"}]},
            "apple": {"oneOf": [{"type": "integer", "minimum": 1, "maximum": 10}, {"type": "null"}]},
            "words": {"type": "array", "items": {"type": "string", "maxLength": 12}, "minItems": 2, "maxItems": 3},
            "nested": {
                "type": "object",
                "properties": {"b": {"type": "boolean"}, "a": {"$ref": "#/$defs/Amount"}},
                "required": ["b", "a"],
            },
        },
        "required": ["zebra", "apple", "words", "nested"],
        "$defs": {"Amount": {"type": ["number", "null"], "title": "An amount"}},
    }
    value = ask(client, "Fill in this form about marketing.", schema)
    assert list(value) == ["zebra", "apple", "words", "nested"]
    assert value["zebra"] is None or len(value["zebra"]) <= 20
    assert value["apple"] in (None, *range(1, 11))
    assert 2 <= len(value["words"]) <= 3
    assert list(value["nested"]) == ["b", "a"]


def test_one_of_three_hundred_strings(client: ollama.Client) -> None:
    colours = ["red", "green", "blue", "white", "black", "grey"]
    names = [
        f"the {colours[number % 6]} campaign number {number} for the {number % 12}. month" for number in range(300)
    ]
    schema = {"type": "object", "properties": {"campaign": {"enum": names}}, "required": ["campaign"]}
    value = ask(client, 'Which campaign is meant by "the blue campaign number 254"?', schema)
    assert value["campaign"] in names


def test_a_choice_among_many_shapes(client: ollama.Client) -> None:
    def shape(number: int) -> Schema:
        return {
            "type": "object",
            "properties": {"tool": {"const": f"tool_{number}"}, "name": {"type": "string", "maxLength": 10}},
            "required": ["tool", "name"],
        }

    schema = {"type": "array", "minItems": 1, "maxItems": 2, "items": {"anyOf": [shape(n) for n in range(60)]}}
    value = ask(client, "Call tool_7 with the name Bloom.", schema)
    assert 1 <= len(value) <= 2
    assert all(set(call) == {"tool", "name"} and call["tool"].startswith("tool_") for call in value)


def test_a_keyword_that_only_gbnf_knows(client: ollama.Client) -> None:
    schema = {"type": "object", "properties": {"code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"}}}
    schema["required"] = ["code"]
    assert "json_schema" in grammar_fields(schema)
    code = ask(client, "Invent a product code such as AB-123.", schema)["code"]
    assert code[:2].isupper()
    assert code[2] == "-"
    assert code[3:].isdigit()


def test_a_format_together_with_tools(client: ollama.Client) -> None:
    tool = {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}
    answer = client.chat(
        CHAT_MODEL,
        messages=[{"role": "user", "content": "Is water wet?"}],
        tools=[tool],
        format={"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]},
        options={"temperature": 0},
    )
    assert set(json.loads(answer.message.content or "")) == {"yes"}


def test_a_schema_that_is_none_is_refused_and_never_ignored(http: httpx.Client) -> None:
    body = {"model": CHAT_MODEL, "messages": [{"role": "user", "content": "x"}], "format": {"type": "strange"}}
    answer = http.post("/api/chat", json=body)
    assert answer.status_code == 400
    assert "strange" in answer.json()["error"]


def compiled(schema: Schema) -> Any:
    """The schema inside the LLGuidance grammar."""
    return json.loads(grammar_fields(schema)["grammar"].partition("%json ")[2])


def test_objects_are_closed_unless_they_say_otherwise() -> None:
    part = {"type": "object", "properties": {"x": {"type": "object", "properties": {}}}}
    assert compiled(part)["additionalProperties"] is False
    assert compiled(part)["properties"]["x"]["additionalProperties"] is False
    assert compiled({**part, "additionalProperties": {"type": "string"}})["additionalProperties"] == {"type": "string"}
    assert "additionalProperties" not in compiled({"type": "object"})


def test_annotations_and_one_of_are_translated() -> None:
    schema = {"title": "T", "oneOf": [{"type": "string", "description": "d", "format": "phone"}, {"type": "null"}]}
    assert compiled(schema)["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert "title" not in compiled(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"type": "string"}},
        {"type": "array", "uniqueItems": True},
        {"type": "string", "pattern": "^a$"},
        {"type": "object", "properties": {"x": {"type": "nonsense"}}},
        {"type": "object", "properties": {"x": True}},
        {"anyOf": [{"type": "null"}], "oneOf": [{"type": "null"}]},
        {"$ref": "https://example.org/schema"},
    ],
)
def test_unknown_keywords_are_left_to_gbnf(schema: Schema) -> None:
    assert grammar_fields(schema) == {"json_schema": schema}
