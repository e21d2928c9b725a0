"""What a writer is shown beside the request: the house, similar campaigns with their outcomes, articles, tickets.

All of it is data from records: the brief fences it, and nothing in it is an instruction. It is kept short, because
the embedded model reads every word of it anew for each draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.campaigns import Campaign, list_campaigns
from memory.enums import CampaignType, Channel, Goal
from memory.house import BRAND_VOICE, COMPANY_NAME, INDUSTRY, house_fact
from memory.index import Hit
from tools.analysing.campaigns import whole_sums
from tools.campaigning.entry import KIND
from tools.campaigning.figures import KeyFigures, key_figures, share
from tools.core.context import Context
from tools.core.result import PastResult, Source
from tools.show import listing, shorten, words
from tools.writing.context_records import stems
from tools.writing.context_results import DEALS, PEOPLE, Measure, medians, outcome_line, past_result
from tools.writing.orders import without_orders

#: Characters of one fact; four facts of it are about 200 tokens, which the model reads in three seconds on two cores.
FACT_LENGTH = 200
ARTICLE = "article"
TICKET = "ticket"


@dataclass(frozen=True)
class Background:
    """Facts for a brief as (label, text), and the records that they come from."""

    facts: tuple[tuple[str, str], ...] = ()
    sources: tuple[Source, ...] = ()
    past: tuple[PastResult, ...] = ()

    def __add__(self, other: "Background") -> "Background":
        # A ticket may be quoted and stand for a complaint: it is named once.
        known = {(one.noun, one.id) for one in self.sources}
        more = tuple(one for one in other.sources if (one.noun, one.id) not in known)
        return Background(self.facts + other.facts, self.sources + more, self.past + other.past)


@dataclass(frozen=True)
class PastCampaign:
    """A campaign with recorded results."""

    campaign: Campaign
    figures: KeyFigures
    result: PastResult

    def line(self, currency: str) -> str:
        """Name, kind and outcome in one line."""
        wanted = ("Spend", "Leads", "Conversions", "Revenue", "ROI", "Cost per lead")
        shown = self.figures.shown(currency)
        outcome = ", ".join(f"{label} {value}" for label, value in shown if label in wanted or len(shown) < 4)
        told = without_orders(self.campaign.description or "")
        about = f" ({shorten(told, 80)})" if told else ""
        return f"“{self.campaign.name}”{about}, {words(self.campaign.type)}: {outcome}"

    @property
    def source(self) -> Source:
        return Source(
            noun=KIND, id=self.campaign.id, name=self.campaign.name, used=outcome_line(self.result) or "its figures"
        )


def house(ctx: Context) -> Background:
    """Company, industry and brand voice, as far as they are known."""
    known = (("Company", COMPANY_NAME), ("Industry", INDUSTRY), ("Brand voice", BRAND_VOICE))
    told = [(label, house_fact(ctx.session, key)) for label, key in known]
    return Background(tuple((label, shorten(value, 300)) for label, value in told if value))


def company(ctx: Context) -> str:
    """Who signs: the company's name, else "Your team"."""
    return house_fact(ctx.session, COMPANY_NAME) or "Your team"


def past_campaigns(ctx: Context, besides: int | None = None) -> list[PastCampaign]:
    """Every campaign with recorded results (not `besides`), the likeliest best return first: see context_results.

    The medians that they are compared with are those of all of them.
    """
    campaigns = list_campaigns(ctx.session)
    results = whole_sums(ctx.session, campaigns)
    found = {
        one.id: (one, key_figures(totals, one.budget))
        for one in campaigns
        if one.id != besides and (totals := results[one.id].totals)
    }
    usual = medians(measures(figures) for _, figures in found.values())
    past = [
        PastCampaign(one, figures, past_result(KIND, one.id, one.name, _how(one), measures(figures), usual))
        for one, figures in found.values()
    ]
    # Without a return to compare, a campaign stands where an average one would; of equals, the better return.
    return sorted(
        past,
        key=lambda one: (one.result.lift, one.figures.roi if one.figures.roi is not None else float("-inf")),
        reverse=True,
    )


def measures(figures: KeyFigures) -> tuple[Measure, ...]:
    """What a campaign is measured by, the return first."""
    delivered = figures.other.get("delivered")
    opened, clicked = share(figures.opens, delivered), share(figures.clicks, delivered)
    deals = figures.conversions if figures.conversions is not None else figures.leads
    return (
        Measure("ROI", "ROI {value}", figures.roi, deals, DEALS, base=1.0),
        Measure(
            "lead conversion rate",
            "{value} of {of} leads converted",
            figures.lead_conversion_rate,
            figures.leads,
            PEOPLE,
        ),
        Measure("click rate", "clicked by {value} of {of}", clicked, delivered, PEOPLE),
        Measure("open rate", "opened by {value} of {of}", opened, delivered, PEOPLE),
    )


def _how(campaign: Campaign) -> str:
    by = listing(words(Channel(channel)) for channel in campaign.channels)
    audience = shorten(without_orders(campaign.target_audience or ""), 60)
    return ", ".join(part for part in (f"by {by}" if by else "", f"to {audience}" if audience else "") if part)


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

    The found ones come first, each group by its likely return.
    """
    past = past_campaigns(ctx, besides)
    if not past:
        return []
    hits = {hit.record_id for hit in ctx.index.search(ctx.session, about, [KIND], limit=8)} if about.strip() else set()
    # The search asks for all words together; one telling word in common makes a campaign alike as well.
    wanted = stems(about)
    hits |= {one.campaign.id for one in past if wanted & stems(f"{one.campaign.name} {one.campaign.description or ''}")}
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
    return Background(
        facts, tuple(one.source for one in past), tuple(one.result for one in past if one.result.outcomes)
    )


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
        tuple(Source(noun=hit.kind, id=hit.record_id, name=hit.title, used=_excerpt(hit)) for hit in hits),
    )


def _excerpt(hit: Hit) -> str:
    """What of an article or ticket was shown, short: data, quoted."""
    said = shorten(without_orders(hit.excerpt), 70)
    return f"“{said}”" if said else ""
