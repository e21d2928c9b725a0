"""The texts of a campaign, one for each of its channels, written in one go so that they say the same thing."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.enums import Channel
from tools.core.context import Context
from tools.core.result import Drafted, RecordLink
from tools.show import listing, quoted, shorten, words
from tools.writing.background import company
from tools.writing.compose import Part, Texts, keep, write
from tools.writing.context import Medium, gathered
from tools.writing.emails import SUBJECT_LENGTH, campaign_facts
from tools.writing.limits import ANYWHERE, fit
from tools.writing.messages import one_segment
from tools.writing.sms import plain
from tools.writing.tidying import letter_body
from tools.writing.voice import about, caller, closing, greeting, heading

#: A post of this length fits every platform (X: 280).
POST_LENGTH = 280

#: What is written for each channel: field, longest hint, what it is asked to be.
PARTS: dict[Channel, tuple[tuple[str, int, str], ...]] = {
    Channel.EMAIL: (
        ("email_subject", 80, "subject line of the mail, at most 8 words"),
        ("email_body", 600, "the mail, 50 to 70 words in 2 paragraphs, no greeting, no signature"),
    ),
    Channel.SOCIAL: (("social_post", 300, "a post of at most 35 words, ending with 2 hashtags"),),
    Channel.ADS: (
        ("ad_headline", 45, f"headline of the ad, at most {ANYWHERE.headline} characters"),
        ("ad_text", 130, f"text of the ad, at most {ANYWHERE.description} characters"),
    ),
    Channel.SMS: (("sms", 200, "a text message of at most 20 words, plain letters, no emoji"),),
    Channel.PHONE: (("phone_opening", 300, "what a caller says first, at most 35 words"),),
}


class ChannelText(BaseModel):
    """The text for one channel; `title` is a mail's subject or an ad's headline."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    title: str | None
    content: str


class CampaignContent(Drafted):
    """A campaign's texts by channel."""

    id: int
    name: str
    texts: tuple[ChannelText, ...]

    @property
    def text(self) -> str:
        parts = [f"Texts for **{self.name}**:"]
        for one in self.texts:
            label = "SMS" if one.channel == Channel.SMS else words(one.channel).capitalize()
            parts.append(f"**{label}**{f': {one.title}' if one.title else ''}\n\n{quoted(one.content)}")
        return "\n\n".join(parts) + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun="campaign", id=self.id, name=self.name),)


def campaign_content(
    ctx: Context, campaign: Campaign, channels: list[Channel] | None, tone: str | None
) -> CampaignContent:
    """Write a text for each channel (without any: those of the campaign) and store them as one draft."""
    wanted = tuple(dict.fromkeys(channels or [Channel(channel) for channel in campaign.channels]))
    signer = company(ctx)
    request = {"Audience": campaign.target_audience, "Tone": tone, **campaign_facts(campaign)}
    request["Goal"] = words(campaign.goal) if campaign.goal else None
    looked_for = f"{campaign.name} {campaign.description or ''}"
    medium: Medium = "email" if Channel.EMAIL in wanted else "social" if Channel.SOCIAL in wanted else "other"
    background = gathered(ctx, looked_for, medium, besides=campaign.id, type=campaign.type, goal=campaign.goal)
    piece = write(
        ctx,
        _task(wanted),
        request,
        background,
        tuple(Part(name, longest) for channel in wanted for name, longest, _ in PARTS[channel]),
        lambda: _template(campaign, wanted, signer),
        signer=signer,
    )
    written = piece.texts
    texts = tuple(_finished(channel, written, tone, signer) for channel in wanted)
    body: dict[str, Any] = {
        "id": campaign.id,
        "name": campaign.name,
        "texts": [one.model_dump(mode="json") for one in texts],
    }
    title = f"Texts for {shorten(campaign.name, 60)}: {listing(words(channel) for channel in wanted)}"
    return CampaignContent(**body, **keep(ctx, piece, "campaign_content", title, body, campaign.id))


def _task(channels: Sequence[Channel]) -> str:
    asked = "\n".join(f"- {name}: {what}" for channel in channels for name, _, what in PARTS[channel])
    return (
        f"Write the texts of the campaign for its audience, in plain text without HTML.\n{asked}\n"
        "Write to the reader as you, end each with a call to action, keep to the brand voice and the tone. Say nothing "
        "about prices, dates, discounts or services that is not in the facts."
    )


def _finished(channel: Channel, written: dict[str, str], tone: str | None, signer: str) -> ChannelText:
    if channel == Channel.EMAIL:
        mail = "\n\n".join([greeting(tone), letter_body(written["email_body"]), f"{closing(tone)}\n{signer}"])
        return ChannelText(
            channel=channel, title=fit(written["email_subject"].rstrip(" .!"), SUBJECT_LENGTH)[0], content=mail
        )
    if channel == Channel.ADS:
        headline, _ = fit(written["ad_headline"].rstrip("."), ANYWHERE.headline)
        return ChannelText(channel=channel, title=headline, content=fit(written["ad_text"], ANYWHERE.description)[0])
    if channel == Channel.SOCIAL:
        return ChannelText(channel=channel, title=None, content=fit(written["social_post"], POST_LENGTH)[0])
    if channel == Channel.SMS:
        return ChannelText(channel=channel, title=None, content=one_segment(plain(written["sms"])))
    return ChannelText(channel=channel, title=None, content=written["phone_opening"])


def _template(campaign: Campaign, channels: tuple[Channel, ...], signer: str) -> Texts:
    subject = about(campaign.description or campaign.name)
    people = f" for {about(campaign.target_audience)}" if campaign.target_audience else ""
    signed = "" if signer == "Your team" else f"{signer}: "
    texts = {
        "email_subject": heading(campaign.name, SUBJECT_LENGTH),
        "email_body": f"We have news{people}: {subject}.\n\n"
        "Would you like to know more, or take part? Simply reply to this email. We look forward to hearing from you.",
        "social_post": f"{heading(campaign.name)}: {shorten(subject, 160)}. Want to know more? Send us a message.",
        "ad_headline": heading(campaign.name, ANYWHERE.headline),
        "ad_text": f"{heading(subject, 60)}. Find out more today.",
        "sms": f"{signed}{heading(subject, 100)}. Questions? Get in touch with us.",
        "phone_opening": f"Hello, my name is [your name], and I am calling from {caller(signer)} about {subject}. "
        "Is this a good moment for two minutes?",
    }
    return {name: texts[name] for channel in channels for name, _, _ in PARTS[channel]}
