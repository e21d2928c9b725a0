"""Findings: what stands out in the figures of some days, each with its figures and the records that it comes from.

Nothing here is written by a model. A difference is a finding where a test says that it is more than chance, or, where
only totals are known, where it is large; the sentence then says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.deliveries import states_of_all
from memory.drafts import count_drafts
from memory.enums import CampaignStatus, Channel, DeliveryState, EmailStatus, EventType, Metric
from memory.facts import event_sums
from memory.lead_counts import count_mailable
from memory.mailings import EmailCampaign, list_email_campaigns
from memory.metrics import totals_of_all
from memory.segments import list_segments
from tools.analysing.anomalies import Anomaly, anomalies, learning_span
from tools.analysing.campaigns import whole_sums
from tools.analysing.definitions import label, shown
from tools.analysing.figures import CAMPAIGN, MAILING, Book, book, the_house
from tools.analysing.kpis import Kpi, kpis
from tools.analysing.periods import Span
from tools.analysing.series import shares_differ
from tools.analysing.trends import UNCLEAR, trends
from tools.campaigning.figures import key_figures
from tools.campaigning.findings import Compared
from tools.campaigning.findings import Finding as CampaignFinding
from tools.campaigning.findings import findings as campaign_findings
from tools.core.context import Context
from tools.core.result import RecordLink
from tools.segmenting import condition, load_tree
from tools.show import count, day, number, percent, words
from tools.writing.background import past_campaigns

#: A change this large is told even where no test can judge it.
LARGE = 0.25
#: Findings of campaigns that are about their results (the others are about what is still to be filled in).
RESULTS = ("status", "return", "cost per lead", "pace", "lead conversion rate", "channels")
MOST_SEGMENTS = 8


class Finding(BaseModel):
    """One finding: a sentence, its figures by name, and the records it comes from. `weight` ranks it (more is first)."""

    model_config = ConfigDict(frozen=True)

    kind: str
    text: str
    figures: dict[str, float]
    links: tuple[RecordLink, ...] = ()
    weight: float = 1.0


@dataclass(frozen=True)
class Looked:
    """What the rules look at: the days, the books of them and of the as many before; one channel, or all."""

    ctx: Context
    span: Span
    channel: Channel | None = None

    @cached_property
    def now(self) -> Book:
        return self._only(book(self.ctx, self.span, the_house(self.ctx)))

    @cached_property
    def before(self) -> Book | None:
        return self._only(book(self.ctx, self.span.before, self.now.house)) if self.span.before else None

    @cached_property
    def long(self) -> Book:
        """The days with half a year before them: what is usual is learned from these."""
        return self._only(book(self.ctx, learning_span(self.span), self.now.house))

    @cached_property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """The unusual figures of the days."""
        return anomalies(self.long, self.span, list(Metric), self.ctx.today, self.ctx.currency).anomalies

    def _only(self, whole: Book) -> Book:
        if self.channel is None:
            return whole
        return Book(whole.span, [fact for fact in whole.facts if fact.channel == self.channel], {}, whole.house)


def findings(about: Looked) -> list[Finding]:
    """Everything that stands out, the weightiest first."""
    rules: tuple[Callable[[Looked], Iterable[Finding]], ...] = (
        _movers, _anomalies, _trends, _mailings, _campaigns, _concentration, _segments,
    )  # fmt: skip
    found = [finding for rule in rules for finding in rule(about)]
    return sorted(found, key=lambda one: -one.weight)


def campaign_advice(about: Looked) -> list[tuple[Campaign, CampaignFinding]]:
    """What the campaign group's rules find of each campaign that is or was to be running, results only."""
    ctx, found = about.ctx, []
    past, sums = past_campaigns(ctx), whole_sums(ctx.session, list(about.now.house.campaigns.values()))
    for campaign in about.now.house.campaigns.values():
        if campaign.status not in (CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.DRAFT):
            continue
        if about.channel is not None and about.channel.value not in campaign.channels:
            continue
        peers = [one.figures for one in past if one.campaign.type == campaign.type and one.campaign.id != campaign.id]
        compared = Compared(
            campaign=campaign,
            figures=key_figures(sums[campaign.id].totals, campaign.budget),
            peers=peers,
            channels={channel: key_figures(own) for channel, own in sums[campaign.id].channels.items()},
            drafts=count_drafts(ctx.session, campaign.id),
            today=ctx.today,
            currency=ctx.currency,
        )
        found += [(campaign, one) for one in campaign_findings(compared) if one.subject in RESULTS]
    return found


