"""What the Email page does. The hub's methods block, so each runs in a worker thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.email import show
from ui.web.pages.email.letter import as_mjml, findings_html, preview_html
from ui.web.parts import states
from ui.web.parts.cards import badge
from ui.web.parts.formats import words
from ui.web.parts.shell import heading
from ui.web.parts.soft import query_of, whole
from ui.web.parts.stoppable import ended

if TYPE_CHECKING:
    from ui.web.pages.email.layout import Parts

SURFACE = "web"
LEAD = "Mailings: written, checked, approved, sent, and what came of them."
Updates = dict[Any, Any]
Made = TypeVar("Made")


class EmailPage:
    """The handlers."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._views = site.hub.views.mail
        self._parts = parts
        self._zone = site.hub.settings.zone

    def call(self, tool: str, **arguments: Any) -> Any:
        """A tool's outcome, called from this page."""
        return self._hub.call_as(tool, arguments, surface=SURFACE)

    # -- opening ----------------------------------------------------------------------------------------------------

    async def load(self, request: gr.Request) -> Updates:
        """The list, one mailing, a new one, or a series, as the address says."""
        query = query_of(request)
        mailing = whole(query.get("id"))
        if mailing is not None:
            return await asyncio.to_thread(self._open, mailing)
        for name, title in (("new", "New mailing"), ("sequence", "Write a series of emails")):
            if query.get(name):
                return {**self._only(name), self._parts.page.heading: heading(title, up=("Email", "/email"))}
        return await asyncio.to_thread(self._list, query.get("status", ""))

    async def more(self, mailing: float | None) -> Updates:
        """What takes longer: the preview, the check, the evidence of past subject lines, results."""
        if not mailing:
            return {self._parts.preview: ""}
        return await asyncio.to_thread(self._more, int(mailing))

    # -- the editor -------------------------------------------------------------------------------------------------

    async def preview(self, lead: str | None, *values: Any) -> Any:
        """The letter as it stands in the editor, for a lead."""
        return await asyncio.to_thread(self._preview, self._given(values), lead)

    async def check(self, *values: Any) -> Any:
        """What filters and mail programs would hold against it."""
        return await asyncio.to_thread(self._check, self._given(values))

    async def save(self, mailing: float | None, version: float | None, *values: Any) -> Updates:
        """The editor is saved."""
        try:
            saved = await asyncio.to_thread(self._save, int(mailing or 0), version, self._given(values))
        except HubError as error:
            return {self._parts.problem: notice(error.sentence)}
        notes = " ".join(saved.notes)
        return {
            self._parts.version: saved.version,
            self._parts.problem: "",
            self._parts.content: saved.content or "",
            self._parts.page.heading: self._heading(saved.data()),
            self._parts.saved: f'<p class="saved" role="status">Saved. {notes}</p>',
        }

    async def send(self, mailing: float | None, version: float | None, at: Any, *values: Any) -> AsyncIterator[Updates]:
        """A plan to send is laid, at once or (with `at`) for a time; what stands in the editor is saved first."""
        parts = self._parts
        yield {
            parts.problem: "",
            parts.send: gr.update(interactive=False),
            parts.schedule: gr.update(interactive=False),
        }
        ready = {parts.send: gr.update(interactive=True), parts.schedule: gr.update(interactive=True)}
        try:
            number = int(mailing or 0)
            now = await asyncio.to_thread(self._views.editor, number)
            kept: Updates = {}
            if now.status.value == "draft":
                saved = await asyncio.to_thread(self._save, number, version, self._given(values))
                kept = {parts.version: saved.version}
            given = {"email_campaign": str(number), **({"send_time": _moment(at)} if at else {})}
            outcome = await asyncio.to_thread(lambda: self.call("send_email_campaign", **given))
            shown = await asyncio.to_thread(parts.approval.show, outcome.plan_id)
        except HubError as error:
            yield {**ready, parts.problem: notice(error.sentence)}
            return
        yield {**ready, **kept, **shown, parts.saved: ""}

    async def send_now(self, mailing: float | None, version: float | None, *values: Any) -> AsyncIterator[Updates]:
        """Send at once."""
        async for updates in self.send(mailing, version, None, *values):
            yield updates

    async def schedule(
        self, mailing: float | None, version: float | None, at: Any, *values: Any
    ) -> AsyncIterator[Updates]:
        """Send at a time."""
        if not at:
            yield {self._parts.problem: notice("Choose the day and time first.")}
            return
        async for updates in self.send(mailing, version, at, *values):
            yield updates

    async def make_mjml(self, content: str | None) -> Updates:
        """A plain text becomes a simple MJML layout."""
        content = content or ""
        if content.lstrip().lower().startswith("<"):
            return {self._parts.problem: notice("This is HTML or MJML already; a layout is made from plain text.")}
        return {self._parts.content: as_mjml(content), self._parts.problem: ""}

    async def subjects(self, mailing: float | None) -> AsyncIterator[Updates]:
        """Subject lines are written for this mailing."""
        parts = self._parts
        yield {parts.write: gr.update(interactive=False), parts.ideas: ""}
        call = ("optimize_subject_lines", {"email_campaign": str(int(mailing or 0))})
        async for run in parts.thinking.follow([call]):
            yield parts.thinking.shown(run)
        said = ended(run)
        found = show.subject_ideas(run.outcomes[0].result.data()) if run.outcomes else states.problem(said or "")
        yield {parts.write: gr.update(interactive=True), parts.ideas: found}

    # -- steering ---------------------------------------------------------------------------------------------------

    async def act(self, mailing: float | None, chosen: gr.EventData) -> Updates:
        """Copy, pause, go on, cancel."""
        tool = {
            "copy": "copy_email_campaign", "pause": "pause_email_campaign", "resume": "resume_email_campaign",
            "cancel": "cancel_email_campaign",
        }.get(str(chosen.act))  # fmt: skip
        if tool is None:
            return {self._parts.problem: ""}
        try:
            outcome = await asyncio.to_thread(lambda: self.call(tool, email_campaign=str(int(mailing or 0))))
            shown = await asyncio.to_thread(self._open, int(outcome.result.data()["id"]))
        except HubError as error:
            return {self._parts.problem: notice(error.sentence)}
        said = outcome.result.text.replace("**", "")
        return {**shown, self._parts.saved: Markup('<p class="saved" role="status">{}</p>').format(said)}

    async def decided(self, mailing: float | None) -> Updates:
        """After a decision on a plan: the mailing as it is now."""
        return await asyncio.to_thread(self._open, int(mailing or 0)) if mailing else {self._parts.problem: ""}

    async def follow(self, mailing: float | None) -> Updates:
        """Every other second while something is being sent: how far it is, and its results when it is over."""
        return await asyncio.to_thread(self._follow, int(mailing) if mailing else None)

    async def explain(self, mailing: float | None, lead: str | None) -> Any:
        """Why a lead got this mailing or did not."""
        if not (lead or "").strip():
            return notice("Write whose name or address you mean.")
        given = {"lead": lead, "email_campaign": str(int(mailing or 0))}
        try:
            outcome = await asyncio.to_thread(lambda: self.call("explain_delivery", **given))
        except HubError as error:
            return states.problem(error.sentence)
        return show.explained(outcome.result.data(), self._zone)

    # -- series -----------------------------------------------------------------------------------------------------

    def sequence_written(self, outcome: Any) -> Updates:
        """A series was drafted."""
        data = outcome.result.data()
        return {self._parts.sequence: show.sequence(data), self._parts.emails: data["emails"]}

    async def make_mailing(self, emails: Any, chosen: gr.EventData) -> Updates:
        """One email of a series becomes a mailing."""
        try:
            one = emails[int(chosen.place)]
            given = {"subject": one["subject_line"], "content": one["content"]}
            outcome = await asyncio.to_thread(lambda: self.call("create_email_campaign", **given))
        except HubError as error:
            return {self._parts.sequence_problem: notice(error.sentence)}
        return {self._parts.goto: outcome.result.data()["id"], self._parts.sequence_problem: ""}

    def created(self, outcome: Any) -> Updates:
        """A draft was made: go to it."""
        return {self._parts.goto: outcome.result.data()["id"]}

    # -- what blocks ------------------------------------------------------------------------------------------------

    def _list(self, status: str) -> Updates:
        parts = self._parts
        try:
            found = self.call("list_email_campaigns", **({"status": status} if status else {})).result.data()
            table: Any = show.mailing_list(found, self._views.figures(), status, self._zone)
        except HubError as error:
            table = states.problem(error.sentence, ("All mailings", "/email"))
        return {
            **self._only("list"),
            **self._under_way(),
            parts.table: table,
            parts.mailing: None,
            parts.page.heading: heading("Email", LEAD),
        }

    def _under_way(self) -> Updates:
        going = self._views.under_way()
        shown = [show.progress(one.model_dump(mode="json"), self._zone, named=True) for one in going]
        return {
            self._parts.under_way: Markup("").join(shown),
            self._parts.timer: gr.Timer(active=any(one.under_way for one in going)),
        }

    def _open(self, number: int) -> Updates:
        parts = self._parts
        try:
            found = self._views.editor(number)
        except HubError as error:
            return {
                **self._only("list"),
                parts.table: states.problem(error.sentence, ("All mailings", "/email")),
                parts.mailing: None,
                parts.page.heading: heading("Email", LEAD),
            }
        one = found.data()
        status = found.status.value
        boxes = {
            "draft": ("mailing", "editor", "sending", "letter"),
            "scheduled": ("mailing", "sending", "letter", "explain"),
        }
        progress = self._views.progress(number)
        went = status in ("sending", "paused", "sent") or progress.total > 0
        names = boxes.get(status, ("mailing", "letter", "explain"))
        return {
            **self._only(*names, *(("results",) if went else ())),
            parts.page.heading: self._heading(one),
            parts.mailing: number,
            parts.version: found.version,
            parts.actions: show.actions(status, ready=found.send_time is not None),
            parts.progress: show.progress(progress.model_dump(mode="json"), self._zone) if went else "",
            parts.timer: gr.Timer(active=status in ("sending", "scheduled")),
            **self._filled(one),
            parts.problem: "",
            parts.saved: "",
            parts.explained: "",
        }

    def _filled(self, one: dict[str, Any]) -> Updates:
        parts = self._parts
        when = one["send_time"]
        values = {
            "name": one["name"], "subject": one["subject_line"] or "", "preview_text": one["preview_text"] or "",
            "content": one["content"] or "", "segment": str(one["segment_id"] or ""), "campaign": str(one["campaign_id"] or ""),
            "recipients": "\n".join(one["recipients"]),
        }  # fmt: skip
        segments = [("(none)", ""), *((record.name, str(record.id)) for record in self._hub.records("segment"))]
        campaigns = [("(none)", ""), *((record.name, str(record.id)) for record in self._hub.records("campaign"))]
        return {
            **{component: gr.update(value=values[key]) for key, component in parts.fields.items()},
            parts.fields["segment"]: gr.update(value=values["segment"], choices=segments),
            parts.fields["campaign"]: gr.update(value=values["campaign"], choices=campaigns),
            parts.at: gr.update(value=_shown_moment(when) if when else None),
        }

    def _more(self, number: int) -> Updates:
        parts = self._parts
        found = self._views.editor(number)
        letter = self._letter(self._of_mailing(found.data()))
        past = [one.model_dump(mode="json") for one in self._views.past_subjects()]
        return {
            parts.preview: self._part(lambda: preview_html(self._views.preview(letter).model_dump(mode="json"))),
            parts.checked: self._part(lambda: self._findings(letter)) if found.status.value == "draft" else "",
            parts.evidence: show.past_subjects(past),
            parts.ideas: "",
            **self._results(number),
        }

    def _results(self, number: int) -> Updates:
        def figures() -> Any:
            return show.results(self.call("analyze_email_performance", email_campaign=str(number)).result.data())

        rows = [one.model_dump(mode="json") for one in self._views.returned(number)]
        return {self._parts.results: self._part(figures), self._parts.returned: show.returned(rows, self._zone)}

    def _follow(self, number: int | None) -> Updates:
        parts = self._parts
        if number is None:
            return self._under_way()
        now = self._views.progress(number)
        shown = {parts.progress: show.progress(now.model_dump(mode="json"), self._zone)}
        status = now.status.value
        if status == "scheduled":
            return {parts.timer: gr.Timer(active=True)}
        if status == "sending":
            return {**shown, **self._results(number), parts.boxes["results"]: gr.update(visible=True)}
        return {**self._open(number), **self._results(number)}

    def _preview(self, given: dict[str, Any], lead: str | None) -> Any:
        return self._part(
            lambda: preview_html(
                self._views.preview(self._letter(given), (lead or "").strip() or None).model_dump(mode="json")
            )
        )

    def _check(self, given: dict[str, Any]) -> Any:
        return self._part(lambda: self._findings(self._letter(given)))

    def _findings(self, letter: Any) -> Any:
        return findings_html([one.model_dump(mode="json") for one in self._views.check(letter)])

    def _save(self, number: int, version: float | None, given: dict[str, Any]) -> Any:
        arguments = {name: value for name, value in given.items() if value not in (None, "", [])}
        if "name" not in arguments:
            arguments["name"] = self._views.editor(number).name
        return self.call(
            "save_email_campaign", email_campaign=str(number), version=int(version or 0), **arguments
        ).result

    def _given(self, values: tuple[Any, ...]) -> dict[str, Any]:
        given = dict(zip(self._parts.fields, values, strict=True))
        given["recipients"] = [
            one.strip() for one in str(given["recipients"] or "").replace(",", "\n").splitlines() if one.strip()
        ]
        return given

    def _of_mailing(self, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "subject": one["subject_line"], "preview_text": one["preview_text"], "content": one["content"], "segment": one["segment_id"],
            "campaign": one["campaign_id"], "recipients": list(one["recipients"]),
        }  # fmt: skip

    def _letter(self, given: dict[str, Any]) -> Any:
        return self._views.letter(
            subject=given["subject"] or "", preview_text=given["preview_text"] or "", content=given["content"] or "",
            segment_id=whole(str(given["segment"] or "")), campaign_id=whole(str(given["campaign"] or "")),
            recipients=given["recipients"],
        )  # fmt: skip

    def _heading(self, one: dict[str, Any]) -> Any:
        return heading(
            one["name"], show.facts_line(one, self._zone), up=("Email", "/email"), beside=badge(words(one["status"]))
        )

    def _part(self, make: Callable[[], Made]) -> Made | Any:
        """A part of the page, or the sentence that says why it cannot be shown."""
        try:
            return make()
        except HubError as error:
            return states.problem(error.sentence)

    def _only(self, *names: str) -> Updates:
        """The boxes with these names are seen, the others are not."""
        return {box: gr.update(visible=name in names) for name, box in self._parts.boxes.items()}


def _moment(value: Any) -> str:
    return str(value).replace(" ", "T")


def _shown_moment(value: str) -> str:
    return value[:19].replace("T", " ")
