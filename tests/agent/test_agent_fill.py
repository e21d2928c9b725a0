"""From sentences to arguments, each with the words that it rests on; what is not said is not filled."""

from typing import Any

import pytest

from agent.conversation import History
from agent.hub import Hub
from agent.understand import LONGEST, Understood, clean


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, matcher: Any) -> Any:
    """`read(sentence)`: what a house with a few records understands, without a model."""
    from agent_fixtures import NOW, ZONE

    from agent import Settings
    from tests.support.houses import open_house
    from tools.core.context import FixedClock

    settings = Settings(home=tmp_path_factory.mktemp("hub"), model_use="none", time_zone="Europe/Berlin")
    with open_house(settings, clock=FixedClock(ZONE, NOW), matcher=lambda: matcher) as hub:
        for name in ("Copperkettle", "Mossy Bank", "Tin Whistle"):
            hub.call("create_campaign", name=name, type="email", budget=1000, end_date="2026-04-30")
        hub.call("save_template", name="Kettle letter", content="Hello", kind="email")
        hub.call("add_lead", email="otto@acme.example", name="Otto Lind", company="Acme")
        yield lambda sentence: hub.understanding.understand(sentence, History())


TABLE: list[tuple[str, str, dict[str, Any]]] = [
    ("Show me the campaign Copperkettle", "get_campaign", {"campaign": "Copperkettle"}),
    ("Delete the campaign Mossy Bank", "delete_campaign", {"campaign": "Mossy Bank"}),
    ("Set the budget of Copperkettle to 2500 euros", "update_campaign", {"campaign": "Copperkettle", "budget": 2500}),
    ("Pause the campaign Tin Whistle", "update_campaign", {"campaign": "Tin Whistle", "status": "paused"}),
    (
        "Create a social campaign called Night Owls with a budget of 800 euros from 1 April to 15 May",
        "create_campaign",
        {"name": "Night Owls", "type": "social", "budget": 800, "start_date": "2026-04-01", "end_date": "2026-05-15"},
    ),
    ("Double the budget of Mossy Bank", "update_campaign", {"campaign": "Mossy Bank", "budget": 2000}),
    ("Which campaigns are paused?", "list_campaigns", {"status": "paused"}),
    ("Show me the template Kettle letter", "get_template", {"template": "Kettle letter"}),
    ("Search the knowledge base for parking rules", "search_knowledge", {"query": "parking rules"}),
    ("Show me the lead otto@acme.example", "get_lead", {"lead": "Otto Lind"}),
    ("Add a lead with the address mia@example.org", "add_lead", {"email": "mia@example.org"}),
    ("Write a cheerful SMS about the night market", "generate_sms", {"topic": "the night market", "tone": "cheerful"}),
]


@pytest.mark.parametrize(("sentence", "tool", "arguments"), TABLE, ids=[row[0][:40] for row in TABLE])
def test_sentences(read: Any, sentence: str, tool: str, arguments: dict[str, Any]) -> None:
    understood: Understood = read(sentence)
    assert [r.tool for r in understood.requests] == [tool], understood.reply
    (request,) = understood.requests
    assert request.arguments == arguments
    assert set(request.rests_on) == set(arguments)
    for name, evidence in request.rests_on.items():
        assert evidence.start is not None, name
        assert evidence.end is not None, name
        assert sentence[evidence.start : evidence.end] == evidence.words, name
        assert evidence.words.strip(), name


def test_evidence_is_the_words_themselves(read: Any) -> None:
    (request,) = read("Set the budget of Copperkettle to 2500 euros").requests
    assert request.rests_on["campaign"].words == "Copperkettle"
    assert "2500" in request.rests_on["budget"].words


FIGURES = ("budget", "start_date", "end_date", "send_time", "scheduled_time", "count", "days", "emails", "limit")


@pytest.mark.parametrize(
    "sentence",
    [
        "Create an email campaign called Quiet Corner",
        "Show me the campaign Copperkettle",
        "Pause the campaign Tin Whistle",
        "Write an email about the new tea room",
        "Give me some campaign ideas for a bakery",
        "Write ad copy for hand-made soap",
        "Which campaigns do we have?",
        "Write a call script for our tea subscription",
        "Find out what people complain about",
        "Delete the template Kettle letter",
    ],
)
def test_no_figure_and_no_day_is_invented(read: Any, sentence: str) -> None:
    understood: Understood = read(sentence)
    assert understood.requests, understood.reply
    for request in understood.requests:
        assert {name: value for name, value in request.arguments.items() if name in FIGURES} == {}


def test_two_requests(read: Any) -> None:
    understood: Understood = read("Pause the campaign Copperkettle and delete the campaign Mossy Bank")
    assert [(r.tool, r.arguments["campaign"]) for r in understood.requests] == [
        ("update_campaign", "Copperkettle"),
        ("delete_campaign", "Mossy Bank"),
    ]


def test_one_request_for_each_of_several_records(read: Any) -> None:
    understood: Understood = read("Pause the campaigns Copperkettle and Mossy Bank")
    assert [(r.tool, r.arguments) for r in understood.requests] == [
        ("update_campaign", {"campaign": "Copperkettle", "status": "paused"}),
        ("update_campaign", {"campaign": "Mossy Bank", "status": "paused"}),
    ]


def test_a_record_that_is_not_there_is_kept_as_it_was_said(read: Any) -> None:
    (request,) = read("Delete the Velvet Morning campaign").requests
    assert (request.tool, request.arguments) == ("delete_campaign", {"campaign": "Velvet Morning"})


@pytest.mark.parametrize("sentence", ["", "   ", "\u200b\u0007"])
def test_an_empty_message_is_told(read: Any, sentence: str) -> None:
    understood: Understood = read(sentence)
    assert understood.requests == ()
    assert "empty" in understood.reply


def test_a_message_far_too_long_is_cut_and_said() -> None:
    cut, (note,) = clean("a" * LONGEST + "b" * LONGEST)
    assert len(cut) == LONGEST + 1
    assert cut.startswith("aaa")
    assert cut.endswith("bbb")
    assert "12,000 characters" in note


def test_control_characters_go() -> None:
    assert clean("Pause\x00 it\x1b now\n") == ("Pause it now", ())


def test_small_talk_calls_nothing(hub: Hub) -> None:
    turn = hub.ask("Thanks a lot, have a nice evening!")
    assert turn.calls == ()
    assert turn.reply
