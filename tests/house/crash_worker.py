"""A hub in a process of its own that ends as kill -9 ends it, at a place that is named."""

import os
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from agent import Settings, open_hub
from agent.hub import Hub
from agent.requests import Request
from agent.understand import Understood
from memory.audit import AuditEntry

#: The rows of the audit log that stand for an effect: they are written in the effect's own transaction.
EFFECTS = ("done", "planned", "approved", "rejected")


def die_at(place: str, call: int) -> None:
    """Kill this process at the `call`-th effect: when it is written but not committed, or right after its commit."""
    written = 0

    def count(session: Session, _context: Any) -> None:
        nonlocal written
        effects = [r for r in session.new if isinstance(r, AuditEntry) and r.outcome in EFFECTS]
        written += len(effects)
        if effects and written == call:
            session.info["doomed"] = True

    def before(session: Session) -> None:
        session.flush()
        if session.info.get("doomed") and place == "before commit":
            os.kill(os.getpid(), signal.SIGKILL)

    def after(session: Session) -> None:
        if session.info.get("doomed") and place == "after commit":
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Session, "after_flush", count)
    event.listen(Session, "before_commit", before)
    event.listen(Session, "after_commit", after)


def do(hub: Hub, work: dict[str, Any]) -> dict[str, Any]:
    if "requests" in work:  # as if a sentence had been understood so
        requests = tuple(Request(tool, arguments, {}, *feeds) for tool, arguments, *feeds in work["requests"])
        hub.understanding.understand = lambda message, history: Understood(requests, decided_by="model")  # type: ignore[method-assign]
        return hub.ask("both, please", conversation=work.get("conversation")).model_dump(mode="json")
    if "approve" in work:
        return hub.approve(work["approve"]).model_dump(mode="json")
    return hub.ask(work["say"], conversation=work.get("conversation")).model_dump(mode="json")


def run(
    tell: "Connection[Any, Any]", folder: str, url: str | None, place: str, call: int, work: dict[str, Any]
) -> None:
    """Open the house at `folder` (and `url`), do the work, and die at the `call`-th effect: "before commit" or "after
    commit"; with "when told" it waits for its end. What came of it is sent through `tell`, if it lives that long.
    """
    settings = Settings(home=Path(folder), database_url=url, model_use="none")
    hub = open_hub(settings, matcher=lambda: None)  # type: ignore[arg-type, return-value]
    die_at(place, call)
    tell.send(do(hub, work))
    if place == "when told":
        signal.pause()
    hub.close()
