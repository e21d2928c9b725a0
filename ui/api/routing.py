"""Finding the operation for an address.

Matched on the address as it was sent: only so may a name in it hold a slash (`Q3%2FQ4`). Of the routes that fit, the
one with the earliest fixed words counts (`/campaigns/list` before `/campaigns/{campaign}`), and only its methods: a
campaign that is called “list” is reached by its id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from starlette.types import Scope

from ui.api.problems import PREFIX, Problem

if TYPE_CHECKING:
    from ui.api.operations import Operation

_PARAMETER = re.compile(r"\{(\w+)\}")


class Table:
    """All operations, by their routes. Refuses two of the same method and address."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._routes: dict[tuple[str, ...], dict[str, Operation]] = {}
        self._by_length: dict[int, list[tuple[str, ...]]] = {}
        for operation in operations:
            methods = self._routes.setdefault(_pattern(operation.path), {})
            if operation.method in methods:
                raise ValueError(f"two operations are at {operation.method} {operation.path}")
            methods[operation.method] = operation
        for pattern in self._routes:
            self._by_length.setdefault(len(pattern), []).append(pattern)

    def find(self, method: str, scope: Scope) -> tuple[Operation, Mapping[str, str]]:
        """The operation and the values of its path's parameters. Raises Problem (no-route, method, malformed)."""
        segments = _segments(scope)
        fitting = [pattern for pattern in self._by_length.get(len(segments), ()) if _fits(pattern, segments)]
        if not fitting:
            raise Problem("no-route", f"There is nothing at this address. {PREFIX}/docs lists what there is.")
        best = min(fitting, key=lambda pattern: [word == "{}" for word in pattern])
        methods = self._routes[best]
        operation = methods.get(method)
        if operation is None:
            allowed = ", ".join(sorted(methods))
            raise Problem("method", f"This address takes {allowed}, not {method}.", {"Allow": allowed})
        values = [segment for word, segment in zip(best, segments, strict=True) if word == "{}"]
        return operation, dict(zip(_PARAMETER.findall(operation.path), values, strict=True))


def parameters_of(path: str) -> list[str]:
    """The names in braces."""
    return _PARAMETER.findall(path)


def _pattern(path: str) -> tuple[str, ...]:
    return tuple("{}" if _PARAMETER.fullmatch(word) else word for word in path.strip("/").split("/"))


def _fits(pattern: tuple[str, ...], segments: list[str]) -> bool:
    return all(
        bool(segment) if word == "{}" else word == segment for word, segment in zip(pattern, segments, strict=True)
    )


def _segments(scope: Scope) -> list[str]:
    raw: bytes = scope.get("raw_path") or str(scope["path"]).encode()
    _, found, rest = raw.partition(b"?")[0].partition(f"{PREFIX}/".encode())
    if not found:
        return [""]
    try:
        return [unquote_to_bytes(segment).decode() for segment in rest.split(b"/")]
    except UnicodeDecodeError:
        raise Problem("malformed", "The address is not UTF-8: percent-encode names as UTF-8.") from None
