"""The settings page's layout and events. What is set by variables is shown, not changed: it holds from the hub's start."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import gradio as gr

from agent import HubError
from agent.access import SCOPES
from ui.web.banner import notice
from ui.web.page import Page, Site
from ui.web.pages.settings import show
from ui.web.pages.settings.connecting import ConnectForm
from ui.web.parts import states
from ui.web.parts.form import tool_form
from ui.web.parts.shell import QUIET, frame, html
from ui.web.parts.table import TABLE_JS, table_view

#: In the browser: asks before it tells the hub to revoke.
REVOKE = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-revoke]');
  if (button && confirm(`Revoke the token “${button.dataset.revoke}”? Whoever uses it is shut out at once.`)) {
    trigger('revoke', { name: button.dataset.revoke });
  }
});
"""
#: A part that is loaded anew: once it is there, the address's anchor leads to it.
TO_ANCHOR = "() => { if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView(); }"

Updates = dict[Any, Any]


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    with frame(site, "/settings", "Settings", "How the house is set up, and whether all of it is well.") as page:
        html(show.contents())
        health = html(states.loading("Looking at every part …"), elem_id="settings-health")
        again = gr.Button("Look again", size="md", elem_classes="fit")
        facts = html()
        with gr.Row(elem_classes="settings-forms", equal_height=False):
            described = tool_form(site, "describe_house", submit="Save name and industry")
            voice = tool_form(site, "set_brand_voice", submit="Save the voice", labels={"description": "Brand voice"})
        html('<section class="part" id="people"><div class="line"><h2>People and programs</h2></div><p class="note">'
             "These pages know no login of their own: who can open them acts as the person named under “Time, money, and who acts”. Through the HTTP "
             "API people and programs come in with a token each; what they did stands in the log under its name.</p></section>")  # fmt: skip
        tokens = html(js=TABLE_JS + REVOKE)
        made = html()
        with gr.Column(elem_classes="tool-form", min_width=0):
            name = gr.Textbox(label="Name", info="Who or what will use it.")
            scopes = gr.CheckboxGroup(
                [(f"{one}: {show.WHO[one]}", one) for one in SCOPES], value=["read"], label="What it may do"
            )
            days = gr.Number(
                label="Days (optional)",
                info="Valid for so many days; empty: until it is revoked.",
                precision=0,  # no minimum: an empty field comes as 0, which Gradio would refuse without a word
            )
            wrong = html()
            make = gr.Button("Make a token", variant="primary", elem_classes="fit")
        accounts = table_view()
        ConnectForm(site)
        setup = table_view()
    desk = Desk(site, page.notice, health, facts, tokens, made, accounts, setup, (name, scopes, days, wrong, make))
    page.on_load(desk.read, outputs=desk.outputs).then(None, js=TO_ANCHOR, api_visibility="private")
    page.on_load(desk.examine, outputs=[health])
    page.on_load(lambda: _fill(site, described, voice), outputs=[*described.inputs.values(), *voice.inputs.values()])
    again.click(desk.examine_again, outputs=[health, again], **QUIET)
    for form in (described, voice):
        form.wire(lambda outcome: {facts: desk.facts_html()}, outputs=[facts])
    make.click(desk.make, inputs=[name, scopes, days], outputs=[tokens, made, name, wrong, make], **QUIET)
    tokens.revoke(desk.revoke, outputs=[tokens, made, page.notice], **QUIET)


def _fill(site: Site, described: Any, voice: Any) -> Updates:
    """What is known already stands in the forms."""
    facts = site.hub.views.house.facts()
    return {
        **described.filled({"name": facts.name, "industry": facts.industry}),
        **voice.filled({"description": facts.voice}),
    }


class Desk:
    """The handlers."""

    def __init__(
        self, site: Site, complaint: gr.HTML, health: gr.HTML, facts: gr.HTML, tokens: gr.HTML, made: gr.HTML,
        accounts: gr.HTML, setup: gr.HTML, form: tuple[Any, ...],
    ) -> None:  # fmt: skip
        self._hub = site.hub
        self._complaint, self._health, self._facts, self._tokens, self._made = complaint, health, facts, tokens, made
        self._accounts, self._setup = accounts, setup
        self._name, self._scopes, self._days, self._wrong, self._make = form

    @property
    def outputs(self) -> list[Any]:
        return [self._facts, self._tokens, self._accounts, self._setup]

    def read(self) -> Updates:
        """Everything but the health, which asks the mail server and may take a while."""
        zone = self._hub.settings.zone
        found = self._hub.views.house.settings()
        return {
            self._facts: self.facts_html(),
            self._tokens: self._token_table(),
            self._accounts: show.accounts(self._hub.views.house.accounts(), zone),
            self._setup: _setup(found),
        }

    def facts_html(self) -> str:
        return show.house(self._hub.views.house.facts())

    async def examine(self) -> str:
        """How each part is."""
        return show.health(await asyncio.to_thread(self._hub.health))

    async def examine_again(self) -> Any:
        """The same at a person's wish, who sees that it is being done."""
        yield states.loading("Looking at every part …"), gr.update(interactive=False)
        yield await self.examine(), gr.update(interactive=True)

    async def make(self, name: str, scopes: list[str], days: int) -> Any:
        """A new token; its secret goes to this page alone."""
        yield {self._make: gr.update(interactive=False), self._wrong: "", self._made: ""}
        try:
            if days and not 0 < days <= timedelta.max.days:
                raise HubError("Days are counted from now on: a number above 0, or none.")
            lifetime = timedelta(days=days) if days else None
            secret, token = await asyncio.to_thread(self._hub.access.tokens.create, name or "", scopes, lifetime)
        except HubError as error:
            yield {self._make: gr.update(interactive=True), self._wrong: notice(error.sentence)}
            return
        yield {
            self._make: gr.update(interactive=True),
            self._tokens: await asyncio.to_thread(self._token_table),
            self._made: show.secret(secret, token.name),
            self._name: "",
        }

    def revoke(self, chosen: gr.EventData) -> Updates:
        """From now on the token opens nothing."""
        problem = None
        try:
            self._hub.access.tokens.revoke(str(chosen.name))
        except HubError as error:
            problem = error.sentence
        return {self._tokens: self._token_table(), self._made: "", self._complaint: notice(problem)}

    def _token_table(self) -> str:
        return show.tokens(self._hub.access.tokens.list(), self._hub.settings.zone)


def _setup(found: dict[str, Any]) -> str:
    """All settings, section by section."""
    sections = [show.settings(key, found[key]) for key in ("models", "database", "mail")]
    sections.append(show.settings("house", found["house"], "Time, money, and who acts"))
    sections.append(show.settings("pages", found["pages"]))
    return f'<p class="note">{show.HOW}</p>' + "".join(sections)


PAGE = Page("/settings", "Settings", build)
