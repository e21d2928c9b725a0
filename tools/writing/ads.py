"""Ads: variants within the limits that the platform sets."""

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from memory.enums import AdPlatform
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Drafted
from tools.show import count, shorten
from tools.writing.background import as_background, company, house, knowledge, similar_campaigns
from tools.writing.compose import keep, list_field, room, write
from tools.writing.limits import AD_LIMITS, ANYWHERE, AdLimit, fit
from tools.writing.voice import heading

MOST_ADS = 10


class AdsText(BaseModel):
    """The ads of a request; the n-th description belongs to the n-th headline."""

    headlines: list[str] = list_field(3, 60, "a headline for each ad")
    descriptions: list[str] = list_field(3, 180, "a text for each ad, in the same order")


class Ad(BaseModel):
    """One variant. `shortened` says that the text had to be cut to the platform's limit."""

    model_config = ConfigDict(frozen=True)

    headline: str
    description: str
    shortened: bool


class AdCopyDraft(Drafted):
    """Ad variants; limits in characters."""

    product: str
    platform: AdPlatform | None
    headline_limit: int
    description_limit: int
    ads: tuple[Ad, ...]

    @property
    def text(self) -> str:
        where = f"for {platform_name(self.platform)}" if self.platform else "to fit any platform"
        head = (
            f"{count(len(self.ads), 'ad').capitalize()} {where} "
            f"(headline up to {self.headline_limit} characters, text up to {self.description_limit}):"
        )
        shown = [
            f"{number}. **{ad.headline}** ({len(ad.headline)})\n   {ad.description} ({len(ad.description)})"
            for number, ad in enumerate(self.ads, start=1)
        ]
        cut = sum(ad.shortened for ad in self.ads)
        note = f"\n\n{count(cut, 'ad').capitalize()} had to be shortened to fit; please read the ends." if cut else ""
        return f"{head}\n\n" + "\n".join(shown) + note + self.closing()


def ad_copy_draft(
    ctx: Context, product: str, platform: AdPlatform | None, audience: str | None, amount: int
) -> AdCopyDraft:
    """Write `amount` ads for `product` and store them."""
    if not 1 <= amount <= MOST_ADS:
        raise BadInput(f"The count must be 1 to {MOST_ADS}; {amount} is not.", "count")
    limit = AD_LIMITS[platform] if platform else ANYWHERE
    signer = company(ctx)
    request = {"Product": product, "Platform": platform_name(platform) if platform else None, "Audience": audience}
    background = (
        house(ctx)
        + as_background(similar_campaigns(ctx, product, limit=1), ctx.currency)
        + knowledge(ctx, product, limit=1)
    )
    piece = write(
        ctx,
        _task(amount, limit),
        request,
        background,
        _shape(amount, limit),
        lambda: _template(product, audience, amount, limit),
        max_tokens=room(amount * (limit.headline + limit.description + 60)),
        signer=signer,
    )
    ads = _ads(piece.body, limit, amount)
    body: dict[str, Any] = {
        "product": product,
        "platform": platform.value if platform else None,
        "headline_limit": limit.headline,
        "description_limit": limit.description,
        "ads": [ad.model_dump() for ad in ads],
    }
    return AdCopyDraft(**body, **keep(ctx, piece, "ad", f"Ads: {shorten(product, 80)}", body))


def platform_name(platform: AdPlatform) -> str:
    """A platform as it is written."""
    names = {AdPlatform.LINKEDIN: "LinkedIn", AdPlatform.TIKTOK: "TikTok", AdPlatform.TWITTER: "X (Twitter)"}
    return names.get(platform, platform.value.capitalize())


def _task(amount: int, limit: AdLimit) -> str:
    return (
        f"Write {count(amount, 'ad')} for the request below, each with another angle (benefit, curiosity, proof, "
        f"ease). headlines: at most {limit.headline} characters ({max(limit.headline // 8, 3)} words) each. "
        f"descriptions: at most {limit.description} characters ({limit.description // 8} words) each, ending with a "
        "call to action. Keep to the brand voice. Use no prices, dates, discounts, awards or names that are not given."
    )


@cache
def _shape(amount: int, limit: AdLimit) -> type[AdsText]:
    """The shape with room for `amount` ads; a little more than the limit, so that a cut is ours, between words."""
    return create_model(
        "AdsText",
        __base__=AdsText,
        headlines=(list[str], list_field(amount, limit.headline + 15, "a headline for each ad")),
        descriptions=(list[str], list_field(amount, limit.description + 40, "a text for each ad, in the same order")),
    )


def _ads(body: AdsText, limit: AdLimit, amount: int) -> list[Ad]:
    ads: dict[tuple[str, str], Ad] = {}
    for headline, description in zip(body.headlines, body.descriptions, strict=False):
        head, cut_head = fit(headline.rstrip("."), limit.headline)
        text, cut_text = fit(description, limit.description)
        if head and text:
            ads.setdefault((head, text), Ad(headline=head, description=text, shortened=cut_head or cut_text))
    return list(ads.values())[:amount]


def _template(product: str, audience: str | None, amount: int, limit: AdLimit) -> AdsText:
    name, whole = heading(product, limit.headline), heading(product, 90)
    meant = f" for {audience}" if audience else ""
    # A long product or audience would be cut in the middle of the sentence: then the sentence goes without it.
    lines = [
        (name, f"Discover {product}{meant}. Find out more today.", "Have a look today, and see whether it suits you."),
        (
            f"Meet {product}",
            f"{whole}{meant}: see what is in it for you.",
            "See what is in it for you. Ask us today.",
        ),
        (
            f"Why {product}?",
            f"Curious about {product}? Ask us anything.",
            "Curious? Ask us anything, we are glad to help.",
        ),
        (f"Try {product}", f"{whole}: get in touch and see it for yourself.", "Get in touch and see it for yourself."),
        (f"Time for {product}", f"Now is a good time for {product}.", "Now is a good time. Take the first step today."),
        (f"{name}: ask us", f"Questions about {product}? Talk to us.", "Questions? Talk to us, we take the time."),
        (f"Looking for {product}?", f"Looking for {product}? Start here.", "Were you looking for this? Start here."),
        (f"Have you seen {product}?", f"Come and have a look at {product}.", "Come and have a look. You are welcome."),
        (
            f"All about {product}",
            f"All you want to know about {product}.",
            "All you want to know, in one place. Read on.",
        ),
        (
            f"Thinking of {product}?",
            f"Thinking of {product}? Let us talk.",
            "Thinking about it? Let us talk it through.",
        ),
    ]
    chosen = lines[:amount]
    return AdsText(
        headlines=[head if len(head) <= limit.headline else name for head, _, _ in chosen],
        descriptions=[text if len(text) <= limit.description else short for _, text, short in chosen],
    )
