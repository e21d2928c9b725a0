"""What one channel brought, against the period before, and which records it came from."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from memory.enums import Channel, Metric
from tools.analysing.dashboard import CampaignLine, campaign_table, campaigns_beside, kpi_table, top_campaigns
from tools.analysing.definitions import shown
from tools.analysing.figures import Book, book, the_house
from tools.analysing.kpis import Kpi, Rate, kpis, rates
from tools.analysing.periods import Span
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import bullets, days, percent, words

TOP = 5


class Source(BaseModel):
    """A record that a channel's figures came from: what it brought, in the metric that ranks it."""

    model_config = ConfigDict(frozen=True)

    link: RecordLink
    metric: Metric
    value: float


class ChannelPerformance(Result):
    """What came through one channel in some days. `undivided` are campaigns that use it, with totals that name no
    channel, or no day; they are not counted. `share` is the channel's share of all conversions."""

    channel: Channel
    start: date
    end: date
    period: str
    before: str | None
    kpis: tuple[Kpi, ...]
    rates: tuple[Rate, ...]
    share: float | None
    sources: tuple[Source, ...]
    undivided: tuple[CampaignLine, ...]
    imported: bool
    currency: str

    @property
    def text(self) -> str:
        parts = [f"**{words(self.channel).capitalize()}, {self.period}**"]
        if self.kpis:
            parts.append(kpi_table(self.kpis, self.currency))
            said = [f"{one.name} {one.shown}" for one in self.rates]
            if self.share is not None:
                said.append(f"{percent(self.share)} of all conversions in these days")
            parts += ["; ".join(said) + "."] if said else []
            parts += [f"*Before: {self.before}.*"] if self.before else []
        else:
            parts.append("Nothing was recorded for this channel in these days or as many before.")
        if self.sources:
            parts.append(
                "Where it came from:\n\n"
                + bullets(
                    f"{inert(one.link.name)} ({words(one.link.noun)}): {one.metric.value} "
                    f"{shown(one.metric, one.value, self.currency)}"
                    for one in self.sources
                )
            )
        if self.undivided:
            parts.append(
                f"Campaigns that use {words(self.channel)}, with totals that are not counted above, since they name no channel "
                "or no day:\n\n" + campaign_table(self.undivided, self.currency)
            )
        if self.imported:
            parts.append("*These figures hold imported history.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(dict.fromkeys([one.link for one in self.sources] + [one.link for one in self.undivided]))


def channel_performance(ctx: Context, channel: Channel, span: Span) -> ChannelPerformance:
    """The channel's figures of these days."""
    house = the_house(ctx)
    now = book(ctx, span, house)
    before = book(ctx, span.before, house) if span.before else None
    whole, own = now.total(Metric.CONVERSIONS), now.total(Metric.CONVERSIONS, channel=channel)
    undivided = _undivided(now, channel)
    return ChannelPerformance(
        channel=channel,
        start=span.start,
        end=span.end,
        period=span.text,
        before=days(span.before.start, span.before.end) if span.before else None,
        kpis=kpis(now, before, channel=channel),
        rates=rates(now.totals(channel=channel), ctx.currency),
        share=own / whole if own is not None and whole else None,
        sources=_sources(now, channel),
        undivided=undivided,
        imported=any(fact.imported for fact in now.facts if fact.channel == channel) or bool(undivided),
        currency=ctx.currency,
    )


def _sources(now: Book, channel: Channel) -> tuple[Source, ...]:
    """The records by the most telling metric that the channel has: conversions, else clicks, engagement, opens, leads."""
    for metric in (Metric.CONVERSIONS, Metric.CLICKS, Metric.ENGAGEMENT, Metric.OPENS, Metric.LEADS):
        links = now.sources(metric, channel=channel, most=TOP)
        if links:
            return tuple(Source(link=link, metric=metric, value=_value(now, metric, channel, link)) for link in links)
    return ()


def _value(now: Book, metric: Metric, channel: Channel, link: RecordLink) -> float:
    return sum(
        fact.value
        for fact in now.facts
        if fact.metric == metric
        and fact.channel == channel
        and (
            (fact.kind, fact.record_id) == (link.noun, link.id)
            or (fact.record_id is None and link.noun == "campaign" and fact.campaign_id == link.id)
        )
    )


def _undivided(now: Book, channel: Channel) -> tuple[CampaignLine, ...]:
    """Campaigns that use the channel, with figures that name no channel: counted in these days, or beside them."""
    uses = {one.id for one in now.house.campaigns.values() if channel.value in one.channels}
    without = [
        fact for fact in now.facts if fact.channel is None and fact.campaign_id in uses and fact.kind == "campaign"
    ]
    inside = top_campaigns(Book(now.span, without, {}, now.house), most=len(uses))
    return tuple(line for line in (*inside, *campaigns_beside(now)) if line.link.id in uses)
