"""Changing leads: names and words kept in step, tags, custom fields, consents with their history, statuses."""

import contextlib
import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from memory.enums import Channel, ConsentState, EventType, LeadStatus
from memory.events import COUNTED, record_event
from memory.lead_lookup import words_of
from memory.leads import COUNTERS, Lead, LeadConsent, LeadField, LeadTag, LeadWord


def split_name(name: str) -> tuple[str | None, str | None]:
    """First and last name: the first word and the rest ("Porter, Jane" is the other way round)."""
    if name.count(",") == 1 and all(part.strip() for part in name.split(",")):
        last, first = (part.strip() for part in name.split(","))
        return first[:100], last[:100]
    first, _, last = name.strip().partition(" ")
    return first[:100] or None, last.strip()[:100] or None


def new_lead(session: Session, email: str, at: datetime, **fields: Any) -> Lead:
    """Store a lead (email already checked) with its words and its `created` event. `fields` are columns of Lead."""
    lead = Lead(email=email.strip().lower(), created_at=at, updated_at=at, **fields)
    name_parts(lead)
    session.add(lead)
    session.flush()
    put_words(session, lead)
    record_event(session, lead.id, EventType.CREATED, at, data={"source": lead.source} if lead.source else None)
    return lead


def add_leads(session: Session, leads: Sequence[Lead]) -> dict[str, int]:
    """Store many leads in one statement, without words and events; returns their ids by address."""
    columns = [column.key for column in Lead.__table__.columns if column.key not in ("id", "version")]
    rows = [{name: getattr(lead, name) for name in columns} | {"version": 1} for lead in leads]
    session.connection().execute(insert(Lead.__table__), rows)  # type: ignore[arg-type]
    stored = session.execute(select(Lead.email, Lead.id).where(Lead.email.in_([lead.email for lead in leads])))
    return dict(stored.tuples().all())


def name_parts(lead: Lead) -> None:
    """Fill in name from first and last name, or those from it, where one side is missing."""
    if not lead.name and (lead.first_name or lead.last_name):
        lead.name = " ".join(part for part in (lead.first_name, lead.last_name) if part)[:200]
    elif lead.name and not (lead.first_name or lead.last_name):
        lead.first_name, lead.last_name = split_name(lead.name)


def lead_words(lead: Lead) -> set[str]:
    """The words by which a lead is found."""
    return set(words_of(lead.name, lead.first_name, lead.last_name, lead.email, lead.company))


def put_words(session: Session, lead: Lead) -> None:
    """Bring the words by which the lead is found up to date."""
    session.execute(delete(LeadWord).where(LeadWord.lead_id == lead.id))
    session.add_all(LeadWord(word=word, lead_id=lead.id) for word in sorted(lead_words(lead)))
    session.flush()


def clean_tag(tag: str) -> str:
    """A tag as it is kept: lower case, single spaces, at most 64 characters."""
    return " ".join(tag.split()).casefold()[:64]


def put_tag(session: Session, lead_id: int, tag: str, at: datetime, *, event: bool = True) -> bool:
    """Give a lead a tag; False where it has it already."""
    tag = clean_tag(tag)
    if not tag or session.get(LeadTag, (lead_id, tag)) is not None:
        return False
    session.add(LeadTag(lead_id=lead_id, tag=tag))
    if event:
        record_event(session, lead_id, EventType.TAGGED, at, name=tag)
    return True


def remove_tag(session: Session, lead_id: int, tag: str) -> bool:
    """Take a tag away; False where the lead did not have it."""
    found = session.get(LeadTag, (lead_id, clean_tag(tag)))
    if found is None:
        return False
    session.delete(found)
    session.flush()
    return True


def typed_field(lead_id: int, name: str, value: str) -> LeadField:
    """A custom field with its value also as a number or a day, where it is one."""
    number, day = None, None
    with contextlib.suppress(ValueError):
        number = float(value)
        number = number if math.isfinite(number) else None
    with contextlib.suppress(ValueError):
        day = date.fromisoformat(value.strip()[:10]) if len(value.strip()) >= 10 else None
    return LeadField(lead_id=lead_id, name=name.strip().casefold()[:64], value=value, number=number, day=day)


def put_field(session: Session, lead_id: int, name: str, value: str) -> None:
    """Set a custom field; an empty value removes it."""
    found = session.get(LeadField, (lead_id, name.strip().casefold()[:64]))
    if not value.strip():
        if found is not None:
            session.delete(found)
        return
    session.merge(typed_field(lead_id, name, value))


def put_consent(
    session: Session, lead_id: int, channel: Channel, state: ConsentState, at: datetime, source: str
) -> bool:
    """Record that consent was asked for, given or withdrawn; False where it was so already. The event log keeps how."""
    found = session.get(LeadConsent, (lead_id, channel))
    if found is not None and found.state == state:
        return False
    if found is None:
        session.add(LeadConsent(lead_id=lead_id, channel=channel, state=state, at=at, source=source[:200]))
    else:
        found.state, found.at, found.source = state, at, source[:200]
    if state != ConsentState.PENDING:
        type = EventType.CONSENTED if state == ConsentState.GRANTED else EventType.CONSENT_WITHDRAWN
        record_event(session, lead_id, type, at, channel=channel, data={"source": source[:200]})
    session.flush()
    return True


def put_status(session: Session, lead: Lead, status: LeadStatus, at: datetime, *, by: str) -> LeadStatus | None:
    """Give a lead another status; returns the one before, or None where nothing changed. `by` says who or what."""
    if lead.status == status:
        return None
    before, lead.status, lead.status_changed_at = lead.status, status, at
    touch(lead, at)
    session.flush()
    data = {"from": before.value, "to": status.value, "by": by}
    record_event(session, lead.id, EventType.STATUS_CHANGED, at, data=data)
    return before


def touch(lead: Lead, at: datetime) -> None:
    """Say that the lead was changed at this moment, also where it is the moment stored already."""
    lead.updated_at = at
    flag_modified(lead, "updated_at")


def put_imported_counts(lead: Lead, told: dict[str, Any]) -> None:
    """Take over counters that were brought along as mere numbers; those brought along before are replaced.

    `told` may hold visits, opens, clicks, orders, revenue and last_visit_at, last_open_at, last_click_at, last_order_at.
    """
    before = dict(lead.imported_counts or {})
    for name in (*COUNTERS, "revenue"):
        if name in told:
            setattr(lead, name, (getattr(lead, name) or 0) - before.get(name, 0) + told[name])
            before[name] = told[name]
    for _, column in COUNTED.values():
        if column in told:
            latest: datetime | None = getattr(lead, column)
            setattr(lead, column, max(latest, told[column]) if latest else told[column])
            lead.last_activity_at = max(lead.last_activity_at or told[column], told[column])
            before[column] = told[column].isoformat()
    lead.imported_counts = before or None
