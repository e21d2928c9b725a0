"""Clicks and opens as plain ASGI: these are most of what comes in, and each is answered as soon as it is stored."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.types import Receive, Scope, Send

from ui.public.pages import HEADERS

if TYPE_CHECKING:
    from agent.public import Public

CLICK, OPEN = "/c/", "/o/"
#: The smallest picture: one transparent pixel (GIF89a).
PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_HEAD = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_PICTURE = [*_HEAD, (b"content-type", b"image/gif"), (b"content-length", str(len(PIXEL)).encode())]


class Hits:
    """`await hits(scope, receive, send)` answers and gives True, or leaves the request alone (False)."""

    def __init__(self, public: Public) -> None:
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> bool:
        path: str = scope["path"]
        kind, token, method = path[:3], path[3:], scope["method"]
        if kind not in (CLICK, OPEN) or method not in ("GET", "HEAD") or not token or "/" in token:
            return False
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        address = scope["client"][0] if scope.get("client") else None
        if kind == OPEN:
            await self._public.opened(token, method, headers, address)
            # Also for a wrong token: nobody learns which are right, and no letter shows a broken picture.
            await send({"type": "http.response.start", "status": 200, "headers": _PICTURE})
            await send({"type": "http.response.body", "body": b"" if method == "HEAD" else PIXEL})
            return True
        target = await self._public.clicked(token, method, headers, address)
        if target is None:
            return False
        location = [(b"location", _ascii(target)), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 302, "headers": [*_HEAD, *location]})
        await send({"type": "http.response.body", "body": b""})
        return True


def _ascii(url: str) -> bytes:
    """The address as a header may hold it: without line ends, letters outside ASCII percent-encoded."""
    return quote(url.strip(), safe="%/:=&?~#+!$,;'@()*[]").encode("ascii")
