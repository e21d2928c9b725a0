"""What starts workflows: new leads and events are read in order, behind a cursor; segments and dates by the clock."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, delete, exists, extract, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from memory.enrolments import SegmentMember, TriggerCursor, cursor, move_on
from memory.enums import EventType
from memory.events import LeadEvent, human_events
from memory.leads import Lead, LeadField
from memory.rows import among
from memory.second_looks import take_second_looks
from memory.workflows import CHUNK, UNDER_WAY, Enrolment, EnrolmentState, Workflow, WorkflowVersion
from tools.automating.advance import MORNING
from tools.automating.graph import (
    DateCame,
    EventHappened,
    EventSince,
    Graph,
    LeadCreated,
    MailAnswered,
    MessageAnswered,
    Question,
    SegmentMoved,
    Trigger,
    WaitUntil,
    WebhookCalled,
)
from tools.automating.past import condition_of
from tools.journeys.enrolling import Entrance, enrol
from tools.journeys.facts import DEEDS
from tools.journeys.running import Versions

#: Numbers read in one look, and those read again: a row may become visible a little late (see TriggerCursor).
AT_ONCE, AGAIN = 5_000, 1_000
#: How often segments and dates are looked at, and for how long a date counts that passed while nobody looked.
BY_CLOCK = timedelta(minutes=1)
LATE = timedelta(days=2)
#: People who come into one workflow in one transaction by a segment or a date.
MOST_AT_ONCE = 10_000
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


@dataclass(frozen=True)
class Entry:
    """A workflow that people may enter, with the graph of the version that they enter."""

    workflow: Workflow
    version_id: int
    graph: Graph


def entries(session: Session, workflows: Sequence[Workflow], versions: Versions) -> list[Entry]:
    """The active workflows as people enter them."""
    made = []
    for workflow in workflows:
        if workflow.version_id is not None:
            version = session.get_one(WorkflowVersion, workflow.version_id)
            made.append(Entry(workflow, version.id, versions.graph(version)))
    return made


# New leads ------------------------------------------------------------------------------------------------------------


def look_at_leads(session: Session, open_: Sequence[Entry], now: datetime, zone: ZoneInfo) -> bool:
    """Enrol new leads; returns whether there are more to look at."""
    wanting = [one for one in open_ if isinstance(one.graph.trigger, LeadCreated)]
    newest = session.scalar(select(func.max(Lead.id))) or 0
    begun = min((one.workflow.activated_at or now for one in wanting), default=None)
    first = select(func.min(Lead.id)).where(Lead.created_at >= begun) if begun else None
    span = _span(session, "leads", newest, first if wanting else None)
    if span is None:
        return False
    place, above, upto = span
    if wanting:
        rows = session.execute(
            select(Lead.id, Lead.created_at).where(Lead.id > above, Lead.id <= upto).order_by(Lead.id)
        ).all()
        for one in wanting:
            since = one.workflow.activated_at or now
            # A record that was brought along is no new lead, whenever it was.
            met = [Entrance(id, at) for id, at in rows if at >= since]
            fresh = _never_in(session, one.workflow.id, met)
            enrol(session, one.workflow, one.version_id, one.graph, fresh, now, zone)
    move_on(session, place, upto)
    return upto < newest


def _never_in(session: Session, workflow_id: int, met: list[Entrance]) -> list[Entrance]:
    """A lead is created once, however often it is looked at."""
    known: set[int] = set()
    ids = [one.lead_id for one in met]
    for start in range(0, len(ids), CHUNK):
        known.update(
            session.scalars(
                select(Enrolment.lead_id).where(
                    Enrolment.workflow_id == workflow_id, among(session, Enrolment.lead_id, ids[start : start + CHUNK])
                )
            )
        )
    return [one for one in met if one.lead_id not in known]


def _span(session: Session, name: str, newest: int, first: Any) -> tuple[TriggerCursor, int, int] | None:
    """The cursor and the numbers to read (above, up to); None where there is nothing new, or another worker reads.

    `first` asks for the lowest number that matters to a cursor that is new (None: nothing does).
    """
    place = cursor(session, name)
    if place is None:
        return None
    if place.looked_at is None:  # the cursor is new
        lowest = session.scalar(first) if first is not None else None
        start = lowest - 1 if lowest is not None else newest
        place.seen_id = place.read_id = start
        place.looked_at = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
        session.flush()
    if newest < place.seen_id:  # the newest rows were deleted: their numbers may be used again
        place.seen_id = place.read_id = newest
    if newest <= place.read_id and place.read_id == place.seen_id:
        return None
    # What nobody waits for need not be read in pieces.
    upto = min(newest, place.read_id + AT_ONCE) if first is not None else newest
    return place, max(place.seen_id - AGAIN, 0), upto


# Events ---------------------------------------------------------------------------------------------------------------


def look_at_events(session: Session, open_: Sequence[Entry], versions: Versions, now: datetime, zone: ZoneInfo) -> bool:
    """Enrol by events, end the ways whose goal an event is, and wake who waits for one; whether there is more."""
    asked = _asked(session, open_, versions)
    types = set().union(*({_type_of(one.graph.trigger)} for one in open_), *(a.types for a in asked)) - {None}
    newest = session.scalar(select(func.max(LeadEvent.id))) or 0
    begun = min((one.workflow.activated_at or now for one in open_), default=None)
    first = None
    if begun is not None and types:
        first = select(func.min(LeadEvent.id)).where(LeadEvent.at >= begun, LeadEvent.imported.is_(False))
    span = _span(session, "events", newest, first)
    if span is None:
        return False
    place, above, upto = span
    if types:
        seen = _events(session, [one for one in types if one is not None], above, upto)
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


def _events(session: Session, types: Sequence[EventType], above: int, upto: int) -> list[Seen]:
    rows = session.execute(
        select(
            LeadEvent.id, LeadEvent.lead_id, LeadEvent.type, LeadEvent.name, LeadEvent.at,
            LeadEvent.email_campaign_id, LeadEvent.data,
        )
        .where(
            LeadEvent.id > above, LeadEvent.id <= upto, LeadEvent.type.in_(types), LeadEvent.machine.is_(False),
            LeadEvent.imported.is_(False),
        )
        .order_by(LeadEvent.id)
    )  # fmt: skip
    return [Seen(*row) for row in rows.tuples()]


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
    statement = select(WorkflowVersion).where(
        WorkflowVersion.workflow_id.in_(ids), WorkflowVersion.pinned_at.is_not(None)
    )
    found = []
    for version in session.scalars(statement.order_by(WorkflowVersion.id)):
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
    """End the ways of people who did what the workflow is for; a way that was over already is marked as converted."""
    if asked.goal is None:
        return
    goal = asked.goal
    for event in seen:
        if event.type != goal.event or not _named(goal.name, event.name):
            continue
        mine = (
            Enrolment.workflow_id == asked.workflow_id, Enrolment.version_id == asked.version_id,
            Enrolment.lead_id == event.lead_id, Enrolment.entered_at <= event.at, Enrolment.converted_at.is_(None),
        )  # fmt: skip
        quiet = {"synchronize_session": False}
        session.execute(
            update(Enrolment)
            .where(*mine, Enrolment.state.in_(UNDER_WAY))
            .values(
                state=EnrolmentState.CONVERTED, node=None, due_at=None, note=None, ended_at=event.at,
                converted_at=event.at,
            ),
            execution_options=quiet,
        )  # fmt: skip
        session.execute(
            update(Enrolment).where(*mine, Enrolment.state == EnrolmentState.COMPLETED).values(converted_at=event.at),
            execution_options=quiet,
        )


def _wake(session: Session, asked: _Asked, seen: Sequence[Seen], now: datetime) -> None:
    """Look at once at those who wait for something that has happened (else it is looked at each hour)."""
    by_node: dict[str, set[int]] = defaultdict(set)
    for node, question in asked.waits:
        for event in seen:
            if event.type == _type_asked(question):
                by_node[node].add(event.lead_id)
    for node, leads in sorted(by_node.items()):
        session.execute(
            update(Enrolment)
            .where(
                Enrolment.workflow_id == asked.workflow_id, Enrolment.version_id == asked.version_id,
                Enrolment.lead_id.in_(sorted(leads)), Enrolment.state == EnrolmentState.ACTIVE,
                Enrolment.node == node, Enrolment.due_at > now,
            )
            .values(due_at=now),
            execution_options={"synchronize_session": False},
        )  # fmt: skip


# By the clock ---------------------------------------------------------------------------------------------------------


def is_by_clock(trigger: Trigger | None) -> bool:
    return isinstance(trigger, SegmentMoved | DateCame)


def clock_name(workflow_id: int) -> str:
    return f"workflow:{workflow_id}"


def look_by_clock(session: Session, one: Entry, now: datetime, zone: ZoneInfo) -> bool:
    """Enrol who came into (or left) a segment since the last look, or whose date came; whether there is more at once."""
    place = cursor(session, clock_name(one.workflow.id))
    if place is None:
        return False
    since = max(place.looked_at or now, one.workflow.activated_at or now)
    trigger = one.graph.trigger
    if isinstance(trigger, SegmentMoved):
        more = _look_at_segment(session, one, trigger, now, zone)
    elif isinstance(trigger, DateCame):
        more = _look_at_dates(session, one, trigger, place, max(since, now - LATE), now, zone)
    else:
        return False
    if not more:
        place.looked_at, place.seen_id = now, 0
        session.flush()
    return more


def remember_members(session: Session, workflow: Workflow, trigger: SegmentMoved, now: datetime) -> None:
    """Note who fits a segment now: whoever fits already is not enrolled. `now` is in the hub's zone."""
    session.execute(delete(SegmentMember).where(SegmentMember.workflow_id == workflow.id))
    inside = condition_of(session, trigger.target, now)
    if inside is not None:
        rows = select(literal(workflow.id), Lead.id).where(inside)
        session.execute(insert(SegmentMember).from_select(["workflow_id", "lead_id"], rows))
    session.flush()


