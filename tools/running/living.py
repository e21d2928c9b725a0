"""Signs of life, and the watchdog that takes up the jobs of workers that gave none for a while."""

from collections.abc import Callable
from datetime import datetime

from memory.database import Database
from memory.workers import beat, forget_worker, living_workers
from tools.running.jobs import Jobs


class Living:
    """One worker's tick: it tells that it lives, and looks after the jobs of those that do not."""

    def __init__(self, database: Database, worker: str, jobs: Jobs, now: Callable[[], datetime]) -> None:
        self._database = database
        self._worker = worker
        self._jobs = jobs
        self._now = now

    def begin(self) -> None:
        """Tell that it lives before it takes its first job: others would take that for a dead worker's."""
        with self._database.session(write=True) as session:
            beat(session, self._worker, self._now())

    def run(self) -> bool:
        """Never has more to do at once."""
        now = self._now()
        with self._database.session(write=True) as session:
            beat(session, self._worker, now)
            living = living_workers(session, now)
        self._jobs.rescue(living)
        return False

    def close(self) -> None:
        with self._database.session(write=True) as session:
            forget_worker(session, self._worker)
