"""The public pages as HTML. Text from outside passes `escape`; the style stands in the page, allowed by its hash."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


@cache
def policy() -> str:
    """What a public page may do: show itself, in its own style, and send its own form. No script, nothing from elsewhere."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def page(house: str, title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """A whole page; `body` is HTML that is safe already, `house` the company's name ("" where it is not told)."""
    name = f'<p class="house">{escape(house)}</p>' if house else ""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{name}<h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(html, status, {**HEADERS, "Content-Security-Policy": policy(), "X-Frame-Options": "DENY"})


def unknown_link(house: str) -> HTMLResponse:
    """For a link that is wrong, cut in two by a mail program, or older than what it led to."""
    said = (
        "<p>This link does not lead anywhere: it was cut off on its way, or what it belonged to is gone.</p>"
        "<p>Please open it from the newest email again. If you want no more emails, answer one of them and say so.</p>"
    )
    return page(house, "This link has come to its end", said, status=404)


def trouble(house: str) -> HTMLResponse:
    """For what broke inside; nothing was changed."""
    said = "<p>Something went wrong on our side, and nothing was changed. Please try again in a minute.</p>"
    return page(house, "That did not work", said, status=503)
