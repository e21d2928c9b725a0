"""Ticks and jobs: when things run, also after a failure and after a process was killed."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jobs_worker import one_by_one

from agent import Settings, Worker
from memory.database import Database
from memory.send_rates import SendBucket, SendDay, take_of_day, take_tokens
from memory.workers import SILENCE, beat, living_workers
from tests.support.databases import new_sqlite
from tests.support.houses import open_house
from tests.support.processes import Process, wait_for
from tools.core.context import FixedClock
from tools.running.dbos_jobs import DbosJobs
from tools.running.jobs import JobState
from tools.running.ticks import Tick, Ticker
from tools.running.tidying import tidy

ZONE = ZoneInfo("Europe/Berlin")


def test_a_tick_goes_on_while_there_is_more_and_after_a_failure() -> None:
    seen: list[str] = []
    done, closed = threading.Event(), []

    def run() -> bool:
        seen.append("more" if len(seen) < 3 else "enough")
        if len(seen) == 2:
            raise ValueError("the database is away")
        if len(seen) == 5:
            done.set()
        return len(seen) < 4

    ticker = Ticker([Tick("one", 600, run, lambda: closed.append(threading.current_thread().name))])
    ticker.start()
    wait_for(lambda: len(seen) == 2)
    wait_for(lambda: "one" in ticker.problems or len(seen) > 2)
    wait_for(lambda: len(seen) == 4)  # a second after the failure, although the tick comes every ten minutes
    assert ticker.problems == {}
    ticker.nudge("one")
    assert done.wait(30)
    ticker.stop()
    assert closed == ["tick-one"]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jobs.sqlite3'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def test_jobs_are_done_once_at_their_time_or_say_why_not(store: str) -> None:
    done: list[str] = []

    def note(word: str) -> None:
        done.append(word)

    def fail() -> None:
        raise ValueError("it cannot be")

    jobs = DbosJobs(store, {"note": note, "fail": fail, "again": lambda: done.append("again")}, "one", ZONE)
    jobs.start()
    try:
        jobs.enqueue("note", {"word": "now"}, key="now")
        jobs.enqueue("note", {"word": "now"}, key="now")
        jobs.enqueue("fail", {}, key="fail")
        soon = datetime.now(UTC) + timedelta(seconds=2)
        jobs.enqueue("note", {"word": "later"}, key="later", at=soon)
        jobs.enqueue("note", {"word": "never"}, key="never", at=soon)
        jobs.enqueue("note", {"word": "next year"}, key="next year", at=soon + timedelta(days=365))
        jobs.cancel("never")
        jobs.schedule({"again": "*/1 * * * * *"})
        with pytest.raises(KeyError):
            jobs.enqueue("nothing of the kind", {}, key="x")
        wait_for(lambda: "later" in done and "again" in done)
        jobs.schedule({})
        wait_for(lambda: (s := jobs.status("fail")) is not None and s.state == JobState.FAILED)
        failed, later, never = jobs.status("fail"), jobs.status("later"), jobs.status("never")
        assert failed is not None
        assert (failed.job, failed.error) == ("fail", "it cannot be")
        assert later is not None
        assert never is not None
        assert never.state == JobState.CANCELLED
        far = jobs.status("next year")
        assert far is not None
        assert far.state == JobState.WAITING
        assert jobs.status("x") is None
        assert done.count("now") == done.count("later") == 1
        assert not {"never", "next year"} & set(done)
    finally:
        jobs.stop()


def test_the_store_on_sqlite_has_a_write_ahead_log(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "jobs.sqlite3"
    jobs = DbosJobs(f"sqlite:///{file}", {}, "one", ZONE)
    jobs.start()
    jobs.stop()
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_the_job_of_a_killed_process_is_begun_anew_by_another(store: str, tmp_path: Path) -> None:
    file = tmp_path / "notes"

    def notes() -> list[str]:
        return sorted(file.read_text().splitlines()) if file.exists() else []

    first = Process(one_by_one, store, "first", file)
    wait_for(lambda: notes() == ["first quickly", "first slowly"])
    wait_for(lambda: first.ask("quick") == JobState.DONE)
    first.kill()
    second = Process(one_by_one, store, "second", file)
    assert second.ask("rescue") == 1
    wait_for(lambda: second.ask("slow") == JobState.DONE)
    assert second.ask("rescue") == 0
    assert notes() == ["first quickly", "first slowly", "second slowly"]
    second.kill()


def test_a_worker_is_known_to_live_before_it_takes_its_first_job(tmp_path: Path) -> None:
    """Else the watchdog of another would begin that job a second time."""
    with open_house(Settings(home=tmp_path, model_use="none"), matcher=lambda: None) as hub:  # type: ignore[arg-type, return-value]
        worker, known = Worker(hub), []

        class Watched:
            """The engine of jobs, as far as it is begun."""

            def start(self) -> None:
                with hub.database.session() as session:
                    known.append(living_workers(session, datetime.now(UTC)))

            def __getattr__(self, name: str) -> Any:
                return lambda *given: 0

        worker.jobs = Watched()  # type: ignore[assignment]
        worker.start()
        worker.close()
        assert known == [{worker.id}]


def test_who_lives_is_told_by_who_was_heard_of(tmp_path: Path) -> None:
    database, now = Database.open(new_sqlite(tmp_path / "hub.sqlite3")), datetime.now(UTC)
    with database.session(write=True) as session:
        beat(session, "a", now - SILENCE)
        beat(session, "b", now - SILENCE + timedelta(seconds=1))
        assert living_workers(session, now) == {"b"}
        beat(session, "a", now)
        assert living_workers(session, now) == {"a", "b"}
        take_tokens(session, "old.example", 1, rate=1, burst=1, now=now - timedelta(days=61))
        take_tokens(session, "new.example", 1, rate=1, burst=1, now=now)
        take_of_day(session, (now - timedelta(days=62)).date(), 1, 50)
        take_of_day(session, now.date(), 1, 50)
    tidy(database, FixedClock(ZONE, now))
    with database.session() as session:
        assert [one.domain for one in session.query(SendBucket)] == ["new.example"]
        assert [one.day for one in session.query(SendDay)] == [now.date()]
        assert living_workers(session, now) == {"a", "b"}
    database.close()
