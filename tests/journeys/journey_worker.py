"""A worker of workflows in a process of its own, to be killed. Takes one JSON list: the database's URL, days passed."""

import json
import sys
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from memory.database import Database
from tools.core.context import FixedClock
from tools.journeys import batches, engine
from tools.journeys.engine import Journeys
from tools.running.ticks import Tick, Ticker

ZONE = ZoneInfo("Europe/Berlin")


def main() -> None:
    url, days = json.loads(sys.argv[1])
    engine.BATCH = batches.BATCH = 7  # many transactions, so that a kill meets one
    clock = FixedClock(ZONE, datetime(2026, 3, 16, 10, 5, tzinfo=ZONE) + timedelta(days=days))
    journeys = Journeys(Database.open(url), clock)
    ticker = Ticker([Tick("journeys", 0.02, lambda: journeys.work(0.02))])
    ticker.start()
    print("running", flush=True)
    sys.stdin.readline()  # ends with whoever started it
    ticker.stop()


if __name__ == "__main__":
    main()
