"""Several requests in one message, and requests inside stories: what is asked for, and what is only told."""

from typing import Any

import pytest
from agent_fixtures import Talk

from agent.hub import Hub


@pytest.fixture
def talk(hub: Hub) -> Talk:
    for name in ("Copperkettle", "Mossy Bank"):
        hub.call("create_campaign", name=name, type="email", budget=1000)
    hub.call(
        "create_workflow", description="when a lead is created, wait two days and then send an email", name="Lantern"
    )
    hub.call("add_lead", email="ida@north.example", name="Ida Brandt")
    hub.call("add_lead", email="karl@south.example", name="Karl Wenzel")
    return Talk(hub)


def called(talk: Talk, message: str) -> list[tuple[str, dict[str, Any]]]:
    return [(call.tool, call.arguments) for call in talk.say(message).calls]


def _status(lead: str, status: str) -> tuple[str, dict[str, Any]]:
    return "update_lead_status", {"lead": lead, "status": status}


def _budget(campaign: str, budget: float) -> tuple[str, dict[str, Any]]:
    return "update_campaign", {"campaign": campaign, "budget": budget}


@pytest.mark.parametrize(
    ("message", "calls"),
    [
        ("ida brandt is a customer now n put karl wenzel on contacted",
         [_status("Ida Brandt", "customer"), _status("Karl Wenzel", "contacted")]),
        ("Two items: (1) Ida Brandt is to be set to lost; (2) set the budget of Copperkettle to 1,900 euros.",
         [_status("Ida Brandt", "lost"), _budget("Copperkettle", 1900)]),
        ("a) set ida brandt to qualified b) set karl wenzel to lost",
         [_status("Ida Brandt", "qualified"), _status("Karl Wenzel", "lost")]),
        ("set ida brandt to qualified n karl wenzel to lost",
         [_status("Ida Brandt", "qualified"), _status("Karl Wenzel", "lost")]),
        ("I have spoken with Karl Wenzel, so set him to contacted, and Ida Brandt must be qualified. Could you do both?",
         [_status("Karl Wenzel", "contacted"), _status("Ida Brandt", "qualified")]),
        ("Copperkettle gets 1,900 euros in place of 1,000. And Ida Brandt is to be set to lost.",
         [_budget("Copperkettle", 1900), _status("Ida Brandt", "lost")]),
        ("Put Copperkettle on pause, and the Mossy Bank campaign as well",
         [("update_campaign", {"campaign": name, "status": "paused"}) for name in ("Copperkettle", "Mossy Bank")]),
        ("Which segments do we have? And let me also see Copperkettle.",
         [("list_segments", {}), ("get_campaign", {"campaign": "Copperkettle"})]),
        ("Every jug is free on Monday. Write me a Facebook post about it, and a text message too",
         [("generate_social_post", {"platform": "facebook", "topic": "Every jug is free on Monday"}),
          ("generate_sms", {"topic": "Every jug is free on Monday"})]),
        ("Set Ida Brandt to lost. Karl Wenzel the same.", [_status("Ida Brandt", "lost"), _status("Karl Wenzel", "lost")]),
        ("Two jobs: (i) the best times to post on Instagram; (ii) the budget of Copperkettle becomes 1,900 euros",
         [("optimize_posting_times", {"platform": "instagram"}), _budget("Copperkettle", 1900)]),
        ("Show me the details of (a) Copperkettle and (b) Mossy Bank",
         [("get_campaign", {"campaign": name}) for name in ("Copperkettle", "Mossy Bank")]),
        ("I need two texts. One is a text message about our jugs. The other is a Facebook post about the picnic.",
         [("generate_sms", {"topic": "our jugs"}), ("generate_social_post", {"platform": "facebook", "topic": "the picnic"})]),
        ("need 6 hashtags for jugs on instagram and the best times to post on instagram",
         [("generate_hashtags", {"platform": "instagram", "count": 6, "topic": "jugs"}), ("optimize_posting_times", {"platform": "instagram"})]),
        ("I'd be grateful if Copperkettle could have 2,400 rather than 2,000 as its budget; and, if you would, please put Ida Brandt on contacted",
         [_budget("Copperkettle", 2400), _status("Ida Brandt", "contacted")]),
        ("Make a segment called 'Berlin regulars' with everybody whose city is Berlin, and also create an ads campaign named 'Berlin in May' with 600 as budget",
         [("create_segment", {"name": "Berlin regulars", "conditions": "city is Berlin"}),
          ("create_campaign", {"name": "Berlin in May", "type": "ads", "budget": 600})]),
        ("Which campaigns are paused, and likewise which workflows are?",
         [("list_campaigns", {"status": "paused"}), ("list_workflows", {"status": "paused"})]),
        ("Add Vera Lund, vera@lund.example, and Otto Falk, otto@falk.example, as leads",
         [("add_lead", {"email": "vera@lund.example", "name": "Vera Lund"}),
          ("add_lead", {"email": "otto@falk.example", "name": "Otto Falk"})]),
    ],
)  # fmt: skip
def test_several_requests(talk: Talk, message: str, calls: list[tuple[str, dict[str, Any]]]) -> None:
    assert called(talk, message) == calls


