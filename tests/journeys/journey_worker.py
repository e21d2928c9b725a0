"""A worker that leads people through workflows, in a process of its own, to be killed."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from memory.database import Database
from tests.support.processes import Line, tick
from tools.journeys import batches, engine
from tools.journeys.engine import Journeys
from tools.running.ticks import Tick

BEGIN = datetime(2026, 3, 16, 10, 5, tzinfo=ZoneInfo("Europe/Berlin"))
#: Seconds that a day takes.
DAY = 1.0


class FastClock:
    """Days pass in seconds, from BEGIN on; the same for all processes that are given the same `since` (Unix time)."""

    def __init__(self, since: float) -> None:
        self._since = since

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo("Europe/Berlin")

    def now(self) -> datetime:
        gone = timedelta(days=(time.time() - self._since) / DAY)
        return (BEGIN.astimezone(UTC) + gone).astimezone(self.zone)


def lead(line: Line, url: str, since: float) -> None:
    """Tick in the database at `url`, by a clock that runs fast since then."""
    engine.BATCH = batches.BATCH = 7  # many transactions, so that a kill meets one
    journeys = Journeys(Database.open(url), FastClock(since))
    tick(line, Tick("journeys", 0.02, lambda: journeys.work(0.02)))
