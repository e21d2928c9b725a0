"""The command line in this process: what goes to which stream, and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from scripted_hub import Scene, ScriptedHub, created, deletion
from typer.testing import CliRunner, Result

from agent import Health, HubError, Settings
from ui import opening
from ui.cli import app

if TYPE_CHECKING:
    from agent import Hub

Run = Callable[..., Result]


@pytest.fixture
def run(scripted: ScriptedHub) -> Run:
    """`run("ask", "hello")` over the scripted hub."""

    def invoke(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(app, list(words), input=typed)

    return invoke


@pytest.fixture
def run_real(real_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same over a real hub, which stays open between the commands."""

    class StaysOpen:
        def __getattr__(self, name: str) -> Any:
            return getattr(real_hub, name)

        def __enter__(self) -> Hub:
            return real_hub

        def __exit__(self, *exception: object) -> None:
            pass

    monkeypatch.setattr(opening, "start_hub", lambda settings, progress: StaysOpen())
    return lambda *words: CliRunner().invoke(app, list(words))


def test_ask_prints_the_answer_and_nothing_else_on_standard_output(run: Run, scripted: ScriptedHub) -> None:
    scripted.scenes["make it"] = Scene("Created **Bloom**.", (created(),), notes=("Cut.",), progress="Thinking …")
    result = run("ask", "make it")
    assert result.exit_code == 0
    assert result.stdout == "Created **Bloom**.\n"
    assert "✓ Create campaign  name: Bloom  type: email  budget: 5000\n" in result.stderr
    assert "Cut." in result.stderr


def test_ask_takes_its_words_without_quotes(run: Run) -> None:
    assert run("ask", "what", "campaigns", "are", "there?").stdout == "You said: what campaigns are there?\n"


def test_ask_goes_on_with_a_conversation(run: Run, scripted: ScriptedHub) -> None:
    first = json.loads(run("ask", "one", "--json").stdout)
    run("ask", "two", "--conversation", first["conversation"])
    assert [turn.say for turn in scripted.turns(first["conversation"])] == ["one", "two"]


def test_ask_json_is_exactly_the_turn(run: Run, scripted: ScriptedHub) -> None:
    scripted.scenes["make it"] = Scene("Created.", (created(),), progress="Thinking …")
    result = run("ask", "make it", "--json")
    (turns,) = scripted.stored.values()
    assert json.loads(result.stdout) == turns[0].model_dump(mode="json")
    assert json.loads(result.stdout)["calls"][0]["rests_on"]["name"]["words"] == "Bloom"


def test_ask_tells_how_to_decide_on_a_plan(run: Run, scripted: ScriptedHub) -> None:
    scripted.scenes["delete it"] = Scene("This would delete it.", (deletion(),), plan="It goes.")
    result = run("ask", "delete it")
    assert result.stdout == "This would delete it.\n"
    assert "marketing-hub approve 1" in result.stderr
    assert "marketing-hub reject 1" in result.stderr


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_an_error_is_a_sentence_with_exit_code_1(run: Run, scripted: ScriptedHub, flags: tuple[str, ...]) -> None:
    scripted.scenes["x"] = Scene("half", hold=raising(HubError("The database is locked. Close the other program.")))
    result = run("ask", "x", *flags)
    assert result.exit_code == 1
    assert "The database is locked. Close the other program." in result.stderr
    assert "Traceback" not in result.output
    assert "locked" not in result.stdout
    assert scripted.closed


