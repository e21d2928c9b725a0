"""What the steps of a batch do: rows for the ledgers of mails and calls, tags, fields and statuses, notices.

All in the transaction of the batch. Nothing leaves the house here: the sender and the caller do that (see
tools.delivering.sender, tools.journeys.calling), each message once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import parseaddr
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from memory.calls import CallKind, lay_calls
from memory.deliveries import Delivery
from memory.enums import DeliveryState, EventType, LeadStatus
from memory.events import LeadEvent, record_events
from memory.lead_changes import clean_tag, typed_field
from memory.lead_lookup import custom_fields_of
from memory.leads import Lead, LeadField, LeadTag
from memory.notices import TOLD, lay_notices
from memory.past_events import CHUNK
from memory.rows import among, insert_rows
from tools import merge
from tools.automating.graph import CallWebhook, ChangeLead, Node, Notify, SendEmail, SendSms, Tag
from tools.automating.wording import step_words
from tools.journeys.batches import Moment, Running, Way
from tools.mailing.sample import house_values, values_of_lead

Doer = tuple[Way, Node]


def carry_out(
    session: Session, ways: Sequence[Way], running: Running, at: Moment, mails: dict[str, int], texts: dict[str, str]
) -> None:
    """Do what the steps say that these people took. `mails` and `texts` are the mails (records) and text messages."""
    messages: list[tuple[Way, Node, int]] = []
    changes: dict[str, tuple[Node, list[Way]]] = {}
    for way in ways:
        for taken in way.taken:
            node = taken.node
            if isinstance(node, SendEmail | SendSms | CallWebhook | Notify):
                number = way.data["messages"] = way.data.get("messages", 0) + 1
                messages.append((way, node, number))
            elif isinstance(node, Tag | ChangeLead):
                changes.setdefault(node.id, (node, []))[1].append(way)
    _change_leads(session, changes.values(), running, at.now)
    leads = _leads(session, [way.lead_id for way, _, _ in messages])
    _lay_mails(session, [one for one in messages if isinstance(one[1], SendEmail)], leads, mails, at.now)
    _lay_calls(session, [one for one in messages if not isinstance(one[1], SendEmail)], leads, running, at, texts)


def _leads(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The address of each lead."""
    wanted = sorted(set(ids))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = session.execute(
            select(Lead.id, Lead.email).where(among(session, Lead.id, wanted[start : start + CHUNK]))
        )
        found.update(rows.tuples().all())
    return found


def _lay_mails(
    session: Session, wanted: list[tuple[Way, Node, int]], emails: dict[int, str], mails: dict[str, int], now: datetime
) -> None:
    insert_rows(
        session,
        cast(Table, Delivery.__table__),
        (
            "email_campaign_id",
            "recipient",
            "lead_id",
            "state",
            "enrolment_id",
            "visit",
            "due_at",
            "changed_at",
            "attempts",
        ),
        [
            (mails[node.id], emails[way.lead_id], way.lead_id, DeliveryState.PENDING, way.id, number, now, now, 0)
            for way, node, number in wanted
        ],
    )


def _lay_calls(
    session: Session, wanted: list[tuple[Way, Node, int]], emails: dict[int, str], running: Running, at: Moment,
    texts: dict[str, str],
) -> None:  # fmt: skip
    if not wanted:
        return
    ids = sorted({way.lead_id for way, _, _ in wanted})
    leads = {lead.id: lead for lead in session.scalars(select(Lead).where(Lead.id.in_(ids)))}
    custom, company = custom_fields_of(session, ids), house_values(session)
    calls: list[dict[str, Any]] = []
    notices: list[dict[str, Any]] = []
    for way, node, number in wanted:
        lead = leads[way.lead_id]
        about = {
            "workflow_id": running.workflow_id, "version_id": running.version_id, "node": node.id,
            "enrolment_id": way.id, "lead_id": way.lead_id,
        }  # fmt: skip
        key = f"workflow:{way.id}:{node.id}:{number}"
        values = {"lead": values_of_lead(lead, None, custom.get(lead.id, {})), "company": company, "campaign": {}}
        match node:
            case SendSms():
                payload = {"to": lead.phone or "", "text": merge.render(texts[node.id], values)}
                calls.append({**about, "key": key, "kind": CallKind.SMS, "target": "", "payload": payload})
            case CallWebhook():
                payload = _told(lead, running, node, way, custom.get(lead.id, {}))
                calls.append(
                    {**about, "key": key, "kind": CallKind.WEBHOOK, "target": node.url or "", "payload": payload}
                )
            case Notify():
                notice = _notice(lead, running, node, at.now) | {"key": key}
                notices.append(notice)
                calls += house_mails(at.setup.people, node.who, key, notice["title"], notice["text"], about)
    lay_notices(session, notices)
    lay_calls(session, calls, at.now)


