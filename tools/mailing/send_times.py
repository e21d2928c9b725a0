"""The best time to send, from when people really open and click, drawn towards a plain default while that is little.

The share of reading that falls on a weekday (an hour) is estimated with a Dirichlet-multinomial model, whose single
shares are beta-binomial (Gelman et al., "Bayesian Data Analysis", 3rd edition, 2.4 and 3.4): the default counts as
DEFAULT_WEIGHT observations, so ten opens change little and ten thousand decide. The ranges are 95 % credible intervals.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict

from memory.mailings import list_email_campaigns
from memory.reading_times import reading_moments
from memory.segments import Segment
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.mailing.entry import MAILING
from tools.mailing.figures import all_figures
from tools.quoting import inert
from tools.segmenting import condition, load_tree
from tools.show import bullets, count, moment, number, percent, table

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: How many observations the default counts as: about what a list of a few hundred readers shows in a few mailings.
DEFAULT_WEIGHT = 200
#: Where nothing is known: working days a little before the weekend days, mornings first. Mailchimp's study of its
#: sendings ("Insights from Mailchimp's Send Time Optimization System", 2014) found no weekday far ahead, and 10 in the
#: morning of the recipient as the commonest best hour.
DEFAULT_DAYS = (0.15, 0.17, 0.17, 0.17, 0.15, 0.09, 0.10)
_HOURS = (1, 0.6, 0.5, 0.5, 0.6, 1.2, 2.5, 4.5, 6.5, 8, 9, 8, 7, 6.5, 6.5, 6, 5.5, 5.5, 5, 5, 5, 4.5, 3.5, 2.1)
DEFAULT_HOURS = tuple(weight / sum(_HOURS) for weight in _HOURS)
LOOKED_BACK = timedelta(days=365)
MOST_MAILINGS = 10


class Slot(BaseModel):
    """A weekday or hour: the share of reading that falls on it, with its range, and how much of that was seen."""

    model_config = ConfigDict(frozen=True)

    name: str
    share: float
    low: float
    high: float
    seen: int


class PastSending(BaseModel):
    """A past mailing: when it went out (hub's zone), and its rates."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    sent_at: datetime
    open_rate: float | None
    click_rate: float | None


class SendTimes(Result):
    """The best weekday and hour. `observations` are people's opens and clicks, each person once a weekday and hour;
    `own_weight` is the share that they have in the estimate, beside the default. Best slots first.
    """

    segment_id: int | None
    segment: str | None
    weekday: str
    hour: int
    observations: int
    people: int
    own_weight: float
    weekdays: tuple[Slot, ...]
    hours: tuple[Slot, ...]
    past: tuple[PastSending, ...]

    @property
    def text(self) -> str:
        who = f" for {inert(self.segment)}" if self.segment else ""
        parts = [
            f"Best time to send{who}: **{self.weekday}, {self.hour:02d}:00** in the reader's own time.",
            self._basis(),
        ]
        if self.observations:
            rows = [
                (one.name, percent(one.share), f"{percent(one.low)} to {percent(one.high)}", number(one.seen))
                for one in (*self.weekdays[:3], *self.hours[:4])
            ]
            parts.append(table(("When", "Share of reading", "95% range", "Seen"), rows))
            parts.append(self._sure())
        if self.past:
            lines = [
                f"{inert(one.name)}, {moment(one.sent_at)}: opened by {percent(one.open_rate)}, clicked by {percent(one.click_rate)}"
                for one in self.past
            ]
            parts.append(f"Past mailings, by when they went out:\n\n{bullets(lines)}")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        own = (
            (RecordLink(noun="segment", id=self.segment_id, name=self.segment),)
            if self.segment_id and self.segment
            else ()
        )
        return (*own, *(RecordLink(noun=MAILING, id=one.id, name=one.name) for one in self.past))

    def _basis(self) -> str:
        if not self.observations:
            return (
                "This is only the usual default (working days, in the morning): no opens or clicks with their times are "
                "recorded here yet."
            )
        seen = f"{count(self.observations, 'open or click', 'opens and clicks')} of {count(self.people, 'person', 'people')}"
        if self.own_weight < 0.5:
            return f"It rests mostly on the usual default (working days, in the morning): only {seen} are recorded, which weigh {percent(self.own_weight)}."
        return (
            f"It rests on {seen} in the last year; they weigh {percent(self.own_weight)}, the usual default the rest."
        )

    def _sure(self) -> str:
        open_points = [
            f"{first.name} and {second.name}"
            for first, second in ((self.weekdays[0], self.weekdays[1]), (self.hours[0], self.hours[1]))
            if first.low <= second.high
        ]
        if not open_points:
            return "The lead over the next best is larger than chance."
        return (
            f"Between {' and between '.join(open_points)} the difference may be chance. Test it before you rely on it."
        )


def send_times(ctx: Context, segment: Segment | None) -> SendTimes:
    """When the people of a segment (or all) read their mail."""
    where = condition(load_tree(segment.tree), ctx.now) if segment else None
    moments = reading_moments(ctx.session, where, (ctx.now - LOOKED_BACK).astimezone(UTC))
    habits = {
        (lead_id, local.weekday(), local.hour)
        for lead_id, at, zone in moments
        for local in (at.astimezone(_zone(zone) or ctx.clock.zone),)
    }
    days = Counter(weekday for _, weekday, _ in habits)
    hours = Counter(hour for _, _, hour in habits)
    weekdays = shares(WEEKDAYS, [days[place] for place in range(7)], DEFAULT_DAYS)
    by_hour = shares([f"{hour:02d}:00" for hour in range(24)], [hours[hour] for hour in range(24)], DEFAULT_HOURS)
    return SendTimes(
        segment_id=segment.id if segment else None,
        segment=segment.name if segment else None,
        weekday=weekdays[0].name,
        hour=int(by_hour[0].name[:2]),
        observations=len(habits),
        people=len({lead_id for lead_id, _, _ in habits}),
        own_weight=len(habits) / (len(habits) + DEFAULT_WEIGHT),
        weekdays=weekdays,
        hours=by_hour,
        past=_past(ctx, segment),
    )


def shares(names: tuple[str, ...] | list[str], seen: list[int], default: tuple[float, ...]) -> tuple[Slot, ...]:
    """The share of each slot, the largest first: mean and 95 % interval of Beta(w·d + n, rest)."""
    from scipy.special import betaincinv  # where times are compared: a start does without

    total = sum(seen) + DEFAULT_WEIGHT
    slots = []
    for name, amount, prior in zip(names, seen, default, strict=True):
        own = prior * DEFAULT_WEIGHT + amount
        low, high = betaincinv(own, total - own, (0.025, 0.975))
        slots.append(Slot(name=name, share=own / total, low=float(low), high=float(high), seen=amount))
    return tuple(sorted(slots, key=lambda slot: -slot.share))


def _past(ctx: Context, segment: Segment | None) -> tuple[PastSending, ...]:
    figures = all_figures(ctx.session)
    found = []
    for one in list_email_campaigns(ctx.session):
        rates = figures.get(one.id)
        fits = segment is None or one.segment_id == segment.id
        if fits and one.sent_at and rates and rates.open_rate is not None:
            found.append(
                PastSending(
                    id=one.id,
                    name=one.name,
                    sent_at=one.sent_at.astimezone(ctx.clock.zone),
                    open_rate=rates.open_rate,
                    click_rate=rates.click_rate,
                )
            )
    return tuple(sorted(found, key=lambda past: -(past.open_rate or 0)))[:MOST_MAILINGS]


@cache
def _zone(name: str | None) -> ZoneInfo | None:
    return ZoneInfo(name) if name and name in available_timezones() else None
