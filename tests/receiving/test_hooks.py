"""Events told by webhook over real HTTP: signed, never twice, and what follows from them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from memory.database import Database
from memory.enums import AttributionModel, EventType, LeadStatus
from memory.events import LeadEvent
from memory.lead_lookup import lead_with_email
from tests.delivery.delivery_fixtures import ZONE, people
from tests.public.public_fixtures import FIREFOX, House, paths_of
from tests.support.databases import new_sqlite
from tools.analysing.attribution import tally
from tools.analysing.periods import span_of
from tools.automating.graph import WebhookCalled
from tools.core.context import Asker, Context, SystemClock
from tools.journeys.by_event import Seen, starts_by
from tools.receiving.statuses import status_after

ORDER = {"id": "o-1", "type": "ordered", "email": "Kim@x.example", "value": 49.5, "currency": "EUR"}


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    sqlite = request.param == "sqlite"
    database = Database.open(
        new_sqlite(tmp_path / "hub.sqlite3") if sqlite else request.getfixturevalue("postgres_url")
    )
    yield database
    database.close()


def call(
    house: House, site: str, told: Any, *, id: str = "msg-1", at: float | None = None, path: str = "/hooks/events",
    secret: str | None = None, body: bytes | None = None, kind: str = "application/json",
) -> httpx.Response:  # fmt: skip
    """As the specification says: https://github.com/standard-webhooks/standard-webhooks. Bytes are told as they are."""
    sent = told if isinstance(told, bytes) else json.dumps(told).encode()
    moment = str(int(at or time.time()))
    key = base64.b64decode((secret or house.settings.hook_secret).removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, f"{id}.{moment}.".encode() + sent, hashlib.sha256).digest()).decode()
    headers = {"webhook-id": id, "webhook-timestamp": moment, "webhook-signature": f"v1a,other v1,{signature}"}
    headers["content-type"] = kind
    return httpx.post(f"{site}{path}", content=body or sent, headers=headers)


def test_an_order_becomes_an_event_a_customer_and_revenue(house: House, site: str) -> None:
    told = call(house, site, ORDER)
    assert (told.status_code, told.json()) == (200, {"stored": 1, "repeated": 0, "unknown": 0})
    assert call(house, site, ORDER).json() == {"stored": 0, "repeated": 1, "unknown": 0}, "the same call again"
    assert call(house, site, [ORDER], id="msg-2").json()["repeated"] == 1, "the same event in another call"
    with house.database.session() as session:
        lead = lead_with_email(session, "kim@x.example")
        assert lead is not None
        assert (lead.status, lead.orders, lead.revenue, lead.source) == (LeadStatus.CUSTOMER, 1, 49.5, "webhook")
        (changed,) = session.scalars(select(LeadEvent).where(LeadEvent.type == EventType.STATUS_CHANGED))
        assert changed.data is not None
        assert (changed.data["from"], changed.data["to"]) == ("new", "customer")
        assert (
            session.scalar(select(func.count()).select_from(LeadEvent).where(LeadEvent.type == EventType.ORDERED)) == 1
        )


def test_only_what_is_signed_now_with_the_houses_secret_is_taken(house: House, site: str) -> None:
    assert call(house, site, ORDER, secret="whsec_" + "b3RoZXJz" * 4).status_code == 401
    assert call(house, site, ORDER, at=time.time() - 400).status_code == 401
    assert call(house, site, ORDER, at=time.time() + 400).status_code == 401
    changed = json.dumps({**ORDER, "value": 9_999}).encode()
    assert call(house, site, ORDER, body=changed).status_code == 401
    assert httpx.post(f"{site}/hooks/events", json=ORDER).status_code == 401
    assert httpx.get(f"{site}/hooks/events").status_code == 405
    assert call(house, site, ORDER, body=b"x" * 1_100_000).status_code == 413
    with house.database.session() as session:
        assert session.scalar(select(func.count()).select_from(LeadEvent)) == 0


