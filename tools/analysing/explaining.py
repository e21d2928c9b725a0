"""What was looked up to explain a result, as facts: a change and what carried it, a figure against what is usual, which of
several did better and why. Sentences of rules; where there is too little to say so, they say that."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from memory.campaigns import Campaign
from memory.mailings import EmailCampaign
from tools.analysing.cause_words import Fact, change_facts, joined
from tools.analysing.causes import About, Change, Metric, changes, halves, with_odd_days
from tools.analysing.definitions import shown
from tools.analysing.periods import Span
from tools.analysing.series import shares_differ
from tools.campaigning.figures import KeyFigures
from tools.core.context import Context
from tools.mailing.performance import performance as mailing_performance
from tools.show import count, number, percent, words
from tools.writing.background import PastCampaign, measures, past_campaigns
from tools.writing.context_results import Measure, credible, medians

Direction = Literal["up", "down"]
#: Where nobody named a figure: what a campaign or house is there for, first.
TELLING = (Metric.REVENUE, Metric.CONVERSIONS, Metric.LEADS, Metric.CLICKS, Metric.OPENS, Metric.ENGAGEMENT)
#: Of a change in a named figure alone, all is told; of several, the head of each.
MOST_METRICS = 4
NO_DAYS = "Its figures carry no days, or fewer than two weeks of them, so it cannot be seen whether and when they rose or fell."


def cause_facts(
    ctx: Context, about: About, span: Span | None, metric: Metric | None, direction: Direction | None, name: str | None
) -> list[Fact]:
    """Why a metric moved (without one: that which moved most the way that was asked about)."""
    if span is None:
        return [Fact(f"Nothing can be said of a change{' of {0}' if name else ''}. {NO_DAYS}", (name,) if name else ())]
    found = changes(ctx, span, about, [metric] if metric else TELLING)
    if not found:
        what = metric.value if metric else "figures"
        return [
            Fact(
                f"No {what} were recorded in these days or as many before{' for {0}' if name else ''}.",
                (name,) if name else (),
            )
        ]
    one = _asked(found, direction)
    facts = change_facts(
        with_odd_days(ctx, one, about), ctx.currency, name, words(about.channel) if about.channel else None
    )
    if direction and one.lacking is None and _way(one) != direction and one.change:
        said = {"up": "rise", "down": "fall"}[direction]
        what = (
            f"{metric.value.capitalize()} did not {said}"
            if metric
            else f"None of the recorded figures did {said} in these days"
        )
        facts.insert(0, Fact(f"{what}: by the figures it was the other way round." if metric else f"{what}."))
    others = [other for other in found if other is not one and other.lacking is None and other.change]
    return facts + [Fact(_in_short(other, ctx.currency)) for other in others[:2]]


def state_facts(ctx: Context, about: About, span: Span | None, metric: Metric | None, name: str | None) -> list[Fact]:
    """How the figures of some days stand against the days before and what is usual, a metric after the other."""
    if span is None:
        return []
    found = changes(ctx, span, about, [metric] if metric else tuple(Metric))
    facts: list[Fact] = []
    for one in found[: 1 if metric else MOST_METRICS]:
        told = change_facts(one, ctx.currency, name, words(about.channel) if about.channel else None)
        # Of several figures each is told in one line: its change, and whether that is chance or usual.
        facts += (
            told[:5]
            if metric
            else [joined([told[0], *(fact for fact in told[1:4] if not fact.names and "instead" not in fact.words)])]
        )
    return facts


def campaign_span(ctx: Context, campaign_id: int) -> Span | None:
    """The days in which a campaign's rise or fall can be seen."""
    return halves(ctx, campaign_id)


def judged_campaign(ctx: Context, campaign_id: int) -> list[Fact]:
    """A campaign's outcomes against the median of the others with results."""
    campaign = ctx.session.get_one(Campaign, campaign_id)
    past = past_campaigns(ctx)
    own = next((one for one in past if one.campaign.id == campaign_id), None)
    if own is None:
        return [Fact("Nothing is recorded for {0}, so there is nothing to judge it by.", (campaign.name,))]
    others = [one for one in past if one.campaign.id != campaign_id]
    facts = []
    for one in measures(own.figures):
        if one.value is not None:
            facts.append(_against_others(one, others, campaign.name))
    if not facts:
        return [Fact("Neither a return nor a rate can be computed from what is recorded for {0}.", (campaign.name,))]
    return facts


