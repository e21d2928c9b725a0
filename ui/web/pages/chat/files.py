"""The files that wait above the line: what is in each, and what to do with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from agent import HubError
from ui.web.dropped import ADDRESS, ENDINGS, LARGEST, Dropped

if TYPE_CHECKING:
    from agent import Hub

SCRIPT = (
    (Path(__file__).parent / "js" / "files.js")
    .read_text(encoding="utf-8")
    .replace("__LIMITS__", json.dumps({"address": ADDRESS, "endings": ENDINGS, "largest": LARGEST}))
)
#: Columns of a mapping that are shown at once.
SHOWN = 12


def command(file: Dropped, what: str) -> str:
    """The message that imports the file: the same commands that one could type."""
    return f'/lead import "{file.source}"' if what == "leads" else f'/knowledge import "{file.source}"'


def shown(hub: Hub, files: Sequence[Dropped]) -> str:
    """HTML: the button to choose files, the place to drop them on, and a card for each that waits (blocking: reads them)."""
    cards = "".join(_card(hub, file) for file in files)
    accept = ",".join(ENDINGS)
    return (
        f'{cards}<p class="file-problem" role="alert" hidden></p>'
        f'<label class="file-choose">Add a file<input type="file" multiple accept="{accept}" class="unseen"></label>'
        '<p class="file-said unseen" role="status"></p>'
        '<div class="file-drop" hidden><p>Drop it here: leads as CSV, articles as txt, md, html, pdf or docx</p></div>'
    )


def _card(hub: Hub, file: Dropped) -> str:
    name = escape(file.name)
    size = f"{file.size / 1_000_000:.1f} MB" if file.size >= 1_000_000 else f"{max(1, round(file.size / 1000))} kB"
    said, good = _leads(hub, file) if file.holds_leads else ("It becomes an article of the knowledge base.", True)
    buttons = []
    if file.holds_leads and good:
        buttons.append(("leads", f"Import leads from {file.name}", "Import as leads"))
    buttons.append(("knowledge", f"Add {file.name} to the knowledge base", "Add to knowledge"))
    buttons.append(("remove", f"Remove {file.name}", "Remove"))
    acts = "".join(
        f'<button type="button" data-act="{act}" aria-label="{escape(label)}">{text}</button>'
        for act, label, text in buttons
    )
    return (
        f'<section class="file" data-name="{name}" aria-label="{name}"><p class="file-name">{name} <span>{size}</span></p>'
        f'{said}<div class="file-acts">{acts}</div></section>'
    )


def _leads(hub: Hub, file: Dropped) -> tuple[str, bool]:
    """What is in a list of leads, and whether it can be imported."""
    try:
        found = hub.views.leads.import_preview(file.source)
    except HubError as error:
        return f'<p class="file-wrong">{escape(error.sentence)}</p>', False
    if found.problem:
        return f'<p class="file-wrong">{escape(found.problem)}</p>', False
    rows = "".join(
        f"<li><span>{escape(column)}</span> → <b>{escape(field.replace('_', ' '))}</b></li>"
        for column, field in list(found.mapping.items())[:SHOWN]
    )
    left = [column for column in found.columns if column not in found.mapping]
    unused = f'<p class="file-note">Not used: {escape(", ".join(left))}</p>' if left else ""
    bad = f", {found.bad:,} cannot be read (line and reason are told after the import)" if found.bad else ""
    return (
        f"<p>{found.good:,} {'row' if found.good == 1 else 'rows'} can be imported{bad}.</p><ul>{rows}</ul>{unused}",
        True,
    )