def _told(lead: Lead, running: Running, node: Node, way: Way, custom: Any) -> dict[str, Any]:
    """What a webhook is told of a person."""
    values = values_of_lead(lead, None, custom)
    return {
        "type": "workflow.step",
        "workflow": running.workflow_name,
        "step": node.id,
        "entered_at": way.person.entered_at.isoformat(),
        "lead": {"id": lead.id, **{name: _plain(value) for name, value in values.items()}},
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _notice(lead: Lead, running: Running, node: Notify, now: datetime) -> dict[str, Any]:
    who = lead.name or lead.email
    said = node.about or f"{who} has come to the step “{step_words(node)}”."
    text = f"{said}\n\nLead: {who} <{lead.email}>\nWorkflow: {running.workflow_name}"
    return {
        "kind": TOLD, "who": node.who, "title": f"{running.workflow_name}: {who}", "text": text, "at": now,
        "workflow_id": running.workflow_id, "lead_id": lead.id,
    }  # fmt: skip


def house_mails(
    people: Iterable[str], who: str | None, key: str, title: str, text: str, about: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of mails to the house's own people; to one address alone where `who` is one."""
    named = parseaddr(who or "")[1]
    targets = [named] if "@" in named and " " not in (who or "").strip() else sorted(set(people))
    return [
        {**(about or {}), "key": f"{key}:{target}"[:200], "kind": CallKind.HOUSE_MAIL, "target": target,
         "payload": {"subject": title, "text": text}}
        for target in targets
    ]  # fmt: skip


# Changing leads -------------------------------------------------------------------------------------------------------


def _change_leads(session: Session, changes: Iterable[tuple[Node, list[Way]]], running: Running, now: datetime) -> None:
    for node, ways in changes:
        ids = sorted({way.lead_id for way in ways})
        if isinstance(node, Tag):
            _tag(session, ids, node, now)
        elif isinstance(node, ChangeLead) and node.status is not None:
            _set_status(session, ids, node.status, f"workflow {running.workflow_name}", now)
        elif isinstance(node, ChangeLead) and node.field:
            _set_field(session, ids, node.field, node.value or "")


def _tag(session: Session, ids: list[int], node: Tag, now: datetime) -> None:
    tag = clean_tag(node.tag)
    having = set(
        session.scalars(select(LeadTag.lead_id).where(LeadTag.tag == tag, among(session, LeadTag.lead_id, ids)))
    )
    if node.remove:
        _quietly(session, delete(LeadTag).where(LeadTag.tag == tag, LeadTag.lead_id.in_(ids)))
        return
    new = [id for id in ids if id not in having]
    if new:
        insert_rows(session, cast(Table, LeadTag.__table__), ("lead_id", "tag"), [(id, tag) for id in new])
        # Tags count nowhere on the lead, so their events need no more than being stored.
        columns = ("lead_id", "type", "at", "name", "machine", "imported")
        events = [(id, EventType.TAGGED, now, tag, False, False) for id in new]
        insert_rows(session, cast(Table, LeadEvent.__table__), columns, events)


def _set_status(session: Session, ids: list[int], status: LeadStatus, by: str, now: datetime) -> None:
    rows = session.execute(select(Lead.id, Lead.status).where(Lead.id.in_(ids), Lead.status != status))
    before = dict(rows.tuples().all())
    if not before:
        return
    leads = Lead.__table__
    changed = update(leads).where(leads.c.id.in_(before)).values(  # type: ignore[arg-type]
        # A change like any other: of two people who edit one record, the second is told.
        status=status, status_changed_at=now, updated_at=now, version=leads.c.version + 1
    )  # fmt: skip
    _quietly(session, changed)
    record_events(
        session,
        [
            {"lead_id": id, "type": EventType.STATUS_CHANGED, "at": now,
             "data": {"from": was.value, "to": status.value, "by": by}}
            for id, was in sorted(before.items())
        ],
    )  # fmt: skip


def _set_field(session: Session, ids: list[int], name: str, value: str) -> None:
    key = name.strip().casefold()[:64]
    _quietly(session, delete(LeadField).where(LeadField.name == key, LeadField.lead_id.in_(ids)))
    if value.strip():
        rows = []
        for id in ids:
            made = typed_field(id, name, value)
            rows.append({"lead_id": id, "name": made.name, "value": value, "number": made.number, "day": made.day})
        session.connection().execute(insert(LeadField.__table__), rows)  # type: ignore[arg-type]


def _quietly(session: Session, statement: Any) -> None:
    session.flush()
    session.execute(statement, execution_options={"synchronize_session": False})
    session.expire_all()
