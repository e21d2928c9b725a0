"""A few of the kills (-9) of benchmarks/kills, on each kind of work and both databases; and what counts as a fault."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.kills.__main__ import KINDS
from benchmarks.kills.hunting import Place, compared
from tests.support.databases import new_sqlite

KILLS = 2
#: Of jobs, whose watchdog takes its time, tests/delivery/test_running.py kills one.
KINDS_HERE = sorted(KINDS.keys() - {"jobs"})


@pytest.mark.parametrize("kind", KINDS_HERE)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_killed_while_it_works(kind: str, database: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """On PostgreSQL two workers run at a time: the one that is left finishes what the killed ones began."""
    postgres = database == "postgresql"
    url = request.getfixturevalue("postgres_url") if postgres else new_sqlite(tmp_path / "hub.sqlite3")
    told = KINDS[kind](Place(url, tmp_path, postgres), KILLS)
    assert told.kills == KILLS
    assert told.things > told.unknown
    assert not told.wrong, str(told)


def test_what_counts_as_a_fault() -> None:
    def told(got: list[str], done: list[str], unknown: list[str]) -> tuple[int, int, int, int]:
        one = compared("sending", 1, Counter(got), all=["a", "b", "c"], done=done, unknown=unknown)
        assert one.wrong == bool(one.twice or one.lost or one.unlisted)
        return one.happened, one.twice, one.lost, one.unlisted

    assert told(["a", "b", "c"], ["a", "b", "c"], []) == (0, 0, 0, 0)
    assert told(["a", "b"], ["a"], ["b", "c"]) == (1, 0, 0, 0)
    assert told(["a", "a", "b", "c"], ["a", "b", "c"], []) == (0, 1, 0, 0)
    assert told(["a", "b"], ["a", "b", "c"], []) == (0, 0, 1, 0), "said to be done, and never came"
    assert told(["a", "b"], ["a", "b"], []) == (0, 0, 1, 0), "forgotten"
    assert told(["a", "b", "c", "d"], ["a", "b", "c"], []) == (0, 0, 0, 1)
