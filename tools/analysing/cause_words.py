"""What a change comes to in sentences, each a fact that was computed; names of records stand apart from its words.

Apart, because a record may be called "Up 900%" or hold an order to a program: a figure in a name is no figure that was
looked up, and a person reads the name as it is while a model reads it without such orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.enums import Metric
from tools.analysing.causes import Change, Factors, Part
from tools.analysing.definitions import shown
from tools.quoting import inert
from tools.show import count, day, days, number, percent, shorten
from tools.writing.orders import without_orders

#: A part below this share of the whole change is not worth a word.
WORTH_SAYING = 0.1


@dataclass(frozen=True)
class Fact:
    """A sentence with {0}, {1}, ... where names of records stand (braces in it are doubled)."""

    words: str
    names: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As a person reads it."""
        return self.words.format(*(f"“{inert(shorten(name, 80))}”" for name in self.names))

    @property
    def for_model(self) -> str:
        """As a model reads it: no name may give it orders."""
        return self.words.format(*(f"“{shorten(without_orders(name), 60) or 'a record'}”" for name in self.names))

    @property
    def figures(self) -> str:
        """Its own words, without the names: what a text may take figures from."""
        return self.words.format(*("it" for _ in self.names))


def change_facts(one: Change, currency: str, subject: str | None, channel: str | None = None) -> list[Fact]:
    """The change in sentences, what matters most first. `subject` is the record's name, where it is of one; `channel` the
    channel that it is of."""
    facts = [_head(one, currency, subject, channel)]
    if one.lacking is not None:
        return [*facts, Fact(_why_not(one))]
    if one.since is not None:
        facts.append(Fact(f"They were first recorded on {day(one.since)}, so the days before are fewer."))
    facts += [fact for fact in (_sure(one), _usual(one, currency)) if fact]
    for parts, kind in ((one.channels, "channel"), (one.records, "record")):
        facts += _carried(one, parts, kind, currency)
    facts += [fact for fact in (_factors(one, currency), _mix(one)) if fact]
    return facts + _odd(one, currency)


def _head(one: Change, currency: str, subject: str | None, channel: str | None) -> Fact:
    of = (" of {0}" if subject else "") + (f" by {channel}" if channel else "")
    names = (subject,) if subject else ()
    now, before = (_safe(shown(one.metric, value, currency)) for value in (one.now, one.before))
    when = days(one.start, one.end)
    if one.lacking == "since" or (one.since and one.since > one.start):
        return Fact(f"{_label(one.metric)}{of}: {now} in {when}.", names)
    if not one.change:
        return Fact(f"{_label(one.metric)}{of} did not change: {now} in {when}, as in as many days before.", names)
    moved = "rose" if one.change > 0 else "fell"
    by = f" by {percent(abs(one.share))}" if one.share is not None else ""
    return Fact(
        f"{_label(one.metric)}{of} {moved}{by} to {now} in {when}, from {before} in as many days before.", names
    )


def joined(facts: Sequence[Fact]) -> Fact:
    """Several sentences as one fact; only the first may name records."""
    return Fact(" ".join(fact.words for fact in facts), facts[0].names)


def _why_not(one: Change) -> str:
    if one.lacking == "few":
        return "These are too few to read a cause into: a handful more or less is chance."
    return f"They were first recorded on {day(one.since)}, so there are no whole days before to compare these with."


def _sure(one: Change) -> Fact | None:
    if one.clear is None or not one.change:
        return None
    if one.clear:
        return Fact("The daily figures differ by more than chance.")
    return Fact("The daily figures vary so much that this may be chance.")


def _usual(one: Change, currency: str) -> Fact | None:
    if one.usual is None:
        return None
    judged = "above" if one.now > one.usual else "below" if one.now < one.usual else "at"
    usual = _safe(shown(one.metric, one.usual, currency))
    return Fact(f"That is {judged} what is usual: the median of the {one.usual_of} such periods before is {usual}.")


def _carried(one: Change, parts: Sequence[Part], kind: str, currency: str) -> list[Fact]:
    """The parts that carried the change, in its direction; and one that went against it."""
    if not one.change:
        return []
    same = [
        part for part in parts if part.change * one.change > 0 and abs(part.change) >= WORTH_SAYING * abs(one.change)
    ]
    against = [
        part for part in parts if part.change * one.change < 0 and abs(part.change) >= WORTH_SAYING * abs(one.change)
    ]
    facts = [_part(one, part, kind, currency, first=place == 0) for place, part in enumerate(same[:2])]
    facts += [_against(one, part, kind, currency) for part in against[:1]]
    return facts


