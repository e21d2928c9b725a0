"""A worker that sends, in a process of its own, to be killed."""

from typing import Any
from zoneinfo import ZoneInfo

from memory.database import Database
from tests.support.processes import Line, tick
from tools.core.context import SystemClock
from tools.delivering.sender import Sender
from tools.delivering.setup import MailSetup, Server
from tools.running.ticks import Tick


def send(line: Line, url: str, port: int, name: str, more: dict[str, Any]) -> None:
    """Send what is due in the database at `url` to the server at `port`; `more` are fields of MailSetup."""
    server = Server("127.0.0.1", port, "none", timeout=0.4)
    setup = MailSetup(server=server, sender="news@bloom.example", public_url="https://hub.bloom.example", **more)
    sender = Sender(Database.open(url), setup, SystemClock(ZoneInfo("Europe/Berlin")), name)
    tick(line, Tick("mail", 0.1, sender.work, sender.close))
