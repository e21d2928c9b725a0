"""`marketing-hub worker`: a process that carries out what was approved, without pages. With PostgreSQL, as many as wanted."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from ui.opening import opened_hub
from ui.terminal import Terminal


def worker() -> None:
    """Send what is due, without pages (beside `serve --no-worker`, or as one more on PostgreSQL)."""
    from agent import Worker, settle

    terminal = Terminal()
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    with opened_hub(terminal) as hub, Worker(hub) as running:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        settle()
        terminal.line(f"The worker is running: {running.id}")
        obstacle = hub.mail.obstacle()
        if obstacle:
            terminal.say(f"{obstacle}.", "yellow")
        terminal.say("Press Ctrl-C to stop it.", "dim")
        ended.wait()
    terminal.say("Stopped.", "dim")
