"""Emails: what the model is asked for, how the parts become a mail, and the template."""

from typing import Any

from memory.campaigns import Campaign
from tools.core.context import Context
from tools.core.result import Drafted
from tools.show import days, quoted, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Piece, Texts, keep, write
from tools.writing.context import gathered
from tools.writing.limits import fit
from tools.writing.tidying import letter_body
from tools.writing.voice import about, closing, greeting, heading

#: Longer ones are cut off in most inboxes.
SUBJECT_LENGTH = 60
PREVIEW_LENGTH = 90

TASK = (
    "Write a marketing email from the company to the audience about the topic, in plain text.\n"
    "- subject: at most 8 words, concrete\n"
    "- preview: one short sentence that adds to the subject\n"
    "- news: the first paragraph, 25 to 35 words: what is new and why it matters to the reader\n"
    "- benefit: the second paragraph, 25 to 35 words: what the reader gets, said in other words than the first\n"
    "- next_step: the last paragraph, 15 to 25 words: what the reader should do now\n"
    "Write to the reader as you. No greeting, no signature. Keep to the brand voice and the tone. Say nothing about "
    "prices, dates, discounts or services that is not in the facts."
)


PARTS = (Part("subject", 80), Part("preview", 100), Part("news", 230), Part("benefit", 230), Part("next_step", 170))


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
    background = gathered(ctx, topic, "email", besides=campaign.id if campaign else None)
    piece = write(ctx, TASK, request, background, PARTS, lambda: _template(topic, audience), signer=signer)
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


def _mail(piece: Piece, tone: str | None, signer: str) -> dict[str, Any]:
    texts = piece.texts
    subject, _ = fit(texts["subject"].rstrip(" .!"), SUBJECT_LENGTH)
    preview, _ = fit(texts["preview"], PREVIEW_LENGTH)
    paragraphs = [letter_body(texts[name]) for name in ("news", "benefit", "next_step")]
    content = "\n\n".join([greeting(tone), *paragraphs, f"{closing(tone)}\n{signer}"])
    return {"subject_line": subject, "preview_text": preview, "content": content}


def _template(topic: str, audience: str | None) -> Texts:
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
