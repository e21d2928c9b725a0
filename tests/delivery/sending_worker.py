"""A worker in a process of its own, to be killed. Takes one JSON list: the database's URL, the server's port, settings."""

import json
import sys
from typing import Any
from zoneinfo import ZoneInfo

from memory.database import Database
from tools.core.context import SystemClock
from tools.delivering.sender import Sender
from tools.delivering.setup import MailSetup, Server
from tools.running.ticks import Tick, Ticker


def main() -> None:
    url, port, name, more = json.loads(sys.argv[1])
    timeout = more.pop("timeout", 0.4)
    given: dict[str, Any] = {"sender": "news@bloom.example", "public_url": "https://hub.bloom.example", **more}
    setup = MailSetup(server=Server("127.0.0.1", port, "none", timeout=timeout), **given)
    sender = Sender(Database.open(url), setup, SystemClock(ZoneInfo("Europe/Berlin")), name)
    ticker = Ticker([Tick("mail", 0.1, sender.work, sender.close)])
    ticker.start()
    print("running", flush=True)
    sys.stdin.readline()  # ends with whoever started it
    ticker.stop()


if __name__ == "__main__":
    main()
