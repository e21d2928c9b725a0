"""Importing leads on the Leads page: choose a file, look at how its columns are matched and which rows are refused, change
the matching, import; or name a table of another PostgreSQL database."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import string
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.parts.cards import bullets, figure, figures, section
from ui.web.parts.formats import count, number
from ui.web.parts.links import link
from ui.web.parts.shell import QUIET, Frame, html
from ui.web.parts.stoppable import Stoppable, ended, stoppable
from ui.web.parts.table import Column, Row, records_table

if TYPE_CHECKING:
    from agent import Hub

SURFACE = "web"
#: Bytes of a file that a page takes; larger ones are put into the import folder.
LARGEST = 15_000_000
OWN = "custom."
Updates = dict[Any, Any]

#: In the browser: the chosen or dropped file is read there and handed to the page's own handler.
PICK = string.Template("""
const take = (file) => {
  const told = element.querySelector('[role=status]');
  if (!file) return;
  if (file.size > $largest) {
    told.textContent = 'This file is larger than $mb MB. Put it into the import folder and choose it below.';
    return;
  }
  told.textContent = 'Reading ' + file.name + ' …';
  const reader = new FileReader();
  reader.onerror = () => { told.textContent = 'The browser could not read this file.'; };
  reader.onload = () => trigger('upload', { name: file.name, data: String(reader.result).split(',')[1] ?? '' });
  reader.readAsDataURL(file);
};
element.addEventListener('change', (event) => { if (event.target.type === 'file') take(event.target.files[0]); });
element.addEventListener('dragover', (event) => { event.preventDefault(); });
element.addEventListener('drop', (event) => { event.preventDefault(); take(event.dataTransfer.files[0]); });
""").substitute(largest=LARGEST, mb=LARGEST // 1_000_000)
#: In the browser: each change of a column's field looks at the file again; the button imports.
MATCH = """
const chosen = () => Object.fromEntries(
  [...element.querySelectorAll('select[data-column]')].map((select) => [select.dataset.column, select.value]));
