"""Requests that arrive twice are carried out once: replays, other bodies, many at once, crashes, both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from api_fixtures import ALL, House, Program
from sqlalchemy import func, select

from memory.audit import AuditEntry
from memory.campaigns import Campaign
from memory.database import Database
from memory.idempotency import IdempotentRequest
from tests.support.databases import new_sqlite
from tools.entry.repeats import KEPT, LEASE, Begun, InFlight, KeyReused, Repeats, Stored
from tools.entry.tokens import Tokens

BODY = {"name": "Once Only", "type": "email"}
KEY = {"Idempotency-Key": "0b1c6d9e-5f0e-4d5a"}


@pytest.fixture
def client(program: Program) -> httpx.Client:
    return program(*ALL, name="ci")


def made(house: House) -> int:
    with house.hub.database.session() as session:
        return session.scalar(select(func.count()).where(Campaign.name == "Once Only")) or 0


def test_the_same_request_is_answered_again_and_not_carried_out(client: httpx.Client, fresh_house: House) -> None:
    first = client.post("/campaigns/create", json=BODY, headers=KEY)
    again = client.post("/campaigns/create", content=b' {"type":"email",  "name":"Once Only"}',
                        headers={**KEY, "Content-Type": "application/json"})  # fmt: skip
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["location"] == first.headers["location"]
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert made(fresh_house) == 1


def test_a_refusal_is_answered_again_too(client: httpx.Client) -> None:
    first = client.patch("/campaigns/Later", json={"budget": 5}, headers=KEY)
    assert first.status_code == 404
    client.post("/campaigns/create", json={"name": "Later", "type": "email"}).raise_for_status()
    again = client.patch("/campaigns/Later", json={"budget": 5}, headers=KEY)
    assert (again.status_code, again.json()) == (404, first.json())
    assert again.headers["content-type"] == "application/problem+json"


def test_a_gated_call_sent_twice_is_one_plan(client: httpx.Client, fresh_house: House) -> None:
    first, again = (client.delete("/campaigns/Poetry%20Night", headers=KEY) for _ in range(2))
    assert (first.status_code, again.json()) == (202, first.json())
    assert len(fresh_house.hub.plans()) == 1


@pytest.mark.parametrize("other", ["body", "address", "method"])
def test_a_key_belongs_to_one_request(client: httpx.Client, other: str) -> None:
    client.patch("/campaigns/Poetry%20Night", json={"budget": 5}, headers=KEY).raise_for_status()
    answer = {
        "body": lambda: client.patch("/campaigns/Poetry%20Night", json={"budget": 6}, headers=KEY),
        "address": lambda: client.patch("/campaigns/Autumn%20Reads", json={"budget": 5}, headers=KEY),
        "method": lambda: client.delete("/campaigns/Poetry%20Night", headers=KEY),
    }[other]()
    assert (answer.status_code, answer.json()["type"].partition("#")[2]) == (422, "problem-key-reused")


def test_keys_of_two_tokens_are_two_keys(client: httpx.Client, program: Program, fresh_house: House) -> None:
    other = program(*ALL, name="other")
    assert client.post("/campaigns/create", json=BODY, headers=KEY).status_code == 201
    assert other.post("/campaigns/create", json={**BODY, "name": "Another"}, headers=KEY).status_code == 201


def test_ten_at_once_are_carried_out_once(client: httpx.Client, fresh_house: House) -> None:
    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(lambda _: client.post("/campaigns/create", json=BODY, headers=KEY), range(10)))
    carried_out = [a for a in said if a.status_code == 201 and "idempotency-replayed" not in a.headers]
    assert len(carried_out) == 1
    for answer in said:
        assert answer.status_code in (201, 409), answer.text
        if answer.status_code == 409:
            assert answer.json()["type"].endswith("#problem-in-flight")
            assert int(answer.headers["retry-after"]) >= 1
        else:
            assert answer.json() == carried_out[0].json()
    assert made(fresh_house) == 1


@pytest.mark.parametrize("died", ["before the effect", "after the effect"])
def test_a_request_that_a_crash_cut_off_is_done_once(
    client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch, died: str
) -> None:
    """The process dies before the tool's transaction or right after it; the row stays in flight, as after kill -9."""
    hub, real = fresh_house.hub, fresh_house.hub.call_as

    def dies(*given: object, **named: object) -> object:
        if died == "after the effect":
            real(*given, **named)  # type: ignore[arg-type]
        raise SystemExit

    monkeypatch.setattr(hub, "call_as", dies)
    monkeypatch.setattr(hub.access.repeats, "give_back", lambda begun: None)
    assert client.post("/campaigns/create", json=BODY, headers=KEY).status_code == 500
    monkeypatch.undo()
    waits = client.post("/campaigns/create", json=BODY, headers=KEY)
    assert waits.status_code == 409, "in flight: perhaps another process is still at it"
    with hub.database.session(write=True) as session:
        session.scalars(select(IdempotentRequest)).one().lease_until = hub.door.clock.now() - timedelta(seconds=1)
    done = client.post("/campaigns/create", json=BODY, headers=KEY)
    assert done.status_code == 201, done.text
    assert made(fresh_house) == 1
    with hub.database.session() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.tool == "create_campaign")).all()
        assert [row.outcome for row in rows] == ["done"]
    assert client.post("/campaigns/create", json=BODY, headers=KEY).headers["idempotency-replayed"] == "true"


