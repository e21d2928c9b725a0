"""The rules for a campaign's values: each refusal is one sentence that names the field and the fix."""

import math
from datetime import date

from memory.campaigns import Campaign, list_campaigns
from memory.enums import CampaignStatus, CampaignType, Channel
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict, Missing
from tools.show import day, money

LONGEST_NAME = 200

#: The channels a campaign of each type uses where nobody names any.
USUAL_CHANNELS = {
    CampaignType.EMAIL: [Channel.EMAIL],
    CampaignType.SOCIAL: [Channel.SOCIAL],
    CampaignType.ADS: [Channel.ADS],
    CampaignType.MULTI_CHANNEL: [Channel.EMAIL, Channel.SOCIAL, Channel.ADS],
}


def check_name(ctx: Context, name: str, besides: int | None = None) -> str:
    """The name as it is kept. Raises where it is empty, too long, or another campaign (not `besides`) has it."""
    name = " ".join(name.split())
    if not name:
        raise Missing("What shall the campaign be called?", ["name"])
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name has {len(name)} characters; please use at most {LONGEST_NAME}.", "name")
    for other in list_campaigns(ctx.session):
        if other.id != besides and other.name.casefold() == name.casefold():
            raise BadInput(f"There is a campaign called “{other.name}” already. Please choose another name.", "name")
    return name


def check_budget(budget: float, currency: str) -> float:
    """The budget, if it can be one. Raises for a negative amount, or one that is no number."""
    if not math.isfinite(budget):
        raise BadInput("The budget must be an amount of money, such as 5000.", "budget")
    if budget < 0:
        raise BadInput(
            f"The budget cannot be negative ({money(budget, currency)}). Please give an amount of 0 or more.", "budget"
        )
    return budget


def check_dates(
    ctx: Context,
    start: date | None,
    end: date | None,
    stored: Campaign | None = None,
    status: CampaignStatus = CampaignStatus.DRAFT,
) -> None:
    """Raises where a new date is in the past, or the end comes before the start (the stored one included).

    The dates of a campaign whose status is (now) completed are history: they may be put right afterwards.
    """
    if status != CampaignStatus.COMPLETED:
        for field, given, before in _new_dates(start, end, stored):
            if given != before and given < ctx.today:
                raise BadInput(
                    f"The {field.replace('_', ' ')} {day(given)} is in the past (today is {day(ctx.today)}). "
                    "Please give a day from today on.",
                    field,
                )
    first, last = _both(start, end, stored)
    if first and last and last < first:
        field = "end_date" if end else "start_date"
        raise BadInput(
            f"The campaign would end on {day(last)}, before it starts on {day(first)}. "
            f"Please give {'a later end date' if end else 'an earlier start date, or a later end date too'}.",
            field,
        )


def check_status(campaign: Campaign, status: CampaignStatus) -> None:
    """Raises where the campaign cannot get this status: what is completed stays so, unless it is run again."""
    if status == campaign.status:
        return
    if campaign.status == CampaignStatus.COMPLETED and status != CampaignStatus.ACTIVE:
        raise Conflict(
            f"“{campaign.name}” is completed, so it cannot become {status.value} again. "
            "Set it to active to run it once more, or create a new campaign."
        )


def check_channels(type: CampaignType, channels: list[Channel] | None) -> list[str]:
    """The channels to store, without repeats: those given, else the usual ones of the campaign's type."""
    return list(dict.fromkeys(channel.value for channel in channels or USUAL_CHANNELS[type]))


def _new_dates(start: date | None, end: date | None, stored: Campaign | None) -> list[tuple[str, date, date | None]]:
    before_start, before_end = (stored.start_date, stored.end_date) if stored else (None, None)
    given = (("start_date", start, before_start), ("end_date", end, before_end))
    return [(field, value, before) for field, value, before in given if value is not None]


def _both(start: date | None, end: date | None, stored: Campaign | None) -> tuple[date | None, date | None]:
    if stored is None:
        return start, end
    return start or stored.start_date, end or stored.end_date
