"""Undertakings of several steps: read, carried out in order, each result feeding the next, a question in the middle."""

from typing import Any

import pytest
from agent_fixtures import Talk

from agent.hub import Hub
from agent.planning.items import read_undertaking
from agent.turn import Turn


@pytest.fixture
def talk(hub: Hub) -> Talk:
    hub.call("add_lead", email="jana@example.org", name="Jana Novotna")
    hub.call("create_segment", name="VIP customers", conditions="status is customer")
    hub.call("create_email_campaign", topic="tulips", segment="VIP customers")
    return Talk(hub)


def called(turn: Turn) -> list[str]:
    return [call.tool for call in turn.calls]


def arguments(turn: Turn, number: int) -> dict[str, Any]:
    return turn.calls[number].arguments


def things(message: str) -> tuple[str, list[tuple[str, int]]] | None:
    found = read_undertaking(message, [])
    return None if found is None else (found.name, [(item.kind, item.count) for item in found.items])


@pytest.mark.parametrize(
    ("message", "name", "kinds"),
    [
        (
            "Plan the spring launch: a campaign with 12k, a welcome mail to the VIPs and three posts",
            "spring launch", [("campaign", 1), ("mail", 1), ("posts", 3)],
        ),
        (
            "hi! We are doing a bread festival. can you set up the bread festival with a campaign (1.5k), a newsletter, an insta post and hashtags",
            "bread festival", [("campaign", 1), ("newsletter", 1), ("post", 1), ("hashtags", 1)],
        ),
        (
            "Let's organise the opening:\n- a social campaign, budget 3k\n- a teaser mail to all VIP customers\n2. an ad for Facebook",
            "opening", [("campaign", 1), ("mail", 1), ("ad", 1)],
        ),
        ("For the harvest fair we need: a segment of customers from Berlin and 2 LinkedIn posts", "harvest fair", [("segment", 1), ("posts", 2)]),
        ("Plan our Easter campaign: a newsletter to the regulars and a reminder mail", "Easter", [("campaign", 1), ("newsletter", 1), ("mail", 1)]),
    ],
)  # fmt: skip
def test_what_an_undertaking_holds(message: str, name: str, kinds: list[tuple[str, int]]) -> None:
    assert things(message) == (name, kinds)


@pytest.mark.parametrize(
    "message",
    [
        "Set up an automation: when a lead gets the tag trial, wait three days and then send the brewing guide by email.",
        "Create a campaign with a budget of 5k and a goal of sales",
        "Create an email campaign called Bloom with a 5000 dollar budget",
        "I need an email and an SMS about the Easter box.",
        "Plan the spring sale for me please",
        "Save this as a template: Hello, a campaign and a mail",
        "Write a LinkedIn post and an Instagram post about our office subscription.",
    ],
)
def test_what_is_no_undertaking(message: str) -> None:
    assert things(message) is None


def test_each_step_feeds_the_next(talk: Talk) -> None:
    turn = talk.say(
        "Plan the garden week: a campaign with 12k, a welcome mail to the VIPs, two LinkedIn posts and a call script"
    )
    assert called(turn) == [
        "create_campaign", "create_email_campaign", "generate_social_post", "generate_social_post", "generate_call_script",
    ]  # fmt: skip
    assert [call.error for call in turn.calls] == [None] * 5
    assert len(turn.steps) == 5
    assert turn.reply.index("5. ") < turn.reply.index("Created the"), "the plan is shown before its results"
    campaign = arguments(turn, 0)
    assert (campaign["name"], campaign["type"], campaign["budget"]) == ("Garden week", "multi-channel", 12000)
    assert turn.calls[0].rests_on["budget"].words == "12k"
    mail = turn.calls[1]
    assert mail.arguments["segment"] == "VIP customers"
    assert mail.arguments["campaign"] == "Garden week"
    assert (mail.rests_on["campaign"].origin, mail.rests_on["campaign"].words) == ("step", "Garden week")
    assert [arguments(turn, at)["platform"] for at in (2, 3)] == ["linkedin", "linkedin"]
    for call in turn.calls:
        for evidence in call.rests_on.values():
            if evidence.start is not None:
                assert turn.say[evidence.start : evidence.end] == evidence.words


