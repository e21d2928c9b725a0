"""A person's correction becomes the house's own example: at once, with other names, after a restart, until removed."""

from collections.abc import Callable

import pytest

from agent.hub import Hub
from agent.routing.examples import Example
from agent.routing.own import OwnExamples
from tools.core.errors import BadInput, Conflict, NotFound

SLANG = "put {} to bed"


def called(hub: Hub, said: str, conversation: str | None = None) -> list[str]:
    return [call.tool for call in hub.ask(said, conversation=conversation).calls]


@pytest.fixture
def house(hub: Hub) -> Hub:
    for name in ("Bloom", "Harvest"):
        hub.call("create_campaign", name=name, type="email")
    return hub


def test_a_wrong_turn_is_corrected_and_goes_right_with_another_name(house: Hub, opened: Callable[..., Hub]) -> None:
    wrong = house.ask(SLANG.format("Bloom"))
    assert "delete_campaign" not in [call.tool for call in wrong.calls]
    told = house.ask("/learn delete_campaign", conversation=wrong.conversation)
    assert told.calls == ()
    assert "means `delete_campaign`" in told.reply
    right = house.ask(SLANG.format("Harvest"))
    assert [(call.tool, call.arguments, call.waiting) for call in right.calls] == [
        ("delete_campaign", {"campaign": "Harvest"}, True)  # at the gate, as ever
    ]
    assert right.decided_by == "matcher"
    again = opened()  # another hub on the same database, as another process has it
    assert called(again, SLANG.format("Bloom")) == ["delete_campaign"]
    again.unlearn(again.learned()[0].id)
    assert called(again, SLANG.format("Bloom")) == [call.tool for call in wrong.calls]
    assert called(house, SLANG.format("Bloom")) == [call.tool for call in wrong.calls]


def test_that_should_have_been_asks_which_tool_and_keeps_the_choice(house: Hub) -> None:
    first = house.ask("ship Bloom off to the attic")
    asked = house.ask("No, that should have been a draft", conversation=first.conversation)
    assert asked.asks
    assert asked.calls == ()
    assert house.learned() == []
    offered = [line.split("`")[1] for line in asked.reply.splitlines() if line[:1].isdigit()]
    assert "generate_email" in offered
    house.ask(str(offered.index("generate_email") + 1), conversation=first.conversation)
    kept = house.learned()
    assert [(one.sentence, one.masked, one.tool) for one in kept] == [
        ("ship Bloom off to the attic", "ship {campaign} off to the attic", "generate_email")
    ]
    assert "ship Bloom off to the attic" in house.ask("/learned").reply
    assert "Forgotten" in house.ask(f"/unlearn {kept[0].id}").reply
    assert house.learned() == []


@pytest.mark.parametrize("answer", ["never mind", "no", "what campaigns do we have?"])
def test_another_answer_learns_nothing(house: Hub, answer: str) -> None:
    first = house.ask("ship Bloom off to the attic")
    house.ask("that should have been a draft", conversation=first.conversation)
    house.ask(answer, conversation=first.conversation)
    assert house.learned() == []


def test_a_yes_to_the_question_approves_no_plan(house: Hub) -> None:
    planned = house.ask("delete Bloom")
    asked = house.ask("that should have been update_campaign", conversation=planned.conversation)
    assert "Shall “delete Bloom” mean `update_campaign`" in asked.reply
    house.ask("yes", conversation=planned.conversation)
    assert [one.tool for one in house.learned()] == ["update_campaign"]
    assert [plan.id for plan in house.plans()] == list(planned.waiting)


@pytest.mark.parametrize(
    "said", ["that should have been Tuesday", "it should be 5000", "no, that should have been on LinkedIn"]
)
def test_a_corrected_value_is_no_lesson(house: Hub, said: str) -> None:
    first = house.ask("set the budget of Bloom to 4000")
    reply = house.ask(said, conversation=first.conversation).reply
    assert "from now on?" not in reply
    assert house.learned() == []


@pytest.mark.parametrize(
    ("sentence", "tool", "error", "why"),
    [
        ("  ", "list_campaigns", BadInput, "no sentence"),
        ("x" * 301, "list_campaigns", BadInput, "300 characters"),
        ("yes", "delete_campaign", BadInput, "always means the same"),
        ("/campaign list", "list_campaigns", BadInput, "always means the same"),
        ("Bloom", "delete_campaign", BadInput, "no word that tells"),
        ("thanks", "delete_campaign", BadInput, "no word that tells"),
        ("park Bloom", "park_campaign", NotFound, "no tool called park_campaign"),
    ],
)
def test_what_cannot_be_learned(house: Hub, sentence: str, tool: str, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        house.learn(sentence, tool)
    assert house.learned() == []


def test_one_that_says_the_same_is_replaced_and_the_house_has_room_for_so_many(
    house: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.learn("put Bloom to bed", "update_campaign")
    house.learn("Please put the Harvest to bed", "delete_campaign")
    assert [one.tool for one in house.learned()] == ["delete_campaign"]
    monkeypatch.setattr("agent.learning.MOST_OWN", 1)
    with pytest.raises(Conflict, match="has 1 sentences of its own"):
        house.learn("wake Bloom up", "update_campaign")
    house.learn("put Bloom to bed", "get_campaign")
    with pytest.raises(NotFound, match="`/learned` lists them"):
        house.unlearn(99)


def test_nothing_to_learn_from(hub: Hub) -> None:
    assert "no message before this one" in hub.ask("/learn delete_campaign").reply
    assert "Which tool" in hub.ask("/learn", conversation=hub.ask("blah blah").conversation).reply


@pytest.mark.parametrize(
    ("said", "same"),
    [
        ("please put {campaign} to bed now", True),
        ("Put the {campaign} campaign to bed!", True),
        ("Put {campaign} to bed?", True),
        ("putt {campaign} to bed", False),  # a short word is not guessed at
        ("don't put {campaign} to bed", False),
        ("put all {campaign} to bed", False),
        ("put {template} to bed", False),
        ("put {campaign} to bed and delete it", False),
        ("put {campaign}", False),
        ("把 {campaign} to bed", False),
    ],
)
def test_only_the_same_words_count(said: str, same: bool) -> None:
    own = OwnExamples([Example("put {campaign} to bed", "update_campaign", own=True)])
    assert (own.find(said) is not None) is same


def test_a_slip_in_a_long_word_is_forgiven_unless_two_examples_fit() -> None:
    own = OwnExamples([Example("mothball {campaign}", "update_campaign")])
    assert own.find("mothbal {campaign}") is not None
    assert own.find("mothbl {campaign}") is None
    two = OwnExamples([Example("archive {campaign}", "update_campaign"), Example("archiva {campaign}", "get_campaign")])
    assert two.find("archivo {campaign}") is None
    assert two.find("archive {campaign}") is not None


def test_a_whole_that_was_learned_is_not_divided(house: Hub) -> None:
    house.learn("show Bloom and list what worked", "analyze_campaign_performance")
    assert called(house, "show Harvest and list what worked") == ["analyze_campaign_performance"]
