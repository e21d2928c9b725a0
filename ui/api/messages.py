"""A request as an operation sees it, and what it answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import Receive

if TYPE_CHECKING:
    from agent.access import TokenView

JSON = "application/json"


@dataclass(frozen=True)
class Request:
    """`path` holds the values of the route's parameters, decoded; `query` the pairs as they came; `body` is read."""

    id: str
    method: str
    target: str
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    headers: Headers
    body: bytes
    token: TokenView | None
    receive: Receive

    @property
    def person(self) -> str:
        """Who acts: the token's name, as it stands in the audit log."""
        if self.token is None:
            raise RuntimeError("this operation is open to everybody: nobody acts in it")
        return self.token.name


@dataclass(frozen=True)
class Answer:
    """`body` is a JSON value, or text where the media type is another."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON

    def encoded(self) -> bytes:
        return encode(self.body) if self.media_type.endswith("json") else str(self.body).encode()


@dataclass(frozen=True)
class Stream:
    """An answer that comes in pieces; closing the iterator ends what it tells of."""

    pieces: AsyncIterator[bytes]
    media_type: str


def encode(value: Any) -> bytes:
    """JSON in UTF-8. NaN is no JSON: a result that holds one is a fault."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
