"""The builder's rows <-> a condition tree (JSON, as the tools hold it).

A row is {"kind": "row", "field": …, "op": …, and what the operator takes}, a group {"kind": "group", "how": all, any, none or
"not all", "parts": […]}. Rows may be incomplete while somebody fills them in; trees are checked by the tools.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]
Tree = dict[str, Any]

OWN = "custom."
DID = "did"
#: Operators by kind of field, with the words for them.
TEXT_OPS = {
    "is": "is", "is not": "is not", "contains": "contains", "not contains": "does not contain", "starts with": "starts with",
    "not starts with": "does not start with", "ends with": "ends with", "not ends with": "does not end with",
    "known": "is known", "unknown": "is unknown",
}  # fmt: skip
CHOICE_OPS = {"is": "is one of", "is not": "is none of"}
TAG_OPS = {**CHOICE_OPS, "known": "is any", "unknown": "is missing"}
NUMBER_OPS = {
    ">=": "is at least",
    "<=": "is at most",
    ">": "is more than",
    "<": "is less than",
    "=": "is exactly",
    "!=": "is not",
}
WINDOWS = {
    "last": "in the last", "older": "more than … ago", "since": "since", "before": "until", "between": "between", "period": "in",
}  # fmt: skip
MOMENT_OPS = {
    "last": "is in the last", "not last": "is not in the last", "older": "is longer ago than", "not older": "is not longer ago than",
    "since": "is on or after", "before": "is on or before", "between": "is between", "period": "is in", "known": "is known",
    "unknown": "is unknown",
}  # fmt: skip
EVENT_OPS = {"did": "did", "did not": "did not"}
PERIODS = (
    "today",
    "yesterday",
    "this week",
    "last week",
    "this month",
    "last month",
    "this quarter",
    "last quarter",
    "this year",
    "last year",
)
UNITS = ("day", "week", "month", "year")
HOW = {"all": "all of these", "any": "at least one of these", "none": "none of these", "not all": "not all of these"}
NEW_ROW: Row = {"kind": "row", "field": "status", "op": "is", "values": ["customer"]}


def rows_of(tree: Tree | None) -> Row:
    """A tree as the builder's outermost group."""
    if not tree:
        return {"kind": "group", "how": "all", "parts": [dict(NEW_ROW)]}
    found = _part(tree)
    return found if found["kind"] == "group" else {"kind": "group", "how": "all", "parts": [found]}


def tree_of(rows: Mapping[str, Any]) -> Tree:
    """The builder's rows as a tree; what is not filled in is left out, so that the tools say what is missing."""
    if rows.get("kind") != "group":
        return _leaf(rows)
    parts = [tree_of(part) for part in rows.get("parts", [])]
    how = rows.get("how", "all")
    node = "all" if how in ("all", "not all") else "any"
    joined: Tree = parts[0] if len(parts) == 1 else {"node": node, "parts": parts}
    return {"node": "not", "part": joined} if how in ("none", "not all") else joined


def field_kind(field: str, moments: tuple[str, ...], numbers: tuple[str, ...]) -> str:
    """text, number, moment, status, tag, consent, did or own (a custom field, which may be any of the first three)."""
    if field in ("status", "tag", "consent", DID):
        return field
    if field.startswith(OWN):
        return "own"
    return "moment" if field in moments else "number" if field in numbers else "text"


def ops_of(kind: str) -> dict[str, str]:
    """The operators that a kind of field has."""
    return {
        "status": CHOICE_OPS, "consent": CHOICE_OPS, "tag": TAG_OPS, "text": TEXT_OPS, "number": NUMBER_OPS, "moment": MOMENT_OPS,
        DID: EVENT_OPS, "own": {**TEXT_OPS, **NUMBER_OPS, **MOMENT_OPS},
    }[kind]  # fmt: skip


def _part(tree: Tree, no: bool = False) -> Row:
    node = tree["node"]
    if node == "not":
        return _part(tree["part"], not no)
    if node in ("all", "any"):
        how = {("all", False): "all", ("any", False): "any", ("any", True): "none", ("all", True): "not all"}[node, no]
        return {"kind": "group", "how": how, "parts": [_part(part) for part in tree["parts"]]}
    return {"kind": "row", **_fields(tree, no)}


