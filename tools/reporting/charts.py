"""Charts as SVG, drawn without a screen. Letters are drawn as outlines: no font to fetch, and no text that could act."""

import io
import re
import warnings
from html import escape

from tools.reporting.document import Chart, one_line
from tools.show import shorten

COLOUR, QUIET = "#1f6f78", "#667085"
LONGEST_LABEL = 28
_HEAD = re.compile(r"^.*?(?=<svg)", re.DOTALL)


def svg(chart: Chart) -> str:
    """The chart as an SVG element with a title for screen readers; the same for the same figures."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context({"svg.hashsalt": "report", "svg.fonttype": "path", "font.size": 9}), \
            warnings.catch_warnings():  # fmt: skip
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a sign without a shape is drawn as a box
        figure = Figure(figsize=(7.2, 2.4 if chart.line else 0.6 + 0.32 * len(chart.values)), layout="constrained")
        FigureCanvasSVG(figure)
        axes = figure.subplots()
        (_line if chart.line else _bars)(axes, chart)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return _titled(out.getvalue(), chart)


def _line(axes: object, chart: Chart) -> None:
    places = list(range(len(chart.values)))
    axes.plot(places, list(chart.values), color=COLOUR, linewidth=1.6)  # type: ignore[attr-defined]
    axes.fill_between(places, list(chart.values), color=COLOUR, alpha=0.12)  # type: ignore[attr-defined]
    step = max(1, len(places) // 6)
    _ticks(axes.set_xticks, places[::step], chart.labels[::step])  # type: ignore[attr-defined]
    axes.set_ylim(bottom=0)  # type: ignore[attr-defined]
    axes.margins(x=0.01)  # type: ignore[attr-defined]


def _bars(axes: object, chart: Chart) -> None:
    places = list(range(len(chart.values)))
    bars = axes.barh(places, list(chart.values), color=COLOUR, height=0.6)  # type: ignore[attr-defined]
    for text in axes.bar_label(bars, labels=list(chart.shown), padding=3, color=QUIET):  # type: ignore[attr-defined]
        text.set_parse_math(False)
    _ticks(axes.set_yticks, places, chart.labels)  # type: ignore[attr-defined]
    axes.invert_yaxis()  # type: ignore[attr-defined]
    axes.set_xticks([])  # type: ignore[attr-defined]
    axes.margins(x=0.12)  # type: ignore[attr-defined]


def _ticks(set_ticks: object, places: list[int], labels: object) -> None:
    """Labels as they are: a name between dollar signs is no formula."""
    named = [shorten(one_line(label), LONGEST_LABEL) for label in labels]  # type: ignore[attr-defined]
    set_ticks(places, labels=named, parse_math=False)  # type: ignore[operator]


def _titled(drawn: str, chart: Chart) -> str:
    """Without what a page does not need (XML head), and with a title: what the picture shows, in words."""
    title = escape(one_line(chart.title))
    drawn = _HEAD.sub("", drawn, count=1)
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    return re.sub(
        r"<svg\b([^>]*)>",
        lambda found: f'<svg role="img" aria-label="{title}"{found[1]}><title>{title}</title>',
        drawn,
        count=1,
    )
