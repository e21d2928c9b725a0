"""The worker: what carries out, in the background, what was approved. Beside the pages in `serve`, or by itself."""

import os
import socket
import uuid
from types import TracebackType
from typing import TYPE_CHECKING

from tools.delivering.sender import Sender
from tools.running.ticks import Tick, Ticker

if TYPE_CHECKING:
    from agent.hub import Hub

#: Seconds between two looks for mail that is due.
MAIL_EVERY = 1.0


class Worker:
    """The ticks of one process. Start it once; close it, or use it as a context manager."""

    def __init__(self, hub: "Hub") -> None:
        self.id = worker_id()
        self.ticker = Ticker(ticks_of(hub, self.id))

    def start(self) -> None:
        self.ticker.start()

    def close(self) -> None:
        """Finish what is under way; what was claimed and not begun goes back."""
        self.ticker.stop()

    def __enter__(self) -> "Worker":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ticks_of(hub: "Hub", worker: str) -> list[Tick]:
    """Everything that looks for due rows, composed here; each kind of work has its own tick."""
    sender = Sender(hub.database, hub.mail, hub.door.clock, worker)
    return [Tick("mail", MAIL_EVERY, sender.work, sender.close)]


def worker_id() -> str:
    """A name that no other worker has, and that tells where it runs."""
    return f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
