"""How long the dashboard, attribution and the other analytics take on 1,000,000 leads with 5,000,000 events.

    python -m benchmarks.analytics                            # SQLite, in a temporary folder
    python -m benchmarks.analytics --database postgres://...  # an EMPTY database; tables are made in it and filled
    python -m benchmarks.analytics --small                    # 20,000 leads with 100,000 events

Says what was made and how fast, then for each question the median of several answers, and the peak memory of this
process after it (on PostgreSQL the server's own memory is not in it). Nothing of the data is kept.
"""

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.company import NOW, build
from memory.database import Database, sqlite_url
from memory.index import SearchIndex, WordLlamaEmbedder
from tools.catalogue import all_tools
from tools.core.context import FixedClock
from tools.core.door import Door

ZONE = ZoneInfo("Europe/Berlin")
SMALL = (20_000, 100_000)
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("get_dashboard", {}),
    ("get_dashboard", {"period": "last 365 days"}),
    ("get_dashboard", {"period": "all time"}),
    ("get_channel_performance", {"channel": "email"}),
    ("attribute_conversions", {"model": "last_touch"}),
    ("attribute_conversions", {"model": "time_decay", "period": "last 365 days"}),
    ("attribute_conversions", {"model": "position_based", "period": "all time"}),
    ("identify_trends", {}),
    ("detect_anomalies", {}),
    ("predict_performance", {"metric": "conversions"}),
    ("generate_insights", {}),
    ("recommend_actions", {}),
    ("generate_reports", {"format": "html"}),
    ("generate_reports", {"format": "pdf"}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", help="the URL of an empty database; a temporary SQLite file without it")
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--small", action="store_true", help="20,000 leads with 100,000 events")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    leads, events = SMALL if options.small else (options.leads, options.events)
    with tempfile.TemporaryDirectory(prefix="hub-benchmark-") as name:
        folder = Path(name)
        database = build(options.database or sqlite_url(folder / "hub.db"), leads, events, say=print)
        print(f"\n{'median':>9}  {'first':>8}  {'memory':>9}  question")
        measure(database, folder, options.repeat)
        database.close()


def measure(database: Database, folder: Path, repeat: int) -> None:
    """Ask each question through the door, as every surface does."""
    index = SearchIndex(database, folder / "index", WordLlamaEmbedder())
    door = Door(all_tools(), database, index, FixedClock(ZONE, NOW), files=folder)
    for name, arguments in QUESTIONS:
        took = []
        for _ in range(1 + repeat):
            began = time.perf_counter()
            door.call(name, arguments)
            took.append(time.perf_counter() - began)
        said = " ".join(f"{key}={value}" for key, value in arguments.items())
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{statistics.median(took[1:]):7,.2f} s  {took[0]:6,.2f} s  {memory:6,.0f} MB  {name} {said}", flush=True)
    index.close()


if __name__ == "__main__":
    main()
