"""Tools over HTTP: names in addresses, bodies, queries, pages, plans, and every way in which a request can be wrong."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from api_fixtures import ALL, PREFIX, House, Program
from sqlalchemy import select

from memory.audit import AuditEntry


@pytest.fixture
def client(program: Program) -> httpx.Client:
    return program(*ALL, name="ci")


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem details of a refusal, which must be whole."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (told["status"], told["type"]) == (status, f"{PREFIX}/docs#problem-{kind}"), told
    assert told["request_id"] == answer.headers["x-request-id"]
    assert told["title"]
    assert told["detail"].endswith((".", "?")) or "--scope" in told["detail"]
    return told


def test_a_record_is_made_found_by_id_and_name_and_changed(client: httpx.Client) -> None:
    made = client.post("/campaigns/create", json={"name": "Q3/Q4 Grün & 100%?", "type": "email", "budget": 7500})
    assert made.status_code == 201
    number = made.json()["id"]
    assert made.headers["location"] == f"{PREFIX}/campaigns/{number}"
    for named in (str(number), "Q3%2FQ4%20Gr%C3%BCn%20%26%20100%25%3F"):
        found = client.get(f"/campaigns/{named}")
        assert (found.status_code, found.json()["name"]) == (200, "Q3/Q4 Grün & 100%?")
    changed = client.patch(f"/campaigns/{number}", json={"budget": 8000.5})
    assert (changed.status_code, changed.json()["budget"]) == (200, 8000.5)


def test_fixed_words_come_before_names_and_a_record_named_like_one_is_reached_by_its_id(client: httpx.Client) -> None:
    number = client.post("/campaigns/create", json={"name": "list", "type": "email"}).json()["id"]
    assert "campaigns" in client.get("/campaigns/list").json()
    assert client.get(f"/campaigns/{number}").json()["name"] == "list"
    wrong = client.patch("/campaigns/list", json={"budget": 5})
    problem(wrong, 405, "method")
    assert wrong.headers["allow"] == "GET"


def test_what_may_be_left_out_of_an_address_has_an_address_without_it(client: httpx.Client) -> None:
    one = client.get("/email/campaigns/September%20letter/analytics").json()
    assert one["mailing"] is not None
    every = client.get("/email/analytics").json()
    assert every["mailing"] is None
    named = client.get("/email/analytics", params={"email_campaign": "September letter"}).json()
    assert named == one
    assert client.get("/email/why/ines@example.org").json()["lead"]


def test_lists_in_a_body_and_choices_in_a_query(client: httpx.Client) -> None:
    made = client.post(
        "/campaigns/create", json={"name": "Both", "type": "multi-channel", "channels": ["email", "sms"]}
    )
    assert made.json()["channels"] == ["email", "sms"]
    drafts = client.get("/campaigns/list", params={"status": "draft", "type": "multi-channel"}).json()
    assert [one["name"] for one in drafts["campaigns"]] == ["Both"]


def test_pages_of_a_list_cover_it_without_gaps(client: httpx.Client) -> None:
    for number in range(5):
        client.post("/leads/create", json={"email": f"p{number}@example.net"}).raise_for_status()
    for route, rows in (("/leads/list", "leads"), ("/campaigns/list", "campaigns"), ("/templates/list", "templates")):
        whole = client.get(route).json()
        ids, address, pages = [], f"{PREFIX}{route}?limit=2", 0
        while address:
            answer = client.get(address.removeprefix(PREFIX))
            page = answer.json()["page"]
            assert page["total"] == len(whole[rows])
            link = answer.links.get("next", {}).get("url")
            assert link == page["next"]
            ids += [row["id"] for row in answer.json()[rows]]
            assert len(answer.json()["links"]) <= 2
            address, pages = page["next"], pages + 1
        assert ids == [row["id"] for row in whole[rows]], route
        assert pages == (len(ids) + 1) // 2
    for wrong in ("limit=0", "limit=1001", "offset=-1", "limit=a", "limit=1&limit=2", "offset=9999999999999999999999"):
        problem(client.get(f"/leads/list?{wrong}"), 422, "bad-input")


def test_a_page_of_leads_goes_beyond_what_a_person_is_shown(client: httpx.Client, fresh_house: House) -> None:
    (fresh_house.home / "imports" / "many.csv").write_text(
        "email\n" + "".join(f"m{n}@example.net\n" for n in range(150))
    )
    client.post("/leads/import", json={"source": str(fresh_house.home / "imports" / "many.csv")}).raise_for_status()
    page = client.get("/leads/list", params={"limit": 1000}).json()
    assert (len(page["leads"]), page["page"]["total"]) == (153, 153)


def test_a_gated_call_is_a_plan_that_a_person_approves(
    client: httpx.Client, program: Program, fresh_house: House
) -> None:
    writer = program("read", "write", name="writer")
    asked = writer.delete("/campaigns/Poetry%20Night")
    assert asked.status_code == 202
    body = asked.json()
    plan = body["plan"]
    assert asked.headers["location"] == plan["self"] == f"{PREFIX}/plans/{plan['id']}"
    assert (plan["state"], plan["asked_by"], len(plan["fingerprint"])) == ("waiting", "writer", 64)
    assert "Poetry Night" in body["preview"]["text"]
    assert [one["id"] for one in client.get("/plans").json()["plans"]] == [plan["id"]]
    own = f"/plans/{plan['id']}"
    problem(writer.post(f"{own}/approve"), 403, "scope")
    problem(client.post(f"{own}/approve", json={"fingerprint": "0" * 64}), 409, "conflict")
    assert client.get("/campaigns/Poetry%20Night").status_code == 200, "nothing has happened yet"
    done = client.post(f"{own}/approve", json={"fingerprint": plan["fingerprint"]})
    assert (done.status_code, done.json()["plan"]["state"]) == (200, "executed")
    assert done.json()["result"]["name"] == "Poetry Night"
    assert client.post(f"{own}/approve").json()["result"] == done.json()["result"], "approved again: the same answer"
    problem(client.get("/campaigns/Poetry%20Night"), 404, "not-found")
    problem(client.post(f"{own}/reject"), 409, "conflict")
    with fresh_house.hub.database.session() as session:
        rows = session.scalars(
            select(AuditEntry).where(AuditEntry.tool == "delete_campaign").order_by(AuditEntry.id)
        ).all()
    assert [(r.outcome, r.person, r.surface) for r in rows] == [
        ("planned", "writer", "http"),
        ("approved", "ci", "http"),
    ]


def test_a_rejected_plan_does_nothing(client: httpx.Client) -> None:
    plan = client.delete("/campaigns/Poetry%20Night").json()["plan"]
    said = client.post(plan["reject"].removeprefix(PREFIX))
    assert (said.status_code, said.json()["plan"]["state"], said.json()["result"]) == (200, "rejected", None)
    problem(client.post(plan["approve"].removeprefix(PREFIX)), 409, "conflict")
    assert client.get("/campaigns/Poetry%20Night").status_code == 200


def test_a_plan_that_no_longer_fits_is_replaced(client: httpx.Client) -> None:
    plan = client.delete("/campaigns/Poetry%20Night").json()["plan"]
    client.patch("/campaigns/Poetry%20Night", json={"budget": 999}).raise_for_status()
    told = problem(client.post(plan["approve"].removeprefix(PREFIX)), 409, "plan-changed")
    assert told["plan"]["state"] == "waiting"
    assert client.get(f"/plans/{plan['id']}").json()["replaced_by"] == told["plan"]["id"]
    assert client.post(told["plan"]["approve"].removeprefix(PREFIX)).status_code == 200


def test_refusals_tell_what_the_hub_knows(client: httpx.Client) -> None:
    told = problem(client.post("/campaigns/create", json={}), 422, "missing")
    assert told["fields"] == ["name", "type"]
    told = problem(client.get("/campaigns/Poetry%20Slam"), 404, "not-found")
    assert [one["name"] for one in told["candidates"]] == ["Poetry Night"]
    for name in ("Lantern Walk East", "Lantern Walk West"):
        client.post("/campaigns/create", json={"name": name, "type": "email"}).raise_for_status()
    told = problem(client.get("/campaigns/Lantern%20Walk"), 409, "ambiguous")
    assert {one["name"] for one in told["candidates"]} == {"Lantern Walk East", "Lantern Walk West"}


GOOD = {"name": "Bloom", "type": "email"}
JSON = {"Content-Type": "application/json"}
WRONG: dict[str, tuple[int, str, Callable[[httpx.Client], httpx.Response]]] = {
    "cut off": (400, "malformed", lambda c: c.post("/campaigns/create", content=b'{"name": "B', headers=JSON)),
    "not UTF-8": (400, "malformed", lambda c: c.post("/campaigns/create", content=b'{"name": "\xff"}', headers=JSON)),
    "a list": (400, "malformed", lambda c: c.post("/campaigns/create", json=[GOOD])),
    "NaN": (400, "malformed", lambda c: c.post("/campaigns/create", content=b'{"budget": NaN}', headers=JSON)),
    "a name twice": (
        400, "malformed", lambda c: c.post("/campaigns/create", content=b'{"name": "a", "name": "b"}', headers=JSON),
    ),
    "nested": (400, "malformed", lambda c: c.post("/campaigns/create", content=b'{"a":' + b"[" * 100_000, headers=JSON)),
    "digits": (400, "malformed", lambda c: c.post("/campaigns/create", content=b'{"a":' + b"9" * 9_000 + b"}", headers=JSON)),
    "a form": (415, "media-type", lambda c: c.post("/campaigns/create", data=GOOD)),
    "no content type": (415, "media-type", lambda c: c.post("/campaigns/create", content=json.dumps(GOOD).encode())),
    "UTF-16": (
        415, "media-type",
        lambda c: c.post("/campaigns/create", content=b"{}", headers={"Content-Type": "application/json; charset=utf-16"}),
    ),
    "too large": (413, "too-large", lambda c: c.post("/campaigns/create", json={**GOOD, "description": "x" * 5_000_000})),
    "too large, unannounced": (
        413, "too-large", lambda c: c.post("/campaigns/create", content=(b" " * 65536 for _ in range(80)), headers=JSON),
    ),
    "an unknown field": (422, "bad-input", lambda c: c.post("/campaigns/create", json={**GOOD, "colour": "red"})),
    "a number for text": (422, "bad-input", lambda c: c.post("/campaigns/create", json={**GOOD, "name": 5})),
    "text for a number": (422, "bad-input", lambda c: c.post("/campaigns/create", json={**GOOD, "budget": "many"})),
    "null": (422, "bad-input", lambda c: c.post("/campaigns/create", json={**GOOD, "goal": None})),
    "empty": (422, "bad-input", lambda c: c.post("/campaigns/create", json={**GOOD, "description": " "})),
    "NUL": (422, "bad-input", lambda c: c.post("/campaigns/create", json={**GOOD, "description": "a\0b"})),
    "half a character": (
        422, "bad-input", lambda c: c.post("/campaigns/create", content=b'{"name":"\\ud83d","type":"email"}', headers=JSON),
    ),
    "NUL in an address": (422, "bad-input", lambda c: c.get("/campaigns/a%00b")),
    "no UTF-8 in an address": (400, "malformed", lambda c: c.get("/campaigns/%ff")),
    "no UTF-8 in a query": (400, "malformed", lambda c: c.get("/campaigns/list?query=%ff")),
    "an unknown parameter": (422, "bad-input", lambda c: c.get("/campaigns/list?colour=red")),
    "a parameter twice": (422, "bad-input", lambda c: c.get("/campaigns/list?query=a&query=b")),
    "too many parameters": (400, "malformed", lambda c: c.get("/campaigns/list?" + "&".join(["query=a"] * 300))),
    "a query with a body": (422, "bad-input", lambda c: c.post("/campaigns/create?name=B", json=GOOD)),
    "given twice": (422, "bad-input", lambda c: c.patch("/campaigns/1", json={"campaign": "2", "budget": 5})),
    "a wrong choice": (422, "bad-input", lambda c: c.get("/campaigns/list?status=Draft")),
    "no such address": (404, "no-route", lambda c: c.get("/campaign/1")),
    "a slash too many": (404, "no-route", lambda c: c.get("/campaigns/list/")),
    "the bare prefix": (404, "no-route", lambda c: c.get("")),
    "no such plan": (404, "not-found", lambda c: c.post("/plans/77/approve")),
    "no number of a plan": (422, "bad-input", lambda c: c.get("/plans/first")),
    "a wrong method": (405, "method", lambda c: c.put("/campaigns/create", json=GOOD)),
    "a long key": (
        400, "malformed", lambda c: c.post("/campaigns/create", json=GOOD, headers={"Idempotency-Key": "k" * 256}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_request_is_a_problem_and_changes_nothing(client: httpx.Client, fresh_house: House, wrong: str) -> None:
    status, kind, send = WRONG[wrong]
    before = fresh_house.stage.snapshot()
    problem(send(client), status, kind)
    assert fresh_house.stage.changes(before) == []


def test_a_fault_is_told_without_its_inside_and_logged_with_the_requests_id(
    client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError("the inside of the hub")

    monkeypatch.setattr(fresh_house.hub, "call_as", broken)
    told = problem(client.get("/campaigns/list"), 500, "broken")
    assert "the inside" not in json.dumps(told)
    assert told["request_id"] in told["detail"]
    assert any(told["request_id"] in record.getMessage() and record.exc_info for record in caplog.records)


def test_the_description_and_its_page_need_no_token_and_no_other_host(program: Program) -> None:
    anybody = program()
    described = anybody.get("/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    page = anybody.get("/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert 'id="create_campaign"' in page.text
    assert 'id="problem-ambiguous"' in page.text
    head = anybody.head("/docs")
    assert (head.status_code, head.content) == (200, b"")
