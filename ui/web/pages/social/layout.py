"""The Social page's layout and events: calendar, list, best times, results, a planned series; the editor of one post."""

from __future__ import annotations

import asyncio
from typing import Any

import gradio as gr

from agent import HubError
from ui.web import bundle
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.social import show
from ui.web.pages.social.editor import Editor
from ui.web.pages.social.serving import Serving
from ui.web.parts import cards, states
from ui.web.parts.approval import SURFACE, Approval, approval_panel
from ui.web.parts.form import tool_form
from ui.web.parts.formats import shorten
from ui.web.parts.shell import QUIET, Frame, frame, heading, html
from ui.web.parts.table import table_view

LEAD = "What goes out where, and when. Times are those of {zone}."
#: Once Gradio is done with the event: it must not be cut off in the middle of it.
GO = "(address) => { if (address) setTimeout(() => window.location.assign(address), 50); }"
DECIDED = "() => window.dispatchEvent(new Event('hub:decided'))"
INSTEAD = "The posts are listed here instead; a post’s time is changed in its own page."
CALENDAR = (
    bundle.LOAD
    + "begin({ planned: (plan) => trigger('planned', { plan }), "
    + "open: (id) => window.location.assign(`/social?id=${id}`), begin: (time) => window.location.assign(`/social?new=${encodeURIComponent(time)}`) });"
)

Updates = dict[Any, Any]


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    script = bundle.find("social")
    with frame(site, "/social", "Social", LEAD.format(zone=site.hub.settings.zone.key)) as page:
        go = gr.Textbox(visible="hidden", label="Address")
        with page.actions:
            html('<a class="button primary" href="/social?new=">New post</a>')
        views = html(show.views("calendar"))
        panel = approval_panel(site)
        with gr.Column(visible=True, min_width=0) as dates:
            calendar = _calendar(site, script) if script else html(bundle.missing("The calendar", INSTEAD))
        with gr.Column(visible=False, min_width=0) as listing:
            filters = html()
            table = table_view()
        with gr.Column(visible=False, min_width=0) as reading:
            body = html(states.loading())
        with gr.Column(visible=False, min_width=0) as series:
            form = tool_form(site, "create_content_calendar", submit="Plan the posts", long=True)
            planned = gr.Markdown(latex_delimiters=[], sanitize_html=True)
        with gr.Column(visible=False, min_width=0) as one:
            editor = Editor(site, panel, go)
    view = _View(
        site,
        page,
        panel,
        script is not None,
        views,
        dates,
        listing,
        filters,
        table,
        reading,
        body,
        series,
        one,
        editor,
        go,
    )
    page.on_load(view.open, outputs=view.outputs)
    form.wire(lambda outcome: {planned: outcome.result.text}, outputs=[planned])
    if script is not None:
        calendar.planned(view.planned, outputs=[*panel.outputs, page.notice], **QUIET)
    panel.decided(editor.decided, inputs=[editor.record], outputs=editor.outputs)
    panel.decided(None, js=DECIDED)
    go.change(None, inputs=[go], js=GO, api_visibility="private")


def _calendar(site: Site, script: bundle.Script) -> gr.HTML:
    serving = Serving(site.hub)

    def ask_hub(request: Any) -> dict[str, Any]:
        return serving.ask(request)

    value = bundle.holder(script, "social-box", "Loading the calendar …") + bundle.licences_link()
    return html(value, js=CALENDAR, server_functions=[ask_hub], elem_id="calendar")


