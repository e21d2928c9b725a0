"""Whether the public address leads to this hub: asked for as a reader's mail program would, from here."""

import time
from urllib.parse import urlsplit

import httpx

#: Seconds that the address is given, and for which an answer holds: the health check asks often.
PATIENCE, HOLDS = 3.0, 60.0
_ANSWERS: dict[str, tuple[float, str | None]] = {}


def public_problem(public_url: str) -> str | None:
    """What is wrong with the address, as a sentence; None where a letter's picture comes back."""
    known = _ANSWERS.get(public_url)
    if known is not None and time.monotonic() - known[0] < HOLDS:
        return known[1]
    found = _look(public_url)
    _ANSWERS[public_url] = (time.monotonic(), found)
    return found


def _look(public_url: str) -> str | None:
    try:
        answer = httpx.get(f"{public_url}/o/doctor.gif", timeout=PATIENCE, follow_redirects=False)
    except httpx.HTTPError as error:
        return f"It does not answer from here ({error or type(error).__name__}): is `marketing-hub serve` running behind it?"
    if answer.status_code != 200 or not answer.content.startswith(b"GIF8"):
        return f"Something else answers there ({answer.status_code}): the hub's own paths do not lead to the hub."
    if urlsplit(public_url).scheme != "https":
        return "It is not https: mail programs offer one-click unsubscribing (RFC 8058) only with https."
    return None
