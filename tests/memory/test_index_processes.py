"""Two processes on one index, a process that dies in the middle of the work, and a Chroma server."""

import json
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from memory.database import Database
from memory.index import FoundBy, SearchIndex, WordLlamaEmbedder, put_entry
from tests.memory import index_worker

REFUND = ("Refund policy", "We pay the money back to the card that was used.")
ORCHID = ("Orchid care", "Dip the pot in water once a week, in bright light.")
#: Two of its four words are in REFUND, too few for the search by words: only the meaning finds it.
MONEY_QUESTION = "money returned to my credit card"


class Worker:
    """`index_worker` in a process of its own."""

    def __init__(self, url: str, folder: Path | str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, index_worker.__file__, url, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, *command: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process has ended"
        return json.loads(line)

    def ask(self, *command: Any) -> Any:
        self.send(*command)
        return self.receive()

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


@pytest.fixture
def worker(lite: Database, tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(str(lite.engine.url), tmp_path / "index")
    assert worker.receive() == "ready"
    yield worker
    worker.stop()


def put(database: Database, first: int, last: int, text: tuple[str, str]) -> None:
    with database.session(write=True) as session:
        for number in range(first, last):
            put_entry(session, "article", number, text[0], f"{text[1]} Case {number}.")


def found(database: Database, index: SearchIndex, query: str, limit: int) -> dict[int, FoundBy]:
    with database.session() as session:
        return {hit.record_id: hit.found_by for hit in index.search(session, query, limit=limit)}


def assert_finds(found: Collection[int], wanted: set[int]) -> None:
    """All of them but one in a hundred: a search for nearest neighbours in a graph (HNSW) is an approximate one."""
    assert set(found) <= wanted
    assert len(found) >= 0.99 * len(wanted)


def test_each_process_finds_what_the_other_has_written(lite: Database, lite_index: SearchIndex, worker: Worker) -> None:
    put(lite, 1, 3, REFUND)
    assert found(lite, lite_index, MONEY_QUESTION, 10) == dict.fromkeys((1, 2), FoundBy.MEANING)
    worker.ask("put", 3, 5, *REFUND)
    assert {record for record, _ in worker.ask("search", MONEY_QUESTION, 10)} == {1, 2, 3, 4}
    # All are embedded now: this process has to see what the other one wrote.
    assert lite_index.refresh() == 0
    assert found(lite, lite_index, MONEY_QUESTION, 10) == dict.fromkeys((1, 2, 3, 4), FoundBy.MEANING)
    put(lite, 1, 4, ORCHID)
    assert lite_index.refresh() == 3
    assert worker.ask("search", MONEY_QUESTION, 10) == [[4, "meaning"]]


def test_two_processes_that_write_and_search_at_once(lite: Database, lite_index: SearchIndex, worker: Worker) -> None:
    for turn in range(6):
        worker.send("put", 1000 + turn * 20, 1020 + turn * 20, *REFUND)
        put(lite, turn * 20, turn * 20 + 20, REFUND)
        assert worker.receive() is None
        worker.send("search", MONEY_QUESTION, 5)
        assert len(found(lite, lite_index, MONEY_QUESTION, 5)) == 5
        assert len(worker.receive()) == 5
    lite_index.refresh()
    everything = {*range(120), *range(1000, 1120)}
    assert_finds(found(lite, lite_index, MONEY_QUESTION, 500), everything)
    assert_finds({record for record, _ in worker.ask("search", MONEY_QUESTION, 500)}, everything)
    assert (lite_index.check().pending, lite_index.check().problem, worker.ask("problem")) == (0, None, None)


def test_a_rebuild_in_one_process_does_not_disturb_the_other(
    lite: Database, lite_index: SearchIndex, worker: Worker
) -> None:
    put(lite, 1, 300, REFUND)
    assert lite_index.refresh() == 299
    worker.send("rebuild")
    while worker_is_busy(worker):
        assert len(found(lite, lite_index, "refund policy", 5)) == 5
    assert worker.receive() <= 299  # the searches of this process may have done a part of the work
    assert (lite_index.check().pending, lite_index.check().problem) == (0, None)
    assert_finds(found(lite, lite_index, MONEY_QUESTION, 500), set(range(1, 300)))


def worker_is_busy(worker: Worker) -> bool:
    assert worker.process.stdout is not None
    return not select.select([worker.process.stdout], [], [], 0)[0]


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_process_that_dies_while_it_embeds(
    lite: Database, lite_index: SearchIndex, worker: Worker, batches: int
) -> None:
    worker.ask("put", 0, 300, *REFUND)
    worker.ask("die after", batches)
    worker.send("refresh")
    assert worker.process.wait(60) == 9
    assert len(found(lite, lite_index, "refund", 500)) == 300 or batches == 0
    lite_index.refresh()
    assert lite_index.check().pending == 0
    assert_finds(found(lite, lite_index, MONEY_QUESTION, 500), set(range(300)))


def test_a_process_that_is_killed_while_it_writes(lite: Database, lite_index: SearchIndex, worker: Worker) -> None:
    worker.ask("put", 0, 2000, *REFUND)
    worker.send("refresh")
    folder = Path(str(lite.engine.url.database)).parent / "index"
    while not (folder / "last-write").exists():  # it has begun
        time.sleep(0.01)
    time.sleep(0.3)
    worker.process.send_signal(signal.SIGKILL)
    assert worker.process.wait(60) == -signal.SIGKILL
    lite_index.refresh()
    health = lite_index.check()
    assert (health.entries, health.embedded, health.pending, health.problem) == (2000, 2000, 0, None)
    assert_finds(found(lite, lite_index, MONEY_QUESTION, 2000), set(range(2000)))


@pytest.fixture
def chroma_server(tmp_path: Path) -> Iterator[str]:
    """The URL of a real Chroma server on this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--path", str(tmp_path / "server")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while True:
        assert process.poll() is None, "the Chroma server did not start"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(30)


def test_a_chroma_server_shared_by_two_hubs(
    lite: Database, chroma_server: str, embedder: WordLlamaEmbedder, postgres_url: str
) -> None:
    index = SearchIndex(lite, chroma_server, embedder)
    put(lite, 1, 4, REFUND)
    assert found(lite, index, MONEY_QUESTION, 10) == dict.fromkeys((1, 2, 3), FoundBy.MEANING)
    # Another process on the same database sees the same; another hub on the same server does not.
    same = Worker(str(lite.engine.url), chroma_server)
    assert same.receive() == "ready"
    assert same.ask("refresh") == 0
    assert len(same.ask("search", MONEY_QUESTION, 10)) == 3
    same.stop()
    database = Database.open(postgres_url)
    other = SearchIndex(database, chroma_server, embedder)
    put(database, 1, 4, ORCHID)
    assert found(database, other, MONEY_QUESTION, 10) == {}
    assert len(found(database, other, "how often to water an orchid", 10)) == 3
    assert index.rebuild() == 3
    assert other.refresh() == 0
    assert (index.check().problem, other.check().problem) == (None, None)
    index.close()
    other.close()
    database.close()
