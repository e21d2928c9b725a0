"""What the Leads page does: look for leads, show one, save, tag, record consent, delete. The hub's methods block, so each
runs in a worker thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import gradio as gr

from agent import HubError
from agent.access import Page as RowPage
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.leads import show
from ui.web.parts import states
from ui.web.parts.cards import badge
from ui.web.parts.formats import words
from ui.web.parts.shell import heading
from ui.web.parts.soft import query_of, whole

if TYPE_CHECKING:
    from ui.web.pages.leads.layout import Parts

SURFACE = "web"
LEAD = "Everybody the house knows: who they are, what they did, what they agreed to."
Updates = dict[Any, Any]
Found = TypeVar("Found")


class LeadsPage:
    """The handlers."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._site = site
        self._hub = site.hub
        self._parts = parts
        self._zone = site.hub.settings.zone

    def call(self, tool: str, page: RowPage | None = None, **arguments: Any) -> Any:
        """A tool's outcome, called from this page."""
        return self._hub.call_as(tool, arguments, surface=SURFACE, page=page)

    async def load(self, request: gr.Request) -> Updates:
        """The page is opened: the list, one lead, a new one, or an import, as the address says."""
        query = query_of(request)
        lead = whole(query.get("id"))
        if lead is not None:
            return await asyncio.to_thread(self._lead, lead)
        if query.get("new"):
            return {
                **self._only("form"),
                **self._blank(),
                self._parts.heading: heading("New lead", up=("Leads", "/leads")),
            }
        if query.get("import"):
            return {**self._only("importing"), self._parts.heading: heading("Import leads", up=("Leads", "/leads"))}
        listed = await asyncio.to_thread(self._list, query)
        form = await asyncio.to_thread(self._search_form, query)
        return {
            **self._only("list"),
            self._parts.search: form,
            self._parts.results: listed,
            self._parts.heading: heading("Leads", LEAD),
        }

    async def look(self, chosen: gr.EventData) -> str:
        """Another search, filter or page of the list."""
        return await asyncio.to_thread(self._list, query_of(chosen))

    async def more(self, lead: float | None) -> Updates:
        """What takes longer to work out of a lead: the score, the mails."""
        if not lead:
            return {self._parts.score: "", self._parts.mails: ""}
        return {
            self._parts.score: await asyncio.to_thread(self._part, lambda: self._score(int(lead))),
            self._parts.mails: await asyncio.to_thread(self._part, lambda: self._mails(int(lead))),
        }

    async def save(self, lead: float | None, version: float | None, *values: Any) -> Updates:
        """The form is sent: a new lead is added, a known one changed."""
        given = dict(zip(self._parts.fields, values, strict=True))
        try:
            number = int(lead) if lead else await asyncio.to_thread(self._add, str(given["email"] or ""))
            if not lead:
                version = await asyncio.to_thread(self._hub.views.leads.version, number)
            given["tags"] = [tag.strip() for tag in str(given["tags"] or "").split(",") if tag.strip()]
            kept = {name: value for name, value in given.items() if value not in (None, "")}
            await asyncio.to_thread(self.call, "save_lead", None, lead=str(number), version=int(version or 0), **kept)
        except HubError as error:
            return {self._parts.form_problem: notice(error.sentence)}
        return {
            **await asyncio.to_thread(self._lead, number),
            self._parts.saved: "Saved." if lead else "Added.",
            self._parts.goto: number if not lead else None,
        }

    async def consent(self, lead: float | None, channel: str, state: str, source: str) -> Updates:
        """A consent is recorded."""
        try:
            arguments = {"lead": str(int(lead or 0)), "channel": channel, "state": state, "source": source}
            outcome = await asyncio.to_thread(self._hub.call_as, "record_consent", arguments, surface=SURFACE)
        except HubError as error:
            return {self._parts.consent_problem: notice(error.sentence)}
        shown = await asyncio.to_thread(self._lead, int(lead or 0))
        return {
            **shown,
            self._parts.saved: outcome.result.text.replace("**", ""),
            self._parts.consent_problem: "",
            self._parts.source: "",
        }

    async def delete(self, lead: float | None) -> Updates:
        """A plan to delete the lead is laid."""
        try:
            outcome = await asyncio.to_thread(lambda: self.call("delete_lead", lead=str(int(lead or 0))))
            return await asyncio.to_thread(self._parts.approval.show, outcome.plan_id)
        except HubError as error:
            return {self._parts.approval.problem: notice(error.sentence)}

    async def decided(self, lead: float | None) -> Updates:
        """After a decision: the lead is gone, or still there."""
        if not lead:
            return {self._parts.detail: gr.skip()}
        return await asyncio.to_thread(self._after, int(lead))

    # -- what blocks ------------------------------------------------------------------------------------------------

    def _list(self, query: dict[str, str]) -> str:
        page = whole(query.get("page")) or 1
        arguments = {"query": query.get("q"), "status": query.get("status"), "segment": query.get("segment")}
        rows = RowPage(show.PAGE_SIZE, (page - 1) * show.PAGE_SIZE)
        given = {name: value for name, value in arguments.items() if value}
        try:
            found = self.call("list_leads", rows, **given).result.data()
        except HubError as error:
            return states.problem(error.sentence, ("All leads", "/leads"))
        return show.lead_list(found, query, page, self._zone)

    def _search_form(self, query: dict[str, str]) -> str:
        argument = next(one for one in self._hub.tools["list_leads"].arguments if one.name == "status")
        segments = [(one.id, one.name) for one in self._hub.records("segment")]
        return show.search_form(query, argument.enum, segments)

    def _add(self, email: str) -> int:
        return int(self.call("add_lead", email=email).result.id)

    def _lead(self, number: int) -> Updates:
        parts = self._parts
        try:
            lead = self.call("get_lead", lead=str(number)).result.data()
            version = self._hub.views.leads.version(number)
            events = [one.model_dump(mode="json") for one in self._hub.views.leads.events(number)]
        except HubError as error:
            return {
                **self._only("list"),
                parts.search: "",
                parts.results: states.problem(error.sentence, ("All leads", "/leads")),
                parts.heading: heading("Leads", LEAD),
            }
        name = lead["name"] or lead["email"]
        filled = {
            **lead,
            "tags": ", ".join(lead["tags"]),
            "custom": "\n".join(f"{k}: {v}" for k, v in lead["custom"].items()),
        }
        return {
            **self._only("lead", "form"),
            parts.heading: heading(
                name, lead["company"] or "", up=("Leads", "/leads"), beside=badge(words(lead["status"]))
            ),
            parts.lead: number,
            parts.version: version,
            parts.detail: show.lead_facts(lead, self._zone) + show.ways(lead),
            parts.consents: show.consents(lead, self._zone),
            parts.timeline: show.timeline(events, self._zone, lead["currency"]),
            **{component: gr.update(value=filled[key] or "") for key, component in parts.fields.items()},
            parts.submit: gr.update(value="Save"),
            parts.edit: gr.update(open=False, label="Edit this lead"),
            parts.form_problem: "",
            parts.saved: "",
            parts.goto: None,
        }

    def _blank(self) -> Updates:
        parts = self._parts
        return {
            parts.lead: None,
            parts.version: None,
            **{component: gr.update(value="new" if key == "status" else "") for key, component in parts.fields.items()},
            parts.submit: gr.update(value="Add lead"),
            parts.edit: gr.update(open=True, label="Who is it?"),
            parts.form_problem: "",
            parts.saved: "",
            parts.goto: None,
        }

    def _after(self, number: int) -> Updates:
        try:
            self._hub.views.leads.version(number)
        except HubError:
            return {
                **self._only("list"),
                self._parts.search: "",
                self._parts.results: states.empty(
                    "Deleted", "This lead is gone, with everything that hung on it.", ("All leads", "/leads")
                ),
                self._parts.heading: heading("Leads", LEAD),
            }
        return self._lead(number)

    def _score(self, number: int) -> str:
        return show.score(self.call("analyze_lead", lead=str(number)).result.data())

    def _mails(self, number: int) -> str:
        return show.messages(self.call("explain_delivery", lead=str(number)).result.data(), self._zone)

    def _part(self, make: Callable[[], Found]) -> Found | str:
        """A part of the page, or the sentence that says why it cannot be shown."""
        try:
            return make()
        except HubError as error:
            return states.problem(error.sentence)

    def _only(self, *names: str) -> Updates:
        """The boxes with these names are seen, the others are not."""
        boxes = self._parts.boxes
        return {box: gr.update(visible=name in names) for name, box in boxes.items()}