class _View:
    """The handlers; they block, so they run in worker threads."""

    def __init__(
        self, site: Site, page: Frame, panel: Approval, drawn: bool, views: gr.HTML, dates: gr.Column, listing: gr.Column,
        filters: gr.HTML, table: gr.HTML, reading: gr.Column, body: gr.HTML, series: gr.Column, one: gr.Column, editor: Editor,
        go: gr.Textbox,
    ) -> None:  # fmt: skip
        self._hub, self._page, self._panel, self._drawn = site.hub, page, panel, drawn
        self._views, self._filters, self._table, self._body, self._editor, self._go = (
            views,
            filters,
            table,
            body,
            editor,
            go,
        )
        self._columns = {"calendar": dates, "list": listing, "reading": reading, "plan": series, "post": one}

    @property
    def outputs(self) -> list[Any]:
        own = [self._page.heading, self._page.notice, self._views, self._filters, self._table, self._body, self._go]
        return [*own, *self._columns.values(), *self._editor.outputs, *self._panel.outputs]

    async def open(self, request: gr.Request) -> Updates:
        """The page is opened: one of its views, or the post that the address names."""
        return await asyncio.to_thread(self._open, dict(request.query_params))

    async def planned(self, chosen: gr.EventData) -> Updates:
        """The calendar laid a plan: it is shown."""
        try:
            return {**await asyncio.to_thread(self._panel.show, int(chosen.plan)), self._page.notice: ""}
        except (HubError, TypeError, ValueError):
            return {self._page.notice: notice("This plan cannot be found. Reload the page.")}

    def _open(self, query: dict[str, str]) -> Updates:
        try:
            return {self._go: "", self._page.notice: "", **self._panel.hide(), **self._shown(query)}
        except HubError as error:
            return {
                **self._seen({"calendar"}),
                self._page.notice: notice(error.sentence),
                self._views: show.views("calendar"),
            }

    def _shown(self, query: dict[str, str]) -> Updates:
        if query.get("id"):
            return self._post(query["id"])
        if "new" in query:
            head = heading("New post", up=("Social", "/social"))
            return {
                **self._seen({"post"}),
                self._views: "",
                self._page.heading: head,
                **self._editor.empty(query["new"]),
            }
        view = query.get("view", "calendar")
        if view == "times":
            return {
                **self._seen({"reading"}),
                self._views: show.views(view),
                self._body: self._times(query.get("platform")),
            }
        if view == "results":
            told = self._hub.call_as("analyze_social_performance", {}, surface=SURFACE).result.data()
            body = show.results(told, self._names, self._hub.settings.zone)
            return {**self._seen({"reading"}), self._views: show.views(view), self._body: body}
        if view == "plan":
            return {**self._seen({"plan"}), self._views: show.views(view)}
        if view == "list" or not self._drawn:
            shown = {"list"} if view == "list" else {"calendar", "list"}
            return {
                **self._seen(shown),
                self._views: show.views(view if view == "list" else "calendar"),
                **self._list(query),
            }
        return {**self._seen({"calendar"}), self._views: show.views("calendar")}

    @property
    def _names(self) -> dict[str, str]:
        return self._hub.views.posts.platforms()

    def _seen(self, shown: set[str]) -> Updates:
        return {column: gr.update(visible=name in shown) for name, column in self._columns.items()}

    def _list(self, query: dict[str, str]) -> Updates:
        names = self._names
        platform = query.get("platform") if query.get("platform") in names else None
        status = query.get("status") if query.get("status") in show.STATUSES else None
        wanted = {name: value for name, value in (("platform", platform), ("status", status)) if value}
        data = self._hub.call_as("list_social_posts", wanted, surface=SURFACE).result.data()
        return {
            self._filters: show.filters(names, platform, status),
            self._table: show.listed(data, names, self._hub.settings.zone),
        }

    def _times(self, platform: str | None) -> str:
        names = self._names
        wanted = platform if platform in names else next(iter(names))
        told = self._hub.call_as("optimize_posting_times", {"platform": wanted}, surface=SURFACE).result.data()
        return show.times(told, names)

    def _post(self, record: str) -> Updates:
        edited = self._hub.views.posts.edited(record)
        post = edited.post
        status = "unknown" if post.outcome_unknown else post.status.value
        head = heading(
            shorten(post.content, 80),
            self._names[post.platform.value],
            up=("Social", "/social"),
            beside=cards.badge(status),
        )
        return {**self._seen({"post"}), self._views: "", self._page.heading: head, **self._editor.show(edited)}