@pytest.mark.parametrize(
    "message",
    [
        "once somebody orders a jug, we wait a day and then send them a text message",
        "Set up a workflow: when a lead is created, wait three days and then send an email",
    ],
)
def test_a_description_is_one_request(talk: Talk, message: str) -> None:
    assert [tool for tool, _ in called(talk, message)] == ["create_workflow"]


def test_what_is_not_meant_is_not_done(talk: Talk) -> None:
    assert called(talk, "dont delete the Lantern workflow, just pause it") == [
        ("pause_workflow", {"workflow": "Lantern"})
    ]


def test_what_is_not_necessary_is_not_done(talk: Talk) -> None:
    assert called(talk, "A forecast isn't necessary, just list our campaigns.") == [("list_campaigns", {})]


@pytest.mark.parametrize(
    ("message", "call"),
    [
        ("give Copperkettle 1,400 rather than 1,200", _budget("Copperkettle", 1400)),
        ("text message for grandparents day honey cakes", ("generate_sms", {"topic": "grandparents day honey cakes"})),
        ("Score our contacted leads, capped at 15", ("analyze_lead_batch", {"status": "contacted", "limit": 15})),
        ("6 new SLs for the Kettle news", ("optimize_subject_lines", {"email_campaign": "Kettle news", "count": 6})),
    ],
)
def test_amounts_and_people_are_told_from_what_looks_like_them(
    talk: Talk, message: str, call: tuple[str, dict[str, Any]]
) -> None:
    hub = talk.hub
    hub.call("create_email_campaign", subject="Kettle news", content="They are here.")
    assert called(talk, message) == [call]


def test_words_inside_a_quotation_choose_nothing(talk: Talk) -> None:
    """ "Over" says of a campaign that it is done, but not of people over 60."""
    told = called(
        talk, 'Set the target audience of the Mossy Bank campaign to "gardeners over 60", and leave the rest as it is.'
    )
    assert told == [("update_campaign", {"campaign": "Mossy Bank", "target_audience": "gardeners over 60"})]


def test_a_renamed_record_goes_by_its_new_name(talk: Talk) -> None:
    talk.say("Rename the campaign Copperkettle to Tin Kettle")
    assert called(talk, "Give the campaign 1,400 euros instead.") == [_budget("Tin Kettle", 1400)]


def test_a_story_gives_no_arguments(talk: Talk) -> None:
    """Figures and dates that are only told, before and behind the ask, are none of the request's."""
    message = (
        "Last summer we burnt 2,300 euros on a stand beside the river, and Nora still laughs about the 41 orders of 3 July. "
        "This time she has a better idea, and the printer can deliver from 10 April on. So please create an email campaign "
        "called River Jugs with a budget of 1,750 euros. It starts on 4 May. My sister owes me 600 euros, by the way."
    )
    [(tool, arguments)] = called(talk, message)
    assert tool == "create_campaign"
    assert {name: arguments.get(name) for name in ("name", "type", "budget")} == {
        "name": "River Jugs", "type": "email", "budget": 1750,
    }  # fmt: skip
    assert arguments["start_date"].endswith("-05-04")
    assert "end_date" not in arguments


def _last(talk: Talk, *messages: str) -> list[tuple[str, dict[str, Any]]]:
    for message in messages[:-1]:
        talk.say(message)
    return called(talk, messages[-1])


@pytest.mark.parametrize(
    ("messages", "calls"),
    [
        (("set ida brandt to contacted", "oh wait no make tht qualified"), [_status("Ida Brandt", "qualified")]),
        (("set ida brandt to contacted", "Excuse me, I have mistaken myself, she must be qualified."),
         [_status("Ida Brandt", "qualified")]),
        (("set ida brandt to contacted", "hang on, my mistake, it should be lost", "and Karl Wenzel too"),
         [_status("Karl Wenzel", "lost")]),
        (("set Copperkettle's budget to 3000", "thats too little, 4k"), [_budget("Copperkettle", 4000)]),
        (("Write a LinkedIn post about jugs", "Love it. Same topic for Instagram"),
         [("generate_social_post", {"platform": "instagram", "topic": "jugs"})]),
        (("show me Copperkettle", "pause it", "oops, the wrong one, Mossy Bank"),
         [("update_campaign", {"campaign": "Mossy Bank", "status": "paused"})]),
        (("show me Copperkettle and Mossy Bank", "pause the 2nd one"),
         [("update_campaign", {"campaign": "Mossy Bank", "status": "paused"})]),
        (("show me Copperkettle", "show me Mossy Bank", "pause the first of these two"),
         [("update_campaign", {"campaign": "Copperkettle", "status": "paused"})]),
        (("how did our emails do in February?", "and the social channel, same month"),
         [("get_channel_performance", {"channel": "social", "period": "February"})]),
        (("set Copperkettle's budget to 3000", "my birthday is a nice day", "thanks"), []),
    ],
)  # fmt: skip
def test_what_is_said_anew_of_the_last_call(
    talk: Talk, messages: tuple[str, ...], calls: list[tuple[str, dict[str, Any]]]
) -> None:
    assert _last(talk, *messages) == calls


def test_a_later_value_does_not_repeat_the_earlier_change(talk: Talk) -> None:
    [(tool, arguments)] = _last(talk, "set Copperkettle's budget to 3000", "Flight dates are 20 April through 8 May.")
    assert tool == "update_campaign"
    assert set(arguments) == {"campaign", "start_date", "end_date"}
