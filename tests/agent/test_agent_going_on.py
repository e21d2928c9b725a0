"""Going on: choosing between two tools, mending what was just created, and what must not be taken for a record."""

from typing import Any

import pytest
from agent_fixtures import Talk

from agent.hub import Hub
from agent.turn import Turn


@pytest.fixture
def talk(hub: Hub) -> Talk:
    hub.call("create_campaign", name="Bloom", type="email", budget=1000)
    hub.call("create_campaign", name="Winter Warmers", type="social", budget=500)
    hub.call("add_lead", email="tomas.novak@kade.example", name="Tomas Novak", company="Kade")
    return Talk(hub)


def called(turn: Turn) -> list[tuple[str, dict[str, Any]]]:
    return [(call.tool, call.arguments) for call in turn.calls]


def test_a_correction_changes_what_was_just_created(talk: Talk) -> None:
    talk.say("Create a social campaign called Night Owls with 700 euros")
    assert called(talk.say("no wait, 900")) == [("update_campaign", {"campaign": "Night Owls", "budget": 900})]


def test_another_one_is_created_anew(talk: Talk) -> None:
    talk.say("Create a social campaign called Night Owls with 700 euros")
    again = talk.say("and another one called Early Birds")
    assert called(again) == [("create_campaign", {"name": "Early Birds", "type": "social", "budget": 700})]


def test_the_number_of_a_choice_goes_on_with_what_was_said(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.routing.matcher.SURE_MARGIN", 9.0)  # as unsure as it can be
    monkeypatch.setattr("agent.understand.GUESS", 9.0)
    asked = talk.say("Create a social campaign called Night Owls")
    assert asked.asks
    assert asked.calls == ()
    assert "1. Create a campaign" in asked.reply
    chosen = talk.say("the first one")
    assert called(chosen) == [("create_campaign", {"name": "Night Owls", "type": "social"})]


def test_an_order_about_nothing_is_asked_back(talk: Talk) -> None:
    turn = Talk(talk.hub).say("pause it")
    assert turn.asks
    assert turn.calls == ()
    assert "Which one" in turn.reply


def test_somebody_elses_surname_is_no_lead(talk: Talk) -> None:
    turn = talk.say("Set Peter Novak to customer.")
    assert turn.asks
    assert talk.hub.call("get_lead", lead="Tomas Novak").result.data()["status"] == "new"


def test_a_persons_colleague_is_not_that_person(talk: Talk) -> None:
    talk.say("mark Tomas's colleague as lost")
    assert talk.hub.call("get_lead", lead="Tomas Novak").result.data()["status"] == "new"


def test_the_winter_one_is_found_by_a_word_of_its_name(talk: Talk) -> None:
    turn = talk.say("delete the winter one")
    assert called(turn) == [("delete_campaign", {"campaign": "Winter Warmers"})]
    assert turn.waiting


def test_a_name_and_a_company_beside_their_address(talk: Talk) -> None:
    turn = talk.say("new lead pieter.jansen@molen-fietsen.example pieter jansen molen fietsen, came over instagram")
    assert called(turn) == [(
        "add_lead",
        {"email": "pieter.jansen@molen-fietsen.example", "source": "instagram", "name": "Pieter Jansen", "company": "Molen Fietsen"},
    )]  # fmt: skip


def test_a_bare_day_is_of_the_month_spoken_of(talk: Talk) -> None:
    talk.say("move the end of Bloom to 10 October")
    assert called(talk.say("sorry, till the 24th")) == [
        ("update_campaign", {"campaign": "Bloom", "end_date": "2026-10-24"})
    ]
