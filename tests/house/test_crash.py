"""Real processes, ended by kill -9: nothing is lost and nothing is done twice."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from house_fixtures import no_matcher
from sqlalchemy import select

from agent import Settings, Turn, open_hub
from agent.hub import Hub
from memory import conversations as talks
from memory.audit import AuditEntry

WORKER = Path(__file__).with_name("crash_worker.py")
TALK = "a-conversation-that-goes-on"
BLOOM = ["create_campaign", {"name": "Bloom", "type": "email", "budget": 5000}]
FROST = ["create_campaign", {"name": "Frost", "type": "social"}]
SAY_BLOOM = '/campaign create name="Bloom" type=email budget=5000'


def worker(home: Path, place: str, call: int, **work: Any) -> "subprocess.Popen[str]":
    words = json.dumps([str(home), place, call, {"conversation": TALK, **work}])
    return subprocess.Popen([sys.executable, str(WORKER), words], stdout=subprocess.PIPE, text=True)


def killed(home: Path, place: str, call: int, **work: Any) -> None:
    """Have a process work until it is killed at this place."""
    process = worker(home, place, call, **work)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, f"it was not killed; it said {said}"


def done(home: Path, say: str) -> Turn:
    """Have a house do something and close well."""
    with restarted(home) as hub:
        return hub.ask(say, conversation=TALK)


def restarted(home: Path) -> Hub:
    return open_hub(Settings(home=home, model_use="none"), matcher=no_matcher)


def names(hub: Hub) -> list[str]:
    return [record.name for record in hub.records("campaign")]


def log(hub: Hub) -> Counter[str]:
    """How often each thing stands in the audit log."""
    with hub.database.session() as session:
        return Counter(f"{row.outcome} {row.tool}" for row in session.scalars(select(AuditEntry)))


def states(hub: Hub) -> list[str]:
    with hub.database.session() as session:
        return [turn.state for turn in talks.turns_of(session, TALK)]


def test_killed_between_a_plan_and_its_approval(tmp_path: Path) -> None:
    done(tmp_path, say=SAY_BLOOM)
    process = worker(tmp_path, "when told", 0, say="/campaign delete Bloom")
    assert process.stdout is not None
    turn = Turn.model_validate_json(process.stdout.readline())
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL
    process.stdout.close()

    with restarted(tmp_path) as hub:
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
def test_killed_in_the_middle_of_a_write(tmp_path: Path, place: str, call: int) -> None:
    killed(tmp_path, place, call, requests=[BLOOM, FROST])
    with restarted(tmp_path) as hub:
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
    with restarted(tmp_path) as again:
        assert log(again) == {"done create_campaign": 2}, "the second start did it again"


@pytest.mark.parametrize("place", ["before commit", "after commit"])
def test_killed_while_a_plan_is_made(tmp_path: Path, place: str) -> None:
    done(tmp_path, say=SAY_BLOOM)
    killed(tmp_path, place, 1, say="/campaign delete Bloom")
    with restarted(tmp_path) as hub:
        (plan,) = hub.plans()
        turn = hub.turns(TALK)[-1]
        assert turn.waiting == (plan.id,)
        assert f"/approve {plan.id}" in turn.reply
        assert names(hub) == ["Bloom"]
        assert hub.approve(plan.id).calls[0].tool == "delete_campaign"
        assert names(hub) == []
        assert log(hub)["approved delete_campaign"] == 1


@pytest.mark.parametrize("place", ["before commit", "after commit"])
def test_killed_while_an_approved_plan_is_carried_out(tmp_path: Path, place: str) -> None:
    done(tmp_path, say=SAY_BLOOM)
    plan = done(tmp_path, say="/campaign delete Bloom").waiting[0]
    killed(tmp_path, place, 1, approve=plan)
    with restarted(tmp_path) as hub:
        assert names(hub) == (["Bloom"] if place == "before commit" else [])
        assert [p.id for p in hub.plans()] == ([plan] if place == "before commit" else [])
        assert hub.approve(plan).calls[0].tool == "delete_campaign"
        assert names(hub) == []
        assert hub.plans() == []
        assert log(hub)["approved delete_campaign"] == 1
        assert set(states(hub)) == {"done"}


def test_a_turn_of_a_process_that_lives_is_left_to_it(tmp_path: Path) -> None:
    with restarted(tmp_path) as living:
        turn = living._turns.begin("still thinking", TALK, "owner")
        with restarted(tmp_path) as other:
            assert states(other) == ["started"]
            assert other.turns(TALK)[0].id == turn.id


def test_killed_before_anything_was_decided_is_said(tmp_path: Path) -> None:
    """The turn's row is written, its first checkpoint is not."""
    done(tmp_path, say=SAY_BLOOM)
    with restarted(tmp_path) as hub, hub.database.session(write=True) as session:
        found = talks.open_conversation(session, TALK, "owner", hub.door.clock.now())
        talks.add_turn(session, found, "and delete it", hub.door.clock.now(), owner=talks.new_id())
    with restarted(tmp_path) as hub:
        assert "say it again" in hub.turns(TALK)[-1].reply
        assert states(hub) == ["done", "failed"]
        assert names(hub) == ["Bloom"]


def test_twenty_yeses_at_once_carry_a_plan_out_once(tmp_path: Path) -> None:
    with restarted(tmp_path) as hub:
        hub.ask(SAY_BLOOM, conversation=TALK)
        plan = hub.ask("/campaign delete Bloom", conversation=TALK).waiting[0]
        together = Barrier(20)

        def approve(_: int) -> Turn:
            together.wait()
            return hub.approve(plan)

        with ThreadPoolExecutor(20) as pool:
            turns = list(pool.map(approve, range(20)))
        assert len(turns) == 20
        assert {turn.reply for turn in turns} == {turns[0].reply}
        assert all(turn.calls[0].tool == "delete_campaign" for turn in turns)
        assert names(hub) == []
        assert log(hub)["approved delete_campaign"] == 1
        assert hub.plan(plan).state == "executed"
        assert hub.plans() == []


def test_yes_and_no_at_once_come_to_one_of_them(tmp_path: Path) -> None:
    with restarted(tmp_path) as hub:
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