def _look_at_segment(session: Session, one: Entry, trigger: SegmentMoved, now: datetime, zone: ZoneInfo) -> bool:
    inside = condition_of(session, trigger.target, now.astimezone(zone))
    if inside is None:  # the segment was deleted: nobody moves
        return False
    known = exists().where(SegmentMember.workflow_id == one.workflow.id, SegmentMember.lead_id == Lead.id)
    came = list(session.scalars(select(Lead.id).where(inside, ~known).order_by(Lead.id).limit(MOST_AT_ONCE)))
    fits = exists().where(Lead.id == SegmentMember.lead_id, inside)
    mine = SegmentMember.workflow_id == one.workflow.id
    gone = list(session.scalars(select(SegmentMember.lead_id).where(mine, ~fits).limit(MOST_AT_ONCE)))
    met = [Entrance(lead_id, now) for lead_id in (came if trigger.move == "entered" else gone)]
    enrol(session, one.workflow, one.version_id, one.graph, met, now, zone)
    if came:
        session.execute(insert(SegmentMember), [{"workflow_id": one.workflow.id, "lead_id": id} for id in came])
    for start in range(0, len(gone), CHUNK):
        session.execute(
            delete(SegmentMember).where(mine, SegmentMember.lead_id.in_(gone[start : start + CHUNK])),
            execution_options={"synchronize_session": False},
        )
    return MOST_AT_ONCE in (len(came), len(gone))


