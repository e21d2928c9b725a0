"""A worker that publishes, in a process of its own, to be killed."""

from pathlib import Path
from zoneinfo import ZoneInfo

from memory.database import Database
from tests.support.processes import Line, tick
from tools.core.context import SystemClock
from tools.publishing.accounts import PublishSetup
from tools.publishing.publisher import Publisher
from tools.running.ticks import Tick


def publish(line: Line, url: str, keys: Path, hosts: dict[str, str], name: str, lease: float) -> None:
    """Publish what is due in the database at `url` to `hosts` (by platform); leases are of so many seconds."""
    setup = PublishSetup(keys, hosts=hosts, inside=True, lease=lease, publishing=lease)
    publisher = Publisher(Database.open(url), setup, SystemClock(ZoneInfo("Europe/Berlin")), name)
    tick(line, Tick("posts", 0.1, publisher.work, publisher.close))