def _fields(tree: Tree, no: bool) -> Row:
    node = tree["node"]
    prefix = "not " if no else ""
    if node in ("status", "tag", "consent"):
        return {"field": node, "op": "is not" if no else "is", "values": list(tree["values"])}
    if node == "text":
        op = tree["op"]
        return {
            "field": tree["field"],
            "op": ("is not" if no else "is") if op == "is" else prefix + op,
            "values": list(tree["values"]),
        }
    if node == "number":
        op = "!=" if no and tree["op"] == "=" else prefix + tree["op"]
        return {"field": tree["field"], "op": op, "value": f"{tree['value']:.10g}"}
    if node == "known":
        return {"field": tree["field"], "op": "unknown" if no else "known"}
    if node == "when":
        op, given = _window(tree["window"])
        return {"field": tree["field"], "op": prefix + op, **given}
    when, given = _window(tree["window"]) if tree.get("window") else ("", {})
    return {
        "field": DID, "op": "did not" if no else "did", "event": tree["event"], "times": str(tree.get("at_least", 1)), "when": when,
        "mailing": f"{tree['mailing_id']}" if tree.get("mailing_id") else "", "mailing_name": tree.get("mailing") or "", **given,
    }  # fmt: skip


def _window(window: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    for name in ("last", "older"):
        if window.get(name):
            return name, {"amount": str(window[name]["amount"]), "unit": window[name]["unit"]}
    if window.get("period"):
        return "period", {"period": window["period"]}
    start, end = window.get("start"), window.get("end")
    if start and end:
        return "between", {"from": start, "to": end}
    return ("since", {"from": start}) if start else ("before", {"to": str(end)})


def _leaf(row: Mapping[str, Any]) -> Tree:
    field, op = str(row.get("field", "")), str(row.get("op", ""))
    no = op.startswith("not ") or op in ("is not", "!=", "unknown", "did not")
    plain = {"is not": "is", "!=": "=", "unknown": "known", "did not": "did"}.get(op, op.removeprefix("not "))
    leaf = _positive(field, plain, row)
    return {"node": "not", "part": leaf} if no else leaf


def _positive(field: str, op: str, row: Mapping[str, Any]) -> Tree:
    if op == "known":
        return {"node": "known", "field": field}
    if field in ("status", "tag", "consent"):
        return {"node": field, "values": _values(row)}
    if field == DID:
        found: Tree = {"node": "happened", "event": row.get("event", ""), "at_least": _whole(row.get("times")) or 1}
        if row.get("when"):
            found["window"] = _as_window(str(row["when"]), row)
        if row.get("mailing"):
            found |= {"mailing_id": _whole(row["mailing"]), "mailing": row.get("mailing_name") or None}
        return found
    if op in NUMBER_OPS:
        return {"node": "number", "field": field, "op": op, "value": _number(row.get("value"))}
    if op in WINDOWS:
        return {"node": "when", "field": field, "window": _as_window(op, row)}
    return {"node": "text", "field": field, "op": op, "values": _values(row)}


def _as_window(op: str, row: Mapping[str, Any]) -> dict[str, Any]:
    if op in ("last", "older"):
        return {op: {"amount": _whole(row.get("amount")), "unit": row.get("unit") or "day"}}
    if op == "period":
        return {"period": row.get("period") or None}
    wanted = {"since": ("start",), "before": ("end",), "between": ("start", "end")}.get(op, ())
    keys = {"start": "from", "end": "to"}
    return {name: row.get(keys[name]) or "" for name in wanted}


def _values(row: Mapping[str, Any]) -> list[str]:
    given = row.get("values", [])
    listed = given.split(",") if isinstance(given, str) else given
    return [value.strip() for value in map(str, listed) if value.strip()]


def _whole(value: Any) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _number(value: Any) -> float | None:
    try:
        return float(str(value or "").strip().replace(",", "."))
    except ValueError:
        return None
