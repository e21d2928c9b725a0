"""Every tool on every surface: the same call comes to the same result, the same plan, the same records, the same
refusal, whether it is made from Python, by slash command, on the command line, or as a request read from a sentence."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from house_fixtures import House, plain
from samples import candidates, everything, mistakes
from sqlalchemy import delete, func, select
from typer.main import get_command
from typer.testing import CliRunner

from agent import HubError, Turn
from agent.hub import Hub
from agent.requests import Request
from agent.slash import command_of
from agent.understand import Understood
from memory.audit import AuditEntry
from memory.tokens import ApiToken
from tools.catalogue import all_tools
from tools.core.declare import Tool
from ui import opening
from ui.api.app import Api
from ui.api.tools import routes_of
from ui.cli import app

TOOLS = list(all_tools().values())


@dataclass(frozen=True)
class Answer:
    """What a surface says to a call: data, or the sentence of a refusal."""

    data: Any = None
    waiting: bool = False
    plan: int | None = None
    error: str | None = None


#: There is no address without the record that it names: such a request cannot even be written down.
UNSAYABLE = Answer(error="no such address")

Surface = Callable[[Hub, Tool, dict[str, Any]], Answer]


def python(hub: Hub, tool: Tool, arguments: dict[str, Any]) -> Answer:
    try:
        outcome = hub.call(tool.name, **arguments)
    except HubError as error:
        return Answer(error=error.sentence)
    return Answer(plain(outcome.result.data()), outcome.waiting, outcome.plan_id)


def slash(hub: Hub, tool: Tool, arguments: dict[str, Any]) -> Answer:
    noun, verb = command_of(tool)
    words = [f"{name}={_quoted(value)}" for name, value in arguments.items()]
    turn = hub.ask(" ".join([f"/{noun} {verb}", *words]))
    assert turn.decided_by == "slash"
    return _of_turn(turn)


def command_line(hub: Hub, tool: Tool, arguments: dict[str, Any]) -> Answer:
    words = [f"{name}={item}" for name, value in arguments.items() for item in _items(value)]
    result = CliRunner().invoke(app, ["call", tool.name, "--json", *words])
    if result.exit_code:
        assert result.exit_code == 1, result.stderr or result.exception
        assert result.stdout == ""
        return Answer(error=result.stderr.strip())
    said = json.loads(result.stdout)
    return Answer(said["result"], said["waiting"], said["plan"])


def model(hub: Hub, tool: Tool, arguments: dict[str, Any]) -> Answer:
    """As the graph makes it when a sentence was understood (what was understood is a script)."""
    request = Request(tool.name, arguments, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            hub.understanding, "understand", lambda message, history: Understood((request,), decided_by="model")
        )
        turn = hub.ask("Whatever the model made of this")
    assert turn.decided_by == "model"
    return _of_turn(turn)


def http(hub: Hub, tool: Tool, arguments: dict[str, Any]) -> Answer:
    """As a program with a token sends it: what stands in the address percent-encoded, the rest by the method."""
    in_path = [name for name in re.findall(r"{(\w+)}", tool.path) if arguments.get(name) is not None]
    path = next((path for path, _ in routes_of(tool) if set(re.findall(r"{(\w+)}", path)) == set(in_path)), None)
    if path is None:
        return UNSAYABLE
    for name in in_path:
        path = path.replace(f"{{{name}}}", quote(str(arguments[name]), safe=""))
    rest = {name: value for name, value in arguments.items() if name not in in_path}
    sent = {"json": rest} if tool.method in ("POST", "PUT", "PATCH") else {"params": rest}
    answer = asyncio.run(_sent(hub, tool.method, f"/api/marketing{path}", sent))
    body = answer.json()
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        return Answer(error=body["detail"])
    if answer.status_code == 202:
        return Answer(body["preview"], True, body["plan"]["id"])
    assert body.pop("page", None) is None or tool.rows
    return Answer(body)


#: One for all calls: its routes, and the commands of the command line, take longer to make than a call takes.
_api, _commands = cache(Api), cache(get_command)


async def _sent(hub: Hub, method: str, address: str, sent: dict[str, Any]) -> httpx.Response:
    secret, _ = hub.access.tokens.create(hub.settings.person, ["read", "write"])
    try:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=_api(hub)), base_url="http://127.0.0.1"
        ) as client:
            return await client.request(method, address, headers={"Authorization": f"Bearer {secret}"}, **sent)
    finally:
        with hub.database.session(write=True) as session:
            session.execute(delete(ApiToken))


SURFACES: dict[str, Surface] = {"slash": slash, "command line": command_line, "model": model, "http": http}


@pytest.fixture(autouse=True)
def command_line_in_this_house(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class StaysOpen:
        """The hub as a command opens it, not closed at the command's end."""

        def __getattr__(self, name: str) -> Any:
            return getattr(house.hub, name)

        def __enter__(self) -> Hub:
            return house.hub

        def __exit__(self, *exception: object) -> None:
            pass

    monkeypatch.setattr(opening, "start_hub", lambda settings, progress: StaysOpen())
    monkeypatch.setattr("typer.testing._get_command", _commands)
    monkeypatch.setenv("HUB_HOME", str(house.home))


@dataclass(frozen=True)
class Seen:
    """What a call came to: the answer, the records that changed, and its row in the audit log."""

    answer: Answer
    changes: tuple[str, ...]
    logged: tuple[Any, ...]


