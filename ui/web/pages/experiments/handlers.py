"""What the A/B testing page does. The hub's methods block: handlers without `await` run in a thread of Gradio's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.experiments import course as courses
from ui.web.pages.experiments import figures, show
from ui.web.parts import states
from ui.web.parts.links import address, link
from ui.web.parts.shell import heading

if TYPE_CHECKING:
    from ui.web.pages.experiments.layout import Parts

Updates = dict[Any, Any]
SURFACE = "web"
LIST = ("A/B tests", show.PATH)
LEAD = "Two to six versions of a mailing, tried on a part of its readers; the rest get the winner."


class Experiments:
    """The handlers of one site's page."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._parts = parts

    @property
    def outputs(self) -> list[Any]:
        """Everything that a handler may update."""
        one = self._parts
        return [
            one.page.heading, one.page.notice, one.go, one.number, one.list_box, one.statuses, one.table, one.one_box,
            one.verdict, one.buttons, *one.panel.outputs, one.figures, one.checks, one.coming, one.about, one.form_box,
            one.mailing, one.create, one.problem, one.prospect,
        ]  # fmt: skip

    def load(self, request: gr.Request) -> Updates:
        """The page is opened: what its address names."""
        query = dict(request.query_params)
        try:
            if "new" in query:
                return self._new(query.get("mailing", ""))
            return self._one(query["id"]) if "id" in query else self._list(query.get("status", ""))
        except HubError as error:
            return {**self._boxes("list"), self._parts.table: states.problem(error.sentence, ("All tests", show.PATH))}

    def again(self, number: float | None) -> Updates:
        """The test that is open, as it stands now; a plan that is shown stays."""
        if not number:
            return {}
        try:
            return self._read(str(int(number)))
        except HubError as error:
            return {self._parts.page.notice: notice(error.sentence)}

    def choose(self, event: gr.EventData, number: float | None) -> Updates:
        """A button of the decision: the plan, which waits for a yes."""
        given = {"ab_test": str(int(number or 0)), "variant": str(event.variant)}
        try:
            outcome = self._call("choose_ab_winner", {name: value for name, value in given.items() if value})
            return {**self._parts.panel.show(outcome.plan_id), self._parts.page.notice: ""}
        except HubError as error:
            return {self._parts.page.notice: notice(error.sentence)}

    def element(self, element: str) -> list[Any]:
        """What is tested was chosen: the hint of the variants, and room for whole texts."""
        lines = 5 if element == "content" else 1
        first = gr.update(lines=lines, info=show.HINTS[element])
        return [first, *(gr.update(lines=lines) for _ in self._parts.variants[1:])]

    def more(self, shown: float | None) -> list[Any]:
        """One more variant is wanted."""
        most = len(self._parts.variants)
        count = min(int(shown or 2) + 1, most)
        return [count, gr.update(interactive=count < most), *(gr.update(visible=at < count) for at in range(most))]

    def prospect(self, mailing: str | None, metric: str, share: float, *variants: str) -> str:
        """What the test could see as the form stands."""
        if not mailing:
            return str(states.empty("No mailing chosen.", "Choose a mailing, and this says what a test could see."))
        many = max(2, len(_given(variants)))
        try:
            return str(show.prospect(self._hub.views.experiments.prospect(mailing, metric, many, share), many, share))
        except HubError as error:
            return str(states.problem(error.sentence))

    def create(
        self, mailing: str | None, element: str, metric: str, share: float, name: str, *variants: str
    ) -> Iterator[Updates]:
        """The form is sent: on to the test, or what is wrong."""
        one = self._parts
        yield {one.create: gr.update(interactive=False), one.problem: "", one.go: ""}
        given: dict[str, Any] = {
            "email_campaign": mailing, "variants": _given(variants), "element": element, "metric": metric,
            "test_share": share, "name": (name or "").strip(),
        }  # fmt: skip
        try:
            outcome = self._call("create_ab_test", {key: value for key, value in given.items() if value})
        except HubError as error:
            yield {one.problem: notice(error.sentence), one.create: gr.update(interactive=True)}
            return
        yield {one.go: address(show.PATH, id=outcome.result.data()["id"])}

    def _list(self, status: str) -> Updates:
        data = self._call("list_ab_tests", {"status": status} if status else {}).result.data()
        ways = Markup('<p class="ways">{}</p>').format(
            link("New A/B test", address(show.PATH, new=1), css="button primary")
        )
        return {
            **self._boxes("list"),
            self._parts.page.heading: heading("A/B tests", LEAD, beside=ways),
            self._parts.statuses: show.statuses(status) if data["in_all"] else "",
            self._parts.table: show.listing(data, self._hub.settings.zone),
        }

    def _one(self, number: str) -> Updates:
        return {**self._boxes("one"), **self._parts.panel.hide(), **self._read(number)}

    def _read(self, number: str) -> Updates:
        one, zone = self._parts, self._hub.settings.zone
        data = self._call("get_ab_test_results", {"ab_test": number}).result.data()
        course = self._hub.views.experiments.course(data["id"])
        return {
            one.number: data["id"],
            one.page.heading: heading(data["name"], show.lead(data), up=LIST, beside=show.state(data)),
            one.verdict: show.verdict(data, course, zone),
            one.buttons: show.buttons(data),
            one.figures: figures.results(data),
            one.checks: figures.checks(data, course),
            one.coming: courses.coming(data, course, zone),
            one.about: courses.about(data, course, zone),
        }

    def _new(self, mailing: str) -> Updates:
        one = self._parts
        found = self._hub.views.experiments.testable()
        known = [(name, str(number)) for number, name in found]
        chosen = mailing if mailing in {number for _, number in known} else None
        told = {one.page.notice: notice(show.NOT_TESTABLE)} if mailing and chosen is None else {}
        if not known:
            told[one.page.notice] = notice(show.NO_MAILING)
        return {
            **self._boxes("form"),
            **told,
            one.page.heading: heading("New A/B test", "Nothing is sent by making it.", up=LIST),
            one.mailing: gr.update(choices=known, value=chosen),
            one.prospect: self.prospect(chosen, "clicks", 0.2),
        }

    def _call(self, tool: str, arguments: dict[str, Any]) -> Any:
        return self._hub.call_as(tool, arguments, surface=SURFACE)

    def _boxes(self, shown: str) -> Updates:
        one = self._parts
        boxes = {"list": one.list_box, "one": one.one_box, "form": one.form_box}
        return {box: gr.update(visible=name == shown) for name, box in boxes.items()}


def _given(variants: tuple[str, ...]) -> list[str]:
    return [one.strip() for one in variants if one and one.strip()]
