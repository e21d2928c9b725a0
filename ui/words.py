"""Names and values as people read them, the same in the terminal and on the pages."""

import re
from typing import Any

#: Control characters (all but tab and line feed): text from records must not steer a terminal.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def safe(text: str) -> str:
    """The text without control characters, so that none of it can move the cursor or change colours."""
    return _CONTROLS.sub("", text)


def spoken_tool(name: str) -> str:
    """A tool's name as words: "create_campaign" is "Create campaign"."""
    words = name.replace("_ab_", " A/B ").replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:]}"


def spoken_value(value: Any) -> str:
    """An argument's value as text: lists with commas, whole amounts without decimals."""
    if isinstance(value, list | tuple):
        return ", ".join(spoken_value(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value)


def shortened(text: str, longest: int = 80) -> str:
    """The text on one line, cut with an ellipsis."""
    line = " ".join(safe(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
