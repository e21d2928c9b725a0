"""A hub in a process of its own that ends as kill -9 ends it, at a place that is named. Takes one JSON list:
the hub's folder, where to die ("before commit", "after commit", "when told"), at which call, what to do.

Prints what it did as one line of JSON, if it lives that long.
"""

import json
import os
import signal
import sys
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
        requests = tuple(Request(tool, arguments, {}) for tool, arguments in work["requests"])
        hub.understanding.understand = lambda message, history: Understood(requests, decided_by="model")  # type: ignore[method-assign]
        return hub.ask("both, please", conversation=work.get("conversation")).model_dump(mode="json")
    if "approve" in work:
        return hub.approve(work["approve"]).model_dump(mode="json")
    return hub.ask(work["say"], conversation=work.get("conversation")).model_dump(mode="json")


def main() -> None:
    folder, place, call, work = json.loads(sys.argv[1])
    hub = open_hub(Settings(home=Path(folder), model_use="none"), matcher=lambda: None)  # type: ignore[arg-type, return-value]
    die_at(place, call)
    print(json.dumps(do(hub, work)), flush=True)
    if place == "when told":
        signal.pause()
    hub.close()


if __name__ == "__main__":
    main()
