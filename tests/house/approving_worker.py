"""A hub that approves whatever waits and sends what comes of it, in a process of its own, to be killed."""

import os
import traceback
from pathlib import Path
from typing import Any

from agent import Settings, open_hub
from agent.hub import Hub
from tests.support.processes import Line, tick
from tools.delivering.sender import Sender
from tools.running.ticks import Tick


def house_of(home: Path, url: str, port: int, **more: Any) -> Hub:
    """The hub at `home` with its records at `url`, that hands its mail to the server at `port`."""
    settings = Settings(
        home=home, database_url=url, model_use="none", smtp_url=f"smtp://127.0.0.1:{port}", smtp_timeout=0.4,
        smtp_connections=4, mail_from="news@bloom.example", public_url="https://hub.bloom.example", mail_rate=0, **more,
    )  # fmt: skip
    return open_hub(settings, matcher=lambda: None)  # type: ignore[arg-type, return-value]


def approve(line: Line, home: Path, url: str, port: int, name: str, lease: float) -> None:
    """Say yes to every plan that waits, as a person would, and send what is approved."""
    hub = house_of(home, url, port, mail_lease=lease)

    def approve_all() -> bool:
        try:
            for plan in hub.plans():
                hub.approve(plan.id)
        except Exception:  # a tick would only log it, and try again: whoever started this process shall notice
            traceback.print_exc()
            os._exit(1)
        return False

    sender = Sender(hub.database, hub.mail, hub.door.clock, name)
    tick(line, Tick("approve", 0.05, approve_all), Tick("mail", 0.05, sender.work, sender.close))
    hub.close()
