"""Workers that are killed (-9) while they send: nobody gets a message twice, nobody is forgotten, doubt is listed."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from delivery_fixtures import MailServer, approved, mailing_of, people, rows_of, states, wait_for

from memory.database import Database
from memory.enums import DeliveryState, EmailStatus
from memory.outbox import OPEN
from tests.support.databases import new_sqlite

WORKER = Path(__file__).with_name("sending_worker.py")
ROOT = WORKER.parents[2]
#: Leases of a second or so: a dead worker's messages must come back while a test waits.
KILLS = 2  # benchmarks/kills.py has 200
SHORT = {"lease": 0.5, "connections": 4}

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(url, port)`: a worker process, ended at the end if it still runs."""
    running: list[subprocess.Popen[str]] = []
    numbers = itertools.count(1)

    def begin(url: str, port: int, **more: Any) -> "subprocess.Popen[str]":
        words = json.dumps([url, port, f"worker-{next(numbers)}", {**SHORT, **more}])
        process = subprocess.Popen(
            [sys.executable, str(WORKER), words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return new_sqlite(tmp_path / "hub.sqlite3")
    found: str = request.getfixturevalue("postgres_url")
    return found


def has_taken(mail: MailServer, least: int) -> bool:
    return len(mail.recipients) >= least


def kill(process: "subprocess.Popen[str]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL


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


def test_killed_while_it_sends(url: str, mail: MailServer, start: Start) -> None:
    database = Database.open(url)
    addresses = people(database, 150)
    approved(database, addresses)
    mail.wait = 0.01
    dice = random.Random(6)
    for kills in range(1, KILLS + 1):
        before = len(mail.recipients)
        worker = start(url, mail.port)
        wait_for(partial(has_taken, mail, before + dice.randrange(5, 50)))
        kill(worker)
        # What was being handed over is not settled yet; nothing of it may go out again.
        assert states(database).get(DeliveryState.SENDING, 0) <= 4 * kills
    start(url, mail.port)
    wait_for(lambda: left(database) == 0)
    check(database, mail, addresses)
    unknown = states(database).get(DeliveryState.UNKNOWN, 0)
    assert unknown <= 4 * KILLS, "at most what four connections had in hand at each kill"
    wait_for(lambda: mailing_of(database).status == EmailStatus.SENT)
    database.close()


def test_of_two_workers_one_is_killed_and_the_other_finishes(postgres_url: str, mail: MailServer, start: Start) -> None:
    database = Database.open(postgres_url)
    addresses = people(database, 200)
    mail.wait = 0.02
    first, second = start(postgres_url, mail.port), start(postgres_url, mail.port)
    approved(database, addresses)
    wait_for(lambda: {row.leased_by for row in rows_of(database).values()} >= {"worker-1", "worker-2"})
    wait_for(lambda: len(mail.recipients) >= 100)
    kill(first)
    wait_for(lambda: left(database) == 0)
    check(database, mail, addresses)
    assert second.poll() is None
    done = {row.leased_by for row in rows_of(database).values() if row.state == DeliveryState.SENT}
    assert done == {"worker-1", "worker-2"}
    database.close()


def test_a_worker_that_is_asked_to_end_leaves_nothing_in_doubt(url: str, mail: MailServer, start: Start) -> None:
    database = Database.open(url)
    approved(database, people(database, 200))
    mail.wait = 0.02
    worker = start(url, mail.port)
    wait_for(lambda: len(mail.recipients) >= 30)
    assert worker.stdin is not None
    worker.stdin.write("\n")
    worker.stdin.flush()
    assert worker.wait(30) == 0
    found = states(database)
    assert set(found) <= {DeliveryState.SENT, DeliveryState.PENDING}
    assert found[DeliveryState.SENT] == len(mail.recipients)
    database.close()
