"""A series of emails: what each is for, its text, and the day on which it goes out."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Drafted
from tools.mailing.letters import assembled, background_for
from tools.quoting import block, inert
from tools.show import count, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Texts, as_numbered, keep, numbered, rows, write
from tools.writing.voice import about, heading

FEWEST, MOST = 2, 10
LONGEST_PAUSE = 90
#: What the emails of a series are for, in turn: a usual arc from welcome to offer. Longer series repeat the middle.
ARC = ("welcome", "most useful thing to know", "common question answered", "example or story", "offer and next step")
NAMES = ("subject", "news", "next_step")
TASK = (
    "Write a series of {amount} short marketing emails from the company to the audience that lead to the topic, in "
    "plain text. Each has its own thought, said once. What each is for: {arc}.\n"
    "For each email:\n"
    "- subject: at most 8 words, concrete, all different\n"
    "- news: one paragraph of 30 to 45 words\n"
    "- next_step: one sentence, what the reader should do\n"
    "Write to the reader as you. No greeting, no signature. Keep to the brand voice. Say nothing about prices, dates, "
    "discounts or services that is not in the facts."
)


class SequenceEmail(BaseModel):
    """One email of a series; `day` counts from the first (0)."""

    model_config = ConfigDict(frozen=True)

    day: int
    purpose: str
    subject_line: str
    content: str


class EmailSequence(Drafted):
    """A series of emails as a draft; content is plain text with Liquid merge fields."""

    topic: str
    audience: str | None
    days_between: int
    emails: tuple[SequenceEmail, ...]

    @property
    def text(self) -> str:
        apart = count(self.days_between, "day")
        head = f"{count(len(self.emails), 'email').capitalize()} about {inert(about(self.topic))}, {apart} apart:"
        shown = [
            f"**{number}. {inert(one.subject_line)}** (day {one.day}: {one.purpose})\n\n{block(one.content)}"
            for number, one in enumerate(self.emails, start=1)
        ]
        return "\n\n".join([head, *shown]) + self.closing()


def email_sequence(ctx: Context, topic: str, audience: str | None, emails: int, days_between: int) -> EmailSequence:
    """Write `emails` mails, `days_between` apart, and store them as one draft."""
    if not FEWEST <= emails <= MOST:
        raise BadInput(f"A sequence has {FEWEST} to {MOST} emails; {emails} is not.", "emails")
    if not 1 <= days_between <= LONGEST_PAUSE:
        raise BadInput(
            f"The days between two emails must be 1 to {LONGEST_PAUSE}; {days_between} is not.", "days_between"
        )
    purposes = arc(emails)
    signer = company(ctx)
    task = TASK.format(amount=emails, arc="; ".join(f"{n}. {one}" for n, one in enumerate(purposes, start=1)))
    parts = numbered(emails, Part("subject", 80), Part("news", 320), Part("next_step", 160))
    piece = write(
        ctx,
        task,
        {"Topic": topic, "Audience": audience},
        background_for(ctx, topic),
        parts,
        lambda: _template(topic, purposes),
        signer=signer,
    )
    made = []
    for place, texts in enumerate(rows(piece.texts, emails, *NAMES)):
        mail = assembled(dict(zip(NAMES, texts, strict=True)), None, signer)
        made.append(
            SequenceEmail(
                day=place * days_between, purpose=purposes[place], subject_line=mail["subject"], content=mail["content"]
            )
        )
    body: dict[str, Any] = {
        "topic": topic,
        "audience": audience,
        "days_between": days_between,
        "emails": [one.model_dump() for one in made],
    }
    return EmailSequence(**body, **keep(ctx, piece, "email_sequence", f"Sequence: {shorten(topic, 80)}", body))


def arc(emails: int) -> tuple[str, ...]:
    """What each of so many emails is for: it begins with the welcome and ends with the offer."""
    first, *middle, last = ARC
    between = emails - 2
    return (first, *(middle[place % len(middle)] for place in range(between)), last)


def _template(topic: str, purposes: tuple[str, ...]) -> Texts:
    name = about(topic)
    lines = {
        ARC[0]: (heading(f"Welcome: {name}"), f"Good to have you here. Over the next mails we tell you about {name}.",
                 "Reply to this email whenever you have a question."),
        ARC[1]: (heading(f"What to know first: {name}"), f"If you read only one mail about {name}, then this one: "
                 "[the most useful thing to know].", "Try it today, and tell us how it went."),
        ARC[2]: (heading(f"You may be wondering: {name}"), f"Many ask us about {name}: [a common question]. "
                 "[Your answer].", "Reply with your own question, we answer each one."),
        ARC[3]: (heading(f"How it went for others: {name}"), f"Here is what {name} looks like in practice: [an example].",
                 "Would you like to see more of it? Simply reply."),
        ARC[4]: (heading(f"Your next step: {name}"), f"You have read a good deal about {name} by now. "
                 "Here is what you can do: [your offer].", "Reply to this email to get started."),
    }  # fmt: skip
    seen: dict[str, int] = {}
    items = []
    for purpose in purposes:
        seen[purpose] = seen.get(purpose, 0) + 1
        subject, news, step = lines[purpose]
        more = f" ({seen[purpose]})" if seen[purpose] > 1 else ""
        items.append((f"{subject[: 60 - len(more)]}{more}", news, step))
    return as_numbered(NAMES, items)
