"""The real past as a workflow would have met it: who would have started it, and what they then did. Looks only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, not_
from sqlalchemy.orm import Session

from memory.enums import EventType
from memory.leads import Lead
from memory.past_events import created_between, events_of_leads, field_days, happened_between, leads_among, leads_that
from tools.automating.advance import MORNING
from tools.automating.entry import segment_of
from tools.automating.graph import (
    DateCame,
    Decide,
    Deed,
    EventHappened,
    EventSince,
    Graph,
    LeadCreated,
    LeadIs,
    MailAnswered,
    MessageAnswered,
    Question,
    SegmentMoved,
    SendEmail,
    Trigger,
    WaitUntil,
    Where,
)
from tools.segmenting import Condition, condition, load_tree
from tools.segmenting.tree import Happened, StatusIs, TagIs, When, leaves

Start = tuple[int, datetime]
Event = tuple[datetime, EventType, str | None, int | None]
_DEEDS = {"opened": EventType.OPENED, "clicked": EventType.CLICKED, "replied": EventType.REPLIED}
#: Days of a window that are looked at one by one to see when somebody came into a segment.
MOST_DAYS = 31


@dataclass(frozen=True)
class Starts:
    """Who would have started a workflow in a window, in order of time; `notes` say what the past cannot tell."""

    people: list[Start]
    notes: tuple[str, ...] = ()


def tree_of(session: Session, where: Where) -> Condition | None:
    """The condition tree that a segment or condition stands for; None where there is no such segment."""
    if where.tree is not None:
        return load_tree(where.tree)
    segment = segment_of(session, where.segment, where.segment_id)
    return load_tree(segment.tree) if segment else None


def condition_of(session: Session, where: Where | None, now: datetime) -> ColumnElement[bool] | None:
    """A restriction as SQL; None where there is none."""
    tree = tree_of(session, where) if where is not None else None
    return condition(tree, now) if tree is not None else None


def starts(session: Session, trigger: Trigger, since: datetime, until: datetime, zone: ZoneInfo) -> Starts:
    """Who would have started a workflow with this trigger in [since, until), by the records; one row a time."""
    where = condition_of(session, trigger.where, until.astimezone(zone))
    notes = ["Restrictions are judged by what is known of the leads now."] if where is not None else []
    match trigger:
        case LeadCreated():
            return Starts(created_between(session, since, until, where), tuple(notes))
        case EventHappened(event=EventType.STATUS_CHANGED):
            found = happened_between(session, [trigger.event], since, until, to=trigger.name, where=where)
            return Starts(found, tuple(notes))
        case EventHappened():
            found = happened_between(session, [trigger.event], since, until, name=trigger.name, where=where)
            return Starts(found, tuple(notes))
        case MailAnswered():
            mailing = trigger.mailing_id
            if trigger.mailing and mailing is None:
                return Starts([], (f"There is no mailing “{trigger.mailing}”.",))
            found = happened_between(
                session, [_DEEDS[trigger.deed]], since, until, email_campaign_id=mailing, where=where
            )
            return Starts(found, tuple(notes))
        case DateCame():
            return Starts(_dated(session, trigger, since, until, zone, where), tuple(notes))
        case SegmentMoved():
            people, said = _moved(session, trigger, since, until, zone, where)
            return Starts(people, (*notes, *said))
    note = "Calls of the webhook are not recorded before the workflow is active."
    return Starts([], (note,))


@dataclass
class Past:
    """What some people really did since a moment, and what is true of them now: makes the facts of each."""

    events: dict[int, list[Event]]
    holding: dict[str, set[int]]
    mailings: dict[str, int]

    @classmethod
    def of(cls, session: Session, graph: Graph, ids: Sequence[int], since: datetime, now: datetime) -> "Past":
        """Look up all that the graph asks of these leads: one query a question, in batches."""
        types: set[EventType] = set()
        wheres: list[Where] = []
        for question in questions(graph):
            match question:
                case MessageAnswered():
                    types.add(_DEEDS[question.deed])
                case EventSince():
                    types.add(question.event)
                case LeadIs():
                    wheres.append(question.where)
        holding = {}
        for where in wheres:
            condition = condition_of(session, where, now)
            holding[_key(where)] = leads_among(session, ids, condition) if condition is not None else set()
        mailings = {
            node.id: node.email_campaign_id
            for node in graph.messages()
            if isinstance(node, SendEmail) and node.email_campaign_id
        }
        return cls(events_of_leads(session, ids, sorted(types), since), holding, mailings)

    def facts(self, lead_id: int) -> "PastFacts":
        return PastFacts(self, lead_id)


@dataclass(frozen=True)
class PastFacts:
    """The facts of one person, out of the past (see tools.automating.advance.Facts).

    A message of a draft was never sent: whether it would have been opened is taken from whether the person opened any
    mail in that time; of a mailing that was sent, its own opens count.
    """

    past: Past
    lead_id: int
    _none: tuple[Event, ...] = field(default=())

    def answered(self, deed: Deed, node: str | None, since: datetime, until: datetime) -> datetime | None:
        mailing = self.past.mailings.get(node or "")
        own = self.past.events.get(self.lead_id, self._none)
        wanted = _DEEDS[deed]
        if mailing and any(id == mailing for _, _, _, id in own):
            return next(
                (at for at, type, _, id in own if type == wanted and id == mailing and since <= at <= until), None
            )
        return next((at for at, type, _, _ in own if type == wanted and since <= at <= until), None)

    def happened(self, event: EventType, name: str | None, since: datetime, until: datetime) -> datetime | None:
        own = self.past.events.get(self.lead_id, self._none)
        folded = name.casefold() if name else None
        return next(
            (
                at
                for at, type, told, _ in own
                if type == event and since <= at <= until and (folded is None or (told or "").casefold() == folded)
            ),
            None,
        )

    def holds(self, where: Where) -> bool:
        return self.lead_id in self.past.holding.get(_key(where), set())


def questions(graph: Graph) -> list[Question]:
    """Everything that a graph asks of a person under way."""
    asked = [
        node.question for node in graph.nodes if isinstance(node, Decide | WaitUntil) and node.question is not None
    ]
    return [*asked, *([graph.goal] if graph.goal is not None else [])]


def _key(where: Where) -> str:
    return where.model_dump_json()


def _dated(
    session: Session,
    trigger: DateCame,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    where: ColumnElement[bool] | None,
) -> list[Start]:
    clock = time.fromisoformat(trigger.time) if trigger.time else MORNING
    if trigger.day is not None:
        at = datetime.combine(trigger.day + timedelta(days=trigger.days), clock, tzinfo=zone)
        if not since <= at < until:
            return []
        return [(id, at.astimezone(UTC)) for id in leads_that(session, *([where] if where is not None else []))]
    found = []
    for lead_id, day in field_days(session, trigger.field or "", where):
        for year in range(since.year - 1, until.year + 2) if trigger.yearly else (day.year,):
            named = _in_year(day, year)
            at = datetime.combine(named + timedelta(days=trigger.days), clock, tzinfo=zone)
            if since <= at < until:
                found.append((lead_id, at.astimezone(UTC)))
    return sorted(found, key=lambda start: (start[1], start[0]))


def _in_year(day: date, year: int) -> date:
    """The same day in another year; 29 February falls on the 28th where the year has none."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _moved(
    session: Session,
    trigger: SegmentMoved,
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
    where: ColumnElement[bool] | None,
) -> tuple[list[Start], list[str]]:
    """Who came into a segment (or left it): those who are in it at the end and were not at the beginning, as far as the
    records tell; by what time it was, by when they were created, and by changes of their status and tags."""
    tree = tree_of(session, trigger.target)
    if tree is None:
        return [], [f"There is no segment “{trigger.target.segment}”."]
    inside = condition(tree, until.astimezone(zone))
    if trigger.move == "left":
        inside = not_(inside)
    found: dict[int, datetime] = {}
    restricted = [inside, *([where] if where is not None else [])]
    if trigger.move == "entered":
        found.update(created_between(session, since, until, _both(restricted)))
    for lead_id, at in (
        happened_between(session, _changes(tree), since, until, where=_both(restricted)) if _changes(tree) else []
    ):
        found[lead_id] = at
    if any(isinstance(leaf, When | Happened) for leaf in leaves(tree)):
        for lead_id, at in _by_clock(session, tree, trigger, restricted, since, until, zone):
            found.setdefault(lead_id, at)
    note = "Who was in a segment when is not recorded; I took who is in it now and was not before, by events and the calendar."
    return sorted(found.items(), key=lambda start: (start[1], start[0])), [note]


