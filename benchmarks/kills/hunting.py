"""What all kinds of work have in common: where it is done, who is killed when, and what came of it."""

import random
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.processes import Process, end_all, wait_for

#: Seconds of a worker's leases: what a dead one had must come back while somebody waits.
LEASE = 0.5


@dataclass(frozen=True)
class Place:
    """A fresh database, an empty folder, and the dice that choose the moments."""

    url: str
    folder: Path
    postgres: bool
    dice: random.Random = field(default_factory=lambda: random.Random(6))


@dataclass(frozen=True)
class Told:
    """What came of `things` of one kind. `unknown` are listed as such (`happened` of them did happen); `again` were
    begun anew after a crash, as they should. None may have happened twice, be lost, or have happened unlisted."""

    kind: str
    kills: int
    things: int
    done: int
    unknown: int
    happened: int
    again: int
    twice: int
    lost: int
    unlisted: int

    @property
    def wrong(self) -> bool:
        return bool(self.twice or self.lost or self.unlisted) or self.done + self.unknown != self.things

    def __str__(self) -> str:
        unknown = f"{self.unknown:,} ({self.happened:,})"
        return (
            f"{self.kind:<12}{self.kills:>6}{self.things:>9,}{self.done:>9,}{unknown:>14}{self.again:>8,}"
            f"{self.twice:>7}{self.lost:>6}{self.unlisted:>10}"
        )


HEAD = (
    f"{'kind':<12}{'kills':>6}{'things':>9}{'done':>9}{'unknown':>14}{'anew':>8}{'twice':>7}{'lost':>6}{'unlisted':>10}"
)


def compared(
    kind: str, kills: int, got: dict[str, int], *, all: Iterable[str], done: Collection[str], unknown: Collection[str],
    again: int = 0,
) -> Told:  # fmt: skip
    """What the world outside got, how often each, beside what the records say was done and what is unknown."""
    things = set(all)
    known = set(done) | set(unknown)
    return Told(
        kind, kills, len(things), len(done), len(unknown),
        happened=len(set(unknown) & got.keys()),
        again=again,
        twice=sum(times > 1 for times in got.values()),
        lost=len(things - known) + len(set(done) - got.keys()),
        unlisted=len(got.keys() - known),
    )  # fmt: skip


def hunt(
    place: Place,
    kills: int,
    start: Callable[[str], Process],
    plant: Callable[[int], None],
    progress: Callable[[], int],
    most: int,
    finished: Callable[[], bool],
    killed: Callable[[str], None] = lambda name: None,
) -> None:
    """Kill so many workers, and let the last one finish.

    In each round `plant` lays new work, and a worker is killed after `progress` went on by up to `most`. On PostgreSQL
    there are always two: of them the older is killed while the younger goes on.
    """
    running: list[tuple[str, Process]] = []
    numbers = iter(range(kills + 2))

    def begin() -> None:
        name = f"worker-{next(numbers)}"
        running.append((name, start(name)))

    try:
        begin()
        for number in range(kills):
            if place.postgres:
                begin()
            least = progress() + place.dice.randrange(1, most)
            plant(number)
            wait_for(lambda least=least: progress() >= least, every=0.002)  # type: ignore[misc]
            time.sleep(place.dice.random() * 0.02)
            name, worker = running.pop(0)
            worker.kill()
            killed(name)
            if not place.postgres:
                begin()
        wait_for(finished, every=0.05)
        assert [worker.end() for _, worker in running] == [0]
    finally:
        end_all([worker for _, worker in running])
