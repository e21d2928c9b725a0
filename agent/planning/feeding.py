"""What an earlier step of a plan makes is what a later one works on: "a campaign …, and a mail" is a mail of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from agent.requests import Request
from agent.turn import Call, Evidence
from tools.core.declare import Tool
from tools.core.records import NOUNS

_MAKING = ("create", "save", "add", "generate")
#: Tools whose name does not say what they make.
_MAKES = {"generate_email_template": "template", "generate_email": None}


def makes(tool: str) -> str | None:
    """The noun of the record that a tool makes, if it makes one that others can name."""
    if tool in _MAKES:
        return _MAKES[tool]
    verb, _, noun = tool.partition("_")
    return noun if verb in _MAKING and noun in NOUNS else None


def fed(requests: Sequence[Request], tools: Mapping[str, Tool]) -> list[Request]:
    """The requests with what each takes from an earlier one: what it cannot do without, and the campaign of a plan."""
    found: list[Request] = []
    for at, request in enumerate(requests):
        feeds = dict(request.feeds)
        for argument in tools[request.tool].arguments:
            if argument.noun is None or argument.name in request.arguments:
                continue
            earlier = [number for number in range(at) if makes(requests[number].tool) == argument.noun]
            if earlier and (argument.required or argument.noun == "campaign"):
                feeds[argument.name] = earlier[-1]
        found.append(replace(request, feeds=feeds))
    return found


def served(request: dict[str, Any], calls: Sequence[dict[str, Any]], tools: Mapping[str, Tool]) -> dict[str, Any]:
    """The request with what the calls before it made; an argument whose call made nothing stays out, and is asked for."""
    arguments, rests_on = dict(request["arguments"]), dict(request["rests_on"])
    tool = tools[request["tool"]]
    for name, number in request.get("feeds", {}).items():
        argument = tool.argument(name)
        made = _made(calls[number], argument.noun) if argument and number < len(calls) else None
        if made is not None and name not in arguments:
            arguments[name] = made["name"]
            rests_on[name] = Evidence(words=made["name"], origin="step").model_dump()
    return {**request, "arguments": arguments, "rests_on": rests_on, "feeds": {}}


def left(
    rest: Sequence[dict[str, Any]], at: int, calls: Sequence[dict[str, Any]], tools: Mapping[str, Tool]
) -> list[dict[str, Any]]:
    """The steps after the one at `at`, which asks something first, as they are kept for the turn that goes on: what is
    made already stands in them, and their numbers count from that step."""
    kept = []
    for request in rest:
        known = {name: number for name, number in request.get("feeds", {}).items() if number < at}
        filled = served({**request, "feeds": known}, calls, tools)
        later = {name: number - at for name, number in request.get("feeds", {}).items() if number >= at}
        kept.append({**filled, "feeds": later})
    return kept


def _made(call: dict[str, Any], noun: str | None) -> dict[str, Any] | None:
    if call.get("error") or call.get("waiting"):
        return None
    links = (Call.model_validate(call).result or {}).get("links", [])
    return next((link for link in links if link["noun"] == noun), None)
