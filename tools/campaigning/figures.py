"""Key figures: what a campaign's recorded results come to, each by its standard formula."""

from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict

from memory.enums import Metric
from tools.show import money, number, percent

#: Metrics that the key figures name; what else was recorded (impressions, ...) stands in `other`.
NAMED = tuple(metric.value for metric in Metric)


class KeyFigures(BaseModel):
    """Recorded totals and what follows from them. None means: not recorded, or not to be computed from what is.

    Money is in the hub's currency, rates are shares (0.25 is 25 %). Formulas as in Farris et al., "Marketing Metrics",
    4th edition (2020).
    """

    model_config = ConfigDict(frozen=True)

    spend: float | None = None
    revenue: float | None = None
    leads: float | None = None
    conversions: float | None = None
    opens: float | None = None
    clicks: float | None = None
    unsubscribes: float | None = None
    engagement: float | None = None
    other: dict[str, float] = {}
    #: Return on investment: (revenue - spend) / spend. None without spend.
    roi: float | None = None
    #: Return on ad spend: revenue / spend. None without spend.
    roas: float | None = None
    #: Cost per lead: spend / leads.
    cost_per_lead: float | None = None
    #: Cost per conversion: spend / conversions.
    cost_per_conversion: float | None = None
    #: Conversion rate: conversions / clicks. None where more converted than clicked: then not all came by a counted click,
    #: and what they are a share of is not known.
    conversion_rate: float | None = None
    #: Share of the leads that converted: conversions / leads. None where more converted than came in as leads.
    lead_conversion_rate: float | None = None
    #: Clicks per open (click-to-open rate): clicks / opens.
    click_to_open_rate: float | None = None
    #: Share of the budget that is spent: spend / budget.
    budget_used: float | None = None

    @property
    def recorded(self) -> bool:
        """Whether anything was recorded at all."""
        return bool(self.other) or any(getattr(self, name) is not None for name in NAMED)

    def shown(self, currency: str) -> list[tuple[str, str]]:
        """Label and value of every figure that is known, as a person reads them."""
        values: list[tuple[str, float | None, Callable[[float], str]]] = [
            ("Spend", self.spend, lambda value: money(value, currency)),
            ("Leads", self.leads, number),
            ("Conversions", self.conversions, number),
            ("Revenue", self.revenue, lambda value: money(value, currency)),
            ("Opens", self.opens, number),
            ("Clicks", self.clicks, number),
            ("Unsubscribes", self.unsubscribes, number),
            ("Engagement", self.engagement, number),
            ("ROI", self.roi, percent),
            ("ROAS", self.roas, lambda value: f"{value:,.2f}"),
            ("Cost per lead", self.cost_per_lead, lambda value: money(value, currency)),
            ("Cost per conversion", self.cost_per_conversion, lambda value: money(value, currency)),
            ("Conversion rate", self.conversion_rate, percent),
            ("Lead conversion rate", self.lead_conversion_rate, percent),
            ("Click-to-open rate", self.click_to_open_rate, percent),
            ("Budget used", self.budget_used, percent),
        ]
        known = [(label, form(value)) for label, value, form in values if value is not None]
        return [*known, *((name.replace("_", " ").capitalize(), number(value)) for name, value in self.other.items())]


def key_figures(totals: Mapping[str, float], budget: float | None = None) -> KeyFigures:
    """Key figures from recorded totals by metric; None where a part is not recorded, or would be divided by 0."""
    spend, revenue = totals.get("spend"), totals.get("revenue")
    leads, conversions = totals.get("leads"), totals.get("conversions")
    return KeyFigures(
        spend=spend,
        revenue=revenue,
        leads=leads,
        conversions=conversions,
        opens=totals.get("opens"),
        clicks=totals.get("clicks"),
        unsubscribes=totals.get("unsubscribes"),
        engagement=totals.get("engagement"),
        other={name: value for name, value in sorted(totals.items()) if name not in NAMED},
        roi=None if revenue is None or spend is None else ratio(revenue - spend, spend),
        roas=ratio(revenue, spend),
        cost_per_lead=ratio(spend, leads),
        cost_per_conversion=ratio(spend, conversions),
        conversion_rate=share(conversions, totals.get("clicks")),
        lead_conversion_rate=share(conversions, leads),
        click_to_open_rate=ratio(totals.get("clicks"), totals.get("opens")),
        budget_used=ratio(spend, budget),
    )


def ratio(part: float | None, whole: float | None) -> float | None:
    """part / whole; None where either is unknown or the whole is 0."""
    return None if part is None or not whole else part / whole


def share(part: float | None, whole: float | None) -> float | None:
    """part / whole where the part is one of the whole; None also where it is more, and so cannot be."""
    found = ratio(part, whole)
    return found if found is not None and found <= 1 else None
