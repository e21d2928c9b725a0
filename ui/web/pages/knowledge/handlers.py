"""What the knowledge page does. The hub's methods block: handlers without `await` run in a thread of Gradio's own."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.knowledge import show
from ui.web.parts import cards, states
from ui.web.parts.formats import title
from ui.web.parts.links import address, link
from ui.web.parts.shell import heading
from ui.web.parts.writing import SURFACE

if TYPE_CHECKING:
    from ui.web.pages.knowledge.layout import Parts

Updates = dict[Any, Any]
LIST = ("Knowledge", show.PATH)
LEAD = "What the assistant knows of your house and your customers."
#: Bytes of one file that the page takes, and what it can be.
LARGEST = 15_000_000
ENDINGS = (".md", ".markdown", ".txt", ".html", ".htm", ".pdf", ".docx", ".csv", ".tsv", ".json", ".jsonl", ".ndjson")


class Knowledge:
    """The handlers of one site's page."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub, self._parts = site.hub, parts

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler may update."""
        one = self._parts
        return [
            one.page.heading, one.page.notice, one.go, one.views, one.search, one.body, one.one_box, one.number, one.version,
            one.buttons, *one.panel.outputs, one.item, one.uses, one.form_box, one.conflict, one.kind, one.title, one.content,
            one.day, one.save, one.problem, one.import_box,
        ]  # fmt: skip

    def load(self, request: gr.Request) -> Updates:
        """The page is opened: what its address names."""
        query = dict(request.query_params)
        try:
            return self._page(query)
        except HubError as error:
            return {**self._boxes("list"), self._parts.body: states.problem(error.sentence, ("Knowledge", show.PATH))}

    def _page(self, query: dict[str, str]) -> Updates:
        if query.get("search", "").strip():
            return self._search(query["search"], query.get("in", ""))
        if query.get("new") in ("article", "ticket"):
            return self._form(query["new"])
        number = query.get("id", "")
        if number.isdigit():
            return self._form(None, int(number)) if "edit" in query else self._one(int(number))
        if query.get("view") == "pain":
            return self._pain(query.get("period", ""))
        if query.get("view") == "import":
            return {**self._boxes("import"), **self._head("import")}
        return self._list(query)

    def _list(self, query: dict[str, str]) -> Updates:
        page = max(int(query["page"]), 1) if query.get("page", "").isdigit() else 1
        kind, words = query.get("kind", ""), query.get("q", "")
        order = query.get("sort") if query.get("sort") in ("oldest", "title") else "newest"
        shelf = self._hub.views.knowledge.shelf(
            kind or None, words or None, str(order), (page - 1) * show.PAGE_SIZE, show.PAGE_SIZE
        )
        body = show.listing(shelf, self._hub.settings.zone, kind=kind, query=words, order=str(order), page=page)
        return {
            **self._boxes("list"),
            **self._head("list"),
            self._parts.search: show.search_form("", ""),
            self._parts.body: body,
        }

    def _search(self, words: str, kind: str) -> Updates:
        given = {"query": words, **({"kind": kind} if kind else {})}
        data = self._call("search_knowledge", given).result.data()
        return {
            **self._boxes("list"), **self._head("list"),
            self._parts.search: show.search_form(words, kind), self._parts.body: show.results(data),
        }  # fmt: skip

    def _pain(self, period: str) -> Updates:
        data = self._call("find_pain_points", {"period": period} if period else {}).result.data()
        return {
            **self._boxes("list"),
            **self._head("pain"),
            self._parts.search: "",
            self._parts.body: show.pain(data, period),
        }

    def _one(self, number: int) -> Updates:
        found = self._hub.views.knowledge.item(number)
        zone, one = self._hub.settings.zone, self._parts
        return {
            **self._boxes("one"),
            one.page.heading: heading(found.title, up=LIST, beside=cards.badge(title(found.kind.value), "quiet")),
            one.number: number,
            one.buttons: show.buttons(found),
            one.item: show.item(found, zone),
            one.uses: show.uses(found, zone),
        }

    def _head(self, view: str) -> Updates:
        ways = Markup('<p class="ways">{}{}</p>').format(
            link("Add an article", address(show.PATH, new="article"), css="button primary"),
            link("Add a ticket", address(show.PATH, new="ticket"), css="button"),
        )
        return {self._parts.page.heading: heading("Knowledge", LEAD, beside=ways), self._parts.views: show.views(view)}

    # -- the form ----------------------------------------------------------------------------------------------------

    def _form(self, kind: str | None, number: int | None = None) -> Updates:
        one = self._parts
        found = self._hub.views.knowledge.item(number) if number is not None else None
        kind = found.kind.value if found else str(kind)
        name = f"Edit {found.title}" if found else f"New {kind}"
        up = (found.title, address(show.PATH, id=found.id)) if found else LIST
        return {
            **self._boxes("form"),
            one.page.heading: heading(name, up=up),
            one.number: number,
            one.version: found.version if found else None,
            one.kind: kind,
            one.title: found.title if found else "",
            one.content: found.content if found else "",
            one.day: gr.update(visible=kind == "ticket", value=found.day.isoformat() if found and found.day else None),
            one.save: gr.update(value="Save changes" if found else f"Save {kind}", interactive=True),
            one.problem: "",
            one.conflict: "",
        }

    def save(
        self, number: float | None, version: float | None, kind: str, name: str, content: str, day: str | None
    ) -> Iterator[Updates]:
        """The form is sent."""
        one = self._parts
        yield {one.save: gr.update(interactive=False), one.problem: ""}
        given: dict[str, Any] = {"title": name.strip(), "content": content.strip()}
        if kind == "ticket" and day:
            given["happened_on"] = str(day)[:10]
        given = {key: value for key, value in given.items() if value}
        try:
            if number is not None:
                tool = "edit_knowledge_item"
                given |= {"item": int(number), "version": int(version or 0)}
            else:
                tool = "add_ticket" if kind == "ticket" else "add_knowledge_article"
            outcome = self._call(tool, given)
        except HubError as error:
            overtaken = self._overtaken(int(number), int(version or 0)) if number is not None else {}
            yield {one.problem: notice(error.sentence), one.save: gr.update(interactive=True), **overtaken}
            return
        yield {one.go: address(show.PATH, id=outcome.result.id)}

    def _overtaken(self, number: int, version: int) -> Updates:
        """Where somebody else saved first: what is stored now; to save again is to overwrite it."""
        try:
            stored = self._hub.views.knowledge.item(number)
        except HubError:
            return {}
        if stored.version == version:
            return {}
        one = self._parts
        take = link("Take what is stored instead", address(show.PATH, id=number, edit=1), css="button")
        return {
            one.version: stored.version,
            one.conflict: Markup(
                '<div class="conflict" role="alert"><h2>Somebody else saved first</h2>{}<p>{}</p></div>'
            ).format(show.stored_now(stored.title, stored.content), take),
            one.save: gr.update(value="Save mine over it", interactive=True),
        }

    def remove(self, number: float | None) -> Updates:
        """The delete button: the plan, which waits for a yes."""
        try:
            outcome = self._call("delete_knowledge_item", {"item": int(number or 0)})
            return {**self._parts.panel.show(outcome.plan_id), self._parts.page.notice: ""}
        except HubError as error:
            return {self._parts.page.notice: notice(error.sentence)}

    def decided(self, number: float | None) -> Updates:
        """After the plan was approved or rejected."""
        try:
            return self._one(int(number or 0))
        except HubError:
            one = self._parts
            gone = states.empty("It is deleted.", "Nothing will find it any more.", ("Knowledge", show.PATH))
            return {
                one.page.heading: heading("Knowledge", up=LIST),
                one.buttons: gone,
                one.item: "",
                one.uses: "",
                one.number: None,
            }

    # -- importing ---------------------------------------------------------------------------------------------------

    def take(self, kind: str, chosen: gr.EventData) -> Iterator[Updates]:
        """Files were chosen: each is put into the import folder and imported by its name."""
        one = self._parts
        shown, problems = [], []
        for file in chosen.files:
            try:
                data = base64.b64decode(str(file["data"]), validate=True)
                name = self._hub.views.knowledge.keep_file(str(file["name"]), data)
                shown.append(
                    show.imported(self._call("import_knowledge", {"source": name, "kind": kind}).result.data())
                )
            except binascii.Error:
                problems.append(f"{file['name']} did not arrive whole. Choose it again.")
            except HubError as error:
                problems.append(error.sentence)
            yield {one.imported: cards.joined(shown), one.page.notice: notice(" ".join(problems))}
        yield {one.picker: show.picker(ENDINGS)}

    def _call(self, tool: str, arguments: dict[str, Any]) -> Any:
        return self._hub.call_as(tool, arguments, surface=SURFACE)

    def _boxes(self, shown: str) -> Updates:
        one = self._parts
        browsing = shown in ("list", "import")
        return {
            one.views: gr.update(visible=browsing),
            one.search: gr.update(visible=shown == "list"),
            one.body: gr.update(visible=shown == "list"),
            one.one_box: gr.update(visible=shown == "one"),
            one.form_box: gr.update(visible=shown == "form"),
            one.import_box: gr.update(visible=shown == "import"),
        }
