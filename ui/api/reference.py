"""The reference as a page: the API's description as plain HTML, without a script and without another host."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from ui.api.openapi import DESCRIPTION, all_problems
from ui.api.operations import Operation
from ui.api.problems import PREFIX

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8886; border-radius: 6px }
summary { cursor: pointer; padding: 0.3rem 0 } summary b { display: inline-block; min-width: 4.5rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0 }
.scope { opacity: 0.7; font-size: 0.85em }
"""


def reference_page(operations: Iterable[Operation], host: str) -> str:
    """The whole page."""
    shown = list(operations)
    parts = [MarkdownIt("commonmark").render(DESCRIPTION)]
    parts.append(f'<p>As OpenAPI 3.1: <a href="{PREFIX}/openapi.json">{PREFIX}/openapi.json</a></p>')
    for group in dict.fromkeys(operation.group for operation in shown):
        parts.append(f"<h2>{escape(group.capitalize())}</h2>")
        parts.extend(_operation(operation, host) for operation in shown if operation.group == group)
    rows = "".join(
        f'<tr id="problem-{kind}"><td>{status}</td><td><code>{kind}</code></td><td>{escape(title)}</td></tr>'
        for kind, status, title in all_problems()
    )
    parts.append(f"<h2>Problems</h2><table><tr><th>Status</th><th>Type</th><th>Title</th></tr>{rows}</table>")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Marketing Hub: HTTP API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>Marketing Hub: HTTP API</h1>{''.join(parts)}</body></html>"
    )


def _operation(operation: Operation, host: str) -> str:
    scope = f' <span class="scope">{operation.scope}</span>' if operation.scope else ""
    return (
        f'<details id="{operation.id}"><summary><b>{operation.method}</b> <code>{escape(operation.path)}</code>{scope}'
        f"<br>{escape(operation.summary)}</summary>{MarkdownIt('commonmark').render(operation.description)}"
        f"{_arguments(operation)}<pre>{escape(_example(operation, host))}</pre></details>"
    )


def _arguments(operation: Operation) -> str:
    rows: list[tuple[str, str, bool, dict[str, Any], str]] = [
        (one["name"], one["in"], one["required"], one["schema"], one["description"]) for one in operation.parameters
    ]
    body = operation.body or {}
    for name, schema in body.get("properties", {}).items():
        rows.append((name, "body", name in body.get("required", ()), schema, schema.get("description", "")))
    if not rows:
        return ""
    cells = "".join(
        f"<tr><td><code>{escape(name)}</code>{' *' if needed else ''}</td><td>{where}</td>"
        f"<td>{escape(_kind(schema))}</td><td>{escape(text)}</td></tr>"
        for name, where, needed, schema, text in rows
    )
    return f"<table><tr><th>Argument (* needed)</th><th>In</th><th>Is</th><th></th></tr>{cells}</table>"


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "items" in schema:
        return f"list of {_kind(schema['items'])}"
    if "anyOf" in schema:
        return "id or name"
    return str(schema.get("format") or schema.get("type", ""))


def _example(operation: Operation, host: str) -> str:
    path = operation.path
    for one in operation.parameters:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]).replace(" ", "%20"))
    needed = [
        f"{one['name']}={one['example']}" for one in operation.parameters if one["in"] == "query" and one["required"]
    ]
    lines = [f"curl -X {operation.method} '{host}{PREFIX}{path}{'?' + '&'.join(needed) if needed else ''}'"]
    if operation.scope:
        lines.append('-H "Authorization: Bearer $HUB_TOKEN"')
    if operation.body is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(operation.example, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
