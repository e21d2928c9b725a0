"""The Segments page laid out, wired, and what it does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import gradio as gr

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Page, Site
from ui.web.pages.segments import show
from ui.web.pages.segments.builder import BUILDER_JS, builder_html
from ui.web.pages.segments.rows import rows_of, tree_of
from ui.web.parts import states
from ui.web.parts.approval import Approval, approval_panel
from ui.web.parts.links import link
from ui.web.parts.shell import QUIET, Frame, frame, heading, html
from ui.web.parts.soft import query_of, whole
from ui.web.parts.table import table_view

SURFACE = "web"
LEAD = "Groups of leads by conditions, looked up anew whenever they are used."
GO_TO_SEGMENT = "(segment) => { if (segment) history.replaceState(null, '', `/segments?id=${segment}`); }"
#: Somebody who goes on while the last change is still being counted is not left behind: the newest is read, too.
LAST: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}
Updates = dict[Any, Any]


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    page: Frame
    list_box: gr.Column
    table: gr.HTML
    goal: gr.Textbox
    suggest: gr.Button
    ideas: gr.HTML
    build_box: gr.Column
    segment: gr.Number
    version: gr.Number
    name: gr.Textbox
    words: gr.Textbox
    builder: gr.HTML
    people: gr.HTML
    problem: gr.HTML
    saved: gr.HTML
    save: gr.Button
    delete: gr.Button
    approval: Approval

    @property
    def outputs(self) -> list[Any]:
        return [
            self.page.heading, self.list_box, self.table, self.build_box, self.segment, self.version, self.name, self.words,
            self.builder, self.people, self.problem, self.saved, self.delete,
        ]  # fmt: skip

    @property
    def in_step(self) -> list[Any]:
        """What changes while somebody builds."""
        return [self.words, self.builder, self.people, self.problem, self.saved]


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/segments", "Segments", LEAD) as page:
        with page.actions:
            html(link("New segment", "/segments?new=1", css="button primary"))
        parts = _lay_out(site, page)
    handlers = SegmentsPage(site, parts)
    page.on_load(handlers.load, outputs=parts.outputs)
    for event in (parts.words.submit, parts.words.blur):
        event(handlers.read, inputs=[parts.words], outputs=parts.in_step, **LAST)
    parts.builder.edit(handlers.edited, outputs=parts.in_step, **LAST)
    saved = parts.save.click(
        handlers.save, inputs=[parts.segment, parts.version, parts.name, parts.words], outputs=parts.outputs, **QUIET
    )
    saved.then(None, inputs=[parts.segment], js=GO_TO_SEGMENT, api_visibility="private")
    parts.delete.click(handlers.delete, inputs=[parts.segment], outputs=parts.approval.outputs, **QUIET)
    parts.approval.decided(handlers.decided, inputs=[parts.segment], outputs=parts.outputs)
    suggesting: dict[str, Any] = {"inputs": [parts.goal], "outputs": [parts.ideas, parts.suggest], **QUIET}
    parts.suggest.click(handlers.suggest, **suggesting)
    parts.goal.submit(handlers.suggest, **suggesting)


def _lay_out(site: Site, page: Frame) -> Parts:
    with gr.Column(min_width=0) as list_box:
        table = table_view(states.loading("Counting segments …"), elem_id="segment-list")
        with gr.Column(elem_classes="tool-form", min_width=0):
            goal = gr.Textbox(
                label="What do you want to achieve?", placeholder="win back sleeping customers", max_lines=1
            )
            with gr.Row(elem_classes="form-buttons"):
                suggest = gr.Button("Suggest segments", min_width=80, elem_id="segment-suggest")
        ideas = html(elem_id="segment-ideas")
    segment, version = (gr.Number(visible="hidden", precision=0, label=name) for name in ("Segment", "Version"))
    with gr.Column(visible=False, min_width=0) as build_box:
        saved = html(elem_id="segment-saved")
        name = gr.Textbox(label="Name", placeholder="Berlin customers", max_lines=1, elem_id="segment-name")
        words = gr.Textbox(
            label="In words",
            info="Press Enter, and the conditions below follow; change those, and these words follow.",
            placeholder="status is customer and city is Berlin",
            lines=1,  # with more, Enter would begin a new line
            max_lines=6,
            elem_id="segment-words",
            submit_btn=False,
        )
        problem = html(elem_id="segment-problem")
        builder = html(elem_id="segment-builder", js=BUILDER_JS)
        people = html(elem_id="segment-people")
        with gr.Row(elem_classes="form-buttons"):
            save = gr.Button("Save segment", variant="primary", min_width=80, elem_id="segment-save")
            delete = gr.Button("Delete …", variant="stop", min_width=80, visible=False, elem_id="segment-delete")
        approval = approval_panel(site)
    return Parts(
        page, list_box, table, goal, suggest, ideas, build_box, segment, version, name, words, builder, people, problem, saved, save,
        delete, approval,
    )  # fmt: skip


class SegmentsPage:
    """The handlers. The hub's methods block, so each runs in a worker thread."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._views = site.hub.views.segments
        self._parts = parts

    async def load(self, request: gr.Request) -> Updates:
        """The list, a segment, or a new one, as the address says."""
        query = query_of(request)
        segment = whole(query.get("id"))
        if segment is not None:
            return await asyncio.to_thread(self._open, segment)
        if query.get("new"):
            return await asyncio.to_thread(self._new, query.get("name", ""), query.get("words", ""))
        return await asyncio.to_thread(self._list)

    async def read(self, words: str | None) -> Updates:
        """Words were typed: the conditions follow."""
        if not words or not words.strip():
            return {self._parts.problem: ""}
        return await asyncio.to_thread(self._read, words)

    async def edited(self, chosen: gr.EventData) -> Updates:
        """A condition was changed: the words follow."""
        return await asyncio.to_thread(self._edited, dict(chosen.rows), bool(chosen.redraw))

    async def save(self, segment: float | None, version: float | None, name: str, words: str) -> Updates:
        """The segment is stored, as a new one or changed."""
        given: dict[str, Any] = {"name": name, "conditions": words}
        tool = "save_segment" if segment else "create_segment"
        if segment:
            given |= {"segment": str(int(segment)), "version": int(version or 0)}
        try:
            outcome = await asyncio.to_thread(self._hub.call_as, tool, given, surface=SURFACE)
            shown = await asyncio.to_thread(self._open, int(outcome.result.data()["id"]))
        except HubError as error:
            return {self._parts.problem: notice(error.sentence)}
        return {**shown, self._parts.saved: '<p class="saved" role="status">Saved.</p>'}

    async def delete(self, segment: float | None) -> Updates:
        """A plan to delete the segment is laid."""
        try:
            given = {"segment": str(int(segment or 0))}
            outcome = await asyncio.to_thread(self._hub.call_as, "delete_segment", given, surface=SURFACE)
            return await asyncio.to_thread(self._parts.approval.show, outcome.plan_id)
        except HubError as error:
            return {self._parts.approval.problem: notice(error.sentence)}

    async def decided(self, segment: float | None) -> Updates:
        """After a decision: back to the list where the segment is gone."""
        return await asyncio.to_thread(self._open, int(segment or 0))

    async def suggest(self, goal: str | None) -> Any:
        """Segments for a goal; a model may take a while to write its reasons."""
        if not goal or not goal.strip():
            yield {self._parts.ideas: notice("Write what you want to achieve first.")}
            return
        yield {
            self._parts.ideas: states.loading("Looking for groups among your leads …"),
            self._parts.suggest: gr.update(interactive=False),
        }
        try:
            outcome = await asyncio.to_thread(self._hub.call_as, "suggest_segments", {"goal": goal}, surface=SURFACE)
            shown: Any = show.suggestions(outcome.result.data())
        except HubError as error:
            shown = states.problem(error.sentence)
        yield {self._parts.ideas: shown, self._parts.suggest: gr.update(interactive=True)}

    # -- what blocks ------------------------------------------------------------------------------------------------

    def _list(self) -> Updates:
        parts = self._parts
        try:
            shown: Any = show.segment_list(self._hub.call_as("list_segments", {}, surface=SURFACE).result.data())
        except HubError as error:
            shown = states.problem(error.sentence)
        return {
            parts.list_box: gr.update(visible=True), parts.build_box: gr.update(visible=False), parts.table: shown,
            parts.page.heading: heading("Segments", LEAD),
        }  # fmt: skip

    def _open(self, number: int) -> Updates:
        parts = self._parts
        try:
            stored = self._views.stored(number)
            built = self._built(self._views.from_tree(stored.tree))
        except HubError as error:
            return {
                **self._list(),
                parts.segment: None,
                parts.problem: "",
                parts.page.heading: heading("Segments", error.sentence),
            }
        return {
            **self._building(),
            **built,
            parts.page.heading: heading(stored.name, up=("Segments", "/segments")),
            parts.segment: number,
            parts.version: stored.version,
            parts.name: stored.name,
            parts.words: stored.words,
            parts.builder: self._drawn(rows_of(stored.tree)),
            parts.saved: show.uses({"id": stored.id, "name": stored.name}),
            parts.delete: gr.update(visible=True),
        }

    def _new(self, name: str, words: str) -> Updates:
        parts = self._parts
        rows = rows_of(None)
        shown: Updates = {**self._edited(rows, redraw=True), parts.words: ""}
        if words:
            shown = {**shown, **self._read(words), parts.words: words}
        return {
            **self._building(),
            **shown,
            parts.page.heading: heading("New segment", up=("Segments", "/segments")),
            parts.segment: None,
            parts.version: None,
            parts.name: name,
            parts.delete: gr.update(visible=False),
            parts.saved: "",
        }

    def _read(self, words: str) -> Updates:
        parts = self._parts
        try:
            built = self._views.from_words(words)
        except HubError as error:
            return {parts.problem: notice(error.sentence)}
        return {
            **self._built(built),
            parts.builder: self._drawn(rows_of(built.tree)),
            parts.saved: "",
        }

    def _edited(self, rows: dict[str, Any], redraw: bool) -> Updates:
        parts = self._parts
        drawn: Updates = {parts.builder: self._drawn(rows)} if redraw else {}
        if not rows.get("parts"):
            return {**drawn, parts.words: "", parts.people: "", parts.problem: "", parts.saved: ""}
        try:
            built = self._views.from_tree(tree_of(rows))
        except HubError as error:
            return {**drawn, parts.people: "", parts.problem: notice(error.sentence), parts.saved: ""}
        return {**drawn, **self._built(built), parts.words: built.words, parts.saved: ""}

    def _built(self, built: Any) -> Updates:
        return {self._parts.people: show.people(built.model_dump(mode="json")), self._parts.problem: ""}

    def _building(self) -> Updates:
        return {self._parts.list_box: gr.update(visible=False), self._parts.build_box: gr.update(visible=True)}

    def _drawn(self, rows: dict[str, Any]) -> str:
        return builder_html(rows, self._views.vocabulary().model_dump(mode="json"))


PAGE = Page("/segments", "Segments", build)
