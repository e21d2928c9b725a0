"""What may come next in a slash command that is being typed: commands, names of arguments, their values, records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from agent import slash
from tools.core.errors import BadInput
from tools.core.records import NOUNS, fold

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tools.core.declare import Argument, Tool

#: Values offered at once; of the commands all are.
MOST = 12
#: Commands that are no tool's.
OF_THE_HUB = {
    "/help": "List all commands",
    "/approve": "Carry out a plan that waits, by its number",
    "/reject": "Close a plan that waits, by its number",
    "/undo": "Take back the last change of this conversation",
    "/learn": "Teach the hub which tool the last message meant",
    "/learned": "List what the hub was taught",
    "/unlearn": "Forget something it was taught, by its number",
}
_WORD = re.compile(r'(?:[^\s"]|"[^"]*(?:"|$))+')


class Option(BaseModel):
    """One thing that may come next: `insert` takes the place of the text from `Completion.start` on."""

    model_config = ConfigDict(frozen=True)

    insert: str
    label: str
    hint: str = ""


class Completion(BaseModel):
    """The options, the best first; `expects` says what belongs here, for a line above them ("budget: The whole …")."""

    model_config = ConfigDict(frozen=True)

    start: int = 0
    options: tuple[Option, ...] = ()
    expects: str = ""


@dataclass(frozen=True)
class _Typed:
    """The words so far with where they begin; the last one is what is being typed (it may be empty)."""

    words: tuple[str, ...]
    start: int

    @property
    def partial(self) -> str:
        return self.words[-1]


def complete(text: str, tools: Mapping[str, Tool], session: Session) -> Completion:
    """What may come next after `text` (a message up to the cursor). Nothing for what is no command."""
    if not re.match(r"/(\w|$)", text):
        return Completion()
    typed = _read(text)
    if len(typed.words) <= 2:
        found = Completion(start=0, options=tuple(_commands(text.lower().split(), tools)))
        if found.options or len(typed.words) == 1:
            return found
    try:
        tool, rest = slash.tool_of(typed.words[:-1], tools)
    except BadInput:
        return Completion()
    return _arguments(tool, rest, typed, session)


def _read(text: str) -> _Typed:
    found = list(_WORD.finditer(text))
    words = [one.group() for one in found]
    if not found or (text[-1].isspace() and found[-1].end() < len(text)):
        return _Typed((*words, ""), len(text))
    return _Typed(tuple(words), found[-1].start())


def _commands(typed: list[str], tools: Mapping[str, Tool]) -> Iterator[Option]:
    """Those that begin with what was typed, then those that hold all its words somewhere."""
    wanted = " ".join(typed)
    known = [(f"/{' '.join(slash.command_of(tool))}", tool.summary, tool) for tool in tools.values()]
    everything = [(name, said, None) for name, said in OF_THE_HUB.items()]
    listed = [*known, *everything]
    words = wanted.lstrip("/").split()

    def holds(name: str, said: str) -> bool:
        inside = f"{name} {said}".lower()
        return bool(words) and all(word in inside for word in words)

    first = [one for one in listed if one[0].startswith(wanted)]
    then = [one for one in listed if one not in first and holds(one[0], one[1])]
    for name, said, tool in (*first, *then):
        takes = tool is None or bool(tool.arguments)
        yield Option(insert=f"{name} " if takes else name, label=name, hint=said)


def _arguments(tool: Tool, rest: list[str], typed: _Typed, session: Session) -> Completion:
    given = {name for word in rest if (name := word.partition("=")[0]) and "=" in word and tool.argument(name)}
    name, equals, value = typed.partial.partition("=")
    if equals and (argument := tool.argument(name)):
        options = (
            Option(insert=f"{name}={_quoted(one)} ", label=one, hint=hint)
            for one, hint in _values(argument, value, session)
        )
        return Completion(start=typed.start, options=tuple(options)[:MOST], expects=_expects(argument))
    placed = sum("=" not in word for word in rest)
    wanted = [argument for argument in tool.arguments if argument.required and argument.name not in given]
    here = wanted[placed] if placed < len(wanted) else None
    options_here: list[Option] = []
    if here is not None:
        options_here += [
            Option(insert=f"{_quoted(one)} ", label=one, hint=hint)
            for one, hint in _values(here, typed.partial, session)
        ][:MOST]
    options_here += [
        Option(insert=f"{one.name}=", label=f"{one.name}=", hint=one.description)
        for one in tool.arguments
        if one.name not in given and one is not here and (not one.required or placed == 0)
        and one.name.startswith(typed.partial.lower()) and (here is None or bool(typed.partial))
    ]  # fmt: skip
    return Completion(start=typed.start, options=tuple(options_here), expects=_expects(here) if here else "")


def _expects(argument: Argument) -> str:
    return f"{argument.name.replace('_', ' ')}: {argument.description}"


def _values(argument: Argument, typed: str, session: Session) -> Iterable[tuple[str, str]]:
    """(value, hint) that fit what was typed of it."""
    wanted = typed.strip('"')
    if argument.enum:
        return [(one, "") for one in argument.enum if one.startswith(wanted.lower())]
    if argument.kind == "bool":
        return [(one, "") for one in ("yes", "no") if one.startswith(wanted.lower())]
    if argument.noun and argument.noun in NOUNS:
        return _records(argument.noun, wanted, session)
    return []


def _records(noun: str, typed: str, session: Session) -> list[tuple[str, str]]:
    kind, wanted = NOUNS[noun], fold(typed)
    records = kind.names(session, typed or None)
    names = [one for one in records if wanted in fold(one.name)]
    names += [one for one in records if one not in names and any(wanted in fold(alias) for alias in one.aliases)]
    names.sort(key=lambda one: not fold(one.name).startswith(wanted))
    twice = {one.name for one in names if sum(other.name == one.name for other in names) > 1}
    return [
        (str(one.id) if one.name in twice or not one.name else one.name, f"{kind.singular} {one.id}" + (f", {one.name}" if one.name in twice else ""))
        for one in names[:MOST]
    ]  # fmt: skip


def _quoted(value: str) -> str:
    plain = value.replace('"', "")
    return f'"{plain}"' if re.search(r"\s|=|'", plain) else plain
