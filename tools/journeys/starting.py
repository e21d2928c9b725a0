"""What is done when a person activates, pauses or deletes a workflow, in the transaction of that decision."""

from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from memory.cursors import TriggerCursor, cursor
from memory.segment_members import forget_members
from memory.workflows import Workflow, WorkflowVersion
from tools.automating.graph import Graph, SegmentMoved
from tools.journeys.by_clock import clock_name, is_by_clock, remember_members
from tools.journeys.mails import end_mails, hold_mails, keep_texts, let_mails_go


def begin(session: Session, workflow: Workflow, version: WorkflowVersion, graph: Graph, now: datetime) -> None:
    """Take over the approved texts, and note where the triggers begin to look. `now` is in the hub's zone."""
    at = now.astimezone(UTC)
    keep_texts(session, workflow, version, graph, at)
    let_mails_go(session, workflow.id, at)
    workflow.status_reason = None
    if isinstance(graph.trigger, SegmentMoved):
        remember_members(session, workflow, graph.trigger, now)
    if is_by_clock(graph.trigger):
        place = cursor(session, clock_name(workflow.id))
        if place is not None:  # a worker that looks at this moment asks for `activated_at` anyway
            place.looked_at, place.seen_id = at, 0
    session.flush()


def halt(session: Session, workflow: Workflow, now: datetime) -> None:
    """Stop what waits in the outbox."""
    hold_mails(session, workflow.id, now.astimezone(UTC))


def forget(session: Session, workflow_id: int, now: datetime) -> int:
    """End what a workflow that is deleted left in the ledgers; returns how many mails were cancelled."""
    stopped = end_mails(session, workflow_id, now.astimezone(UTC))
    forget_members(session, workflow_id)
    session.execute(delete(TriggerCursor).where(TriggerCursor.name == clock_name(workflow_id)))
    return stopped
