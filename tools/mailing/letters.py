"""Texts of mailings: a letter from a topic, a subject line for a text, one letter after another."""

import re
from collections.abc import Mapping

from memory.campaigns import Campaign
from tools import merge
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.writing.background import Background, company, house
from tools.writing.compose import Part, Piece, Texts, write
from tools.writing.context import gathered
from tools.writing.emails import PREVIEW_LENGTH, SUBJECT_LENGTH, campaign_facts
from tools.writing.emails import TASK as LETTER_TASK
from tools.writing.limits import fit
from tools.writing.tidying import letter_body
from tools.writing.voice import about, closing, greeting, heading

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_GREETING = re.compile(r"^(?:hi|hello|hey|dear)\b[^,.!:]{0,40}[,.!:]\s*", re.IGNORECASE)
_END = re.compile(r"(?<=[.!?])\s|\n")
_OUTPUT = re.compile(r"\{\{[^{}]{0,200}\}\}")
_LOGIC = re.compile(r"\{%[^{}]{0,200}%\}")

HEAD = (Part("subject", 80), Part("preview", 120))
BODY = (Part("news", 230), Part("benefit", 230), Part("next_step", 170))
HEAD_TASK = (
    "Write the head of the email below, which is finished.\n"
    "- subject: at most 8 words, concrete\n"
    "- preview: one short sentence that adds to the subject\n"
    "Keep to the brand voice. Say nothing that the email does not say."
)


def letter(ctx: Context, topic: str, audience: str | None, tone: str | None, campaign: Campaign | None) -> Piece:
    """A mail about `topic`, as the texts subject, preview and content."""
    request = {"Topic": topic, "Audience": audience, "Tone": tone} | campaign_facts(campaign)
    background = gathered(ctx, topic, "email", besides=campaign.id if campaign else None, articles=2)
    signer = company(ctx)
    piece = write(ctx, LETTER_TASK, request, background, HEAD + BODY, lambda: _fallback(topic), signer=signer)
    return with_texts(piece, assembled(piece.texts, tone, signer))


def head_of(ctx: Context, content: str, topic: str | None) -> Piece:
    """Subject line and preview text for a finished mail; without a model only a subject line."""
    fallback = {"subject": heading(topic or first_sentence(content), SUBJECT_LENGTH), "preview": "-"}
    request = {"Topic": topic, "The email": content[:2_000]}
    piece = write(ctx, HEAD_TASK, request, house(ctx), HEAD, lambda: fallback, signer=company(ctx))
    texts = headed(piece.texts)
    return with_texts(piece, {**texts, "preview": "" if texts["preview"] == "-" else texts["preview"]})


def assembled(texts: Mapping[str, str], tone: str | None, signer: str, *, mend: bool = True) -> Texts:
    """The parts of a letter as a mail: subject and preview in their lengths, greeting and signature around the body.

    Merge fields that the model made up become blanks, unless they are left to the caller (`mend`).
    """
    paragraphs = [
        letter_body(mended(texts[name]) if mend else texts[name])
        for name in ("news", "benefit", "next_step")
        if texts.get(name)
    ]
    content = "\n\n".join([greeting(tone), *paragraphs, f"{closing(tone)}\n{signer}"])
    return {**headed(texts), "content": content}


def headed(texts: Mapping[str, str]) -> Texts:
    """Subject line and preview text, cut to what inboxes show."""
    subject, _ = fit(mended(texts["subject"]).rstrip(" .!"), SUBJECT_LENGTH)
    preview, _ = fit(mended(texts.get("preview", "")), PREVIEW_LENGTH)
    return {"subject": subject, "preview": preview}


def with_texts(piece: Piece, texts: Texts) -> Piece:
    return Piece(texts, piece.ai_generated, piece.note, piece.sources, piece.learned)


def first_sentence(content: str) -> str:
    """The first sentence of a mail that says something: without markup, merge fields and the greeting."""
    plain = " ".join(_TAG.sub(" ", merge.without_marks(content)).split())
    said = _GREETING.sub("", plain) or plain
    return _END.split(said, maxsplit=1)[0].strip() or "News"


def mended(text: str) -> str:
    """A model's text with every merge field that it made up turned into a blank to fill in: {{ shop }} is [shop]."""

    def judged(mark: re.Match[str]) -> str:
        try:
            if all(one.kind != "slot" for one in merge.fields(mark.group())):
                return mark.group()
        except BadInput:
            pass
        name = mark.group().strip("{}% ").split("|")[0].strip()
        return f"[{name.replace('_', ' ')}]" if name else ""

    text = _OUTPUT.sub(judged, _LOGIC.sub("", text))
    try:
        merge.fields(text)
    except BadInput:  # loose braces that nothing can be made of
        return re.sub(r"[{}]", "", text)
    return text


def background_for(ctx: Context, topic: str) -> Background:
    """What a series or workflow of mails is to know of its topic."""
    return gathered(ctx, topic, "email", articles=2)


def _fallback(topic: str) -> Texts:
    return {
        "subject": heading(topic, SUBJECT_LENGTH),
        "preview": "The news in short, and how to reach us.",
        "news": f"We have news for you: {about(topic)}.",
        "benefit": "We thought that you would want to be among the first to know.",
        "next_step": "Would you like to know more? Simply reply to this email. We look forward to hearing from you.",
    }
