"""Which channels and campaigns conversions are owed to, by one of five models."""

from collections import defaultdict
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from memory.enums import AttributionModel, Channel, EventType, Metric
from memory.facts import day_bounds, first_event
from memory.paths import Path, Touch, paths_to_conversions
from tools.analysing.credit import PARTS, WINDOW, credits, visits
from tools.analysing.definitions import EARNING
from tools.analysing.figures import CAMPAIGN, House, recorded_facts, the_house
from tools.analysing.periods import Span
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.quoting import inert
from tools.show import count, money, number, percent, table, words

#: What counts as a contact: what the lead did, where it has an origin (channel, campaign or mailing).
CONTACTS = (
    EventType.OPENED, EventType.CLICKED, EventType.REPLIED, EventType.VISITED, EventType.SUBMITTED_FORM,
    EventType.SIGNED_UP, EventType.CALLED, EventType.MET,
)  # fmt: skip
DIRECT = "direct"
#: Where a contact came from: channel, campaign, mailing. All None: conversions without a contact.
Origin = tuple[Channel | None, int | None, int | None]
SHOWN = 10
MODELS = {
    AttributionModel.FIRST_TOUCH: "the first contact gets all",
    AttributionModel.LAST_TOUCH: "the last contact gets all",
    AttributionModel.LINEAR: "all contacts get the same",
    AttributionModel.TIME_DECAY: "a contact 7 days earlier gets half",
    AttributionModel.POSITION_BASED: "the first and the last contact get 40% each, those between the rest",
}


class Share(BaseModel):
    """What is owed to a channel or campaign: conversions and their worth (money); share is of all conversions."""

    model_config = ConfigDict(frozen=True)

    name: str
    link: RecordLink | None = None
    conversions: float
    revenue: float
    share: float


class Attribution(Result):
    """The conversions of some days shared out. Each of `channels`, `campaigns` adds up to `conversions`.

    "direct" holds conversions without any known contact in the window. `contacts` is the mean number on a path that
    has any. `recorded` are conversions known as totals only, by campaign: without single contacts, so not shared out.
    """

    model: AttributionModel
    period: str
    conversions: int
    revenue: float
    direct: int
    contacts: float | None
    channels: tuple[Share, ...]
    campaigns: tuple[Share, ...]
    recorded: tuple[Share, ...]
    window_days: int
    currency: str

    @property
    def text(self) -> str:
        named = words(self.model)
        if not self.conversions:
            return self._nothing()
        parts = [
            f"**{count(self.conversions, 'conversion')} worth {money(round(self.revenue, 2), self.currency)}, {self.period}, "
            f"by {named}** ({MODELS[self.model]}; contacts of the {self.window_days} days before)",
            self._table("Channel", self.channels),
            self._table("Campaign or mailing", self.campaigns),
        ]
        if self.direct:
            parts.append(
                f"{count(self.direct, 'conversion').capitalize()} had no known contact in these days: “{DIRECT}”."
            )
        if self.recorded:
            parts.append("Beside these, without single contacts (recorded or imported totals): " + self._recorded())
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(one.link for one in (*self.campaigns, *self.recorded) if one.link is not None)

    def _nothing(self) -> str:
        text = f"No single conversion was recorded, {self.period}, so there are no paths of contacts to share credit among."
        if self.recorded:
            text += " What is known are totals, which cannot be traced to contacts: " + self._recorded()
        return text

    def _recorded(self) -> str:
        return ", ".join(f"{inert(one.name)} {number(one.conversions)}" for one in self.recorded[:SHOWN]) + "."

    def _table(self, head: str, shares: tuple[Share, ...]) -> str:
        rows = [
            (inert(one.name), number(one.conversions), percent(one.share), money(round(one.revenue, 2), self.currency))
            for one in shares[:SHOWN]
        ]
        more = f"\n\n… and {len(shares) - SHOWN} more." if len(shares) > SHOWN else ""
        return table((head, "Conversions", "Share", "Revenue"), rows) + more


class Tally:
    """Credit added up, path by path, in whole parts."""

    def __init__(self, model: AttributionModel) -> None:
        self.model = model
        self.conversions = self.direct = self.contacts = 0
        self.revenue = 0.0
        self.parts: dict[Origin, int] = defaultdict(int)
        self.worth: dict[Origin, float] = defaultdict(float)

    def add(self, path: Path) -> None:
        """Share one conversion out. One that names its own origin, and has no contact before it, is owed to that."""
        touches = visits(path.touches) or ([path.own] if _has_origin(path.own) else [])
        self.conversions += 1
        self.revenue += path.value or 0.0
        self.contacts += len(touches)
        if not touches:
            self.direct += 1
            self._give((None, None, None), PARTS, path.value)
        for touch, parts in zip(touches, credits(self.model, [one.at for one in touches], path.at), strict=True):
            if parts:
                self._give((channel_of(touch), touch.campaign_id, touch.email_campaign_id), parts, path.value)

    def _give(self, key: Origin, parts: int, value: float | None) -> None:
        self.parts[key] += parts
        self.worth[key] += (value or 0.0) * parts / PARTS


