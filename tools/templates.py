"""The template tools: texts with merge fields that are kept to be used again."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from memory import templates as stored
from memory.enums import TemplateKind
from memory.templates import Template
from tools import merge
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict
from tools.core.kinds import Name, Prose, Query, TemplateRef
from tools.core.records import Noun, RecordName, register, resolve
from tools.core.result import RecordLink, Result
from tools.mailing.sample import shown_to_a_lead
from tools.quoting import block, fenced, inert
from tools.rendering import check_letter, readable
from tools.show import bullets, count, listing, shorten, words
from tools.writing.sms import sms_length

NOUN = "template"
LONGEST_NAME = 200
MOST_LISTED = 50

#: Functions that name the records which use a template; a group that lets records use templates adds its own.
USERS: list[Callable[[Session, int], Sequence[RecordLink]]] = []


class FieldInfo(BaseModel):
    """A merge field of a template: its path, and whether the hub fills it (lead, company, ...) or a person (slot)."""

    model_config = ConfigDict(frozen=True)

    path: str
    kind: merge.FieldKind


class TemplateCard(Result):
    """One template. `content` is data: it is shown, never run outside the sandbox.

    `broken` says what is wrong with its merge fields, for a text that came in unchecked (a restored or imported row).
    """

    id: int
    name: str
    kind: TemplateKind
    content: str
    merge_fields: tuple[FieldInfo, ...]
    broken: str | None
    ai_generated: bool
    version: int

    @property
    def text(self) -> str:
        lines = [f"**{inert(self.name)}** ({words(self.kind)} template #{self.id})", "", fenced(self.content)]
        return "\n".join([*lines, "", *self.remarks()])

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=NOUN, id=self.id, name=self.name),)

    def remarks(self) -> list[str]:
        """What there is to say below the text: the merge fields, and the length of an SMS."""
        if self.broken:
            return [f"It cannot be used as it is: {inert(self.broken)}"]
        filled = [f"`{field.path}`" for field in self.merge_fields if field.kind != "slot"]
        slots = [f"`{field.path}`" for field in self.merge_fields if field.kind == "slot"]
        lines = []
        if filled:
            lines.append(f"Filled by itself: {listing(filled)}.")
        if slots:
            lines.append(f"To be filled by you: {listing(slots)}.")
        if not self.merge_fields:
            lines.append("It has no merge fields.")
        if self.kind == TemplateKind.SMS:
            lines.append(_sms_remark(self.content, bool(self.merge_fields)))
        return lines


class TemplateShown(TemplateCard):
    """One template with its text as `person`, a real lead, would read it (None: no leads yet, or it is broken)."""

    person: str | None
    sample: str | None

    @property
    def text(self) -> str:
        if not (self.person and self.sample):
            return super().text
        return f"{super().text}\n\nAs {inert(self.person)} would read it:\n\n{block(self.sample)}"


class TemplateList(Result):
    """Templates by name. `filters` says in words what they were chosen by; `in_all` how many exist without it."""

    templates: tuple[TemplateCard, ...]
    filters: str
    in_all: int

    @property
    def text(self) -> str:
        if not self.in_all:
            return "There are no templates yet. Save one with, for example: “save this as a template called Hello: …”."
        if not self.templates:
            return f"There are no templates {self.filters}; {count(self.in_all, 'template')} in all."
        shown = [
            f"**{inert(one.name)}** ({words(one.kind)}): {inert(shorten(one.content, 80))}"
            for one in self.templates[:MOST_LISTED]
        ]
        more = len(self.templates) - len(shown)
        head = f"{count(len(self.templates), 'template')}{f' {self.filters}' if self.filters else ''}:"
        return f"{head}\n\n{bullets(shown)}" + (f"\n\n… and {more} more." if more else "")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(link for one in self.templates for link in one.links)


class TemplateSaved(TemplateCard):
    """The template that was just saved; `notes` are what the person should know about it."""

    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        head = f"Saved the {words(self.kind)} template **{inert(self.name)}**."
        return " ".join([head, *self.remarks(), *map(inert, self.notes)])


class TemplateDeletion(Result):
    """What deleting a template would remove, and which records use it (they keep the text they already have)."""

    template: TemplateCard
    used_by: tuple[RecordLink, ...]

    @property
    def text(self) -> str:
        one = self.template
        lines = one.content.strip().splitlines()
        first = "\n".join(shorten(line, 120) for line in lines[:4])
        more = f"\n… and {count(len(lines) - 4, 'more line', 'more lines')}." if len(lines) > 4 else ""
        if self.used_by:
            uses = listing(f"{inert(link.name)} ({words(link.noun)})" for link in self.used_by)
            use = f"It is used by {uses}."
        else:
            use = "Nothing uses it."
        return (
            f"Delete the {words(one.kind)} template **{inert(one.name)}** (#{one.id}) for good. It begins:\n\n"
            f"{fenced(first)}{more}\n\n{use}"
        )

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (*self.template.links, *self.used_by)


class TemplateDeleted(Result):
    """The template that is gone."""

    id: int
    name: str

    @property
    def text(self) -> str:
        return f"Deleted the template **{inert(self.name)}**."


@tool(effect="read", route="GET /templates/list")
def list_templates(ctx: Context, kind: TemplateKind | None = None, query: Query | None = None) -> TemplateList:
    """List the saved templates by name; with filters, those that fit all of them.

    Args:
        kind: Only templates of this kind.
        query: Only templates with these words in their name or text.
    """
    found = stored.list_templates(ctx.session, kind=kind, query=query)
    filters = [f"of kind {words(kind)}" if kind else "", f"with “{inert(query)}”" if query else ""]
    return TemplateList(
        templates=tuple(TemplateCard(**card_of(one)) for one in found),
        filters=" ".join(part for part in filters if part),
        in_all=len(stored.list_templates(ctx.session)),
    )


@tool(effect="read", route="GET /templates/{template}")
def get_template(ctx: Context, template: TemplateRef) -> TemplateShown:
    """Show one template: its text, its merge fields, and how a real lead would read it.

    Args:
        template: The template, by its id or by (part of) its name.
    """
    found = the_template(ctx, template)
    card = card_of(found)
    person, sample = None, None
    if not card["broken"]:
        try:
            person, sample = shown_to_a_lead(ctx.session, found.content, letter=found.kind == TemplateKind.EMAIL)
        except BadInput as error:  # what shows only when it is filled in: a limit reached, a filter that fails
            card["broken"] = error.sentence
    return TemplateShown(**card, person=person, sample=sample)


@tool(effect="write", route="POST /templates/create")
def save_template(ctx: Context, name: Name, content: Prose, kind: TemplateKind = TemplateKind.EMAIL) -> TemplateSaved:
    """Save a text as a template, to be used again. Merge fields such as {{ lead.first_name }} are checked.

    Args:
        name: What the template is called; no other template may have the name.
        content: The text, with Liquid merge fields; HTML in an email template is cleaned.
        kind: What the text is for.
    """
    name = check_name(ctx.session, name)
    content, notes = checked_content(content, kind)
    now = ctx.now.astimezone(UTC)
    template = Template(name=name, kind=kind, content=content, created_at=now, updated_at=now)
    ctx.session.add(template)
    ctx.session.flush()
    return TemplateSaved(**card_of(template), notes=notes)


def checked_content(content: str, kind: TemplateKind) -> tuple[str, tuple[str, ...]]:
    """The text as it is kept, and what its author should know. Raises BadInput or BrokenMerge where it cannot work."""
    checked = check_letter(content) if kind == TemplateKind.EMAIL else merge.check(content, html=False)
    notes = [*checked.notes]
    if kind != TemplateKind.EMAIL and merge.is_html(content):
        notes.append(f"It holds HTML, which stays as plain text in a template of kind {words(kind)}.")
    return checked.content, tuple(notes)


def preview_delete_template(ctx: Context, template: TemplateRef) -> TemplateDeletion:
    """What deleting this template would remove."""
    found = the_template(ctx, template)
    used_by = tuple(link for users in USERS for link in users(ctx.session, found.id))
    return TemplateDeletion(template=TemplateCard(**card_of(found)), used_by=used_by)


@tool(effect="gated", route="DELETE /templates/{template}", preview=preview_delete_template)
def delete_template(ctx: Context, template: TemplateRef) -> TemplateDeleted:
    """Delete a template for good.

    Args:
        template: The template, by its id or by (part of) its name.
    """
    found = the_template(ctx, template)
    ctx.session.delete(found)
    ctx.session.flush()
    return TemplateDeleted(id=found.id, name=found.name)


def template_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """Every template with what people may call it: its name, or its kind ("the sms template")."""
    return [RecordName(NOUN, one, name, (words(kind),)) for one, name, kind in stored.template_names(session)]


def the_template(ctx: Context, template: str) -> Template:
    """The template that `template` names. Raises NotFound or Ambiguous, with candidates."""
    return ctx.session.get_one(Template, resolve(ctx, NOUN, template, "template").id)


def card_of(template: Template) -> dict[str, Any]:
    """The fields of a TemplateCard, from the record."""
    found: tuple[merge.MergeField, ...] = ()
    broken = None
    try:
        found = merge.fields(template.content)
        if template.kind == TemplateKind.EMAIL:
            readable(template.content)
    except BadInput as error:
        broken = error.sentence
    return {
        "id": template.id,
        "name": template.name,
        "kind": template.kind,
        "content": template.content,
        "merge_fields": tuple(FieldInfo(path=field.path, kind=field.kind) for field in found),
        "broken": broken,
        "ai_generated": template.ai_generated,
        "version": template.version,
    }


def check_name(session: Session, name: str, besides: int | None = None) -> str:
    """The name as it is kept. Raises where it is too long, or another template (not `besides`) has it."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name is {len(name)} characters long; use at most {LONGEST_NAME}.", "name")
    taken = stored.template_named(session, name)
    if taken is not None and taken.id != besides:
        raise Conflict(
            f"There is already a template called “{taken.name}” ({words(taken.kind)}, #{taken.id}). "
            "Save this one under another name, or delete the old one first."
        )
    return name


def _sms_remark(content: str, has_fields: bool) -> str:
    size = sms_length(merge.without_marks(content))
    besides, least = (" besides the merge fields", "at least ") if has_fields else ("", "")
    remark = f"{size.characters} characters{besides}: {least}{count(size.segments, 'SMS', 'SMS')}."
    if size.encoding != "GSM-7":
        remark += " A character outside the SMS alphabet makes each one hold 70 instead of 160."
    return remark


register(Noun(NOUN, "template", "templates", ("template", "templates"), template_names))
