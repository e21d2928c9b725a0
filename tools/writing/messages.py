"""Text messages: one thought, one segment where it can be, and an honest count where it cannot."""

import re
from typing import Any

from tools.core.context import Context
from tools.core.result import Drafted
from tools.show import count, quoted, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Texts, keep, write
from tools.writing.context import gathered
from tools.writing.sms import plain, sms_length, without_pictures
from tools.writing.tidying import letter_body
from tools.writing.voice import about

TASK = (
    "Write one text message (SMS) from the company to its customers about the topic.\n"
    "- message: at most 22 words: the news, what it means for the reader, one next step. Plain letters, no emoji, no "
    "link, no greeting\n"
    "Keep to the brand voice and the tone. Say nothing about prices, dates or discounts that is not in the facts."
)


PARTS = (Part("message", 220),)


class SmsDraft(Drafted):
    """A text message with its length: characters of `limit` in one segment, by encoding (GSM-7 or UCS-2)."""

    topic: str
    content: str
    encoding: str
    characters: int
    segments: int
    limit: int

    @property
    def text(self) -> str:
        size = f"{self.characters} of {self.limit} characters, {count(self.segments, 'segment')} ({self.encoding})"
        if self.segments > 1:
            size += f"; each recipient costs {self.segments} messages, so you may want to shorten it"
        return f"{quoted(self.content)}\n\n{size}.{self.closing()}"


def sms_draft(ctx: Context, topic: str, audience: str | None, tone: str | None) -> SmsDraft:
    """Write a text message about `topic` and store it."""
    signer = company(ctx)
    request = {"Topic": topic, "Audience": audience, "Tone": tone}
    background = gathered(ctx, topic)
    piece = write(ctx, TASK, request, background, PARTS, lambda: _template(topic, signer), signer=signer)
    message = plain(piece.texts["message"])
    content = one_segment(letter_body(without_pictures(message)) if piece.ai_generated else message)
    length = sms_length(content)
    body: dict[str, Any] = {
        "topic": topic,
        "content": content,
        "encoding": length.encoding,
        "characters": length.characters,
        "segments": length.segments,
        "limit": length.limit,
    }
    return SmsDraft(**body, **keep(ctx, piece, "sms", f"SMS: {shorten(topic, 80)}", body))


def one_segment(text: str) -> str:
    """The text without its last sentences where the rest then fits one segment; else as it is: counted, not cut."""
    text = " ".join(text.split())
    if sms_length(text).segments <= 1:
        return text
    for end in reversed([match.start() for match in re.finditer(r"(?<=[.!?])\s", text)]):
        if sms_length(text[:end]).segments == 1 and end >= len(text) // 3:
            return text[:end]
    return text


def _template(topic: str, signer: str) -> Texts:
    news = about(plain(topic))
    signed = "" if signer == "Your team" else f"{signer}: "
    return {"message": f"{signed}{news[:1].upper()}{news[1:]}. Questions? Get in touch with us."}
