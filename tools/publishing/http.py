"""Calls of a platform's HTTP API, with every answer judged: did it do what was asked, did it not, or is it unknown?

A call that *creates* the post is judged strictly: only an answer which the HTTP standard or the platform's own
documentation defines as a refusal proves that nothing was published (RFC 9110, 15.5: 4xx). A lost connection, a time-out,
a 5xx or an answer that cannot be read leaves doubt. Any other call may be repeated, so its failures are only put off.
"""

import contextlib
import email.utils
import functools
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tools.publishing.answers import InDoubt, Later, Refused, TokenRefused

#: Seconds for an answer. Platforms process pictures while one waits.
TIMEOUT = httpx.Timeout(60.0, connect=15.0)
#: Refusals that prove that nothing was created. 408 and 409 are left out: something may be under way.
REFUSALS = frozenset(
    {400, 401, 402, 403, 404, 405, 406, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 428, 429, 431, 451}
)
#: The longest wait that a platform's word is taken for.
LONGEST_WAIT = timedelta(hours=24)

#: What a platform's own error says (and whether the call creates the post), or None where its words are to be quoted.
Explained = Callable[[httpx.Response, bool], "Exception | None"]


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Read once: it costs a fifth of a second."""
    return httpx.create_ssl_context()


def new_client() -> httpx.Client:
    """A client for all platforms. It follows no redirect: a token goes only where it belongs."""
    return httpx.Client(
        timeout=TIMEOUT, follow_redirects=False, headers={"user-agent": "marketing-hub"}, verify=_certificates()
    )


class Api:
    """One platform's API. `name` is how the platform is called in sentences; `explained` reads its own errors."""

    def __init__(self, client: httpx.Client, name: str, explained: Explained | None = None) -> None:
        self._client = client
        self._name = name
        self._explained = explained

    def call(self, method: str, url: str, *, creates: bool = False, **more: Any) -> httpx.Response:
        """Ask, and return the answer where it is a 2xx. Raises Refused, Later, TokenRefused; with `creates` also InDoubt."""
        try:
            response = self._client.request(method, url, **more)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise Later(f"{self._name} could not be reached ({_said(error)}).") from error
        except httpx.InvalidURL as error:
            raise Refused(f"“{url[:100]}” is no address that can be called.") from error
        except httpx.HTTPError as error:
            if creates:
                raise InDoubt(
                    f"{self._name} was given the post and did not answer ({_said(error)}), so nobody knows whether it came "
                    f"out; it is not repeated. Please look on {self._name}."
                ) from error
            raise Later(f"{self._name} did not answer ({_said(error)}).") from error
        return self._judged(response, creates)

    def json(self, method: str, url: str, *, creates: bool = False, **more: Any) -> dict[str, Any]:
        """Like `call`; the answer's JSON object."""
        response = self.call(method, url, creates=creates, **more)
        with contextlib.suppress(ValueError):
            found = response.json()
            if isinstance(found, dict):
                return found
        raise self.unreadable(creates)

    def unreadable(self, creates: bool) -> Exception:
        """The error for a success whose answer does not hold what its documentation says."""
        if creates:
            return InDoubt(
                f"{self._name} took the post, but its answer does not say which one it is now; it is not repeated. "
                f"Please look on {self._name}."
            )
        return Later(f"{self._name} gave an answer that cannot be read.")

    def _judged(self, response: httpx.Response, creates: bool) -> httpx.Response:
        if response.is_success:
            return response
        status = response.status_code
        if creates and status not in REFUSALS:
            raise InDoubt(
                f"{self._name} answered with an error of its own ({status}) when it was given the post, so nobody knows "
                f"whether it came out; it is not repeated. Please look on {self._name}."
            )
        own = self._explained(response, creates) if self._explained else None
        if own is not None:
            raise own
        if status == 401:
            raise TokenRefused(
                f"{self._name} does not accept the account's access any more. Connect the account again."
            )
        if status == 429:
            raise Later(f"{self._name} takes no more posts at the moment (its limit is reached).", wait_of(response))
        if status >= 500 or status in (408, 409):
            raise Later(f"{self._name} is out of order at the moment ({status}).")
        raise Refused(f"{self._name} refused: {words_of(response) or f'error {status}'}")


def words_of(response: httpx.Response) -> str:
    """The platform's own words of an error, shortened, however it packs them; "" where there are none."""
    try:
        found = response.json()
    except ValueError:
        return ""
    return _words(found)[:300].strip().rstrip(".")


def wait_of(response: httpx.Response) -> timedelta | None:
    """How long to wait: Retry-After (RFC 9110, 10.2.3: seconds or a date), or the reset time that platforms give
    (X-RateLimit-Reset: an ISO date on Mastodon, seconds since 1970 elsewhere)."""
    told = response.headers.get("retry-after")
    if told and told.strip().isdigit():
        return min(timedelta(seconds=int(told)), LONGEST_WAIT)
    reset = response.headers.get("x-ratelimit-reset") or response.headers.get("x-rate-limit-reset")
    reset = reset or response.headers.get("ratelimit-reset")
    until: datetime | None = None
    with contextlib.suppress(ValueError, TypeError, OverflowError, OSError):
        if told:
            until = email.utils.parsedate_to_datetime(told)
        elif reset and reset.strip().isdigit():
            until = datetime.fromtimestamp(int(reset), UTC)
        elif reset:
            until = datetime.fromisoformat(reset.replace("Z", "+00:00"))
    if until is None:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - datetime.now(UTC), timedelta()), LONGEST_WAIT)


def _words(found: Any) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return _words(found[0]) if found else ""
    if isinstance(found, dict):
        for key in ("error_user_msg", "detail", "message", "error_description", "error", "errors", "title"):
            if found.get(key):
                return _words(found[key])
    return ""


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
