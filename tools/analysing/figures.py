"""The book of figures: every fact of some days by metric, channel and campaign, with the records that it comes from.

What is counted twice elsewhere is counted once here. Where somebody brought along totals of a campaign, these hold its
mailings' and posts' imported figures of the same metric; what the hub counted itself adds to them, since it came later.
Imported totals without a day count in a period that holds all of the campaign's days so far; else they stand beside.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar
from zoneinfo import ZoneInfo

from memory.campaigns import Campaign, list_campaigns
from memory.enums import Channel, EventType, Metric
from memory.facts import (
    EventSum,
    Home,
    PointSum,
    event_sums,
    first_points,
    first_seen,
    mailing_homes,
    point_sums,
    post_homes,
    workflow_names,
)
from tools.analysing.definitions import COUNTED, EARNING, EVENTS, metric_of_point, metrics_of_event
from tools.analysing.periods import Span
from tools.core.context import Context
from tools.core.result import RecordLink
from tools.posting.entry import called

Key = TypeVar("Key")

CAMPAIGN, MAILING, POST, WORKFLOW = "campaign", "email_campaign", "social_post", "workflow"


@dataclass(frozen=True)
class Fact:
    """The sum of one metric on one day (None: an imported total of the whole period) from one source.

    kind and record_id name the record it comes from; kind "lead_event" has none beside its campaign.
    """

    metric: Metric
    value: float
    day: date | None
    channel: Channel | None
    campaign_id: int | None
    kind: str
    record_id: int | None
    imported: bool
    #: Counted from single events, as against a figure that was recorded as a sum.
    single: bool = False


@dataclass(frozen=True)
class House:
    """What does not depend on the days: campaigns, mailings, posts, workflows, and since when each metric is measured."""

    campaigns: dict[int, Campaign]
    mailings: dict[int, Home]
    posts: dict[int, Home]
    measured_since: dict[Metric, date]
    first_day: dict[Metric, date]
    workflows: dict[int, str] = field(default_factory=dict)

    def sender(self, mailing_id: int) -> tuple[str, int]:
        """The record that a letter's figures belong to: its mailing, or the workflow whose step wrote it."""
        home = self.mailings.get(mailing_id)
        return (WORKFLOW, home.workflow_id) if home and home.workflow_id is not None else (MAILING, mailing_id)

    def link(self, kind: str, record_id: int) -> RecordLink | None:
        """The record as results link to it; None where it is gone, or is no record that can be named."""
        if kind == CAMPAIGN and record_id in self.campaigns:
            return RecordLink(noun=CAMPAIGN, id=record_id, name=self.campaigns[record_id].name)
        if kind == MAILING and record_id in self.mailings:
            return RecordLink(noun=MAILING, id=record_id, name=self.mailings[record_id].name)
        if kind == POST and record_id in self.posts:
            return RecordLink(noun=POST, id=record_id, name=called(self.posts[record_id].name))
        if kind == WORKFLOW and record_id in self.workflows:
            return RecordLink(noun=WORKFLOW, id=record_id, name=self.workflows[record_id])
        return None


