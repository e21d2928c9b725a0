"""How far the leads of some days came since: responded, took a step, ordered. And a metric day by day."""

from dataclasses import dataclass
from datetime import date

from memory.enums import EventType, Metric
from memory.facts import day_bounds
from memory.funnel import count_leads_since, count_leads_with
from tools.analysing.definitions import EARNING, IN_MONEY
from tools.analysing.figures import book
from tools.analysing.periods import span_of
from tools.core.context import Context

#: The stages after coming in, each with the human events that show it; who came further counts in all before.
STAGES: tuple[tuple[str, tuple[EventType, ...]], ...] = (
    ("Responded", (EventType.OPENED, EventType.VISITED)),
    (
        "Took a step",
        (EventType.CLICKED, EventType.REPLIED, EventType.SUBMITTED_FORM, EventType.SIGNED_UP, EventType.CALLED, EventType.MET),
    ),
    ("Ordered", EARNING),
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """A stage and the people who reached it or a later one."""

    name: str
    people: int


@dataclass(frozen=True)
class Daily:
    """A metric's sum of each day of a period, from the first day that it was recorded on; `in_money` in the hub's
    currency."""

    metric: str
    period: str
    in_money: bool
    days: tuple[date, ...]
    values: tuple[float, ...]


def funnel(ctx: Context, period: str | None) -> list[Stage]:
    """Of the leads that came in during the period: how many did what since. Raises BadInput for words that are no period."""
    span = span_of(ctx, period)
    start, end = day_bounds(ctx.clock.zone, span.start, span.end)
    found = [Stage("Came in", count_leads_since(ctx.session, start, end))]
    for at, (name, _) in enumerate(STAGES):
        types = [type for _, of_stage in STAGES[at:] for type in of_stage]
        found.append(Stage(name, count_leads_with(ctx.session, start, end, types)))
    return found


def daily(ctx: Context, metric: str, period: str | None) -> Daily:
    """A metric day by day. Raises BadInput for words that are no period, ValueError for no metric."""
    span, which = span_of(ctx, period), Metric(metric)
    found = book(ctx, span, metrics=[which]).series(which)
    return Daily(metric, span.text, which in IN_MONEY, tuple(found), tuple(found.values()))