def judged_mailing(ctx: Context, mailing_id: int) -> list[Fact]:
    """A mailing's rates against the median of the others, with the 95 % interval of each (Wilson)."""
    mailing = ctx.session.get_one(EmailCampaign, mailing_id)
    found = mailing_performance(ctx, mailing, None)
    facts, names = [], (mailing.name,)
    for label, own, bounds, usual in (
        ("open rate", found.figures.open_rate, found.open_range, found.usual.open_rate if found.usual else None),
        ("click rate", found.figures.click_rate, found.click_range, found.usual.click_rate if found.usual else None),
    ):
        if own is None:
            continue
        people = number(found.figures.delivered)
        head = f"The {label} of {{0}} is {percent(own)} of {people} delivered"
        if usual is None or found.usual is None:
            facts.append(Fact(f"{head}; no other mailing has results to compare it with.", names))
            continue
        judged = "above" if own > usual else "below" if own < usual else "at"
        many = found.usual.mailings
        who = f"the median of the {many} other mailings" if many > 1 else "that of the one other mailing"
        sure = ""
        if bounds is not None and judged != "at":
            inside = bounds[0] <= usual <= bounds[1]
            sure = f" (with so many people the true rate may be {percent(bounds[0])} to {percent(bounds[1])}, so this {'may be chance' if inside else 'is more than chance'})"
        facts.append(Fact(f"{head}, {judged} {who}, {percent(usual)}{sure}.", names))
    return facts or [Fact("Nothing is recorded for {0}, so there is nothing to judge it by.", names)]


def compared_campaigns(ctx: Context, ids: Sequence[int]) -> list[Fact]:
    """Which campaign did better, by the first outcome that at least two of them have, and what made the difference."""
    past = [one for one in past_campaigns(ctx) if one.campaign.id in ids]
    lacking = [ctx.session.get_one(Campaign, id).name for id in ids if id not in {one.campaign.id for one in past}]
    missing = [Fact("Nothing is recorded for {0}.", (name,)) for name in lacking]
    for place in range(len(measures(KeyFigures()))):
        have = [(one, measures(one.figures)[place]) for one in past]
        have = [pair for pair in have if pair[1].value is not None]
        if len(have) > 1:
            have.sort(key=lambda pair: -(pair[1].value or 0.0))
            return _better(ctx, have) + missing
    return [Fact("They have no outcome in common that could be compared: no return, and no rate."), *missing]


def compared_mailings(ctx: Context, ids: Sequence[int]) -> list[Fact]:
    """Which mailing did better, by clicks where they are known, else by opens; with what made the difference."""
    rows = []
    for id in ids:
        mailing = ctx.session.get_one(EmailCampaign, id)
        rows.append((mailing.name, mailing_performance(ctx, mailing, None).figures))
    for label in ("click", "open"):
        known = [(name, f, getattr(f, f"{label}_rate")) for name, f in rows if getattr(f, f"{label}_rate") is not None]
        if len(known) < 2:
            continue
        known.sort(key=lambda row: -row[2])
        (best, own, rate), (other, its, lower) = known[0], known[-1] if len(known) == 2 else known[1]
        facts = [
            Fact(
                f"{{0}} did better: a {label} rate of {percent(rate)} against {percent(lower)} of {{1}}.".replace(
                    "a open", "an open"
                ),
                (best, other),
            )
        ]
        p_value = shares_differ(
            getattr(own, f"{label}s"), own.delivered or 0, getattr(its, f"{label}s"), its.delivered or 0
        )
        facts.append(Fact(_by_chance(p_value)))
        parts = (own.open_rate, own.click_to_open_rate, its.open_rate, its.click_to_open_rate)
        if label == "click" and all(part is not None for part in parts):
            o1, c1, o0, c0 = (part or 0.0 for part in parts)
            by_opens, by_text = (o1 - o0) * (c1 + c0) / 2, (c1 - c0) * (o1 + o0) / 2
            head = (
                "the opens: its subject line and time drew more readers"
                if by_opens > by_text
                else "what was read: more of its readers clicked"
            )
            facts.append(
                Fact(
                    f"Most of the difference lies in {head} (opened by {percent(o1)} against {percent(o0)}; of those who opened, {percent(c1)} against {percent(c0)} clicked)."
                )
            )
        return facts
    return [Fact("They have no rate in common that could be compared.")]


def finding_facts(findings: Sequence[Mapping[str, Any]], most: int = 5) -> list[Fact]:
    """The findings of `generate_insights` as facts: the names of their records stand apart."""
    facts = []
    for one in findings[:most]:
        text = str(one["text"]).replace("{", "{{").replace("}", "}}")
        names: list[str] = []
        for link in sorted(one.get("links", ()), key=lambda link: -len(link["name"])):
            name = str(link["name"])
            escaped = name.replace("{", "{{").replace("}", "}}")
            if name and escaped in text:
                text = text.replace(escaped, f"{{{len(names)}}}")
                names.append(name)
        facts.append(Fact(text, tuple(names)))
    return facts


def _asked(found: Sequence[Change], direction: Direction | None) -> Change:
    """The change that is asked about: the largest clear one that way, else the largest that way, else the largest."""
    sound = [one for one in found if one.lacking is None]
    that_way = [one for one in sound if direction is None or _way(one) == direction]
    clear = [one for one in that_way if one.clear]
    return (clear or that_way or sound or list(found))[0]


