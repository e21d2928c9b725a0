"""Hits become events of leads: judged when their burst is over, and judged again later, when more is known."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from memory.database import Database
from memory.enums import Channel, EventType, LeadStatus
from memory.events import LeadEvent, judge_events, record_events
from memory.lead_changes import put_status
from memory.leads import Lead
from memory.mail_hits import (
    HIDDEN_LINK,
    Hit,
    forget_addresses,
    forget_hits,
    hits_after,
    hits_from,
    hits_of,
    put_events,
    put_judgements,
    unjudged_hits,
)
from memory.second_looks import look_again_at
from tools.core.context import Clock
from tools.receiving.judging import CROWD, MANY_PEOPLE, SETTLE, tells_apart, together
from tools.receiving.statuses import status_after

#: Hits of one transaction.
BATCH = 500
#: How far back hits are judged again each night; how long callers' addresses, and the raw hits, are kept.
AGAIN, ADDRESSES_KEPT, HITS_KEPT = timedelta(days=7), timedelta(days=30), timedelta(days=400)


class Recorder:
    """The worker's tick: judges the hits that came in, and writes the leads' events."""

    def __init__(self, database: Database, clock: Clock, settle: timedelta = SETTLE) -> None:
        self._database = database
        self._clock = clock
        self._settle = settle

    def run(self) -> bool:
        """Judge what has settled; whether there is more at once."""
        until = self._clock.now().astimezone(UTC) - self._settle
        with self._database.session() as session:  # mostly there is nothing: no write lock for that
            if not unjudged_hits(session, until, 1):
                return False
        with self._database.session(write=True) as session:
            return record_hits(session, until) == BATCH


def record_hits(session: Session, until: datetime, limit: int = BATCH) -> int:
    """Judge the hits up to a moment that wait, and store those of leads as events; returns how many hits."""
    waiting = unjudged_hits(session, until, limit)
    if not waiting:
        return 0
    verdicts = _verdicts(session, waiting)
    put_judgements(session, [(hit.id, verdicts[hit.id] is not None, verdicts[hit.id]) for hit in waiting])
    rows = [
        {
            "lead_id": hit.lead_id, "type": hit.type, "at": hit.at, "channel": Channel.EMAIL, "key": f"hit:{hit.id}",
            "email_campaign_id": hit.email_campaign_id, "campaign_id": hit.campaign_id,
            "machine": verdicts[hit.id] is not None, "data": {"link": hit.link_id} if hit.link_id else None,
        }
        for hit in waiting
        if hit.lead_id is not None and hit.link_id != HIDDEN_LINK
    ]  # fmt: skip
    record_events(session, rows)
    _follow(session, rows)
    keys = {row["key"]: row for row in rows}
    stored = session.execute(select(LeadEvent.key, LeadEvent.id).where(LeadEvent.key.in_(keys))).tuples()
    put_events(session, {int(str(key).partition(":")[2]): event_id for key, event_id in stored})
    return len(waiting)


def judge_again(database: Database, clock: Clock) -> int:
    """Judge the hits of the last days again, by all that is known now; returns how many were judged otherwise.

    A burst may have become one only later, and a new version may bring new rules. Events and counters follow.
    """
    now = clock.now().astimezone(UTC)
    changed, after = 0, 0
    while True:
        with database.session(write=True) as session:
            hits = hits_after(session, now - AGAIN, after, BATCH)
            if not hits:
                break
            after = hits[-1].id
            verdicts = _verdicts(session, hits)
            other = [
                hit for hit in hits if (verdicts[hit.id] is not None) != hit.machine or verdicts[hit.id] != hit.why
            ]
            put_judgements(session, [(hit.id, verdicts[hit.id] is not None, verdicts[hit.id]) for hit in other])
            for machine in (True, False):
                events = [
                    hit.event_id
                    for hit in other
                    if hit.event_id is not None and hit.machine != machine and (verdicts[hit.id] is not None) == machine
                ]
                if events:
                    judge_events(session, events, machine=machine)
                    changed += len(events)
                    if not machine:
                        _now_a_person(session, other, set(events))
    with database.session(write=True) as session:
        forget_addresses(session, now - ADDRESSES_KEPT)
        forget_hits(session, now - HITS_KEPT)
    return changed


def _now_a_person(session: Session, hits: Sequence[Hit], events: set[int]) -> None:
    """What follows when hits turn out to be a person's: workflows that wait for them look again, statuses move on."""
    look_again_at(session, sorted(events))
    told = [
        {"lead_id": hit.lead_id, "type": hit.type, "at": hit.at, "machine": False}
        for hit in hits
        if hit.event_id in events and hit.lead_id is not None
    ]
    _follow(session, told)


def _follow(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Leads whose first click it was have been in contact with the house."""
    clicks = {row["lead_id"]: row["at"] for row in rows if row["type"] == EventType.CLICKED and not row["machine"]}
    new = select(Lead).where(Lead.id.in_(clicks), Lead.status == LeadStatus.NEW).order_by(Lead.id)
    for lead in session.scalars(new) if clicks else ():
        put_status(
            session, lead, status_after(lead.status, EventType.CLICKED), clicks[lead.id], by="a click in a mailing"
        )


def _verdicts(session: Session, hits: Sequence[Hit]) -> dict[int, str | None]:
    """The verdict on each hit, by all hits on the same letters and by what else its caller did."""
    whole = hits_of(session, {hit.delivery_id for hit in hits})
    return together(whole, _crowds(session, hits))


def _crowds(session: Session, hits: Iterable[Hit]) -> dict[str, list[tuple[int, datetime]]]:
    clicks = [hit for hit in hits if hit.type == EventType.CLICKED and tells_apart(hit.address)]
    if not clicks:
        return {}
    around = timedelta(seconds=CROWD)
    first, last = min(hit.at for hit in clicks), max(hit.at for hit in clicks)
    found: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
    addresses = {hit.address for hit in clicks if hit.address}
    for address, delivery_id, at in hits_from(session, addresses, EventType.CLICKED, first - around, last + around):
        found[address].append((delivery_id, at))
    return {address: rows for address, rows in found.items() if len({one for one, _ in rows}) >= MANY_PEOPLE}
