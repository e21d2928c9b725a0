"""Key figures of a period against the period before, each with the records that it comes from."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from memory.enums import Channel, Metric
from tools.analysing.definitions import label, shown
from tools.analysing.figures import Book
from tools.analysing.series import clearly_different
from tools.campaigning.figures import KeyFigures, key_figures
from tools.core.result import RecordLink
from tools.show import money, percent

NOTHING = "-"
#: Named with its formula: orders of people who clicked nowhere make others think of another one.
CONVERSION_RATE = "Conversion rate (conversions per click)"


class Kpi(BaseModel):
    """One figure. value or before is None where it was not measured; change is a share (0.25 is 25 % more), None where
    there is nothing to compare with. `clear` says whether the change is more than chance; None where that cannot be
    told. Money is in the hub's currency."""

    model_config = ConfigDict(frozen=True)

    metric: Metric
    value: float | None
    before: float | None
    change: float | None
    clear: bool | None
    imported: bool
    sources: tuple[RecordLink, ...]

    def row(self, currency: str) -> tuple[str, str, str, str]:
        return (
            label(self.metric),
            shown(self.metric, self.value, currency),
            shown(self.metric, self.before, currency),
            self.moved(),
        )

    def moved(self) -> str:
        """The change in words: "+12%, clearly", or a dash."""
        if self.change is None:
            return NOTHING
        sign = "+" if self.change > 0 else ""
        judged = {True: ", clear", False: ", may be chance", None: ""}[self.clear if self.change else None]
        return f"{sign}{percent(self.change)}{judged}"


class Rate(BaseModel):
    """A figure that follows from others: its name, value (a share, or money), and as a person reads it."""

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    shown: str


def kpis(
    book: Book, before: Book | None, metrics: Sequence[Metric] = tuple(Metric), channel: Channel | None = None
) -> tuple[Kpi, ...]:
    """Every metric that was measured in one of the two periods."""
    found = []
    for metric in metrics:
        value = book.total(metric, channel=channel)
        earlier = before.total(metric, channel=channel) if before else None
        if value is None and earlier is None:
            continue
        found.append(
            Kpi(
                metric=metric,
                value=value,
                before=earlier,
                change=value / earlier - 1 if value is not None and earlier else None,
                clear=_clear(book, before, metric, channel) if value is not None and earlier else None,
                imported=book.imported(metric),
                sources=book.sources(metric, channel=channel),
            )
        )
    return tuple(found)


def rates(totals: dict[str, float], currency: str) -> tuple[Rate, ...]:
    """ROI, ROAS, cost per lead and per conversion, conversion rate (conversions / clicks), as far as they can be computed
    (see KeyFigures)."""
    figures = key_figures(totals)
    return tuple(_rates(figures, currency))


def _rates(figures: KeyFigures, currency: str) -> list[Rate]:
    values = [
        ("ROI", figures.roi, percent(figures.roi)),
        ("ROAS", figures.roas, f"{figures.roas or 0:,.2f}"),
        ("Cost per lead", figures.cost_per_lead, money(figures.cost_per_lead, currency)),
        ("Cost per conversion", figures.cost_per_conversion, money(figures.cost_per_conversion, currency)),
        (CONVERSION_RATE, figures.conversion_rate, percent(figures.conversion_rate)),
    ]
    return [Rate(name=name, value=value, shown=said) for name, value, said in values if value is not None]


def _clear(book: Book, before: Book | None, metric: Metric, channel: Channel | None) -> bool | None:
    """Whether daily sums differ; not to be told where a part of either sum carries no day."""
    if before is None or any(fact.metric == metric and fact.day is None for fact in (*book.facts, *before.facts)):
        return None
    keep = (lambda fact: fact.channel == channel) if channel else None
    now, earlier = (list(one.series(metric, keep=keep).values()) for one in (book, before))
    return clearly_different(now, earlier)
