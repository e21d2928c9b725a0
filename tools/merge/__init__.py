"""Liquid merge fields: which a text has, whether they can work, and the text filled in.

`check` is for texts that a person or a model saves; `render` fills one in for a recipient.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.core.errors import BadInput
from tools.merge.known import FieldKind, MergeField, classify, resembles_known, with_all_known, written
from tools.merge.marks import BrokenMerge, find_marks, line_of
from tools.merge.markup import clean, is_html
from tools.merge.sandbox import Limits, parse, run

__all__ = [
    "BrokenMerge",
    "Checked",
    "FieldKind",
    "Limits",
    "MergeField",
    "check",
    "fields",
    "is_html",
    "render",
    "without_marks",
    "written",
]


@dataclass(frozen=True)
class Checked:
    """A text that can be saved: cleaned where it is HTML, with its merge fields and what a person should know."""

    content: str
    fields: tuple[MergeField, ...]
    is_html: bool = False
    notes: tuple[str, ...] = field(default=())


def fields(content: str) -> tuple[MergeField, ...]:
    """The merge fields of a text, each once, in the order in which they first appear.

    Raises BrokenMerge, naming the field, the line and the fix, for one that cannot be read or does not exist.
    """
    template = parse(content)
    found: list[tuple[int, MergeField]] = []
    for uses in template.analyze(include_partials=False).globals.values():
        for use in uses:
            found.append((use.span.index, classify(use.segments, line_of(content, use.span.index))))
    once: dict[str, MergeField] = {}
    for _, merge_field in sorted(found, key=lambda pair: pair[0]):
        once.setdefault(merge_field.path, merge_field)
    return tuple(once.values())


def check(content: str, *, html: bool = True) -> Checked:
    """Check a text before it is saved; with `html`, markup in it is cleaned (scripts and the like are taken out).

    Raises BrokenMerge for merge fields, BadInput for markup, that cannot work.
    """
    if not content.strip():
        raise BadInput("The content is empty; write the text.", "content")
    found = fields(content)
    notes = [_doubt(slot.path) for slot in found if slot.kind == "slot" and resembles_known(slot.path)]
    if not (html and is_html(content)):
        return Checked(content.strip(), found, False, tuple(notes))
    cleaned = clean(content)
    if cleaned.removed:
        notes.append(f"Taken out of the HTML, since no mail program would run it: {', '.join(cleaned.removed)}.")
    return Checked(cleaned.content.strip(), fields(cleaned.content), True, tuple(notes))


def render(content: str, values: Mapping[str, Any], limits: Limits | None = None, *, html: bool = False) -> str:
    """`content` filled in with `values`: namespaces (lead, company, campaign) as mappings, links and slots as strings.

    A known field without a value is empty; with `html` every value is escaped. Bounded by `limits`.
    Raises BrokenMerge where the text is broken, a slot has no value, or a limit is reached.
    """
    return run(parse(content, limits, html=html), content, with_all_known(values))


def without_marks(content: str) -> str:
    """The text that stands around the merge fields and tags of `content`. Raises BrokenMerge for unclosed ones."""
    parts, position = [], 0
    for mark in find_marks(content):
        parts.append(content[position : mark.start])
        position = mark.end
    return "".join([*parts, content[position:]])


def _doubt(slot: str) -> str:
    return (
        f"{written(slot)} is a slot that you fill yourself. For the recipient's own, write "
        f"{written(resembles_known(slot) or slot)}."
    )
