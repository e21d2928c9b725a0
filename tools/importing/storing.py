"""Storing imported rows: new leads in bulk, known ones brought up to date, a thousand at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from memory.enums import Channel, ConsentState, EventType, LeadStatus
from memory.events import record_events
from memory.lead_changes import (
    add_leads,
    lead_words,
    name_parts,
    put_consent,
    put_field,
    put_imported_counts,
    put_status,
    put_tag,
    put_words,
    touch,
    typed_field,
)
from memory.lead_lookup import custom_fields_of, leads_with_emails, tags_of
from memory.leads import Lead, LeadConsent, LeadField, LeadTag, LeadWord
from tools.importing.rows import LeadRow

CHUNK = 1_000
#: A list that was exported long ago does not turn a customer back into a new lead.
_ORDER = [LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.QUALIFIED, LeadStatus.CUSTOMER]


@dataclass
class Stored:
    """What became of the rows. `ids` holds the lead of each address of the last chunk."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    kept_withdrawn: int = 0
    kept_status: int = 0
    ids: dict[str, int] = field(default_factory=dict)


def store_rows(
    session: Session,
    rows: Sequence[LeadRow],
    now: datetime,
    source: str,
    done: Stored,
    *,
    follow: bool,
    repeated: Collection[str] = (),
) -> None:
    """Add or bring up to date the leads of one chunk (each address once).

    follow: the source leads, also where its status is an earlier one (a connected table); a file's never goes back.
    `repeated` are addresses that an earlier chunk held: they are brought up to date, and not counted again.
    """
    known = leads_with_emails(session, [row.email for row in rows])
    done.ids = {email: lead.id for email, lead in known.items()}
    new = [row for row in rows if row.email not in known]
    if new:
        done.ids |= _add(session, new, now, source)
        done.added += len(new)
    old = [row for row in rows if row.email in known]
    ids = [known[row.email].id for row in old]
    tags, fields = tags_of(session, ids), custom_fields_of(session, ids)
    for row in old:
        lead = known[row.email]
        changed = _update(
            session, lead, row, now, source, done, follow, set(tags.get(lead.id, ())), fields.get(lead.id, {})
        )
        if row.email not in repeated:
            done.updated += changed
            done.unchanged += not changed
    session.flush()


def _add(session: Session, rows: Sequence[LeadRow], now: datetime, source: str) -> dict[str, int]:
    # Not through the session: on SQLite it would send a statement for each lead, to learn its id.
    leads = [_lead(row, now) for row in rows]
    ids = add_leads(session, leads)
    words = [{"word": word, "lead_id": ids[lead.email]} for lead in leads for word in lead_words(lead)]
    tags = [{"lead_id": ids[row.email], "tag": tag} for row in rows for tag in row.tags]
    custom = [typed_field(ids[row.email], name, value) for row in rows for name, value in row.custom.items() if value]
    fields = [
        {"lead_id": one.lead_id, "name": one.name, "value": one.value, "number": one.number, "day": one.day}
        for one in custom
    ]
    consents = [one for row in rows for one in _consents(row, ids[row.email], now, source)]
    for model, values in ((LeadWord, words), (LeadTag, tags), (LeadField, fields), (LeadConsent, consents)):
        if values:
            session.connection().execute(insert(model.__table__), values)  # type: ignore[arg-type]
    events = [
        {"lead_id": lead_id, "type": EventType.CREATED, "at": now, "data": {"source": source}, "imported": True}
        for lead_id in ids.values()
    ]
    for one in consents:
        granted = one["state"] == ConsentState.GRANTED
        events.append(
            {
                "lead_id": one["lead_id"],
                "type": EventType.CONSENTED if granted else EventType.CONSENT_WITHDRAWN,
                "at": one["at"],
                "channel": one["channel"],
                "data": {"source": one["source"]},
                "imported": True,
            }
        )
    record_events(session, events)
    return ids


def _lead(row: LeadRow, now: datetime) -> Lead:
    lead = Lead(
        email=row.email,
        status=row.status or LeadStatus.NEW,
        created_at=row.created_at or now,
        updated_at=now,
        visits=0,
        opens=0,
        clicks=0,
        orders=0,
        revenue=0.0,
        **row.texts,
    )
    name_parts(lead)
    put_imported_counts(lead, row.counts)
    return lead


def _consents(row: LeadRow, lead_id: int, now: datetime, source: str) -> Iterable[dict[str, Any]]:
    states = dict.fromkeys(row.consents, ConsentState.GRANTED)
    if row.withdrawn:
        states[Channel.EMAIL] = ConsentState.WITHDRAWN
    for channel, state in states.items():
        yield {
            "lead_id": lead_id, "channel": channel, "state": state, "at": row.consent_at or now,
            "source": f"import of {source}"[:200],
        }  # fmt: skip


def _update(
    session: Session,
    lead: Lead,
    row: LeadRow,
    now: datetime,
    source: str,
    done: Stored,
    follow: bool,
    tags: set[str],
    custom: dict[str, str],
) -> bool:
    """Bring one known lead up to date; what the row leaves empty stays. Returns whether anything changed."""
    changed = False
    for name, value in row.texts.items():
        if getattr(lead, name) != value:
            setattr(lead, name, value)
            changed = True
    if changed:
        if "name" in row.texts and not {"first_name", "last_name"} & row.texts.keys():
            lead.first_name = lead.last_name = None
        name_parts(lead)
        put_words(session, lead)
    if row.counts and any(_told(lead, name) != _plain(value) for name, value in row.counts.items()):
        put_imported_counts(lead, row.counts)
        changed = True
    if row.status and row.status != lead.status:
        if follow or _forward(lead.status, row.status):
            put_status(session, lead, row.status, now, by=f"import of {source}")
            changed = True
        else:
            done.kept_status += 1
    for tag in row.tags:
        if tag not in tags:
            changed = put_tag(session, lead.id, tag, now) or changed
    for name, value in row.custom.items():
        if custom.get(name.casefold()) != value:
            put_field(session, lead.id, name, value)
            changed = True
    changed = _update_consents(session, lead, row, now, source, done) or changed
    if changed:
        touch(lead, now)
    return changed


def _update_consents(session: Session, lead: Lead, row: LeadRow, now: datetime, source: str, done: Stored) -> bool:
    changed = False
    for one in _consents(row, lead.id, now, source):
        found = session.get(LeadConsent, (lead.id, one["channel"]))
        if found is not None and found.state == ConsentState.WITHDRAWN and one["state"] == ConsentState.GRANTED:
            done.kept_withdrawn += 1  # who withdrew is not signed up again by an old list
            continue
        changed = put_consent(session, lead.id, one["channel"], one["state"], one["at"], one["source"]) or changed
    return changed


def _told(lead: Lead, name: str) -> Any:
    return (lead.imported_counts or {}).get(name)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _forward(before: LeadStatus, after: LeadStatus) -> bool:
    if LeadStatus.LOST in (before, after):
        return after == LeadStatus.LOST and before != LeadStatus.CUSTOMER
    return _ORDER.index(after) > _ORDER.index(before)