def test_a_hub_that_cannot_open_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*given: object) -> None:
        raise HubError("No server answers at db.example:5432. Start it, or correct DATABASE_URL.")

    monkeypatch.setattr(opening, "start_hub", cannot)
    for command in (["ask", "x"], ["doctor"], ["plans"], ["chat"]):
        result = run(*command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Start it, or correct DATABASE_URL." in result.stderr


def test_a_bad_setting_is_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_PORT", "many")
    result = run("plans")
    assert result.exit_code == 1
    assert "The setting “port” is not right" in result.stderr
    assert "HUB_PORT" in result.stderr
    monkeypatch.setenv("HUB_PORT", "7860")
    monkeypatch.setenv("HUB_TIME_ZONE", "Mars/Olympus")
    assert "“Mars/Olympus” is no time zone" in run("plans").stderr


def test_a_broken_settings_file_is_a_sentence(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.home / "hub.toml").write_text("port = = 3")
    monkeypatch.setenv("HUB_HOME", str(settings.home))
    result = run("plans")
    assert result.exit_code == 1
    assert "hub.toml cannot be read" in result.stderr


def test_doctor_tells_each_part_and_fails_when_one_is_broken(run: Run, scripted: ScriptedHub) -> None:
    well = run("doctor")
    assert (well.exit_code, "qwen3.5:4b" in well.stdout) == (0, True)
    ill = Health(part="index", summary="3 entries", ok=False, problem="Two models are mixed.", fix="Run it again.")
    scripted.parts = (*scripted.parts, ill)
    told = run("doctor")
    assert told.exit_code == 1
    for said in ("✗", "index", "Two models are mixed.", "→ Run it again."):
        assert said in told.stdout
    as_json = run("doctor", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout)[-1] == ill.model_dump()


def test_plans_are_listed_approved_and_rejected(run: Run, scripted: ScriptedHub) -> None:
    assert run("plans").stdout == "No plan waits.\n"
    for name in ("Bloom", "Spring"):
        scripted.lay_plan(f"**{name}** would go.", "delete_campaign", {"campaign": name}, "c")
    listed = run("plans")
    assert "**Bloom** would go." in listed.stdout
    assert "marketing-hub approve 2" in listed.stderr
    assert [plan["id"] for plan in json.loads(run("plans", "--json").stdout)] == [1, 2]
    assert run("reject", "1").stdout == "Rejected: nothing happened.\n"
    assert json.loads(run("approve", "2", "--json").stdout)["reply"] == "Done: it was deleted."
    assert scripted.decided == [(1, "reject"), (2, "approve")]
    unknown = run("approve", "9")
    assert (unknown.exit_code, unknown.stderr.strip()) == (1, "There is no plan 9.")


def test_reindex_says_how_many(run: Run) -> None:
    assert run("reindex").stdout == "The index was built anew: 3 entries.\n"


def test_text_cannot_steer_the_terminal(run: Run, scripted: ScriptedHub) -> None:
    scripted.scenes["x"] = Scene("a\x1b[2Jb\x07c", (created("\x1b]0;evil\x07Bloom"),))
    result = run("ask", "x")
    assert result.stdout == "a[2Jbc\n"
    assert "\x1b" not in result.stderr.replace("\x1b[0m", "")


def test_help_names_every_command(run: Run) -> None:
    told = run("--help").stdout
    for command in ("ask", "chat", "serve", "doctor", "tools", "call", "approve", "reject", "plans", "reindex", "eval"):
        assert f" {command} " in told
    assert "--world" in run("eval", "--help").stdout


# -- the real hub ------------------------------------------------------------------------------------------------------


def test_a_tool_is_called_from_the_command_line(run_real: Run, real_hub: Hub) -> None:
    made = run_real(
        "call", "create_campaign", "name=Jasmine", "type=email", "budget=1200", "channels=email,sms", "--json"
    )
    assert made.exit_code == 0, made.output
    data = json.loads(made.stdout)
    assert data["tool"] == "create_campaign"
    assert data["arguments"]["budget"] == 1200
    assert data["arguments"]["channels"] == ["email", "sms"]
    assert (data["waiting"], data["plan"]) == (False, None)
    twice = run_real("call", "create_campaign", "name=Twice", "type=email", "channels=email", "channels=sms", "--json")
    assert json.loads(twice.stdout)["arguments"]["channels"] == ["email", "sms"]
    assert {"Jasmine", "Twice"} <= {record.name for record in real_hub.records("campaign")}


def test_a_gated_call_shows_its_plan_and_is_approved_by_number(run_real: Run, real_hub: Hub) -> None:
    run_real("call", "create_campaign", "name=Goes", "type=email")
    asked = run_real("call", "delete_campaign", "campaign=Goes")
    assert asked.exit_code == 0
    assert "Goes" in asked.stdout
    plan = real_hub.plans()[-1].id
    assert f"marketing-hub approve {plan}" in asked.stderr
    assert "Goes" in {record.name for record in real_hub.records("campaign")}, "nothing happened yet"
    approved = run_real("approve", str(plan))
    assert approved.exit_code == 0, approved.output
    assert "Goes" not in {record.name for record in real_hub.records("campaign")}
    late = run_real("reject", str(plan))
    assert "carried out already" in late.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create_campain", "name=x"), "Did you mean create_campaign?"),
        (("create_campaign", "nme=x"), "Did you mean name?"),
        (("create_campaign",), "Please tell me the name"),
        (("create_campaign", "name=x", "type=post"), "can be email, social, ads, multi-channel"),
        (("create_campaign", "name=x", "type=email", "budget=lots"), "“lots” is not"),
        (("create_campaign", "x"), "write it as name=value"),
        (("get_campaign", "campaign=No such thing"), "No such thing"),
    ],
)
def test_a_call_that_cannot_be_made_says_why(run_real: Run, words: tuple[str, ...], said: str) -> None:
    result = run_real("call", *words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_tools_json_is_every_tool_as_declared(run_real: Run, real_hub: Hub) -> None:
    listed = json.loads(run_real("tools", "--json").stdout)
    assert listed == [tool.as_json() for tool in real_hub.tools.values()]
    table = run_real("tools").stdout
    for name in real_hub.tools:
        assert name in table


def test_ask_over_the_real_hub(run_real: Run) -> None:
    asked = run_real("ask", "Create an email campaign called Orchid with a 5000 dollar budget", "--json")
    turn = json.loads(asked.stdout)
    assert turn["calls"][0]["tool"] == "create_campaign"
    assert turn["calls"][0]["arguments"]["name"] == "Orchid"
    assert turn["calls"][0]["rests_on"]["name"]["words"] == "Orchid"
    assert "Orchid" in run_real("ask", "/campaign list").stdout
