"""What the demo company's people did day by day: visits and orders, what was spent, and one day on which the shop stood still."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from agent.demo.people import Person
from memory.campaigns import Campaign, list_campaigns
from memory.enums import Channel, EventType, LeadStatus
from memory.events import record_events
from memory.leads import Lead
from memory.metrics import record_metric

#: The days that are told, and the day on which the shop could not be reached (days before now).
DAYS, OUTAGE = 180, 11
#: How many orders a day has in the middle of the week, Monday first.
WEEK = (1.0, 1.1, 1.0, 1.2, 1.3, 0.8, 0.6)
ORDERS_A_DAY = 11.0
_WAYS = ((Channel.EMAIL, 40), (Channel.SOCIAL, 24), (Channel.ADS, 36))
#: What a day of a campaign costs by channel, in the hub's currency.
_COSTS = {Channel.ADS: 54.0, Channel.SOCIAL: 16.0, Channel.EMAIL: 7.0, Channel.PHONE: 12.0}


def lay_trade(session: Session, people: Sequence[Person], now: datetime, zone: ZoneInfo, chance: Random) -> None:
    """Store the events and costs of all days; who ordered is a customer."""
    campaigns = [one for one in list_campaigns(session) if one.start_date]
    rows: list[dict[str, Any]] = []
    for back in range(DAYS, -1, -1):
        day = (now - timedelta(days=back)).astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        running = [one for one in campaigns if _runs(one, day)]
        rows += _orders(day, now, people, running, chance, quiet=back == OUTAGE)
        for campaign in running:
            _spend(session, campaign, day, chance)
    record_events(session, rows)
    bought = {row["lead_id"] for row in rows if row["type"] == EventType.ORDERED}
    for lead_id in bought:
        session.get_one(Lead, lead_id).status = LeadStatus.CUSTOMER
    session.flush()


def _runs(campaign: Campaign, day: datetime) -> bool:
    begun = campaign.start_date is not None and campaign.start_date <= day.date()
    return begun and campaign.status != "draft" and (campaign.end_date is None or day.date() <= campaign.end_date)


def _orders(
    day: datetime, now: datetime, people: Sequence[Person], running: list[Campaign], chance: Random, *, quiet: bool
) -> list[dict[str, Any]]:
    known = [one for one in people if one.since < day and one.appetite]
    if not known:
        return []
    # More people, more orders; before Christmas more still, and on the day of the outage next to none.
    size = ORDERS_A_DAY * WEEK[day.weekday()] * (0.4 + 0.6 * len(known) / len(people) * 1.6)
    size *= (
        0.1
        if quiet
        else chance.uniform(0.8, 1.25) * (1.35 if any(one.name.startswith("Advent") for one in running) else 1)
    )
    rows = []
    for buyer in chance.choices(known, [one.appetite for one in known], k=round(size)):
        at = day + timedelta(hours=chance.triangular(7, 22, 10), minutes=chance.randrange(60))
        if at > now:
            continue
        channel = chance.choices([way for way, _ in _WAYS], [weight for _, weight in _WAYS])[0]
        own = [one for one in running if channel.value in one.channels]
        campaign = chance.choice(own) if own and chance.random() < 0.7 else None
        where: dict[str, Any] = {"lead_id": buyer.lead_id, "campaign_id": campaign.id if campaign else None}
        if chance.random() < 0.5:
            other = chance.choices([way for way, _ in _WAYS], [weight for _, weight in _WAYS])[0]
            rows.append(
                {
                    **where,
                    "type": EventType.VISITED,
                    "at": at - timedelta(days=chance.uniform(0.2, 6)),
                    "channel": other,
                }
            )
        rows.append({**where, "type": EventType.VISITED, "at": at - timedelta(minutes=14), "channel": channel})
        worth = round(chance.choice((14.5, 24.0, 28.0, 36.0, 42.0, 59.0, 84.0)), 2)
        rows.append({**where, "type": EventType.ORDERED, "at": at, "channel": channel, "value": worth})
    return rows


def _spend(session: Session, campaign: Campaign, day: datetime, chance: Random) -> None:
    for name in campaign.channels:
        channel = Channel(name)
        cost = round(_COSTS[channel] * chance.uniform(0.8, 1.2), 2)
        record_metric(session, "campaign", campaign.id, "spend", cost, day=day.date(), channel=channel)
