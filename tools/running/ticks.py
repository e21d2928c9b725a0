"""Ticks: work that looks by itself for rows that are due. A ticker calls each again and again, in a thread of its own.

Whether one process ticks or ten, nothing is done twice: rows are claimed under leases, in transactions. So the ticker
knows nothing of the work but how often to look.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)

#: Seconds to wait after a tick that failed, doubled each time up to the last.
AFTER_A_FAILURE = (1.0, 60.0)


@dataclass(frozen=True)
class Tick:
    """Work to be done every so many seconds. `run` does what is due and returns whether there is more at once;
    `close` is called once at the end, in the same thread."""

    name: str
    every: float
    run: Callable[[], bool]
    close: Callable[[], None] = lambda: None


class Ticker:
    """Runs ticks, each in its own thread, until stopped. A tick that fails is tried again, later and later."""

    def __init__(self, ticks: Sequence[Tick]) -> None:
        self._ticks = ticks
        self._stop = threading.Event()
        self._nudges = {tick.name: threading.Event() for tick in ticks}
        self._threads = [
            threading.Thread(target=self._run, args=(tick,), name=f"tick-{tick.name}", daemon=True) for tick in ticks
        ]
        self.problems: dict[str, str] = {}

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def nudge(self, name: str | None = None) -> None:
        """Something may be due now: do not wait for the next look."""
        for tick, event in self._nudges.items():
            if name in (None, tick):
                event.set()

    def stop(self, timeout: float = 30.0) -> None:
        """Let each tick finish what it does, at most so many seconds."""
        self._stop.set()
        self.nudge()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout)

    def _run(self, tick: Tick) -> None:
        nudge, failures = self._nudges[tick.name], 0
        try:
            while not self._stop.is_set():
                nudge.clear()
                try:
                    more = tick.run()
                    failures = 0
                    self.problems.pop(tick.name, None)
                except Exception as error:
                    # A database that is away for a while must not end the worker; the reason is logged and shown.
                    log.exception("the tick “%s” failed", tick.name)
                    self.problems[tick.name] = str(error) or type(error).__name__
                    more = False
                    failures += 1
                if more:
                    continue
                wait = min(AFTER_A_FAILURE[0] * 2 ** (failures - 1), AFTER_A_FAILURE[1]) if failures else tick.every
                nudge.wait(wait)
        finally:
            tick.close()