def test_a_question_in_the_middle_and_an_answer_for_each(talk: Talk) -> None:
    first = talk.say("Plan the garden week: a campaign, three posts and a reminder mail to the VIPs")
    assert called(first) == ["create_campaign", "generate_social_post"]
    assert first.asks
    assert "platform" in first.reply
    assert "3 more steps follow" in first.reply
    second = talk.say("LinkedIn, Instagram and Facebook")
    assert called(second) == ["generate_social_post"] * 3 + ["create_email_campaign"]
    assert [arguments(second, at)["platform"] for at in range(3)] == ["linkedin", "instagram", "facebook"]
    assert arguments(second, 3)["campaign"] == "Garden week", "what the first turn made feeds what the second makes"
    assert not second.asks


def test_one_answer_for_all_and_two_questions(talk: Talk) -> None:
    talk.say("Plan the garden week: two posts, a mail to the VIPs on Friday and a segment")
    second = talk.say("on Instagram")
    assert [call.arguments.get("platform") for call in second.calls[:2]] == ["instagram", "instagram"]
    assert second.asks
    assert "At what time on Friday" in second.reply
    third = talk.say("9 am")
    assert third.calls[0].tool == "create_email_campaign"
    assert third.calls[0].arguments["send_time"].startswith("2026-03-20T09:00")
    assert called(third)[1] == "create_segment"
    assert third.asks, "a segment of whom?"


def test_changing_ones_mind_drops_the_rest(talk: Talk) -> None:
    talk.say("Plan the garden week: a campaign with 2k and a post, two mails to the VIPs")
    talk.say("never mind")
    after = talk.say("linkedin")
    assert "create_email_campaign" not in called(after)


def test_a_gated_step_waits_for_a_person(talk: Talk) -> None:
    turn = talk.say(
        "Get the summer sale ready with a campaign of 4k, a mail to the VIPs, and then send it on 1 June at 9 am"
    )
    assert called(turn) == ["create_campaign", "create_email_campaign", "send_email_campaign"]
    sending = turn.calls[2]
    assert sending.waiting
    assert sending.arguments["send_time"].startswith("2026-06-01T09:00")
    assert turn.waiting == (sending.plan,)


@pytest.mark.parametrize("order", ["Send the mailing Tulips on Friday", "Schedule the mailing Tulips for Friday"])
def test_a_day_without_an_hour_never_sends_at_once(talk: Talk, order: str) -> None:
    asked = talk.say(order)
    assert asked.asks
    assert not asked.waiting
    assert "At what time on Friday, 20 March 2026" in asked.reply
    planned = talk.say("half past ten in the morning")
    assert planned.calls[0].arguments["send_time"].startswith("2026-03-20T10:30")
    assert planned.waiting


def test_from_a_weekday_to_a_weekday(talk: Talk) -> None:
    turn = talk.say("Create an email campaign called Fern with 5k, starting on Wednesday and ending on Monday")
    assert (arguments(turn, 0)["start_date"], arguments(turn, 0)["end_date"]) == ("2026-03-18", "2026-03-23")
    turn = talk.say("Create an email campaign called Moss, starting on Friday and ending on Tuesday")
    assert (arguments(turn, 0)["start_date"], arguments(turn, 0)["end_date"]) == ("2026-03-20", "2026-03-24")


def test_a_list_without_a_kind_that_is_made_is_no_undertaking(talk: Talk) -> None:
    """Where an item's likeliest reading is that nothing is asked, the message is read as a whole instead."""
    turn = talk.say(
        'Set up an A/B on the tulips mailing: subject line "Tulips, at last" vs "A quieter spring", 30% test cell'
    )
    assert called(turn) in (["create_ab_test"], [])
    assert "went wrong" not in turn.reply
