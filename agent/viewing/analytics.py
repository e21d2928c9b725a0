"""What the analytics page shows beside the tools: a metric day by day, the funnel, and the reports that were made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tools.analysing import funnel as engine
from tools.analysing.funnel import Daily, Stage
from tools.reporting import shelf

if TYPE_CHECKING:
    from tools.core.door import Door

__all__ = ["AnalyticsViews", "Daily", "ReportFile", "ReportView", "Stage"]


@dataclass(frozen=True)
class ReportView:
    """A report in a list; `size` in bytes, `made_at` in the hub's zone."""

    id: int
    title: str
    format: str
    size: int
    made_at: datetime


@dataclass(frozen=True)
class ReportFile:
    """A report's file."""

    name: str
    media_type: str
    content: bytes


class AnalyticsViews:
    """`hub.views.analytics`. Nothing is changed."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def daily(self, metric: str, period: str) -> Daily:
        """A metric's sum of each day. Raises BadInput where the words are no period."""
        with self._door.reading() as ctx:
            return engine.daily(ctx, metric, period)

    def funnel(self, period: str) -> list[Stage]:
        """How far the leads came that came in during the period. Raises BadInput where the words are no period."""
        with self._door.reading() as ctx:
            return engine.funnel(ctx, period)

    def reports(self) -> list[ReportView]:
        """The newest reports, the last first."""
        with self._door.reading() as ctx:
            return [
                ReportView(one.id, one.title, one.format.value, one.size, one.created_at.astimezone(ctx.clock.zone))
                for one in shelf.newest(ctx)
            ]

    def report(self, number: int) -> ReportFile:
        """A report's file. Raises NotFound."""
        with self._door.reading() as ctx:
            found = shelf.report(ctx, number)
            return ReportFile(found.file_name, found.media_type, found.content)
