"""The campaign form: all fields of a campaign as they were seen and edited."""

from datetime import UTC, date
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from memory.campaigns import Campaign
from memory.enums import CampaignStatus, CampaignType, Channel, Goal
from tools.analysing.campaigns import totals_of
from tools.campaigning import checks
from tools.campaigning.cards import CampaignUpdated, card_fields
from tools.campaigning.changes import changes_to
from tools.campaigning.entry import index_campaign
from tools.campaigns import the_campaign
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import Audience, CampaignRef, Description, Money, Name
from tools.forms.seen import check_seen

#: The tools that change a campaign.
CHANGING = ("create_campaign", "update_campaign", "edit_campaign")


@tool(effect="write", route="PUT /campaigns/{campaign}", form=True)
def edit_campaign(
    ctx: Context,
    campaign: CampaignRef,
    version: int,
    name: Name,
    type: CampaignType,
    status: CampaignStatus,
    channels: list[Channel] | None = None,
    goal: Goal | None = None,
    budget: Money | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    target_audience: Audience | None = None,
    description: Description | None = None,
) -> CampaignUpdated:
    """Store a campaign's whole form; what is left empty is taken away.

    Args:
        campaign: The campaign, by its id.
        version: The version that the form was filled from.
        name: Its name; no other campaign may have it.
        type: What kind of campaign it is.
        status: Its status; a completed campaign can only become active again.
        channels: The channels it uses; without any, those usual for its type.
        goal: What it is meant to achieve.
        budget: The whole budget in the hub's currency, 0 or more.
        start_date: The first day; a new one must be today or later (for a completed campaign any day).
        end_date: The last day (inclusive), not before the start; a new one must be today or later.
        target_audience: The people it is meant for, in words.
        description: What it is about, in words.
    """
    found = the_campaign(ctx, campaign)
    check_seen(ctx, found, version, found.name, CHANGING, found.id)
    given: dict[str, Any] = {
        "name": checks.check_name(ctx, name, besides=found.id),
        "type": type,
        "status": status,
        "channels": checks.check_channels(type, channels),
        "goal": goal,
        "budget": checks.check_budget(budget, ctx.currency) if budget is not None else None,
        "start_date": start_date,
        "end_date": end_date,
        "target_audience": target_audience or None,
        "description": description or None,
    }
    checks.check_status(found, status)
    # A date that the form takes away is none to compare with.
    dated = Campaign(start_date=found.start_date if start_date else None, end_date=found.end_date if end_date else None)
    checks.check_dates(ctx, start_date, end_date, dated, status)
    changes = changes_to(found, given, ctx.currency)
    if changes:
        for item in changes:
            setattr(found, item.field, given[item.field])
        found.updated_at = ctx.now.astimezone(UTC)
        flag_modified(found, "updated_at")
        ctx.session.flush()
        index_campaign(ctx.session, found, ctx.currency)
    over = found.status == CampaignStatus.ACTIVE and found.end_date is not None and found.end_date < ctx.today
    card = card_fields(found, totals_of(ctx.session, found), ctx.currency)
    return CampaignUpdated(**card, changes=changes, over=over)
