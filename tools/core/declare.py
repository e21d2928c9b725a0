"""The tool declared once: a plain typed function, from whose signature and docstring every surface is made."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import docstring_parser
from pydantic import BaseModel

from tools.core.context import Context
from tools.core.kinds import Ref, Role
from tools.core.result import Result

Effect = Literal["read", "draft", "write", "gated"]
EFFECTS: tuple[Effect, ...] = ("read", "draft", "write", "gated")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
#: Roles whose words a tool reads itself: the catalogue gives them as types of their own.
SPOKEN_KINDS = ("period", "trigger", "step")
PLAIN = {str: "str", int: "int", float: "float", bool: "bool", date: "date", datetime: "datetime"}

Function = TypeVar("Function", bound=Callable[..., Result])


class BadDeclaration(TypeError):
    """A tool that cannot be offered on every surface; said when the module is imported."""


@dataclass(frozen=True)
class Argument:
    """One argument as every surface sees it.

    `kind` is its type in the catalogue's words: a plain type, "ref", "period", or an enum's name; `is_list` puts a list
    around it. `noun` is set for a ref, `role` where its words play one, `enum` holds the allowed values.
    """

    name: str
    kind: str
    description: str
    required: bool
    default: Any = None
    is_list: bool = False
    enum: tuple[str, ...] = ()
    noun: str | None = None
    role: Role | None = None

    @property
    def type(self) -> str:
        return f"list[{self.kind}]" if self.is_list else self.kind


@dataclass(frozen=True, eq=False)
class Tool:
    """One tool: what it is called, what it does to the world, where it is found, what it takes and gives.

    Compared and hashed by identity: it is declared once.
    """

    name: str
    group: str
    effect: Effect
    method: str
    path: str
    summary: str
    description: str
    arguments: tuple[Argument, ...]
    function: Callable[..., Result]
    preview: Callable[..., Result] | None
    result_type: type[Result]
    hints: dict[str, Any]
    pages: bool = False
    form: bool = False
    keeps_answer: bool = False

    @cached_property
    def rows(self) -> str | None:
        """The field of the result that holds the rows, for a tool that lists records: its one tuple of objects."""
        if not self.name.startswith("list_"):
            return None
        found = [name for name, field in self.result_type.model_fields.items() if _holds_objects(field.annotation)]
        return found[0] if len(found) == 1 else None

    def argument(self, name: str) -> Argument | None:
        return next((argument for argument in self.arguments if argument.name == name), None)

    @property
    def required(self) -> tuple[Argument, ...]:
        return tuple(argument for argument in self.arguments if argument.required)

    def as_json(self) -> dict[str, Any]:
        """The tool as `marketing-hub tools --json` prints it."""
        return {
            "name": self.name,
            "group": self.group,
            "effect": self.effect,
            "route": f"{self.method} {self.path}",
            "arguments": {
                argument.name: {
                    "type": argument.type,
                    "required": argument.required,
                    "default": argument.default,
                    "description": argument.description,
                    "enum": list(argument.enum) or None,
                }
                for argument in self.arguments
            },
        }


_declared: dict[str, Tool] = {}


def tool(
    *, effect: Effect, route: str, preview: Callable[..., Result] | None = None, pages: bool = False, form: bool = False,
    keeps_answer: bool = False,
) -> Callable[[Function], Function]:  # fmt: skip
    """Record a function as a tool and return it unchanged.

    route is "METHOD /path" under /api/marketing, with `{argument}` for those in the path. A gated tool needs `preview`:
    a function of the same parameters that returns what exactly would happen, and changes nothing.
    A tool with `pages` lists so much that it reads no more rows than `ctx.page` asks for, and tells how many there are
    in the result's `total`; the rows of others are all there, and a surface cuts its page out of them.
    A tool for a `form` is called by the pages' forms alone: nobody says "version 3, all fields as follows" in a chat, so
    no example routes to it and no other surface lists it; door, gate and audit log are the same.
    The audit log keeps the answer of a read that `keeps_answer` whole; of others, its first words.
    Raises BadDeclaration where a surface could not offer it.
    """

    def record(function: Function) -> Function:
        declared = _declaration(function, effect, route, preview, pages)
        declared = replace(declared, form=form, keeps_answer=keeps_answer)
        if declared.name in _declared and _declared[declared.name].function.__module__ != function.__module__:
            raise BadDeclaration(f"two tools are called {declared.name}")
        _declared[declared.name] = declared
        return function

    return record


def declared_tools() -> dict[str, Tool]:
    """All tools declared so far, by name (see tools.catalogue, which imports every group)."""
    return {name: tool for name, tool in _declared.items() if not tool.form}


def declared_form_tools() -> dict[str, Tool]:
    """The tools that only the pages' forms call, by name (see tools.catalogue, which imports them)."""
    return {name: tool for name, tool in _declared.items() if tool.form}


