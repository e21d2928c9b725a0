"""What the chat page does when something is clicked, typed or loaded.

The hub's methods block, so each runs in a worker thread; what a page shows is read from the database each time, so that
every page, however often it is loaded, shows the same.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from agent import HubError
from ui.web import plans, sidebar
from ui.web.answers import SURFACE
from ui.web.banner import banner, notice
from ui.web.dropped import DroppedFiles
from ui.web.page import Site
from ui.web.pages.chat import afterwards, files
from ui.web.pages.chat.layout import SEND, STOP, Parts
from ui.web.transcript import messages

if TYPE_CHECKING:
    from agent import Turn

#: Seconds between two sendings of an answer that is coming: each carries the whole conversation.
PACE = 1 / 16
#: Characters of a sentence that an address may put into the line.
LONGEST_SAY = 10_000

Updates = dict[Any, Any]


class ChatPage:
    """The handlers of one site's chat page."""

    def __init__(self, site: Site, parts: Parts) -> None:
        self._hub = site.hub
        self._site = site
        self._parts = parts
        self._dropped = DroppedFiles(site.hub)

    async def load(self, request: gr.Request) -> Updates:
        """A page is opened: the conversation that its address names, or a new one; `?say=` stands in the line."""
        conversation = str(request.query_params.get("conversation") or uuid.uuid4())
        if self._site.model.now.state == "missing":  # perhaps it was mended meanwhile
            await asyncio.to_thread(self._site.model.look, self._hub)
        updates = await asyncio.to_thread(self._whole, conversation)
        said = str(request.query_params.get("say") or "")[:LONGEST_SAY]
        if said:
            updates[self._parts.box] = {**updates[self._parts.box], "value": said}
        starting = self._site.model.now.state == "starting"
        return {**updates, self._parts.conversation: conversation, self._parts.timer: gr.Timer(active=starting)}

    async def send(self, conversation: str, text: str) -> Updates:
        """A message is sent: its answer begins."""
        said = text.strip()
        if not said:
            return {self._parts.notice: ""}
        updates = await self._begin(conversation, said)
        if self._parts.box in updates:  # it is taken: the line is free for the next one
            updates[self._parts.box] = self._busy(value="")
        return updates

    async def send_example(self, conversation: str, chosen: gr.SelectData) -> Updates:
        """One of the examples is chosen: it is sent as if it were typed."""
        return await self.send(conversation, str(chosen.value["text"]))

    async def retry(self, conversation: str) -> Updates:
        """The last message is said again."""
        again = await asyncio.to_thread(self._again, conversation)
        if again is None:  # somebody was faster, in another window
            return await asyncio.to_thread(self._whole, conversation)
        return await self._begin(conversation, again)

    async def undo(self, conversation: str, chosen: gr.EventData) -> Updates:
        """The change whose button was pressed is taken back: that very one, whatever came after it."""
        return await self._begin(conversation, f"/undo {int(chosen.change)}")

    async def dropped(self, conversation: str, told: gr.EventData) -> Updates:
        """Files were dropped or chosen: what is in them is shown; `problems` are those that were not taken."""
        problems = " ".join(str(one) for one in told.problems)
        return {
            self._parts.files: await asyncio.to_thread(self._files, conversation),
            self._parts.notice: notice(problems),
        }

    async def discard_file(self, conversation: str, chosen: gr.EventData) -> Updates:
        """A file is taken away without being imported."""
        await asyncio.to_thread(self._dropped.forget, conversation, str(chosen.name))
        return {self._parts.files: await asyncio.to_thread(self._files, conversation), self._parts.notice: ""}

    async def take_file(self, conversation: str, chosen: gr.EventData) -> Updates:
        """A file is imported, by the command that one could type; then it is deleted."""
        file = await asyncio.to_thread(self._dropped.find, conversation, str(chosen.name))
        if file is None:
            sentence = "This file is no longer there: files are kept for an hour. Drop it again."
            return {
                self._parts.files: await asyncio.to_thread(self._files, conversation),
                self._parts.notice: notice(sentence),
            }
        say = files.command(file, str(chosen.what))
        return await self._begin(conversation, say, lambda: self._dropped.forget(conversation, file.name))

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

    async def approve(self, conversation: str, chosen: gr.EventData) -> Updates:
        return await self._decide(conversation, int(chosen.plan), approved=True)

    async def reject(self, conversation: str, chosen: gr.EventData) -> Updates:
        return await self._decide(conversation, int(chosen.plan), approved=False)

    async def amend(self, conversation: str, chosen: gr.EventData) -> Updates:
        """The form of a plan is sent: the plan is laid anew. What was refused stays in the form, with the reason."""
        plan, changes = int(chosen.plan), {str(name): str(value) for name, value in dict(chosen.changes).items()}
        views = self._hub.views.chat
        try:
            await asyncio.to_thread(views.amend, plan, changes, person=self._hub.settings.person, surface=SURFACE)
        except HubError as error:
            waiting = await asyncio.to_thread(views.sheets, conversation)
            return {
                self._parts.plans: plans.panel(waiting, trying=changes, tried=plan, problem=error.sentence),
                self._parts.notice: "",
            }
        return {**await asyncio.to_thread(self._whole, conversation), self._parts.notice: ""}

    async def remove(self, current: str, chosen: gr.EventData) -> Updates:
        """A conversation is deleted; if it is the one on show, the page goes on to an empty one."""
        conversation = str(chosen.conversation)
        await asyncio.to_thread(self._site.answers.forget, conversation)
        await asyncio.to_thread(self._dropped.forget, conversation)
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

    async def rename(self, current: str, chosen: gr.EventData) -> Updates:
        """A conversation gets another name."""
        problem = None
        try:
            await asyncio.to_thread(self._hub.views.chat.rename, str(chosen.conversation), str(chosen.title))
        except HubError as error:
            problem = error.sentence
        return {self._parts.side: await asyncio.to_thread(self._side, current), self._parts.notice: notice(problem)}

    async def look_at_model(self) -> Updates:
        """Each second while the model starts."""
        model = self._site.model.now
        return {self._parts.banner: banner(model), self._parts.timer: gr.Timer(active=model.state == "starting")}

    async def _begin(self, conversation: str, said: str, then: Callable[[], None] | None = None) -> Updates:
        """The answer begins, unless one is still coming."""
        if not await asyncio.to_thread(self._site.answers.begin, conversation, said, then):
            return {self._parts.notice: notice("The last message is still being answered. Wait for it, or stop it.")}
        return {
            **await asyncio.to_thread(self._talk, conversation),
            self._parts.notice: "",
            self._parts.after: "",
            self._parts.box: self._busy(),
        }

    @staticmethod
    def _busy(**more: Any) -> Any:
        return gr.update(submit_btn=False, stop_btn=STOP, **more)

    async def _decide(self, conversation: str, plan: int, *, approved: bool) -> Updates:
        problem = None
        try:
            await asyncio.to_thread(self._hub.approve if approved else self._hub.reject, plan, surface=SURFACE)
        except HubError as error:
            problem = error.sentence
        return {**await asyncio.to_thread(self._whole, conversation), self._parts.notice: notice(problem)}

    def _whole(self, conversation: str) -> Updates:
        """Everything that a page shows, as it is now."""
        running = self._site.answers.running(conversation)
        return {
            **self._talk(conversation),
            self._parts.plans: self._panel(conversation),
            self._parts.files: self._files(conversation),
            self._parts.after: "" if running else self._after(conversation),
            self._parts.side: self._side(conversation),
            self._parts.banner: banner(self._site.model.now),
            self._parts.box: gr.update(
                interactive=True, submit_btn=False if running else SEND, stop_btn=STOP if running else False
            ),
        }

    def _talk(self, conversation: str) -> Updates:
        turns, answering = self._site.answers.turns(conversation)
        return {self._parts.chat: messages(turns, answering.answer if answering else None, self._plan_states(turns))}

    def _files(self, conversation: str) -> Any:
        shown = files.shown(self._hub, self._dropped.waiting(conversation))
        return gr.HTML(shown, conversation=conversation)

    def _after(self, conversation: str) -> str:
        change = self._hub.views.chat.last_change(conversation)
        return afterwards.afterwards(self._again(conversation), change)

    def _again(self, conversation: str) -> str | None:
        turns, answering = self._site.answers.turns(conversation)
        return afterwards.to_say_again(turns, answering.answer if answering else None, self._hub.tools)

    def _panel(self, conversation: str) -> Any:
        waiting = self._hub.views.chat.sheets(conversation)
        return gr.update(value=plans.panel(waiting), visible=bool(waiting))

    def _plan_states(self, turns: Sequence[Turn]) -> dict[int, str]:
        """What became of the plans that these turns laid."""
        plans = [call.plan for turn in turns for call in turn.calls if call.plan is not None]
        return {plan: self._hub.plan(plan).state for plan in plans}

    def _side(self, current: str) -> str:
        return sidebar.sidebar(
            self._site.links,
            self._hub.conversations(),
            self._hub.plans(),
            current,
            self._site.answers.all_running(),
            demo=self._site.is_demo,
        )