def test_all_events_of_a_call_are_stored_or_none(house: House, site: str) -> None:
    wrong: list[dict[str, Any]] = [
        {"type": ""}, {"email": "nobody"}, {"value": "much"}, {"currency": "USD"}, {"at": "yesterday"},
        {"at": "2026-01-01T10:00:00"}, {"at": "2999-01-01T10:00:00Z"}, {"mailing": 99}, {"campaign": "x"},
        {"channel": "pigeon"}, {"data": [1]}, {"value": float("inf")},
    ]  # fmt: skip
    for place, change in enumerate(wrong):
        answer = call(house, site, [ORDER, {**ORDER, "id": "o-2", **change}], id=f"msg-{place}")
        assert answer.status_code == 422, change
        assert answer.json()["message"].startswith(("Event 2", "The body")), change
    with house.database.session() as session:
        assert session.scalar(select(func.count()).select_from(LeadEvent)) == 0
    visits = [{"type": "visited", "email": "kim@x.example"}, {"type": "cart_abandoned", "email": "kim@x.example"}]
    assert call(house, site, visits, id="v-1").json() == {"stored": 0, "repeated": 0, "unknown": 2}
    call(house, site, ORDER, id="v-2")
    assert call(house, site, visits, id="v-3").json()["stored"] == 2
    with house.database.session() as session:
        (own,) = session.scalars(select(LeadEvent).where(LeadEvent.type == EventType.OTHER))
        assert own.name == "cart_abandoned"
    started = {"type": "webhook", "name": "Trial", "email": "new@x.example"}
    assert call(house, site, started, id="v-4").json()["stored"] == 1
    with house.database.session() as session:
        lead = lead_with_email(session, "new@x.example")
        assert lead is not None
        calls = session.scalars(
            select(LeadEvent).where(LeadEvent.lead_id == lead.id, LeadEvent.type == EventType.OTHER)
        )
        seen = [Seen(one.id, one.lead_id, one.type, one.name, one.at, None, None) for one in calls]
    assert [starts_by(WebhookCalled(name=name), one) for one in seen for name in (None, "trial", "other")] == [
        True, True, False,
    ]  # fmt: skip


def test_a_click_and_an_order_are_joined_by_attribution(house: House, site: str) -> None:
    (address,) = people(house.database, 1)
    mailing_id = house.send([address])
    httpx.get(f"{site}{paths_of(house.server.parsed(address))['c'][0]}", headers={"User-Agent": FIREFOX})
    house.record()
    with house.database.session() as session:
        lead = lead_with_email(session, address)
        assert lead is not None
        assert lead.status == LeadStatus.CONTACTED, "a click is contact"
    assert call(house, site, {**ORDER, "email": address}).json()["stored"] == 1
    with house.database.session() as session:
        ctx = Context(session, SystemClock(ZONE), Asker(), index=None)  # type: ignore[arg-type]
        sums = tally(ctx, span_of(ctx, None), AttributionModel.LAST_TOUCH)
    assert (sums.conversions, sums.direct, sums.revenue) == (1, 0, 49.5)
    ((origin, worth),) = sums.worth.items()
    assert (origin[2], worth) == (mailing_id, 49.5)


@pytest.mark.parametrize(
    ("before", "type", "value", "after"),
    [
        (LeadStatus.NEW, EventType.CLICKED, None, LeadStatus.CONTACTED),
        (LeadStatus.NEW, EventType.OPENED, None, LeadStatus.NEW),
        (LeadStatus.CONTACTED, EventType.SIGNED_UP, None, LeadStatus.QUALIFIED),
        (LeadStatus.CUSTOMER, EventType.CLICKED, None, LeadStatus.CUSTOMER),
        (LeadStatus.QUALIFIED, EventType.CONVERTED, None, LeadStatus.QUALIFIED),
        (LeadStatus.NEW, EventType.CONVERTED, 20.0, LeadStatus.CUSTOMER),
        (LeadStatus.LOST, EventType.CLICKED, None, LeadStatus.LOST),
        (LeadStatus.LOST, EventType.ORDERED, 5.0, LeadStatus.CUSTOMER),
    ],
)
def test_statuses_follow_events(before: LeadStatus, type: EventType, value: float | None, after: LeadStatus) -> None:
    assert status_after(before, type, value) == after