@dataclass(frozen=True)
class Book:
    """The facts of a span of days. `beside` are imported totals without a day that the span does not hold whole."""

    span: Span
    facts: list[Fact]
    beside: dict[int, dict[Metric, float]]
    house: House = field(repr=False)

    def total(self, metric: Metric, *, channel: Channel | None = None, campaign_id: int | None = None) -> float | None:
        """The metric's sum; None where it was not measured in these days (0 only where it was)."""
        values = [
            fact.value
            for fact in self._of(metric)
            if (channel is None or fact.channel == channel) and (campaign_id is None or fact.campaign_id == campaign_id)
        ]
        if values:
            return sum(values)
        since = self.house.measured_since.get(metric)
        measured = since is not None and since <= self.span.end
        return 0.0 if measured and channel is None and campaign_id is None else None

    def totals(self, *, channel: Channel | None = None, campaign_id: int | None = None) -> dict[str, float]:
        """Every measured metric's sum, by the metric's name: what `key_figures` takes."""
        found = {one: self.total(one, channel=channel, campaign_id=campaign_id) for one in Metric}
        return {metric.value: value for metric, value in found.items() if value is not None}

    def by_channel(self, metric: Metric) -> dict[Channel | None, float]:
        """The metric's sum by channel; None holds what no single channel brought, or nobody knows which."""
        return _summed((fact.channel, fact.value) for fact in self._of(metric))

    def by_campaign(self, metric: Metric) -> dict[int | None, float]:
        """The metric's sum by campaign; None holds what belongs to none."""
        return _summed((fact.campaign_id, fact.value) for fact in self._of(metric))

    def series(self, metric: Metric, *, keep: Callable[[Fact], bool] | None = None) -> dict[date, float]:
        """The metric's sum of each day from the first one that it was recorded on; days without a fact are 0.

        Totals without a day are in no series.
        """
        first = self.house.first_day.get(metric)
        if first is None:
            return {}
        day = max(first, self.span.start)
        values: dict[date, float] = {}
        while day <= self.span.end:
            values[day] = 0.0
            day += timedelta(days=1)
        for fact in self._of(metric):
            if fact.day in values and fact.day is not None and (keep is None or keep(fact)):
                values[fact.day] += fact.value
        return values

    def sources(self, metric: Metric, *, channel: Channel | None = None, most: int = 5) -> tuple[RecordLink, ...]:
        """The records that most of the metric comes from, the biggest first."""
        sums: dict[tuple[str, int], float] = defaultdict(float)
        for fact in self._of(metric):
            if channel is not None and fact.channel != channel:
                continue
            if fact.record_id is not None:
                sums[fact.kind, fact.record_id] += fact.value
            elif fact.campaign_id is not None:
                sums[CAMPAIGN, fact.campaign_id] += fact.value
        ranked = sorted(sums, key=lambda key: (-sums[key], key))
        links = [self.house.link(*key) for key in ranked]
        return tuple(link for link in links if link is not None)[:most]

    def imported(self, metric: Metric) -> bool:
        """Whether any of the metric's figures is imported history."""
        return any(fact.imported for fact in self._of(metric))

    @property
    def empty(self) -> bool:
        return not self.facts and not any(since <= self.span.end for since in self.house.measured_since.values())

    def _of(self, metric: Metric) -> list[Fact]:
        return self._by_metric.get(metric, [])

    @cached_property
    def _by_metric(self) -> dict[Metric, list[Fact]]:
        found: dict[Metric, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[fact.metric].append(fact)
        return found


def the_house(ctx: Context) -> House:
    """What every book needs beside its facts; to be looked up once a call."""
    session, zone = ctx.session, ctx.clock.zone
    since: dict[Metric, date] = {}
    first: dict[Metric, date] = {}
    mailings, posts = mailing_homes(session), post_homes(session)
    counted = {**EVENTS, Metric.REVENUE: EARNING}
    for metric, (seen, ever) in zip(counted, first_seen(session, list(counted.values())), strict=True):
        _earlier(since, metric, seen.astimezone(zone).date() if seen else None)
        _earlier(first, metric, ever.astimezone(zone).date() if ever else None)
    for (kind, name, imported), day in first_points(session).items():
        metric_of = metric_of_point(kind, name)
        if metric_of is not None:
            _earlier(first, metric_of, day)
            _earlier(since, metric_of, None if imported else day)
    for point in point_sums(session, date.max, None):  # those without a day take the day of their mailing or post
        metric_of, home = metric_of_point(point.kind, point.metric), _home(point, mailings, posts)
        if metric_of is not None and home is not None and home.at is not None:
            _earlier(first, metric_of, home.at.astimezone(zone).date())
    campaigns = {one.id: one for one in list_campaigns(session)}
    return House(campaigns, mailings, posts, since, first, workflow_names(session))


def book(ctx: Context, span: Span, house: House | None = None, metrics: Collection[Metric] = tuple(Metric)) -> Book:
    """Every fact of these days; of `metrics` at least, where only these are wanted."""
    house = house or the_house(ctx)
    first = max(span.start, min(house.first_day.values(), default=span.end))
    types = [type for type in COUNTED if {*metrics_of_event(type), *_earned(type)} & set(metrics)]
    events = event_sums(ctx.session, ctx.clock.zone, first, span.end, types) if first <= span.end else []
    recorded, beside = recorded_facts(ctx, span, house)
    return Book(
        span, once([*(fact for one in events for fact in facts_of_event(one, house)), *recorded]), beside, house
    )


def recorded_facts(ctx: Context, span: Span, house: House) -> tuple[list[Fact], dict[int, dict[Metric, float]]]:
    """What was recorded as sums: the facts of these days, and beside them by campaign the totals without a day of
    campaigns that ran in these days, but not only then."""
    facts: list[Fact] = []
    beside: dict[int, dict[Metric, float]] = defaultdict(dict)
    for point in point_sums(ctx.session, None if span.whole else span.start, span.end):
        fact = fact_of_point(point, house, ctx.clock.zone)
        if fact is None:
            continue
        campaign = house.campaigns.get(fact.campaign_id or 0)
        if fact.day is not None:
            if fact.day in span:
                facts.append(fact)
        elif holds(span, ctx.today, campaign):
            facts.append(fact)
        elif campaign is not None and _overlaps(span, ctx.today, campaign):
            beside[campaign.id][fact.metric] = beside[campaign.id].get(fact.metric, 0.0) + fact.value
    return facts, dict(beside)


def facts_of_event(one: EventSum, house: House) -> list[Fact]:
    """What a sum of events counts for."""
    home = house.mailings.get(one.email_campaign_id) if one.email_campaign_id is not None else None
    mail = one.email_campaign_id is not None or one.type == EventType.OPENED
    channel = one.channel or (Channel.EMAIL if mail else None)
    campaign = one.campaign_id if one.campaign_id is not None else (home.campaign_id if home else None)
    kind, record = house.sender(one.email_campaign_id) if one.email_campaign_id is not None else ("lead_event", None)
    counts = [(metric, float(one.amount)) for metric in metrics_of_event(one.type)]
    if one.type in EARNING and one.worth is not None:
        counts.append((Metric.REVENUE, one.worth))
    return [
        Fact(metric, value, one.day, channel, campaign, kind, record, one.imported, single=True)
        for metric, value in counts
    ]


def fact_of_point(point: PointSum, house: House, zone: ZoneInfo | None = None) -> Fact | None:
    """What a recorded figure counts for; None where for no metric. With a zone, what carries no day takes that of its
    mailing or post."""
    metric = metric_of_point(point.kind, point.metric)
    if metric is None:
        return None
    day, channel = point.day, point.channel
    campaign_id = point.record_id if point.kind == CAMPAIGN else None
    home = _home(point, house.mailings, house.posts)
    if home is not None:
        campaign_id = home.campaign_id
        channel = channel or (Channel.EMAIL if point.kind == MAILING else Channel.SOCIAL)
        if day is None and home.at is not None and zone is not None:
            day = home.at.astimezone(zone).date()
    if channel is None and campaign_id in house.campaigns and len(house.campaigns[campaign_id].channels) == 1:
        channel = Channel(house.campaigns[campaign_id].channels[0])
    return Fact(metric, point.value, day, channel, campaign_id, point.kind, point.record_id, point.imported)


def _earned(type: EventType) -> tuple[Metric, ...]:
    return (Metric.REVENUE,) if type in EARNING else ()


def _home(point: PointSum, mailings: dict[int, Home], posts: dict[int, Home]) -> Home | None:
    return {MAILING: mailings, POST: posts}.get(point.kind, {}).get(point.record_id)


def holds(span: Span, today: date, campaign: Campaign | None) -> bool:
    """Whether all days of a campaign up to today lie in the span."""
    if span.whole:
        return True
    if campaign is None or campaign.start_date is None:
        return False
    return campaign.start_date >= span.start and min(campaign.end_date or today, today) <= span.end


def _overlaps(span: Span, today: date, campaign: Campaign) -> bool:
    begun = campaign.start_date or span.start
    return begun <= span.end and (campaign.end_date or today) >= span.start


def once(facts: list[Fact]) -> list[Fact]:
    """The facts without imported figures of mailings and posts that their campaign's own imported totals hold."""
    whole = {(fact.campaign_id, fact.metric) for fact in facts if fact.kind == CAMPAIGN and fact.imported}
    return [
        fact
        for fact in facts
        if fact.kind == CAMPAIGN or not fact.imported or (fact.campaign_id, fact.metric) not in whole
    ]


def _earlier(days: dict[Metric, date], metric: Metric, day: date | None) -> None:
    if day is not None and (metric not in days or day < days[metric]):
        days[metric] = day


def _summed(pairs: Iterable[tuple[Key, float]]) -> dict[Key, float]:
    sums: dict[Key, float] = defaultdict(float)
    for key, value in pairs:
        sums[key] += value
    return dict(sums)