def _both(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = conditions
    for one in rest:
        first = first & one
    return first


def _changes(tree: Condition) -> list[EventType]:
    """The events that move people into the tree: a change of status, a tag."""
    kinds = {StatusIs: EventType.STATUS_CHANGED, TagIs: EventType.TAGGED}
    return sorted({kinds[type(leaf)] for leaf in leaves(tree) if type(leaf) in kinds})


def _by_clock(
    session: Session,
    tree: Condition,
    trigger: SegmentMoved,
    restricted: list[ColumnElement[bool]],
    since: datetime,
    until: datetime,
    zone: ZoneInfo,
) -> list[Start]:
    """Those for whom mere time made the conditions true (or no longer), to the day."""
    days = min(MOST_DAYS, max(1, (until - since).days))
    step = (until - since) / days
    found: list[Start] = []
    known = leads_that(session, *restricted, Lead.created_at < since, _outside(tree, trigger, since, zone))
    for number in range(1, days + 1):
        if not known:
            break
        at = since + step * number if number < days else until
        still = leads_among(session, known, _outside(tree, trigger, at, zone))
        found += [(lead_id, at - timedelta(microseconds=1)) for lead_id in known if lead_id not in still]
        known = [lead_id for lead_id in known if lead_id in still]
    return found


def _outside(tree: Condition, trigger: SegmentMoved, at: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    inside = condition(tree, at.astimezone(zone))
    return not_(inside) if trigger.move == "entered" else inside
