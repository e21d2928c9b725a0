"""Charts as HTML and SVG made here: bars, grouped bars, a funnel, a time series with bands and marked points.

Drawn on the server, so that they are there with the page's text, take their colours from the style sheet (light and
dark), keep their text readable at any width, and can be read as a table. The plotted lines stretch with the page
(`preserveAspectRatio="none"`); every label is HTML beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from ui.web.parts.formats import day, number

#: What a value is shown as.
Shown = Callable[[float], str]
#: Colours of series, in order, by class (see `_charts.css`).
COLOURS = 5
#: At most so many labels under a time axis.
LABELS = 6
#: The units of the drawing: it is stretched to the page.
WIDE, HIGH = 1000.0, 300.0


@dataclass(frozen=True)
class Point:
    """One day of a series. `low` and `high` are a band's ends; `mark` is what is said of a day that stands out."""

    day: date
    value: float | None
    low: float | None = None
    high: float | None = None
    mark: str = ""


@dataclass(frozen=True)
class Series:
    """A line; `dashed` for what is expected and not measured."""

    name: str
    points: Sequence[Point]
    dashed: bool = False


@dataclass(frozen=True)
class Scale:
    """An axis from its least to its greatest tick."""

    ticks: tuple[float, ...]

    def share(self, value: float) -> float:
        """Where a value lies, 0 to 1."""
        low, high = self.ticks[0], self.ticks[-1]
        return (value - low) / (high - low)


def bars(name: str, rows: Sequence[tuple[str, float]], *, shown: Callable[[str, float], str] | None = None) -> Markup:
    """Horizontal bars in the order given: (name, value), each with its value as text (`shown(name, value)`)."""
    most = max((value for _, value in rows), default=0) or 1
    items = Markup("").join(
        Markup('<li><span class="name">{}</span><span class="track"><span class="bar" style="width:{}%"></span></span>'
               '<span class="value">{}</span></li>').format(
            label, _percent(max(value, 0) / most), shown(label, value) if shown else number(value)
        )
        for label, value in rows
    )  # fmt: skip
    return Markup('<ul class="bars" aria-label="{}">{}</ul>').format(name, items)


def grouped_bars(
    name: str, groups: Sequence[tuple[str, Mapping[str, float]]], series: Sequence[str], *, shown: Shown = number
) -> Markup:
    """Several bars a group, one for each of `series`, with a legend: the same things by several measures."""
    most = max((values.get(one, 0) for _, values in groups for one in series), default=0) or 1

    def lines(values: Mapping[str, float]) -> Markup:
        return Markup("").join(
            Markup('<li title="{}"><span class="track"><span class="bar c{}" style="width:{}%"></span></span>'
                   '<span class="value"><span class="unseen">{}: </span>{}</span></li>').format(
                one, place % COLOURS, _percent(values.get(one, 0) / most), one, shown(values.get(one, 0))
            )
            for place, one in enumerate(series)
        )  # fmt: skip

    items = Markup("").join(
        Markup('<li><p class="name">{}</p><ul>{}</ul></li>').format(label, lines(values)) for label, values in groups
    )
    return Markup('{}<ul class="grouped-bars" aria-label="{}">{}</ul>').format(_legend(series), name, items)


def funnel(name: str, stages: Sequence[tuple[str, float]], *, shown: Shown = number) -> Markup:
    """Stages from the widest on: each with its count, and the share that came here from the stage before."""
    first = next((value for _, value in stages if value), 0) or 1
    items = []
    for place, (label, value) in enumerate(stages):
        before = stages[place - 1][1] if place else 0
        share = f"{value / before * 100:.1f}".removesuffix(".0") + "% of the stage before" if before else ""
        items.append(
            Markup('<li><span class="name">{}</span><span class="track"><span class="bar" style="width:{}%"></span></span>'
                   '<span class="value">{}<span class="share">{}</span></span></li>').format(
                label, _percent(min(value / first, 1)), shown(value), share
            )
        )  # fmt: skip
    return Markup('<ol class="bars funnel" aria-label="{}">{}</ol>').format(name, Markup("").join(items))


def time_series(name: str, series: Sequence[Series], *, shown: Shown = number, summary: str = "") -> Markup:
    """Lines over days, their bands behind them, their marked days as points; the whole also as a table that opens.

    Days without a value leave a gap. `summary` is read out instead of the picture (its name, if nothing is given).
    """
    known = [p for one in series for p in one.points if p.value is not None or p.high is not None]
    if not known:
        return Markup("")
    first, last = min(p.day for p in known), max(p.day for p in known)
    values = [v for p in known for v in (p.value, p.low, p.high) if v is not None]
    scale = scale_of(min(0.0, *values), max(values))
    drawing = Markup("").join(_drawn(one, place, first, last, scale) for place, one in enumerate(series))
    grid = Markup("").join(
        Markup('<line x1="0" x2="{}" y1="{y}" y2="{y}"/>').format(WIDE, y=_y(tick, scale)) for tick in scale.ticks
    )
    return Markup(
        '<figure class="time-series"><figcaption class="unseen">{}</figcaption>{}<div class="plot"><div class="y" aria-hidden="true">{}</div>'
        '<div class="area"><svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}"><g class="grid">{}</g>{}</svg>'
        '{}{}</div><div class="x" aria-hidden="true">{}</div></div>{}</figure>'
    ).format(
        name, _legend([one.name for one in series]) if len(series) > 1 else "",
        _value_labels(scale, shown), WIDE, HIGH, summary or name, grid, drawing,
        _marks(series, first, last, scale, shown), _tips(series, first, last, shown), _day_labels(first, last),
        _as_table(name, series, shown),
    )  # fmt: skip


