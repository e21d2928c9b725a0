"""The brand voice is kept, and every text is written in it."""

from typing import Any

import pytest
from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from memory.house import BRAND_VOICE, house_fact
from tests.tools.drafting import ADS, CALL, EMAIL, IDEAS, Reading, call
from tools.core.door import Door
from tools.core.errors import BadInput, Missing


class TestBrandVoice:
    def test_it_is_kept_and_says_what_it_replaced(self, door: Door, reading: Reading) -> None:
        assert call(door, "set_brand_voice", description="warm").text == (
            "Brand voice saved: “warm”. All texts are written in it from now on."
        )
        assert call(door, "set_brand_voice", description="dry  and\nshort").text.endswith("It replaces: “warm”.")
        with reading() as ctx:
            assert house_fact(ctx.session, BRAND_VOICE) == "dry and short"

    def test_every_text_is_written_in_it(self, door: Door) -> None:
        call(door, "set_brand_voice", description="like a skipper")
        cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
            ("generate_email", {"topic": "x"}, EMAIL),
            ("generate_sms", {"topic": "x"}, {"message": "x"}),
            ("generate_call_script", {"product": "x"}, CALL),
            ("generate_ad_copy", {"product": "x"}, ADS),
            ("generate_campaign_ideas", {"industry": "x"}, IDEAS),
        ]
        for tool, arguments, reply in cases:
            writer = ScriptedWriter(reply)
            call(door, tool, writer, **arguments)
            assert "Brand voice: like a skipper" in writer.asked

    def test_too_long_or_empty(self, door: Door) -> None:
        with pytest.raises(BadInput, match="has 1,001 characters"):
            call(door, "set_brand_voice", description="x" * 1001)
        with pytest.raises(Missing):
            call(door, "set_brand_voice", description="  ")
