"""Texts of mailings: a letter from a topic, a subject line for a text, one letter after another."""

from collections.abc import Mapping

from memory.campaigns import Campaign
from tools import merge
from tools.core.context import Context
from tools.writing.background import Background, as_background, company, house, knowledge, similar_campaigns
from tools.writing.compose import Part, Piece, Texts, write
from tools.writing.emails import PREVIEW_LENGTH, SUBJECT_LENGTH, campaign_facts
from tools.writing.emails import TASK as LETTER_TASK
from tools.writing.limits import fit
from tools.writing.tidying import letter_body
from tools.writing.voice import about, closing, greeting, heading

HEAD = (Part("subject", 80), Part("preview", 120))
BODY = (Part("news", 300), Part("benefit", 300), Part("next_step", 240))
HEAD_TASK = (
    "Write the head of the email below, which is finished.\n"
    "- subject: at most 8 words, concrete\n"
    "- preview: one short sentence that adds to the subject\n"
    "Keep to the brand voice. Say nothing that the email does not say."
)


def letter(ctx: Context, topic: str, audience: str | None, tone: str | None, campaign: Campaign | None) -> Piece:
    """A mail about `topic`, as the texts subject, preview and content."""
    request = {"Topic": topic, "Audience": audience, "Tone": tone} | campaign_facts(campaign)
    past = similar_campaigns(ctx, topic, besides=campaign.id if campaign else None, limit=1)
    background = house(ctx) + as_background(past, ctx.currency) + knowledge(ctx, topic)
    signer = company(ctx)
    piece = write(ctx, LETTER_TASK, request, background, HEAD + BODY, lambda: _fallback(topic, audience), signer=signer)
    return with_texts(piece, assembled(piece.texts, tone, signer))


def head_of(ctx: Context, content: str, topic: str | None) -> Piece:
    """Subject line and preview text for a finished mail."""
    line = topic or first_line(content)
    opening, _ = fit(" ".join(merge.without_marks(content).split()), PREVIEW_LENGTH)
    fallback = {"subject": heading(line, SUBJECT_LENGTH), "preview": opening or line}
    request = {"Topic": topic, "The email": content[:2_000]}
    piece = write(ctx, HEAD_TASK, request, house(ctx), HEAD, lambda: fallback, signer=company(ctx))
    return with_texts(piece, headed(piece.texts))


def assembled(texts: Mapping[str, str], tone: str | None, signer: str) -> Texts:
    """The parts of a letter as a mail: subject and preview in their lengths, greeting and signature around the body."""
    paragraphs = [letter_body(texts[name]) for name in ("news", "benefit", "next_step") if texts.get(name)]
    content = "\n\n".join([greeting(tone), *paragraphs, f"{closing(tone)}\n{signer}"])
    return {**headed(texts), "content": content}


def headed(texts: Mapping[str, str]) -> Texts:
    """Subject line and preview text, cut to what inboxes show."""
    subject, _ = fit(texts["subject"].rstrip(" .!"), SUBJECT_LENGTH)
    preview, _ = fit(texts.get("preview", ""), PREVIEW_LENGTH)
    return {"subject": subject, "preview": preview}


def with_texts(piece: Piece, texts: Texts) -> Piece:
    return Piece(texts, piece.ai_generated, piece.note, piece.sources)


def first_line(content: str) -> str:
    """The first line of a text that says something: no greeting, no markup."""
    plain = merge.without_marks(content)
    lines = [line.strip(" #*<>") for line in plain.splitlines()]
    said = [line for line in lines if len(line.split()) > 2]
    return (said or [line for line in lines if line] or ["News"])[0]


def background_for(ctx: Context, topic: str) -> Background:
    """The house and what the knowledge base says on a topic."""
    return house(ctx) + knowledge(ctx, topic)


def _fallback(topic: str, audience: str | None) -> Texts:
    meant = (
        f"We thought of you in particular, because this is meant for {about(audience)}."
        if audience
        else "We thought that you would want to be among the first to know."
    )
    return {
        "subject": heading(topic, SUBJECT_LENGTH),
        "preview": "The news in short, and how to reach us.",
        "news": f"We have news for you: {about(topic)}.",
        "benefit": meant,
        "next_step": "Would you like to know more? Simply reply to this email. We look forward to hearing from you.",
    }
