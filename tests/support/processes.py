"""Processes that tests and benchmarks begin and kill (-9).

They begin as copies of one that has loaded the hub and done nothing yet: that spares each of them seconds.
"""

import multiprocessing
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

from tools.running.ticks import Tick, Ticker

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["agent.hub", "tools.catalogue", "tools.delivering.sender", "tools.journeys.engine", "tools.publishing.publisher",
     "tools.running.dbos_jobs", "tests.support.processes"]
)  # fmt: skip

Line: TypeAlias = "Connection[Any, Any]"
RUNNING = "running"
#: Seconds within which a process must be at work, or end: many times what a busy machine needs.
LONGEST = 600.0


class Process:
    """A process of its own that does `work(line, *given)`. `line` is its end of a pipe, through which it says RUNNING
    as soon as it is at work. Ends with its parent."""

    def __init__(self, work: Callable[..., None], *given: Any) -> None:
        self.line, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(target=work, args=(theirs, *given), daemon=True)
        self._process.start()
        theirs.close()
        said = self.hear()
        assert said == RUNNING, said

    def hear(self) -> Any:
        """What it says next. Raises EOFError where it ended without a word."""
        assert self.line.poll(LONGEST), "the process says nothing"
        return self.line.recv()

    def ask(self, question: Any) -> Any:
        self.line.send(question)
        return self.hear()

    @property
    def lives(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """End it as a power cut ends it. Fails where it had ended before."""
        self._process.kill()
        self._process.join(LONGEST)
        assert self._process.exitcode == -signal.SIGKILL, f"it ended by itself ({self._process.exitcode})"
        self.line.close()

    def end(self) -> int | None:
        """Tell it to end, and wait for that; its exit code."""
        self.line.close()
        self._process.join(LONGEST)
        return self._process.exitcode


def tick(line: Line, *ticks: Tick) -> None:
    """Run ticks, as a worker does, until the other end of the line is closed; then end well."""
    ticker = Ticker(ticks)
    ticker.start()
    line.send(RUNNING)
    with suppress(EOFError):
        line.recv()
    ticker.stop()


def wait_for(true: Callable[[], bool], seconds: float = LONGEST, *, every: float = 0.02) -> None:
    """Wait until something is so; fail where it does not come."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(every)


def end_all(processes: Sequence[Process]) -> None:
    """Kill those that still live."""
    for process in processes:
        if process.lives:
            process.kill()
