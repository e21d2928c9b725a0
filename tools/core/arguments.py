"""Checking a call's arguments: from JSON values or plain strings to typed ones, with a sentence for what is wrong."""

import re
from contextlib import suppress
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from tools.core.declare import SPOKEN_KINDS, Argument, Tool
from tools.core.errors import BadInput, Missing

#: A text longer than this is refused: nobody types it, and every database would keep it.
LONGEST_TEXT = 200_000

#: Signs without a shape of their own that a text needs: line breaks, and the joiners inside emoji and some scripts.
KEPT = "\n\t\u200c\u200d"

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def check_arguments(tool: Tool, given: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The typed arguments for a call of `tool`; None and "" count as not given.

    Raises Missing for required ones that are absent, BadInput for unknown names and for values that do not fit.
    """
    values = {name: value for name, value in given.items() if not _is_empty(value)}
    known = [argument.name for argument in tool.arguments]
    for name in values:
        if name not in known:
            raise BadInput(unknown_argument(tool, name), name)
    missing = [argument for argument in tool.required if argument.name not in values]
    if missing:
        raise Missing(ask_for(missing), [argument.name for argument in missing])
    for name, value in values.items():
        day = _day_alone(argument_of(tool, name), value)
        if day is not None:
            raise Missing(f"At what time on {day:%A}, {day.day} {day:%B %Y}? Please tell me the hour.", [name])
    prepared = {name: _prepare(argument_of(tool, name), value, zone) for name, value in values.items()}
    try:
        checked = _model_of(tool).model_validate(prepared)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = str(problem["loc"][0])
        raise BadInput(unfit(argument_of(tool, name), problem["input"]), name) from error
    return {name: _with_zone(getattr(checked, name), zone) for name in values}


def _day_alone(argument: Argument, value: Any) -> date | None:
    """The day, where a day and time is wanted and only a day is given: midnight is what nobody means by it."""
    if argument.kind != "datetime" or not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        return None
    with suppress(ValueError):  # "2026-02-31" is refused as what it is
        return date.fromisoformat(value.strip())
    return None


def argument_of(tool: Tool, name: str) -> Argument:
    """The argument of this name (it exists)."""
    found = tool.argument(name)
    if found is None:
        raise KeyError(f"{tool.name} has no argument {name}")
    return found


def ask_for(arguments: list[Argument]) -> str:
    """One short question for what is missing."""
    parts = []
    for argument in arguments:
        if argument.enum:
            parts.append(f"the {spoken(argument.name)} ({', '.join(argument.enum)})")
        elif argument.noun:
            parts.append(f"which {spoken(argument.noun)} you mean")
        elif argument.kind == "date":
            parts.append(f"the {spoken(argument.name)} (a day)")
        elif argument.kind == "datetime":
            parts.append(f"the {spoken(argument.name)} (day and time)")
        else:
            parts.append(f"the {spoken(argument.name)}")
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Please tell me {listed}."


def spoken(name: str) -> str:
    """An identifier as words: "start_date" is "start date"."""
    words = {"email_campaign": "mailing", "ab_test": "A/B test", "social_post": "post", "type": "type"}
    return words.get(name, name.replace("_", " "))


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


@cache
def _model_of(tool: Tool) -> type[BaseModel]:
    fields: dict[str, Any] = {
        argument.name: (tool.hints[argument.name], ... if argument.required else argument.default)
        for argument in tool.arguments
    }
    return create_model(f"Arguments_{tool.name}", __config__=ConfigDict(extra="forbid"), **fields)


def _prepare(argument: Argument, value: Any, zone: ZoneInfo) -> Any:
    """Bring what people and command lines write into the shape that validation expects."""
    if isinstance(value, str):
        value = _clean(argument, value)
    if argument.is_list:
        items = value.split(",") if isinstance(value, str) else value
        if not isinstance(items, list | tuple):
            items = [items]
        cleaned = [_clean(argument, item) if isinstance(item, str) else item for item in items]
        return [_prepare_one(argument, item) for item in cleaned if not _is_empty(item)]
    return _prepare_one(argument, value)


def _prepare_one(argument: Argument, value: Any) -> Any:
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and argument.kind in ("str", "ref", *SPOKEN_KINDS)
    ):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if not isinstance(value, str):
        return value
    value = value.strip()
    if argument.enum:
        folded = value.casefold().replace(" ", "_")
        return next((e for e in argument.enum if e.replace("-", "_") == folded.replace("-", "_")), value)
    if argument.kind == "date" and "T" in value:
        return value.split("T")[0]
    return value


def _clean(argument: Argument, value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise BadInput(
            f"The {spoken(argument.name)} is {len(value):,} characters long; at most {LONGEST_TEXT:,} can be kept.",
            argument.name,
        )
    return "".join(character for character in value if character in KEPT or character.isprintable())


def _with_zone(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
    return value


def unknown_argument(tool: Tool, name: str) -> str:
    """What is said of an argument that the tool does not take, with the nearest that it does."""
    known = [argument.name for argument in tool.arguments]
    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]}?" if near else f" It takes: {', '.join(known) or 'nothing'}."
    return f"{tool.name} has no argument {name}.{hint}"


def unfit(argument: Argument, value: Any) -> str:
    """What is said of a value that is not of the argument's kind."""
    name = spoken(argument.name).capitalize()
    shown = value.isoformat() if isinstance(value, date | datetime) else str(value)[:80]
    if argument.enum:
        near = get_close_matches(shown, argument.enum, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"{name} can be {', '.join(argument.enum)}; “{shown}” is none of them.{hint}"
    wanted = {
        "int": "a whole number",
        "float": "a number",
        "bool": "yes or no",
        "date": "a day such as 2026-04-30",
        "datetime": "a day and time such as 2026-04-30T09:00",
    }.get(argument.kind, "text")
    if argument.is_list:
        wanted = f"a list, each of it {wanted}"
    return f"{name} must be {wanted}; “{shown}” is not."
