"""Sign-up forms: a page of their own, the target of forms on other sites, and JSON for programs; confirmed by POST."""

from __future__ import annotations

import asyncio
import json
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from agent import HubError
from ui.public.forms import body_of, caller, form_of
from ui.public.pages import HEADERS, page, unknown_link

if TYPE_CHECKING:
    from agent.public import Form, Public

#: No person sees this field, so whoever fills it in is a program.
TRAP = "website"


def signing_up_routes(public: Public) -> list[Route]:
    """`/f/` and `/s/`."""

    async def form(request: Request) -> Response:
        slug, house = request.path_params["slug"], await asyncio.to_thread(public.house)
        if request.method != "POST":
            found = await asyncio.to_thread(public.form, slug)
            return _ask(house, found) if found is not None else _no_form(house)
        as_json = request.headers.get("content-type", "").startswith("application/json")
        fields = (
            await _json(request) if as_json else {name: one_of[0] for name, one_of in (await form_of(request)).items()}
        )
        if fields is None:
            return _told(400, "The body is no JSON object such as {“email”: “ann@example.com”}.")
        return await _asked(request, slug, house, fields, as_json)

    async def _asked(request: Request, slug: str, house: str, fields: dict[str, str], as_json: bool) -> Response:
        if fields.get(TRAP, "").strip():
            return _told(202, _LETTER) if as_json else _check_mail(house)  # a program learns nothing
        name = fields.get("name") or None
        try:
            asked = await asyncio.to_thread(public.ask, slug, fields.get("email", ""), name, caller(request))
        except HubError as error:
            if as_json:
                return _told(422, error.sentence)
            found = await asyncio.to_thread(public.form, slug)
            return _ask(house, found, fields, error.sentence) if found is not None else _no_form(house)
        if asked is None:
            return _told(404, "There is no such form.") if as_json else _no_form(house)
        if asked == "too_many":
            said = "Too many sign-ups came from your connection. Please try again in an hour."
            return _told(429, said) if as_json else page(house, "Please wait a little", f"<p>{said}</p>", status=429)
        return _told(202, _LETTER) if as_json else _check_mail(house)

    async def confirm(request: Request) -> Response:
        token, house = request.path_params["token"], await asyncio.to_thread(public.house)
        if request.method != "POST":
            found = await asyncio.to_thread(public.confirmable, token)
            return _confirm(house, found) if found is not None else unknown_link(house)
        done = await asyncio.to_thread(public.confirm, token, caller(request))
        if done is None:
            return unknown_link(house)
        said = f'<p class="note" role="status">Thank you. From now on you get “{escape(done.title)}”.</p>'
        return page(house, "You are signed up", f"{said}<p>Each email has a link to end it.</p>")

    return [
        Route("/f/{slug}", form, methods=["GET", "POST"]),
        Route("/s/{token}", confirm, methods=["GET", "POST"]),
    ]


_LETTER = "Please look into your mailbox: a confirmation is on its way."


def _ask(house: str, form: Form, given: dict[str, str] | None = None, wrong: str = "") -> Response:
    given = given or {}
    note = f'<p class="note bad" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = (
        f'{note}<form method="post" action="/f/{escape(form.slug)}">'
        f"{_field('email', 'Email address', 'email', given, ' required')}{_field('name', 'Name (if you like)', 'name', given)}"
        f'<div class="trap" aria-hidden="true"><label>Leave this empty <input name="{TRAP}" tabindex="-1" '
        f'autocomplete="off"></label></div><p class="quiet">{escape(form.wording)}</p><button>Sign up</button></form>'
    )
    return page(house, form.title, body, status=422 if wrong else 200)


def _field(name: str, label: str, complete: str, given: dict[str, str], more: str = "") -> str:
    kind = "email" if name == "email" else "text"
    return (
        f'<label class="field"><span>{label}</span><input type="{kind}" name="{name}" autocomplete="{complete}" '
        f'maxlength="200" value="{escape(given.get(name, ""))}"{more}></label>'
    )


def _confirm(house: str, form: Form) -> Response:
    body = f'<p>{escape(form.wording)}</p><form method="post"><button>Yes, write to me</button></form>'
    return page(house, f"Sign up for “{form.title}”?", body)


def _check_mail(house: str) -> Response:
    said = (
        f"<p>{_LETTER}</p><p>Only after you have confirmed do we write to you. Nothing came? Look among the spam.</p>"
    )
    return page(house, "One more step", said)


def _no_form(house: str) -> Response:
    return page(house, "There is no such form", "<p>Perhaps it was closed. Please look at our website.</p>", status=404)


async def _json(request: Request) -> dict[str, str] | None:
    try:
        found: Any = json.loads(await body_of(request))
    except ValueError:
        return None
    if not isinstance(found, dict):
        return None
    return {str(name): str(value) for name, value in found.items() if isinstance(value, str)}


def _told(status: int, said: str) -> Response:
    return JSONResponse({"ok": status < 400, "message": said}, status, HEADERS)
