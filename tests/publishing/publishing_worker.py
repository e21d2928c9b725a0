"""A worker in a process of its own, to be killed. Takes one JSON list: database URL, folder, hosts, name, settings."""

import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from memory.database import Database
from tools.core.context import SystemClock
from tools.publishing.accounts import PublishSetup
from tools.publishing.publisher import Publisher
from tools.running.ticks import Tick, Ticker


def main() -> None:
    url, folder, hosts, name, more = json.loads(sys.argv[1])
    setup = PublishSetup(Path(folder), hosts=hosts, inside=True, **more)
    publisher = Publisher(Database.open(url), setup, SystemClock(ZoneInfo("Europe/Berlin")), name)
    ticker = Ticker([Tick("posts", 0.1, publisher.work, publisher.close)])
    ticker.start()
    print("running", flush=True)
    sys.stdin.readline()  # ends with whoever started it
    ticker.stop()


if __name__ == "__main__":
    main()
