"""Emails: what the model is asked for, how the parts become a mail, and the template."""

from typing import Any

from pydantic import BaseModel

from memory.campaigns import Campaign
from tools.core.context import Context
from tools.core.result import Drafted
from tools.show import days, quoted, shorten
from tools.writing.background import as_background, company, house, knowledge, similar_campaigns
from tools.writing.compose import Piece, keep, list_field, room, text_field, write
from tools.writing.limits import fit
from tools.writing.voice import about, closing, greeting, heading

#: Longer ones are cut off in most inboxes.
SUBJECT_LENGTH = 60
PREVIEW_LENGTH = 90

TASK = (
    "Write a marketing email for the request below. subject: at most 8 words, concrete, no exclamation mark. "
    "preview: one short sentence that adds to the subject. paragraphs: exactly 3, each 25 to 35 words: first what is "
    "new and why it matters to the reader, then what they get, using the facts, then one clear next step. "
    "Address the reader as you. No greeting and no signature: they are added. Keep to the brand voice and the tone. "
    "Use no prices, dates, discounts or names that are not given."
)


class EmailText(BaseModel):
    """The parts of a mail that are written; greeting and signature are added."""

    subject: str = text_field(80, "the subject line")
    preview: str = text_field(120, "the preview text")
    paragraphs: list[str] = list_field(3, 320, "the paragraphs of the mail")


class EmailDraft(Drafted):
    """A mail as a draft: subject line and preview text (plain), content (plain text with Liquid merge fields)."""

    topic: str
    subject_line: str
    preview_text: str
    content: str
    campaign_id: int | None = None

    @property
    def text(self) -> str:
        head = f"**Subject:** {self.subject_line}\n\n**Preview:** {self.preview_text}"
        return f"{head}\n\n{quoted(self.content)}{self.closing()}"


def email_draft(
    ctx: Context, topic: str, audience: str | None, tone: str | None, campaign: Campaign | None
) -> EmailDraft:
    """Write a mail about `topic`, for a campaign where one is given, and store it."""
    audience = audience or (campaign.target_audience if campaign else None)
    signer = company(ctx)
    request = {"Topic": topic, "Audience": audience, "Tone": tone} | campaign_facts(campaign)
    past = similar_campaigns(ctx, topic, besides=campaign.id if campaign else None, limit=1)
    background = house(ctx) + as_background(past, ctx.currency) + knowledge(ctx, topic)
    piece = write(
        ctx,
        TASK,
        request,
        background,
        EmailText,
        lambda: _template(topic, audience),
        max_tokens=room(1160),
        signer=signer,
    )
    body = _mail(piece, tone, signer)
    campaign_id = campaign.id if campaign else None
    kept = keep(ctx, piece, "email", f"Email: {shorten(topic, 80)}", {"topic": topic, **body}, campaign_id)
    return EmailDraft(topic=topic, campaign_id=campaign_id, **body, **kept)


def campaign_facts(campaign: Campaign | None) -> dict[str, str | None]:
    """What a text for the public may say of its campaign (not its budget)."""
    if campaign is None:
        return {}
    dated = campaign.start_date or campaign.end_date
    return {
        "Campaign": campaign.name,
        "Campaign is about": campaign.description,
        "Campaign runs": days(campaign.start_date, campaign.end_date) if dated else None,
    }


def _mail(piece: Piece[EmailText], tone: str | None, signer: str) -> dict[str, Any]:
    subject, _ = fit(piece.body.subject, SUBJECT_LENGTH)
    preview, _ = fit(piece.body.preview, PREVIEW_LENGTH)
    paragraphs = [paragraph for paragraph in piece.body.paragraphs if paragraph]
    content = "\n\n".join([greeting(tone), *paragraphs, f"{closing(tone)}\n{signer}"])
    return {"subject_line": subject, "preview_text": preview, "content": content}


def _template(topic: str, audience: str | None) -> EmailText:
    meant = (
        f"We thought of you in particular, because this is meant for {about(audience)}."
        if audience
        else ("We thought that you would want to be among the first to know.")
    )
    return EmailText(
        subject=heading(topic, SUBJECT_LENGTH),
        preview="The news in short, and how to reach us.",
        paragraphs=[
            f"We have news for you: {about(topic)}.",
            meant,
            "Would you like to know more? Simply reply to this email. We look forward to hearing from you.",
        ],
    )
