"""A turn over HTTP: the stream read by rules of its own, the whole answer, stopping, who may decide on plans."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from api_fixtures import ALL, House, Program

from agent import Finished, Progress, Text, Turn
from ui.api import chat


def events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Server-sent events as the WHATWG HTML standard parses them (section 9.2.6): name and data of each."""
    name, data = "", []
    for line in lines:
        if line == "":
            if data:
                yield name or "message", "\n".join(data)
            name, data = "", []
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)


def parsed(client: httpx.Client, message: str, **more: str) -> list[tuple[str, Any]]:
    with client.stream("POST", "/chat", json={"message": message, **more}) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream"
        import json

        return [(name, json.loads(data)) for name, data in events(answer.iter_lines())]


@pytest.fixture
def client(program: Program) -> httpx.Client:
    return program("read", "write", name="ci")


def test_a_turn_is_streamed_and_ends_with_the_whole(client: httpx.Client) -> None:
    told = parsed(client, "/campaign list")
    names = [name for name, _ in told]
    assert (names[0], names[-1]) == ("step", "turn")
    assert "text" in names
    turn = told[-1][1]
    assert [call["tool"] for call in turn["calls"]] == ["list_campaigns"]
    assert "Autumn Reads" in turn["reply"]
    assert told[0][1]["call"] == turn["calls"][0]


def test_a_turn_is_answered_whole_where_json_is_asked_for_and_its_conversation_goes_on(client: httpx.Client) -> None:
    accept = {"Accept": "application/json"}
    first = client.post("/chat", json={"message": "/campaign list"}, headers=accept).json()
    client.post("/chat", json={"message": "/lead list", "conversation": first["conversation"]}, headers=accept)
    stored = client.get(f"/conversations/{first['conversation']}").json()["turns"]
    assert [turn["say"] for turn in stored] == ["/campaign list", "/lead list"]
    assert stored[0] == first
    (listed,) = client.get("/conversations").json()["conversations"]
    assert listed["id"] == first["conversation"]
    assert client.get("/conversations/not-there").status_code == 404


def test_who_may_not_approve_cannot_do_it_by_talking(
    client: httpx.Client, program: Program, fresh_house: House
) -> None:
    plan = parsed(client, "/campaign delete Poetry")[-1][1]["waiting"][0]
    for message in (f"/approve {plan}", f"  /Approve #{plan}", "/approve", f"/reject {plan}"):
        answer = client.post("/chat", json={"message": message})
        assert (answer.status_code, answer.json()["type"].partition("#")[2]) == (403, "problem-scope"), message
    assert fresh_house.hub.plan(plan).state == "waiting"
    parsed(program(*ALL, name="boss"), f"/approve {plan}")
    decided = fresh_house.hub.plan(plan)
    assert (decided.state, decided.decided_by) == ("executed", "boss")


@pytest.mark.parametrize(
    "body",
    [{}, {"message": " "}, {"message": 5}, {"message": "a\0"}, {"message": "x" * 20_001}, {"message": "/help", "to": "x"},
     {"message": "/help", "conversation": "1"}],
)  # fmt: skip
def test_what_is_no_message(client: httpx.Client, body: dict[str, Any]) -> None:
    assert client.post("/chat", json=body).status_code == 422


def a_turn(reply: str) -> Turn:
    return Turn(id="1", conversation="2", say="x", reply=reply)


def test_hanging_up_stops_the_turn(client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = threading.Event()

    def endless(message: str, **named: Any) -> Iterator[Any]:
        try:
            while not stopped.wait(0.01):
                yield Text(text="and on ")
        finally:
            stopped.set()

    monkeypatch.setattr(fresh_house.hub, "stream", endless)
    with client.stream("POST", "/chat", json={"message": "talk"}) as answer:
        next(events(answer.iter_lines()))
    assert stopped.wait(30)


def test_a_turn_that_thinks_gives_signs_of_life_and_any_text_comes_through_whole(
    client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat, "HEARTBEAT", 0.01)
    nasty = "one\ntwo\r\n\ndata: three\u2028\x85 ünï 🌷"
    go_on = threading.Event()

    def slow(message: str, **named: Any) -> Iterator[Any]:
        yield Progress(text="Thinking …")
        go_on.wait(30)
        yield Text(text=nasty)
        yield Finished(turn=a_turn(nasty))

    monkeypatch.setattr(fresh_house.hub, "stream", slow)
    raw = b""
    with client.stream("POST", "/chat", json={"message": "talk"}) as answer:
        for piece in answer.iter_raw():
            raw += piece
            if raw.count(b"\n:") > 2:
                go_on.set()
    import json

    told = [(name, json.loads(data)) for name, data in events(iter(raw.decode().split("\n")))]
    assert [name for name, _ in told] == ["progress", "text", "turn"]
    assert (told[1][1]["text"], told[2][1]["reply"]) == (nasty, nasty)


def test_a_fault_in_a_turn_ends_the_stream_with_a_problem(
    client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(message: str, **named: Any) -> Iterator[Any]:
        yield Text(text="so far")
        raise ZeroDivisionError("bowels")

    monkeypatch.setattr(fresh_house.hub, "stream", broken)
    told = parsed(client, "talk")
    assert [name for name, _ in told] == ["text", "problem"]
    assert (told[1][1]["status"], "bowels" in str(told[1][1])) == (500, False)


def test_only_so_many_turns_at_a_time(
    client: httpx.Client, fresh_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def waits(message: str, **named: Any) -> Iterator[Any]:
        go_on.wait(30)
        yield Finished(turn=a_turn("done"))

    monkeypatch.setattr(fresh_house.hub, "stream", waits)
    with httpx.Client(base_url=client.base_url, headers=client.headers, timeout=60) as other:
        open_turns = [other.stream("POST", "/chat", json={"message": "talk"}) for _ in range(chat.MOST_TURNS)]
        try:
            for turn in open_turns:
                turn.__enter__()
            assert client.post("/chat", json={"message": "talk"}).status_code == 429
            assert client.get("/campaigns/list").status_code == 200, "the others' turns keep nobody else waiting"
        finally:
            go_on.set()
            for turn in open_turns:
                turn.__exit__(None, None, None)


def test_health_tells_each_part(client: httpx.Client, fresh_house: House) -> None:
    told = client.get("/health").json()
    assert told["ok"] is True
    assert {part["part"] for part in told["parts"]} >= {"model", "database", "index"}


def test_a_slow_call_keeps_no_other_waiting(
    client: httpx.Client, fresh_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The event loop is free while a tool works."""
    real, go_on, began = fresh_house.hub.call_as, threading.Event(), threading.Event()

    def slow(tool: str, *given: Any, **named: Any) -> Any:
        if tool == "list_templates":
            began.set()
            assert go_on.wait(30)
        return real(tool, *given, **named)

    monkeypatch.setattr(fresh_house.hub, "call_as", slow)
    thread = threading.Thread(target=lambda: client.get("/templates/list"))
    thread.start()
    assert began.wait(30)
    assert client.get("/campaigns/list").status_code == 200
    go_on.set()
    thread.join()
