"""What came of campaigns: the same figures as the book's, of a few campaigns alone and without reading all others.

A campaign's figures are what was recorded for it, for its mailings and posts, and what the hub counted itself. What a
metric is, and what is counted once, is said in tools.analysing.definitions and tools.analysing.figures only.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from memory.campaign_sums import campaign_event_sums
from memory.campaigns import Campaign
from memory.enums import Channel
from memory.facts import EventSum, PointSum, event_sums, mailing_homes, point_sums, post_homes
from tools.analysing.definitions import COUNTED, metric_of_point
from tools.analysing.figures import CAMPAIGN, Fact, House, fact_of_point, facts_of_event, holds, once
from tools.analysing.periods import Span
from tools.core.context import Context


@dataclass
class CampaignSums:
    """Sums by the metric's name: in all, by channel (what no single channel brought is in none), and `undated`, which no
    period of these days can hold. Of metrics that the hub does not know (impressions, ...) only what was recorded for the
    campaign itself. `imported`: some of them are imported history."""

    totals: dict[str, float] = field(default_factory=dict)
    channels: dict[Channel, dict[str, float]] = field(default_factory=dict)
    undated: dict[str, float] = field(default_factory=dict)
    imported: bool = False


def whole_sums(session: Session, campaigns: Sequence[Campaign]) -> dict[int, CampaignSums]:
    """All that came of these campaigns, by id: as many queries for a thousand as for one."""
    ids = [one.id for one in campaigns]
    if not ids:
        return {}
    house = _house(session, campaigns)
    events = campaign_event_sums(session, ids, COUNTED)
    points = point_sums(session, None, None, ids)
    found = _by_campaign(once([*_counted(events, house), *_recorded(points, house)]), points)
    return {one: found[one] for one in ids}


def sums_of_days(ctx: Context, campaign: Campaign, span: Span) -> CampaignSums:
    """What came of a campaign in these days. Totals without a day count where the days hold all of the campaign's so far,
    else they are `undated`."""
    session, zone = ctx.session, ctx.clock.zone
    house = _house(session, [campaign])
    events = event_sums(session, zone, span.start, span.end, COUNTED, [campaign.id])
    recorded = [
        (point, fact, fact.day if fact else point.day)
        for point in point_sums(session, span.start, span.end, [campaign.id])
        for fact in [fact_of_point(point, house, zone)]
    ]
    whole = holds(span, ctx.today, campaign)
    inside = [one for one in recorded if (one[2] in span if one[2] else whole)]
    beside = [one for one in recorded if one[2] is None and not whole]
    counted, undated = (
        _by_campaign(once([*more, *(fact for _, fact, _ in some if fact)]), [point for point, _, _ in some])
        for some, more in ((inside, _counted(events, house)), (beside, ()))
    )
    sums, besides = counted[campaign.id], undated[campaign.id]
    return replace(sums, undated=besides.totals, imported=sums.imported or besides.imported)


def totals_of(session: Session, campaign: Campaign) -> dict[str, float]:
    """All that came of one campaign, by the metric's name."""
    return whole_sums(session, [campaign])[campaign.id].totals


def _house(session: Session, campaigns: Sequence[Campaign]) -> House:
    ids = [one.id for one in campaigns]
    return House({one.id: one for one in campaigns}, mailing_homes(session, ids), post_homes(session, ids), {}, {})


def _counted(events: Iterable[EventSum], house: House) -> Iterable[Fact]:
    return (fact for one in events for fact in facts_of_event(one, house))


def _recorded(points: Iterable[PointSum], house: House) -> Iterable[Fact]:
    return (fact for point in points if (fact := fact_of_point(point, house)) is not None)


def _by_campaign(facts: Iterable[Fact], points: Iterable[PointSum]) -> dict[int, CampaignSums]:
    """The facts by campaign, and of the points those that are no fact because the hub does not know their metric."""
    found: dict[int, CampaignSums] = defaultdict(CampaignSums)
    for fact in facts:
        if fact.campaign_id is not None:
            _add(found[fact.campaign_id], fact.metric.value, fact)
    for point in points:
        if point.kind == CAMPAIGN and metric_of_point(point.kind, point.metric) is None:
            _add(found[point.record_id], point.metric, point)
    return found


def _add(sums: CampaignSums, name: str, one: Fact | PointSum) -> None:
    sums.totals[name] = sums.totals.get(name, 0.0) + one.value
    if one.channel is not None:
        own = sums.channels.setdefault(one.channel, {})
        own[name] = own.get(name, 0.0) + one.value
    sums.imported = sums.imported or one.imported
