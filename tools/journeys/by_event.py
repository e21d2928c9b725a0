"""Workflows that begin with an event; and events that end ways, or that somebody on the way waits for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.cursors import AT_ONCE, move_on, unread
from memory.entering import end_at_goal, events_numbered, lowest_event, newest_event, pinned_versions, wake
from memory.enums import EventType
from memory.events import human_events
from memory.second_looks import take_second_looks
from tools.automating.graph import (
    EventHappened,
    EventSince,
    MailAnswered,
    MessageAnswered,
    Question,
    Trigger,
    WaitUntil,
    WebhookCalled,
)
from tools.journeys.enrolling import Entrance, enrol
from tools.journeys.entries import Entry, begun
from tools.journeys.facts import DEEDS
from tools.journeys.running import Versions

#: A call of a webhook is an event of type OTHER whose name begins so; the webhook's own name follows.
WEBHOOK = "webhook:"


@dataclass(frozen=True)
class Seen:
    """One human event, as triggers and goals look at it."""

    id: int
    lead_id: int
    type: EventType
    name: str | None
    at: datetime
    mailing: int | None
    data: dict[str, Any] | None


def look_at_events(session: Session, open_: Sequence[Entry], versions: Versions, now: datetime, zone: ZoneInfo) -> bool:
    """Enrol by events, end the ways whose goal an event is, and wake who waits for one; whether there is more."""
    asked = _asked(session, open_, versions)
    types = set().union(*({_type_of(one.graph.trigger)} for one in open_), *(a.types for a in asked)) - {None}
    newest, since = newest_event(session), begun(open_, now)
    span = unread(session, "events", newest, lowest_event(since) if since is not None and types else None)
    if span is None:
        return False
    place, above, upto = span
    if types:
        wanted = [one for one in types if one is not None]
        seen = [Seen(*row) for row in events_numbered(session, wanted, above, upto)]
        _answer(session, open_, asked, seen, now, zone)
    move_on(session, place, upto)
    return upto < newest


def look_again(session: Session, open_: Sequence[Entry], versions: Versions, now: datetime, zone: ZoneInfo) -> bool:
    """The same for events that were judged a person's only later, when the cursor was past them; whether there is more."""
    taken = take_second_looks(session, AT_ONCE)
    seen = [
        Seen(one.id, one.lead_id, one.type, one.name, one.at, one.email_campaign_id, one.data)
        for one in human_events(session, taken)
    ]
    _answer(session, open_, _asked(session, open_, versions), seen, now, zone)
    return len(taken) == AT_ONCE


def _answer(
    session: Session,
    open_: Sequence[Entry],
    asked: Sequence["_Asked"],
    seen: Sequence[Seen],
    now: datetime,
    zone: ZoneInfo,
) -> None:
    for one in open_:
        since = one.workflow.activated_at or now
        met = [
            Entrance(event.lead_id, event.at, event.id)
            for event in seen
            if event.at >= since and starts_by(one.graph.trigger, event)
        ]
        if met:
            enrol(session, one.workflow, one.version_id, one.graph, met, now, zone)
    for waiting in asked:
        _reach_goals(session, waiting, seen)
        _wake(session, waiting, seen, now)


def starts_by(trigger: Trigger | None, event: Seen) -> bool:
    """Whether an event is what a trigger waits for."""
    match trigger:
        case EventHappened(event=EventType.STATUS_CHANGED):
            told = (event.data or {}).get("to")
            return event.type == EventType.STATUS_CHANGED and trigger.name in (None, told)
        case EventHappened():
            return event.type == trigger.event and _named(trigger.name, event.name)
        case MailAnswered():
            if event.type != DEEDS[trigger.deed] or (trigger.mailing and trigger.mailing_id is None):
                return False
            return event.mailing is not None and trigger.mailing_id in (None, event.mailing)
        case WebhookCalled():
            name = (event.name or "").casefold()
            if event.type != EventType.OTHER or not name.startswith(WEBHOOK):
                return False
            return trigger.name is None or name == WEBHOOK + trigger.name.casefold()
    return False


def _named(wanted: str | None, name: str | None) -> bool:
    return wanted is None or (name or "").casefold() == wanted.casefold()


def _type_of(trigger: Trigger | None) -> EventType | None:
    match trigger:
        case EventHappened():
            return trigger.event
        case MailAnswered():
            return DEEDS[trigger.deed]
        case WebhookCalled():
            return EventType.OTHER
    return None


@dataclass(frozen=True)
class _Asked:
    """What a version that people are on waits for: the goal, and the questions of steps that wait."""

    workflow_id: int
    version_id: int
    goal: EventSince | None
    waits: tuple[tuple[str, Question], ...]

    @property
    def types(self) -> set[EventType | None]:
        asked: list[Question] = [question for _, question in self.waits]
        if self.goal is not None:
            asked.append(self.goal)
        return {_type_asked(question) for question in asked}


def _type_asked(question: Question) -> EventType | None:
    match question:
        case EventSince():
            return question.event
        case MessageAnswered():
            return DEEDS[question.deed]
    return None


def _asked(session: Session, open_: Sequence[Entry], versions: Versions) -> list[_Asked]:
    ids = [one.workflow.id for one in open_]
    found = []
    for version in pinned_versions(session, ids):
        graph = versions.graph(version)
        goal = graph.goal if isinstance(graph.goal, EventSince) else None
        waits = tuple(
            (node.id, node.question)
            for node in graph.nodes
            if isinstance(node, WaitUntil) and node.question is not None
        )
        if goal is not None or waits:
            found.append(_Asked(version.workflow_id, version.id, goal, waits))
    return found


def _reach_goals(session: Session, asked: _Asked, seen: Sequence[Seen]) -> None:
    """End the ways of people who did what the workflow is for."""
    goal = asked.goal
    if goal is None:
        return
    for event in seen:
        if event.type == goal.event and _named(goal.name, event.name):
            end_at_goal(session, asked.workflow_id, asked.version_id, event.lead_id, event.at)


def _wake(session: Session, asked: _Asked, seen: Sequence[Seen], now: datetime) -> None:
    """Look at once at those who wait for something that has happened (else it is looked at each hour)."""
    by_node: dict[str, set[int]] = defaultdict(set)
    for node, question in asked.waits:
        for event in seen:
            if event.type == _type_asked(question):
                by_node[node].add(event.lead_id)
    for node, leads in sorted(by_node.items()):
        wake(session, asked.workflow_id, asked.version_id, node, sorted(leads), now)