def scale_of(low: float, high: float, wanted: int = 4) -> Scale:
    """A scale of round ticks (1, 2 or 5 times a power of ten) that holds both values.

    After Heckbert, "Nice numbers for graph labels" (Graphics Gems, 1990).
    """
    if high <= low:
        high = low + 1
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    start, end = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return Scale(tuple(place * step for place in range(start, max(end, start + 1) + 1)))


def _drawn(series: Series, place: int, first: date, last: date, scale: Scale) -> Markup:
    band = [p for p in series.points if p.low is not None and p.high is not None]
    shape = Markup("")
    if band:
        upper = [(_x(p.day, first, last), _y(p.high or 0, scale)) for p in band]
        lower = [(_x(p.day, first, last), _y(p.low or 0, scale)) for p in reversed(band)]
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in (*upper, *lower))
        shape = Markup('<polygon class="band c{}" points="{}"/>').format(place % COLOURS, corners)
    pieces: list[list[str]] = [[]]
    for point in series.points:
        if point.value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{_x(point.day, first, last):.1f},{_y(point.value, scale):.1f}")
    lines = Markup("").join(
        Markup('<polyline class="line c{}{}" points="{}"/>').format(
            place % COLOURS, " dashed" if series.dashed else "", " ".join(piece)
        )
        for piece in pieces
        if piece
    )
    return shape + lines


def _marks(series: Sequence[Series], first: date, last: date, scale: Scale, shown: Shown) -> Markup:
    return Markup("").join(
        Markup('<span class="mark" style="left:{}%;top:{}%"></span>').format(
            _percent(_x(p.day, first, last) / WIDE), _percent(_y(p.value, scale) / HIGH)
        )
        for one in series
        for p in one.points
        if p.mark and p.value is not None
    )


def _tips(series: Sequence[Series], first: date, last: date, shown: Shown) -> Markup:
    """What is said of each day while the pointer is over it."""
    said: dict[date, list[str]] = {}
    for one in series:
        for p in one.points:
            if p.value is not None:
                said.setdefault(p.day, []).append(_said(one, p, shown, len(series) > 1))
    width = WIDE / max((last - first).days, 1)
    return Markup("").join(
        Markup('<span class="tip {}" aria-hidden="true" style="left:{}%;width:{}%" data-tip="{}"></span>').format(
            "late" if _x(on, first, last) > WIDE / 2 else "", _percent((_x(on, first, last) - width / 2) / WIDE),
            _percent(width / WIDE), f"{day(on)}: {'; '.join(lines)}",
        )
        for on, lines in sorted(said.items())
    )  # fmt: skip


def _said(series: Series, point: Point, shown: Shown, named: bool) -> str:
    name = f"{series.name} " if named else ""
    band = f" ({shown(point.low)} to {shown(point.high)})" if point.low is not None and point.high is not None else ""
    return f"{name}{shown(point.value or 0)}{band}{f', {point.mark}' if point.mark else ''}"


def _as_table(name: str, series: Sequence[Series], shown: Shown) -> Markup:
    rows: dict[date, dict[str, str]] = {}
    for one in series:
        for p in one.points:
            if p.value is not None:
                rows.setdefault(p.day, {})[one.name] = _said(one, p, shown, False)
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(one.name) for one in series)
    body = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            day(on), Markup("").join(Markup("<td>{}</td>").format(cells.get(one.name, "-")) for one in series)
        )
        for on, cells in sorted(rows.items())
    )
    return Markup(
        '<details class="as-table"><summary>As a table</summary><div class="records-scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="records"><thead><tr><th scope="col">Day</th>{}</tr></thead><tbody>{}</tbody></table></div></details>'
    ).format(name, heads, body)


def _value_labels(scale: Scale, shown: Shown) -> Markup:
    return Markup("").join(
        Markup('<span style="top:{}%">{}</span>').format(_percent(1 - scale.share(tick)), shown(tick))
        for tick in scale.ticks
    )


def _day_labels(first: date, last: date) -> Markup:
    span = (last - first).days
    steps = min(LABELS - 1, span) or 1
    days = sorted({first + timedelta(days=round(span * place / steps)) for place in range(steps + 1)})
    return Markup("").join(
        Markup('<span style="left:{}%">{}</span>').format(
            _percent(_x(one, first, last) / WIDE), f"{one.day} {one:%b}" + (f" {one:%Y}" if span > 366 else "")
        )
        for one in days
    )


def _legend(names: Sequence[str]) -> Markup:
    items = Markup("").join(
        Markup('<li><span class="swatch c{}"></span>{}</li>').format(place % COLOURS, name)
        for place, name in enumerate(names)
    )
    return Markup('<ul class="legend">{}</ul>').format(items)


def _x(on: date, first: date, last: date) -> float:
    return WIDE * (on - first).days / max((last - first).days, 1)


def _y(value: float, scale: Scale) -> float:
    return HIGH * (1 - scale.share(value))


def _percent(share: float) -> str:
    return f"{share * 100:.2f}".rstrip("0").rstrip(".")
