"""What a report changes: the message in the ledger, the address, the lead; each report once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.deliveries import Delivery, deliveries_to
from memory.enums import Channel, DeliveryState, EventType, SuppressionReason
from memory.events import record_event
from memory.lead_lookup import lead_with_email
from memory.mail_returns import MailboxPlace, MailReturn, ReturnKind, return_known, soft_since
from memory.mailings import EmailCampaign
from memory.suppression import suppress
from tools.core.context import Clock
from tools.core.errors import BadInput
from tools.delivering.links import Links
from tools.receiving.hooks import Told
from tools.receiving.mailbox import BATCH, Mailbox, opened
from tools.receiving.reports import Report, kind_of, read_reports
from tools.subscribing.recipients import unsubscribe_address

#: Soft bounces of so many mailings within so long, and no sign of life between them: nobody is there any more.
MOST_SOFT, SOFT_WITHIN = 3, timedelta(days=30)
MAILBOX, WEBHOOK = "the mailbox", "the webhook"
_WORDS: Mapping[str, ReturnKind | None] = {
    "bounce": None, "bounced": None, "hard_bounce": ReturnKind.HARD, "soft_bounce": ReturnKind.SOFT,
    "complaint": ReturnKind.COMPLAINT, "complained": ReturnKind.COMPLAINT, "spam": ReturnKind.COMPLAINT,
    "unsubscribe": ReturnKind.UNSUBSCRIBE, "unsubscribed": ReturnKind.UNSUBSCRIBE,
}  # fmt: skip


def poll_mailbox(database: Database, mailbox: Mailbox, links: Links, clock: Clock) -> int:
    """Read what is new in the mailbox; returns how many reports were new. Raises MailboxTrouble.

    How far was read is stored with what was read: a crash in between reads the batch again, which changes nothing.
    """
    stored = 0
    with opened(mailbox) as box:
        while True:
            with database.session() as session:
                place = session.get(MailboxPlace, mailbox.where[:255])
                last = place.last_uid if place is not None and place.uid_validity == box.uid_validity else 0
            arrived = box.after(last)
            if not arrived:
                return stored
            reports = {one.uid: read_reports(one.content, links) for one in arrived}
            now = clock.now().astimezone(UTC)
            with database.session(durable=True) as session:
                for report in (report for found in reports.values() for report in found):
                    stored += take_report(session, report, now, MAILBOX)
                session.merge(
                    MailboxPlace(
                        mailbox=mailbox.where[:255], uid_validity=box.uid_validity, last_uid=arrived[-1].uid, at=now
                    )
                )
            box.mark_read([uid for uid, found in reports.items() if found])
            if len(arrived) < BATCH:
                return stored


def take_report(session: Session, report: Report, now: datetime, source: str) -> bool:
    """Do what a report asks for; False for one that is known, or whose message is gone."""
    delivery = session.get(Delivery, report.delivery_id)
    if delivery is None:
        return False
    kind = report.kind
    if kind == ReturnKind.HARD and report.recipient not in (None, delivery.recipient):
        kind = ReturnKind.SOFT  # it was passed on, and the other address does not exist
    bounce = kind in (ReturnKind.HARD, ReturnKind.SOFT)
    key = f"{'bounce' if bounce else kind.value}:{delivery.id}"
    if return_known(session, key):
        return False
    session.add(
        MailReturn(
            key=key, kind=kind, at=now, email=delivery.recipient, delivery_id=delivery.id, status=report.status,
            email_campaign_id=delivery.email_campaign_id, said=report.said, source=source,
        )
    )  # fmt: skip
    session.flush()
    if bounce:
        _bounced(session, delivery, report, kind, now, source)
    else:
        complained = kind == ReturnKind.COMPLAINT
        unsubscribe_address(
            session, delivery.recipient, now, source, email_campaign_id=delivery.email_campaign_id,
            key=f"{'complained' if complained else 'unsubscribed'}:{delivery.id}",
            reason=SuppressionReason.COMPLAINED if complained else SuppressionReason.UNSUBSCRIBED,
        )  # fmt: skip
    return True


def message_told(session: Session, content: bytes, links: Links, now: datetime) -> Told:
    """The same told as the message itself: a delivery report (RFC 3464) or a complaint (RFC 5965), as a mail system or a
    feedback loop sends it. It has to name a message that the house signed."""
    reports = read_reports(content, links)
    stored = sum(take_report(session, report, now, WEBHOOK) for report in reports)
    return Told(stored, len(reports) - stored, 0 if reports else 1)


def reports_told(session: Session, told: Sequence[Mapping[str, Any]], links: Links, now: datetime) -> Told:
    """What a mail provider tells by webhook: [{"type": "bounce", "message_id": …, "email": …, "status": "5.1.1"}]. The
    call is signed, so an address alone names the newest message to it. Raises BadInput."""
    stored = repeated = unknown = 0
    for place, one in enumerate(told, start=1):
        said = str(one.get("type", "")).lower()
        if said not in _WORDS:
            raise BadInput(f"Report {place} (type) is none of {', '.join(sorted(_WORDS))}. Nothing was stored.", "type")
        delivery_id = links.read_message_id(str(one.get("message_id") or ""))
        recipient = str(one.get("email") or "").strip().lower() or None
        if delivery_id is None and recipient:
            newest = deliveries_to(session, recipient, limit=1)
            delivery_id = newest[0].id if newest else None
        if delivery_id is None or session.get(Delivery, delivery_id) is None:
            unknown += 1
            continue
        status, text = str(one.get("status") or "")[:16] or None, str(one.get("said") or "")[:500] or None
        kind = _WORDS[said] or kind_of(status, text)
        new = take_report(session, Report(kind, delivery_id, recipient, status, text), now, WEBHOOK)
        stored, repeated = stored + new, repeated + (not new)
    return Told(stored, repeated, unknown)


def _bounced(
    session: Session, delivery: Delivery, report: Report, kind: ReturnKind, now: datetime, source: str
) -> None:
    why = " ".join(part for part in (report.status, report.said) if part) or "it came back"
    if delivery.state in (DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.SENDING):
        delivery.state, delivery.reason, delivery.changed_at = DeliveryState.BOUNCED, why, now
        delivery.lease_until = None
    lead = lead_with_email(session, delivery.recipient)
    if lead is not None:
        mailing = session.get(EmailCampaign, delivery.email_campaign_id)
        record_event(
            session, lead.id, EventType.BOUNCED, now, channel=Channel.EMAIL, key=f"bounced:{delivery.id}",
            email_campaign_id=delivery.email_campaign_id, campaign_id=mailing.campaign_id if mailing else None,
            data={"kind": kind.value, "status": report.status},
        )  # fmt: skip
    soft = soft_since(session, delivery.recipient, now - SOFT_WITHIN)
    silent = lead is None or lead.last_activity_at is None or not soft or lead.last_activity_at < soft[0].at
    many = len({one.email_campaign_id for one in soft}) >= MOST_SOFT and silent
    if kind == ReturnKind.HARD or many:
        suppress(
            session, delivery.recipient, SuppressionReason.BOUNCED, now, f"{source}: {why}",
            email_campaign_id=delivery.email_campaign_id,
        )  # fmt: skip


def returns_of(session: Session, email_campaign_id: int) -> Sequence[MailReturn]:
    """What came back of a mailing, newest first."""
    statement = select(MailReturn).where(MailReturn.email_campaign_id == email_campaign_id)
    return session.scalars(statement.order_by(MailReturn.id.desc())).all()
