"""How a campaign does: its key figures, in all or in a period, by channel, and the pace of its budget."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.enums import CampaignStatus, Channel
from tools.analysing.campaigns import CampaignSums, sums_of_days, whole_sums
from tools.analysing.periods import LONG_AGO, Span
from tools.campaigning.entry import KIND
from tools.campaigning.figures import KeyFigures, key_figures, ratio
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import RecordLink, Result
from tools.show import count, days, number, percent, table, words
from tools.words import UnclearWords, resolve_period


class ChannelFigures(BaseModel):
    """The key figures of one channel."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    figures: KeyFigures


class Schedule(BaseModel):
    """Where a campaign with both dates stands today. Days are counted with the first and the last.

    `pace` is the share of the budget spent, divided by the share of the days gone: 1 is on plan, 2 spends twice as
    fast. None before the first day, without a budget, or without recorded spend.
    """

    model_config = ConfigDict(frozen=True)

    days: int
    days_gone: int
    days_left: int
    pace: float | None


class CampaignPerformance(Result):
    """What came of a campaign; `figures` are those of the period, or all where none was asked for.

    `undated` holds imported totals that carry no day, so that no period can hold them; None where all count anyway.
    """

    id: int
    name: str
    status: CampaignStatus
    currency: str
    period: str | None
    start: date | None
    end: date | None
    figures: KeyFigures
    undated: KeyFigures | None
    channels: tuple[ChannelFigures, ...]
    schedule: Schedule | None
    imported: bool

    @property
    def text(self) -> str:
        when = f", {days(self.start, self.end)}" if self.period else ""
        parts = [f"**{self.name}** ({words(self.status)}){when}"]
        if self.figures.recorded:
            parts.append(table(("Figure", "Value"), self.figures.shown(self.currency)))
        elif self.period:
            parts.append(f"Nothing was recorded for a day of this period ({self.period}).")
        else:
            parts.append("Nothing is recorded for it yet, so there is nothing to judge it by.")
        if len(self.channels) > 1:
            parts.append(self._by_channel())
        if self.undated is not None:
            shown = ", ".join(f"{label} {value}" for label, value in self.undated.shown(self.currency))
            parts.append(f"Not counted here, because it carries no day (imported history): {shown}.")
        if self.schedule is not None:
            parts.append(_pace(self.schedule, self.figures))
        if self.imported and self.undated is None and self.figures.recorded:
            parts.append("*These figures hold imported history.*")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=KIND, id=self.id, name=self.name),)

    def _by_channel(self) -> str:
        shown = [dict(one.figures.shown(self.currency)) for one in self.channels]
        labels = [label for label, _ in self.figures.shown(self.currency) if any(label in values for values in shown)]
        rows = [
            [words(one.channel), *(values.get(label, "-") for label in labels)]
            for one, values in zip(self.channels, shown, strict=True)
        ]
        return table(("Channel", *labels), rows)


def performance(ctx: Context, campaign: Campaign, period: str | None) -> CampaignPerformance:
    """The campaign's performance in a period in words, or in all. Raises BadInput where the words are no period."""
    start, end = _period(ctx, period)
    budget = None if start else campaign.budget  # the budget is for the whole campaign, not for a month of it
    sums = _sums(ctx, campaign, start, end)
    undated = key_figures(sums.undated)
    figures = key_figures(sums.totals, budget)
    return CampaignPerformance(
        id=campaign.id,
        name=campaign.name,
        status=campaign.status,
        currency=ctx.currency,
        period=period if start else None,
        start=start,
        end=end,
        figures=figures,
        undated=undated if undated.recorded else None,
        channels=tuple(
            ChannelFigures(channel=channel, figures=key_figures(own)) for channel, own in sorted(sums.channels.items())
        ),
        schedule=None if start else schedule(campaign, figures, ctx.today),
        imported=sums.imported,
    )


def schedule(campaign: Campaign, figures: KeyFigures, today: date) -> Schedule | None:
    """Where a campaign stands on `today`; None where it lacks a date."""
    if campaign.start_date is None or campaign.end_date is None:
        return None
    whole = (campaign.end_date - campaign.start_date).days + 1
    gone = min(max((today - campaign.start_date).days + 1, 0), whole)
    return Schedule(days=whole, days_gone=gone, days_left=whole - gone, pace=ratio(figures.budget_used, gone / whole))


def _sums(ctx: Context, campaign: Campaign, start: date | None, end: date | None) -> CampaignSums:
    if start is None or end is None:
        return whole_sums(ctx.session, [campaign])[campaign.id]
    return sums_of_days(ctx, campaign, Span(start, end))


def _period(ctx: Context, period: str | None) -> tuple[date | None, date | None]:
    if period is None:
        return None, None
    try:
        start, end = resolve_period(period, ctx.now, country=ctx.country)
    except UnclearWords as error:
        raise BadInput(str(error), "period") from error
    return (None, None) if start <= LONG_AGO else (start, end)


def _pace(at: Schedule, figures: KeyFigures) -> str:
    if not at.days_gone:
        return f"It has not begun yet; it runs for {count(at.days, 'day')}."
    gone = f"{at.days_gone} of {count(at.days, 'day')} are gone, {at.days_left} left"
    if at.pace is None:
        return f"{gone}."
    judged = "faster than" if at.pace > 1.1 else "slower than" if at.pace < 0.9 else "as fast as"
    return (
        f"{gone}; {percent(figures.budget_used)} of the budget is spent: "
        f"{judged} its days go by (pace {number(at.pace)}; 1 is on plan)."
    )
