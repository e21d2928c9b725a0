"""Processes with an engine of jobs, killed while they do some: the watchdog of another takes up what was under way.

A job that was cut off is begun anew, so the house's own jobs do nothing twice by themselves. Here "twice" is a job that
was begun again although its end was on record, or while the process that did it lived.
"""

from collections import Counter
from pathlib import Path

from dbos import DBOSClient

from benchmarks.kills.hunting import Place, Told, hunt
from tests.delivery.jobs_worker import do_jobs
from tests.support.processes import Process

#: Jobs that each process lays when it begins.
EACH = 12


class Notes:
    """The file in which each beginning of a job stands as a line ("job process"), and what was on record at each kill."""

    def __init__(self, file: Path, client: DBOSClient) -> None:
        self._file = file
        self._client = client
        self.dead_at: dict[str, int] = {}
        self.recorded_at: dict[str, int] = {}

    def lines(self) -> list[list[str]]:
        text = self._file.read_text() if self._file.exists() else ""
        return [line.split() for line in text.splitlines()]

    def recorded(self) -> set[str]:
        """The jobs whose end is on record."""
        found = self._client.list_workflows(status="SUCCESS", load_input=False, load_output=False)
        return {one.workflow_id for one in found}

    def killed(self, name: str) -> None:
        """Note how many lines stood there when a process was dead, and what had been recorded before."""
        at = len(self.lines())
        self.dead_at[name] = at
        for job in self.recorded():
            # What was recorded while the lines were counted may have begun after them.
            if any(line[0] == job for line in self.lines()[:at]):
                self.recorded_at.setdefault(job, at)

    def twice(self) -> int:
        """Jobs that were begun again with no reason to."""
        found, before = set(), dict[str, str]()
        for at, (job, name) in enumerate(self.lines()):
            cut_off = job not in before or self.dead_at.get(before[job], at + 1) <= at
            if not cut_off or at >= self.recorded_at.get(job, at + 1):
                found.add(job)
            before[job] = name
        return len(found)


def run(place: Place, kills: int) -> Told:
    store = place.url if place.postgres else f"sqlite:///{place.folder / 'jobs.sqlite3'}"
    client = DBOSClient(system_database_url=store.replace("postgresql+psycopg", "postgresql"))
    notes = Notes(place.folder / "notes", client)
    keys: list[str] = []

    def start(name: str) -> Process:
        fresh = [f"{name}/{one}" for one in range(EACH)]
        keys.extend(fresh)
        return Process(do_jobs, place.url, store, name, place.folder / "notes", fresh)

    def progress() -> int:
        return len(notes.lines())

    hunt(
        place, kills, start, lambda number: None, progress, EACH // 2, lambda: set(keys) <= notes.recorded(), notes.killed
    )  # fmt: skip
    done, begun = notes.recorded() & set(keys), Counter(line[0] for line in notes.lines())
    client.destroy()
    return Told(
        "jobs", kills, len(keys), len(done), unknown=0, happened=0,
        again=sum(begun.values()) - len(begun),
        twice=notes.twice(), lost=len(set(keys) - done), unlisted=len(begun.keys() - set(keys)),
    )  # fmt: skip
