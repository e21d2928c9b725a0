"""From the results of the template tools to the page's HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ui.web.parts import cards, states
from ui.web.parts.formats import count, shorten, title
from ui.web.parts.links import address, record_link
from ui.web.parts.table import Cell, Column, Row, records_table

Data = Mapping[str, Any]
PATH = "/templates"
KINDS = (
    ("All", ""),
    ("Email", "email"),
    ("SMS", "sms"),
    ("Social", "social"),
    ("Ads", "ad"),
    ("Call scripts", "call_script"),
)
SPOKEN = {value: name for name, value in KINDS if value}
#: Who fills a merge field.
FILLED_BY = {"lead": "from the lead", "company": "from your company", "campaign": "from its campaign", "link": "a link of each recipient", "slot": "by you, when it is used"}  # fmt: skip


def kinds(current: str) -> Markup:
    """The choice of a kind, as links."""
    return cards.choices("Kind", [(name, address(PATH, kind=value), value == current) for name, value in KINDS])


def listing(data: Data) -> Markup:
    """The list."""
    if not data["in_all"]:
        return states.empty(
            "There are no templates yet.",
            "A template is a text with merge fields such as {{ lead.first_name }} that is kept to be used again. Write one, "
            "or save one from the Content Studio.",
            ("New template", address(PATH, new=1)), ("Content Studio", "/content"),
        )  # fmt: skip
    empty = states.empty(
        f"There are no templates {data['filters']}.",
        f"{count(data['in_all'], 'template')} in all.",
        ("All templates", PATH),
    )
    rows = [_row(one) for one in data["templates"]]
    columns = [
        Column("Template"),
        Column("Kind"),
        Column("Begins", wide=True, sorts=False),
        Column("Merge fields", right=True),
        Column("State"),
    ]
    return records_table(columns, rows, caption="Templates", filter_label="Filter by text", empty=empty)


def _row(one: Data) -> Row:
    state = cards.badge("Broken", "bad") if one["broken"] else cards.badge("Ready", "good")
    fields = len(one["merge_fields"])
    return Row(
        [
            one["name"], SPOKEN.get(one["kind"], title(one["kind"])), shorten(" ".join(one["content"].split()), 110),
            Cell(str(fields), fields), Cell(state, "0" if one["broken"] else "1"),
        ],
        href=address(PATH, id=one["id"]),
    )  # fmt: skip


def preview(found: Any) -> Markup:
    """The text as one lead would read it, or what is wrong with it."""
    if found.problems:
        items = cards.bullets(found.problems)
        return Markup(
            '<div class="state problem broken" role="alert"><p>This cannot be used as it is:</p>{}</div>'
        ).format(items)
    if found.text is None and found.html is None:
        return states.empty("Nothing to show yet.", "Write a text; it is shown here as a lead of yours would read it.")
    person = found.person or "somebody of whom nothing is known (you have no leads yet)"
    head = Markup('<p class="note">As <strong>{}</strong> would read it.</p>').format(person)
    shown = (
        Markup('<iframe class="letter" sandbox="" title="The email as it would be read" srcdoc="{}"></iframe>').format(
            found.html
        )
        if found.html
        else cards.text_block(found.text or "")
    )
    told = [*found.notes, *([found.length] if found.length else [])]
    notes = Markup('<div class="note">{}</div>').format(cards.bullets(told)) if told else ""
    plain = (
        Markup('<details class="draft"><summary>The text part</summary>{}</details>').format(
            cards.text_block(found.text)
        )
        if found.html and found.text
        else ""
    )
    return Markup("{}{}{}{}{}").format(head, shown, notes, plain, _fields(found.fields))


def _fields(found: Sequence[Any]) -> Markup:
    if not found:
        return Markup('<p class="note">It has no merge fields: everybody reads the same.</p>')
    items = cards.joined(
        Markup("<li><code>{}</code> {}{}</li>").format(
            one.path, FILLED_BY.get(one.kind, one.kind),
            "" if one.kind in ("slot", "link", "campaign") else f": “{one.value}”" if one.value else ": nothing is known, so it stays empty",
        )
        for one in found
    )  # fmt: skip
    return Markup('<h3>Merge fields</h3><ul class="lines fields">{}</ul>').format(items)


def offer(paths: Sequence[str]) -> Markup:
    """Merge fields to put into the text with a click."""
    buttons = cards.joined(
        Markup('<button type="button" class="chip" data-field="{}">{}</button>').format(path, path) for path in paths
    )
    return Markup(
        '<details class="offer"><summary>Put a merge field in</summary><div class="chips">{}</div></details>'
    ).format(buttons)


def differences(stored: Data, name: str, content: str, kind: str) -> Markup:
    """What somebody else saved meanwhile, beside what stands in the form."""
    parts = []
    if (stored["name"], stored["kind"]) != (name, kind):
        parts.append(
            Markup("<p>Stored now: {}, {}.</p>").format(
                record_link("template", stored["id"], stored["name"]), stored["kind"]
            )
        )
    if stored["content"] != content:
        parts.append(Markup("<h3>The text that is stored now</h3>{}").format(cards.text_block(stored["content"])))
    return cards.joined(parts) or Markup('<p class="note">What is stored now is what stands in your form.</p>')
