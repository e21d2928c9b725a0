"""What is forgotten after the days that the settings allow. Each statement removes some thousand rows at a time, so that
nobody waits long for the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

from sqlalchemy import Delete, Select, delete, select

from memory.calls import Call
from memory.conversations import STARTED, Conversation, Turn
from memory.database import Database
from memory.enums import DeliveryState
from memory.events import LeadEvent
from memory.notices import Notice
from memory.workflows import UNDER_WAY, Enrolment, EnrolmentStep
from tools.core.context import Clock

#: Rows removed in one transaction.
AT_ONCE = 5_000
_OVER = (DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED)


@dataclass(frozen=True)
class Keep:
    """Days for which things are kept; 0: for ever. Unknown calls stay, so that they can be looked into."""

    machine_events: int = 0
    paths: int = 0
    notices: int = 0


def forget_old(database: Database, clock: Clock, keep: Keep) -> dict[str, int]:
    """Remove what is older than may be kept; returns how many rows of each kind."""
    now = clock.now().astimezone(UTC)
    removed = {}
    if keep.machine_events:
        before = now - timedelta(days=keep.machine_events)
        # They count nowhere, so the leads' figures stay as they are.
        old = select(LeadEvent.id).where(LeadEvent.machine.is_(True), LeadEvent.at < before)
        removed["machine_events"] = _remove(database, old, lambda ids: delete(LeadEvent).where(LeadEvent.id.in_(ids)))
    if keep.paths:
        before = now - timedelta(days=keep.paths)
        over = select(Enrolment.id).where(Enrolment.state.not_in(UNDER_WAY), Enrolment.ended_at < before)
        old = select(EnrolmentStep.id).where(EnrolmentStep.enrolment_id.in_(over))
        removed["paths"] = _remove(
            database, old, lambda ids: delete(EnrolmentStep).where(EnrolmentStep.id.in_(ids))
        )  # fmt: skip
    if keep.notices:
        before = now - timedelta(days=keep.notices)
        removed["notices"] = _remove(
            database, select(Notice.id).where(Notice.at < before), lambda ids: delete(Notice).where(Notice.id.in_(ids))
        )
        old = select(Call.id).where(Call.state.in_(_OVER), Call.changed_at < before)
        removed["calls"] = _remove(database, old, lambda ids: delete(Call).where(Call.id.in_(ids)))
    return removed


def _remove(database: Database, old: Select[int], removal: Callable[[list[int]], Delete]) -> int:
    removed = 0
    while True:
        with database.session(write=True) as session:
            ids = list(session.scalars(old.limit(AT_ONCE)))
            if ids:
                session.execute(removal(ids), execution_options={"synchronize_session": False})
        removed += len(ids)
        if len(ids) < AT_ONCE:
            return removed


def silent_conversations(database: Database, clock: Clock, days: int) -> list[str]:
    """The conversations in which nobody has spoken for so many days."""
    before = clock.now().astimezone(UTC) - timedelta(days=days)
    with database.session() as session:
        return list(session.scalars(select(Conversation.id).where(Conversation.updated_at < before)))


def answered_turns(database: Database, clock: Clock, ago: timedelta) -> set[str]:
    """The turns that were answered (or failed) so long ago."""
    before = clock.now().astimezone(UTC) - ago
    with database.session() as session:
        return set(session.scalars(select(Turn.id).where(Turn.state != STARTED, Turn.updated_at < before)))
