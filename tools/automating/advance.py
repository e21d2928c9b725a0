"""Moving one person through a graph: pure logic, the same for a simulation over the past and for the running engine.

`enter` puts somebody at the first step, `advance` takes the one step that is due. Nothing is looked up or sent here:
`Facts` answer what the graph asks, and whoever calls carries out the step that was taken (in the same transaction in
which it stores the person's new state, so that a crash repeats neither).
"""

import hashlib
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from memory.enums import EventType
from tools.automating.graph import (
    NEXT,
    NO,
    SPLIT_PORTS,
    YES,
    Decide,
    Deed,
    End,
    EventSince,
    Graph,
    LeadIs,
    MessageAnswered,
    Node,
    Question,
    SendEmail,
    SendSms,
    Span,
    Split,
    Wait,
    WaitUntil,
    Where,
)

Ending = Literal["completed", "converted"]
#: How often a wait for something that happens looks again by itself (an engine may wake the person sooner).
LOOK_AGAIN = timedelta(hours=1)
#: The hour at which a wait until a day or weekday ends, where no time is said.
MORNING = time(9)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Facts(Protocol):
    """What is known of one person. Moments are aware; each returns the first moment in [since, until], or None."""

    def answered(self, deed: Deed, node: str | None, since: datetime, until: datetime) -> datetime | None:
        """When the message of step `node` (None: the mail of the trigger) was opened, clicked or replied to by a human."""
        ...

    def happened(self, event: EventType, name: str | None, since: datetime, until: datetime) -> datetime | None:
        """When an event of this type (and name) happened."""
        ...

    def holds(self, where: Where) -> bool:
        """Whether the lead fulfils a condition, or is in a segment."""
        ...


class Person(NamedTuple):
    """Where somebody stands: before step `node`, which is due at `due_at`. `key` decides the chance of splits.

    A tuple, as the steps are: millions of them are made, in a third of the time of a frozen dataclass.

    `arrived_at` is when the step came next (a wait for something counts from then); `message` and `message_at` are the
    last message step and its moment. `ended` says how the way ended (then node is None), at `ended_at`.
    """

    key: str
    entered_at: datetime
    node: str | None
    due_at: datetime
    arrived_at: datetime
    message: str | None = None
    message_at: datetime | None = None
    ended: Ending | None = None
    ended_at: datetime | None = None


class Taken(NamedTuple):
    """A step that was taken: the node, the port by which the way goes on (None at an end), the moment."""

    node: Node
    port: str | None
    at: datetime


def enter(graph: Graph, key: str, at: datetime, zone: ZoneInfo) -> Person:
    """Somebody who enters at a moment. A workflow without steps is completed at once."""
    person = Person(key=key, entered_at=at, node=None, due_at=at, arrived_at=at)
    return _arrive(graph, person, graph.first, at, zone)


def advance(graph: Graph, person: Person, now: datetime, facts: Facts, zone: ZoneInfo) -> tuple[Person, Taken | None]:
    """Take the one step that is due at `now`. Returns the person as they stand then, and the step that was taken.

    No step is taken (None) before `due_at`, after the end, when the goal is reached (the person ends as converted), and
    while a wait for something is not over (its `due_at` moves on).
    """
    if person.ended or person.node is None or person.due_at > now:
        return person, None
    if graph.goal is not None:
        # The goal counts up to the moment at which the next step would be done.
        reached = _first(graph.goal, person, facts, person.entered_at, person.due_at)
        if reached is not None:
            return person._replace(node=None, ended="converted", ended_at=reached), None
    node = graph.node(person.node)
    if node is None:
        raise KeyError(f"the graph has no step {person.node}")
    at = person.due_at
    if isinstance(node, WaitUntil) and node.question is not None:
        deadline = add(person.arrived_at, node.at_most, zone) if node.at_most else None
        happened = _first(node.question, person, facts, person.arrived_at, min(now, deadline) if deadline else now)
        if happened is None and (deadline is None or now < deadline):
            again = now + LOOK_AGAIN
            return person._replace(due_at=min(again, deadline) if deadline else again), None
        at = max(happened or deadline or now, person.arrived_at)
    port = _port(node, person, facts, at)
    if isinstance(node, SendEmail | SendSms):
        person = person._replace(message=node.id, message_at=at)
    taken = Taken(node, port, at)
    if port is None:
        return person._replace(node=None, ended="completed", ended_at=at), taken
    return _arrive(graph, person, graph.target(node.id, port), at, zone), taken


