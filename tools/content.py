"""The content tools: single texts as drafts, and the voice in which all of them are written."""

from memory.enums import AdPlatform
from memory.house import BRAND_VOICE, set_house_fact
from tools.campaigns import the_campaign
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Missing
from tools.core.kinds import Aim, Audience, CampaignRef, Count, Description, Product, Tone, Topic
from tools.core.result import Result
from tools.writing.ads import AdCopyDraft, ad_copy_draft
from tools.writing.calls import CallScriptDraft, call_script_draft
from tools.writing.emails import EmailDraft, email_draft
from tools.writing.messages import SmsDraft, sms_draft

#: A voice is read by the model for every text: a page of it would leave no room for the text.
LONGEST_VOICE = 1_000


class BrandVoice(Result):
    """The brand voice as it is now, and the one it replaced."""

    description: str
    replaced: str | None

    @property
    def text(self) -> str:
        said = f"Brand voice saved: “{self.description}”. All texts are written in it from now on."
        if self.replaced is None:
            return said
        if self.replaced == self.description:
            return f"The brand voice is “{self.description}” already."
        return f"{said} It replaces: “{self.replaced}”."


@tool(effect="draft", route="POST /generate-email")
def generate_email(
    ctx: Context,
    topic: Topic,
    audience: Audience | None = None,
    tone: Tone | None = None,
    campaign: CampaignRef | None = None,
) -> EmailDraft:
    """Write one marketing email, as a draft: subject line, preview text and body.

    Args:
        topic: What the email is about, in words.
        audience: The people it is meant for; without it, the campaign's audience where a campaign is given.
        tone: How it should sound, beside the brand voice ("warm", "formal").
        campaign: The campaign it belongs to, by its id or by (part of) its name.
    """
    found = the_campaign(ctx, campaign) if campaign is not None else None
    return email_draft(ctx, topic, audience, tone, found)


@tool(effect="draft", route="POST /generate-sms")
def generate_sms(ctx: Context, topic: Topic, audience: Audience | None = None, tone: Tone | None = None) -> SmsDraft:
    """Write one text message, as a draft, with its length in characters and segments.

    Args:
        topic: What the message is about, in words.
        audience: The people it is meant for.
        tone: How it should sound, beside the brand voice.
    """
    return sms_draft(ctx, topic, audience, tone)


@tool(effect="draft", route="POST /generate-call-script")
def generate_call_script(
    ctx: Context, product: Product, audience: Audience | None = None, objective: Aim | None = None
) -> CallScriptDraft:
    """Write a phone script, as a draft: opening, questions, offer, answers to objections, close.

    Args:
        product: What is offered on the phone.
        audience: The people who are called.
        objective: What the call should achieve ("book a demo").
    """
    return call_script_draft(ctx, product, audience, objective)


@tool(effect="draft", route="POST /generate-ad-copy")
def generate_ad_copy(
    ctx: Context,
    product: Product,
    platform: AdPlatform | None = None,
    audience: Audience | None = None,
    count: Count = 3,
) -> AdCopyDraft:
    """Write several variants of an ad, as a draft, within the platform's limits.

    Args:
        product: What is advertised.
        platform: Where the ad will run; without it, the texts are short enough for every platform.
        audience: The people it is meant for.
        count: How many variants, 1 to 10.
    """
    return ad_copy_draft(ctx, product, platform, audience, count)


@tool(effect="write", route="PUT /content/brand-voice")
def set_brand_voice(ctx: Context, description: Description) -> BrandVoice:
    """Save how the house sounds; every text is written in this voice from then on.

    Args:
        description: The voice in words ("warm, short sentences, no jargon"), at most 1,000 characters.
    """
    voice = " ".join(description.split())
    if not voice:
        raise Missing("How should your texts sound? For example: “warm, short sentences, no jargon”.", ["description"])
    if len(voice) > LONGEST_VOICE:
        raise BadInput(
            f"The description has {len(voice):,} characters; please say it in {LONGEST_VOICE:,} at most.", "description"
        )
    return BrandVoice(description=voice, replaced=set_house_fact(ctx.session, BRAND_VOICE, voice))
