"""Ads: variants within the limits of each platform."""

from typing import Any

import pytest
from scripted import ScriptedWriter

import tools.campaigns
import tools.content  # noqa: F401 - declares the tools
from memory.enums import AdPlatform
from tests.tools.drafting import ADS, call
from tools.core.door import Door
from tools.core.errors import BadInput
from tools.writing.limits import AD_LIMITS


class TestAds:
    def test_variants_with_their_lengths(self, door: Door) -> None:
        made = call(door, "generate_ad_copy", ScriptedWriter(ADS), product="tulips", platform="google")
        assert made.text.startswith(
            "3 ads for Google (headline up to 30 characters, text up to 90):\n\n"
            "1. **Fresh tulips** (12)\n   Cut at dawn. Order now. (23)\n"
        )
        assert made.note is None

    def test_too_long_is_cut_between_words_and_flagged(self, door: Door) -> None:
        reply = {
            "headline_1": "The very freshest tulips that you will ever find",
            "text_1": "Short one.",
            "headline_2": "Tulips",
            "text_2": "Order the tulips for your desk and " * 4,
        }
        made = call(door, "generate_ad_copy", ScriptedWriter(reply), product="tulips", platform="google", count=2)
        assert [ad.headline for ad in made.ads] == ["The very freshest tulips", "Tulips"]
        assert made.ads[1].description == "Order the tulips for your desk and Order the tulips for your desk"
        assert all(ad.shortened for ad in made.ads)
        assert "2 ads had to be shortened to fit; please read the ends." in made.text

    @pytest.mark.parametrize("platform", [*AdPlatform, None])
    @pytest.mark.parametrize(
        "product", ["tulips", "the very longest winded product name that anybody ever thought of, really"]
    )
    def test_templates_fit_every_platform(self, door: Door, platform: AdPlatform | None, product: str) -> None:
        arguments: dict[str, Any] = {"platform": platform.value} if platform else {}
        made = call(door, "generate_ad_copy", product=product, count=10, audience="people at home", **arguments)
        assert len(made.ads) == 10
        if platform:
            assert (made.headline_limit, made.description_limit) == (
                AD_LIMITS[platform].headline,
                AD_LIMITS[platform].description,
            )
        for ad in made.ads:
            assert len(ad.headline) <= made.headline_limit
            assert len(ad.description) <= made.description_limit
            assert not ad.shortened

    @pytest.mark.parametrize("amount", [0, -1, 11])
    def test_how_many(self, door: Door, amount: int) -> None:
        with pytest.raises(BadInput, match="The count must be 1 to 10") as refused:
            call(door, "generate_ad_copy", product="tulips", count=amount)
        assert refused.value.field == "count"

    def test_the_shape_asks_for_as_many(self, door: Door) -> None:
        writer = ScriptedWriter(ADS)
        made = call(door, "generate_ad_copy", writer, product="tulips", count=2)
        assert list(writer.shapes[0].model_fields) == ["headline_1", "text_1", "headline_2", "text_2"]
        assert writer.shapes[0].model_json_schema()["properties"]["headline_1"]["maxLength"] == 45
        assert len(made.ads) == 2
