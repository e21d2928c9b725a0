"""Two workers of whom one is killed (-9), and one that is told to end. benchmarks/kills kills many more."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from delivery_fixtures import MailServer, approved, people, rows_of, states
from sending_worker import send

from memory.database import Database
from memory.enums import DeliveryState
from memory.outbox import OPEN
from tests.support.databases import new_sqlite
from tests.support.processes import Process, end_all, wait_for

Start = Callable[[str, int], Process]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(url, port)`: a worker process with short leases, ended at the end if it still runs."""
    running: list[Process] = []
    numbers = itertools.count(1)

    def begin(url: str, port: int) -> Process:
        running.append(Process(send, url, port, f"worker-{next(numbers)}", {"lease": 0.5, "connections": 4}))
        return running[-1]

    yield begin
    end_all(running)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "hub.sqlite3")
    found: str = request.getfixturevalue("postgres_url")
    return found


def left(database: Database) -> int:
    """How many messages are still to be dealt with."""
    return sum(amount for state, amount in states(database).items() if state in OPEN)


def check(database: Database, mail: MailServer, addresses: list[str]) -> None:
    """Nothing twice, nothing lost: whoever got nothing for sure is listed as unknown."""
    rows, got = rows_of(database), mail.counts
    assert max(got.values()) == 1, "somebody got it twice"
    sent = {address for address, row in rows.items() if row.state == DeliveryState.SENT}
    unknown = {address for address, row in rows.items() if row.state == DeliveryState.UNKNOWN}
    assert sent | unknown == set(addresses)
    assert sent <= set(got), "what is said to be sent has arrived"
    assert set(got) - sent <= unknown, "what arrived and is not known to be sent is listed"


def test_of_two_workers_one_is_killed_and_the_other_finishes(postgres_url: str, mail: MailServer, start: Start) -> None:
    database = Database.open(postgres_url)
    addresses = people(database, 200)
    mail.wait = 0.02
    first, second = start(postgres_url, mail.port), start(postgres_url, mail.port)
    approved(database, addresses)
    wait_for(lambda: {row.leased_by for row in rows_of(database).values()} >= {"worker-1", "worker-2"})
    wait_for(lambda: len(mail.recipients) >= 100)
    first.kill()
    wait_for(lambda: left(database) == 0)
    check(database, mail, addresses)
    assert second.lives
    done = {row.leased_by for row in rows_of(database).values() if row.state == DeliveryState.SENT}
    assert done == {"worker-1", "worker-2"}
    database.close()


def test_a_worker_that_is_asked_to_end_leaves_nothing_in_doubt(url: str, mail: MailServer, start: Start) -> None:
    database = Database.open(url)
    approved(database, people(database, 200))
    mail.wait = 0.02
    worker = start(url, mail.port)
    wait_for(lambda: len(mail.recipients) >= 30)
    assert worker.end() == 0
    found = states(database)
    assert set(found) <= {DeliveryState.SENT, DeliveryState.PENDING}
    assert found[DeliveryState.SENT] == len(mail.recipients)
    database.close()
