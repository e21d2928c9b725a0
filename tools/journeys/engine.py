"""The engine of workflows: a worker's tick looks who enters, and advances who is due, batch by batch."""

import logging
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from memory.cursors import TriggerCursor
from memory.database import Database
from memory.enums import WorkflowStatus
from memory.second_looks import second_looks_wait
from memory.workflows import Enrolment, EnrolmentState, Workflow
from tools.core.context import Clock
from tools.journeys.batches import BATCH, Moment, due_ways, store, walk
from tools.journeys.by_clock import BY_CLOCK, clock_name, is_by_clock, look_by_clock
from tools.journeys.by_event import look_again, look_at_events
from tools.journeys.by_lead import look_at_leads
from tools.journeys.deeds import carry_out
from tools.journeys.entries import entries
from tools.journeys.facts import BatchFacts
from tools.journeys.house import JourneySetup, tell_house
from tools.journeys.mails import pause_troubled
from tools.journeys.running import Versions, active_workflows

log = logging.getLogger(__name__)

#: How often those who wait for something that is missing are looked at again, by the hub's clock.
RECHECK = timedelta(seconds=10)


class Journeys:
    """One worker's engine. `work` is called by a tick, always from the same thread."""

    def __init__(self, database: Database, clock: Clock, setup: JourneySetup | None = None) -> None:
        self._database = database
        self._clock = clock
        self._setup = setup or JourneySetup()
        self._versions = Versions()
        self._rechecked: datetime | None = None
        self._told = False

    def work(self, budget: float = 5.0) -> bool:
        """Look at triggers once and advance for about `budget` seconds; returns whether there is more to do at once."""
        until = time.monotonic() + budget
        if not self._told:
            with self._database.session(write=True) as session:
                tell_house(session, self._setup)
            self._told = True
        more = self._look()
        self._recheck()
        while True:
            due = self._due()
            if not due:
                return more
            moved = sum(self._advance(workflow_id) for workflow_id in due)
            if not moved:  # others have them
                return more
            if time.monotonic() >= until:
                return True

    # -- who enters --------------------------------------------------------------------------------------------------

    def _look(self) -> bool:
        now, zone = self._now(), self._clock.zone
        more = False
        with self._database.session() as session:
            workflows = active_workflows(session)
            by_clock = [one.id for one in workflows if self._is_looked_at(session, one, now)]
            again = second_looks_wait(session)
        if not workflows:
            return False
        with self._database.session(write=True) as session:
            open_ = entries(session, active_workflows(session), self._versions)
            more = look_at_leads(session, open_, now, zone)
        with self._database.session(write=True) as session:
            open_ = entries(session, active_workflows(session), self._versions)
            more = look_at_events(session, open_, self._versions, now, zone) or more
        if again:
            with self._database.session(write=True) as session:
                open_ = entries(session, active_workflows(session), self._versions)
                more = look_again(session, open_, self._versions, now, zone) or more
        for workflow_id in by_clock:
            with self._database.session(write=True) as session:
                workflow = self._active(session, workflow_id)
                for one in entries(session, [workflow] if workflow else [], self._versions):
                    more = look_by_clock(session, one, now, zone) or more
        return more

    def _is_looked_at(self, session: Session, workflow: Workflow, now: datetime) -> bool:
        """Whether a trigger that goes by the clock is to be looked at now."""
        (one,) = entries(session, [workflow], self._versions) or (None,)
        if one is None or not is_by_clock(one.graph.trigger):
            return False
        place = session.get(TriggerCursor, clock_name(workflow.id))
        if place is None or place.looked_at is None or place.seen_id:
            return True
        return now >= place.looked_at + BY_CLOCK

    # -- who goes on -------------------------------------------------------------------------------------------------

    def _due(self) -> list[int]:
        """The active workflows in which somebody is due."""
        now = self._now()
        waiting = (
            select(Enrolment.id)
            .where(
                Enrolment.workflow_id == Workflow.id,
                Enrolment.state == EnrolmentState.ACTIVE,
                Enrolment.due_at <= now,
            )
            .exists()
        )
        statement = select(Workflow.id).where(Workflow.status == WorkflowStatus.ACTIVE, waiting).order_by(Workflow.id)
        with self._database.session() as session:
            return list(session.scalars(statement))

    def _advance(self, workflow_id: int) -> int:
        """One batch of one workflow, in one transaction; returns how many people it took."""
        now = self._now()
        with self._database.session(write=True) as session:
            workflow = self._active(session, workflow_id)
            if workflow is None:
                return 0
            ways = due_ways(session, workflow.id, now, BATCH)
            at = Moment(now, self._clock.zone, self._setup)
            for version_id in sorted({way.version_id for way in ways}):
                own = [way for way in ways if way.version_id == version_id]
                running, mails, texts = self._versions.running(session, workflow, version_id, now)
                since = min(way.person.entered_at for way in own)
                facts = BatchFacts(
                    session, running.graph, version_id, [way.lead_id for way in own], since, now, at.zone
                )
                walk(own, running, facts, at)
                carry_out(session, own, running, at, mails, texts)
                store(session, own, running, now)
            return len(ways)

    def _active(self, session: Session, workflow_id: int) -> Workflow | None:
        """The workflow, if it still runs; whoever pauses it waits until this transaction is over."""
        statement = select(Workflow).where(Workflow.id == workflow_id).with_for_update(read=True)
        workflow = session.scalars(statement).first()
        return workflow if workflow is not None and workflow.status == WorkflowStatus.ACTIVE else None

    def _recheck(self) -> None:
        """Let those go on for whom what was missing has been given; pause workflows whose mail the sender stopped."""
        now = self._now()
        if self._rechecked is not None and self._rechecked <= now < self._rechecked + RECHECK:
            return
        self._rechecked = now
        with self._database.session() as session:
            held = session.scalars(
                select(Workflow.id).where(
                    Workflow.status == WorkflowStatus.ACTIVE,
                    select(Enrolment.id)
                    .where(Enrolment.workflow_id == Workflow.id, Enrolment.state == EnrolmentState.HELD)
                    .exists(),
                )
            ).all()
        for workflow_id in held:
            with self._database.session(write=True) as session:
                workflow = self._active(session, workflow_id)
                if workflow is not None:
                    self._release(session, workflow, now)
        with self._database.session(write=True) as session:
            for workflow in pause_troubled(session, now):
                log.warning("the workflow “%s” is paused: %s", workflow.name, workflow.status_reason)

    def _release(self, session: Session, workflow: Workflow, now: datetime) -> None:
        mine = (Enrolment.workflow_id == workflow.id, Enrolment.state == EnrolmentState.HELD)
        for version_id, node in session.execute(
            select(Enrolment.version_id, Enrolment.node).where(*mine).distinct()
        ).tuples():
            running, _, _ = self._versions.running(session, workflow, version_id, now)
            if node not in running.obstacles:
                session.execute(
                    update(Enrolment)
                    .where(*mine, Enrolment.version_id == version_id, Enrolment.node == node)
                    .values(state=EnrolmentState.ACTIVE, note=None, due_at=now),
                    execution_options={"synchronize_session": False},
                )

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC)
