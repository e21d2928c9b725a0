"""Real processes, ended by kill -9: nothing is lost and nothing is done twice."""

import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from crash_worker import run
from house_fixtures import no_matcher
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from agent import Settings, Turn
from agent.hub import Hub
from memory import conversations as talks
from memory.audit import AuditEntry
from tests.support.databases import new_sqlite
from tests.support.houses import open_house
from tests.support.processes import CONTEXT

TALK = "a-conversation-that-goes-on"
BLOOM = ["create_campaign", {"name": "Bloom", "type": "email", "budget": 5000}]
FROST = ["create_campaign", {"name": "Frost", "type": "social"}]
#: A mailing of the campaign that the call before it makes.
MAIL = ["create_email_campaign", {"topic": "tulips", "subject": "Tulips", "content": "They are here."}, {"campaign": 0}]
SAY_BLOOM = '/campaign create name="Bloom" type=email budget=5000'


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """The settings of a fresh house, on either database, which has its tables."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else None
    if url is None:
        new_sqlite(tmp_path / "hub.sqlite3")
    return Settings(home=tmp_path, database_url=url, model_use="none")


def worker(home: Settings, place: str, call: int, **work: Any) -> tuple[ForkServerProcess, "Connection[Any, Any]"]:
    """A process of its own that does the work, and where it tells what came of it."""
    told, tell = CONTEXT.Pipe(duplex=False)
    job = (str(home.home), home.database_url, place, call, {"conversation": TALK, **work})
    process = CONTEXT.Process(target=run, args=(tell, *job))
    process.start()
    tell.close()
    return process, told


def killed(home: Settings, place: str, call: int, **work: Any) -> None:
    """Have a process work until it is killed at this place."""
    process, told = worker(home, place, call, **work)
    process.join(120)
    said = told.recv() if process.exitcode == 0 else None
    assert process.exitcode == -signal.SIGKILL, f"it was not killed; it said {said}"


def done(home: Settings, say: str) -> Turn:
    """Have a house do something and close well."""
    with restarted(home) as hub:
        return hub.ask(say, conversation=TALK)


def restarted(home: Settings) -> Hub:
    return open_house(home, matcher=no_matcher)


def names(hub: Hub) -> list[str]:
    return [record.name for record in hub.records("campaign")]


def log(hub: Hub) -> Counter[str]:
    """How often each thing stands in the audit log."""
    with hub.database.session() as session:
        return Counter(f"{row.outcome} {row.tool}" for row in session.scalars(select(AuditEntry)))


def states(hub: Hub) -> list[str]:
    with hub.database.session() as session:
        return [turn.state for turn in talks.turns_of(session, TALK)]


def test_killed_between_a_plan_and_its_approval(home: Settings) -> None:
    done(home, say=SAY_BLOOM)
    process, told = worker(home, "when told", 0, say="/campaign delete Bloom")
    turn = Turn.model_validate(told.recv())
    process.kill()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL

    with restarted(home) as hub:
        (plan,) = hub.plans()
        assert (plan.id, plan.tool, plan.conversation) == (turn.waiting[0], "delete_campaign", TALK)
        assert names(hub) == ["Bloom"]
        first = hub.approve(plan.id)
        assert first.calls[0].tool == "delete_campaign"
        assert names(hub) == []
        assert hub.approve(plan.id).reply == first.reply, "a second yes says the same"
        assert log(hub) == {"done create_campaign": 1, "planned delete_campaign": 1, "approved delete_campaign": 1}
        assert [t.say for t in hub.turns(TALK)][:2] == [SAY_BLOOM, "/campaign delete Bloom"]
        assert states(hub)[:2] == ["done", "done"]


@pytest.mark.parametrize("place", ["before commit", "after commit"])
@pytest.mark.parametrize("call", [1, 2])
def test_killed_in_the_middle_of_a_write(home: Settings, place: str, call: int) -> None:
    killed(home, place, call, requests=[BLOOM, FROST])
    with restarted(home) as hub:
        assert sorted(names(hub)) == ["Bloom", "Frost"]
        assert log(hub) == {"done create_campaign": 2}
        (turn,) = hub.turns(TALK)
        assert [(c.tool, c.arguments["name"], c.error) for c in turn.calls] == [
            ("create_campaign", "Bloom", None),
            ("create_campaign", "Frost", None),
        ]
        assert "Bloom" in turn.reply
        assert "Frost" in turn.reply
        assert states(hub) == ["done"]
        stored = {record.id: record.name for record in hub.records("campaign")}
        assert stored == {call.result["id"]: call.arguments["name"] for call in turn.calls if call.result}
    with restarted(home) as again:
        assert log(again) == {"done create_campaign": 2}, "the second start did it again"


@pytest.mark.parametrize("place", ["before commit", "after commit"])
def test_killed_in_the_middle_of_an_undertaking(home: Settings, place: str) -> None:
    """What the step before the end made is still known to the steps after it."""
    killed(home, place, 2, requests=[BLOOM, MAIL, FROST])
    with restarted(home) as hub:
        (turn,) = hub.turns(TALK)
        assert [(c.tool, c.error) for c in turn.calls] == [
            ("create_campaign", None),
            ("create_email_campaign", None),
            ("create_campaign", None),
        ]
        assert turn.calls[1].arguments["campaign"] == "Bloom"
        assert log(hub) == {"done create_campaign": 2, "done create_email_campaign": 1}
        assert states(hub) == ["done"]


@pytest.mark.parametrize("place", ["before commit", "after commit"])
def test_killed_while_a_plan_is_made(home: Settings, place: str) -> None:
    done(home, say=SAY_BLOOM)
    killed(home, place, 1, say="/campaign delete Bloom")
    with restarted(home) as hub:
        (plan,) = hub.plans()
        turn = hub.turns(TALK)[-1]
        assert turn.waiting == (plan.id,)
        assert f"/approve {plan.id}" in turn.reply
        assert names(hub) == ["Bloom"]
        assert hub.approve(plan.id).calls[0].tool == "delete_campaign"
        assert names(hub) == []
        assert log(hub)["approved delete_campaign"] == 1


@pytest.mark.parametrize("place", ["before commit", "after commit"])
def test_killed_while_an_approved_plan_is_carried_out(home: Settings, place: str) -> None:
    done(home, say=SAY_BLOOM)
    plan = done(home, say="/campaign delete Bloom").waiting[0]
    killed(home, place, 1, approve=plan)
    with restarted(home) as hub:
        assert names(hub) == (["Bloom"] if place == "before commit" else [])
        assert [p.id for p in hub.plans()] == ([plan] if place == "before commit" else [])
        assert hub.approve(plan).calls[0].tool == "delete_campaign"
        assert names(hub) == []
        assert hub.plans() == []
        assert log(hub)["approved delete_campaign"] == 1
        assert set(states(hub)) == {"done"}


def test_a_decision_is_never_on_record_as_not_got_to(home: Settings) -> None:
    """The turn that tells of it is stored with its answer: a crash in between would say “Please say it again”."""
    done(home, say=SAY_BLOOM)
    plan = done(home, say="/campaign delete Bloom").waiting[0]
    stored: list[str] = []

    def note(session: Session) -> None:
        session.flush()
        stored.extend(turn.state for turn in session.identity_map.values() if isinstance(turn, talks.Turn))

    with restarted(home) as hub:
        event.listen(Session, "before_commit", note)
        try:
            hub.approve(plan)
        finally:
            event.remove(Session, "before_commit", note)
        assert stored.count(talks.DONE) >= 1
        assert talks.STARTED not in stored
        assert hub.turns(TALK)[-1].say == f"/approve {plan}"


def test_a_turn_of_a_process_that_lives_is_left_to_it(home: Settings) -> None:
    with restarted(home) as living:
        turn = living._turns.begin("still thinking", TALK, "owner")
        with restarted(home) as other:
            assert states(other) == ["started"]
            assert other.turns(TALK)[0].id == turn.id


def test_killed_before_anything_was_decided_is_said(home: Settings) -> None:
    """The turn's row is written, its first checkpoint is not."""
    done(home, say=SAY_BLOOM)
    with restarted(home) as hub, hub.database.session(write=True) as session:
        found = talks.open_conversation(session, TALK, "owner", hub.door.clock.now())
        talks.add_turn(session, found, "and delete it", hub.door.clock.now(), owner=talks.new_id())
    with restarted(home) as hub:
        assert "say it again" in hub.turns(TALK)[-1].reply
        assert states(hub) == ["done", "failed"]
        assert names(hub) == ["Bloom"]


