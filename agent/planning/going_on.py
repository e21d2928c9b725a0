"""An undertaking goes on: the answer to a step's question holds for the further steps that ask the same."""

from dataclasses import replace
from itertools import cycle
from typing import Any

from agent.arguments.choices import find_choices
from agent.arguments.sentence import Sentence
from agent.conversation import Pending
from agent.requests import Request
from agent.turn import Evidence
from tools.core.declare import Tool


def going_on(answered: Request, pending: Pending, answer: Sentence, tool: Tool) -> tuple[Request, ...]:
    """The step that asked, answered, and those after it. "LinkedIn, Instagram and Facebook" for three posts is one each;
    any other answer holds for all steps that lack the same."""
    rest = [_request(kept) for kept in pending.rest]
    alike = [
        answered,
        *(r for r in rest if r.tool == answered.tool and any(f not in r.arguments for f in pending.fields)),
    ]
    for name in pending.fields:
        if name not in answered.arguments:
            continue
        values = _several(answer, tool, name) or [(answered.arguments[name], answered.rests_on.get(name))]
        for request, (value, evidence) in zip(alike, cycle(values), strict=False):
            if request is answered or name not in request.arguments:
                request.arguments[name] = value
                if evidence is not None:
                    request.rests_on[name] = evidence
    return (answered, *rest)


def _several(answer: Sentence, tool: Tool, name: str) -> list[tuple[Any, Evidence | None]]:
    argument = tool.argument(name)
    if argument is None or not argument.enum or argument.is_list:
        return []
    found = find_choices(replace(answer, claimed=[]), argument)  # what the first step took holds for the others
    return [(value, answer.evidence(start, end)) for start, end, value in found]


def _request(kept: dict[str, Any]) -> Request:
    rests_on = {name: Evidence.model_validate(value) for name, value in kept["rests_on"].items()}
    return Request(kept["tool"], dict(kept["arguments"]), rests_on, dict(kept.get("feeds", {})))
