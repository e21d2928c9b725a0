"""Jobs: work with a name and arguments that an engine keeps across restarts. The port; see `dbos_jobs` for the engine.

A job is begun at least once: a process that dies in the middle of it has it begun anew by another. So a job works on
rows with keys and states, as ticks do, and finds what it has done already.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

#: What a job does; its arguments are plain JSON values.
Job = Callable[..., None]


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class JobStatus:
    """Where a job stands; `error` says why it failed."""

    key: str
    job: str
    state: JobState
    error: str | None = None


class Jobs(Protocol):
    """What the hub asks of an engine."""

    def enqueue(self, job: str, arguments: Mapping[str, Any], *, key: str, at: datetime | None = None) -> None:
        """Have a job done, once for each `key`, not before the moment `at`."""

    def schedule(self, times: Mapping[str, str]) -> None:
        """Have jobs (without arguments) done again and again: {job: cron expression in the hub's zone}. Others end."""

    def cancel(self, key: str) -> None:
        """Cancel a job that waits; one that runs is not begun anew."""

    def status(self, key: str) -> JobStatus | None:
        """Where a job stands; None for a key that was never used."""

    def rescue(self, living: set[str]) -> int:
        """Have the jobs of processes that are not among the living begun anew; returns how many."""

    def start(self) -> None: ...

    def stop(self) -> None: ...
