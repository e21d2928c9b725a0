"""Call scripts: an opening, questions, the offer, answers to what is likely objected, and a close."""

from typing import Any

from tools.core.context import Context
from tools.core.result import Drafted
from tools.show import bullets, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Texts, as_numbered, keep, numbered, rows, write
from tools.writing.context import gathered
from tools.writing.voice import about, caller

TASK = (
    "Write what a caller from the company says on the phone to offer the product to the audience, in short natural "
    "sentences.\n"
    "- reason: one sentence that begins with I am calling because, and says what the product could do for the listener\n"
    "- question_1, question_2, question_3: open questions of at most 12 words that the caller asks about the listener's own work today\n"
    "- offer: what the product does for the listener (at most 25 words)\n"
    "- objection_1, objection_2: a short sentence with which the listener may decline\n"
    "- answer_1, answer_2: what the caller replies to it, calm and polite (at most 15 words)\n"
    "- close: one polite question in which the caller proposes the next step\n"
    "Say nothing about prices, dates or services that is not in the facts."
)


QUESTIONS, OBJECTIONS = 3, 2
PARTS = (
    Part("reason", 180),
    *numbered(QUESTIONS, Part("question", 100)),
    Part("offer", 200),
    *numbered(OBJECTIONS, Part("objection", 80), Part("answer", 130)),
    Part("close", 120),
)


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
    request = {"The caller wants the listener to": objective, "Audience": audience, "Product": product}
    background = gathered(ctx, product, quotes=1)
    piece = write(
        ctx, TASK, request, background, PARTS, lambda: _template(product, audience, objective, signer), signer=signer
    )
    texts, replies = piece.texts, rows(piece.texts, OBJECTIONS, "objection", "answer")
    body: dict[str, Any] = {
        "product": product,
        "objective": objective,
        "opening": f"Hello, my name is [your name] from {caller(signer)}. {texts['reason']} "
        "Is this a good moment for two minutes?",
        "questions": [question for (question,) in rows(texts, QUESTIONS, "question")],
        "offer": texts["offer"],
        "objections": [objection for objection, _ in replies],
        "answers": [answer for _, answer in replies],
        "close": texts["close"],
    }
    return CallScriptDraft(**body, **keep(ctx, piece, "call_script", f"Call script: {shorten(product, 80)}", body))


def _template(product: str, audience: str | None, objective: str | None, signer: str) -> Texts:
    listeners = f" We are talking with {about(audience)} these days." if audience else ""
    wanted = about(objective) if objective else "a short second call to go through it"
    questions = [
        ("How do you handle this today?",),
        ("What costs you the most time or trouble with it?",),
        ("What would have to change for you to try something new?",),
    ]
    replies = [
        ("I have no time right now.", "I understand. When may I call again, for five minutes at most?"),
        (
            "We have something already.",
            "Good. What do you like about it, and what do you miss? Then you can compare.",
        ),
    ]
    return {
        "reason": f"I am calling about {about(product)}.{listeners}",
        **as_numbered(["question"], questions),
        "offer": f"That is what {about(product)} is there for. From what you told me, the part that fits you best is: "
        "[the point that answers what they said].",
        **as_numbered(["objection", "answer"], replies),
        "close": f"May I suggest the next step: {wanted}. Would that suit you?",
    }
