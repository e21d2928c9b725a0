"""Handing over calls: text messages and webhooks by HTTP, mails to the house's own people by the mail server.

As with mailings, a call is marked as *sending*, on the disk, before it is handed over. Where no answer comes it is
unknown, is listed, and is not repeated. Calls of webhooks carry the headers of Standard Webhooks
(https://github.com/standard-webhooks/standard-webhooks): `webhook-id` (the same whenever it is tried again),
`webhook-timestamp`, and with a secret `webhook-signature`, "v1," and the HMAC-SHA256 of "id.timestamp.body" in base64.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.calls import Call, CallKind, calls_due, due_calls, mark_call, take_back_calls, texts_since
from memory.database import Database
from memory.deliveries import FREQUENCY_CAP, NO_CONSENT, UNCONFIRMED, UNSUBSCRIBED
from memory.enums import Channel, ConsentState, DeliveryState, EventType, WorkflowStatus
from memory.events import record_event
from memory.house import house_fact
from memory.leads import Lead, LeadConsent
from memory.outbox import reached_leads_since
from memory.workflows import Workflow
from tools.automating.entry import SMS_WEBHOOK
from tools.core.context import Clock
from tools.delivering.connections import Answer, Connection, Outcome, ServerTrouble
from tools.delivering.message import ascii_address
from tools.delivering.pace import next_try
from tools.delivering.quiet import zone_named
from tools.delivering.setup import MailSetup
from tools.journeys.house import JourneySetup

log = logging.getLogger(__name__)

#: Calls of one claim, and how many are handed over at once.
BATCH, AT_ONCE = 32, 8
#: How long a call of a paused workflow, or one without a place to go to, waits before it is looked at again.
LATER = timedelta(minutes=1)
NO_PHONE = "no_phone_number"
_REFUSED_CONSENT = {
    None: NO_CONSENT, ConsentState.PENDING: UNCONFIRMED, ConsentState.WITHDRAWN: UNSUBSCRIBED,
}  # fmt: skip


class Caller:
    """One worker's caller. `work` is called by a tick, always from the same thread."""

    def __init__(
        self, database: Database, clock: Clock, setup: JourneySetup, mail: MailSetup, worker: str
    ) -> None:  # fmt: skip
        self._database = database
        self._clock = clock
        self._setup = setup
        self._mail = mail
        self._worker = worker
        self._http = httpx.Client(
            timeout=setup.timeout, follow_redirects=False, headers={"user-agent": "marketing-hub"}
        )
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="calls")

    def work(self) -> bool:
        """Hand over what is due; returns whether there may be more at once."""
        with self._database.session() as session:
            if not calls_due(session, self._now()):
                return False
        with self._database.session(write=True) as session:
            unknown = take_back_calls(session, self._now())
            claimed = self._claim(session)
        if unknown:
            log.warning("of %d calls it is unknown whether they arrived", unknown)
        list(self._pool.map(self._hand_over, claimed))
        return len(claimed) == BATCH

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        self._http.close()

    # -- claiming ----------------------------------------------------------------------------------------------------

    def _claim(self, session: Session) -> list[Call]:
        """Who may be written to now is looked at in the transaction that claims."""
        now = self._now()
        found = due_calls(session, now, BATCH)
        standing = self._standing(session, found)
        leads = self._leads(session, found)
        had = self._had(session, found, now)
        claimed = []
        for call in found:
            call.changed_at = now
            if call.workflow_id is not None and call.workflow_id in standing:
                call.due_at = now + LATER
                continue
            if call.kind == CallKind.SMS:
                if not self._may_text(session, call, leads, had, now):
                    continue
                had[call.lead_id or 0] += 1
            call.state, call.leased_by = DeliveryState.CLAIMED, self._worker
            call.lease_until = now + timedelta(seconds=self._lease)
            claimed.append(call)
        session.flush()
        return claimed

    def _standing(self, session: Session, calls: Sequence[Call]) -> set[int]:
        """Those of the workflows that are paused; notices to the house go on."""
        ids = {call.workflow_id for call in calls if call.workflow_id and call.kind != CallKind.HOUSE_MAIL}
        statement = select(Workflow.id).where(Workflow.id.in_(ids), Workflow.status != WorkflowStatus.ACTIVE)
        return set(session.scalars(statement)) if ids else set()

    def _leads(self, session: Session, calls: Sequence[Call]) -> dict[int, tuple[str | None, ConsentState | None]]:
        ids = [call.lead_id for call in calls if call.lead_id is not None and call.kind == CallKind.SMS]
        consent = (LeadConsent.lead_id == Lead.id) & (LeadConsent.channel == Channel.SMS)
        rows = session.execute(
            select(Lead.id, Lead.time_zone, LeadConsent.state).outerjoin(LeadConsent, consent).where(Lead.id.in_(ids))
        )
        return {id: (zone, state) for id, zone, state in rows}

    def _had(self, session: Session, calls: Sequence[Call], now: datetime) -> Counter[int]:
        """How many messages, by mail and as text, each person had within the days of the frequency cap."""
        ids = sorted({call.lead_id for call in calls if call.lead_id is not None and call.kind == CallKind.SMS})
        had: Counter[int] = Counter()
        if self._mail.cap and ids:
            since = now - timedelta(days=self._mail.cap_days)
            had.update(reached_leads_since(session, ids, since))
            had.update(texts_since(session, ids, since))
        return had

    def _may_text(
        self, session: Session, call: Call, leads: dict[int, tuple[str | None, ConsentState | None]], had: Counter[int],
        now: datetime,
    ) -> bool:  # fmt: skip
        zone, consent = leads.get(call.lead_id or 0, (None, None))
        reason = NO_PHONE if not call.payload.get("to") else None
        if consent != ConsentState.GRANTED:
            reason = _REFUSED_CONSENT[consent]
        if reason is None and self._mail.cap and had[call.lead_id or 0] >= self._mail.cap:
            reason = FREQUENCY_CAP
        if reason is not None:
            call.state, call.reason = DeliveryState.SUPPRESSED, reason
            return False
        quiet = self._mail.quiet.end_of(now, zone_named(zone, self._clock.zone)) if self._mail.quiet else None
        target = self._setup.sms_webhook or house_fact(session, SMS_WEBHOOK)
        if quiet is not None or not target:
            call.due_at = quiet or now + LATER
            return False
        call.target = target
        return True

    # -- handing over ------------------------------------------------------------------------------------------------

    def _hand_over(self, call: Call) -> None:
        now = self._now()
        until = now + timedelta(seconds=self._lease + self._setup.timeout)
        with self._database.session(durable=True) as session:
            if not mark_call(session, call.id, self._worker, until, now):
                return
        try:
            answer = self._mailed(call) if call.kind == CallKind.HOUSE_MAIL else self._posted(call)
        except Exception as error:  # one call that cannot be made must not keep back the others
            log.exception("call %d could not be handed over", call.id)
            answer = Answer(Outcome.UNKNOWN, str(error) or type(error).__name__)
        self._settle(call, answer)

    def _posted(self, call: Call) -> Answer:
        body = json.dumps(call.payload, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            response = self._http.post(call.target, content=body, headers=self._headers(call.key, body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.PoolTimeout) as error:
            return Answer(Outcome.LATER, f"nobody answers at {call.target}: {error}")
        except httpx.InvalidURL as error:
            return Answer(Outcome.REFUSED, f"{call.target} is no address: {error}")
        except httpx.HTTPError as error:
            return Answer(Outcome.UNKNOWN, f"the other side did not say whether it took the call: {error}")
        return judged(response.status_code)

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        stamp = str(int(self._now().timestamp()))
        headers = {
            "content-type": "application/json", "webhook-id": key, "webhook-timestamp": stamp, "idempotency-key": key,
        }  # fmt: skip
        if self._setup.secret:
            headers["webhook-signature"] = signature(self._setup.secret, key, stamp, body)
        return headers

    def _mailed(self, call: Call) -> Answer:
        if self._mail.server is None or not self._mail.sender_address:
            return Answer(Outcome.LATER, "no mail server is configured")
        return asyncio.run(self._mailed_now(call))

    async def _mailed_now(self, call: Call) -> Answer:
        assert self._mail.server is not None
        sender = self._mail.bounce_address or self._mail.sender_address
        connection = Connection(self._mail.server, sender, self._mail.domain)
        try:
            await connection.ready()
            refused = await connection.envelope(ascii_address(call.target))
            if refused is not None:
                return refused
            return await connection.hand_over(self._message(call), self._mail.hand_over)
        except (ServerTrouble, ValueError) as error:
            return Answer(Outcome.LATER, str(error))
        finally:
            await connection.close()

    def _message(self, call: Call) -> bytes:
        message = EmailMessage()
        message["From"], message["To"] = self._mail.sender, call.target
        message["Subject"] = " ".join(str(call.payload.get("subject", "")).split())
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=self._mail.domain)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's machine shall answer it
        message.set_content(str(call.payload.get("text", "")))
        return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def _settle(self, call: Call, answer: Answer) -> None:
        now = self._now()
        with self._database.session(write=True) as session:
            stored = session.get(Call, call.id, with_for_update=True)
            # Given up as unknown meanwhile, because this took longer than its lease: now it is known after all.
            had = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
            if stored is None or stored.state not in had:
                return
            stored.attempts += 1
            stored.lease_until, stored.changed_at = None, now
            wait = next_try(stored.attempts) if answer.outcome in (Outcome.LATER, Outcome.NOT_TRIED) else None
            if answer.outcome == Outcome.SENT:
                stored.state, stored.sent_at, stored.reason = DeliveryState.SENT, now, None
                self._tell_lead(session, stored, now)
            elif answer.outcome == Outcome.UNKNOWN:
                stored.state, stored.reason = DeliveryState.UNKNOWN, answer.said
            elif wait is not None:
                stored.state, stored.reason, stored.due_at = DeliveryState.PENDING, answer.said, now + wait
            else:
                stored.state, stored.reason = DeliveryState.BOUNCED, answer.said

    def _tell_lead(self, session: Session, call: Call, now: datetime) -> None:
        if call.kind == CallKind.SMS and call.lead_id is not None:
            record_event(
                session, call.lead_id, EventType.SENT, now, channel=Channel.SMS, name=call.node,
                workflow_id=call.workflow_id, key=f"sms:{call.id}",
            )  # fmt: skip

    @property
    def _lease(self) -> float:
        # Those that wait for a free thread must not lose their lease before their turn.
        return self._setup.lease + self._setup.timeout * (BATCH / AT_ONCE)

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)


def signature(secret: str, id: str, stamp: str, body: bytes) -> str:
    """The signature of Standard Webhooks; a secret that begins with "whsec_" is base64, any other is taken as it is."""
    key = base64.b64decode(secret[6:]) if secret.startswith("whsec_") else secret.encode()
    digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def judged(code: int) -> Answer:
    """What an HTTP answer means. A gateway that lost touch cannot say whether the call was taken."""
    said = f"HTTP {code}"
    if 200 <= code < 300:
        return Answer(Outcome.SENT, said)
    if code in (408, 425, 429, 503):
        return Answer(Outcome.LATER, said)
    if code in (502, 504):
        return Answer(Outcome.UNKNOWN, f"{said}: a gateway did not say whether the call was taken")
    return Answer(Outcome.REFUSED, said)
