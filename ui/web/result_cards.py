"""Under an answer: its figures as cards, a chart, and links to the records that it speaks of. All from the result's own
data; nothing is computed here but what a bar's length is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from ui.web.parts import cards, charts
from ui.web.parts.formats import change, money, number, percent, title
from ui.web.parts.links import link, record_address

if TYPE_CHECKING:
    from agent import Call

Data = Mapping[str, Any]

#: Links to records shown at once: more of them are a list, which the answer holds.
MOST_LINKS = 6
MOST_CARDS = 8
MOST_BARS = 8
#: Figures in the hub's currency, and those that are shares; the others are counts.
MONEY = frozenset({"spend", "revenue", "cost_per_lead", "cost_per_conversion", "budget_left"})
SHARES = frozenset(
    {
        "roi", "conversion_rate", "lead_conversion_rate", "click_to_open_rate", "budget_used", "open_rate", "click_rate", "bounce_rate",
        "unsubscribe_rate", "engagement_rate", "complaint_rate", "delivery_rate",
    }
)  # fmt: skip


def cards_of(call: Call) -> Markup:
    """HTML; empty where the result has neither figures nor records of its own."""
    data = call.result
    if not data or call.error or call.waiting:
        return Markup("")
    draw = DRAWN.get(call.tool)
    parts = [part for part in (draw(data) if draw else ()) if part]
    links = _links(data, call.tool)
    if links:
        parts.append(links)
    return Markup('<div class="result">{}</div>').format(Markup("").join(parts)) if parts else Markup("")


def _dashboard(data: Data) -> Iterable[Markup]:
    yield _kpis(data)
    rows = [
        (title(one["channel"]) if one["channel"] else "Unknown", float(one["conversions"])) for one in data["channels"]
    ]
    yield _bars("Conversions by channel", rows)


def _channel(data: Data) -> Iterable[Markup]:
    yield _kpis(data)


def _kpis(data: Data) -> Markup:
    """Each metric against the period before, then the rates."""
    currency = data["currency"]
    shown = [
        cards.figure(
            title(one["metric"]),
            _value(one["metric"], one["value"], currency),
            f"{change(one['change'])} against before" if one["change"] is not None else "",
        )
        for one in data["kpis"]
        if one["value"] is not None
    ]
    shown += [cards.figure(title(one["name"]), one["shown"]) for one in data["rates"]]
    return cards.figures(shown[:MOST_CARDS]) if shown else Markup("")


def _campaign(data: Data) -> Iterable[Markup]:
    yield _figures(data["figures"], data["currency"])
    rows = [
        (title(one["channel"]), float(one["figures"]["conversions"]))
        for one in data["channels"]
        if one["figures"].get("conversions")
    ]
    yield _bars("Conversions by channel", rows)


def _email(data: Data) -> Iterable[Markup]:
    yield _figures(data["figures"], "")
    rows = [
        (one["subject_line"] or one["name"], float(one["figures"]["click_rate"]))
        for one in data["mailings"]
        if one["figures"].get("click_rate") is not None
    ]
    yield _bars("Clicks by mailing", rows, percent)


def _social(data: Data) -> Iterable[Markup]:
    yield _figures(data["total"], "")
    rows = [(title(one["platform"]), float(one["engagement"])) for one in data["platforms"] if one.get("engagement")]
    yield _bars("Engagement by platform", rows)


def _attribution(data: Data) -> Iterable[Markup]:
    rows = [(title(one["name"]), float(one["conversions"])) for one in data["channels"]]
    yield _bars("Conversions owed to each channel", rows)


def _forecast(data: Data) -> Iterable[Markup]:
    if not data["daily"]:
        return
    currency, metric = data["currency"], data["metric"]
    shown = [
        cards.figure(name, _value(metric, data[key], currency))
        for name, key in (("Expected", "total"), ("At least (80%)", "low"), ("At most (80%)", "high"))
    ]
    yield cards.figures(shown)
    start = date.fromisoformat(data["start"])
    points = [charts.Point(start + timedelta(days=place), value) for place, value in enumerate(data["daily"])]
    yield charts.time_series(
        f"{title(metric)} expected a day",
        [charts.Series(title(metric), points, dashed=True)],
        shown=lambda value: _value(metric, value, currency),
    )


def _figures(figures: Data, currency: str) -> Markup:
    """The figures that are known, each as a card."""
    flat = {
        name: value for name, value in figures.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }
    flat |= {name: value for name, value in (figures.get("other") or {}).items() if isinstance(value, int | float)}
    shown = [cards.figure(title(name), _value(name, value, currency)) for name, value in flat.items()]
    return cards.figures(shown[:MOST_CARDS]) if shown else Markup("")


def _value(name: str, value: float, currency: str) -> str:
    if name in MONEY and currency:
        return money(round(value, 2), currency)
    if name in SHARES:
        return percent(value)
    return number(round(value, 1))


def _bars(name: str, rows: Sequence[tuple[str, float]], shown: Callable[[float], str] = number) -> Markup:
    if len(rows) < 2:  # one bar compares nothing
        return Markup("")
    most = sorted(rows, key=lambda row: -row[1])[:MOST_BARS]
    drawn = charts.bars(name, most, shown=lambda _label, value: shown(value))
    return Markup('<section class="chart"><h4>{}</h4>{}</section>').format(name, drawn)


def _links(data: Data, tool: str) -> Markup:
    found = [
        (one["name"], address)
        for one in data.get("links") or ()
        if one["id"] and (address := record_address(one["noun"], one["id"]))
    ]
    if not found or len(found) > MOST_LINKS or tool.startswith(("delete_", "undo_")):
        return Markup("")
    items = Markup("").join(Markup("<li>{}</li>").format(link(f"Open {name}", address)) for name, address in found)
    return Markup('<ul class="result-links" aria-label="Records">{}</ul>').format(items)


#: How the results of each tool are drawn.
DRAWN: dict[str, Callable[[Data], Iterable[Markup]]] = {
    "get_dashboard": _dashboard,
    "get_channel_performance": _channel,
    "analyze_campaign_performance": _campaign,
    "analyze_email_performance": _email,
    "analyze_social_performance": _social,
    "attribute_conversions": _attribution,
    "predict_performance": _forecast,
}
