"""Unsubscribing and preferences. Looking (GET) changes nothing: mail scanners look at every link; only POST does."""

from __future__ import annotations

import asyncio
from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ui.public.forms import form_of, one
from ui.public.pages import page, unknown_link

if TYPE_CHECKING:
    from agent.public import Known, Preferences, Public

ONE_CLICK = "List-Unsubscribe"


def choosing_routes(public: Public) -> list[Route]:
    """`/u/` and `/p/`."""

    async def unsubscribe(request: Request) -> Response:
        token, house = request.path_params["token"], await asyncio.to_thread(public.house)
        if request.method != "POST":
            known = await asyncio.to_thread(public.unsubscriber, token)
            return _ask(house, known) if known is not None else unknown_link(house)
        form = await form_of(request)
        how = "one click in the mail program" if one(form, ONE_CLICK) == "One-Click" else "the unsubscribe page"
        gone = await asyncio.to_thread(public.unsubscribe, token, how)
        return _gone(house, gone) if gone is not None else unknown_link(house)

    async def preferences(request: Request) -> Response:
        token, house = request.path_params["token"], await asyncio.to_thread(public.house)
        if request.method != "POST":
            found = await asyncio.to_thread(public.preferences, token)
            return _choose(house, found) if found is not None else unknown_link(house)
        form = await form_of(request)
        if one(form, "do") == "unsubscribe":
            gone = await asyncio.to_thread(public.leave, token)
            return _gone(house, gone) if gone is not None else unknown_link(house)
        pause = one(form, "pause")
        saved = await asyncio.to_thread(
            public.choose,
            token,
            form.get("topic", []),
            form.get("channel", []),
            int(pause) if pause.isdigit() else None,
        )
        return _choose(house, saved, saved=True) if saved is not None else unknown_link(house)

    return [
        Route("/u/{token}", unsubscribe, methods=["GET", "POST"]),
        Route("/p/{token}", preferences, methods=["GET", "POST"]),
    ]


def _ask(house: str, known: Preferences) -> Response:
    if not known.subscribed:
        return page(house, "You get no emails from us", f"<p>{escape(known.address)} is not on our list.</p>")
    body = (
        f"<p>Shall we stop all emails to <strong>{escape(known.address)}</strong>?</p>"
        '<form method="post"><button>Unsubscribe</button></form>'
    )
    return page(house, "Unsubscribe", body)


def _gone(house: str, known: Known) -> Response:
    body = (
        f'<p class="note" role="status">{escape(known.preferences.address)} gets no more emails from us.</p>'
        "<p>An email that is on its way already may still arrive.</p>"
        f'<p>It was not meant like that? <a href="{escape(known.preferences_path)}">Choose what you want to get</a>.</p>'
    )
    return page(house, "You are unsubscribed", body)


def _choose(house: str, known: Preferences, *, saved: bool = False) -> Response:
    if known.blocked:
        said = (
            f"<p>Emails to {escape(known.address)} came back, so we have stopped writing to it. "
            "Please sign up with another address, or tell us that this one works again.</p>"
        )
        return page(house, "We cannot reach you", said)
    note = '<p class="note" role="status">Your choice is saved.</p>' if saved else ""
    if not known.subscribed:
        note += '<p class="note bad">You get no emails from us at present. Save a choice to get them again.</p>'
    elif known.paused_until is not None:
        note += f'<p class="note">No emails until {escape(_day(known))}.</p>'
    topics = "".join(_box("topic", name, name, wanted) for name, wanted in known.topics)
    channels = "".join(_box("channel", value, name, wanted) for value, name, wanted in known.channels)
    body = (
        f"{note}<p>For <strong>{escape(known.address)}</strong>.</p>"
        '<form method="post">'
        + (f"<fieldset><legend>Emails about</legend><div>{topics}</div></fieldset>" if topics else "")
        + (f"<fieldset><legend>Also by</legend><div>{channels}</div></fieldset>" if channels else "")
        + f"<fieldset><legend>Take a break</legend><div>{_pauses(known)}</div></fieldset>"
        + '<button name="do" value="save">Save</button>'
        + ('<button class="second" name="do" value="unsubscribe">Unsubscribe from all</button>' if known.subscribed else "")
        + "</form>"
    )  # fmt: skip
    return page(house, "What do you want to get?", body)


def _pauses(known: Preferences) -> str:
    paused = known.paused_until is not None
    rows = [_radio("", f"As it is: no emails until {_day(known)}" if paused else "No break", True)]
    if paused:
        rows.append(_radio("0", "Write to me again", False))
    rows += [_radio(str(days), f"No emails for {months}", False) for days, months in _PAUSES]
    return "".join(rows)


_PAUSES = ((30, "30 days"), (90, "90 days"), (180, "half a year"))


def _day(known: Preferences) -> str:
    return f"{known.paused_until:%-d %B %Y}" if known.paused_until else ""


def _box(name: str, value: str, label: str, checked: bool) -> str:
    return (
        f'<label class="choice"><input type="checkbox" name="{name}" value="{escape(value)}"{" checked" if checked else ""}>'
        f"<span>{escape(label)}</span></label>"
    )


def _radio(value: str, label: str, checked: bool) -> str:
    return (
        f'<label class="choice"><input type="radio" name="pause" value="{value}"{" checked" if checked else ""}>'
        f"<span>{escape(label)}</span></label>"
    )
