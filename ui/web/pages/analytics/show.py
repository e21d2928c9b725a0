"""From the results of the analytics tools to the page's HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from ui.web.parts import cards, charts, states
from ui.web.parts.formats import change, count, day_of, money, number, percent, short_moment, title
from ui.web.parts.links import address, link, record_address, say_address
from ui.web.parts.table import Cell, Column, Row, records_table

if TYPE_CHECKING:
    from agent.viewing.analytics import Daily, ReportView, Stage

Data = Mapping[str, Any]
Shown = Callable[[float], str]

PERIODS = ("last 30 days", "last 90 days", "this month", "last month", "this quarter", "this year")
USUAL_PERIOD, USUAL_METRIC = "last 90 days", "conversions"
IN_MONEY = ("revenue", "spend")
#: Days of the past drawn before a forecast.
PAST = 60


def choices(period: str, metric: str, metrics: Sequence[str]) -> Markup:
    """The choice of days and of what is looked at, as links."""

    def way(text: str, here: bool, **query: str) -> tuple[str, str, bool]:
        return title(text), address("/analytics", **{"period": period, "metric": metric, **query}), here

    known = PERIODS if period in PERIODS else (*PERIODS, period)
    return Markup('<div class="analytics-choices">{}{}</div>').format(
        cards.choices("Period", [way(one, one == period, period=one) for one in known]),
        cards.choices("Figure", [way(one, one == metric, metric=one) for one in metrics]),
    )


def shown_as(metric: str, currency: str) -> Shown:
    """How a metric's values are written."""
    return (lambda value: money(value, currency)) if metric in IN_MONEY else (lambda value: number(round(value, 1)))


def channels(found: Sequence[Data]) -> Markup:
    """What each channel brought and cost."""
    names = ("spend", "leads", "conversions", "revenue")
    columns = [Column("Channel"), *(Column(title(name), right=True) for name in names)]
    columns += [
        Column("Of all conversions", right=True),
        Column("ROI", right=True),
        Column("Cost per lead", right=True),
    ]
    rows = [_channel(one, names) for one in found if one["kpis"]]
    body = records_table(
        columns, rows, caption="Channels",
        empty=states.empty("No channel has figures in these days.", "Choose other days above, or import what you know.",
                           ("Ask the assistant", say_address("How is email performing?"))),
    )  # fmt: skip
    return cards.section("Channels", body, key="channels")


def trend(daily: Daily, odd: Data, trends: Data, currency: str, today: date) -> Markup:
    """A metric day by day, its unusual days marked, and whether it rises or falls. Today, which is not over, is told in
    words: as a point it would look like a fall."""
    name = title(daily.metric)
    if not daily.values:
        body = states.empty(
            f"No {daily.metric} were recorded in these days.", "Choose other days or another figure above."
        )
        return cards.section(f"{name} by day", body, key="trend")
    shown = shown_as(daily.metric, currency)
    marks = {date.fromisoformat(one["day"]): f"about {shown(one['expected'])} expected" for one in odd["anomalies"]}
    points = [
        charts.Point(on, value, mark=marks.get(on, ""))
        for on, value in zip(daily.days, daily.values, strict=True)
        if on != today or len(daily.days) == 1
    ]
    so_far = dict(zip(daily.days, daily.values, strict=True)).get(today) if len(daily.days) > 1 else None
    said = _trend_sentence(trends, currency)
    said += f" Today so far: {shown(so_far)}." if so_far is not None else ""
    marked = count(len(marks), "day") + f" {'is' if len(marks) == 1 else 'are'} out of line (ringed)." if marks else ""
    drawn = charts.time_series(f"{name} by day", [charts.Series(name, points)], shown=shown, summary=f"{said} {marked}")
    lines = [_odd(one, shown) for one in odd["anomalies"]]
    return cards.section(
        f"{name} by day", drawn + (cards.bullets(lines) if lines else ""), key="trend", note=f"{said} {marked}".strip()
    )


def forecast(found: Data, past: Daily | None) -> Markup:
    """What is expected of the coming days, each with the band that holds it with 80 %."""
    name, shown = title(found["metric"]), shown_as(found["metric"], found["currency"])
    heading = f"Forecast of {found['metric']}"
    if found["total"] is None:
        return cards.section(heading, states.empty("No forecast yet.", str(found["lacking"])), key="forecast")
    start = date.fromisoformat(found["start"])
    coming = [
        charts.Point(start + timedelta(days=at), value, low, high)
        for at, (value, low, high) in enumerate(
            zip(found["daily"], found["daily_low"], found["daily_high"], strict=True)
        )
    ]
    before = list(zip(past.days, past.values, strict=True))[-PAST:] if past else []
    lines = [charts.Series(name, [charts.Point(on, value) for on, value in before if on < start])] if before else []
    lines.append(charts.Series("Expected, with the range that holds 80% of days", coming, dashed=True))
    said = (
        f"About {shown(found['total'])} from {day_of(found['start'])} to {day_of(found['end'])}: "
        f"{shown(found['low'])} to {shown(found['high'])} with 80% certainty. Learned from "
        f"{count(found['learned_days'], 'day')} by {found['method']}, as long as nothing changes."
    )
    return cards.section(
        heading, charts.time_series(heading, lines, shown=shown, summary=said), key="forecast", note=said
    )


