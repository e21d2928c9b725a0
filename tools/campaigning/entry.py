"""How a campaign is found: its entry in the search index, and the names people use for it."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from memory.campaigns import Campaign, list_campaigns
from memory.enums import CampaignStatus, CampaignType
from memory.index import put_entry, remove_entry
from tools.analysing.campaigns import totals_of
from tools.campaigning.figures import key_figures
from tools.core.records import Noun, RecordName, register
from tools.show import days, listing, words

KIND = "campaign"


def index_campaign(session: Session, campaign: Campaign, currency: str, results: Sequence[str] = ()) -> None:
    """Bring the campaign's index entry up to date, in the session's transaction.

    The entry of a completed campaign says how it went, so that the next suggestion can rest on it. Call it again
    where results of a completed campaign are recorded or imported later. `results` are lines to add to it.
    """
    body = _body(session, campaign, currency)
    put_entry(session, KIND, campaign.id, campaign.name, "\n".join([body, *results]))


def forget_campaign(session: Session, campaign_id: int) -> None:
    """Take a deleted campaign out of the index."""
    remove_entry(session, KIND, campaign_id)


def outcome(session: Session, campaign: Campaign, currency: str) -> str | None:
    """What came of a campaign, in one line ("Spend: €900; Leads: 96; ..."); None where nothing is recorded."""
    figures = key_figures(totals_of(session, campaign), campaign.budget)
    if not figures.recorded:
        return None
    return "; ".join(f"{label}: {value}" for label, value in figures.shown(currency))


def campaign_names(session: Session, text: str | None) -> Sequence[RecordName]:
    """Every campaign with what people may call it: description, audience, type, channels, goal, status, month. Of a text
    that is a campaign's number only this one."""
    number = re.fullmatch(r"\s*#?(\d{1,9})\s*", text or "")
    own = session.get(Campaign, int(number.group(1))) if number else None
    found = [own] if own is not None else list_campaigns(session)
    return [RecordName(KIND, campaign.id, campaign.name, _aliases(campaign)) for campaign in found]


def kind_of(type: CampaignType, channels: Sequence[str]) -> str:
    """ "email campaign", "multi-channel campaign via email and ads": channels only where the type leaves them open."""
    return f"{words(type)} campaign" + ("" if list(channels) == [type.value] else f" via {listing(channels)}")


def _aliases(campaign: Campaign) -> tuple[str, ...]:
    start = campaign.start_date
    known = (
        campaign.description,
        campaign.target_audience,
        campaign.type.value,
        " ".join(campaign.channels),
        words(campaign.goal) if campaign.goal else None,
        campaign.status.value,
        f"{start:%B %Y}" if start else None,
    )
    return tuple(alias for alias in known if alias)


def _body(session: Session, campaign: Campaign, currency: str) -> str:
    lines = [campaign.description, f"{kind_of(campaign.type, campaign.channels).capitalize()}."]
    if campaign.goal:
        lines.append(f"Goal: {words(campaign.goal)}.")
    if campaign.target_audience:
        lines.append(f"Audience: {campaign.target_audience}.")
    if campaign.start_date or campaign.end_date:
        lines.append(f"Dates: {days(campaign.start_date, campaign.end_date)}.")
    if campaign.status == CampaignStatus.COMPLETED:
        lines.append(f"Outcome: {outcome(session, campaign, currency) or 'no results were recorded'}.")
    return "\n".join(line for line in lines if line)


register(Noun(KIND, "campaign", "campaigns", ("campaign", "campaigns"), campaign_names))
