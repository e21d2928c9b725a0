"""Workflows in words: sentences read into graphs, and graphs said so that they read back the same."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.enums import EventType, LeadStatus
from tests.tools.automation_notation import notation
from tests.tools.automation_sentences import SENTENCES
from tests.tools.conftest import NOW
from tools.automating.blocks import Block, Blocks, assemble, in_order
from tools.automating.graph import (
    NO,
    SPLIT_PORTS,
    YES,
    CallWebhook,
    ChangeLead,
    DateCame,
    Decide,
    End,
    EventHappened,
    EventSince,
    Graph,
    LeadCreated,
    LeadIs,
    MailAnswered,
    MessageAnswered,
    Notify,
    Reentry,
    SegmentMoved,
    SendEmail,
    SendSms,
    Span,
    Split,
    Tag,
    Unclear,
    Wait,
    WaitUntil,
    WebhookCalled,
    Where,
    load_graph,
    store_graph,
)
from tools.automating.reading import read_steps, read_trigger_text, read_workflow
from tools.automating.wording import VERBS, in_words, lines
from tools.segmenting import in_words as tree_words
from tools.segmenting import read_conditions, store_tree

SEGMENTS = ("Sleeping customers", "VIP customers", "Trial users")


class Known:
    """A house with three segments and no mailings."""

    def segment(self, name: str) -> tuple[int, str] | None:
        return next(((place, one) for place, one in enumerate(SEGMENTS, 1) if one.casefold() == name.casefold()), None)

    def mailing(self, name: str) -> tuple[int, str] | None:
        return None


def read(text: str) -> Graph:
    return read_workflow(text, NOW, Known()).graph


@pytest.mark.parametrize(("sentence", "meant"), SENTENCES, ids=range(len(SENTENCES)))
def test_a_sentence_means_this_graph(sentence: str, meant: str) -> None:
    assert notation(read(sentence)) == meant


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in SENTENCES], ids=range(len(SENTENCES)))
def test_what_was_read_is_said_so_that_it_reads_back(sentence: str) -> None:
    graph = read(sentence)
    assert read(in_words(graph)) == in_order(graph)


def test_the_words_of_a_workflow() -> None:
    graph = read(SENTENCES[0][0])
    assert in_words(graph) == ("when a lead signs up; wait 1 day; send an email; if not opened (send an sms)")
    assert lines(graph) == ["1. wait 1 day", "2. send an email", "3. if opened", "   - no:", "      4. send an sms"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lead is created", "when a lead is created"),
        ("event cart_abandoned", "on event “cart_abandoned”"),
        ("enters segment Sleeping customers", "when a lead enters segment “Sleeping customers”"),
        ("enters Sleeping customers", "when a lead enters segment “Sleeping customers”"),
        ("when a lead is created", "when a lead is created"),
        ("status becomes customer", "when a lead becomes customer"),
        ("opens 'October newsletter'", "when a lead opens “October newsletter”"),
        ("event signed_up", "when a lead signs up"),
        ("form submit, steps email", "when a lead submits a form"),
        ("the webhook trial_started is called", "when the webhook “trial_started” is called"),
    ],
)
def test_a_trigger_of_its_own(text: str, words: str) -> None:
    from tools.automating.wording import trigger_words

    trigger = read_trigger_text(text, NOW, Known())
    assert trigger is not None
    assert trigger_words(trigger) == words


def test_steps_of_a_list_keep_their_branches_apart() -> None:
    told = ["send email 'A'", "wait 2 days", "if they clicked send email 'B'", "wait 1 day", "send email 'C'"]
    assert (
        notation(read_steps(told, NOW).graph)
        == "nothing > email A > wait 2 day > ?clicked{email B|} > wait 1 day > email C"
    )


def test_what_cannot_be_read_is_kept_or_told_and_never_guessed() -> None:
    told = read_workflow("when a lead is created, paint the fence, send email 'Hi'", NOW)
    assert notation(told.graph) == "created > ?? paint the fence > email Hi"
    told = read_workflow("Lead created? Then, because we love them, one mail.", NOW)
    assert told.ignored == ("because we love them",)
    assert read_workflow("create a workflow", NOW).empty
    assert read_workflow("", NOW).empty


def test_a_name_is_taken_from_the_request() -> None:
    assert (
        read_workflow("create a workflow called 'Spring hello': when a lead is created, email them", NOW).name
        == "Spring hello"
    )
    assert read_workflow("make flow Greeting: when a lead is created, email them", NOW).name == "Greeting"
    assert read_workflow("when a lead is created, email them", NOW).name is None


def test_quoted_texts_are_never_looked_into() -> None:
    graph = read("when a lead is created, send email 'If they click, wait 3 days; then end'")
    assert notation(graph) == "created > email If they click, wait 3 days; then end"


@pytest.mark.parametrize(
    ("said", "amount", "unit"),
    [
        ("wait half an hour", 30, "minute"), ("wait a day and a half", 36, "hour"), ("wait a fortnight", 2, "week"),
        ("wait a couple of days", 2, "day"), ("wait 0 days", 0, "day"), ("wait ten working days", 10, "workday"),
        ("wait for another 3 weeks", 3, "week"), ("pause 45 min", 45, "minute"), ("wait a quarter", 3, "month"),
    ],
)  # fmt: skip
def test_waits_in_many_words(said: str, amount: int, unit: str) -> None:
    graph = read(f"when a lead is created, {said}, send an email")
    assert [(node.span.amount, node.span.unit) for node in graph.nodes if isinstance(node, Wait)] == [(amount, unit)]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    graph = read(text)
    assert load_graph(store_graph(graph)) == graph


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "when if they a lead signs up wait 3 days then send email 'Hi' sms otherwise , ; . ( ) -> unless not opened end split "
            "50/50 tag status is customer until Monday go to step 1 and after each".split(" ")
        ),
        max_size=40,
    )
)
def test_no_jumble_of_its_own_words_breaks_the_reader(words: list[str]) -> None:
    graph = read(" ".join(words))
    assert load_graph(store_graph(graph)) == graph
    in_words(graph)


# From words to a graph and back ---------------------------------------------------------------------------------------

TEXTS = (
    st.text("abcXYZ äß019 ,;.()%&!?-'", min_size=1, max_size=24)
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: any(sign.isalnum() for sign in text))
)
SLUGS = st.from_regex(r"[a-z][a-z0-9_]{1,11}", fullmatch=True).filter(
    lambda slug: slug not in EventType._value2member_map_
)
SPANS = st.builds(
    Span, amount=st.integers(1, 90), unit=st.sampled_from(["minute", "hour", "day", "week", "month", "workday"])
)
TREES = [
    read_conditions(words, NOW)
    for words in (
        "status is customer", "city is Berlin or tag is vip", "orders at least 5 and country is Germany",
        "not (status is lost or status is new)", "opened an email in the last 30 days", 'company is "Bar, Foo (and) Co"',
        "last order older than 60 days",
    )
]  # fmt: skip
WHERES = st.one_of(
    st.sampled_from([Where(words=tree_words(tree), tree=store_tree(tree)) for tree in TREES]),
    st.sampled_from([Where(segment=name, segment_id=place) for place, name in enumerate(SEGMENTS, 1)]),
    TEXTS.map(lambda name: Where(segment=name)),
)
CLOCKS = st.sampled_from([None, "09:00", "17:30", "00:05"])
SINCE = st.one_of(
    st.sampled_from(sorted(VERBS)).map(lambda event: EventSince(event=event)),
    SLUGS.map(lambda name: EventSince(name=name)),
)
QUESTIONS = st.one_of(
    st.sampled_from(["opened", "clicked", "replied"]).map(lambda deed: MessageAnswered(deed=deed)),
    SINCE,
    WHERES.map(lambda where: LeadIs(where=where)),
)
DAYS = st.dates(date(2026, 3, 17), date(2027, 3, 1))
TRIGGERS = st.one_of(
    st.builds(LeadCreated, where=st.none() | WHERES),
    st.builds(SegmentMoved, move=st.sampled_from(["entered", "left"]), target=WHERES, where=st.none() | WHERES),
    st.sampled_from(sorted(VERBS)).map(lambda event: EventHappened(event=event)),
    st.builds(EventHappened, name=SLUGS, where=st.none() | WHERES),
    st.builds(
        EventHappened, event=st.just(EventType.STATUS_CHANGED), name=st.sampled_from([one.value for one in LeadStatus])
    ),
    st.builds(EventHappened, event=st.just(EventType.TAGGED), name=SLUGS),
    st.builds(
        MailAnswered, deed=st.sampled_from(["opened", "clicked"]), mailing=st.none() | TEXTS, where=st.none() | WHERES
    ),
    st.builds(DateCame, day=DAYS, time=CLOCKS, where=st.none() | WHERES),
    st.builds(DateCame, field=SLUGS, days=st.integers(-30, 30), yearly=st.booleans(), time=CLOCKS),
    st.builds(WebhookCalled, name=st.none() | SLUGS),
)
UNTIL = st.one_of(
    st.builds(
        WaitUntil, weekday=st.sampled_from(["monday", "friday", "sunday"]), time=CLOCKS, at_most=st.none() | SPANS
    ),
    st.builds(WaitUntil, time=CLOCKS.filter(bool)),
    st.builds(WaitUntil, day=DAYS, time=CLOCKS),
    st.builds(WaitUntil, question=QUESTIONS, at_most=st.none() | SPANS),
)
STEPS = st.one_of(
    st.builds(SendEmail, content=st.none() | TEXTS),
    st.builds(SendSms, content=st.none() | TEXTS),
    st.builds(Wait, span=SPANS),
    UNTIL,
    st.builds(ChangeLead, status=st.sampled_from(LeadStatus)),
    st.builds(ChangeLead, field=SLUGS, value=TEXTS),
    st.builds(Tag, tag=TEXTS.map(str.casefold), remove=st.booleans()),
    st.builds(Notify, who=st.sampled_from(["me", "sales", "the sales team"]) | TEXTS, about=st.none() | TEXTS),
    st.builds(CallWebhook, url=st.sampled_from([None, "https://example.org/hook?a=1", "http://127.0.0.1:8080/x"])),
    st.builds(Unclear, words=TEXTS),
    st.just(End()),
)  # fmt: skip


def _branching(inner: st.SearchStrategy[Blocks]) -> st.SearchStrategy[Blocks]:
    decide = st.builds(
        lambda question, yes, no: Block(Decide(question=question), {YES: yes, NO: no}), QUESTIONS, inner, inner
    )
    split = st.integers(1, 99).flatmap(
        lambda share: st.builds(
            lambda a, b: Block(Split(shares=(share, 100 - share)), dict(zip(SPLIT_PORTS, (a, b), strict=False))),
            inner,
            inner,
        )
    )
    return st.lists(st.one_of(STEPS.map(Block), decide, split), max_size=4)


BLOCKS = st.recursive(st.lists(STEPS.map(Block), max_size=4), _branching, max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(
    BLOCKS,
    TRIGGERS,
    st.none() | QUESTIONS,
    st.sampled_from([Reentry(), Reentry(again=True), Reentry(again=True, after_days=30)]),
)
def test_any_graph_said_reads_back_as_the_same_graph(blocks: Blocks, trigger: Any, goal: Any, reentry: Reentry) -> None:
    graph = in_order(assemble(blocks, trigger, goal, reentry))
    assert in_order(graph) == graph
    said = in_words(graph)
    assert read(said) == graph, said


@settings(max_examples=150, deadline=None)
@given(BLOCKS)
def test_putting_a_graph_in_order_changes_no_way_through_it(blocks: Blocks) -> None:
    graph = assemble(blocks, None)
    assert notation(in_order(graph)) == notation(graph)


def test_times_in_brackets_are_no_numbered_list() -> None:
    said = "when a lead is created; split 50/50: (wait until at 09:00) or (nothing); split 50/50: (wait until at 17:30) or (nothing)"
    assert in_words(read(said)) == said


def test_now_is_what_dates_go_by() -> None:
    assert datetime(2026, 3, 16) < datetime(2026, 5, 1)
    graph = read("on 1 May at 9:30 send email 'May'")
    assert graph.trigger == DateCame(day=date(2026, 5, 1), time="09:30")
