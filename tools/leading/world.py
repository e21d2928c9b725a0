"""Leads and segments of a world file, laid into an empty house: their numbers are imported history."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory.enums import Channel, ConsentState, LeadStatus
from memory.lead_changes import new_lead, put_consent, put_field, put_imported_counts, put_tag
from memory.leads import COUNTERS, Lead
from memory.segments import Segment
from tools.segmenting import in_words, read_conditions, store_tree
from tools.segmenting.lookup import StoredLookup

_TEXTS = ("name", "first_name", "last_name", "company", "job_title", "phone", "city", "country", "language", "source")
_MOMENTS = ("last_order", "last_visit", "last_open", "last_click")


def load_lead(session: Session, entry: dict[str, Any], now: datetime, zone: ZoneInfo) -> Lead:
    """Store one lead of a world file; what is taken is taken out of `entry`. visits, opens, clicks, orders, revenue and
    last_order become imported counters. `consents` may be a list of channels, `custom` a mapping.
    """
    status = LeadStatus(entry.pop("status", "new"))
    texts = {name: entry.pop(name) for name in _TEXTS if name in entry}
    lead = new_lead(session, entry.pop("email"), now, status=status, **texts)
    counts: dict[str, Any] = {name: entry.pop(name) for name in (*COUNTERS, "revenue") if name in entry}
    counts |= {f"{name}_at": _moment(entry.pop(name), zone) for name in _MOMENTS if entry.get(name)}
    put_imported_counts(lead, counts)
    for tag in entry.pop("tags", ()):
        put_tag(session, lead.id, tag, now, event=False)
    for name, value in entry.pop("custom", {}).items():
        put_field(session, lead.id, name, str(value))
    for consent in entry.pop("consents", ()):
        channel = Channel.EMAIL if consent == "newsletter" else Channel(consent)
        put_consent(session, lead.id, channel, ConsentState.GRANTED, now, "the world file")
    session.flush()
    return lead


def load_segment(session: Session, entry: dict[str, Any], now: datetime) -> Segment:
    """Store one segment of a world file; raises UnclearConditions where its conditions cannot be read."""
    tree = read_conditions(entry.pop("conditions"), now, StoredLookup(session))
    segment = Segment(
        name=entry.pop("name"), conditions=in_words(tree), tree=store_tree(tree), created_at=now, updated_at=now
    )
    session.add(segment)
    session.flush()
    return segment


def _moment(value: str, zone: ZoneInfo) -> datetime:
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=zone) if found.tzinfo is None else found
