"""A process with an engine of jobs, to be killed. The job "note" writes who does what into a file."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from memory import workers
from memory.database import Database
from tests.support.processes import RUNNING, Line, tick
from tools.running import dbos_jobs
from tools.running.dbos_jobs import DbosJobs
from tools.running.living import Living
from tools.running.ticks import Tick

ZONE = ZoneInfo("Europe/Berlin")
#: A process that is silent for so long is taken for dead; on a busy machine one that lives may be for seconds.
SILENCE = timedelta(seconds=10)


def one_by_one(line: Line, store: str, executor: str, file: Path) -> None:
    """Do jobs; answers the name of a job with its state, and "rescue" with how many were taken up. For the executor
    "first" the job "slowly" never comes back."""

    def note(word: str) -> None:
        with file.open("a") as opened:
            opened.write(f"{executor} {word}\n")
        if word == "slowly" and executor == "first":
            time.sleep(600)

    jobs = DbosJobs(store, {"note": note}, executor, ZONE)
    jobs.start()
    if executor == "first":
        jobs.enqueue("note", {"word": "quickly"}, key="quick")
        jobs.enqueue("note", {"word": "slowly"}, key="slow")
    line.send(RUNNING)
    while True:
        asked = line.recv()
        if asked == "rescue":
            line.send(jobs.rescue({executor}))
        else:
            status = jobs.status(asked)
            line.send(status.state if status else "unknown")


def do_jobs(line: Line, url: str, store: str, name: str, file: Path, keys: Sequence[str]) -> None:
    """Lay these jobs and do all that wait, with a watchdog that takes up those of processes that died a while ago."""
    workers.SILENCE, dbos_jobs.POLL = SILENCE, 0.1

    def note(key: str) -> None:
        with file.open("a") as opened:
            opened.write(f"{key} {name}\n")
        time.sleep(0.02)

    jobs = DbosJobs(store, {"note": note}, name, ZONE)
    living = Living(Database.open(url), name, jobs, lambda: datetime.now(UTC))
    living.begin()
    jobs.start()
    for key in keys:
        jobs.enqueue("note", {"key": key}, key=key)
    tick(line, Tick("living", 0.2, living.run, living.close))
    jobs.stop()
