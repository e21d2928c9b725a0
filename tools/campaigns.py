"""The campaign tools: the record itself, ideas, content and advice for it, and what came of it."""

from datetime import UTC, date
from typing import Any, TypedDict

from sqlalchemy.orm.attributes import flag_modified

from memory import campaigns as stored
from memory.campaigns import Campaign
from memory.drafts import count_drafts, drafts_of_campaign
from memory.enums import CampaignStatus, CampaignType, Channel, Goal
from memory.metrics import count_metrics, forget_metrics
from tools.analysing.campaigns import totals_of, whole_sums
from tools.campaigning import checks
from tools.campaigning.cards import (
    CampaignCard,
    CampaignCreated,
    CampaignDeleted,
    CampaignDeletion,
    CampaignDetails,
    CampaignList,
    CampaignUpdated,
    card_fields,
)
from tools.campaigning.changes import changes_between
from tools.campaigning.deleting import check_deletable, linked
from tools.campaigning.entry import KIND, forget_campaign, index_campaign
from tools.campaigning.performance import CampaignPerformance, performance
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import Missing
from tools.core.kinds import (
    Audience,
    CampaignRef,
    Count,
    Description,
    Industry,
    Money,
    Name,
    Period,
    Query,
    Tone,
)
from tools.core.records import numbered, resolve
from tools.show import words
from tools.writing.advice import CampaignAdvice, campaign_advice
from tools.writing.ideas import CampaignIdeas, campaign_ideas
from tools.writing.packs import CampaignContent, campaign_content


class _Chosen(TypedDict):
    status: CampaignStatus | None
    type: CampaignType | None
    channel: Channel | None
    query: str | None


