"""Workers of workflows that are killed (-9): nobody takes a step twice, gets a mail twice, or is forgotten."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from journeys_house import House
from sqlalchemy import func, select

from memory.deliveries import Delivery
from memory.enrolments import steps_counted
from memory.enums import EventType
from memory.leads import LeadTag
from memory.workflows import Enrolment, EnrolmentState, EnrolmentStep
from tools.automating.graph import EventHappened, SendEmail, Span, Tag, Wait

WORKER = Path(__file__).with_name("journey_worker.py")
ROOT = WORKER.parents[2]
PEOPLE, KILLS = 120, 3  # benchmarks/kills.py has many more


def start(url: str, days: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, str(WORKER), json.dumps([url, days])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    process.communicate()


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def steps(house: House) -> int:
    with house.database.session() as session:
        return session.scalar(select(func.count()).select_from(EnrolmentStep)) or 0


def all_done(house: House) -> bool:
    with house.database.session() as session:
        done = select(func.count()).where(Enrolment.state == EnrolmentState.COMPLETED)
        return session.scalar(done) == PEOPLE


def test_killed_while_it_leads_people_through(house: House) -> None:
    workers = 1 if house.database.is_sqlite else 2
    text = house.text("Welcome", "Hi")
    workflow = house.workflow(
        "Welcome", EventHappened(event=EventType.SIGNED_UP), SendEmail(id="m", template_id=text), Tag(id="t", tag="in"),
        Wait(id="w", span=Span(amount=1, unit="day")), SendEmail(id="m2", template_id=text), Tag(id="t2", tag="out"),
    )  # fmt: skip
    leads = [house.lead(f"p{number}") for number in range(PEOPLE)]
    for lead in leads:
        house.event(lead, EventType.SIGNED_UP)
    dice = random.Random(6)
    running = []
    for round in range(KILLS):
        days = 0 if round == 0 else 2
        before = steps(house)
        running = [start(house.url, days) for _ in range(workers)]
        least = min(before + dice.randrange(7, 60), PEOPLE * (3 if days else 2))
        wait_for(lambda least=least: steps(house) >= least)  # type: ignore[misc]
        kill(running.pop())
        for other in running:
            kill(other)
    last = start(house.url, 2)
    wait_for(lambda: all_done(house))
    kill(last)
    with house.database.session() as session:
        taken = Counter(session.execute(select(EnrolmentStep.lead_id, EnrolmentStep.node)).tuples().all())
        assert set(taken.values()) == {1}
        assert len(taken) == PEOPLE * 5
        mails = Counter(session.execute(select(Delivery.lead_id, Delivery.visit)).tuples().all())
        assert mails == Counter((lead, visit) for lead in leads for visit in (1, 2))
        assert session.scalar(select(func.count()).select_from(LeadTag)) == PEOPLE * 2
        counted = steps_counted(session, house.ways(workflow)[0].version_id)
        assert counted == {
            "start": {"next": PEOPLE}, "m": {"next": PEOPLE}, "t": {"next": PEOPLE}, "w": {"next": PEOPLE},
            "m2": {"next": PEOPLE}, "t2": {"next": PEOPLE},
        }  # fmt: skip
