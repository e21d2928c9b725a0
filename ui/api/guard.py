"""Who may call: a page of another site never, whoever has a token with the scope, and guesses only so often."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from ui.api.problems import Problem

if TYPE_CHECKING:
    from agent import Hub
    from agent.access import Scope, TokenView

REALM = 'Bearer realm="Marketing Hub"'
HOW = "marketing-hub token create NAME --scope read --scope write --scope approve"
#: Wrong tokens from one address within a minute, before it is told to wait.
MOST_FAILURES = 20
WINDOW = 60.0
#: Addresses whose failures are remembered; beyond it the oldest are forgotten, so that memory has a limit.
MOST_ADDRESSES = 10_000


class Failures:
    """Counts wrong tokens by address. A right token always passes: behind a proxy everybody has one address, and
    nobody shall be able to lock the others out. Guessing 256 bits is hopeless anyway; this keeps it from being noise."""

    def __init__(self, most: int = MOST_FAILURES) -> None:
        self._most = most
        self._times: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def note(self, address: str) -> int | None:
        """Count one more; the seconds to wait where there were too many."""
        now = time.monotonic()
        with self._lock:
            times = self._times.pop(address, None) or deque(maxlen=self._most + 1)
            times.append(now)
            self._times[address] = times  # the last one: the first in the dictionary is the one longest unheard of
            if len(self._times) > MOST_ADDRESSES:
                del self._times[next(iter(self._times))]
            within = [moment for moment in times if now - moment < WINDOW]
            return int(WINDOW - (now - within[0])) + 1 if len(within) > self._most else None


def refuse_foreign_pages(headers: Headers) -> None:
    """Raises Problem for a request that a browser says another site's page made; the API is for programs.

    Nobody's token is in a cookie, so such a request could do nothing; saying no also to those that carry a token keeps
    tokens out of pages.
    """
    origin = headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    if foreign or headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise Problem("origin", "Pages of other sites cannot call this API. Call it from a program.")


def authenticate(hub: Hub, headers: Headers, scope: Scope, address: str, failures: Failures) -> TokenView:
    """The token of the request, if it is valid and has the scope. Raises Problem (no-token, too-many, scope)."""
    given = headers.getlist("authorization")
    if not given:
        raise Problem("no-token", _how_to_get_in(hub), {"WWW-Authenticate": REALM})
    kind, _, secret = given[0].partition(" ")
    token = hub.access.tokens.verify(secret.strip()) if kind.lower() == "bearer" and len(given) == 1 else None
    if token is None:
        wait = failures.note(address)
        if wait is not None:
            raise Problem(
                "too-many", f"Too many wrong tokens. Try again in {wait} seconds.", {"Retry-After": str(wait)}
            )
        challenge = f'{REALM}, error="invalid_token"'
        detail = f"This token is not valid: mistyped, expired or revoked. {_how_to_get_in(hub)}"
        raise Problem("no-token", detail, {"WWW-Authenticate": challenge})
    if scope not in token.scopes:
        raise Problem(
            "scope",
            f"The token “{token.name}” has no {scope} scope (it has: {', '.join(token.scopes)}). "
            f"Use another one, or make one: {HOW.replace('NAME --scope read --scope write --scope approve', '')}"
            f"NAME --scope {scope}",
            {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'},
            {"scope": scope},
        )
    return token


def _how_to_get_in(hub: Hub) -> str:
    if hub.access.tokens.any_valid():
        return "Send a token with each request: “Authorization: Bearer mh_…”."
    return (
        f"There is no token yet. Make one on the hub's machine with “{HOW}”, "
        "then send it with each request: “Authorization: Bearer mh_…”."
    )
