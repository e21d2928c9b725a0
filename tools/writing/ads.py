"""Ads: variants within the limits that the platform sets."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.enums import AdPlatform
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Drafted
from tools.show import count, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Texts, as_numbered, keep, numbered, rows, write
from tools.writing.context import gathered
from tools.writing.limits import AD_LIMITS, ANYWHERE, AdLimit, fit
from tools.writing.voice import heading

MOST_ADS = 10


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
    background = gathered(ctx, product)
    # A little more than the limit: where a text is too long, the cut is then ours, between words.
    parts = numbered(amount, Part("headline", limit.headline + 15), Part("text", limit.description + 40))
    piece = write(
        ctx,
        _task(amount, limit),
        request,
        background,
        parts,
        lambda: _template(product, audience, amount, limit),
        signer=signer,
    )
    ads = _ads(rows(piece.texts, amount, "headline", "text"), limit)
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
        f"Write {count(amount, 'ad')} from the company for the product, each with another angle.\n"
        f"- headline_1 to headline_{amount}: different headlines of at most {max(limit.headline // 8, 3)} words\n"
        f"- text_1 to text_{amount}: the text below that headline, one or two short sentences of at most "
        f"{limit.description // 8} words in all, the last one a call to action\n"
        "Keep to the brand voice. Say nothing about prices, dates, discounts or awards that is not in the facts."
    )


def _ads(written: list[tuple[str, ...]], limit: AdLimit) -> list[Ad]:
    ads: dict[tuple[str, str], Ad] = {}
    for headline, description in written:
        head, cut_head = fit(headline.rstrip("."), limit.headline)
        text, cut_text = fit(description, limit.description)
        ads.setdefault((head, text), Ad(headline=head, description=text, shortened=cut_head or cut_text))
    return list(ads.values())


def _template(product: str, audience: str | None, amount: int, limit: AdLimit) -> Texts:
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
    chosen = [
        (head if len(head) <= limit.headline else name, text if len(text) <= limit.description else short)
        for head, text, short in lines[:amount]
    ]
    return as_numbered(["headline", "text"], chosen)
