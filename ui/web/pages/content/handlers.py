"""What the studio does: write several texts one after another (shown while they grow, and stopped at any time), keep
them, put them aside, set the voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.content import show
from ui.web.parts import states
from ui.web.parts.writing import SURFACE, Run, Writings, progress

if TYPE_CHECKING:
    from ui.web.pages.content.layout import Parts

Updates = dict[Any, Any]
#: What is said where no model runs.
NO_MODEL = "Texts are filled from templates: a plain beginning for you to go over, marked as such"


class Studio:
    """The handlers of one site's page."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub, self._site, self._parts = site.hub, site, parts
        self._writings = Writings(site.hub)

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler may update."""
        one = self._parts
        return [
            one.page.notice, one.kind, one.kinds, one.voice, one.no_model, one.form, *one.inputs.values(), one.versions,
            one.write, one.stop, one.job, one.problem, one.writing, one.drafts, one.voice_text,
        ]  # fmt: skip

    def load(self, request: gr.Request) -> Updates:
        """The page is opened: the kind of its address, or drafts side by side."""
        query = dict(request.query_params)
        kind = query.get("kind", "email")
        kind = kind if kind in show.SPOKEN else "email"
        one = self._parts
        voice = self._hub.views.studio.voice()
        updates: Updates = {
            one.kind: kind,
            one.kinds: show.kinds(kind),
            one.voice: show.voice(voice),
            one.voice_text: voice.brand_voice or "",
            one.no_model: states.no_model(self._site.model.now, NO_MODEL),
            one.form: gr.update(visible="compare" not in query),
            one.write: gr.update(interactive=True),
        }
        for name, component in one.inputs.items():
            updates[component] = gr.update(visible=name in show.FIELDS[kind])
        if query.get("topic"):
            for name in ("topic", "product"):
                updates[one.inputs[name]] = gr.update(visible=name in show.FIELDS[kind], value=query["topic"])
        if query.get("compare"):
            return updates | self._compared(query["compare"])
        return updates | {one.drafts: self._drafts(kind, discarded="aside" in query)}

    def _compared(self, wanted: str) -> Updates:
        numbers = [int(one) for one in wanted.split(",") if one.strip().isdigit()][: show.MOST_COMPARED]
        one = self._parts
        try:
            found = [self._hub.views.studio.draft(number) for number in numbers]
        except HubError as error:
            return {one.drafts: states.problem(error.sentence, ("All drafts", show.PATH))}
        kind = found[0].kind if found and found[0].kind in show.SPOKEN else "email"
        return {
            one.kind: kind,
            one.kinds: show.kinds(kind),
            one.drafts: show.compared(found, self._hub.settings.zone, kind),
        }

    async def write(self, kind: str, versions: float, *values: Any) -> AsyncIterator[Updates]:
        """Write so many texts, one after another; each is a draft as soon as it is there."""
        one = self._parts
        given = dict(zip(one.inputs, values, strict=True))
        arguments = {name: _plain(given[name]) for name in show.FIELDS[kind] if _plain(given[name])}
        job = self._writings.begin([(show.TOOLS[kind], arguments)] * max(int(versions), 1))
        yield {
            one.write: gr.update(interactive=False), one.stop: gr.update(visible=True), one.job: job, one.problem: "",
            one.page.notice: "",
        }  # fmt: skip
        seen = 0
        async for run in self._writings.follow(job):
            updates: Updates = {one.writing: progress(run)}
            if len(run.outcomes) != seen:
                seen = len(run.outcomes)
                updates[one.drafts] = await asyncio.to_thread(self._drafts, kind)
            yield updates
        yield {
            one.write: gr.update(interactive=True), one.stop: gr.update(visible=False), one.writing: _ended(run),
            one.problem: notice(run.problem), one.drafts: await asyncio.to_thread(self._drafts, kind),
        }  # fmt: skip

    def stop(self, job: str) -> None:
        """The button beside a text that is being written."""
        self._writings.stop(job)

    def sort(self, kind: str, chosen: gr.EventData) -> Updates:
        """A draft is kept, put aside or taken out again."""
        discarded, problem = False, None
        try:
            before = self._hub.views.studio.draft(int(chosen.draft))
            discarded = before.state == "discarded"
            self._hub.call_as("sort_draft", {"draft": int(chosen.draft), "state": str(chosen.state)}, surface=SURFACE)
        except HubError as error:
            problem = error.sentence
        return {
            self._parts.drafts: self._drafts(kind, discarded=discarded),
            self._parts.page.notice: notice(problem),
        }

    def set_voice(self, description: str) -> Updates:
        """The brand voice is saved."""
        one = self._parts
        try:
            outcome = self._hub.call_as("set_brand_voice", {"description": description}, surface=SURFACE)
        except HubError as error:
            return {one.voice_told: notice(error.sentence)}
        told = Markup('<p class="saved" role="status">{}</p>').format(outcome.result.text)
        return {one.voice: show.voice(self._hub.views.studio.voice()), one.voice_told: told}

    def _drafts(self, kind: str, *, discarded: bool = False) -> str:
        found = self._hub.views.studio.drafts(kind, discarded=discarded)
        return str(show.drafts(found, self._hub.settings.zone, kind=kind, discarded=discarded))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    return int(value) if isinstance(value, float) else value


def _ended(run: Run) -> Markup | str:
    if run.stopped:
        said = "Stopped. What was finished before is kept." if run.outcomes else "Stopped; nothing of it was kept."
        return Markup('<p class="state" role="status">{}</p>').format(said)
    notes = dict.fromkeys(one.result.note for one in run.outcomes if one.result.note)
    return Markup("").join(Markup('<p class="state" role="status">{}</p>').format(note) for note in notes)
