"""The night's digest: what happened yesterday and what waits, stored as a notice and mailed to the house's own people."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.calls import lay_calls, unknown_calls
from memory.enums import EventType, WorkflowStatus
from memory.events import LeadEvent
from memory.notices import ANOMALY, DIGEST, TOLD, Notice, lay_notices, notice_named
from memory.past_events import event_counts
from memory.workflows import Enrolment, EnrolmentState, Workflow
from tools.analysing.waiting import waiting
from tools.core.context import Context
from tools.journeys.deeds import house_mails
from tools.quoting import inert
from tools.show import bullets, count, day, money

#: What is told of events, in this order: the event, one of them, several.
_HAPPENED = (
    (EventType.CREATED, "new lead", "new leads"),
    (EventType.SENT, "message sent", "messages sent"),
    (EventType.OPENED, "open", "opens"),
    (EventType.CLICKED, "click", "clicks"),
    (EventType.BOUNCED, "message came back", "messages came back"),
    (EventType.UNSUBSCRIBED, "person unsubscribed", "people unsubscribed"),
    (EventType.COMPLAINED, "complaint", "complaints"),
    (EventType.ORDERED, "order", "orders"),
    (EventType.CONVERTED, "conversion", "conversions"),
)


class Digest(BaseModel):
    """What is told of one day. `happened` and `waits` are sentences; `counts` are events by type, `revenue` is in the
    hub's currency."""

    model_config = ConfigDict(frozen=True)

    day: date
    counts: dict[EventType, int]
    revenue: float
    happened: tuple[str, ...]
    waits: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"What happened on {day(self.day)}"

    @property
    def text(self) -> str:
        happened = bullets(self.happened) if self.happened else "Nothing was recorded."
        waits = bullets(self.waits) if self.waits else "Nothing waits for you."
        return f"**What happened**\n\n{happened}\n\n**What waits for you**\n\n{waits}"


def digest_of(ctx: Context, on: date) -> Digest:
    """The digest of one day in the hub's zone, and of what waits now."""
    zone = ctx.clock.zone
    since = datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)
    until = datetime.combine(on + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    counts: dict[EventType, int] = {}
    for type, _, _, events in event_counts(ctx.session, since, until):
        counts[type] = counts.get(type, 0) + events
    revenue = (
        ctx.session.scalar(
            select(func.sum(LeadEvent.value)).where(
                LeadEvent.type == EventType.ORDERED, LeadEvent.at >= since, LeadEvent.at < until
            )
        )
        or 0.0
    )
    happened = [count(counts[type], one, many) for type, one, many in _HAPPENED if counts.get(type)]
    if revenue:
        happened.append(f"{money(revenue, ctx.currency)} of revenue by orders")
    happened += _workflows(ctx.session, since, until)
    happened += _told(ctx.session, since, until)
    waits = [one.what for one in waiting(ctx)]
    waits += [f"{inert(one.title)}: {inert(one.text)}" for one in _notices(ctx.session, ANOMALY, since, ctx.now)]
    return Digest(
        day=on, counts=counts, revenue=revenue, happened=tuple(happened), waits=(*waits, *_stuck(ctx.session))
    )


def tell_digest(ctx: Context, people: Sequence[str]) -> Notice:
    """Store yesterday's digest and lay it for the mail, once a day. To be done in a writing transaction."""
    on = ctx.today - timedelta(days=1)
    key = f"digest:{on.isoformat()}"
    found = notice_named(ctx.session, key)
    if found is not None:
        return found
    digest, now = digest_of(ctx, on), ctx.now.astimezone(UTC)
    data = digest.model_dump(mode="json")
    row = {"key": key, "kind": DIGEST, "title": digest.title, "text": digest.text, "at": now, "data": data}
    lay_notices(ctx.session, [row])
    lay_calls(ctx.session, house_mails(people, None, key, digest.title, digest.text.replace("**", "")), now)
    stored = notice_named(ctx.session, key)
    assert stored is not None
    return stored


def _workflows(session: Session, since: datetime, until: datetime) -> list[str]:
    """People who entered, completed or converted, by workflow."""
    entered = _by_workflow(session, Enrolment.entered_at >= since, Enrolment.entered_at < until)
    ended = (Enrolment.ended_at >= since, Enrolment.ended_at < until)
    completed = _by_workflow(session, *ended, Enrolment.state == EnrolmentState.COMPLETED)
    converted = _by_workflow(session, Enrolment.converted_at >= since, Enrolment.converted_at < until)
    names = dict(session.execute(select(Workflow.id, Workflow.name)).tuples().all())
    return [
        f"Workflow {inert(name)}: {entered.get(id, 0):,} entered, {completed.get(id, 0):,} completed, "
        f"{converted.get(id, 0):,} reached the goal"
        for id, name in sorted(names.items())
        if entered.get(id) or completed.get(id) or converted.get(id)
    ]


def _by_workflow(session: Session, *where: object) -> dict[int, int]:
    statement = select(Enrolment.workflow_id, func.count()).where(*where)  # type: ignore[arg-type]
    return dict(session.execute(statement.group_by(Enrolment.workflow_id)).tuples().all())


def _told(session: Session, since: datetime, until: datetime) -> list[str]:
    """What the hub decided by itself: tests."""
    statement = select(Notice).where(
        Notice.kind == TOLD, Notice.key.startswith("ab_test:"), Notice.at >= since, Notice.at < until
    )
    return [f"{inert(one.title)}: {inert(one.text)}" for one in session.scalars(statement.order_by(Notice.id))]


def _notices(session: Session, kind: str, since: datetime, until: datetime) -> Sequence[Notice]:
    statement = select(Notice).where(Notice.kind == kind, Notice.at >= since, Notice.at <= until)
    return session.scalars(statement.order_by(Notice.id)).all()


def _stuck(session: Session) -> list[str]:
    """People who wait for something that is missing, workflows that the hub paused, calls in doubt."""
    told = []
    held = (
        select(Workflow.name, Enrolment.note, func.count())
        .join(Workflow, Workflow.id == Enrolment.workflow_id)
        .where(Enrolment.state == EnrolmentState.HELD)
        .group_by(Workflow.name, Enrolment.note)
        .order_by(Workflow.name, Enrolment.note)
    )
    for name, note, people in session.execute(held):
        told.append(
            f"{count(people, 'person waits', 'people wait')} in the workflow {inert(name)}: {inert(note or '')}"
        )
    paused = select(Workflow).where(Workflow.status == WorkflowStatus.PAUSED, Workflow.status_reason.is_not(None))
    for workflow in session.scalars(paused.order_by(Workflow.id)):
        told.append(f"The workflow {inert(workflow.name)} is paused: {inert(workflow.status_reason or '')}")
    unknown = len(unknown_calls(session))
    if unknown:
        verb = "it" if unknown == 1 else "them"
        told.append(f"Of {count(unknown, 'call')} nobody knows whether {verb} arrived; nothing is repeated.")
    return told
