"""One letter for one person: subject, HTML part and text part, from MJML, HTML or plain text with merge fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

from tools import merge
from tools.core.errors import BadInput
from tools.rendering.mjml_compile import compiled
from tools.rendering.mjml_source import is_mjml, pieces_of, source_of
from tools.rendering.plain import html_of, text_of, tidy

_PREHEADER = (
    '<div style="display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden;">'
)
#: What a letter without style of its own is read in; mail programs would else take a serif font each of its own.
_FONT = "font-family:Helvetica,Arial,sans-serif"
_PAGE = (
    '<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    f'<title></title>\n</head>\n<body style="{_FONT}">\n{{body}}\n</body>\n</html>'
)
_BODY = re.compile(r"<body\b[^>]*>")


@dataclass(frozen=True)
class RenderedLetter:
    """A letter as one person gets it. `subject` is one line; `html` a whole page; `text` says the same without markup."""

    subject: str
    html: str
    text: str
    preview_text: str | None = None


@dataclass(frozen=True)
class _Prepared:
    """A letter's HTML page and text part, with the merge fields still in them."""

    page: str
    text: str
    has_preview: bool = field(default=False)


def check_letter(content: str) -> merge.Checked:
    """Check a letter before it is saved: MJML is cleaned and compiled, HTML cleaned, merge fields are looked at.

    Raises BrokenMerge for merge fields, BadInput for markup, that cannot work; both name the place.
    """
    if not is_mjml(content):
        return merge.check(content)
    merge.fields(content)
    pieces, removed = pieces_of(content)
    source = source_of(pieces)
    _prepare(source)
    notes = []
    if removed:
        notes.append(f"Taken out of the MJML, since no mail program would run it: {', '.join(removed)}.")
    return merge.Checked(source, merge.fields(source), True, tuple(notes))


def readable(content: str) -> str:
    """The words of a letter without its markup, merge fields and all. Raises BadInput for markup that cannot work."""
    return tidy(_prepare(content).text)


def render_letter(
    content: str,
    lead: Mapping[str, Any],
    *,
    subject: str,
    preview_text: str | None = None,
    company: Mapping[str, Any] | None = None,
    campaign: Mapping[str, Any] | None = None,
    links: Mapping[str, str] | None = None,
    slots: Mapping[str, str] | None = None,
) -> RenderedLetter:
    """The letter for one person. `content` is MJML (it begins with <mjml>), HTML or plain text, with Liquid.

    `lead`, `company` and `campaign` are the values behind {{ lead.… }} and so on (see tools.mailing.sample), `links` the
    person's own unsubscribe_url and preferences_url, `slots` the author's words. What is the same for everybody
    (compiling, cleaning, the text part) is done once for a content; a rendering only fills in.
    Raises BrokenMerge, with the line in `content`, for a merge field that cannot work; BadInput for broken markup.
    """
    values = {**(slots or {}), **(links or {}), "lead": lead, "company": company or {}, "campaign": campaign or {}}
    told = _line("the subject line", subject, values)
    preview = _line("the preview text", preview_text, values) if preview_text else None
    ready = _prepare(content)
    try:
        page, text = merge.render(ready.page, values, html=True), merge.render(ready.text, values)
    except merge.BrokenMerge:
        merge.render(content, values)  # tells the line in the text that the author wrote, not in what was made of it
        raise
    return RenderedLetter(told, _dressed(page, told, None if ready.has_preview else preview), tidy(text), preview)


def _line(what: str, text: str, values: Mapping[str, Any]) -> str:
    """A header's text filled in, on one line: a value with a line break in it must not begin another header."""
    try:
        return " ".join(merge.render(text, values).split())
    except merge.BrokenMerge as error:
        raise merge.BrokenMerge(f"In {what}: {error.sentence}", error.line) from error


@lru_cache(maxsize=32)
def _prepare(content: str) -> _Prepared:
    if is_mjml(content):
        page = compiled(content)
        return _checked(_Prepared(page, text_of(page), "<mj-preview" in content.lower()))
    if merge.is_html(content):
        body = merge.check(content).content
        return _checked(_Prepared(_PAGE.replace("{body}", body), text_of(body)))
    return _checked(_Prepared(_PAGE.replace("{body}", html_of(content)), content.strip()))


def _checked(ready: _Prepared) -> _Prepared:
    """The same, if its Liquid still pairs up: a tag that the markup around it tore apart is found here."""
    try:
        merge.fields(ready.page)
        merge.fields(ready.text)
    except merge.BrokenMerge as error:
        raise BadInput(f"The merge fields do not fit the markup around them: {error.sentence}", "content") from error
    return ready


def _dressed(page: str, subject: str, preview: str | None) -> str:
    """The page with its title and, hidden before the body's first words, the text that inboxes show as a preview."""
    page = page.replace("<title></title>", f"<title>{escape(subject, quote=False)}</title>", 1)
    if preview:
        hidden = f"{_PREHEADER}{escape(preview, quote=False)}</div>"
        page = _BODY.sub(lambda found: found.group() + hidden, page, count=1)
    return page
