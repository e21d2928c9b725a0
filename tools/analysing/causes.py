"""Why a figure moved: what carried the change, by channel, record and day, and whether it was volume, rate or mix.

Every part is computed from the same facts as the change itself, and the parts of one division add up to it exactly.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal

from pydantic import BaseModel, ConfigDict

from memory.enums import CampaignStatus
from memory.enums import Channel as Channel
from memory.enums import Metric as Metric
from tools.analysing.anomalies import Anomaly, anomalies, learning_span
from tools.analysing.figures import CAMPAIGN, MAILING, POST, WORKFLOW, Book, Fact, book, the_house
from tools.analysing.periods import Span
from tools.analysing.series import clearly_different
from tools.core.context import Context
from tools.core.result import RecordLink
from tools.mailing.figures import all_figures
from tools.show import words

#: Of so few in both periods together, nothing can be said.
TOO_FEW = 10
#: Shorter halves than a week hold other weekdays than each other.
LEAST_DAYS, MOST_DAYS = 7, 28
#: Of the days before, this share may lie before the first recorded one.
MOST_MISSING = 0.25
#: So many periods of the same length show what is usual.
USUAL_OF = 6
#: What a count comes from: (volume, what one unit of it gives).
FACTORS: dict[Metric, tuple[Metric, ...]] = {
    Metric.CONVERSIONS: (Metric.LEADS, Metric.CLICKS),
    Metric.REVENUE: (Metric.CONVERSIONS,),
    Metric.LEADS: (Metric.CLICKS, Metric.SPEND),
    Metric.CLICKS: (Metric.OPENS,),
}


@dataclass(frozen=True)
class About:
    """What a change is of: a campaign, a channel, or (both None) the whole house."""

    campaign_id: int | None = None
    channel: Channel | None = None

    def holds(self, fact: Fact) -> bool:
        return (self.campaign_id is None or fact.campaign_id == self.campaign_id) and (
            self.channel is None or fact.channel == self.channel
        )


class Part(BaseModel):
    """What one channel or record brought in both periods; the changes of all parts add up to the whole change."""

    model_config = ConfigDict(frozen=True)

    name: str
    link: RecordLink | None = None
    now: float
    before: float

    @property
    def change(self) -> float:
        return self.now - self.before


class Factors(BaseModel):
    """A figure as volume times rate: `by_volume` + `by_rate` is its change.

    Each factor's change at the other one's mean of both periods: the indicator of T. L. Bennet, "The theory of
    measurement of changes in cost of living", Journal of the Royal Statistical Society 83, 1920.
    """

    model_config = ConfigDict(frozen=True)

    volume: str
    volume_now: float
    volume_before: float
    rate_now: float
    rate_before: float
    by_volume: float
    by_rate: float
    #: Of the mailings sent in each period, whenever they were opened, and not of the days.
    by_mailing: bool = False


class Mix(BaseModel):
    """The change of a rate over several channels: `by_rates` of the channels' own rates, `by_mix` of their shares.

    The two components of E. M. Kitagawa, "Components of a difference between two rates", JASA 50, 1955: each channel's
    change in rate at its mean share, and its change in share at its mean rate.
    """

    model_config = ConfigDict(frozen=True)

    volume: Metric
    now: float
    before: float
    by_rates: float
    by_mix: float


class Change(BaseModel):
    """A metric in a period against the as many days before. `clear`: more than chance (Welch on daily sums), None where that
    cannot be told; `usual`: the median of `usual_of` periods before; `lacking`: why nothing can be said, else None."""

    model_config = ConfigDict(frozen=True)

    metric: Metric
    start: date
    end: date
    now: float
    before: float
    clear: bool | None = None
    usual: float | None = None
    usual_of: int = 0
    channels: tuple[Part, ...] = ()
    records: tuple[Part, ...] = ()
    factors: Factors | None = None
    mix: Mix | None = None
    odd: tuple[Anomaly, ...] = ()
    lacking: Literal["since", "few"] | None = None
    #: The first recorded day, where it lies after the first of the days before.
    since: date | None = None

    @property
    def change(self) -> float:
        return self.now - self.before

    @property
    def share(self) -> float | None:
        """The change as a share of what was before; None where nothing was."""
        return self.change / self.before if self.before else None


def halves(ctx: Context, campaign_id: int) -> Span | None:
    """The later half of a campaign's recorded days (whole weeks, four at most), which its earlier half is compared with.

    None where its figures carry no days, or fewer than two weeks of them.
    """
    whole = book(ctx, Span(date(2000, 1, 1), ctx.today))
    recorded = [fact.day for fact in whole.facts if fact.campaign_id == campaign_id and fact.day is not None]
    if not recorded:
        return None
    running = whole.house.campaigns[campaign_id].status == CampaignStatus.ACTIVE
    # Of a running campaign also the days count on which nothing came: today, which is not over, does not.
    last = max(ctx.today - timedelta(days=1), min(recorded)) if running else max(recorded)
    length = min(((last - min(recorded)).days + 1) // 2, MOST_DAYS) // 7 * 7
    return Span(last - timedelta(days=length - 1), last) if length >= LEAST_DAYS else None


def changes(ctx: Context, span: Span, about: About, metrics: Iterable[Metric] = tuple(Metric)) -> list[Change]:
    """The change of each metric that was recorded in one of the two periods, the largest by its share first."""
    if span.before is None:
        return []
    house = the_house(ctx)
    wide = book(ctx, Span(span.start - timedelta(days=span.length * USUAL_OF), span.end), house)
    own = Book(wide.span, [fact for fact in wide.facts if about.holds(fact)], {}, house)
    found = []
    for metric in metrics:
        now, before = _sum(own, metric, span), _sum(own, metric, span.before)
        if now or before:
            found.append(_change(ctx, own, metric, span, about))
    return sorted(found, key=lambda one: (one.lacking is not None, -abs(one.share if one.share is not None else 1.0)))


def _change(ctx: Context, own: Book, metric: Metric, span: Span, about: About) -> Change:
    before = span.before
    assert before is not None
    change = Change(
        metric=metric, start=span.start, end=span.end, now=_sum(own, metric, span), before=_sum(own, metric, before)
    )
    first = own.house.first_day.get(metric)
    money = metric in (Metric.REVENUE, Metric.SPEND)
    if first is not None and first > before.start:
        late = (first - before.start).days > before.length * MOST_MISSING
        change = change.model_copy(update={"since": first, "lacking": "since" if late else None})
        if late:
            return change
    if not money and change.now + change.before < TOO_FEW:
        return change.model_copy(update={"lacking": "few"})
    usual = _earlier(own, metric, span, first)
    series = own.series(metric)
    daily = [[value for day, value in series.items() if day in part] for part in (span, before)]
    return change.model_copy(
        update={
            "clear": clearly_different(daily[0], daily[1]),
            "usual": median(usual) if len(usual) > 1 else None,
            "usual_of": len(usual),
            "channels": _parts(own, metric, span, lambda fact: (words(fact.channel) if fact.channel else "", None)),
            "records": _parts(own, metric, span, lambda fact: _record(own, fact, about)),
            "factors": _sent(ctx, own, metric, span, about) or _factors(own, metric, span),
            "mix": _mix(own, metric, span),
        }
    )


def _sum(own: Book, metric: Metric, span: Span, keep: Callable[[Fact], bool] = lambda fact: True) -> float:
    return sum(
        fact.value for fact in own.facts if fact.metric == metric and fact.day and fact.day in span and keep(fact)
    )


def _earlier(own: Book, metric: Metric, span: Span, first: date | None) -> list[float]:
    """The sums of the periods before (the one just before included) that were measured whole."""
    found, part = [], span.before
    while part is not None and part.start >= own.span.start and (first is None or part.start >= first):
        found.append(_sum(own, metric, part))
        part = part.before
    return found


def _parts(
    own: Book, metric: Metric, span: Span, key: Callable[[Fact], tuple[str, RecordLink | None]]
) -> tuple[Part, ...]:
    """The parts by their own change, the largest first; none where all of the figure is one part's."""
    sums: dict[tuple[str, RecordLink | None], list[float]] = {}
    for fact in own.facts:
        at = 0 if fact.day and fact.day in span else 1 if fact.day and span.before and fact.day in span.before else None
        if fact.metric == metric and at is not None:
            sums.setdefault(key(fact), [0.0, 0.0])[at] += fact.value
    if len(sums) < 2:
        return ()
    parts = [Part(name=name, link=link, now=now, before=before) for (name, link), (now, before) in sums.items()]
    return tuple(sorted(parts, key=lambda one: (-abs(one.change), one.name)))


