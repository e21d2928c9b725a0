"""The Segments page as HTML: the list, who is in a segment now, suggestions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ui.web.parts import states
from ui.web.parts.cards import badge, section
from ui.web.parts.formats import count, percent, words
from ui.web.parts.links import address, link, say_link
from ui.web.parts.table import Cell, Column, Row, records_table

SAY = "There are no leads yet, so nobody fits. Import or add some first."


def segment_list(found: Mapping[str, Any]) -> Markup:
    """All segments, each counted now."""
    rows = [
        Row(
            [
                one["name"],
                one["conditions"],
                Cell(f"{one['leads']:,}", one["leads"]),
                _share(one["leads"], one["in_all"]),
            ],
            href=address("/segments", id=one["id"]),
        )
        for one in found["segments"]
    ]
    return records_table(
        (
            Column("Segment"),
            Column("Who is in it", wide=True),
            Column("Leads now", right=True),
            Column("Share", right=True),
        ),
        rows,
        caption="Segments",
        filter_label="Filter segments" if len(rows) > 5 else "",
        empty=states.empty(
            "No segments yet",
            "A segment is a group of leads that fulfil conditions, looked up anew whenever it is used.",
            ("Build one", "/segments?new=1"),
        ),
    )


def people(found: Mapping[str, Any]) -> Markup:
    """How many leads fulfil the conditions now, and the first of them."""
    if not found["in_all"]:
        return Markup('<p class="count" role="status">{}</p>').format(SAY)
    rows = [
        Row(
            [one["name"] or one["email"], one["email"], one["city"] or "-", badge(words(one["status"]))],
            href=address("/leads", id=one["id"]),
        )
        for one in found["first"]
    ]
    columns = (
        Column("Name", sorts=False),
        Column("Email", sorts=False),
        Column("City", sorts=False),
        Column("Status", sorts=False),
    )
    table = records_table(columns, rows, caption="The first leads", total=found["leads"])
    note = Markup('<p class="note">{}</p>').format(found["note"]) if found["note"] else ""
    return Markup('<p class="count" role="status"><strong>{}</strong> of {} fulfil this now ({}).</p>{}{}').format(
        count(found["leads"], "lead"), f"{found['in_all']:,}", _share(found["leads"], found["in_all"]), note, table
    )


def suggestions(found: Mapping[str, Any]) -> Markup:
    """Suggested segments, each counted, with a link that opens it in the builder."""
    items = Markup("").join(
        Markup('<li><div class="line"><h3>{}</h3>{}</div><p>{}</p><p class="note">{} · {}</p></li>').format(
            one["name"],
            link(
                "Open in the builder",
                address("/segments", new=1, name=one["name"], words=one["conditions"]),
                css="button",
            ),
            one["why"],
            one["conditions"],
            count(one["leads"], "lead"),
        )
        for one in found["ideas"]
    )
    note = Markup('<p class="note">{}</p>').format(found["note"]) if found["note"] else ""
    body = Markup('<ul class="ideas">{}</ul>').format(items) if items else Markup("<p>{}</p>").format(_none(found))
    return section(f"For “{found['goal']}”", Markup("{}{}").format(body, note))


def uses(segment: Mapping[str, Any]) -> Markup:
    """What to do with a stored segment."""
    return Markup('<p class="ways-line">{} {} {}</p>').format(
        link("See its leads", address("/leads", segment=segment["id"])),
        say_link("Write to them", f"Create a mailing to the segment {segment['name']} about "),
        say_link("Best time to write", f"When is the best time to send to the segment {segment['name']}?"),
    )


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "-"


def _none(found: Mapping[str, Any]) -> str:
    return SAY if not found["in_all"] else "No segment beyond those you have would hold anybody yet."


def choices(segments: Sequence[Any]) -> list[tuple[str, str]]:
    """Segments as choices of an input."""
    return [(one.name, str(one.id)) for one in segments]
