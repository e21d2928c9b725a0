"""`marketing-hub tools --json` is the catalogue that the routes, commands and evals rest on: names, arguments, order,
defaults, choices, effects, addresses. `catalogue.toml` beside this file is the contract."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ui.cli import app

CATALOGUE: dict[str, Any] = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text())
ENUMS: dict[str, list[str]] = CATALOGUE["enums"]
#: Declared as plain texts in the contract, read by grammars of their own.
PLAIN = {"str", "int", "float", "bool", "date", "datetime", "ref", "period"}
_ARGUMENT = re.compile(r"(\w+)(\?)?:(list\[\w+\]|\w+)(?:=(\S+))?")


def contract() -> dict[str, dict[str, Any]]:
    """The contract's tools in the shape that the command prints."""
    found = {}
    for group, tools in CATALOGUE.items():
        if group == "enums":
            continue
        for name, told in tools.items():
            found[name] = {
                "name": name,
                "group": group,
                "effect": told["effect"],
                "route": told["http"].removesuffix(" *"),
                "arguments": dict(_argument(text) for text in told["args"].split(", ") if text),
            }
    return found


def _argument(text: str) -> tuple[str, dict[str, Any]]:
    read = _ARGUMENT.fullmatch(text)
    assert read, text
    name, optional, kind, default = read.groups()
    inner = kind.removeprefix("list[").removesuffix("]")
    return name, {
        "type": kind,
        "required": not optional,
        "default": json.loads(default) if default and re.fullmatch(r"[\d.]+", default) else default,
        "enum": ENUMS.get(inner),
    }


def printed() -> dict[str, dict[str, Any]]:
    result = CliRunner().invoke(app, ["tools", "--json"])
    assert result.exit_code == 0, result.stderr
    tools = {tool["name"]: tool for tool in json.loads(result.stdout)}
    for tool in tools.values():
        for argument in tool["arguments"].values():
            assert argument.pop("description").strip()
    return tools


CONTRACT = contract()


def test_there_are_these_tools_and_no_others() -> None:
    assert set(printed()) == set(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_a_tool_is_as_the_contract_says(name: str) -> None:
    said, agreed = printed().get(name), CONTRACT[name]
    assert said is not None, f"{name} is missing"
    assert list(said["arguments"]) == list(agreed["arguments"]), "names or order of the arguments"
    assert said == agreed


def test_every_kind_of_argument_is_known() -> None:
    """A kind that is no plain one and no list of choices is a text with a grammar of its own."""
    kinds = {
        argument["type"].removeprefix("list[").removesuffix("]")
        for tool in CONTRACT.values()
        for argument in tool["arguments"].values()
    }
    assert kinds - PLAIN - set(ENUMS) == {"trigger", "step"}
