"""The editor of one post: its text with the platform's limits while one types, a look-alike, its time, what it may bring."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import gradio as gr

from agent import HubError
from ui.web.banner import notice
from ui.web.page import Site
from ui.web.pages.social import show
from ui.web.parts import cards, states
from ui.web.parts.approval import SURFACE, Approval
from ui.web.parts.formats import moment_of, number
from ui.web.parts.links import link, record_address
from ui.web.parts.shell import QUIET, html

FORMAT = "%Y-%m-%d %H:%M:%S"
TYPING: dict[str, Any] = {**QUIET, "trigger_mode": "always_last"}

Updates = dict[Any, Any]


class Editor:
    """The parts of the editor; laid out inside the page. Its handlers run in worker threads."""

    def __init__(self, site: Site, panel: Approval, go: gr.Textbox) -> None:
        self._hub, self._site, self._panel, self._go = site.hub, site, panel, go
        names = site.hub.views.posts.platforms()
        self._names = names
        self.record = gr.Textbox(visible="hidden", label="Post")
        self.revision = gr.Number(visible="hidden", precision=0, label="Revision")
        self.model = html()
        with gr.Row(elem_classes="social-editor", equal_height=False):
            with gr.Column(min_width=0, scale=3):
                self.platform = gr.Dropdown(
                    [(name, key) for key, name in names.items()],
                    value=next(iter(names)),
                    label="Platform",
                    filterable=False,
                )
                self.text = gr.Textbox(label="Text", lines=7, max_lines=24, elem_id="post-text")
                self.counted = html()
                self.media = gr.Textbox(label="Pictures and films, one address a line", lines=2, elem_id="post-media")
                self.time = gr.DateTime(
                    label=f"Time ({site.hub.settings.zone.key})", type="string", elem_id="post-time"
                )
                with gr.Row(elem_classes="form-buttons"):
                    self.save = gr.Button("Save draft", min_width=80)
                    self.schedule = gr.Button("Schedule …", variant="primary", min_width=80)
                    self.cancel = gr.Button("Cancel this post", min_width=80)
                self.told = gr.Markdown(latex_delimiters=[], sanitize_html=True, elem_classes="social-told")
                self.problem = html()
            with gr.Column(min_width=0, scale=2):
                self.look = html()
                self.facts = html()
                with gr.Accordion("Have it written", open=False) as self.writing:
                    topic = gr.Textbox(label="What it is about", max_lines=2, elem_id="post-topic")
                    tone = gr.Textbox(label="Tone (optional)", max_lines=1)
                    write = gr.Button("Write a draft")
                with gr.Accordion("Hashtags", open=False):
                    find = gr.Button("Find hashtags for this text")
                    tags = gr.Textbox(label="Hashtags", lines=2, elem_id="post-tags")
                    add = gr.Button("Add them to the text")
                with gr.Accordion("What it may bring", open=False):
                    predict = gr.Button("Predict engagement")
                    prediction = gr.Markdown(latex_delimiters=[], sanitize_html=True)
        draft = [self.platform, self.text, self.media, self.time]
        live = {"inputs": draft, "outputs": [self.counted, self.look], **TYPING}
        # One event for all four, so that an older answer never comes after a newer one.
        gr.on([self.text.change, self.media.change, self.platform.change, self.time.change], self._count, **live)
        kept = [self.record, self.revision, *draft]
        self.save.click(self._save, inputs=kept, outputs=[*self.outputs, go], **QUIET)
        self.schedule.click(self._schedule, inputs=kept, outputs=[self.told, self.problem, *panel.outputs], **QUIET)
        self.cancel.click(self._cancel, inputs=[self.record], outputs=self.outputs, **QUIET)
        write.click(self._write, inputs=[self.platform, topic, tone], outputs=[go, self.problem], **QUIET)
        find.click(self._find_tags, inputs=[self.platform, self.text], outputs=[tags, self.problem], **QUIET)
        added = add.click(_with_tags, inputs=[self.text, tags], outputs=[self.text], **QUIET)
        added.then(self._count, **live)
        predict.click(self._predict, inputs=draft, outputs=[prediction, self.problem], **QUIET)

    @property
    def outputs(self) -> list[Any]:
        return [
            self.record, self.revision, self.model, self.platform, self.text, self.counted, self.media, self.time, self.save, self.schedule,
            self.cancel, self.told, self.problem, self.look, self.facts, self.writing,
        ]  # fmt: skip

    def empty(self, time: str) -> Updates:
        """The updates for a new post, at a time (ISO 8601, local) where the calendar named one. Blocking."""
        platform = next(iter(self._names))
        try:
            at = datetime.fromisoformat(time).strftime(FORMAT) if time else None
        except ValueError:
            at = None
        return {
            **self._counted(platform, "", "", at),
            self.record: "", self.revision: None, self.model: states.no_model(self._site.model.now),
            self.platform: gr.update(value=platform, interactive=True), self.text: gr.update(value="", interactive=True),
            self.media: gr.update(value="", interactive=True), self.time: gr.update(value=at, interactive=True),
            self.save: gr.update(visible=True), self.schedule: gr.update(visible=True), self.cancel: gr.update(visible=False),
            self.told: "", self.problem: "", self.facts: "", self.writing: gr.update(visible=True, open=False),
        }  # fmt: skip

    def show(self, edited: Any) -> Updates:
        """The updates that show a stored post (`hub.views.posts.edited`). Blocking."""
        post, zone = edited.post, self._hub.settings.zone
        status = post.status.value
        at = post.scheduled_time.strftime(FORMAT) if post.scheduled_time else None
        media = "\n".join(post.media_urls)
        open_ = status in ("draft", "scheduled", "failed", "cancelled")
        pairs: list[tuple[str, Any]] = [("Status", cards.badge("unknown" if post.outcome_unknown else status))]
        pairs += [("Published", moment_of(post.published_at, zone))] if post.published_at else []
        pairs += [("Seen at", link(post.external_url, post.external_url))] if post.external_url else []
        pairs += [("What went wrong", post.failure)] if post.failure else []
        pairs += [(name.capitalize(), number(value)) for name, value in post.results.items()]
        pairs += [("Written by", "the model")] if post.ai_generated else []
        return {
            **self._counted(post.platform.value, post.content, media, at),
            self.record: str(post.id), self.revision: edited.revision, self.model: "",
            self.platform: gr.update(value=post.platform.value, interactive=False), self.text: gr.update(value=post.content, interactive=open_),
            self.media: gr.update(value=media, interactive=open_), self.time: gr.update(value=at, interactive=open_),
            self.save: gr.update(visible=status == "draft"), self.schedule: gr.update(visible=open_, value="Move …" if status == "scheduled" else "Schedule …"),
            self.cancel: gr.update(visible=status in ("draft", "scheduled", "failed")),
            self.told: "", self.problem: "", self.facts: cards.facts(pairs), self.writing: gr.update(visible=False),
        }  # fmt: skip

    async def decided(self, record: str) -> Updates:
        """After a decision: the post as it is now."""
        if not record:
            return {self.problem: ""}
        try:
            edited = await asyncio.to_thread(self._hub.views.posts.edited, record)
            return await asyncio.to_thread(self.show, edited)
        except HubError as error:
            return {self.problem: notice(error.sentence)}

    async def _count(self, platform: str, text: str, media: str, time: str | None) -> Updates:
        return await asyncio.to_thread(self._counted, platform, text, media, time)

    def _counted(self, platform: str, text: str, media: str, time: str | None) -> Updates:
        told = self._hub.views.posts.counted(platform, text or "").model_dump(mode="json")
        when = moment_of(time, self._hub.settings.zone) if time else ""
        return {self.counted: show.counted(told), self.look: show.preview(told, text or "", _lines(media), when)}

    async def _save(
        self, record: str, revision: float | None, platform: str, text: str, media: str, time: str | None
    ) -> Updates:
        """Keep it as a draft; nothing goes out."""
        arguments = _given(platform=platform, content=text, media_urls=_lines(media), scheduled_time=time, post=record)
        if record and revision:
            arguments["revision"] = int(revision)
        try:
            outcome = await asyncio.to_thread(self._hub.call_as, "save_social_post", arguments, surface=SURFACE)
            saved = str(outcome.result.data()["id"])
            if not record:
                return {self._go: record_address("social_post", saved)}
            return {**await self.decided(saved), self.told: outcome.result.text}
        except HubError as error:
            return {self.problem: notice(error.sentence)}

    async def _schedule(
        self, record: str, revision: float | None, platform: str, text: str, media: str, time: str | None
    ) -> Updates:
        """Lay the plan of scheduling it; a person approves it in the panel."""
        if not time:
            return {self.problem: notice("When should it go out? Give a time.")}
        arguments = _given(platform=platform, content=text, media_urls=_lines(media), scheduled_time=time, post=record)
        try:
            outcome = await asyncio.to_thread(self._hub.call_as, "schedule_social_post", arguments, surface=SURFACE)
            return {**await asyncio.to_thread(self._panel.show, outcome.plan_id), self.problem: "", self.told: ""}
        except HubError as error:
            return {self.problem: notice(error.sentence)}

    async def _cancel(self, record: str) -> Updates:
        try:
            outcome = await asyncio.to_thread(
                self._hub.call_as, "cancel_social_post", {"post": record}, surface=SURFACE
            )
        except HubError as error:
            return {self.problem: notice(error.sentence)}
        return {**await self.decided(record), self.told: outcome.result.text}

    async def _write(self, platform: str, topic: str, tone: str) -> Updates:
        """A draft by the model (or a template); its editor opens."""
        try:
            outcome = await asyncio.to_thread(
                self._hub.call_as,
                "generate_social_post",
                _given(topic=topic, platform=platform, tone=tone),
                surface=SURFACE,
            )
        except HubError as error:
            return {self.problem: notice(error.sentence)}
        return {self._go: record_address("social_post", outcome.result.data()["id"])}

    async def _find_tags(self, platform: str, text: str) -> tuple[str, str]:
        try:
            outcome = await asyncio.to_thread(
                self._hub.call_as, "generate_hashtags", _given(topic=text, platform=platform, count=6), surface=SURFACE
            )
        except HubError as error:
            return "", notice(error.sentence)
        return " ".join(f"#{tag}" for tag in outcome.result.data()["hashtags"]), ""

    async def _predict(self, platform: str, text: str, media: str, time: str | None) -> tuple[str, str]:
        arguments = _given(content=text, platform=platform, scheduled_time=time)
        try:
            outcome = await asyncio.to_thread(self._hub.call_as, "predict_engagement", arguments, surface=SURFACE)
        except HubError as error:
            return "", notice(error.sentence)
        return outcome.result.text, ""


def _with_tags(text: str, tags: str) -> str:
    """The text with the hashtags that it does not hold yet, on a line of their own."""
    held = {word.casefold() for word in text.split()}
    new = [tag for tag in tags.split() if tag.casefold() not in held]
    return f"{text.rstrip()}\n\n{' '.join(new)}" if new else text


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _given(**values: Any) -> dict[str, Any]:
    """The arguments without what was left empty."""
    return {name: value for name, value in values.items() if value not in (None, "", [])}