@tool(effect="write", route="POST /campaigns/create")
def create_campaign(
    ctx: Context,
    name: Name,
    type: CampaignType,
    channels: list[Channel] | None = None,
    budget: Money | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    goal: Goal | None = None,
    target_audience: Audience | None = None,
    description: Description | None = None,
) -> CampaignCreated:
    """Create a campaign, as a draft.

    Args:
        name: What the campaign is called; no other campaign may have the name (upper and lower case count as the same).
        type: What kind of campaign it is.
        channels: The channels it uses; without any, those usual for its type (multi-channel: email, social and ads).
        budget: The whole budget in the hub's currency, 0 or more.
        start_date: The first day, today or later.
        end_date: The last day (inclusive), today or later and not before the start.
        goal: What it is meant to achieve.
        target_audience: The people it is meant for, in words.
        description: What it is about, in words.
    """
    name = checks.check_name(ctx, name)
    if budget is not None:
        budget = checks.check_budget(budget, ctx.currency)
    checks.check_dates(ctx, start_date, end_date)
    now = ctx.now.astimezone(UTC)
    campaign = Campaign(
        name=name,
        description=description,
        type=type,
        status=CampaignStatus.DRAFT,
        channels=checks.check_channels(type, channels),
        goal=goal,
        target_audience=target_audience,
        budget=budget,
        start_date=start_date,
        end_date=end_date,
        ai_generated=False,
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(campaign)
    ctx.session.flush()
    index_campaign(ctx.session, campaign, ctx.currency)
    return CampaignCreated(**card_fields(campaign, {}, ctx.currency))


@tool(effect="read", route="GET /campaigns/list", pages=True)
def list_campaigns(
    ctx: Context,
    status: CampaignStatus | None = None,
    type: CampaignType | None = None,
    channel: Channel | None = None,
    query: Query | None = None,
) -> CampaignList:
    """List the campaigns, newest first; with filters, those that fit all of them.

    Args:
        status: Only campaigns with this status.
        type: Only campaigns of this type.
        channel: Only campaigns that use this channel.
        query: Only campaigns with these words in their name, description or audience.
    """
    chosen: _Chosen = {"status": status, "type": type, "channel": channel, "query": query}
    page = ctx.page
    found = stored.list_campaigns(
        ctx.session, **chosen, limit=page.limit if page else None, offset=page.offset if page else 0
    )
    whole = page is None or (page.offset == 0 and len(found) < page.limit)
    total = len(found) if whole else stored.count_campaigns(ctx.session, **chosen)
    results = whole_sums(ctx.session, found)
    filters = [
        f"with status {words(status)}" if status else "",
        f"of type {words(type)}" if type else "",
        f"via {words(channel)}" if channel else "",
        f"matching “{query}”" if query else "",
    ]
    return CampaignList(
        campaigns=tuple(CampaignCard(**card_fields(one, results[one.id].totals, ctx.currency)) for one in found),
        filters=" ".join(part for part in filters if part),
        total=total,
        in_all=stored.count_campaigns(ctx.session) if any(chosen.values()) else total,
        currency=ctx.currency,
    )


@tool(effect="read", route="GET /campaigns/{campaign}")
def get_campaign(ctx: Context, campaign: CampaignRef) -> CampaignDetails:
    """Show one campaign with its settings, results so far and drafts.

    Args:
        campaign: The campaign, by its id or by (part of) its name.
    """
    found = the_campaign(ctx, campaign)
    results = whole_sums(ctx.session, [found])[found.id]
    return CampaignDetails(
        **card_fields(found, results.totals, ctx.currency),
        drafts=count_drafts(ctx.session, found.id),
        imported_results=results.imported,
    )


@tool(effect="write", route="PATCH /campaigns/{campaign}")
def update_campaign(
    ctx: Context,
    campaign: CampaignRef,
    name: Name | None = None,
    status: CampaignStatus | None = None,
    budget: Money | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    target_audience: Audience | None = None,
    description: Description | None = None,
) -> CampaignUpdated:
    """Change a campaign's name, status, budget, dates, audience or description.

    Args:
        campaign: The campaign, by its id or by (part of) its name.
        name: Its new name; no other campaign may have it.
        status: Its new status; a completed campaign can only become active again.
        budget: Its new budget in the hub's currency, 0 or more.
        start_date: Its new first day, today or later (for a completed campaign any day).
        end_date: Its new last day (inclusive), not before the start, today or later (for a completed one any day).
        target_audience: The people it is meant for from now on, in words.
        description: What it is about, in words; replaces the former description.
    """
    found = the_campaign(ctx, campaign)
    given = {
        "name": checks.check_name(ctx, name, besides=found.id) if name is not None else None,
        "status": status,
        "budget": checks.check_budget(budget, ctx.currency) if budget is not None else None,
        "start_date": start_date,
        "end_date": end_date,
        "target_audience": target_audience,
        "description": description,
    }
    if all(value is None for value in given.values()):
        question = f"What should change about {found.name}: its name, status, budget, dates, audience or description?"
        raise Missing(question, list(given))
    if status is not None:
        checks.check_status(found, status)
    checks.check_dates(ctx, start_date, end_date, found, status or found.status)
    changes = changes_between(found, given, ctx.currency)
    if changes:
        for item in changes:
            setattr(found, item.field, given[item.field])
        found.updated_at = ctx.now.astimezone(UTC)
        flag_modified(found, "updated_at")  # else the machine's clock is taken where the hub's stands still
        ctx.session.flush()
        index_campaign(ctx.session, found, ctx.currency)
    over = found.status == CampaignStatus.ACTIVE and found.end_date is not None and found.end_date < ctx.today
    return CampaignUpdated(**_card(ctx, found), changes=changes, over=over)


def preview_delete_campaign(ctx: Context, campaign: CampaignRef) -> CampaignDeletion:
    """What deleting this campaign would remove."""
    found = the_campaign(ctx, campaign)
    check_deletable(ctx.session, found)
    return CampaignDeletion(
        campaign=CampaignCard(**_card(ctx, found)),
        drafts=count_drafts(ctx.session, found.id),
        results=count_metrics(ctx.session, KIND, found.id),
        linked=linked(ctx.session, found.id),
    )


@tool(effect="gated", route="DELETE /campaigns/{campaign}", preview=preview_delete_campaign)
def delete_campaign(ctx: Context, campaign: CampaignRef) -> CampaignDeleted:
    """Delete a campaign for good, with its drafts and recorded results; its mailings and posts stay.

    Args:
        campaign: The campaign, by its id or by (part of) its name.
    """
    found = the_campaign(ctx, campaign)
    check_deletable(ctx.session, found)
    kept = linked(ctx.session, found.id)
    drafts = drafts_of_campaign(ctx.session, found.id)
    results = count_metrics(ctx.session, KIND, found.id)
    for draft in drafts:
        ctx.session.delete(draft)
    forget_metrics(ctx.session, KIND, found.id)
    forget_campaign(ctx.session, found.id)
    # Without relationships the unit of work does not know that a draft hangs on its campaign: drafts first.
    ctx.session.flush()
    ctx.session.delete(found)
    ctx.session.flush()
    return CampaignDeleted(id=found.id, name=found.name, drafts=len(drafts), results=results, linked=kept)


@tool(effect="draft", route="POST /campaigns/ideas")
def generate_campaign_ideas(
    ctx: Context,
    industry: Industry,
    goal: Goal | None = None,
    budget: Money | None = None,
    audience: Audience | None = None,
    count: Count = 3,
) -> CampaignIdeas:
    """Think of campaigns for a line of business, learning from past campaigns and from what customers wrote.

    Args:
        industry: The line of business, in words ("bakery").
        goal: What the campaigns should achieve.
        budget: What may be spent, in the hub's currency, 0 or more.
        audience: The people they should reach.
        count: How many ideas, 1 to 20.
    """
    return campaign_ideas(ctx, industry, goal, budget, audience, count)


@tool(effect="draft", route="POST /campaigns/optimize/{campaign}")
def optimize_campaign(ctx: Context, campaign: CampaignRef) -> CampaignAdvice:
    """Find where a campaign can do better, from its records, and suggest what to do. Changes nothing.

    Args:
        campaign: The campaign, by its id or by (part of) its name.
    """
    return campaign_advice(ctx, the_campaign(ctx, campaign))


@tool(effect="draft", route="POST /campaigns/{campaign}/content")
def generate_campaign_content(
    ctx: Context, campaign: CampaignRef, channels: list[Channel] | None = None, tone: Tone | None = None
) -> CampaignContent:
    """Write a campaign's texts, one for each channel, as a draft.

    Args:
        campaign: The campaign, by its id or by (part of) its name.
        channels: The channels to write for; without any, those of the campaign.
        tone: How the texts should sound, beside the brand voice.
    """
    return campaign_content(ctx, the_campaign(ctx, campaign), channels, tone)


@tool(effect="read", route="GET /campaigns/{campaign}/analytics")
def analyze_campaign_performance(
    ctx: Context, campaign: CampaignRef, period: Period | None = None
) -> CampaignPerformance:
    """Compute what came of a campaign: leads, revenue, ROI, cost per lead, and how its budget keeps pace.

    ROI is (revenue - spend) / spend, ROAS revenue / spend, cost per lead spend / leads, cost per conversion
    spend / conversions, conversion rate conversions / clicks, lead conversion rate conversions / leads, click-to-open
    rate clicks / opens, budget used spend / budget, pace the share of the budget spent / the share of the days gone
    (Farris et al., "Marketing Metrics", 4th edition). What is not recorded is left out, never guessed; so is a rate of
    more than 100 %, whose conversions did not all come by a counted click (a lead).

    Args:
        campaign: The campaign, by its id or by (part of) its name.
        period: Only results of this period, in words ("last 30 days", "October"); without one, all of them.
    """
    return performance(ctx, the_campaign(ctx, campaign), period)


def the_campaign(ctx: Context, campaign: str) -> Campaign:
    """The campaign that `campaign` names. Raises NotFound or Ambiguous, with candidates."""
    known = numbered(ctx, Campaign, campaign)
    return known or ctx.session.get_one(Campaign, resolve(ctx, KIND, campaign, "campaign").id)


def _card(ctx: Context, campaign: Campaign) -> dict[str, Any]:
    return card_fields(campaign, totals_of(ctx.session, campaign), ctx.currency)
