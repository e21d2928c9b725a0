"""Who gets in: tokens and their scopes over every route, pages of other sites, wrong tokens, the commands."""

import json
import re
from datetime import timedelta

import pytest
from api_fixtures import ALL, PREFIX, House, Program
from sqlalchemy import select
from typer.testing import CliRunner

from agent import HubError
from memory.tokens import ApiToken
from ui import opening
from ui.api.app import Api
from ui.api.guard import Failures
from ui.cli import app


def test_every_route_asks_for_its_scope_and_for_no_other(fresh_house: House, program: Program) -> None:
    """Bodies are left out and records do not exist: whoever is let in hears 404 or 422, nobody else does."""
    api = Api(fresh_house.hub)
    nobody, wrong = program(), program()
    wrong.headers["Authorization"] = f"Bearer mh_{'x' * 43}"
    holders = {scope: program(scope, name=f"only {scope}") for scope in ALL}
    for number, operation in enumerate(api.operations):
        path = re.sub(r"\{plan\}", "999", operation.path)
        path = re.sub(r"\{\w+\}", "Zyxomma Qwvt", path)
        assert nobody.request(operation.method, path).status_code == 401, operation.id
        if number < 15:
            assert wrong.request(operation.method, path).status_code == 401, operation.id
        for scope, client in holders.items():
            answer = client.request(operation.method, path)
            if scope == operation.scope:
                assert answer.status_code not in (401, 403, 405, 500), f"{operation.id}: {answer.text}"
            else:
                assert answer.status_code == 403, f"{operation.id} let {scope} in"
                assert f'scope="{operation.scope}"' in answer.headers["www-authenticate"]


def test_scopes_follow_from_what_a_tool_does(fresh_house: House) -> None:
    hub = fresh_house.hub
    scopes = {operation.id: operation.scope for operation in Api(hub).operations}
    for tool in hub.tools.values():
        assert scopes[tool.name] == ("read" if tool.effect == "read" else "write"), tool.name
    assert (scopes["approve_plan"], scopes["reject_plan"], scopes["chat"]) == ("approve", "approve", "write")


def test_without_any_token_the_answer_says_how_to_make_one(program: Program) -> None:
    answer = program().get("/campaigns/list")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "marketing-hub token create" in answer.json()["detail"]


def test_a_token_is_stored_as_its_hash_only_and_its_use_is_noted(fresh_house: House, program: Program) -> None:
    client = program("read", name="ci")
    secret = client.headers["Authorization"].removeprefix("Bearer ")
    assert re.fullmatch(r"mh_[\w-]{43}", secret)
    assert fresh_house.hub.access.tokens.list()[0].last_used_at is None
    assert client.get("/campaigns/list").status_code == 200
    (token,) = fresh_house.hub.access.tokens.list()
    assert (token.name, token.prefix, token.last_used_at) == ("ci", secret[:11], fresh_house.hub.door.clock.now())
    with fresh_house.hub.database.session() as session:
        (row,) = session.scalars(select(ApiToken)).all()
        assert not any(secret in str(getattr(row, column.key)) for column in ApiToken.__table__.columns)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Basic {}",
        "{}",
        "Bearer {}x",
        "Bearer x{}",
        "Bearer {}, Bearer {}",
        "Bearer mh_",
        "Bearer \u00fc",
    ],
)
def test_nothing_but_the_token_itself_opens(program: Program, header: str) -> None:
    client = program("read")
    secret = client.headers["Authorization"].removeprefix("Bearer ")
    sent = {"Authorization": header.replace("{}", secret).encode()}
    del client.headers["Authorization"]
    assert client.get("/campaigns/list", headers=sent).status_code == 401


def test_a_revoked_and_an_expired_token_open_nothing(fresh_house: House, program: Program) -> None:
    client, tokens = program("read", name="ci"), fresh_house.hub.access.tokens
    assert client.get("/campaigns/list").status_code == 200
    tokens.revoke("CI")
    assert client.get("/campaigns/list").status_code == 401
    secret, _ = tokens.create("short", ["read"], timedelta(microseconds=1))
    assert tokens.verify(secret) is not None
    moment = fresh_house.hub.door.clock.now() - timedelta(days=1)
    with fresh_house.hub.database.session(write=True) as session:
        session.scalars(select(ApiToken).where(ApiToken.name == "short")).one().expires_at = moment
    assert tokens.verify(secret) is None
    assert {token.name: token.state for token in tokens.list()} == {"ci": "revoked", "short": "expired"}


def test_what_makes_no_token(fresh_house: House) -> None:
    tokens = fresh_house.hub.access.tokens
    tokens.create("ci", ["read"])
    for name, scopes in (
        ("", ["read"]),
        ("x" * 101, ["read"]),
        ("a\0b", ["read"]),
        ("new", ["admin"]),
        ("new", []),
        ("CI", ["read"]),
    ):
        with pytest.raises(HubError):
            tokens.create(name, scopes)
    with pytest.raises(HubError, match="“ci”"):
        tokens.revoke("ca")


def test_pages_of_other_sites_are_refused_even_with_a_token(program: Program) -> None:
    client = program(*ALL)
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.get("/campaigns/list", headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (403, f"{PREFIX}/docs#problem-origin")
        assert not [name for name in answer.headers if name.startswith("access-control")]
    asked = client.options("/campaigns/create", headers={"Access-Control-Request-Method": "POST"})
    assert asked.status_code == 405, "no preflight is answered: no page gets as far as sending a token"
    assert client.get("/campaigns/list", headers={"Host": "evil.test"}).status_code == 400


def test_too_many_wrong_tokens_are_told_to_wait_and_the_right_one_still_passes(program: Program) -> None:
    client, guesser = program("read"), program()
    guesser.headers["Authorization"] = "Bearer wrong"
    said = [guesser.get("/campaigns/list") for _ in range(40)]
    assert {answer.status_code for answer in said} == {401, 429}
    assert 1 <= int(said[-1].headers["retry-after"]) <= 60
    assert client.get("/campaigns/list").status_code == 200


def test_failures_are_counted_by_address() -> None:
    failures = Failures(most=2)
    assert [failures.note("a") is None for _ in range(3)] == [True, True, False]
    assert failures.note("b") is None


def test_tokens_are_made_listed_and_revoked_on_the_command_line(
    house: House, fresh_house: House, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    class StaysOpen:
        def __getattr__(self, name: str) -> object:
            return getattr(house.hub, name)

        def __enter__(self) -> object:
            return house.hub

        def __exit__(self, *exception: object) -> None:
            pass

    monkeypatch.setattr(opening, "start_hub", lambda settings, progress: StaysOpen())
    run = CliRunner()
    made = run.invoke(app, ["token", "create", "ci", "--scope", "read", "--scope", "write", "--days", "30"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.split()[0]
    client = program()
    client.headers["Authorization"] = f"Bearer {secret}"
    assert client.get("/campaigns/list").status_code == 200
    (listed,) = json.loads(run.invoke(app, ["token", "list", "--json"]).stdout)
    assert (listed["name"], listed["scopes"], listed["state"]) == ("ci", ["read", "write"], "valid")
    assert secret not in json.dumps(listed)
    assert run.invoke(app, ["token", "revoke", "ci"]).exit_code == 0
    assert client.get("/campaigns/list").status_code == 401
    again = run.invoke(app, ["token", "create", "ci", "--scope", "read"])
    assert (again.exit_code, "called “ci”" in again.stderr) == (1, True)
