"""The demo of `serve --demo`: settings of a folder of its own, and a mail server beside it that delivers to nobody."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.mail_sink import keeper, start_sink

if TYPE_CHECKING:
    from agent import Settings


@contextmanager
def demo_house(settings: Settings, **given: Any) -> Iterator[Settings]:
    """The demo's settings; while the block runs, what it sends is kept in `sink` of its folder. `given` are laid on top."""
    from agent.demo import demo_settings

    with running_sink(demo_settings(settings).home / "sink") as port:
        yield demo_settings(settings, smtp_url=f"smtp://127.0.0.1:{port}", **given)


@contextmanager
def running_sink(folder: Path) -> Iterator[int]:
    """A mail sink in a thread of its own, which keeps messages in the folder; gives its port."""
    folder.mkdir(parents=True, exist_ok=True)
    store = keeper(folder)

    def keep(sender: str, recipients: list[str], message: bytes) -> None:
        store(recipients, message)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="demo-mail-sink", daemon=True)
    thread.start()
    begun = start_sink("127.0.0.1", 0, keep)
    server = asyncio.run_coroutine_threadsafe(begun, loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
