"""Workflows that begin with a new lead."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.cursors import move_on, unread
from memory.entering import ever_in, first_lead, leads_numbered, newest_lead
from tools.automating.graph import LeadCreated
from tools.journeys.enrolling import Entrance, enrol
from tools.journeys.entries import Entry, begun


def look_at_leads(session: Session, open_: Sequence[Entry], now: datetime, zone: ZoneInfo) -> bool:
    """Enrol new leads; returns whether there are more to look at."""
    wanting = [one for one in open_ if isinstance(one.graph.trigger, LeadCreated)]
    newest, since = newest_lead(session), begun(wanting, now)
    span = unread(session, "leads", newest, first_lead(since) if since else None)
    if span is None:
        return False
    place, above, upto = span
    rows = leads_numbered(session, above, upto) if wanting else []
    for one in wanting:
        runs = one.workflow.activated_at or now
        # A record that was brought along is no new lead, whenever it was; and a lead is created once.
        met = [Entrance(id, at) for id, at in rows if at >= runs]
        known = ever_in(session, one.workflow.id, [entrance.lead_id for entrance in met])
        fresh = [entrance for entrance in met if entrance.lead_id not in known]
        enrol(session, one.workflow, one.version_id, one.graph, fresh, now, zone)
    move_on(session, place, upto)
    return upto < newest
