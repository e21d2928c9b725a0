"""What a campaign's records say about where it can do better: findings, each with the figures that it rests on.

Nothing here is written by a model. Comparisons are with the median of past campaigns of the same type, since a few
campaigns are all that a small team has, and one outlier must not move the measure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.enums import CampaignStatus, Channel
from tools.campaigning.figures import KeyFigures
from tools.campaigning.performance import schedule
from tools.show import count, day, money, number, percent, words

#: How far from the plan or the median a figure must be to be worth a word.
FAST_PACE, SLOW_PACE = 1.25, 0.75
#: Before this share of its days is gone, a campaign's pace says nothing.
TOO_EARLY = 0.1
MUCH_MORE, MUCH_LESS = 1.25, 0.8


class Finding(BaseModel):
    """One finding: what the records say (`evidence`), and what is usually done about it (`advice`)."""

    model_config = ConfigDict(frozen=True)

    subject: str
    evidence: str
    advice: str


@dataclass(frozen=True)
class Compared:
    """What findings are computed from. `peers` are the key figures of past campaigns of the same type."""

    campaign: Campaign
    figures: KeyFigures
    peers: Sequence[KeyFigures]
    channels: dict[Channel, KeyFigures]
    drafts: int
    today: date
    currency: str


def findings(about: Compared) -> list[Finding]:
    """Everything that stands out, what costs money first."""
    rules: tuple[Callable[[Compared], Finding | None], ...] = (
        _outdated, _return, _cost_per_lead, _pace, _conversion, _channels, _nothing_recorded, _no_audience, _no_dates,
        _no_budget, _no_texts,
    )  # fmt: skip
    return [finding for finding in (rule(about) for rule in rules) if finding is not None]


def _outdated(about: Compared) -> Finding | None:
    campaign = about.campaign
    if campaign.status == CampaignStatus.ACTIVE and campaign.end_date and campaign.end_date < about.today:
        return Finding(
            subject="status",
            evidence=f"It is still active, though its last day was {day(campaign.end_date)}.",
            advice="Complete it, so that its results count as an outcome, or give it a new end date.",
        )
    if campaign.status == CampaignStatus.DRAFT and campaign.start_date and campaign.start_date < about.today:
        return Finding(
            subject="status",
            evidence=f"It is still a draft, though it should have started on {day(campaign.start_date)}.",
            advice="Set it to active, or move its start date.",
        )
    return None


def _return(about: Compared) -> Finding | None:
    roi = about.figures.roi
    usual = _median(about, lambda figures: figures.roi)
    if roi is None:
        return None
    against = f"; {_against(about, lambda figures: figures.roi, percent)}" if usual is not None else ""
    if roi < 0:
        return Finding(
            subject="return",
            evidence=f"It has cost more than it brought so far: ROI {percent(roi)}{against}.",
            advice="Pause what costs most per conversion, and spend only on the channel that converts.",
        )
    if usual is not None and usual > 0 and roi < usual * MUCH_LESS:
        return Finding(
            subject="return",
            evidence=f"Its ROI of {percent(roi)} is low{against}.",
            advice="Look at what the better ones offered and to whom, and test that offer here.",
        )
    return None


def _cost_per_lead(about: Compared) -> Finding | None:
    cost, usual = about.figures.cost_per_lead, _median(about, lambda figures: figures.cost_per_lead)
    if cost is None or not usual:
        return None
    against = _against(about, lambda figures: figures.cost_per_lead, lambda value: money(value, about.currency))
    if cost > usual * MUCH_MORE:
        return Finding(
            subject="cost per lead",
            evidence=f"A lead costs {money(cost, about.currency)}; {against}.",
            advice="Narrow the audience, and test a second text or offer against the present one.",
        )
    if cost < usual * MUCH_LESS:
        return Finding(
            subject="cost per lead",
            evidence=f"A lead costs only {money(cost, about.currency)}; {against}.",
            advice="It earns its money: consider a larger budget while that holds.",
        )
    return None


def _pace(about: Compared) -> Finding | None:
    at = schedule(about.campaign, about.figures, about.today)
    if at is None or at.pace is None or about.campaign.status != CampaignStatus.ACTIVE or not at.days_left:
        return None
    if at.days_gone < at.days * TOO_EARLY:
        return None
    spent = (
        f"{percent(about.figures.budget_used)} of the budget is spent after {at.days_gone} of {count(at.days, 'day')} "
        f"(pace {number(at.pace)}, 1 is on plan)"
    )
    if at.pace > FAST_PACE:
        return Finding(
            subject="pace",
            evidence=f"It spends too fast: {spent}.",
            advice="Lower the daily spend, or raise the budget if the return is worth it.",
        )
    if at.pace < SLOW_PACE:
        return Finding(
            subject="pace",
            evidence=f"It spends slowly: {spent}.",
            advice="Widen the audience or the channels, or move what is left to a campaign that can use it.",
        )
    return None


def _conversion(about: Compared) -> Finding | None:
    rate, usual = about.figures.lead_conversion_rate, _median(about, lambda figures: figures.lead_conversion_rate)
    if rate is None or usual is None or rate >= usual * MUCH_LESS:
        return None
    return Finding(
        subject="lead conversion rate",
        evidence=f"{percent(rate)} of its leads convert; "
        f"{_against(about, lambda figures: figures.lead_conversion_rate, percent)}.",
        advice="Follow up on leads sooner, and make the step after the first contact smaller.",
    )


def _channels(about: Compared) -> Finding | None:
    costs = {one: cost for one, sums in about.channels.items() if (cost := sums.cost_per_lead) is not None}
    if len(costs) < 2:
        return None
    dearest, cheapest = max(costs, key=lambda one: costs[one]), min(costs, key=lambda one: costs[one])
    if costs[dearest] < costs[cheapest] * 2:
        return None
    return Finding(
        subject="channels",
        evidence=f"A lead costs {money(costs[dearest], about.currency)} by {words(dearest)} and "
        f"{money(costs[cheapest], about.currency)} by {words(cheapest)}.",
        advice=f"Move part of the budget from {words(dearest)} to {words(cheapest)}.",
    )


def _nothing_recorded(about: Compared) -> Finding | None:
    if about.figures.recorded or about.campaign.status == CampaignStatus.DRAFT:
        return None
    return Finding(
        subject="results",
        evidence="No results are recorded for it, so its return cannot be judged.",
        advice="Record or import spend, leads and revenue.",
    )


def _no_audience(about: Compared) -> Finding | None:
    if about.campaign.target_audience:
        return None
    return Finding(
        subject="audience",
        evidence="It names no target audience.",
        advice="Say whom it is for; every text written for it then speaks to these people.",
    )


def _no_dates(about: Compared) -> Finding | None:
    lacking = [
        which
        for which, value in (("start", about.campaign.start_date), ("end", about.campaign.end_date))
        if value is None
    ]
    if not lacking:
        return None
    return Finding(
        subject="dates",
        evidence=f"It has no {' and no '.join(lacking)} date.",
        advice="Set both dates: then the pace of the budget can be watched, and there is a last day to speak of.",
    )


def _no_budget(about: Compared) -> Finding | None:
    if about.campaign.budget is not None:
        return None
    return Finding(
        subject="budget",
        evidence="It has no budget.",
        advice="Set one, even a small one: then its spend can be judged.",
    )


def _no_texts(about: Compared) -> Finding | None:
    if about.drafts or about.campaign.status == CampaignStatus.COMPLETED:
        return None
    return Finding(
        subject="content",
        evidence="No texts have been written for it here.",
        advice=f"Say “write the content for {about.campaign.name}” to get a first version for each channel.",
    )


def _known(about: Compared, figure: Callable[[KeyFigures], float | None]) -> list[float]:
    return [value for value in map(figure, about.peers) if value is not None]


def _median(about: Compared, figure: Callable[[KeyFigures], float | None]) -> float | None:
    known = _known(about, figure)
    return median(known) if known else None


def _against(about: Compared, figure: Callable[[KeyFigures], float | None], shown: Callable[[float], str]) -> str:
    """What the others reached, in words."""
    known, kind = _known(about, figure), words(about.campaign.type)
    if len(known) == 1:
        return f"the one other {kind} campaign with results has {shown(known[0])}"
    return f"the median of {count(len(known), f'other {kind} campaign')} is {shown(median(known))}"
