"""Twenty people chat and click at once, each with a session of their own on Gradio's own wire: nobody's answer goes to
somebody else, no change is lost, and what is approved by all is done once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from agent import Settings
from memory.audit import recent_entries
from tests.support.browser import PATIENCE, served
from tests.support.houses import open_house
from ui.web.app import make_app
from ui.web.model_watch import ModelWatch

if TYPE_CHECKING:
    from agent import Hub

PEOPLE = 20


class Person:
    """One open chat page: what a browser sends when its person types or clicks."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=PATIENCE / 1000)
        self._session = uuid.uuid4().hex
        self._config = self._http.get("config").json()
        self.conversation = str(uuid.uuid4())

    def say(self, text: str) -> list[str]:
        """Send a message and wait for the whole answer; everything that the window shows then, as text."""
        box = self._id("say")
        sent = self._dependency(box, "submit")
        self._run(sent, [self.conversation, text])
        shown = self._run(self._after(sent), [self.conversation])
        return self._texts(shown)

    def click(self, event: str, **data: Any) -> None:
        """Press a button of the plans' panel."""
        self._run(self._dependency(self._id("plans"), event), [self.conversation], data)

    def close(self) -> None:
        self._http.close()

    def _id(self, elem_id: str) -> int:
        return int(next(c["id"] for c in self._config["components"] if c["props"].get("elem_id") == elem_id))

    def _dependency(self, component: int, event: str) -> dict[str, Any]:
        return next(d for d in self._config["dependencies"] if [component, event] in [list(t) for t in d["targets"]])

    def _after(self, dependency: dict[str, Any]) -> dict[str, Any]:
        """The event that follows on the server (the other one runs in the browser only)."""
        return next(
            d for d in self._config["dependencies"] if d["trigger_after"] == dependency["id"] and d["backend_fn"]
        )

    def _run(self, dependency: dict[str, Any], data: list[Any], event: Any = None) -> list[tuple[int, Any]]:
        """Call one handler to its end; (component, last value) of what it gave."""
        body = {"fn_index": dependency["id"], "session_hash": self._session, "data": data, "event_data": event}
        asked = self._http.post("gradio_api/queue/join", json=body)
        asked.raise_for_status()
        id = asked.json()["event_id"]
        with self._http.stream("GET", "gradio_api/queue/data", params={"session_hash": self._session}) as stream:
            for line in stream.iter_lines():
                told = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if told.get("msg") == "process_completed" and told["event_id"] == id:
                    assert told["success"], told
                    self._shown = list(zip(dependency["outputs"], told["output"].get("data") or [], strict=False))
                    return self._shown
        raise AssertionError("the stream ended before the answer")

    def _texts(self, shown: list[tuple[int, Any]]) -> list[str]:
        chat = self._id("chat")
        value = next(value for component, value in shown if component == chat)
        return [json.dumps(message["content"], ensure_ascii=False) for message in value]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hub, str]]:
    home: Path = tmp_path_factory.mktemp("many")
    with open_house(Settings(home=home, model_use="none", time_zone="Europe/Berlin")) as hub:
        hub.wait_for_model()
        hub.matcher()
        model = ModelWatch()
        model.look(hub)
        with served(make_app(hub, model)) as address:
            yield hub, address


def at_once(address: str, do: Callable[[Person, int], Any]) -> list[Any]:
    """`do(person, number)` by all of them, begun in the same moment."""
    people = [Person(address) for _ in range(PEOPLE)]
    start = Barrier(PEOPLE)

    def one(number: int) -> Any:
        start.wait()
        return do(people[number], number)

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = list(pool.map(one, range(PEOPLE)))
    for person in people:
        person.close()
    return done


def test_everybody_gets_their_own_answer_and_nothing_is_lost(house: tuple[Hub, str]) -> None:
    hub, address = house
    hub.call("create_campaign", name="Shared", type="email")

    def work(person: Person, number: int) -> tuple[str, list[str]]:
        person.say(f"/campaign create Tulip{number:02} email budget={1000 + number}")
        person.say(f"/campaign update Tulip{number:02} budget={2000 + number}")
        person.say(f"/lead add reader{number:02}@example.org")
        person.say(f"/campaign update Shared budget={100 + number}")
        return person.conversation, person.say(f"/campaign get Tulip{number:02}")

    for number, (conversation, shown) in enumerate(at_once(address, work)):
        own, text = f"Tulip{number:02}", " ".join(shown)
        assert [turn.say.split()[1] for turn in hub.turns(conversation)] == ["create", "update", "add", "update", "get"]
        assert own in shown[-1]
        others = [f"Tulip{other:02}" for other in range(PEOPLE) if other != number]
        assert not [other for other in others if other in text], "somebody else's answer is shown"
        found = hub.call("get_campaign", campaign=own).result.data()
        assert found["budget"] == 2000 + number
    assert len(hub.call("list_leads", query="reader").result.data()["leads"]) == PEOPLE

    # Each of the changes to the shared record is either stored or was refused in words; the log has every stored one in
    # the order in which they came, each from where the last one left it.
    with hub.database.session() as session:
        rows = [
            e
            for e in recent_entries(session, limit=1000, tool="update_campaign")
            if e.arguments.get("campaign") == "Shared"
        ]
    stored = [entry for entry in reversed(rows) if entry.outcome == "done"]
    assert len(rows) == PEOPLE
    assert len(stored) + sum(entry.outcome == "refused" for entry in rows) == PEOPLE
    last: str | None = None
    for entry in stored:
        assert entry.result is not None
        (change,) = entry.result["changes"]
        assert last is None or change["before"] == last
        last = change["after"]
    budget = hub.call("get_campaign", campaign="Shared").result.data()["budget"]
    assert last == f"€{budget:,.0f}"


def test_what_all_approve_is_done_once(house: tuple[Hub, str]) -> None:
    hub, address = house
    hub.call("create_campaign", name="Crocus", type="email")
    turn = hub.ask("/campaign delete Crocus")
    (plan,) = turn.waiting

    def approve(person: Person, number: int) -> None:
        person.conversation = turn.conversation
        person.click("approve" if number % 2 else "reject", plan=plan)

    at_once(address, approve)
    with hub.database.session() as session:
        rows = [entry.outcome for entry in recent_entries(session, limit=1000, tool="delete_campaign")]
    decided = [outcome for outcome in rows if outcome in ("approved", "rejected")]
    assert len(decided) == 1, "one decision stands"
    gone = "Crocus" not in {record.name for record in hub.records("campaign")}
    assert gone == (decided == ["approved"])
    assert hub.plan(plan).state == ("executed" if gone else "rejected")
    assert len([one for one in hub.turns(turn.conversation) if one.say.endswith(f" {plan}")]) == PEOPLE


def test_one_conversation_answers_one_message_at_a_time(house: tuple[Hub, str]) -> None:
    """Twenty windows on one conversation: each message is answered once or refused with a sentence, none twice."""
    hub, address = house
    talk = str(uuid.uuid4())

    def say(person: Person, number: int) -> None:
        person.conversation = talk
        person.say(f"/campaign create Lily{number:02} email")

    at_once(address, say)
    said = [turn.say for turn in hub.turns(talk)]
    assert said
    assert len(set(said)) == len(said)
    made = {record.name for record in hub.records("campaign") if record.name.startswith("Lily")}
    assert made == {one.split()[2] for one in said}
