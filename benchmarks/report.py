"""What a benchmark says: printed as it comes, and kept in benchmarks/results/ where it was a whole run."""

import os
import platform
import resource
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


class Report:
    """The lines of one run. `kept` is False for a glance (--small): it is printed only."""

    def __init__(self, name: str, *, kept: bool) -> None:
        self._name = name
        self._kept = kept
        self._lines: list[str] = []
        version = platform.python_version()
        load = os.getloadavg()[0]
        self.say(
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {version}, load {load:.1f} at the start"
        )

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self._lines.append(line)

    def keep(self) -> None:
        """Write the lines as the benchmark's newest result."""
        if self._kept:
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / f"{self._name}.txt").write_text("\n".join(self._lines) + "\n", encoding="utf-8")


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def peak_memory() -> float:
    """The most memory that this process had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_seconds(pid: int) -> float:
    """The processor seconds that a process has used, without those that it began (Linux)."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def processes_of(pid: int) -> list[int]:
    """The processes that a process began, and those that these began (Linux)."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += [int(child), *processes_of(int(child))]
    return found