def _declaration(
    function: Callable[..., Result], effect: Effect, route: str, preview: Callable[..., Result] | None, pages: bool
) -> Tool:
    name = function.__name__
    if effect not in EFFECTS:
        raise BadDeclaration(f"{name}: effect must be one of {', '.join(EFFECTS)}")
    if (effect == "gated") != (preview is not None):
        raise BadDeclaration(f"{name}: a gated tool, and only a gated one, needs a preview of what would happen")
    hints = get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or hints.get(parameters[0].name) is not Context:
        raise BadDeclaration(f"{name}: the first parameter must be the Context")
    result_type = hints.get("return")
    if not (inspect.isclass(result_type) and issubclass(result_type, Result)):
        raise BadDeclaration(f"{name}: must return a Result")
    if pages and "total" not in result_type.model_fields:
        raise BadDeclaration(
            f"{name}: a tool that reads pages must tell in its result's `total` how many rows there are"
        )
    if preview is not None:
        _check_preview(name, function, preview)
    summary, description, described = _read_docstring(name, function, [p.name for p in parameters[1:]])
    arguments = tuple(_argument(name, p, hints[p.name], described[p.name]) for p in parameters[1:])
    method, path = _read_route(name, route, arguments)
    return Tool(
        name=name,
        group=function.__module__.split(".")[-1],
        effect=effect,
        method=method,
        path=path,
        summary=summary,
        description=description,
        arguments=arguments,
        function=function,
        preview=preview,
        result_type=result_type,
        hints={p.name: hints[p.name] for p in parameters[1:]},
        pages=pages,
    )


def _check_preview(name: str, function: Callable[..., Result], preview: Callable[..., Result]) -> None:
    own, other = (list(inspect.signature(f).parameters)[1:] for f in (function, preview))
    if own != other:
        raise BadDeclaration(f"{name}: its preview must have the same parameters ({own}, not {other})")


def _read_docstring(
    name: str, function: Callable[..., Result], parameters: list[str]
) -> tuple[str, str, dict[str, str]]:
    parsed = docstring_parser.parse(inspect.getdoc(function) or "", style=docstring_parser.DocstringStyle.GOOGLE)
    described = {p.arg_name: " ".join((p.description or "").split()) for p in parsed.params}
    if not parsed.short_description:
        raise BadDeclaration(f"{name}: has no docstring")
    if list(described) != parameters or not all(described.values()):
        raise BadDeclaration(
            f"{name}: its docstring must describe exactly its parameters, in order: {parameters}, not {list(described)}"
        )
    return parsed.short_description, (parsed.description or "").strip(), described


def _read_route(name: str, route: str, arguments: tuple[Argument, ...]) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    if method not in METHODS or not path.startswith("/"):
        raise BadDeclaration(f"{name}: the route must be 'METHOD /path', not {route!r}")
    unknown = set(re.findall(r"\{(\w+)\}", path)) - {argument.name for argument in arguments}
    if unknown:
        raise BadDeclaration(f"{name}: its route names {', '.join(sorted(unknown))}, which it does not take")
    return method, path


def _argument(tool_name: str, parameter: inspect.Parameter, hint: Any, description: str) -> Argument:
    where = f"{tool_name}({parameter.name})"
    required = parameter.default is inspect.Parameter.empty
    inner, optional = _without_none(hint)
    if optional and required:
        raise BadDeclaration(f"{where}: an optional parameter needs a default")
    is_list = get_origin(inner) is list
    if is_list:
        (inner,) = get_args(inner)
    marks: tuple[Any, ...] = ()
    if get_origin(inner) is Annotated:
        inner, *rest = get_args(inner)
        marks = tuple(rest)
    enum: tuple[str, ...] = ()
    if inspect.isclass(inner) and issubclass(inner, StrEnum):
        kind, enum = _snake(inner.__name__), tuple(member.value for member in inner)
    elif inner in PLAIN:
        kind = PLAIN[inner]
    else:
        raise BadDeclaration(
            f"{where}: {hint} is not flat (str, int, float, bool, date, datetime, enum, or a list of those): "
            "it could not be said in a chat or on a command line"
        )
    noun = next((mark.noun for mark in marks if isinstance(mark, Ref)), None)
    role = next((mark for mark in marks if isinstance(mark, Role)), None)
    if noun:
        kind = "ref"
    elif role and role.name in SPOKEN_KINDS:
        kind = role.name
    default = None if required else parameter.default
    return Argument(
        name=parameter.name,
        kind=kind,
        description=description,
        required=required,
        default=default.value if isinstance(default, StrEnum) else default,
        is_list=is_list,
        enum=enum,
        noun=noun,
        role=role,
    )


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        rest = [part for part in get_args(hint) if part is not NoneType]
        if len(rest) == 1 and len(rest) < len(get_args(hint)):
            return rest[0], True
    return hint, False


def _holds_objects(hint: Any) -> bool:
    items = get_args(hint)
    return get_origin(hint) is tuple and bool(items) and inspect.isclass(items[0]) and issubclass(items[0], BaseModel)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
