"""What the campaigns page does. The hub's methods block, so each runs in a worker thread; everything that is shown is
read from the database each time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.campaigns import show
from ui.web.parts import states
from ui.web.parts.links import address, link
from ui.web.parts.shell import heading
from ui.web.parts.stoppable import ended
from ui.web.parts.writing import SURFACE, Writings, progress

if TYPE_CHECKING:
    from ui.web.pages.campaigns.layout import Parts

Updates = dict[Any, Any]
LIST = ("Campaigns", show.PATH)


class Campaigns:
    """The handlers of one site's page."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._parts = parts
        self._writings = Writings(site.hub)

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler may update."""
        one = self._parts
        return [
            one.page.heading, one.page.notice, one.go, one.list_box, one.filters, one.table, one.one_box, one.number,
            one.buttons, *one.panel.outputs, one.writing, one.job, one.stop, one.advice, one.performance, one.channels,
            one.content, one.texts, one.about, one.timeline, one.form_box, *one.form.inputs.values(), one.form.button,
            one.form.problem, one.status, one.version, one.conflict, one.idea_box, *one.idea_form.inputs.values(),
            one.idea_form.button, one.idea_form.problem, one.found,
        ]  # fmt: skip

    async def load(self, request: gr.Request) -> Updates:
        """The page is opened: what its address names."""
        query = dict(request.query_params)
        try:
            return await asyncio.to_thread(self._page, query)
        except HubError as error:
            return {
                **self._boxes("list"),
                self._parts.table: states.problem(error.sentence, ("All campaigns", show.PATH)),
            }

    def _page(self, query: dict[str, str]) -> Updates:
        if "ideas" in query:
            return self._ideas()
        if "new" in query:
            return self._new(query)
        if "id" in query and "edit" in query:
            return self._edit(query["id"])
        if "id" in query:
            return self._one(query["id"], query.get("period", ""))
        return self._list(query.get("status", ""), query.get("type", ""))

    # -- the list ----------------------------------------------------------------------------------------------------

    def _list(self, status: str, type: str) -> Updates:
        given = {name: value for name, value in (("status", status), ("type", type)) if value}
        data = self._call("list_campaigns", given).result.data()
        ways = Markup("{} {}").format(
            link("New campaign", address(show.PATH, new=1), css="button primary"),
            link("Ideas", address(show.PATH, ideas=1), css="button"),
        )
        lead = "What runs, and what it brings."
        return {
            **self._boxes("list"),
            self._parts.page.heading: heading("Campaigns", lead, beside=Markup('<p class="ways">{}</p>').format(ways)),
            self._parts.filters: show.filters(status, type),
            self._parts.table: show.listing(data),
        }

    # -- one campaign ------------------------------------------------------------------------------------------------

    def _one(self, number: str, period: str = "") -> Updates:
        data = self._call("get_campaign", {"campaign": number}).result.data()
        related = self._hub.views.campaigns.related(data["id"])
        given = {"campaign": str(data["id"]), **({"period": period} if period else {})}
        performed = self._call("analyze_campaign_performance", given).result
        figures = performed.figures.shown(performed.currency)
        by_channel = [(one.channel.value, dict(one.figures.shown(performed.currency))) for one in performed.channels]
        zone, one = self._hub.settings.zone, self._parts
        return {
            **self._boxes("one"),
            one.page.heading: heading(data["name"], "", up=LIST, beside=show.status_badge(data["status"])),
            one.number: data["id"],
            one.buttons: show_buttons(data),
            one.performance: show.performance(performed.data(), figures, data["id"], period),
            one.channels: show.channel_table(by_channel),
            one.content: show.content(related, data, zone),
            one.texts: show.drafts(related, zone),
            one.about: show.about(data, zone),
            one.timeline: show.timeline(related, zone),
        }

    async def act(self, number: float | None, chosen: gr.EventData) -> AsyncIterator[Updates]:
        """One of the buttons above a campaign."""
        if number is None:
            return
        campaign, what = str(int(number)), str(chosen.what)
        if what in ("generate_campaign_content", "optimize_campaign"):
            async for updates in self._write(campaign, what):
                yield updates
            return
        try:
            if what == "delete_campaign":
                outcome = await asyncio.to_thread(self._call, what, {"campaign": campaign})
                yield {**await asyncio.to_thread(self._parts.panel.show, outcome.plan_id), self._parts.page.notice: ""}
                return
            if what in STEPS:
                await asyncio.to_thread(self._call, "update_campaign", {"campaign": campaign, "status": what})
            yield {**await asyncio.to_thread(self._one, campaign), self._parts.page.notice: ""}
        except HubError as error:
            yield {self._parts.page.notice: notice(error.sentence)}

    async def _write(self, campaign: str, tool: str) -> AsyncIterator[Updates]:
        one = self._parts
        job = self._writings.begin([(tool, {"campaign": campaign})])
        yield {one.job: job, one.stop: gr.update(visible=True), one.page.notice: "", one.advice: ""}
        async for run in self._writings.follow(job):
            yield {one.writing: progress(run)}
        shown: Updates = {one.writing: "", one.stop: gr.update(visible=False), one.page.notice: notice(ended(run))}
        if run.outcomes:
            shown = {**await asyncio.to_thread(self._one, campaign), **shown}
            if tool == "optimize_campaign":
                shown[one.advice] = show.advice(run.outcomes[-1].result.data())
        yield shown

    def stop(self, job: str) -> None:
        """The button beside a text that is being written."""
        self._writings.stop(job)

    async def decided(self, number: float | None) -> Updates:
        """After a plan was approved or rejected: the campaign as it is now, or the list where it is gone."""
        if number is None:
            return {}
        try:
            return await asyncio.to_thread(self._one, str(int(number)))
        except HubError:
            one = self._parts
            gone = states.empty(
                "This campaign is deleted.", "Its mailings and posts stayed.", ("All campaigns", show.PATH)
            )
            return {
                one.page.heading: heading("Campaigns", up=LIST), one.buttons: gone, one.performance: "", one.channels: "",
                one.content: "", one.texts: "", one.about: "", one.timeline: "", one.number: None,
            }  # fmt: skip

    # -- the form ----------------------------------------------------------------------------------------------------

    def _new(self, query: dict[str, str]) -> Updates:
        values: dict[str, Any] = {name: query[name] for name in self._parts.form.inputs if query.get(name)}
        title = "New campaign"
        if query.get("from"):
            copied = self._call("get_campaign", {"campaign": query["from"]}).result.data()
            today = self._hub.door.clock.now().date().isoformat()
            values = {**copied, "name": f"{copied['name']} (copy)"}
            # A new campaign cannot begin in the past: days that are gone are left open.
            values |= {name: None for name in ("start_date", "end_date") if (copied[name] or "") < today}
            title = f"Copy of {copied['name']}"
        if "budget" in values and values["budget"] is not None:
            values["budget"] = float(values["budget"])
        return {
            **self._form(values, title, "Create campaign"),
            self._parts.number: None,
            self._parts.version: None,
            self._parts.status: gr.update(visible=False, value="draft"),
        }

    def _edit(self, number: str) -> Updates:
        data = self._call("get_campaign", {"campaign": number}).result.data()
        return {
            **self._form(
                data, f"Edit {data['name']}", "Save changes", (data["name"], address(show.PATH, id=data["id"]))
            ),
            self._parts.number: data["id"],
            self._parts.version: data["version"],
            self._parts.status: gr.update(visible=True, value=data["status"]),
        }

    def _form(self, values: dict[str, Any], title: str, submit: str, up: tuple[str, str] = LIST) -> Updates:
        return {
            **self._boxes("form"),
            **self._parts.form.filled(values),
            self._parts.page.heading: heading(title, up=up),
            self._parts.form.button: gr.update(value=submit, interactive=True),
            self._parts.form.problem: "",
            self._parts.conflict: "",
        }

    async def save(self, *values: Any) -> AsyncIterator[Updates]:
        """The form is sent: a new campaign, or the whole of one as it was seen."""
        *own, status, number, version = values
        one = self._parts
        yield {one.form.button: gr.update(interactive=False), one.form.problem: ""}
        given = one.form.arguments(*own)
        try:
            if number is None:
                outcome = await asyncio.to_thread(self._call, "create_campaign", given)
            else:
                given |= {"campaign": str(int(number)), "version": int(version), "status": status}
                outcome = await asyncio.to_thread(self._call, "edit_campaign", given)
        except HubError as error:
            updates: Updates = {one.form.problem: notice(error.sentence), one.form.button: gr.update(interactive=True)}
            if number is not None:
                updates |= await asyncio.to_thread(self._overtaken, int(number), int(version), given)
            yield updates
            return
        yield {one.go: address(show.PATH, id=outcome.result.id)}

    def _overtaken(self, number: int, version: int, mine: dict[str, Any]) -> Updates:
        """Where somebody else saved first: what is stored beside what was typed; to save again is to overwrite it."""
        try:
            stored = self._call("get_campaign", {"campaign": str(number)}).result.data()
        except HubError:
            return {}
        if stored["version"] == version:
            return {}
        one = self._parts
        take = link("Take what is stored instead", address(show.PATH, id=number, edit=1), css="button")
        return {
            one.version: stored["version"],
            one.conflict: Markup(
                '<div class="conflict" role="alert"><h2>Somebody else saved first</h2>{}<p>{}</p></div>'
            ).format(show.differences(stored, mine), take),
            one.form.button: gr.update(value="Save mine over it", interactive=True),
        }

    # -- ideas -------------------------------------------------------------------------------------------------------

    def _ideas(self) -> Updates:
        facts = self._hub.views.studio.voice()
        lead = "From your line of business, what worked before, and what customers write."
        return {
            **self._boxes("ideas"),
            **({self._parts.idea_form.inputs["industry"]: facts.industry} if facts.industry else {}),
            self._parts.page.heading: heading("Campaign ideas", lead, up=LIST),
        }

    def thought(self, outcome: Any) -> Updates:
        """Campaigns were thought of."""
        return {self._parts.found: show.ideas(outcome.result.data())}

    # -- shared ------------------------------------------------------------------------------------------------------

    def _call(self, tool: str, arguments: dict[str, Any]) -> Any:
        return self._hub.call_as(tool, arguments, surface=SURFACE)

    def _boxes(self, shown: str) -> Updates:
        one = self._parts
        boxes = {"list": one.list_box, "one": one.one_box, "form": one.form_box, "ideas": one.idea_box}
        return {box: gr.update(visible=name == shown) for name, box in boxes.items()}


#: The status that a button sets, and what it says.
STEPS = {"active": "Activate", "paused": "Pause", "completed": "Archive"}


def show_buttons(data: dict[str, Any]) -> Markup:
    """What can be done with a campaign of this status."""
    status, number = data["status"], data["id"]
    steps = {"draft": ("active", "completed"), "active": ("paused", "completed"), "paused": ("active", "completed"),
             "completed": ("active",)}[status]  # fmt: skip
    spoken = {
        **STEPS,
        "active": "Resume" if status == "paused" else "Run it again" if status == "completed" else "Activate",
    }
    ways = [
        link("Edit", address(show.PATH, id=number, edit=1), css="button"),
        link("Duplicate", f"{show.PATH}?{urlencode({'new': 1, 'from': number})}", css="button"),
        *(_button(step, spoken[step]) for step in steps),
        _button("generate_campaign_content", "Write its texts"),
        _button("optimize_campaign", "How could it do better?"),
        _button("delete_campaign", "Delete …", "danger"),
    ]
    return Markup('<div class="record-buttons">{}</div>').format(Markup("").join(ways))


def _button(what: str, text: str, css: str = "") -> Markup:
    return Markup('<button type="button" class="button {}" data-do="{}">{}</button>').format(css, what, text)
