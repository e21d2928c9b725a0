"""What the templates page does. The hub's methods block: handlers without `await` run in a thread of Gradio's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.templates import show
from ui.web.parts import cards, states
from ui.web.parts.links import address, link
from ui.web.parts.shell import heading
from ui.web.parts.writing import SURFACE, by_whom

if TYPE_CHECKING:
    from ui.web.pages.templates.layout import Parts

Updates = dict[Any, Any]
LIST = ("Templates", show.PATH)
LEAD = "Texts with merge fields, kept to be used again."


class Templates:
    """The handlers of one site's page."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._parts = parts

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler may update."""
        one = self._parts
        return [
            one.page.heading, one.page.notice, one.go, one.list_box, one.kinds, one.table, one.editor, one.number,
            one.version, one.buttons, *one.panel.outputs, one.conflict, one.name, one.kind, one.content, one.preview,
            one.save, one.problem,
        ]  # fmt: skip

    def load(self, request: gr.Request) -> Updates:
        """The page is opened: what its address names."""
        query = dict(request.query_params)
        try:
            if "new" in query:
                return self._new(query)
            return self._one(query["id"]) if "id" in query else self._list(query.get("kind", ""))
        except HubError as error:
            return {
                **self._boxes("list"),
                self._parts.table: states.problem(error.sentence, ("All templates", show.PATH)),
            }

    def _list(self, kind: str) -> Updates:
        data = self._call("list_templates", {"kind": kind} if kind else {}).result.data()
        ways = Markup('<p class="ways">{}</p>').format(
            link("New template", address(show.PATH, new=1), css="button primary")
        )
        return {
            **self._boxes("list"),
            self._parts.page.heading: heading("Templates", LEAD, beside=ways),
            self._parts.kinds: show.kinds(kind),
            self._parts.table: show.listing(data),
        }

    def _one(self, number: str) -> Updates:
        data = self._call("get_template", {"template": number}).result.data()
        badge = cards.badge(show.SPOKEN.get(data["kind"], data["kind"]), "quiet")
        buttons = Markup('<div class="record-buttons">{}<button type="button" class="button danger" data-do="delete">Delete …</button></div>{}').format(
            link("Duplicate", f"{show.PATH}?new=1&from={data['id']}", css="button"),
            by_whom(data) if data["ai_generated"] else "",
        )  # fmt: skip
        return {
            **self._filled(data["name"], data["kind"], data["content"]),
            self._parts.page.heading: heading(data["name"], up=LIST, beside=badge),
            self._parts.buttons: buttons,
            self._parts.number: data["id"],
            self._parts.version: data["version"],
            self._parts.save: gr.update(value="Save changes", interactive=True),
        }

    def _new(self, query: dict[str, str]) -> Updates:
        name, kind, content, title = "", query.get("kind", "email"), "", "New template"
        if query.get("from"):
            copied = self._call("get_template", {"template": query["from"]}).result.data()
            name, kind, content = f"{copied['name']} (copy)", copied["kind"], copied["content"]
            title = f"Copy of {copied['name']}"
        elif query.get("draft", "").isdigit():
            draft = self._hub.views.studio.draft(int(query["draft"]))
            name, kind = draft.title.partition(": ")[2] or draft.title, draft.kind
            content, title = self._hub.views.studio.plain_text(draft.kind, draft.body), "Template from a draft"
        return {
            **self._filled(name, kind if kind in show.SPOKEN else "email", content),
            self._parts.page.heading: heading(title, up=LIST),
            self._parts.buttons: "",
            self._parts.number: None,
            self._parts.version: None,
            self._parts.save: gr.update(value="Save template", interactive=True),
        }

    def _filled(self, name: str, kind: str, content: str) -> Updates:
        one = self._parts
        return {
            **self._boxes("editor"),
            one.name: name,
            one.kind: kind,
            one.content: content,
            one.preview: self.preview(content, kind, ""),
            one.problem: "",
            one.conflict: "",
        }

    def preview(self, content: str, kind: str, reader: str) -> str:
        """The text as it stands in the form, as a lead would read it."""
        return str(show.preview(self._hub.views.templates.preview(content or "", kind, reader or None)))

    def save(
        self, number: float | None, version: float | None, name: str, kind: str, content: str
    ) -> Iterator[Updates]:
        """The form is sent."""
        one = self._parts
        yield {one.save: gr.update(interactive=False), one.problem: "", one.page.notice: ""}
        given: dict[str, Any] = {"name": name.strip(), "kind": kind, "content": content}
        given = {key: value for key, value in given.items() if value}
        try:
            if number is None:
                outcome = self._call("save_template", given)
                yield {one.go: address(show.PATH, id=outcome.result.id)}
                return
            seen = {"template": str(int(number)), "version": int(version or 0)}
            outcome = self._call("edit_template", given | seen)
        except HubError as error:
            yield {
                one.problem: notice(error.sentence), one.save: gr.update(interactive=True),
                **(self._overtaken(int(number), int(version or 0), name, kind, content) if number is not None else {}),
            }  # fmt: skip
            return
        told = Markup('<p class="saved" role="status">{}</p>').format(" ".join(["Saved.", *outcome.result.notes]))
        yield {**self._one(str(outcome.result.id)), one.problem: told}

    def _overtaken(self, number: int, version: int, name: str, kind: str, content: str) -> Updates:
        """Where somebody else saved first: what is stored beside what was typed."""
        try:
            stored = self._call("get_template", {"template": str(number)}).result.data()
        except HubError:
            return {}
        if stored["version"] == version:
            return {}
        one = self._parts
        take = link("Take what is stored instead", address(show.PATH, id=number), css="button")
        return {
            one.version: stored["version"],
            one.conflict: Markup(
                '<div class="conflict" role="alert"><h2>Somebody else saved first</h2>{}<p>{}</p></div>'
            ).format(show.differences(stored, name, content, kind), take),
            one.save: gr.update(value="Save mine over it", interactive=True),
        }

    def remove(self, number: float | None) -> Updates:
        """The delete button: the plan, which waits for a yes."""
        try:
            outcome = self._call("delete_template", {"template": str(int(number or 0))})
            return {**self._parts.panel.show(outcome.plan_id), self._parts.page.notice: ""}
        except HubError as error:
            return {self._parts.page.notice: notice(error.sentence)}

    def decided(self, number: float | None) -> Updates:
        """After the plan was approved or rejected: the list where the template is gone."""
        try:
            self._call("get_template", {"template": str(int(number or 0))})
        except HubError:
            return self._list("")
        return {}

    def _call(self, tool: str, arguments: dict[str, Any]) -> Any:
        return self._hub.call_as(tool, arguments, surface=SURFACE)

    def _boxes(self, shown: str) -> Updates:
        one = self._parts
        return {one.list_box: gr.update(visible=shown == "list"), one.editor: gr.update(visible=shown == "editor")}
