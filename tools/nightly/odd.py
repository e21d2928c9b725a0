"""Yesterday's anomalies: each is told once, with what moved most, and where one is at hand a fix that waits as a plan."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import select

from memory.enums import EmailStatus, Metric, WorkflowStatus
from memory.mailings import list_email_campaigns
from memory.notices import ANOMALY, lay_notices, notice_named
from memory.workflows import Workflow
from tools.analysing.anomalies import Anomaly, anomalies, learning_span
from tools.analysing.definitions import label, shown
from tools.analysing.figures import book
from tools.analysing.periods import Span
from tools.core.context import Asker, Context
from tools.core.door import Door, Origin
from tools.core.errors import HubError
from tools.quoting import inert
from tools.show import day

#: Who asks for the plan: a person decides on it.
NIGHT = Asker(name="the hub", surface="night", may_approve=False)
#: Figures that are bad when they are high.
_BAD = frozenset({Metric.UNSUBSCRIBES, Metric.SPEND})


@dataclass(frozen=True)
class Fix:
    """What could mend it: a gated call, and why it fits."""

    tool: str
    arguments: dict[str, Any]
    why: str


def tell_odd(door: Door) -> int:
    """Tell yesterday's anomalies, once each; returns how many are new."""
    with door.reading() as ctx:
        on = ctx.today - timedelta(days=1)
        span = Span(on, on)
        metrics = list(Metric)
        found = anomalies(book(ctx, learning_span(span), metrics=metrics), span, metrics, ctx.today, ctx.currency)
        told = [
            (one, _key(one), _sentence(one, ctx.currency), _fix(ctx, one))
            for one in found.anomalies
            if notice_named(ctx.session, _key(one)) is None
        ]
        now = ctx.now.astimezone(UTC)
    for one, key, sentence, fix in told:
        plan, why = _planned(door, fix, key) if fix else (None, None)
        text = f"{sentence} {why}" if why else sentence
        row = {
            "key": key, "kind": ANOMALY, "title": f"{label(one.metric)} on {day(one.day)}", "text": text, "at": now,
            "plan_id": plan, "data": one.model_dump(mode="json"),
        }  # fmt: skip
        with door.database.session(write=True) as session:
            lay_notices(session, [row])
    return len(told)


def _planned(door: Door, fix: Fix, key: str) -> tuple[int | None, str | None]:
    """The plan that waits for a person; made once for each anomaly, also after a crash in between."""
    try:
        plan = door.call(fix.tool, fix.arguments, Origin(NIGHT, call_id=key[:80])).plan_id
    except HubError as error:
        return None, f"{fix.why} A plan could not be laid: {error.sentence}"
    return plan, f"{fix.why} Plan {plan} waits for your word: /approve {plan}"


def _fix(ctx: Context, one: Anomaly) -> Fix | None:
    """What stands still and would explain it: a paused mailing for what mail brings, a paused workflow."""
    if one.value >= one.expected or one.metric in _BAD:
        return None
    for mailing in list_email_campaigns(ctx.session, status=EmailStatus.PAUSED):
        why = f"The mailing {inert(mailing.name)} stands still in the middle of sending ({inert(mailing.status_reason or 'paused')})."
        return Fix("send_email_campaign", {"email_campaign": str(mailing.id)}, why)
    paused = select(Workflow).where(Workflow.status == WorkflowStatus.PAUSED, Workflow.paused_at.is_not(None))
    for workflow in ctx.session.scalars(paused.order_by(Workflow.paused_at.desc())):
        since = workflow.paused_at.astimezone(ctx.clock.zone).date() if workflow.paused_at else None
        if since is not None and since <= one.day:
            why = f"The workflow {inert(workflow.name)} is paused since {day(since)}."
            return Fix("activate_workflow", {"workflow": str(workflow.id)}, why)
    return None


def _key(one: Anomaly) -> str:
    return f"anomaly:{one.metric.value}:{one.day.isoformat()}"


def _sentence(one: Anomaly, currency: str) -> str:
    was, usual = shown(one.metric, one.value, currency), shown(one.metric, one.expected, currency)
    said = f"{label(one.metric)} was {was} on {day(one.day)} instead of about {usual}."
    if one.cause is not None:
        values = [shown(one.metric, value, currency) for value in (one.cause.value, one.cause.usual)]
        said += f" What moved most: {inert(one.cause.name)}, {values[0]} instead of {values[1]}."
    return said
