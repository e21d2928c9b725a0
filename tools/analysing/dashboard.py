"""The dashboard: key figures against the period before, conversions by channel, top campaigns, what needs a person."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from memory.enums import CampaignStatus, Channel, Metric
from tools.analysing.definitions import label, shown
from tools.analysing.figures import CAMPAIGN, Book, book, the_house
from tools.analysing.kpis import Kpi, Rate, kpis, rates
from tools.analysing.periods import Span
from tools.analysing.waiting import Waiting, waiting
from tools.campaigning.figures import key_figures
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import bullets, count, days, number, percent, table, words

TOP = 5
MOST_WAITING = 8
#: The columns in which campaigns are compared.
COLUMNS = (Metric.SPEND, Metric.LEADS, Metric.CONVERSIONS, Metric.REVENUE)


class ChannelShare(BaseModel):
    """What a channel brought; None as channel: what nobody knows the channel of. share is of all conversions."""

    model_config = ConfigDict(frozen=True)

    channel: Channel | None
    conversions: float
    share: float


class CampaignLine(BaseModel):
    """A campaign's figures, by metric (those measured); `roi` is a share, None without spend."""

    model_config = ConfigDict(frozen=True)

    link: RecordLink
    status: CampaignStatus
    figures: dict[str, float]
    roi: float | None


class Dashboard(Result):
    """Everything at a glance. `beside` are imported totals without a day, of campaigns that also ran on other days."""

    start: date
    end: date
    period: str
    before: str | None
    kpis: tuple[Kpi, ...]
    rates: tuple[Rate, ...]
    channels: tuple[ChannelShare, ...]
    campaigns: tuple[CampaignLine, ...]
    beside: tuple[CampaignLine, ...]
    waiting: tuple[Waiting, ...]
    imported: bool
    currency: str

    @property
    def text(self) -> str:
        parts = [f"**Dashboard, {self.period}**"]
        if self.kpis:
            parts.append(kpi_table(self.kpis, self.currency))
            if self.rates:
                parts.append("; ".join(f"{one.name} {one.shown}" for one in self.rates) + ".")
            if self.before:
                known = any(one.before is not None for one in self.kpis)
                parts.append(f"*Before: {self.before}{'' if known else '; nothing was measured then'}.*")
        else:
            parts.append(
                "Nothing was measured in these days: no events, and no recorded figures that carry a day of them."
            )
        if self.channels:
            parts.append("**Conversions by channel**\n\n" + self._channels())
        if self.campaigns:
            parts.append("**Top campaigns**\n\n" + campaign_table(self.campaigns, self.currency))
        if self.beside:
            parts.append(
                "**Imported totals of campaigns that ran on other days too** (they carry no day, so they are not counted "
                "above)\n\n" + campaign_table(self.beside, self.currency)
            )
        parts.append(self._waiting())
        if self.imported:
            parts.append("*These figures hold imported history.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        named = [one.link for one in (*self.campaigns, *self.beside)]
        named += [one.link for one in self.waiting if one.link]
        named += [link for one in self.kpis for link in one.sources]
        return tuple(dict.fromkeys(named))

    def _channels(self) -> str:
        return bullets(
            f"{words(one.channel) if one.channel else 'no single channel known'}: {number(one.conversions)} "
            f"({percent(one.share)})"
            for one in self.channels
        )

    def _waiting(self) -> str:
        if not self.waiting:
            return "Nothing waits for you: no plan, no draft that is due, nothing that failed."
        shown = [inert(one.what) + (f" (`{one.say}`)" if one.plan_id else "") for one in self.waiting[:MOST_WAITING]]
        more = f"\n\n… and {len(self.waiting) - MOST_WAITING} more." if len(self.waiting) > MOST_WAITING else ""
        return f"**Needs you ({count(len(self.waiting), 'thing')})**\n\n{bullets(shown)}{more}"


def kpi_table(shown_ones: tuple[Kpi, ...], currency: str) -> str:
    """Key figures as a Markdown table; without the period before where nothing is known of it."""
    width = 4 if any(one.before is not None for one in shown_ones) else 2
    return table(("Figure", "Now", "Before", "Change")[:width], (one.row(currency)[:width] for one in shown_ones))


def dashboard(ctx: Context, span: Span) -> Dashboard:
    """The dashboard of these days."""
    house = the_house(ctx)
    now = book(ctx, span, house)
    before = book(ctx, span.before, house) if span.before else None
    found = kpis(now, before)
    return Dashboard(
        start=span.start,
        end=span.end,
        period=span.text,
        before=days(span.before.start, span.before.end) if span.before else None,
        kpis=found,
        rates=rates(now.totals(), ctx.currency),
        channels=channel_shares(now),
        campaigns=top_campaigns(now),
        beside=campaigns_beside(now),
        waiting=waiting(ctx, house.campaigns.values()),
        imported=any(fact.imported for fact in now.facts) or bool(now.beside),
        currency=ctx.currency,
    )


def channel_shares(found: Book) -> tuple[ChannelShare, ...]:
    """Conversions by channel, the biggest first."""
    sums = {channel: value for channel, value in found.by_channel(Metric.CONVERSIONS).items() if value}
    whole = sum(sums.values())
    shares = [ChannelShare(channel=one, conversions=value, share=value / whole) for one, value in sums.items()]
    return tuple(sorted(shares, key=lambda one: (-one.conversions, one.channel or "")))


def top_campaigns(found: Book, most: int = TOP) -> tuple[CampaignLine, ...]:
    """The campaigns with figures in the period, by conversions, then revenue, then leads."""
    ids = {fact.campaign_id for fact in found.facts if fact.campaign_id in found.house.campaigns}
    lines = [_line(found, one, found.totals(campaign_id=one)) for one in sorted(ids) if one is not None]
    order = ("conversions", "revenue", "leads", "clicks")
    return tuple(sorted(lines, key=lambda line: [-line.figures.get(name, 0.0) for name in order])[:most])


def campaigns_beside(found: Book) -> tuple[CampaignLine, ...]:
    """The imported totals that the period does not hold whole, by campaign."""
    return tuple(
        _line(found, campaign_id, {metric.value: value for metric, value in totals.items()})
        for campaign_id, totals in sorted(found.beside.items())
    )


def campaign_table(lines: tuple[CampaignLine, ...], currency: str) -> str:
    """Campaigns with their figures as a Markdown table."""
    return table(campaign_head(), campaign_rows(lines, currency, inert))


def campaign_head() -> tuple[str, ...]:
    return ("Campaign", "Status", *map(label, COLUMNS), "ROI")


def campaign_rows(lines: tuple[CampaignLine, ...], currency: str, named: object = str) -> list[tuple[str, ...]]:
    """The rows of such a table; `named` makes a name harmless where the format asks for it."""
    return [
        (
            named(line.link.name),  # type: ignore[operator]
            words(line.status),
            *(shown(metric, line.figures.get(metric.value), currency) for metric in COLUMNS),
            percent(line.roi),
        )
        for line in lines
    ]


def _line(found: Book, campaign_id: int, totals: dict[str, float]) -> CampaignLine:
    campaign = found.house.campaigns[campaign_id]
    return CampaignLine(
        link=RecordLink(noun=CAMPAIGN, id=campaign.id, name=campaign.name),
        status=campaign.status,
        figures=totals,
        roi=key_figures(totals).roi,
    )