def add(moment: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """`moment` plus a length of time. Minutes and hours are elapsed time; days, weeks and months keep the local clock
    time; working days are Monday to Friday."""
    if span.unit in ("minute", "hour"):
        return moment + timedelta(**{f"{span.unit}s": span.amount})
    local = moment.astimezone(zone)
    if span.unit == "workday":
        for _ in range(span.amount):
            local += timedelta(days=1)
            while local.weekday() >= 5:
                local += timedelta(days=1)
        return local.astimezone(moment.tzinfo)
    if span.unit == "month":
        return (local + relativedelta(months=span.amount)).astimezone(moment.tzinfo)
    days = span.amount * (7 if span.unit == "week" else 1)
    return (local + timedelta(days=days)).astimezone(moment.tzinfo)


def until(node: WaitUntil, at: datetime, zone: ZoneInfo) -> datetime:
    """The end of a wait until a day, a weekday or a time of day, seen from `at`; `at` itself where it is past already."""
    local = at.astimezone(zone)
    clock = time.fromisoformat(node.time) if node.time else MORNING
    if node.day is not None:
        end = datetime.combine(node.day, clock, tzinfo=zone)
    else:
        end = datetime.combine(local.date(), clock, tzinfo=zone)
        if node.weekday is not None:
            end += timedelta(days=(_WEEKDAYS.index(node.weekday) - local.weekday()) % 7)
        if end <= local:
            end += timedelta(days=7 if node.weekday else 1)
    end = max(end, local)
    if node.at_most is not None:
        end = min(end, add(at, node.at_most, zone))
    return end.astimezone(at.tzinfo)


def dealt(key: str, node: str, shares: tuple[int, ...]) -> str:
    """The port of a split for one person: by chance, but always the same (SHA-256 of person and step)."""
    number = int.from_bytes(hashlib.sha256(f"{key}:{node}".encode()).digest()[:8], "big") % sum(shares)
    for port, share in zip(SPLIT_PORTS, shares, strict=False):
        if number < share:
            return port
        number -= share
    raise ValueError("the shares of a split must be above 0")


def _arrive(graph: Graph, person: Person, target: str | None, at: datetime, zone: ZoneInfo) -> Person:
    if target is None:
        return person._replace(node=None, ended="completed", ended_at=at)
    node = graph.node(target)
    due = at
    if isinstance(node, Wait):
        due = add(at, node.span, zone)
    elif isinstance(node, WaitUntil) and node.question is None:
        due = until(node, at, zone)
    return Person(person.key, person.entered_at, target, due, at, person.message, person.message_at)


def _port(node: Node, person: Person, facts: Facts, at: datetime) -> str | None:
    match node:
        case End():
            return None
        case Decide():
            return YES if _first(node.question, person, facts, person.entered_at, at) is not None else NO
        case Split():
            return dealt(person.key, node.id, node.shares)
        case _:
            return NEXT


def _first(question: Question, person: Person, facts: Facts, since: datetime, until: datetime) -> datetime | None:
    """When the answer became yes, in [since, until]; None where it is no."""
    match question:
        case MessageAnswered():
            return facts.answered(question.deed, person.message, person.message_at or person.entered_at, until)
        case EventSince():
            return facts.happened(question.event, question.name, since, until)
        case LeadIs():
            return until if facts.holds(question.where) else None
