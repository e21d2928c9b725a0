"""What each metric is, once: the events and recorded figures that count for it, and how a person would define it."""

from memory.enums import EventType, Metric
from tools.posting.results import ENGAGING
from tools.show import money, number

#: The human events that count for a metric, one each.
EVENTS: dict[Metric, tuple[EventType, ...]] = {
    Metric.LEADS: (EventType.CREATED,),
    Metric.CONVERSIONS: (EventType.CONVERTED, EventType.ORDERED),
    Metric.OPENS: (EventType.OPENED,),
    Metric.CLICKS: (EventType.CLICKED,),
    Metric.UNSUBSCRIBES: (EventType.UNSUBSCRIBED,),
}
#: The events whose worth is revenue.
EARNING = (EventType.CONVERTED, EventType.ORDERED)
COUNTED = tuple(dict.fromkeys(type for types in EVENTS.values() for type in types))

#: What a record's recorded figures are called where they are not called as the metric is.
_CALLED = {
    **{("social_post", name): Metric.ENGAGEMENT for name in ENGAGING},
    ("workflow", "converted"): Metric.CONVERSIONS,
}

_BY_NAME = {metric.value: metric for metric in Metric}

DEFINITIONS: dict[Metric, str] = {
    Metric.LEADS: "new leads: people who became known to the hub (imports are not counted), and leads recorded for a campaign",
    Metric.CONVERSIONS: "conversions and orders of leads, and conversions recorded for a campaign, mailing or workflow",
    Metric.REVENUE: "what conversions and orders were worth, and revenue recorded for a campaign",
    Metric.OPENS: "people who opened a mailing, each once a mailing, on the day of the first open; machines left out",
    Metric.CLICKS: "people who clicked in a mailing, each once a mailing, machines left out; and clicks recorded for posts",
    Metric.UNSUBSCRIBES: "people who unsubscribed, each once a mailing",
    Metric.ENGAGEMENT: "likes, shares and comments of posts, on the day that they were recorded for, or of publishing",
    Metric.SPEND: "what was recorded as spent for campaigns",
}

#: Metrics in money.
IN_MONEY = frozenset({Metric.REVENUE, Metric.SPEND})
#: Metrics of which more is worse, or at least no success in itself.
MORE_IS_WORSE = frozenset({Metric.UNSUBSCRIBES, Metric.SPEND})


def metric_of_point(kind: str, name: str) -> Metric | None:
    """The metric that a recorded figure counts for; None where for none (impressions, deliveries, ...)."""
    if (kind, name) in _CALLED:
        return _CALLED[kind, name]
    return _BY_NAME.get(name)


def metrics_of_event(type: EventType) -> list[Metric]:
    """The metrics that an event of this type counts one for."""
    return [metric for metric, types in EVENTS.items() if type in types]


def shown(metric: Metric, value: float | None, currency: str) -> str:
    """A value of the metric as a person reads it."""
    if value is None:
        return "-"
    if metric in IN_MONEY:
        return money(round(value, 2), currency)
    return number(value if abs(value) < 10 else round(value, 1))


def label(metric: Metric) -> str:
    return metric.value.capitalize()
