"""Slash commands: how they are read, and what is said where they cannot be."""

from typing import Any

import pytest

from agent import slash
from agent.hub import Hub
from tools.catalogue import all_tools
from tools.core.errors import BadInput

TOOLS = all_tools()


def read(text: str) -> tuple[str, dict[str, Any]]:
    command = slash.parse(text, TOOLS)
    assert isinstance(command, slash.Command)
    return command.tool.name, command.arguments


@pytest.mark.parametrize(
    ("said", "tool", "arguments"),
    [
        ("/campaign get Fern", "get_campaign", {"campaign": "Fern"}),
        ("/campaign get Fern and Moss", "get_campaign", {"campaign": "Fern and Moss"}),
        ('/campaign get "Fern  Moss"', "get_campaign", {"campaign": "Fern  Moss"}),
        ("/campaign get Fern's Day", "get_campaign", {"campaign": "Fern's Day"}),
        ("/campaign get 'Fern Moss'", "get_campaign", {"campaign": "Fern Moss"}),
        ("/campaign get “Fern Moss”", "get_campaign", {"campaign": "Fern Moss"}),
        (r'/campaign get "the \"big\" one"', "get_campaign", {"campaign": 'the "big" one'}),
        ("/campaign update Fern budget=70.5", "update_campaign", {"campaign": "Fern", "budget": "70.5"}),
        ("/campaign update Fern budget=", "update_campaign", {"campaign": "Fern", "budget": ""}),
        ("/campaign update Fern name=Green Week", "update_campaign", {"campaign": "Fern", "name": "Green Week"}),
        ("/campaign update campaign=Fern status=paused", "update_campaign", {"campaign": "Fern", "status": "paused"}),
        ("/CAMPAIGN Get Fern", "get_campaign", {"campaign": "Fern"}),
        ("/campaigns show Fern", "get_campaign", {"campaign": "Fern"}),
        ("/campaign remove Fern", "delete_campaign", {"campaign": "Fern"}),
        ("/campaign new Fern email", "create_campaign", {"name": "Fern", "type": "email"}),
        ("/get_campaign Fern", "get_campaign", {"campaign": "Fern"}),
        ("  /campaign list", "list_campaigns", {}),
        ("/campaign list status=active", "list_campaigns", {"status": "active"}),
        ("/kb search late parcels", "search_knowledge", {"query": "late parcels"}),
        ("/knowledge pain-points", "find_pain_points", {}),
        ("/contact get ines@example.org", "get_lead", {"lead": "ines@example.org"}),
        ("/content sms a=b is maths", "generate_sms", {"a": "b is maths"}),
        ("/content sms about a=b", "generate_sms", {"topic": "about a=b"}),
        ("/content sms topic=1 + 1 = 2", "generate_sms", {"topic": "1 + 1 = 2"}),
    ],
)
def test_commands_are_read(said: str, tool: str, arguments: dict[str, Any]) -> None:
    assert read(said) == (tool, arguments)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("/campain list", "There is no command /campain. Did you mean /campaign? `/help` lists them all."),
        ("/xyzzy", "There is no command /xyzzy. `/help` lists them all."),
        ('/campaign get "Fern', 'A quotation mark in this command is never closed. Put names with blanks in "…".'),
        ("/segment list all of them", "“all of them” is left over. The command is `/segment list`."),
    ],
)
def test_what_cannot_be_read_is_said(said: str, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        slash.parse(said, TOOLS)
    assert refused.value.sentence == sentence


def test_a_noun_alone_lists_its_verbs() -> None:
    with pytest.raises(BadInput) as refused:
        slash.parse("/template", TOOLS)
    assert refused.value.sentence == (
        "What should happen with the template? "
        "There is `/template delete`, `/template get`, `/template list`, `/template save`."
    )


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_every_tool_has_a_command_of_its_own(tool: Any) -> None:
    noun, verb = slash.command_of(tool)
    given = " ".join(f"{argument.name}=x" for argument in tool.required)
    assert read(f"/{noun} {verb} {given}".strip())[0] == tool.name
    assert [t.name for t in TOOLS.values() if slash.command_of(t) == (noun, verb)] == [tool.name]


@pytest.mark.parametrize(
    ("text", "whether"),
    [("/help", True), (" /campaign list", True), ("/home/me/list.csv please", False), ("either/or", False),
     ("1/2 price", False), ("/ campaign", False), ("/3", False)],
)  # fmt: skip
def test_what_is_a_command(text: str, whether: bool) -> None:
    assert slash.is_slash(text) == whether


@pytest.mark.parametrize(
    ("text", "decided"),
    [("/approve 12", slash.Decision(True, 12)), ("/Reject #3", slash.Decision(False, 3)),
     ("/approve", slash.Decision(True, None)), ("/approve it", None), ("/approved 3", None), ("approve 3", None)],
)  # fmt: skip
def test_decisions(text: str, decided: slash.Decision | None) -> None:
    assert slash.decision(text) == decided


def test_help_names_every_tool(hub: Hub) -> None:
    turn = hub.ask("/help")
    assert turn.decided_by == "slash"
    assert turn.calls == ()
    for tool in TOOLS.values():
        assert f"`{slash.usage(tool)}`: {tool.summary}" in turn.reply


def test_a_bad_command_calls_nothing_and_says_why(hub: Hub) -> None:
    turn = hub.ask("/campain list")
    assert (turn.calls, turn.asks, turn.decided_by) == ((), True, "slash")
    assert "Did you mean /campaign?" in turn.reply


def test_approve_without_a_number_takes_the_one_that_waits(hub: Hub) -> None:
    hub.call("create_campaign", name="Fern", type="email")
    hub.call("create_campaign", name="Moss", type="email")
    assert hub.ask("/approve").reply == "No plan is waiting."
    talk = hub.ask("/campaign delete Fern").conversation
    assert hub.ask("/approve", conversation=talk).calls[0].tool == "delete_campaign"
    one, other = hub.ask("/campaign delete Moss"), hub.call("delete_campaign", campaign="Moss")
    said = hub.ask("/approve").reply
    assert said.startswith("2 plans wait: ")
    assert f"`/approve {one.waiting[0]}`" in said
    assert f"`/approve {other.plan_id}`" in said
    assert hub.ask("/reject 999").reply == "There is no plan 999."
    assert [record.name for record in hub.records("campaign")] == ["Moss"]
