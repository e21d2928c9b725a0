"""What is wrong with a graph, and the pure logic that moves one person through it."""

from datetime import UTC, datetime, timedelta

import pytest

from memory.enums import EventType
from tests.tools.conftest import NOW, ZONE
from tools.automating.advance import Person, add, advance, dealt, enter, until
from tools.automating.checks import House, problems
from tools.automating.graph import (
    Decide,
    Deed,
    Edge,
    End,
    Graph,
    LeadCreated,
    MessageAnswered,
    SendEmail,
    Span,
    Split,
    Wait,
    WaitUntil,
    Where,
    load_graph,
)
from tools.automating.reading import read_workflow
from tools.core.errors import BadInput

#: Tuesday, 3 March 2026, nine in the morning in Berlin.
START = datetime(2026, 3, 3, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def read(text: str) -> Graph:
    return read_workflow(text, NOW).graph


def wrong(graph: Graph, house: House | None = None) -> list[tuple[str, str, str | None]]:
    return [(one.level, one.code, one.node) for one in problems(graph, house or House())]


def drawn(*nodes: object, edges: list[tuple[str, str, str]]) -> Graph:
    made = tuple(Edge(source=source, port=port, target=target) for source, port, target in edges)
    return Graph(trigger=LeadCreated(), nodes=tuple(nodes), edges=made)


def test_a_whole_workflow_has_nothing_wrong() -> None:
    graph = read("when a lead is created, wait 1 day, send email 'Hi', if not opened send email 'Again'")
    assert wrong(graph, House(texts={"s2": True, "s4": True})) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("when a lead is created", [("error", "steps", None)]),
        ("send an email, wait 2 days", [("error", "trigger", None), ("missing", "content", "s1")]),
        ("when a lead is created, wait 0 days, end", [("error", "wait", "s1")]),
        ("when a lead is created, if opened add tag x", [("error", "question", "s1")]),
        ("when a lead is created, split 50/20: (end) or (end)", [("error", "split", "s1")]),
        ("when a lead is created, call the webhook", [("missing", "webhook", "s1")]),
        ("when a lead enters segment 'Nobodies', end", [("error", "segment", None)]),
        ("when a lead is created, paint the fence", [("error", "unclear", "s1")]),
        ("when a lead is created, send an sms", [("missing", "content", "s1"), ("missing", "sms_webhook", "s1")]),
        ("when a lead is created, if (status is new) (nothing), end", [("warning", "condition", "s1")]),
    ],
)
def test_what_is_wrong_is_named_at_its_step(text: str, found: list[tuple[str, str, str | None]]) -> None:
    assert wrong(read(text)) == found


def test_steps_that_nobody_reaches_and_loops_are_named() -> None:
    mail, rest, ask = (
        SendEmail(id="m"),
        Wait(id="w", span=Span(amount=1, unit="day")),
        Decide(id="d", question=MessageAnswered(deed="opened")),
    )
    house = House(texts={"m": True, "x": True})
    unreachable = drawn(mail, SendEmail(id="x"), edges=[("start", "next", "m")])
    assert wrong(unreachable, house) == [("error", "unreachable", "x")]
    assert "step 2 (send an email)" in problems(unreachable, house)[0].sentence
    endless = drawn(mail, rest, edges=[("start", "next", "m"), ("m", "next", "w"), ("w", "next", "m")])
    assert wrong(endless, house) == [("error", "endless", "m")]
    way_out = [("start", "next", "m"), ("m", "next", "w"), ("w", "next", "d"), ("d", "no", "m")]
    assert wrong(drawn(mail, rest, ask, edges=way_out), house) == [("warning", "loop", "m")]
    at_once = drawn(mail, ask, edges=[("start", "next", "m"), ("m", "next", "d"), ("d", "no", "m")])
    assert wrong(at_once, house) == [("error", "endless", "m")]


def test_edges_that_do_not_fit_are_named() -> None:
    mail = SendEmail(id="m")
    assert wrong(drawn(mail, edges=[("start", "next", "q")]), House(texts={"m": True})) == [("error", "edge", None)]
    assert wrong(drawn(mail, edges=[("start", "next", "m"), ("m", "yes", "m")]), House(texts={"m": True})) == [
        ("error", "edge", "m")
    ]
    assert wrong(drawn(mail, mail, edges=[("start", "next", "m")]), House(texts={"m": True}))[0][:2] == ("error", "id")
    with pytest.raises(BadInput, match="The graph is not right at nodes"):
        load_graph({"nodes": [{"type": "teleport", "id": "a"}]})


# Moving a person ------------------------------------------------------------------------------------------------------


class Told:
    """Facts as a test lays them out: moments by name."""

    def __init__(self, *, segments: tuple[str, ...] = (), **moments: datetime) -> None:
        self.moments, self.segments = moments, segments

    def answered(self, deed: Deed, node: str | None, since: datetime, until: datetime) -> datetime | None:
        return self._in(f"{deed}_{node}", since, until)

    def happened(self, event: EventType, name: str | None, since: datetime, until: datetime) -> datetime | None:
        return self._in(name or event.value, since, until)

    def holds(self, where: Where) -> bool:
        return where.segment in self.segments

    def _in(self, key: str, since: datetime, until: datetime) -> datetime | None:
        at = self.moments.get(key)
        return at if at is not None and since <= at <= until else None


