"""Text messages: one thought, one segment where it can be, and an honest count where it cannot."""

import re
from typing import Any

from pydantic import BaseModel

from tools.core.context import Context
from tools.core.result import Drafted
from tools.show import count, quoted, shorten
from tools.writing.background import company, house, knowledge
from tools.writing.compose import keep, room, text_field, write
from tools.writing.sms import plain, sms_length
from tools.writing.voice import about

TASK = (
    "Write one marketing text message (SMS) for the request below: at most 25 words and 150 characters, one clear "
    "thought and one next step, plain letters, no emoji, no link, no greeting, no placeholder. Keep to the brand "
    "voice and the tone. Use no prices, dates, discounts or names that are not given."
)


class SmsText(BaseModel):
    message: str = text_field(220, "the text message")


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
    background = house(ctx) + knowledge(ctx, topic, limit=1)
    piece = write(
        ctx, TASK, request, background, SmsText, lambda: _template(topic, signer), max_tokens=room(220), signer=signer
    )
    content = one_segment(plain(piece.body.message))
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


def _template(topic: str, signer: str) -> SmsText:
    news = about(plain(topic))
    news = news[:1].upper() + news[1:]
    return SmsText(message=f"{'' if signer == 'Your team' else f'{signer}: '}{news}. Questions? Get in touch with us.")