def _part(one: Change, part: Part, kind: str, currency: str, *, first: bool) -> Fact:
    who, names = _who(part, kind)
    now, before, by = (_safe(shown(one.metric, value, currency)) for value in (part.now, part.before, abs(part.change)))
    share = percent(round(part.change / one.change, 3))
    more = "more" if part.change > 0 else "less" if one.metric in (Metric.REVENUE, Metric.SPEND) else "fewer"
    head = "Most of it came from " if first and abs(part.change) > abs(one.change) / 2 else ""
    whole = f"{by} {more}, {share} of the change"
    if head:
        return Fact(f"{head}{who}: {now} instead of {before} ({whole}).", names)
    return Fact(f"{who[:1].upper()}{who[1:]} had {now} instead of {before} ({whole}).", names)


def _against(one: Change, part: Part, kind: str, currency: str) -> Fact:
    who, names = _who(part, kind)
    now, before = (_safe(shown(one.metric, value, currency)) for value in (part.now, part.before))
    return Fact(f"Against it went {who}: {now} instead of {before}.", names)


def _who(part: Part, kind: str) -> tuple[str, tuple[str, ...]]:
    if part.link is not None:
        noun = {"email_campaign": "the mailing", "social_post": "the post", "workflow": "the workflow"}.get(
            part.link.noun, "the campaign"
        )
        return f"{noun} {{0}}", (part.name,)
    if not part.name:
        return ("what has no channel" if kind == "channel" else "what belongs to no record"), ()
    return f"the channel {part.name}", ()


def _factors(one: Change, currency: str) -> Fact | None:
    found = one.factors
    if found is None or not one.change:
        return None
    volume = f"{found.volume} {number(found.volume_now)} instead of {number(found.volume_before)}"
    now, before = (_rate(one.metric, found, value, currency) for value in (found.rate_now, found.rate_before))
    rate = f"{_named_rate(one.metric, found)} {now} instead of {before}"
    by_volume, by_rate = (_signed(one.metric, value, currency) for value in (found.by_volume, found.by_rate))
    of = "Of the mailings sent in these days and as many before: " if found.by_mailing else "Volume against rate: "
    return Fact(f"{of}{_safe(volume)} (that explains {by_volume}), {rate} (that explains {by_rate}).")


def _named_rate(metric: Metric, found: Factors) -> str:
    if found.by_mailing:
        return f"{metric.value.rstrip('s')} rate"
    if metric == Metric.REVENUE:
        return "revenue a conversion"
    if found.volume == Metric.SPEND.value:
        return f"cost a {metric.value.rstrip('s')}"
    return f"{metric.value} for each 100 {found.volume}"


def _rate(metric: Metric, found: Factors, value: float, currency: str) -> str:
    if found.by_mailing:
        return percent(value)
    if metric == Metric.REVENUE:
        return _safe(shown(metric, value, currency))
    if found.volume == Metric.SPEND.value:
        return _safe(shown(Metric.SPEND, 1 / value if value else None, currency))
    return number(value * 100)


def _mix(one: Change) -> Fact | None:
    found = one.mix
    if found is None or round(found.now, 4) == round(found.before, 4):
        return None
    points = [f"{abs(value) * 100:.1f}".removesuffix(".0") for value in (found.by_rates, found.by_mix)]
    ways = ["down" if value < 0 else "up" for value in (found.by_rates, found.by_mix)]
    return Fact(
        f"The share of {found.volume.value} that became {one.metric.value} went from {percent(found.before)} to "
        f"{percent(found.now)}: the channels' own rates moved it {points[0]} points {ways[0]}, and more {found.volume.value} from "
        f"channels with {'lower' if found.by_mix < 0 else 'higher'} rates {points[1]} points {ways[1]}."
    )


def _odd(one: Change, currency: str) -> list[Fact]:
    facts = []
    for odd in one.odd:
        value, usual = (_safe(shown(one.metric, figure, currency)) for figure in (odd.value, odd.expected))
        cause = ""
        names: tuple[str, ...] = ()
        if odd.cause is not None and odd.cause.link is not None:
            cause, names = " What moved most was {0}.", (odd.cause.name,)
        facts.append(
            Fact(f"Out of line was {day(odd.day)}: {value}, where about {usual} were to be expected.{cause}", names)
        )
    return facts


def some_days(one: Change) -> str:
    """The two periods in words."""
    return f"{days(one.start, one.end)} against the {count((one.end - one.start).days + 1, 'day')} before"


def _signed(metric: Metric, value: float, currency: str) -> str:
    return f"{'-' if value < 0 else '+'}{_safe(shown(metric, abs(round(value, 1)), currency))}"


def _label(metric: Metric) -> str:
    return metric.value.capitalize()


def _safe(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
