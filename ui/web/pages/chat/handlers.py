"""The chat page: the conversations, the messages with their steps, the plans that wait, the line to type in."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from agent import HubError
from ui.web import sidebar
from ui.web.answers import SURFACE
from ui.web.banner import banner, notice
from ui.web.page import Page, Site
from ui.web.plans import PlanCard, PlanPanel, plan_panel
from ui.web.transcript import messages

if TYPE_CHECKING:
    from agent import Turn

#: Seconds between two sendings of an answer that is coming: each carries the whole conversation.
PACE = 1 / 16
#: Words, not icons: a screen reader has nothing else to say.
SEND, STOP = "Send", "Stop"
WELCOME = "## What shall we do?\nWrite it in your own words. Nothing is sent or deleted before you approve it."

#: Keeps the address in step with the conversation, so that a reload finds it again.
SHOW_ADDRESS = """(conversation) => {
  const address = new URL(window.location.href);
  if (conversation && address.searchParams.get('conversation') !== conversation) {
    address.searchParams.set('conversation', conversation);
    window.history.replaceState(null, '', address);
  }
}"""
#: The line has the focus when the page is ready, but no keyboard opens by itself on a phone.
TAKE_FOCUS = """() => {
  if (window.matchMedia('(pointer: fine)').matches) {
    requestAnimationFrame(() => document.querySelector('#say textarea')?.focus());
  }
}"""
#: After the conversation on show was deleted: an empty page.
LEAVE_DELETED = "(deleted) => { if (deleted) window.location.assign('/'); }"

Updates = dict[Any, Any]


@dataclass(frozen=True)
class Parts:
    """The components that the handlers speak to."""

    conversation: gr.Textbox
    deleted: gr.Checkbox
    side: gr.HTML
    banner: gr.HTML
    chat: gr.Chatbot
    plans: PlanPanel
    notice: gr.HTML
    box: gr.Textbox
    timer: gr.Timer

    @property
    def outputs(self) -> list[Any]:
        return [
            self.conversation, self.side, self.banner, self.chat, self.notice, self.box, self.timer,
            *self.plans.outputs,
        ]  # fmt: skip


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    parts = _lay_out(site)
    page = ChatPage(site, parts)
    followed: dict[str, Any] = {"inputs": [parts.conversation], "outputs": parts.outputs, **_QUIET}
    sent: dict[str, Any] = {"outputs": parts.outputs, **_QUIET}

    root = gr.context.Context.root_block
    assert root is not None
    loaded = root.load(page.load, **sent)
    loaded.then(None, js=TAKE_FOCUS, api_visibility="private")
    loaded.then(page.follow, **followed)
    begun = [
        parts.box.submit(page.send, inputs=[parts.conversation, parts.box], **sent),
        parts.chat.example_select(page.send_example, inputs=[parts.conversation], **sent),
    ]
    for event in begun:
        event.then(None, inputs=[parts.conversation], js=SHOW_ADDRESS, api_visibility="private")
        event.then(page.follow, **followed)
    parts.box.stop(page.stop, inputs=[parts.conversation], **_QUIET)
    for card in parts.plans.cards:
        _wire_card(page, card, followed)
    parts.side.remove(
        page.remove, inputs=[parts.conversation], outputs=[parts.side, parts.deleted, parts.notice], **_QUIET
    ).then(None, inputs=[parts.deleted], js=LEAVE_DELETED, api_visibility="private")
    parts.timer.tick(page.look_at_model, outputs=[parts.banner, parts.timer], **_QUIET)


#: No spinners over what is being read; and not part of a documented API (which is no access control).
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "concurrency_limit": None}


def _wire_card(page: ChatPage, card: PlanCard, followed: dict[str, Any]) -> None:
    given = {**followed, "inputs": [followed["inputs"][0], card.plan]}
    card.approve.click(page.approve, **given)
    card.reject.click(page.reject, **given)


def _lay_out(site: Site) -> Parts:
    with gr.Row(elem_id="shell", equal_height=True):
        with gr.Column(elem_id="side", scale=0, min_width=0):
            side = gr.HTML(elem_id="side-content", js_on_load=sidebar.ON_LOAD, apply_default_css=False)
        with gr.Column(elem_id="main", scale=1, min_width=0):
            strip = gr.HTML(elem_id="banner", js_on_load=None, apply_default_css=False)
            with gr.Row(elem_id="talk", equal_height=True):
                with gr.Column(elem_id="dialogue", scale=1, min_width=0):
                    chat = _chat_window(site)
                    complaint = gr.HTML(elem_id="notice", js_on_load=None, apply_default_css=False)
                    box = _line()
                plans = plan_panel()
    conversation = gr.Textbox(visible="hidden")
    deleted = gr.Checkbox(visible="hidden")
    return Parts(conversation, deleted, side, strip, chat, plans, complaint, box, gr.Timer(1.0, active=False))


def _chat_window(site: Site) -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="chat",
        show_label=False,
        label="Conversation",
        height="100%",
        scale=1,
        min_width=0,
        layout="bubble",
        buttons=["copy"],
        latex_delimiters=[],  # amounts are written with dollar signs
        allow_tags=False,
        sanitize_html=True,
        placeholder=WELCOME,
        examples=[{"text": sentence} for sentence in site.hub.examples()],
    )


def _line() -> gr.Textbox:
    return gr.Textbox(
        elem_id="say",
        show_label=False,
        label="Your message",
        placeholder="Write what you want, or /help",
        lines=1,
        max_lines=8,
        submit_btn=SEND,
        stop_btn=False,
        interactive=False,  # until the page knows its conversation
        container=False,
    )


class ChatPage:
    """The handlers. The hub's methods block, so each runs in a worker thread; what a page shows is read from the
    database each time, so that every page, however often it is loaded, shows the same."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._site = site
        self._parts = parts

    async def load(self, request: gr.Request) -> Updates:
        """A page is opened: the conversation that its address names, or a new one."""
        conversation = str(request.query_params.get("conversation") or uuid.uuid4())
        if self._site.model.now.state == "missing":  # perhaps it was mended meanwhile
            await asyncio.to_thread(self._site.model.look, self._hub)
        updates = await asyncio.to_thread(self._whole, conversation)
        starting = self._site.model.now.state == "starting"
        return {**updates, self._parts.conversation: conversation, self._parts.timer: gr.Timer(active=starting)}

    async def send(self, conversation: str, text: str) -> Updates:
        """A message is sent: its answer begins."""
        said = text.strip()
        if not said:
            return {self._parts.notice: ""}
        if not await asyncio.to_thread(self._site.answers.begin, conversation, said):
            return {self._parts.notice: notice("The last message is still being answered. Wait for it, or stop it.")}
        return {
            **await asyncio.to_thread(self._talk, conversation),
            self._parts.notice: "",
            self._parts.box: gr.update(value="", submit_btn=False, stop_btn=STOP),
        }

    async def send_example(self, conversation: str, chosen: gr.SelectData) -> Updates:
        """One of the examples is chosen: it is sent as if it were typed."""
        return await self.send(conversation, str(chosen.value["text"]))

    async def follow(self, conversation: str) -> AsyncIterator[Updates]:
        """The answer while it comes, then everything that it changed."""
        turns, answering = await asyncio.to_thread(self._site.answers.turns, conversation)
        states = await asyncio.to_thread(self._plan_states, turns)
        seen = -1
        while answering is not None and not (answer := answering.answer).done:
            if answer.version != seen:
                seen = answer.version
                yield {self._parts.chat: messages(turns, answer, states)}
            await asyncio.sleep(PACE)
        yield await asyncio.to_thread(self._whole, conversation)

    async def stop(self, conversation: str) -> None:
        """The stop button."""
        await asyncio.to_thread(self._site.answers.stop, conversation)

    async def approve(self, conversation: str, plan: float) -> AsyncIterator[Updates]:
        async for updates in self._decide(conversation, int(plan), approved=True):
            yield updates

    async def reject(self, conversation: str, plan: float) -> AsyncIterator[Updates]:
        async for updates in self._decide(conversation, int(plan), approved=False):
            yield updates

    async def remove(self, current: str, chosen: gr.EventData) -> Updates:
        """A conversation is deleted; if it is the one on show, the page goes on to an empty one."""
        conversation = str(chosen.conversation)
        await asyncio.to_thread(self._site.answers.forget, conversation)
        problem = None
        try:
            await asyncio.to_thread(self._hub.delete_conversation, conversation)
        except HubError as error:
            problem = error.sentence
        return {
            self._parts.side: await asyncio.to_thread(self._side, current),
            self._parts.deleted: conversation == current and problem is None,
            self._parts.notice: notice(problem),
        }

    async def look_at_model(self) -> Updates:
        """Each second while the model starts."""
        model = self._site.model.now
        return {self._parts.banner: banner(model), self._parts.timer: gr.Timer(active=model.state == "starting")}

    async def _decide(self, conversation: str, plan: int, *, approved: bool) -> AsyncIterator[Updates]:
        waiting = await asyncio.to_thread(self._hub.plans, conversation)
        yield {**self._parts.plans.show(waiting, busy=True), self._parts.notice: ""}
        problem = None
        try:
            await asyncio.to_thread(self._hub.approve if approved else self._hub.reject, plan, surface=SURFACE)
        except HubError as error:
            problem = error.sentence
        yield {**await asyncio.to_thread(self._whole, conversation), self._parts.notice: notice(problem)}

    def _whole(self, conversation: str) -> Updates:
        """Everything that a page shows, as it is now."""
        running = self._site.answers.running(conversation)
        return {
            **self._talk(conversation),
            **self._parts.plans.show(self._hub.plans(conversation)),
            self._parts.side: self._side(conversation),
            self._parts.banner: banner(self._site.model.now),
            self._parts.box: gr.update(
                interactive=True, submit_btn=False if running else SEND, stop_btn=STOP if running else False
            ),
        }

    def _talk(self, conversation: str) -> Updates:
        turns, answering = self._site.answers.turns(conversation)
        return {self._parts.chat: messages(turns, answering.answer if answering else None, self._plan_states(turns))}

    def _plan_states(self, turns: Sequence[Turn]) -> dict[int, str]:
        """What became of the plans that these turns laid."""
        plans = [call.plan for turn in turns for call in turn.calls if call.plan is not None]
        return {plan: self._hub.plan(plan).state for plan in plans}

    def _side(self, current: str) -> str:
        return sidebar.sidebar(self._site.links, self._hub.conversations(), self._hub.plans(), current)


PAGE = Page("/", "Chat", build)
