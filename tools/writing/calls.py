"""Call scripts: an opening, questions, the offer, answers to what is likely objected, and a close."""

from typing import Any

from pydantic import BaseModel

from tools.core.context import Context
from tools.core.result import Drafted
from tools.show import bullets, shorten
from tools.writing.background import ARTICLE, TICKET, as_background, company, house, knowledge, similar_campaigns
from tools.writing.compose import keep, list_field, room, text_field, write
from tools.writing.voice import about

TASK = (
    "Write a phone script for the request below, to be spoken by a caller, in short natural sentences. opening: who "
    "is calling, why, and whether it is a good moment, at most 30 words. questions: 3 open questions about the "
    "listener's situation. offer: what the product does for them, at most 35 words, only from the facts. "
    "objections: 2 things the listener may object. answers: for each objection, in the same order, a calm answer of at "
    "most 20 words. close: ask for the objective, at most 20 words. Use no prices, dates or names that are not given."
)


class CallText(BaseModel):
    opening: str = text_field(260, "the opening")
    questions: list[str] = list_field(3, 120, "open questions")
    offer: str = text_field(280, "the offer")
    objections: list[str] = list_field(2, 100, "what the listener may object")
    answers: list[str] = list_field(2, 180, "an answer to each objection, in the same order")
    close: str = text_field(200, "the close, asking for the objective")


class CallScriptDraft(Drafted):
    """A phone script in its parts; `answers` are those to `objections`, in order."""

    product: str
    objective: str | None
    opening: str
    questions: tuple[str, ...]
    offer: str
    objections: tuple[str, ...]
    answers: tuple[str, ...]
    close: str

    @property
    def text(self) -> str:
        replies = zip(self.objections, self.answers, strict=False)
        parts = [
            f"**Opening**\n\n{self.opening}",
            f"**Ask**\n\n{bullets(self.questions)}",
            f"**Offer**\n\n{self.offer}",
            f"**If they say**\n\n{bullets(f'“{objection}” {answer}' for objection, answer in replies)}",
            f"**Close**\n\n{self.close}",
        ]
        return "\n\n".join(parts) + self.closing()


def call_script_draft(ctx: Context, product: str, audience: str | None, objective: str | None) -> CallScriptDraft:
    """Write a phone script for `product` and store it."""
    signer = company(ctx)
    request = {"Product": product, "Audience": audience, "Objective of the call": objective}
    background = (
        house(ctx)
        + as_background(similar_campaigns(ctx, product, limit=1), ctx.currency)
        + knowledge(ctx, product, (ARTICLE, TICKET))
    )
    piece = write(
        ctx,
        TASK,
        request,
        background,
        CallText,
        lambda: _template(product, audience, objective, signer),
        max_tokens=room(1660),
        signer=signer,
    )
    body: dict[str, Any] = {"product": product, "objective": objective, **piece.body.model_dump()}
    return CallScriptDraft(**body, **keep(ctx, piece, "call_script", f"Call script: {shorten(product, 80)}", body))


def _template(product: str, audience: str | None, objective: str | None, signer: str) -> CallText:
    caller = "our team" if signer == "Your team" else signer
    listeners = f" We are talking with {about(audience)} these days." if audience else ""
    wanted = about(objective) if objective else "a short second call to go through it"
    return CallText(
        opening=f"Hello, my name is [your name], and I am calling from {caller} about {about(product)}.{listeners} "
        "Is this a good moment for two minutes?",
        questions=[
            "How do you handle this today?",
            "What costs you the most time or trouble with it?",
            "What would have to change for you to try something new?",
        ],
        offer=f"That is what {about(product)} is there for. From what you told me, the part that fits you best is: "
        "[the point that answers what they said].",
        objections=["I have no time right now.", "We have something already."],
        answers=[
            "I understand. When may I call again, for five minutes at most?",
            "Good. What do you like about it, and what do you miss? Then you can compare.",
        ],
        close=f"May I suggest the next step: {wanted}. Would that suit you?",
    )