def walk(
    graph: Graph, facts: Told, end: datetime = START + 60 * DAY
) -> tuple[list[tuple[str, float, str | None]], Person]:
    """The steps with the days after START at which each was taken, and how the person stands at `end`."""
    person, taken = enter(graph, "7", START, ZONE), []
    while person.ended is None and person.due_at <= end:
        person, step = advance(graph, person, person.due_at, facts, ZONE)
        if step is not None:
            taken.append((step.node.id, (step.at - START) / DAY, step.port))
    return taken, person


def test_waits_and_conditions_take_their_time() -> None:
    graph = read(
        "when a lead is created, wait 1 day, send email 'A', wait 2 days, if opened (add tag x) otherwise (send sms 'B'), end"
    )
    opened, person = walk(graph, Told(opened_s2=START + 2 * DAY))
    assert opened == [
        ("s1", 1, "next"),
        ("s2", 1, "next"),
        ("s3", 3, "next"),
        ("s4", 3, "yes"),
        ("s5", 3, "next"),
        ("s7", 3, None),
    ]
    assert (person.ended, person.ended_at, person.node) == ("completed", START + 3 * DAY, None)
    late, _ = walk(graph, Told(opened_s2=START + 4 * DAY))
    assert [step[0] for step in late] == ["s1", "s2", "s3", "s4", "s6", "s7"]


def test_nothing_happens_before_it_is_due() -> None:
    graph = read("when a lead is created, wait 1 day, send email 'A'")
    person = enter(graph, "7", START, ZONE)
    assert advance(graph, person, START + DAY - timedelta(seconds=1), Told(), ZONE) == (person, None)


def test_the_goal_ends_the_way_as_converted() -> None:
    graph = read("when a lead is created, send email 'A', wait 5 days, send email 'B'. Goal: they order.")
    taken, person = walk(graph, Told(ordered=START + 2 * DAY))
    assert [step[0] for step in taken] == ["s1"]
    assert (person.ended, person.ended_at) == ("converted", START + 2 * DAY)
    _, too_late = walk(graph, Told(ordered=START + 6 * DAY))
    assert too_late.ended == "completed"


def test_a_wait_for_something_ends_when_it_happens_or_at_its_limit() -> None:
    graph = read("when a lead is created, send email 'A', wait until clicked, at most 3 days, notify me")
    clicked, _ = walk(graph, Told(clicked_s1=START + DAY))
    assert [(id, at) for id, at, _ in clicked] == [("s1", 0), ("s2", 1), ("s3", 1)]
    never, _ = walk(graph, Told())
    assert [(id, at) for id, at, _ in never] == [("s1", 0), ("s2", 3), ("s3", 3)]


def test_days_keep_the_local_clock_and_hours_elapse() -> None:
    before = datetime(2026, 3, 28, 9, tzinfo=ZONE)  # the clocks go forward that night
    assert add(before, Span(amount=1, unit="day"), ZONE).astimezone(ZONE) == datetime(2026, 3, 29, 9, tzinfo=ZONE)
    hours = add(before.astimezone(UTC), Span(amount=24, unit="hour"), ZONE).astimezone(ZONE)
    assert (hours.day, hours.hour) == (29, 10)
    friday = datetime(2026, 3, 6, 9, tzinfo=ZONE)
    assert add(friday, Span(amount=2, unit="workday"), ZONE) == datetime(2026, 3, 10, 9, tzinfo=ZONE)
    assert add(datetime(2026, 1, 31, 9, tzinfo=ZONE), Span(amount=1, unit="month"), ZONE).day == 28


@pytest.mark.parametrize(
    ("node", "end"),
    [
        (WaitUntil(weekday="friday"), datetime(2026, 3, 6, 9)),
        (WaitUntil(weekday="tuesday", time="17:30"), datetime(2026, 3, 3, 17, 30)),
        (WaitUntil(weekday="tuesday", time="09:00"), datetime(2026, 3, 10, 9)),
        (WaitUntil(time="08:00"), datetime(2026, 3, 4, 8)),
        (WaitUntil(day=datetime(2026, 3, 20).date()), datetime(2026, 3, 20, 9)),
        (WaitUntil(day=datetime(2026, 3, 1).date()), datetime(2026, 3, 3, 9)),
        (WaitUntil(weekday="friday", at_most=Span(amount=1, unit="day")), datetime(2026, 3, 4, 9)),
    ],
)
def test_waits_until_a_day_or_time(node: WaitUntil, end: datetime) -> None:
    assert until(node, START, ZONE) == end.replace(tzinfo=ZONE)


def test_a_split_is_by_chance_and_always_the_same() -> None:
    ports = [dealt(str(number), "s1", (30, 70)) for number in range(2_000)]
    assert ports == [dealt(str(number), "s1", (30, 70)) for number in range(2_000)]
    assert 520 < ports.count("a") < 680  # 600 expected, standard deviation 20.5: four of them
    graph = drawn(Split(id="p", shares=(100, 0)), End(id="e"), edges=[("start", "next", "p"), ("p", "a", "e")])
    assert walk(graph, Told())[0] == [("p", 0, "a"), ("e", 0, None)]
