"""A hundred people (and programs) who approve one plan at the same moment: it is carried out once, and all are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx
import pytest
from house_fixtures import no_matcher
from sqlalchemy import select

from agent import Settings
from agent.hub import Hub
from memory.audit import AuditEntry
from memory.deliveries import Delivery
from tests.support.browser import served
from tests.support.houses import open_house
from ui.api.app import Api
from ui.api.problems import PREFIX

YESES = 100
ADDRESSES = ["anna@x.example", "ben@x.example", "cleo@x.example"]


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else None
    return Settings(home=tmp_path, database_url=url, model_use="none")


def plan_of(hub: Hub) -> int:
    """A plan that a conversation waits for: a mailing to three people."""
    hub.call("create_email_campaign", subject="Tulips", content="They are here.", recipients=ADDRESSES)
    (plan,) = hub.ask("/email send Tulips").waiting
    return plan


def test_a_hundred_yeses_at_once_carry_a_plan_out_once(home: Settings) -> None:
    """By two hubs of one house (as two processes have them): in a conversation, past it, and over HTTP."""
    with open_house(home, matcher=no_matcher) as hub, open_house(home, matcher=no_matcher) as other:
        plan = plan_of(hub)
        secret, _ = hub.access.tokens.create("ci", ["approve"])
        with served(Api(hub)) as site, httpx.Client(base_url=f"{site.rstrip('/')}{PREFIX}", timeout=120) as program:
            program.headers["Authorization"] = f"Bearer {secret}"
            together = Barrier(YESES)

            def over_http() -> str:
                answer = program.post(f"/plans/{plan}/approve")
                assert answer.status_code == 200, answer.text
                assert answer.json()["plan"]["state"] == "executed"
                return str(answer.json()["text"])

            ways: tuple[Callable[[], str], ...] = (
                lambda: hub.approve(plan).reply,
                lambda: other.approve(plan).reply,
                lambda: other.door.approve(plan).result.text,
                over_http,
            )

            def approve(number: int) -> str:
                together.wait()
                return ways[number % len(ways)]()

            with ThreadPoolExecutor(YESES) as pool:
                said = Counter(pool.map(approve, range(YESES)))
        (sentence,) = said
        assert said[sentence] == YESES
        assert "3 messages wait in the outbox" in sentence
        with hub.database.session() as session:
            laid = session.scalars(select(Delivery.recipient)).all()
            log = session.scalars(select(AuditEntry.outcome).where(AuditEntry.plan_id == plan)).all()
        assert sorted(laid) == ADDRESSES
        assert Counter(log) == {"planned": 1, "approved": 1}
        assert hub.plan(plan).state == "executed"
        assert hub.plans() == []