def untapped_segments(about: Looked) -> list[tuple[RecordLink, int]]:
    """Segments that no mailing has gone to or is planned for, with how many of their people may be mailed (not 0)."""
    ctx = about.ctx
    used = {
        one.segment_id
        for one in list_email_campaigns(ctx.session)
        if one.status not in (EmailStatus.DRAFT, EmailStatus.CANCELLED)
    }
    found = []
    for segment in list(list_segments(ctx.session))[:MOST_SEGMENTS]:
        if segment.id in used:
            continue
        people = count_mailable(ctx.session, condition(load_tree(segment.tree), ctx.now))
        if people:
            found.append((RecordLink(noun="segment", id=segment.id, name=segment.name), people))
    return sorted(found, key=lambda pair: -pair[1])


def _movers(about: Looked) -> Iterable[Finding]:
    for one in kpis(about.now, about.before):
        if one.change is None or not (one.clear or (one.clear is None and abs(one.change) >= LARGE)):
            continue
        yield Finding(
            kind="change",
            text=_moved(one, about.ctx.currency),
            figures={"value": one.value or 0.0, "before": one.before or 0.0, "change": one.change},
            links=one.sources,
            weight=3 + min(abs(one.change), 2) if one.clear else 1.5,
        )


def _moved(one: Kpi, currency: str) -> str:
    rose = "rose" if (one.change or 0) > 0 else "fell"
    now, before = (shown(one.metric, value, currency) for value in (one.value, one.before))
    text = (
        f"{label(one.metric)} {rose} by {percent(abs(one.change or 0))} to {now}, from {before} in as many days before"
    )
    if one.clear is None:
        text += " (whether that is more than chance cannot be told from totals)"
    return text + (f"; most came from {one.sources[0].name}." if one.sources else ".")


def _anomalies(about: Looked) -> Iterable[Finding]:
    for one in about.anomalies[:3]:
        value, usual = (shown(one.metric, figure, about.ctx.currency) for figure in (one.value, one.expected))
        cause = ""
        if one.cause is not None:
            moved, before = (shown(one.metric, v, about.ctx.currency) for v in (one.cause.value, one.cause.usual))
            cause = f" What moved most was {one.cause.name}: {moved} instead of {before}."
        yield Finding(
            kind="anomaly",
            text=f"{label(one.metric)} on {day(one.day)} stood at {value}, where about {usual} were to be expected.{cause}",
            figures={"value": one.value, "expected": one.expected, "score": one.score},
            links=(one.cause.link,) if one.cause and one.cause.link else (),
            weight=2.5 + min(abs(one.score), 20) / 20,
        )


def _trends(about: Looked) -> Iterable[Finding]:
    found = trends(about.long, list(Metric), about.ctx.today, about.ctx.currency)
    for one in found.trends:
        if one.direction in (None, UNCLEAR):
            continue
        a_week = shown(one.metric, abs(one.change or 0), about.ctx.currency)
        usual = shown(one.metric, one.weekly_mean, about.ctx.currency)
        yield Finding(
            kind="trend",
            text=f"{label(one.metric)} have been {one.direction} over {count(one.days, 'day')}, by about {a_week} from week "
            f"to week (a usual week has {usual}).".replace("Revenue have", "Revenue has")
            .replace("Spend have", "Spend has")
            .replace("Engagement have", "Engagement has"),
            figures={"change_a_week": one.change or 0.0, "weekly_mean": one.weekly_mean or 0.0},
            links=one.sources,
            weight=2.5,
        )


def _mailings(about: Looked) -> Iterable[Finding]:
    """Each mailing of the days against the others of the half year before them together."""
    if about.channel not in (None, Channel.EMAIL):
        return
    sent = {one.id: (one, on) for one, on in _sent(about) if on >= learning_span(about.span).start}
    if not any(on in about.span for _, on in sent.values()):
        return
    tallies = _tallies(about)
    for one, on in sent.values():
        if on in about.span and one.id in tallies:
            others = [tallies[other] for other in sent if other != one.id and other in tallies]
            for name in ("open", "click"):
                yield from _against(one, name, tallies[one.id], others)


