"""Arguments from a program (HTTP, MCP): of exactly the JSON types that the tool's schema tells, where a person may be
less strict. What people type is read generously ("Multi channel", "7500", an empty field); a program that sends a
number for a text, or null, has a fault that it should hear of.
"""

import math
import re
from typing import Any

from tools.core.arguments import argument_of, spoken, unfit, unknown_argument
from tools.core.declare import Argument, Tool
from tools.core.errors import BadInput

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
#: What no text holds: NUL, which databases refuse, and halves of a character.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def check_exactly(tool: Tool, given: dict[str, Any]) -> None:
    """Raises BadInput for the first argument that is unknown or not of its declared type."""
    for name, value in given.items():
        if tool.argument(name) is None:
            raise BadInput(unknown_argument(tool, name), name)
        argument = argument_of(tool, name)
        if argument.is_list:
            if not isinstance(value, list):
                raise BadInput(unfit(argument, value), name)
            _refuse_empty(argument, value)
            for item in value:
                _check_one(argument, item)
        else:
            _check_one(argument, value)


def _check_one(argument: Argument, value: Any) -> None:
    _refuse_empty(argument, value)
    if isinstance(value, str) and _NO_TEXT.search(value):
        raise BadInput(f"The {spoken(argument.name)} holds signs that are no text.", argument.name)
    if not _fits(argument, value):
        raise BadInput(unfit(argument, value), argument.name)


def _refuse_empty(argument: Argument, value: Any) -> None:
    if value is None or value == [] or (isinstance(value, str) and not value.strip()):
        raise BadInput(
            f"The {spoken(argument.name)} is empty. Leave it out where there is nothing to say.", argument.name
        )


def _fits(argument: Argument, value: Any) -> bool:
    if argument.enum:
        return value in argument.enum
    if argument.kind == "bool":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if argument.kind == "int":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if argument.kind == "float":
        return isinstance(value, int | float) and math.isfinite(value)
    if argument.kind == "ref" and isinstance(value, int):
        return True
    if not isinstance(value, str):
        return False
    shape = {"date": _DATE, "datetime": _DATETIME}.get(argument.kind)
    return shape is None or shape.fullmatch(value) is not None
