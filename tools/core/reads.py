"""Reads in the audit log, written behind: whoever only looks something up does not wait for the database's one writer.

A read changes nothing, so that its row need not be part of its transaction. Rows wait for a second at most and are then
written together, by one thread; a process that is killed loses those of its last second. Everything else (whatever
changes something, every plan, approval and refusal, and reads that a turn may repeat after a crash) is written at once.
"""

import logging
import threading
import time
from typing import Any

from memory.audit import write_entries
from memory.database import Database
from memory.plans import Plan
from tools.core.context import Context
from tools.core.declare import Tool
from tools.core.result import Result

log = logging.getLogger(__name__)

#: Seconds that a row waits at most, and rows that are written in one transaction.
EVERY, TOGETHER = 1.0, 500
#: Rows that wait while the database cannot be written; beyond it the oldest are given up, and the log says so.
MOST = 20_000


class ReadsLog:
    """The rows that wait. Safe to use from many threads; its own thread ends when nothing waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, row: dict[str, Any]) -> None:
        """Have a row written soon (a dict of the columns of memory.audit.AuditEntry)."""
        with self._lock:
            self._waiting.append(row)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_behind, name="reads-log", daemon=True)
                self._thread.start()

    def flush(self) -> None:
        """Write what waits; afterwards every read that was answered before is in the log."""
        with self._writing:
            while True:
                with self._lock:
                    rows, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                if not rows:
                    return
                try:
                    with self._database.session(write=True) as session:
                        write_entries(session, rows)
                except BaseException:
                    with self._lock:
                        self._waiting[:0] = rows
                    raise

    def _write_behind(self) -> None:
        while True:
            time.sleep(EVERY)
            if self._database.closed:  # whoever closes a house has flushed before
                return
            try:
                self.flush()
            except Exception:  # whatever it is: the rows are kept, and a thread that died would write none of them
                log.exception("%d reads could not be written into the audit log; it is tried again", len(self._waiting))
                self._give_up_the_oldest()
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return

    def _give_up_the_oldest(self) -> None:
        with self._lock:
            lost = len(self._waiting) - MOST
            if lost > 0:
                del self._waiting[:lost]
                log.error("%d reads are not in the audit log: the database could not be written for too long", lost)


def row_of(
    ctx: Context,
    tool: Tool,
    arguments: dict[str, Any],
    outcome: str,
    sentence: str,
    result: Result | None = None,
    plan: Plan | None = None,
) -> dict[str, Any]:
    """A row of the audit log."""
    return {
        "at": ctx.now,
        "person": ctx.asker.name,
        "surface": ctx.asker.surface,
        "tool": tool.name,
        "arguments": arguments,
        "outcome": outcome,
        "sentence": sentence,
        "result": result.model_dump(mode="json") if result is not None else None,
        "plan_id": plan.id if plan is not None else None,
        "conversation_id": ctx.conversation_id,
        "call_id": ctx.call_id if outcome in ("done", "planned") else None,
    }
