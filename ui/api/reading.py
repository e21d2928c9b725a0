"""Reading what was sent: bodies, queries, headers. What is wrong with it is told in a sentence."""

from __future__ import annotations

import json
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Receive

from ui.api.problems import Problem

#: Bytes of a body at most: twenty of the longest texts that a tool takes.
LARGEST_BODY = 4 * 1024 * 1024
MOST_PARAMETERS = 200
LONGEST_KEY = 255


async def read_body(headers: Headers, receive: Receive) -> bytes:
    """The whole body. Raises Problem (too-large)."""
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        _too_large()
    read = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        read += message.get("body", b"")
        if len(read) > LARGEST_BODY:
            _too_large()
        if not message.get("more_body", False):
            return bytes(read)


class ClientGone(Exception):
    """Whoever asked has hung up: nobody waits for an answer."""


def json_object(body: bytes, headers: Headers) -> dict[str, Any]:
    """The body as a JSON object; no body at all is an empty one. Raises Problem (media-type, malformed)."""
    if not body:
        return {}
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "").removeprefix("charset=")
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise Problem("media-type", "Send the arguments as JSON in UTF-8, with Content-Type: application/json.")
    try:
        value = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Problem("malformed", "The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        detail = f"The body is no valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise Problem("malformed", detail) from None
    except RecursionError:
        raise Problem("malformed", "The body is nested too deeply.") from None
    except ValueError:  # a whole number of thousands of digits
        raise Problem("malformed", "The body holds a number that is too long to be read.") from None
    if not isinstance(value, dict):
        raise Problem("malformed", "The body must be a JSON object: the arguments by their names.")
    return value


def query_pairs(query: bytes) -> tuple[tuple[str, str], ...]:
    """The query's names and values in order. Raises Problem (malformed)."""
    try:
        return tuple(
            parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
        )
    except UnicodeError:
        raise Problem("malformed", "The query is not UTF-8: percent-encode values as UTF-8.") from None
    except ValueError:
        raise Problem("malformed", f"The query has more than {MOST_PARAMETERS} parameters.") from None


def idempotency_key(headers: Headers) -> str | None:
    """The key of a request that may be sent again. Raises Problem (malformed)."""
    keys = headers.getlist("idempotency-key")
    if not keys:
        return None
    key = keys[0]
    if len(keys) > 1 or not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()) or key.isspace():
        detail = f"An Idempotency-Key is 1 to {LONGEST_KEY} visible ASCII characters, sent once; a UUID does well."
        raise Problem("malformed", detail)
    return key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise Problem("malformed", f"The body names {twice[:80]!r} more than once.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise Problem("malformed", f"The body is no valid JSON: {name} is no JSON number.")


def _too_large() -> NoReturn:
    detail = f"The body is larger than {LARGEST_BODY // 1024 // 1024} MiB, more than any tool takes."
    # What was not read is not taken from the line: the connection ends with this answer.
    raise Problem("too-large", detail, {"Connection": "close"})
