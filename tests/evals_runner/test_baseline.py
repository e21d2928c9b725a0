"""The stock agent over the real door, against a server that speaks Ollama's protocol and answers by a script."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from eval_worlds import ScriptedHub

from agent.baseline import StockAgent
from tools.core.door import Origin
from ui.evals.cases import Case
from ui.evals.runner import run_case


@dataclass
class ScriptedModel:
    """Answers /api/chat with the next message of `answers`; keeps what it was asked."""

    url: str = ""
    answers: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def says(self, content: str = "", *calls: tuple[str, dict[str, Any]]) -> None:
        made = [{"function": {"name": name, "arguments": arguments}} for name, arguments in calls]
        self.answers.append({"role": "assistant", "content": content, **({"tool_calls": made} if made else {})})


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    scripted = ScriptedModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            scripted.asked.append(body)
            answer = {
                "model": body["model"], "created_at": "2026-03-02T10:00:00Z", "message": scripted.answers.pop(0),
                "done": True, "done_reason": "stop", "prompt_eval_count": 100, "eval_count": 7,
            }  # fmt: skip
            content = json.dumps(answer).encode() + b"\n"
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """The test's output is no server log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    scripted.url = f"http://127.0.0.1:{server.server_port}"
    yield scripted
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stock(hub: ScriptedHub, model: ScriptedModel) -> StockAgent:
    # The plans belong to the conversation that the scripted hub answers for.
    return StockAgent(
        hub.tools,
        lambda name, arguments: hub.door.call(name, dict(arguments), Origin(conversation_id="c")),
        hub.world.now,
        model="scripted",
        base_url=model.url,
        num_ctx=4096,
        timeout=30,
    )


def case(*turns: dict[str, Any]) -> Case:
    return Case.model_validate({"id": "x", "category": "single", "turns": turns})


def test_a_call_changes_the_record_and_is_scored_like_the_hubs_own(
    hub: ScriptedHub, model: ScriptedModel, stock: StockAgent
) -> None:
    model.says("", ("update_campaign", {"campaign": "school", "budget": 1200}))
    model.says("It is 1200 now.")
    expected = {"tool": "update_campaign", "args": {"campaign": "Back to School", "budget": 1200}, "absent": ["name"]}
    state = [{"kind": "campaign", "name": "Back to School", "budget": 1200}]
    report = run_case(
        case({"say": "more money", "calls": [expected], "state": state, "reply_has": ["1200"]}), hub, stock.ask
    )
    assert report.why == ""
    assert report.decided_by == "model"
    assert report.prompt_tokens == 200, "two answers of the model, 100 tokens read for each"


def test_every_tool_is_bound_natively_with_its_schema(
    model: ScriptedModel, stock: StockAgent, hub: ScriptedHub
) -> None:
    model.says("Hello.")
    stock.ask("hello")
    (request,) = model.asked
    bound = {tool["function"]["name"]: tool["function"] for tool in request["tools"]}
    assert bound.keys() == hub.tools.keys()
    arguments = bound["create_campaign"]["parameters"]
    assert set(arguments["required"]) == {"name", "type"}
    assert arguments["properties"]["type"]["enum"] == ["email", "social", "ads", "multi-channel"]
    assert arguments["properties"]["channels"]["items"]["enum"][0] == "email"
    assert arguments["properties"]["budget"]["type"] == "number"
    assert "2026-03-02T10:00" in request["messages"][0]["content"]


def test_a_gated_call_waits_for_a_person_here_too(hub: ScriptedHub, model: ScriptedModel, stock: StockAgent) -> None:
    model.says("", ("delete_campaign", {"campaign": "Back to School"}))
    model.says("Shall I?")
    expected = {"tool": "delete_campaign", "args": {"campaign": "Back to School"}}
    gone = {"kind": "campaign", "name": "Back to School", "gone": True}
    asked = {"say": "delete it", "calls": [expected], "gated": True}
    assert run_case(case(asked, {"approve": True, "state": [gone]}), hub, stock.ask).why == ""


def test_a_refused_call_is_told_to_the_model_and_listed(model: ScriptedModel, stock: StockAgent) -> None:
    model.says("", ("update_campaign", {"campaign": "ink", "status": "paused"}))
    model.says("Which one?")
    turn = stock.ask("pause ink")
    assert turn.calls[0].error is not None
    assert "Which one do you mean?" in model.asked[1]["messages"][-1]["content"]


def test_a_question_without_a_call_counts_as_asking(model: ScriptedModel, stock: StockAgent) -> None:
    model.says("What is it called?")
    model.says("All right.")
    first = stock.ask("create a campaign")
    second = stock.ask("never mind", first.conversation)
    assert (first.asks, second.asks) == (True, False)
    assert [message["content"] for message in model.asked[1]["messages"][1:]] == [
        "create a campaign", "What is it called?", "never mind",
    ]  # fmt: skip


def test_an_agent_that_goes_round_in_circles_is_stopped(model: ScriptedModel, stock: StockAgent) -> None:
    for _ in range(20):
        model.says("", ("list_campaigns", {}))
    turn = stock.ask("list them")
    assert turn.notes == ("It was stopped after 12 steps.",)
    assert {call.tool for call in turn.calls} == {"list_campaigns"}
