"""A text for each channel of a campaign."""

from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from memory.enums import CampaignType, Channel
from tests.tools.drafting import Reading, Writing, call, drafts, past
from tools.core.door import Door
from tools.writing.sms import sms_length

TEXTS = {
    "email_subject": "Tulips!",
    "email_body": "They are back.",
    "social_post": "Tulips are back. #tulips",
    "ad_headline": "Tulips are back",
    "ad_text": "Order yours.",
    "sms": "Tulips \u2013 order yours.",
    "phone_opening": "Hello, it is about tulips.",
}


class TestCampaignContent:
    def test_one_text_for_each_channel_of_the_campaign(self, door: Door, reading: Reading, writing: Writing) -> None:
        own = past(writing, "Bloom", {}, type=CampaignType.MULTI_CHANNEL, channels=["email", "ads", "sms"])
        writer = ScriptedWriter(TEXTS)
        made = call(door, "generate_campaign_content", writer, campaign="Bloom")
        assert [one.channel for one in made.texts] == [Channel.EMAIL, Channel.ADS, Channel.SMS]
        assert set(writer.shapes[0].model_fields) == {"email_subject", "email_body", "ad_headline", "ad_text", "sms"}
        assert made.texts[0].content.endswith("They are back.\n\nBest wishes,\nYour team")
        assert made.texts[2].content == "Tulips - order yours."
        assert "**Ads**: Tulips are back\n\n> Order yours." in made.text
        (stored,) = drafts(reading)
        assert (stored.kind, stored.campaign_id) == ("campaign_content", own)

    def test_channels_asked_for(self, door: Door, writing: Writing) -> None:
        past(writing, "Bloom", {})
        made = call(door, "generate_campaign_content", ScriptedWriter(TEXTS), campaign="Bloom", channels="social,phone")
        assert [one.channel for one in made.texts] == [Channel.SOCIAL, Channel.PHONE]

    def test_template_for_every_channel(self, door: Door, writing: Writing) -> None:
        past(writing, "Bloom", {}, description="tulips " * 60, target_audience="florists")
        made = call(door, "generate_campaign_content", campaign="Bloom", channels=[one.value for one in Channel])
        texts = {one.channel: one for one in made.texts}
        assert set(texts) == set(Channel)
        assert len(texts[Channel.SOCIAL].content) <= 280
        assert len(texts[Channel.ADS].title) <= 30
        assert len(texts[Channel.ADS].content) <= 90
        assert sms_length(texts[Channel.SMS].content).segments == 1
        assert made.ai_generated is False