def _record(own: Book, fact: Fact, about: About) -> tuple[str, RecordLink | None]:
    """The mailing, post or workflow of a fact where it has one, else its campaign (unless the campaign is what is asked about)."""
    link = None
    if fact.record_id is not None and fact.kind in (MAILING, POST, WORKFLOW):
        link = own.house.link(fact.kind, fact.record_id)
    elif fact.campaign_id and not about.campaign_id:
        link = own.house.link(CAMPAIGN, fact.campaign_id)
    return (link.name if link else "", link)


def _factors(own: Book, metric: Metric, span: Span) -> Factors | None:
    """The figure as volume times rate, by the first volume that both periods have."""
    assert span.before is not None
    for volume in FACTORS.get(metric, ()):
        v1, v0 = _sum(own, volume, span), _sum(own, volume, span.before)
        if v1 and v0:
            return _divided(volume.value, v1, _sum(own, metric, span), v0, _sum(own, metric, span.before))
    return None


def _mix(own: Book, metric: Metric, span: Span) -> Mix | None:
    """The conversion rate's change over the channels; None where fewer than two channels have leads (clicks)."""
    assert span.before is not None
    if metric != Metric.CONVERSIONS:
        return None
    for volume in FACTORS[metric]:
        channels = {f.channel for f in own.facts if f.metric == volume and f.day and f.channel is not None}
        rows = [_of_channel(own, metric, volume, channel, span) for channel in sorted(channels)]
        rows = [row for row in rows if row[0] or row[2]]
        whole1, whole0 = sum(row[0] for row in rows), sum(row[2] for row in rows)
        if len(rows) < 2 or not whole1 or not whole0:
            continue
        by_rates = by_mix = now = then = 0.0
        for v1, x1, v0, x0 in rows:
            # A channel that one period lacks has no rate there: it can only have changed the mix.
            r1, r0 = x1 / v1 if v1 else x0 / v0, x0 / v0 if v0 else x1 / v1
            s1, s0 = v1 / whole1, v0 / whole0
            by_rates += (r1 - r0) * (s1 + s0) / 2
            by_mix += (s1 - s0) * (r1 + r0) / 2
            now, then = now + s1 * r1, then + s0 * r0
        return Mix(volume=volume, now=now, before=then, by_rates=by_rates, by_mix=by_mix)
    return None


