"""The analytics page's layout and events. Each part is read for itself, so that a slow one holds up no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import gradio as gr

from agent import HubError
from agent.declared import declared_tool
from ui.web.page import Page, Site
from ui.web.pages.analytics import show
from ui.web.parts import states
from ui.web.parts.form import tool_form
from ui.web.parts.formats import title
from ui.web.parts.shell import frame, html
from ui.web.parts.table import table_view

PERIOD_OF_PAST = "last 60 days"
METRICS: tuple[str, ...] = next(
    argument.enum for argument in declared_tool("predict_performance").arguments if argument.name == "metric"
)
MODELS: tuple[str, ...] = next(
    argument.enum for argument in declared_tool("attribute_conversions").arguments if argument.name == "model"
)
CHANNELS: tuple[str, ...] = next(
    argument.enum for argument in declared_tool("get_channel_performance").arguments if argument.name == "channel"
)


def build(site: Site) -> None:
    """Lay the page out and wire its events."""
    reader = Reader(site)
    with frame(site, "/analytics", "Analytics", "What happened, why, and what is to be expected.") as page:
        chosen = html(show.choices(show.USUAL_PERIOD, show.USUAL_METRIC, METRICS))
        parts = {
            reader.trend: html(states.loading("Reading the days …")),
            reader.channels: table_view(states.loading("Reading the channels …")),
            reader.forecast: html(states.loading("Working out the forecast …")),
            reader.attribution: table_view(states.loading("Sharing out the conversions …")),
            reader.funnel: html(states.loading("Following the leads …")),
        }
        html('<section class="part" id="reports"><div class="line"><h2>Reports</h2></div></section>')
        form = tool_form(
            site, "generate_reports", submit="Make the report", labels={"period": "Days", "format": "Kind"},
            values={"period": "last 30 days"}, long=True,
        )  # fmt: skip
        made = html()
        shelf = table_view()
    page.on_load(reader.chosen, outputs=[chosen])
    for read, part in parts.items():
        page.on_load(read, outputs=[part])
    page.on_load(reader.shelf, outputs=[shelf])
    form.wire(lambda outcome: {made: _made(outcome), shelf: reader.shelf()}, outputs=[made, shelf])


class Reader:
    """Reads each part. The address says which days and which figure: `?period=last 90 days&metric=leads`."""

    def __init__(self, site: Site) -> None:
        self._hub = site.hub

    def chosen(self, request: gr.Request) -> str:
        period, metric = _asked(request)
        return show.choices(period, metric, METRICS)

    async def channels(self, request: gr.Request) -> str:
        """What each channel brought and cost."""
        period, _ = _asked(request)
        return await _shown(
            lambda: show.channels(
                [self._data("get_channel_performance", channel=one, period=period) for one in CHANNELS]
            )
        )

    async def trend(self, request: gr.Request) -> str:
        """The figure day by day."""
        period, metric = _asked(request)
        return await _shown(
            lambda: show.trend(
                self._hub.views.analytics.daily(metric, period),
                self._data("detect_anomalies", metric=metric, period=period),
                self._data("identify_trends", metric=metric, period=period),
                self._hub.settings.currency,
                self._hub.door.clock.now().date(),
            )
        )

    async def forecast(self, request: gr.Request) -> str:
        """The figure in the coming 30 days."""
        _, metric = _asked(request)
        return await _shown(
            lambda: show.forecast(
                self._data("predict_performance", metric=metric, days=30),
                self._hub.views.analytics.daily(metric, PERIOD_OF_PAST),
            )
        )

    async def attribution(self, request: gr.Request) -> str:
        """Who is owed the conversions, by each model."""
        period, _ = _asked(request)
        return await _shown(
            lambda: show.attribution([self._data("attribute_conversions", model=one, period=period) for one in MODELS])
        )

    async def funnel(self, request: gr.Request) -> str:
        """How far the leads came."""
        period, _ = _asked(request)
        return await _shown(lambda: show.funnel(self._hub.views.analytics.funnel(period)))

    def shelf(self) -> str:
        """The reports that were made."""
        return show.reports(self._hub.views.analytics.reports(), self._hub.settings.zone)

    def _data(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return self._hub.call(tool, **arguments).result.data()


def _asked(request: gr.Request) -> tuple[str, str]:
    """The days and the figure of the address."""
    metric = str(request.query_params.get("metric") or show.USUAL_METRIC)
    return str(
        request.query_params.get("period") or show.USUAL_PERIOD
    ), metric if metric in METRICS else show.USUAL_METRIC


async def _shown(read: Callable[[], str]) -> str:
    """What a reader makes, or why it cannot."""
    try:
        return await asyncio.to_thread(read)
    except HubError as error:
        return states.problem(error.sentence, ("The usual days", "/analytics"))


def _made(outcome: Any) -> str:
    """A report just made, to be fetched."""
    made = outcome.result
    said = f"{title(made.format.value)}, {made.size / 1000:,.0f} kB."
    return f'<p class="made" role="status">{show.download(made.id, made.title)}: {said}</p>'


PAGE = Page("/analytics", "Analytics", build)
