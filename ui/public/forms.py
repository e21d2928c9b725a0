"""What a browser or a program sends: small forms only, read whole, never more than a few thousand characters."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

#: Bytes of a form, and of a webhook's body.
MOST, MOST_OF_A_HOOK = 20_000, 1_000_000


def caller(request: Request) -> str | None:
    """The caller's address of the net (behind a trusted proxy the one that it tells: uvicorn's `forwarded_allow_ips`)."""
    return request.client.host if request.client else None


class TooLarge(Exception):
    """The body is longer than anybody has reason to send."""


async def body_of(request: Request, most: int = MOST) -> bytes:
    """The body. Raises TooLarge as soon as it is longer than `most`."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise TooLarge
        parts.append(part)
    return b"".join(parts)


async def form_of(request: Request) -> Mapping[str, list[str]]:
    """The fields of a form (urlencoded, or multipart as RFC 8058 allows for one-click), each with its values."""
    body = await body_of(request)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await _multipart(request, body)
    return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)


def one(form: Mapping[str, list[str]], name: str) -> str:
    """A field's first value; "" without one."""
    return (form.get(name) or [""])[0]


async def _multipart(request: Request, body: bytes) -> Mapping[str, list[str]]:
    from collections.abc import AsyncGenerator

    from starlette.formparsers import MultiPartParser

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield body

    parsed = await MultiPartParser(request.headers, pieces(), max_files=0, max_fields=100).parse()
    return {name: [str(value) for value in parsed.getlist(name)] for name in parsed}