def seen(house: House, tool: Tool, arguments: dict[str, Any], surface: Surface, *, refused: bool = False) -> Seen:
    # After a refusal the house stands as before: it need not be put back.
    hub = house.hub if refused else house.fresh()
    before, rows = house.stage.snapshot(), _rows(hub)
    answer = surface(hub, tool, arguments)
    return Seen(answer, tuple(house.stage.changes(before)), _logged(hub, rows))


@pytest.fixture(scope="module")
def good(house: House) -> Callable[[Tool], dict[str, Any]]:
    """Arguments with which a tool does its work: the fewest that it accepts."""
    known: dict[str, dict[str, Any]] = {}

    def find(tool: Tool) -> dict[str, Any]:
        if tool.name not in known:
            hub = house.fresh()
            refusals = []
            for arguments in candidates(tool, house.records, house.home):
                answer = python(hub, tool, arguments)
                if answer.error is None:
                    known[tool.name] = arguments
                    break
                refusals.append(f"{arguments}: {answer.error}")
            else:
                pytest.fail(f"{tool.name} refuses whatever its declaration allows:\n" + "\n".join(refusals[:8]))
        return known[tool.name]

    return find


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_every_tool_does_the_same_on_every_surface(
    house: House, good: Callable[[Tool], dict[str, Any]], tool: Tool
) -> None:
    for case, arguments in _calls(house, tool, good(tool)):
        expected = seen(house, tool, arguments, python)
        if case == "what is needed":
            assert expected.answer.error is None, expected.answer.error
            assert expected.answer.waiting == (tool.effect == "gated")
        elif case != "everything":
            assert expected.answer.error, f"{case}: {arguments} was accepted"
        if expected.answer.error or tool.effect in ("read", "gated"):
            assert expected.changes == (), f"{case}: it changed something"
        for name, surface in SURFACES.items():
            found = seen(house, tool, arguments, surface, refused=expected.answer.error is not None)
            if found.answer is UNSAYABLE:
                assert case == "nothing given"
                continue
            assert found == expected, f"{name}, {case}: {arguments}"


@pytest.mark.parametrize("tool", [t for t in TOOLS if t.effect == "gated"], ids=lambda tool: tool.name)
def test_a_plan_is_carried_out_alike_wherever_it_is_approved(
    house: House, good: Callable[[Tool], dict[str, Any]], tool: Tool
) -> None:
    def approve_python(hub: Hub, plan: int) -> Any:
        return hub.approve(plan).calls[0].result

    def approve_slash(hub: Hub, plan: int) -> Any:
        return hub.ask(f"/approve {plan}").calls[0].result

    def approve_command_line(hub: Hub, plan: int) -> Any:
        result = CliRunner().invoke(app, ["approve", str(plan), "--json"])
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)["calls"][0]["result"]

    found = []
    for approve in (approve_python, approve_slash, approve_command_line):
        for plan_from in (python, slash):
            hub = house.fresh()
            before = house.stage.snapshot()
            plan = plan_from(hub, tool, good(tool)).plan
            assert plan is not None
            found.append((plain(approve(hub, plan)), house.stage.changes(before)))
            assert hub.plan(plan).state == "executed"
    assert found[0][1], "nothing happened"
    assert all(one == found[0] for one in found)


@pytest.mark.parametrize("tool", [t for t in TOOLS if t.effect == "gated"], ids=lambda tool: tool.name)
def test_a_rejected_plan_changes_nothing(house: House, good: Callable[[Tool], dict[str, Any]], tool: Tool) -> None:
    hub = house.fresh()
    before = house.stage.snapshot()
    plan = slash(hub, tool, good(tool)).plan
    assert plan is not None
    assert "Nothing was done" in hub.reject(plan).reply
    assert house.stage.changes(before) == []
    assert hub.plan(plan).state == "rejected"
    assert hub.approve(plan).calls == (), "approved after it was rejected"
    assert house.stage.changes(before) == []


def test_a_tool_that_is_not_there_is_told_with_the_nearest(house: House) -> None:
    with pytest.raises(HubError) as refused:
        house.fresh().call("create_campagne")
    result = CliRunner().invoke(app, ["call", "create_campagne"])
    assert str(refused.value) == "There is no tool called create_campagne. Did you mean create_campaign?"
    assert (result.exit_code, result.stderr.strip()) == (1, str(refused.value))


def _calls(house: House, tool: Tool, arguments: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "what is needed", arguments
    full = everything(tool, house.records, house.home)
    if full != arguments:
        yield "everything", full
    yield from mistakes(tool, arguments).items()


def _of_turn(turn: Turn) -> Answer:
    (call,) = turn.calls
    if call.error is not None:
        assert call.error in turn.reply
        return Answer(error=call.error)
    return Answer(plain(call.result), call.waiting, call.plan)


def _quoted(value: Any) -> str:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rows(hub: Hub) -> int:
    hub.door.reads.flush()
    with hub.database.session() as session:
        return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def _logged(hub: Hub, before: int) -> tuple[Any, ...]:
    """The rows that were added to the log, less where the call came from (refused calls keep what was given)."""
    hub.door.reads.flush()
    with hub.database.session() as session:
        rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id).offset(before)).all()
        return tuple((r.tool, r.outcome, r.sentence, r.person, None if r.outcome == "refused" else plain(r.arguments))
                     for r in rows)  # fmt: skip