element.addEventListener('change', (event) => {
  if (event.target.matches('select[data-column]')) trigger('edit', { mapping: chosen(), at: event.target.id });
});
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-import]');
  if (!button) return;
  button.disabled = true;
  button.textContent = 'Importing …';
  trigger('submit', { mapping: chosen() });
});
let focused = null;
element.addEventListener('focusin', (event) => { focused = event.target.id || null; });
watch('value', () => { if (focused) document.getElementById(focused)?.focus(); });
"""
FILE_FORM = Markup(
    '<div class="hub-drop"><label for="lead-file">Choose a CSV file, or drop it here</label>'
    '<input id="lead-file" type="file" accept=".csv,.tsv,.txt,text/csv"><p class="note" role="status"></p></div>'
)


@dataclass(frozen=True)
class ImportPart:
    """The components of an import, and what they do."""

    hub: Hub
    pick: gr.HTML
    files: gr.Dropdown
    open: gr.Button
    name: gr.Textbox
    look: gr.HTML
    table: gr.Textbox
    read: gr.Button
    problem: gr.HTML
    work: Stoppable

    def wire(self, page: Frame) -> None:
        """Wire the events."""
        looked: dict[str, Any] = {"outputs": [self.name, self.look, self.problem, self.files], **QUIET}
        page.on_load(self._load, outputs=[self.files])
        self.pick.upload(self._keep, **looked)
        self.open.click(self._open, inputs=[self.files], **looked)
        self.look.edit(self._again, inputs=[self.name], outputs=[self.look, self.problem], **QUIET)
        done = [self.look, self.problem, *self.work.outputs]
        self.look.submit(self._import, inputs=[self.name], outputs=done, **QUIET)
        self.read.click(self._read, inputs=[self.table], outputs=[*done, self.table, self.read], **QUIET)

    async def _load(self) -> Any:
        return gr.update(choices=list(await asyncio.to_thread(self.hub.views.leads.import_files)))

    async def _keep(self, chosen: gr.EventData) -> Updates:
        try:
            data = base64.b64decode(str(chosen.data), validate=True)
            name = await asyncio.to_thread(self.hub.views.leads.keep_file, str(chosen.name), data)
        except (HubError, binascii.Error) as error:
            said = error.sentence if isinstance(error, HubError) else "This file did not arrive whole. Choose it again."
            return {self.problem: notice(said), self.look: ""}
        files = await asyncio.to_thread(self.hub.views.leads.import_files)
        return {**await self._looked(name), self.files: gr.update(choices=list(files), value=name)}

    async def _open(self, name: str | None) -> Updates:
        if not name:
            return {self.problem: notice("Choose a file first.")}
        return await self._looked(name)

    async def _looked(self, name: str, mapping: dict[str, str] | None = None) -> Updates:
        try:
            found = await asyncio.to_thread(self.hub.views.leads.import_preview, name, mapping)
        except HubError as error:
            return {self.problem: notice(error.sentence), self.look: ""}
        fields = self.hub.views.leads.import_fields()
        return {self.name: name, self.look: preview_html(found.model_dump(mode="json"), fields), self.problem: ""}

    async def _again(self, name: str, chosen: gr.EventData) -> Updates:
        looked = await self._looked(name, _mapping(chosen.mapping))
        return {part: value for part, value in looked.items() if part is not self.name}

    async def _import(self, name: str, chosen: gr.EventData) -> AsyncIterator[Updates]:
        mapping = _mapping(chosen.mapping)
        stopped = False
        async for updates in self._call("import_leads_as", {"source": name, "mapping": json.dumps(mapping)}):
            stopped = self.problem in updates
            yield updates
        if stopped:  # the file is drawn anew (it was emptied: what is the same is not), to be imported once more
            looked = await self._looked(name, mapping)
            yield {self.look: looked[self.look]}

    async def _read(self, address: str | None) -> AsyncIterator[Updates]:
        if not address or not address.strip():
            yield {self.problem: notice("Write the database's address first.")}
            return
        if not address.strip().lower().startswith(("postgres://", "postgresql://")):
            said = "The address must begin with postgres:// (user, password, host, database, and ?table=…)."
            yield {self.problem: notice(said)}
            return
        yield {self.read: gr.update(interactive=False), self.look: ""}
        async for updates in self._call("import_leads", {"source": address}):
            yield updates
        yield {self.read: gr.update(interactive=True), self.table: ""}

    async def _call(self, tool: str, arguments: dict[str, Any]) -> AsyncIterator[Updates]:
        """Import, told how far it is; at last what was done, or under `problem` why not."""
        yield {self.problem: ""}
        async for run in self.work.follow([(tool, arguments)]):
            yield self.work.shown(run)
        if run.outcomes:
            yield {self.look: result_html(run.outcomes[0].result.data())}
        else:
            yield {self.look: "", self.problem: notice(ended(run))}


def import_part(site: Site) -> ImportPart:
    """Lay an import out."""
    problem = html(elem_id="import-problem")
    with gr.Row(equal_height=False, elem_id="import-sources"):
        with gr.Column(min_width=280):
            pick = html(FILE_FORM, js=PICK, elem_id="import-pick")
            with gr.Row(equal_height=False, elem_classes="import-known"):
                files = gr.Dropdown([], label="Or a file that lies in the import folder", scale=1)
                open_ = gr.Button("Look at it", min_width=80, scale=0)
        with gr.Column(min_width=280, elem_classes="tool-form"):
            table = gr.Textbox(
                label="Or a table of another PostgreSQL database (Supabase too)",
                info="postgres://user:password@host/database?table=contacts. Later imports read only what is new.",
                type="password",
                max_lines=1,
            )
            read = gr.Button("Import from the table", min_width=80, scale=0)
    name = gr.Textbox(visible="hidden", label="File")
    work = stoppable(site)
    look = html(js=MATCH, elem_id="import-look")
    return ImportPart(site.hub, pick, files, open_, name, look, table, read, problem, work)


def preview_html(found: Mapping[str, Any], fields: Sequence[str]) -> Markup:
    """The file as it would be imported: the matching to change, the rows that would be refused."""
    rows = [
        Row([
            column, _select(place, column, found["mapping"].get(column, ""), fields),
            Markup("<br>").join(row.get(column, "")[:60] or "-" for row in found["sample"][:3]),
        ])
        for place, column in enumerate(found["columns"])
    ]  # fmt: skip
    columns = (
        Column("Column", sorts=False),
        Column("Field of the lead", sorts=False),
        Column("First values", sorts=False, wide=True),
    )
    matching = records_table(columns, rows, caption=f"Columns of {found['name']}")
    tried = [figure("Rows looked at", number(found["tried"])), figure("Can be imported", number(found["good"]), tone="good"),
             figure("Will be refused", number(found["bad"]))]  # fmt: skip
    told = (
        Markup('<p class="problem-line" role="alert">{}</p>').format(found["problem"])
        if found["problem"]
        else figures(tried)
    )
    notes = bullets(found["notes"]) if found["notes"] else ""
    button = Markup('<p><button type="button" class="primary" data-import{}>Import {}</button></p>').format(
        Markup(" disabled") if found["problem"] or not found["good"] else "", found["name"]
    )
    return section(
        f"Columns of {found['name']}",
        Markup("{}{}{}{}{}").format(matching, told, notes, _bad(found["bad_rows"], int(found["bad"])), button),
        note="This is how the columns were matched by their names and contents. Change what is wrong; leave out what you do not need.",
    )


def result_html(found: Mapping[str, Any]) -> Markup:
    """What an import did."""
    cards = figures(
        [
            figure("Added", number(found["added"]), tone="good"), figure("Brought up to date", number(found["updated"])),
            figure("Known already", number(found["unchanged"])), figure("Refused", number(found["bad"])),
        ],
        label="What was imported",
    )  # fmt: skip
    told = (
        [f"{count(found['duplicates'], 'row').capitalize()} repeated an address and was merged."]
        if found["duplicates"]
        else []
    )
    told += (
        [f"{count(found['told_back'], 'status', 'statuses').capitalize()} written back to the table."]
        if found["told_back"]
        else []
    )
    told += found["notes"]
    body = Markup("{}{}{}<p>{}</p>").format(
        cards,
        bullets(told) if told else "",
        _bad(found["bad_rows"], int(found["bad"])),
        link("See the leads", "/leads", css="button"),
    )
    return section(f"Imported {found['source']}", body)


def _bad(rows: Sequence[Mapping[str, Any]], amount: int) -> Markup:
    if not rows:
        return Markup("")
    table = records_table(
        (Column("Row", sorts=False), Column("Why it is refused", sorts=False)),
        [Row([one["where"], one["reason"]]) for one in rows[:50]],
        caption="Rows that are refused",
        total=amount,
    )
    return Markup("<h3>Rows that are refused</h3>{}").format(table)


def _select(place: int, column: str, chosen: str, fields: Sequence[str]) -> Markup:
    """The fields a column can fill; its own custom field among them."""
    custom = chosen if chosen.startswith(OWN) else f"{OWN}{'_'.join(column.casefold().split())[:50]}"
    choices = [
        ("", "(leave out)"),
        *((one, said(one)) for one in fields),
        (custom, f"Custom field: {custom.removeprefix(OWN)}"),
    ]
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, Markup(" selected") if value == chosen else "", name)
        for value, name in choices
    )
    return Markup('<select id="column-{}" data-column="{}" aria-label="Field for {}">{}</select>').format(
        place, column, column, options
    )


def said(field: str) -> str:
    """A field's name as a person reads it: "consent_email" is "Consent email"."""
    words = field.removesuffix("_at").replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}"


def _mapping(given: Any) -> dict[str, str]:
    return {str(column): str(field) for column, field in dict(given).items()}