def attribution(found: Sequence[Data]) -> Markup:
    """The credit for conversions by channel, by every model."""
    whole = found[0]
    if not whole["conversions"]:
        body = states.empty("No conversions with known contacts in these days.", "Choose other days above.")
        return cards.section("Attribution", body, key="attribution")
    models = [title(one["model"]) for one in found]
    names = list(dict.fromkeys(share["name"] for one in found for share in one["channels"]))
    credit = {
        name: {
            model: next((share["conversions"] for share in one["channels"] if share["name"] == name), 0.0)
            for model, one in zip(models, found, strict=True)
        }
        for name in names
    }
    contacts = f" {number(round(whole['contacts'], 1))} contacts before each, on average." if whole["contacts"] else ""
    table = records_table(
        [Column("Channel"), *(Column(model, right=True) for model in models)],
        [
            Row([title(name), *(Cell(number(round(value, 1)), value) for value in credit[name].values())])
            for name in names
        ],
        caption="Credit for conversions by channel and model",
    )
    bars = charts.grouped_bars(
        "Credit for conversions by model", [(title(name), credit[name]) for name in names], models,
        shown=lambda value: number(round(value, 1)),
    )  # fmt: skip
    return cards.section(
        "Attribution", Markup('{}<div class="attribution-table">{}</div>').format(bars, table),
        key="attribution",
        note=f"{count(whole['conversions'], 'conversion')} shared out among the contacts of the {whole['window_days']} days before."
        f"{contacts}",
    )  # fmt: skip


def funnel(found: Sequence[Stage]) -> Markup:
    """How far the leads of the period came."""
    none = states.empty("No lead came in during these days.", "Choose other days above.", ("Leads", "/leads"))
    stages = [(one.name, float(one.people)) for one in found]
    body = charts.funnel("From lead to order", stages) if found[0].people else none
    note = "Leads that came in during these days, and how many of them did what since; what machines did is left out."
    return cards.section("From lead to order", body, key="funnel", note=note)


def reports(found: Sequence[ReportView], zone: ZoneInfo) -> Markup:
    """The reports that were made, each to be downloaded."""
    return records_table(
        [Column("Report", wide=True), Column("Made"), Column("Kind"), Column("Size", right=True), Column("", sorts=False)],
        [
            Row([one.title, Cell(short_moment(one.made_at, zone), one.made_at.isoformat()), one.format.upper(),
                 Cell(f"{one.size / 1000:,.0f} kB", one.size), download(one.id, one.title)])
            for one in found
        ],
        caption="Reports",
        empty=states.empty("No report was made yet.", "Choose a period and a kind above, and make the first."),
    )  # fmt: skip


def download(report: int, name: str) -> Markup:
    """The link that fetches a report's file."""
    return Markup('<a href="/files/reports/{}" download>Download<span class="unseen"> {}</span></a>').format(
        report, name
    )


def _channel(one: Data, names: Sequence[str]) -> Row:
    currency = one["currency"]
    kpis = {kpi["metric"]: kpi for kpi in one["kpis"]}
    rates = {rate["name"]: rate for rate in one["rates"]}
    cells: list[Cell | str | Markup | None] = [title(one["channel"])]
    for name in names:
        kpi = kpis.get(name)
        value = kpi["value"] if kpi else None
        said = money(value, currency) if name in IN_MONEY else number(value)
        moved = (
            Markup(' <span class="about">{}</span>').format(change(kpi["change"]))
            if kpi and kpi["change"] is not None
            else ""
        )
        cells.append(Cell(Markup("{}{}").format(said, moved), value))
    cells.append(Cell(percent(one["share"]), one["share"]))
    for name in ("ROI", "Cost per lead"):
        rate = rates.get(name)
        cells.append(Cell(rate["shown"], rate["value"]) if rate else None)
    return Row(cells)


def _trend_sentence(found: Data, currency: str) -> str:
    one = found["trends"][0] if found["trends"] else None
    if one is None or one["direction"] is None:
        return str((one or {}).get("lacking") or found["not_judged"] or "")
    if one["change"] is None or one["direction"] not in ("rising", "falling"):
        return "No clear trend."
    shown = shown_as(one["metric"], currency)
    share = f", {percent(abs(one['share']))} of the mean week" if one["share"] is not None else ""
    return (
        f"{one['direction'].capitalize()} by {shown(abs(one['change']))} a week{share} "
        f"(between {shown(one['low'])} and {shown(one['high'])} with 95% certainty)."
    )


def _odd(one: Data, shown: Shown) -> Markup:
    cause = one["cause"]
    most: str | Markup = ""
    if cause:
        named = (
            link(cause["name"], record_address(cause["link"]["noun"], cause["link"]["id"]))
            if cause["link"]
            else cause["name"]
        )
        most = Markup(" What moved most was {}: {} instead of {}.").format(
            named, shown(cause["value"]), shown(cause["usual"])
        )
    return Markup("{}: {}, where about {} were to be expected.{}").format(
        day_of(one["day"]), shown(one["value"]), shown(one["expected"]), most
    )