def _look_at_dates(
    session: Session, one: Entry, trigger: DateCame, place: TriggerCursor, since: datetime, now: datetime, zone: ZoneInfo
) -> bool:  # fmt: skip
    """Those whose moment lies in (since, now]."""
    clock = time.fromisoformat(trigger.time) if trigger.time else MORNING
    if trigger.day is not None:
        at = datetime.combine(trigger.day + timedelta(days=trigger.days), clock, tzinfo=zone)
        if not since < at <= now:
            return False
        ids = list(
            session.scalars(select(Lead.id).where(Lead.id > place.seen_id).order_by(Lead.id).limit(MOST_AT_ONCE))
        )
        enrol(session, one.workflow, one.version_id, one.graph, [Entrance(id, at) for id in ids], now, zone)
        place.seen_id = ids[-1] if ids else place.seen_id
        session.flush()
        return len(ids) == MOST_AT_ONCE
    first, last = since.astimezone(zone).date(), now.astimezone(zone).date()
    for number in range((last - first).days + 1):
        said = first + timedelta(days=number)
        at = datetime.combine(said, clock, tzinfo=zone)
        if since < at <= now:
            day = said - timedelta(days=trigger.days)
            ids = list(session.scalars(_having_day(trigger, day)))
            enrol(session, one.workflow, one.version_id, one.graph, [Entrance(id, at) for id in ids], now, zone)
    return False


def _having_day(trigger: DateCame, day: date) -> Any:
    """The leads whose custom field holds a day (each year: this day of any year; 29 February counts on the 28th where
    the year has none)."""
    held: ColumnElement[bool] = LeadField.day == day
    if trigger.yearly:
        months, days = extract("month", LeadField.day), extract("day", LeadField.day)
        held = and_(months == day.month, days == day.day, LeadField.day <= day)
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).day == 1:
            held = and_(months == 2, or_(days == 28, days == 29), LeadField.day <= day)
    return (
        select(LeadField.lead_id)
        .where(LeadField.name == (trigger.field or "").casefold(), LeadField.day.is_not(None), held)
        .order_by(LeadField.lead_id)
    )