def _of_channel(own: Book, metric: Metric, volume: Metric, channel: Channel, span: Span) -> list[float]:
    """A channel's volume and metric now, then before."""
    parts = [part for part in (span, span.before) if part is not None]
    return [_sum(own, one, part, lambda fact: fact.channel == channel) for part in parts for one in (volume, metric)]


def _sent(ctx: Context, own: Book, metric: Metric, span: Span, about: About) -> Factors | None:
    """Opens or clicks as messages delivered times rate, of the mailings sent in each period; None where one has none."""
    if metric not in (Metric.OPENS, Metric.CLICKS) or about.channel not in (None, Channel.EMAIL):
        return None
    figures, zone = all_figures(ctx.session), ctx.clock.zone
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for id, home in own.house.mailings.items():
        day = home.at.astimezone(zone).date() if home.at else None
        found = figures.get(id)
        if day is None or found is None or (about.campaign_id is not None and home.campaign_id != about.campaign_id):
            continue
        now, hits = day in span, getattr(found, metric.value)
        if (now or (span.before and day in span.before)) and found.delivered and hits is not None:
            sums[now] = [sums[now][0] + found.delivered, sums[now][1] + hits]
    (v1, x1), (v0, x0) = sums[True], sums[False]
    return _divided("messages delivered", v1, x1, v0, x0, by_mailing=True) if v1 and v0 else None


def _divided(volume: str, v1: float, x1: float, v0: float, x0: float, *, by_mailing: bool = False) -> Factors:
    r1, r0 = x1 / v1, x0 / v0
    return Factors(
        volume=volume, volume_now=v1, volume_before=v0, rate_now=r1, rate_before=r0,
        by_volume=(v1 - v0) * (r1 + r0) / 2, by_rate=(r1 - r0) * (v1 + v0) / 2, by_mailing=by_mailing,
    )  # fmt: skip


def with_odd_days(ctx: Context, change: Change, about: About) -> Change:
    """The change with the days of its period that were out of line. Apart from the rest, since it reads half a year more."""
    if change.lacking is not None:
        return change
    span = Span(change.start, change.end)
    learned = book(ctx, learning_span(span), metrics=[change.metric])
    own = Book(learned.span, [fact for fact in learned.facts if about.holds(fact)], {}, learned.house)
    found = anomalies(own, span, [change.metric], ctx.today, ctx.currency).anomalies[:2]
    return change.model_copy(update={"odd": found})