def test_a_fault_lets_the_request_be_tried_again_at_once(
    client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(fresh_house.hub, "plan", lambda number: 1 / 0)
        assert client.delete("/campaigns/Poetry%20Night", headers=KEY).status_code == 500
    again = client.delete("/campaigns/Poetry%20Night", headers=KEY)
    assert again.status_code == 202
    assert len(fresh_house.hub.plans()) == 1, "the plan was laid before the fault: the same one is shown"


def test_a_turn_takes_no_key(client: httpx.Client) -> None:
    assert client.post("/chat", json={"message": "/help"}, headers=KEY).status_code == 400


class MovingClock:
    """A clock that a test sets."""

    zone = ZoneInfo("Europe/Berlin")

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 16, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at.astimezone(self.zone)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = new_sqlite(tmp_path / "hub.sqlite3") if request.param == "SQLite" else request.getfixturevalue("postgres_url")
    opened = Database.open(url)
    yield opened
    opened.close()


def test_of_many_on_either_database_one_begins_and_the_lease_decides_who_is_next(database: Database) -> None:
    clock = MovingClock()
    _, token = Tokens(database, clock).create("ci", ["write"])
    repeats = Repeats(database, clock)

    def begin(_: int) -> Begun | Stored | None:
        try:
            return repeats.begin(token.id, "key", "a" * 64)
        except InFlight:
            return None

    def at_once() -> list[Begun | Stored]:
        with ThreadPoolExecutor(10) as pool:
            return [one for one in pool.map(begin, range(10)) if one is not None]

    (first,) = at_once()
    assert isinstance(first, Begun)
    assert at_once() == []
    clock.at += LEASE + timedelta(seconds=1)
    assert at_once() == [first], "after the lease one takes it over, under the same call_id"
    with pytest.raises(KeyReused):
        repeats.begin(token.id, "key", "b" * 64)
    repeats.finish(first, Stored(201, "{}", '{"id":1}'))
    repeats.finish(first, Stored(500, "{}", "late"))
    assert at_once() == [Stored(201, "{}", '{"id":1}')] * 10
    clock.at += KEPT
    (anew,) = at_once()
    assert isinstance(anew, Begun)
    assert anew.call_id != first.call_id, "a day later it is a new request"


def test_reading_at_the_same_time_as_writing_is_no_fault(client: httpx.Client) -> None:
    """Each call ends with a row in the log; on SQLite only one writes at a time, and none may be turned away for it."""

    def one(number: int) -> int:
        if number % 3 == 0:
            return client.post("/leads/create", json={"email": f"at{number}@example.net"}).status_code
        if number % 3 == 1:
            return client.post("/generate-sms", json={"topic": f"sale {number}"}).status_code
        return client.get("/leads/list").status_code

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(one, range(60)))
    assert set(said) == {200, 201}