def _sent(about: Looked) -> Iterable[tuple[EmailCampaign, date]]:
    for one in list_email_campaigns(about.ctx.session):
        when = one.sent_at or one.laid_at
        if when is not None:
            yield one, when.astimezone(about.ctx.clock.zone).date()


def _tallies(about: Looked) -> dict[int, dict[str, float]]:
    """What was delivered, opened and clicked of each mailing, as `tools.mailing.figures` defines it."""
    session, learned = about.ctx.session, learning_span(about.span)
    names = {EventType.OPENED: "opens", EventType.CLICKED: "clicks"}
    found: dict[int, dict[str, float]] = {one: dict(sums) for one, sums in totals_of_all(session, MAILING).items()}
    for mailing_id, states in states_of_all(session).items():
        own = found.setdefault(mailing_id, {})
        own["delivered"] = own.get("delivered", 0.0) + states.get(DeliveryState.SENT, 0)
        for name in names.values():
            own.setdefault(name, 0.0)
    for one in event_sums(session, about.ctx.clock.zone, learned.start, about.ctx.today, list(names)):
        if one.email_campaign_id is not None:
            own = found.setdefault(one.email_campaign_id, {})
            own[names[one.type]] = own.get(names[one.type], 0.0) + one.amount
    return found


def _against(
    mailing: EmailCampaign, name: str, own: dict[str, float], others: list[dict[str, float]]
) -> Iterable[Finding]:
    hits = f"{name}s"
    known = [one for one in others if hits in one and one.get("delivered")]
    if hits not in own or not own.get("delivered") or not known:
        return
    other_hits, delivered = (sum(one[key] for one in known) for key in (hits, "delivered"))
    p_value = shares_differ(own[hits], own["delivered"], other_hits, delivered)
    if p_value is None or p_value >= 0.05:
        return
    rate, usual = own[hits] / own["delivered"], other_hits / delivered
    judged = "above" if rate > usual else "below"
    yield Finding(
        kind="mailing",
        text=f"{mailing.name} has {'an' if name == 'open' else 'a'} {name} rate of {percent(rate)} "
        f"({number(own[hits])} of {number(own['delivered'])}), clearly {judged} the {percent(usual)} of the other mailings "
        "together.",
        figures={f"{name}_rate": rate, "others": usual, "p_value": p_value},
        links=(RecordLink(noun=MAILING, id=mailing.id, name=mailing.name),),
        weight=2 + abs(rate - usual),
    )


def _campaigns(about: Looked) -> Iterable[Finding]:
    for campaign, one in campaign_advice(about):
        yield Finding(
            kind="campaign",
            text=f"{campaign.name}: {one.evidence}",
            figures={},
            links=(RecordLink(noun=CAMPAIGN, id=campaign.id, name=campaign.name),),
            weight=2.8 if one.subject in ("return", "status") else 2.2,
        )


def _concentration(about: Looked) -> Iterable[Finding]:
    """Where most conversions come from: only told where several channels have some."""
    if about.channel is not None:
        return
    sums = {one: value for one, value in about.now.by_channel(Metric.CONVERSIONS).items() if value}
    known = {one: value for one, value in sums.items() if one is not None}
    if len(known) < 2:
        return
    first = max(known, key=lambda one: known[one])
    share = known[first] / sum(sums.values())
    yield Finding(
        kind="channel",
        text=f"Most conversions with a known channel came by {words(first)}: {number(known[first])} of "
        f"{number(sum(sums.values()))} ({percent(share)}).",
        figures={"conversions": known[first], "share": share},
        links=about.now.sources(Metric.CONVERSIONS, channel=first),
        weight=1.2,
    )


def _segments(about: Looked) -> Iterable[Finding]:
    if about.channel not in (None, Channel.EMAIL):
        return
    for link, people in untapped_segments(about)[:2]:
        yield Finding(
            kind="segment",
            text=f"No mailing has gone to the segment {link.name}, of whom {count(people, 'person', 'people')} may be "
            "mailed.",
            figures={"people": people},
            links=(link,),
            weight=1.0,
        )
