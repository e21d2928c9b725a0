"""Claiming due messages: who may be written to now is looked at once more, in the transaction that claims.

Whoever unsubscribed since the mailing was laid out, or has had enough mail, is left out with the reason; whoever has
quiet hours, or whose provider has had enough for this second or day, is written to later.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from memory import outbox
from memory.calls import texts_since
from memory.deliveries import FREQUENCY_CAP, NO_CONSENT, UNCONFIRMED, UNSUBSCRIBED
from memory.enums import ConsentState, SuppressionReason
from memory.holding_back import wish_against
from memory.mailings import EmailCampaign
from memory.outbox import Due
from memory.preferences import preferences_among
from memory.send_rates import take_of_day, take_tokens
from tools.delivering.pace import allowance, burst
from tools.delivering.quiet import zone_named
from tools.delivering.setup import MailSetup
from tools.subscribing.topics import topic_of_mailing

#: Messages of one claim: a transaction a claim, and what a dead worker leaves waiting until its lease ends.
BATCH = 64


@dataclass
class Claim:
    """What came of one look: messages to send now; how many were left out or put off."""

    due: list[Due] = field(default_factory=list)
    left_out: int = 0
    put_off: int = 0

    @property
    def found(self) -> int:
        return len(self.due) + self.left_out + self.put_off


def claim(
    session: Session,
    mailing: EmailCampaign,
    setup: MailSetup,
    worker: str,
    now: datetime,
    zone: ZoneInfo,
    limit: int = BATCH,
) -> Claim:
    """Claim up to `limit` due messages of a mailing for `worker`. `now` is UTC; the session must be a writing one."""
    found = Claim()
    rest = outbox.due_messages(session, mailing.id, now, limit)
    rest = (
        _unless_refused(session, rest, now, found)
        if mailing.confirms
        else _without_left_out(session, mailing, setup, rest, now, found)
    )
    rest = _without_quiet(session, setup, rest, now, zone, found)
    rest = _within_day(session, setup, rest, now, zone, found)
    found.due = _within_rate(session, setup, rest, now, found)
    outbox.claim(session, [one.id for one in found.due], worker, now + timedelta(seconds=setup.lease), now)
    return found


def _without_left_out(
    session: Session, mailing: EmailCampaign, setup: MailSetup, rest: Sequence[Due], now: datetime, found: Claim
) -> list[Due]:
    named = set(mailing.recipients or ())
    since = now - timedelta(days=setup.cap_days)
    capped = bool(setup.cap and rest)
    had = outbox.reached_since(session, [one.recipient for one in rest], since) if capped else {}
    texts = texts_since(session, [one.lead_id for one in rest if one.lead_id is not None], since) if capped else {}
    said = preferences_among(session, [one.recipient for one in rest])
    topic = topic_of_mailing(session, mailing, setup.topics) if said else None
    reasons: dict[str, list[int]] = defaultdict(list)
    kept = []
    for one in rest:
        reason = _reason(one, one.recipient in named) or wish_against(said.get(one.recipient), topic, now)
        if reason is None and capped and had.get(one.recipient, 0) + texts.get(one.lead_id or 0, 0) >= setup.cap:
            reason = FREQUENCY_CAP
        if reason is None:
            kept.append(one)
        else:
            reasons[reason].append(one.id)
    for reason, ids in sorted(reasons.items()):
        outbox.hold_back(session, ids, reason, now)
        found.left_out += len(ids)
    return kept


def _reason(one: Due, named: bool) -> str | None:
    """Why somebody may not be written to any more. A single address that a person named needs no consent on record."""
    if one.suppressed:
        return one.suppressed
    if one.consent == ConsentState.WITHDRAWN:
        return UNSUBSCRIBED
    if one.consent == ConsentState.PENDING:
        return UNCONFIRMED
    return None if one.consent == ConsentState.GRANTED or named else NO_CONSENT


def _unless_refused(session: Session, rest: Sequence[Due], now: datetime, found: Claim) -> list[Due]:
    """The letter that asks for a confirmation goes to who just asked for it, also after an earlier no."""
    kept = [one for one in rest if one.suppressed in (None, SuppressionReason.UNSUBSCRIBED)]
    for one in rest:
        if one not in kept:
            outbox.hold_back(session, [one.id], one.suppressed or "", now)
            found.left_out += 1
    return kept


def _without_quiet(
    session: Session, setup: MailSetup, rest: list[Due], now: datetime, zone: ZoneInfo, found: Claim
) -> list[Due]:
    if setup.quiet is None:
        return rest
    later = {}
    for one in rest:
        end = setup.quiet.end_of(now, zone_named(one.time_zone, zone))
        if end is not None:
            later[one.id] = end
    return _put_off(session, rest, later, found)


def _within_day(
    session: Session, setup: MailSetup, rest: list[Due], now: datetime, zone: ZoneInfo, found: Claim
) -> list[Due]:
    today = now.astimezone(zone).date()
    most = allowance(setup.warmup_start, today)
    if most is None or not rest:
        return rest
    granted = take_of_day(session, today, len(rest), most)
    tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
    return _put_off(session, rest, {one.id: tomorrow for one in rest[granted:]}, found)


def _within_rate(session: Session, setup: MailSetup, rest: list[Due], now: datetime, found: Claim) -> list[Due]:
    if not setup.rate:
        return rest
    by_domain: dict[str, list[Due]] = defaultdict(list)
    for one in rest:
        by_domain[one.recipient.rpartition("@")[2]].append(one)
    later: dict[int, datetime] = {}
    for domain in sorted(by_domain):  # in one order everywhere, so that two workers cannot wait for each other
        asking = by_domain[domain]
        granted, slots = take_tokens(
            session, domain, len(asking), rate=setup.rate, burst=burst(setup.rate), now=now
        )  # fmt: skip
        later.update({one.id: at for one, at in zip(asking[granted:], slots, strict=True)})
    return _put_off(session, rest, later, found)


def _put_off(session: Session, rest: list[Due], later: dict[int, datetime], found: Claim) -> list[Due]:
    outbox.defer(session, later)
    found.put_off += len(later)
    return [one for one in rest if one.id not in later]