def channel_of(touch: Touch) -> Channel | None:
    """The channel of a contact: its own, or the one that its kind can only have."""
    if touch.channel is not None:
        return touch.channel
    if touch.email_campaign_id is not None or touch.type == EventType.OPENED:
        return Channel.EMAIL
    return Channel.PHONE if touch.type == EventType.CALLED else None


def tally(ctx: Context, span: Span, model: AttributionModel) -> Tally:
    """All conversions of these days, shared out in one pass over their paths."""
    start, end = day_bounds(ctx.clock.zone, span.start, span.end)
    if span.whole:
        start = max(start, first_event(ctx.session, EARNING) or datetime.now(UTC))
    sums = Tally(model)
    for path in paths_to_conversions(ctx.session, start, end, conversions=EARNING, touches=CONTACTS, window=WINDOW):
        sums.add(path)
    return sums


def attribution(ctx: Context, span: Span, model: AttributionModel) -> Attribution:
    """Conversions and their worth by channel and by campaign."""
    house = the_house(ctx)
    sums = tally(ctx, span, model)
    channels: Sums = {}
    campaigns: Sums = {}
    for key, parts in sums.parts.items():
        channel, campaign_id, mailing_id = key
        _add(channels, _channel_name(channel, key == (None, None, None)), None, parts, sums.worth[key])
        _add(campaigns, *_owner(house, campaign_id, mailing_id, key == (None, None, None)), parts, sums.worth[key])
    return Attribution(
        model=model,
        period=span.text,
        conversions=sums.conversions,
        revenue=sums.revenue,
        direct=sums.direct,
        contacts=sums.contacts / (sums.conversions - sums.direct) if sums.conversions > sums.direct else None,
        channels=_ranked(channels, sums.conversions),
        campaigns=_ranked(campaigns, sums.conversions),
        recorded=_recorded(ctx, span, house),
        window_days=WINDOW.days,
        currency=ctx.currency,
    )


def _has_origin(touch: Touch) -> bool:
    return any(value is not None for value in (touch.channel, touch.campaign_id, touch.email_campaign_id))


def _channel_name(channel: Channel | None, direct: bool) -> str:
    return DIRECT if direct else channel.value if channel else "no channel known"


def _owner(
    house: House, campaign_id: int | None, mailing_id: int | None, direct: bool
) -> tuple[str, RecordLink | None]:
    """The campaign, else the mailing or the workflow, that a contact belongs to."""
    if direct:
        return DIRECT, None
    home = house.mailings.get(mailing_id) if mailing_id is not None else None
    campaign_id = campaign_id if campaign_id is not None else home.campaign_id if home else None
    link = house.link(CAMPAIGN, campaign_id) if campaign_id is not None else None
    if link is None and mailing_id is not None:
        link = house.link(*house.sender(mailing_id))
    return (link.name, link) if link else ("no campaign", None)


Sums = dict[tuple[str, RecordLink | None], tuple[int, float]]


def _add(sums: Sums, name: str, link: RecordLink | None, parts: int, worth: float) -> None:
    before = sums.get((name, link), (0, 0.0))
    sums[name, link] = (before[0] + parts, before[1] + worth)


def _ranked(sums: Sums, conversions: int) -> tuple[Share, ...]:
    shares = [
        Share(name=name, link=link, conversions=parts / PARTS, revenue=worth, share=parts / PARTS / conversions)
        for (name, link), (parts, worth) in sums.items()
    ]
    return tuple(sorted(shares, key=lambda one: (one.name == DIRECT, -one.conversions, one.name)))


def _recorded(ctx: Context, span: Span, house: House) -> tuple[Share, ...]:
    """Conversions that are known as totals only, by record."""
    facts, beside = recorded_facts(ctx, span, house)
    sums: dict[tuple[str, RecordLink | None], float] = defaultdict(float)
    for fact in facts:
        if fact.metric == Metric.CONVERSIONS and fact.record_id is not None:
            link = house.link(fact.kind, fact.record_id)
            sums[(link.name if link else fact.kind), link] += fact.value
    for campaign_id, totals in beside.items():
        link = house.link(CAMPAIGN, campaign_id)
        if Metric.CONVERSIONS in totals and link is not None:
            sums[link.name, link] += totals[Metric.CONVERSIONS]
    whole = sum(sums.values())
    shares = [
        Share(name=name, link=link, conversions=value, revenue=0.0, share=value / whole if whole else 0.0)
        for (name, link), value in sums.items()
    ]
    return tuple(sorted(shares, key=lambda one: (-one.conversions, one.name)))
