"""A template's text while it is being written: what is wrong with its merge fields, and how one lead would read it."""

import re

from pydantic import BaseModel, ConfigDict

from memory.enums import TemplateKind
from memory.lead_attributes import lead_to_show
from memory.leads import Lead
from tools import merge
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.records import resolve
from tools.mailing.sample import SAMPLE_LINKS, house_values, lead_values
from tools.merge.known import NAMESPACES, FieldKind
from tools.merge.marks import find_marks, line_of
from tools.rendering import render_letter
from tools.show import count
from tools.templates import checked_content
from tools.writing.sms import sms_length

_LINE = re.compile(r"\bline 1\b")


class PreviewField(BaseModel):
    """A merge field, whether the hub fills it or a person (slot), and what this lead's own value is (None: empty)."""

    model_config = ConfigDict(frozen=True)

    path: str
    kind: FieldKind
    value: str | None = None


class TemplatePreview(BaseModel):
    """`problems` name each broken merge field with its line and the fix; while there are any, nothing is rendered.

    `person` is the lead that it was filled in for (None: there are no leads yet). `html` is a whole page, for an email;
    `text` the text part, or the message itself. `length` counts an SMS.
    """

    model_config = ConfigDict(frozen=True)

    problems: tuple[str, ...]
    fields: tuple[PreviewField, ...] = ()
    person: str | None = None
    html: str | None = None
    text: str | None = None
    length: str | None = None
    notes: tuple[str, ...] = ()


def template_preview(ctx: Context, content: str, kind: TemplateKind, reader: str | None) -> TemplatePreview:
    """The text as `reader` (a lead's name or address; without one, a lead whose first name is known) would read it.

    Slots stand as [their name]. Raises NotFound or Ambiguous where it is not clear who is meant.
    """
    if not content.strip():
        return TemplatePreview(problems=())
    problems = broken_fields(content)
    if problems:
        return TemplatePreview(problems=problems)
    lead = _reader(ctx, reader)
    values = lead_values(ctx.session, lead)
    company = house_values(ctx.session)
    try:
        content, notes = checked_content(content, kind)
        found = merge.fields(content)
        slots = {one.path: f"[{one.path}]" for one in found if one.kind == "slot"}
        if kind == TemplateKind.EMAIL:
            letter = render_letter(content, values, subject="", company=company, links=SAMPLE_LINKS, slots=slots)
            html, text = letter.html, letter.text
        else:
            html = None
            text = merge.render(content, {**slots, **SAMPLE_LINKS, "lead": values, "company": company})
    except BadInput as error:
        return TemplatePreview(problems=(error.sentence,))
    known = {"lead": values, "company": company}
    return TemplatePreview(
        problems=(),
        fields=tuple(PreviewField(path=one.path, kind=one.kind, value=_value(known, one.path)) for one in found),
        person=(lead.name or lead.email) if lead else None,
        html=html,
        text=text,
        length=_length(text) if kind == TemplateKind.SMS else None,
        notes=notes,
    )


def broken_fields(content: str) -> tuple[str, ...]:
    """A sentence for each merge field that cannot work, with its line; empty where all do."""
    try:
        marks = find_marks(content)
    except BadInput as error:
        return (error.sentence,)
    found = []
    for mark in marks:
        if mark.is_output:
            try:
                merge.fields(mark.text)
            except BadInput as error:
                found.append(_LINE.sub(f"line {line_of(content, mark.start)}", error.sentence))
    if not found:
        try:
            merge.fields(content)
        except BadInput as error:
            found.append(error.sentence)
    return tuple(dict.fromkeys(found))


def fields_on_offer() -> tuple[str, ...]:
    """The merge fields that the hub can fill in any template, as paths."""
    return tuple(
        f"{namespace}.{name}" for namespace in ("lead", "company") for name in NAMESPACES[namespace] if name != "custom"
    )


def _reader(ctx: Context, reader: str | None) -> Lead | None:
    if reader and reader.strip():
        return ctx.session.get_one(Lead, resolve(ctx, "lead", reader, "reader").id)
    return lead_to_show(ctx.session)


def _value(known: dict[str, dict[str, object]], path: str) -> str | None:
    namespace, _, name = path.partition(".")
    value = known.get(namespace, {}).get(name)
    return None if value in (None, "") or isinstance(value, dict) else str(value)


def _length(text: str) -> str:
    size = sms_length(text)
    return f"{count(size.characters, 'character')} for this reader: {count(size.segments, 'SMS', 'SMS')}"