def test_a_yes_while_another_process_ends_the_turn(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one has looked whether the turn waits, and goes on with it when its checkpoints are gone."""
    with restarted(home) as hub, restarted(home) as other:
        hub.ask(SAY_BLOOM, conversation=TALK)
        asked = hub.ask("/campaign delete Bloom", conversation=TALK)
        (plan,) = asked.waiting
        replies: list[str] = []
        look = other._turns._graph.get_state

        def overtaken(config: Any) -> Any:
            found = look(config)
            if not replies:
                replies.append(hub.approve(plan).reply)
            return found

        monkeypatch.setattr(other._turns._graph, "get_state", overtaken)
        replies.append(other.approve(plan).reply)
        assert len(set(replies)) == 1
        assert log(hub)["approved delete_campaign"] == 1
        assert other._saver.get_tuple({"configurable": {"thread_id": asked.id}}) is None


def test_yes_and_no_at_once_come_to_one_of_them(home: Settings) -> None:
    with restarted(home) as hub:
        hub.ask(SAY_BLOOM, conversation=TALK)
        plan = hub.ask("/campaign delete Bloom", conversation=TALK).waiting[0]
        together = Barrier(10)

        def decide(number: int) -> Turn:
            together.wait()
            return hub.approve(plan) if number % 2 else hub.reject(plan)

        with ThreadPoolExecutor(10) as pool:
            turns = list(pool.map(decide, range(10)))
        state = hub.plan(plan).state
        assert names(hub) == ([] if state == "executed" else ["Bloom"])
        assert log(hub)["approved delete_campaign"] == (state == "executed")
        assert log(hub)["rejected delete_campaign"] == (state == "rejected")
        assert all(bool(turn.calls) == (state == "executed") for turn in turns[1::2]), [t.reply for t in turns]