def _way(one: Change) -> Direction | None:
    return "up" if one.change > 0 else "down" if one.change < 0 else None


def _in_short(one: Change, currency: str) -> str:
    now, before = (shown(one.metric, value, currency).replace("{", "{{") for value in (one.now, one.before))
    by = f" ({'+' if one.change > 0 else '-'}{percent(abs(one.share))})" if one.share is not None else ""
    return f"{one.metric.value.capitalize()} in the same days: {now}, from {before}{by}."


def _against_others(one: Measure, others: Sequence[PastCampaign], name: str) -> Fact:
    value = one.value or 0.0
    known = [m.value for other in others for m in measures(other.figures) if m.name == one.name and m.value is not None]
    head = f"The {one.name} of {{0}} is {one.shown(value)}"
    of = f" (of {number(one.of)})" if one.of is not None and one.name != "ROI" else ""
    if not known:
        return Fact(f"{head}{of}; no other campaign has one to compare it with.", (name,))
    usual = medians([[m] for other in others for m in measures(other.figures) if m.name == one.name]).get(
        one.name, known[0]
    )
    judged = "above" if value > usual else "below" if value < usual else "at"
    who = (
        f"the median of the {len(known)} other campaigns with one"
        if len(known) > 1
        else "that of the one other campaign with one"
    )
    few = ""
    if one.of is not None and one.of < one.weight and judged != "at":
        likely = credible(value, usual, one.of, one.weight)
        basis = "conversions" if one.name == "ROI" else "people"
        few = f" It rests on only {count(int(one.of), basis.rstrip('s') if one.of == 1 else basis, basis)}, so it may be chance; drawn towards the usual, it counts as {one.shown(likely)}."
    return Fact(f"{head}{of}, {judged} {who}, {one.shown(usual)}.{few}", (name,))


def _better(ctx: Context, have: Sequence[tuple[PastCampaign, Measure]]) -> list[Fact]:
    (best, own), (other, its) = have[0], have[1]
    names = (best.campaign.name, other.campaign.name)
    if own.value == its.value:
        return [
            Fact(
                f"{{0}} and {{1}} did equally well: {_an(own.name)} {own.name} of {own.shown(own.value or 0.0)} each.",
                names,
            )
        ]
    facts = [
        Fact(
            f"{{0}} did better: {_an(own.name)} {own.name} of {own.shown(own.value or 0.0)} against {its.shown(its.value or 0.0)} of {{1}}.",
            names,
        )
    ]
    facts += [
        Fact(f"Behind them comes {{0}} with {one.shown(one.value or 0.0)}.", (past.campaign.name,))
        for past, one in have[2:4]
    ]
    if own.name == "ROI":
        few = [one.of for _, one in have[:2] if one.of is not None and one.of < one.weight]
        if few:
            facts.append(Fact(f"One of the two rests on only {number(min(few))} conversions, so it may be chance."))
        return facts + _of_return(ctx, best.figures, other.figures)
    trials = (own.of or 0.0, its.of or 0.0)
    p_value = shares_differ((own.value or 0.0) * trials[0], trials[0], (its.value or 0.0) * trials[1], trials[1])
    return [*facts, Fact(_by_chance(p_value))]


def _of_return(ctx: Context, own: KeyFigures, its: KeyFigures) -> list[Fact]:
    """Revenue per money spent as conversions per money times revenue per conversion, divided as in causes.Factors."""
    parts = (own.spend, own.conversions, own.revenue, its.spend, its.conversions, its.revenue)
    if not all(parts):
        return []
    s1, n1, r1, s0, n0, r0 = (part or 0.0 for part in parts)
    deals1, deals0, worth1, worth0 = n1 / s1, n0 / s0, r1 / n1, r0 / n0
    by_deals, by_worth = (deals1 - deals0) * (worth1 + worth0) / 2, (worth1 - worth0) * (deals1 + deals0) / 2
    cost1, cost0, each1, each0 = (
        shown(Metric.SPEND, value, ctx.currency) for value in (1 / deals1, 1 / deals0, worth1, worth0)
    )
    head = "what a conversion cost" if by_deals > by_worth else "what a conversion was worth"
    return [
        Fact(
            f"Most of the difference lies in {head}: a conversion cost {cost1} against {cost0}, and was worth {each1} against {each0}."
        )
    ]


def _by_chance(p_value: float | None) -> str:
    if p_value is None:
        return "They went to too few people to tell whether that is chance."
    return "The difference is more than chance." if p_value < 0.05 else "The difference may be chance."


def _an(word: str) -> str:
    return "an" if word[:1].casefold() in "aeio" or word == "ROI" else "a"
