"""What a writer is shown beside the request: the house, similar campaigns with their outcomes, articles, tickets.

All of it is data from records: the brief fences it, and nothing in it is an instruction. It is kept short, because
the embedded model reads every word of it anew for each draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.campaigns import Campaign, list_campaigns
from memory.enums import CampaignType, Goal
from memory.house import BRAND_VOICE, COMPANY_NAME, INDUSTRY, house_fact
from memory.metrics import totals_of_all
from tools.campaigning.entry import KIND
from tools.campaigning.figures import KeyFigures, key_figures
from tools.core.context import Context
from tools.core.result import RecordLink
from tools.show import shorten, words
from tools.writing.orders import without_orders

#: Characters of one fact; four facts of it are about 250 tokens.
FACT_LENGTH = 240
ARTICLE = "article"
TICKET = "ticket"


@dataclass(frozen=True)
class Background:
    """Facts for a brief as (label, text), and the records that they come from."""

    facts: tuple[tuple[str, str], ...] = ()
    sources: tuple[RecordLink, ...] = ()

    def __add__(self, other: "Background") -> "Background":
        return Background(self.facts + other.facts, self.sources + other.sources)


@dataclass(frozen=True)
class PastCampaign:
    """A campaign with recorded results."""

    campaign: Campaign
    figures: KeyFigures

    def line(self, currency: str) -> str:
        """Name, kind and outcome in one line."""
        wanted = ("Spend", "Leads", "Conversions", "Revenue", "ROI", "Cost per lead")
        shown = self.figures.shown(currency)
        outcome = ", ".join(f"{label} {value}" for label, value in shown if label in wanted or len(shown) < 4)
        told = without_orders(self.campaign.description or "")
        about = f" ({shorten(told, 80)})" if told else ""
        return f"“{self.campaign.name}”{about}, {words(self.campaign.type)}: {outcome}"

    @property
    def link(self) -> RecordLink:
        return RecordLink(noun=KIND, id=self.campaign.id, name=self.campaign.name)


def house(ctx: Context) -> Background:
    """Company, industry and brand voice, as far as they are known."""
    known = (("Company", COMPANY_NAME), ("Industry", INDUSTRY), ("Brand voice", BRAND_VOICE))
    told = [(label, house_fact(ctx.session, key)) for label, key in known]
    return Background(tuple((label, shorten(value, 300)) for label, value in told if value))


def company(ctx: Context) -> str:
    """Who signs: the company's name, else "Your team"."""
    return house_fact(ctx.session, COMPANY_NAME) or "Your team"


def past_campaigns(ctx: Context, besides: int | None = None) -> list[PastCampaign]:
    """Every campaign with recorded results (not `besides`), best ROI first; those without a ROI last."""
    results = totals_of_all(ctx.session, KIND)
    past = [
        PastCampaign(campaign, key_figures(results[campaign.id], campaign.budget))
        for campaign in list_campaigns(ctx.session)
        if campaign.id in results and campaign.id != besides
    ]
    return sorted(past, key=lambda one: one.figures.roi if one.figures.roi is not None else float("-inf"), reverse=True)


def similar_campaigns(
    ctx: Context,
    about: str,
    *,
    besides: int | None = None,
    type: CampaignType | None = None,
    goal: Goal | None = None,
    limit: int = 2,
) -> list[PastCampaign]:
    """Past campaigns to learn from: of those that the index finds for `about`, or that share type or goal, the best.

    The found ones come first, each group by ROI.
    """
    past = past_campaigns(ctx, besides)
    if not past:
        return []
    hits = {hit.record_id for hit in ctx.index.search(ctx.session, about, [KIND], limit=8)} if about.strip() else set()
    near = [one for one in past if one.campaign.id in hits]
    kin = [
        one
        for one in past
        if one.campaign.id not in hits
        and ((goal is not None and one.campaign.goal == goal) or (type is not None and one.campaign.type == type))
    ]
    return [*near, *kin][:limit]


def as_background(past: Sequence[PastCampaign], currency: str) -> Background:
    """Past campaigns as facts with their sources."""
    facts = tuple(("Past campaign", shorten(one.line(currency), FACT_LENGTH)) for one in past)
    return Background(facts, tuple(one.link for one in past))


def knowledge(ctx: Context, about: str, kinds: Sequence[str] = (ARTICLE,), limit: int = 2) -> Background:
    """Articles (or tickets) that have to do with `about`, as excerpts."""
    if not about.strip():
        return Background()
    hits = ctx.index.search(ctx.session, about, list(kinds), limit=limit)
    labels = {ARTICLE: "From the knowledge base", TICKET: "What a customer wrote"}
    return Background(
        tuple(
            (labels.get(hit.kind, hit.kind), shorten(without_orders(f"{hit.title}: {hit.excerpt}"), FACT_LENGTH))
            for hit in hits
        ),
        tuple(RecordLink(noun=hit.kind, id=hit.record_id, name=hit.title) for hit in hits),
    )
