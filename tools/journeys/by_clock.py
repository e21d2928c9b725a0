"""Workflows that begin by the clock: somebody comes into a segment or leaves it, or a date comes."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.cursors import TriggerCursor, cursor
from memory.entering import leads_after, leads_having_day
from memory.segment_members import forget_members, moved, note_members, note_moved
from memory.workflows import Workflow
from tools.automating.advance import MORNING
from tools.automating.graph import DateCame, SegmentMoved, Trigger
from tools.automating.past import condition_of
from tools.journeys.enrolling import Entrance, enrol
from tools.journeys.entries import Entry

#: How often segments and dates are looked at, and for how long a date counts that passed while nobody looked.
BY_CLOCK = timedelta(minutes=1)
LATE = timedelta(days=2)
#: People who come into one workflow in one transaction by a segment or a date.
MOST_AT_ONCE = 10_000


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
    forget_members(session, workflow.id)
    inside = condition_of(session, trigger.target, now)
    if inside is not None:
        note_members(session, workflow.id, inside)
    session.flush()


def _look_at_segment(session: Session, one: Entry, trigger: SegmentMoved, now: datetime, zone: ZoneInfo) -> bool:
    inside = condition_of(session, trigger.target, now.astimezone(zone))
    if inside is None:  # the segment was deleted: nobody moves
        return False
    came, gone = moved(session, one.workflow.id, inside, MOST_AT_ONCE)
    met = [Entrance(lead_id, now) for lead_id in (came if trigger.move == "entered" else gone)]
    enrol(session, one.workflow, one.version_id, one.graph, met, now, zone)
    note_moved(session, one.workflow.id, came, gone)
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
        ids = leads_after(session, place.seen_id, MOST_AT_ONCE)
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
            ids = leads_having_day(session, trigger.field or "", day, yearly=trigger.yearly)
            enrol(session, one.workflow, one.version_id, one.graph, [Entrance(id, at) for id in ids], now, zone)
    return False
