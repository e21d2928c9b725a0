"""The matcher and where messages are cut."""

import numpy as np
import pytest

from agent.routing.clauses import clauses
from agent.routing.examples import NONE, Example, fill_vocabulary, load_examples
from agent.routing.matcher import SURE_MARGIN, Matcher, plain_label, tokens
from agent.routing.priors import IGNORES, LACKS, TAKES, correction
from agent.routing.splitting import begins_with_order, order_head
from tools.catalogue import all_tools

TOOLS = all_tools()
SMALL = [
    Example("pause {campaign}", "update"),
    Example("stop {campaign} for now", "update"),
    Example("show me {campaign}", "get"),
    Example("how is {campaign} set up", "get"),
    Example("thank you very much", "none:smalltalk"),
    Example("what a lovely day", "none:off_topic"),
]


def letters(texts: object) -> np.ndarray:  # type: ignore[type-arg]
    """Vectors in which only the letters count: enough to tell these few sentences apart."""
    rows = [[text.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts]  # type: ignore[attr-defined]
    return np.asarray(rows, dtype=np.float32)


def test_a_few_examples_are_enough() -> None:
    matcher = Matcher(SMALL, letters)
    assert matcher.labels == ("update", "get", NONE)
    ranking = matcher.rank("please pause {campaign}")
    assert ranking.best.label == "update"
    assert sum(match.share for match in ranking.matches) == pytest.approx(1.0)
    assert [m.score for m in ranking.matches] == sorted((m.score for m in ranking.matches), reverse=True)
    assert ranking.margin == pytest.approx(ranking.matches[0].score - ranking.matches[1].score)
    assert ranking.sure == (ranking.margin >= SURE_MARGIN)


def test_an_example_itself_is_sure() -> None:
    assert Matcher(SMALL, letters).rank("show me {campaign}").sure


def test_corrections_move_what_they_name() -> None:
    matcher = Matcher(SMALL, letters)
    plain, moved = matcher.rank("pause {campaign}"), matcher.rank("pause {campaign}", {"get": 2.0})
    assert (plain.best.label, moved.best.label) == ("update", "get")
    before = {m.label: m.score for m in plain.matches}
    after = {m.label: m.score for m in moved.matches}
    assert after["get"] - before["get"] == pytest.approx(2.0)
    assert after["update"] == pytest.approx(before["update"])


def test_the_nearest_examples_are_of_the_labels_asked_for() -> None:
    near = Matcher(SMALL, letters).nearest("pause {campaign}", ["get", NONE], 3)
    assert len(near) == 3
    assert {plain_label(example.label) for example in near} <= {"get", NONE}
    assert near[0].label == "get"


@pytest.mark.parametrize(
    ("masked", "tool"),
    [
        ("Which campaigns are running at the moment?", "list_campaigns"),
        ("Please delete {campaign}", "delete_campaign"),
        ("Make me a campaign named {name} with {money}", "create_campaign"),
        ("Write an email about our new opening hours", "generate_email"),
        ("Which of our templates are for SMS?", "list_templates"),
        ("What do people complain about most?", "find_pain_points"),
        ("Thanks, that was helpful", NONE),
        ("What is the capital of Norway?", NONE),
    ],
)
def test_the_houses_matcher(matcher: Matcher, masked: str, tool: str) -> None:
    assert matcher.rank(masked).best.label == tool


def test_spelling_mistakes_are_forgiven(matcher: Matcher) -> None:
    assert matcher.rank("pleas delet {campaign}").best.label == "delete_campaign"


def test_nonsense_is_no_tool_for_sure(matcher: Matcher) -> None:
    ranking = matcher.rank("glorp zanth wibble")
    assert ranking.best.label == NONE or not ranking.sure
    assert matcher.rank("").best.score < 0.9


@pytest.mark.parametrize(
    ("tool", "named", "points", "value"),
    [
        ("get_campaign", {"campaign"}, False, TAKES),
        ("get_campaign", {"template"}, False, IGNORES),
        ("get_campaign", set(), False, LACKS),
        ("get_campaign", set(), True, 0.0),
        ("list_campaigns", set(), False, 0.0),
    ],
)
def test_priors(tool: str, named: set[str], points: bool, value: float) -> None:
    assert correction(TOOLS[tool], named, points) == value


def test_every_tool_has_ten_examples_at_least() -> None:
    labels = [example.label for example in load_examples()]
    assert {name: labels.count(name) for name in TOOLS if labels.count(name) < 10} == {}


def test_closed_vocabularies_take_turns() -> None:
    found = fill_vocabulary([Example("{channel}", "a"), Example("{channel} for {name}", "a")])
    assert "{channel}" not in found[0].text + found[1].text
    assert found[0].text != found[1].text.split()[0]
    assert found[1].text.endswith("for {name}")


def test_tokens() -> None:
    assert tokens("How’s the A/B test, {name}?") == "how's the a/b test {name} ? ^how's"
    assert tokens("Please pause {campaign}") == "please pause {campaign} ^pause"


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("Pause Fern and delete Moss", ["Pause Fern", "delete Moss"]),
        ("Pause Fern. Then delete Moss.", ["Pause Fern", "delete Moss."]),
        ("pause fern n also delete moss too", ["pause fern", "delete moss"]),
        ("- pause Fern\n- delete Moss\n2. list leads", ["pause Fern", "delete Moss", "list leads"]),
        ("Two things, please: a post, and besides a mail", ["Two things", "a post", "a mail"]),
        ("So, could you pause Fern, please?", ["could you pause Fern"]),
        ("Fern gets 5,000 in place of 4,500", ["Fern gets 5,000 in place of 4,500"]),
        ("Dr. Lenz spoke. Pause Fern!", ["Dr. Lenz spoke", "Pause Fern!"]),
    ],
)
def test_clauses(message: str, parts: list[str]) -> None:
    found = clauses(message, [])
    assert [clause.text for clause in found] == parts
    assert [message[clause.start : clause.end] for clause in found] == parts


def test_nothing_is_cut_inside_what_belongs_together() -> None:
    message = "Pause Salt and Pepper and delete Moss"
    assert [clause.text for clause in clauses(message, [(6, 21)])] == ["Pause Salt and Pepper", "delete Moss"]


@pytest.mark.parametrize(
    ("text", "condition"),
    [("once somebody books, we wait", True), ("when somebody books, write", True), ("when should we post, and where", False)],
)  # fmt: skip
def test_conditions(text: str, condition: bool) -> None:
    assert clauses(text, [])[0].is_condition == condition


@pytest.mark.parametrize(
    ("text", "whether"),
    [("delete Moss", True), ("please show me Fern", True), ("what is new", True), ("I need a post", True),
     ("the other one", False), ("Moss", False)],
)  # fmt: skip
def test_orders(text: str, whether: bool) -> None:
    assert begins_with_order(text) == whether


@pytest.mark.parametrize(
    ("text", "head"),
    [("Please delete Moss", "Please delete"), ("Show me Fern", "Show me"), ("We need a post", "We need")],
)
def test_what_a_second_part_borrows(text: str, head: str) -> None:
    assert order_head(text).strip() == head
