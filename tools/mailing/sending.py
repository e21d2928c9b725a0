"""Sending a mailing: the plan that a person approves, and what happens after the approval.

Nothing leaves the house here. An approved mailing is laid out in the delivery ledger (at once) or waits as scheduled;
the workers take it from there (tools.delivering).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from memory.ab_tests import stop_tests
from memory.deliveries import Audience, audience, cancel_waiting, lay_deliveries, states_of
from memory.enums import DeliveryState, EmailStatus
from memory.holding_back import Limits, held_back
from memory.lead_attributes import lead_to_show
from memory.leads import Lead
from memory.mailings import EmailCampaign, made_in_a_minute_of
from memory.segments import Segment
from tools import merge
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict
from tools.delivering.setup import NO_SERVER
from tools.experimenting.splitting import split
from tools.mailing.cards import MailingCancelled, MailingCard, card_fields, messages_gone
from tools.mailing.checks import NEAR, check_time
from tools.mailing.sample import Sample, sample_of
from tools.quoting import block, inert
from tools.segmenting import condition, load_tree
from tools.show import bullets, count, moment, words
from tools.subscribing.topics import topic_of_mailing

#: Why somebody is left out, as one reads it behind a number.
REASONS = {
    "no_consent": "gave no consent to email",
    "unconfirmed": "did not confirm the consent yet",
    "unsubscribed": "unsubscribed",
    "complained": "complained about an earlier mail",
    "bounced": "cannot be reached (their address bounced)",
    "blocked": "blocked by you",
    "duplicate": "named twice (written to once)",
    "refused_topic": "do not want mail on this topic",
    "paused": "asked for a break from mail",
    "frequency_cap": "had as much mail lately as the setting mail_cap allows",
}


class SendPlan(MailingCard):
    """What sending would do. `when` is None for at once. Counts are people; `audience` changes with every one of them."""

    when: datetime | None
    receiving: int
    left_out: dict[str, int]
    without_consent: int
    audience: str
    sample: Sample
    obstacle: str | None
    rescheduled_from: datetime | None
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        time = f"on {moment(self.when)}" if self.when else "at once"
        head = f"Send the mailing **{inert(self.name)}** {time} to {self.goes_to()}."
        if self.rescheduled_from:
            head += f" It was scheduled for {moment(self.rescheduled_from)}."
        left = sum(self.left_out.values())
        lines = [
            f"**Subject:** {inert(self.sample.subject_line)}",
            f"**Recipients:** {self._recipients()}",
        ]
        if left:
            reasons = [
                f"{amount:,} {REASONS.get(reason, words(reason))}" for reason, amount in sorted(self.left_out.items())
            ]
            lines.append(f"**Left out:** {left:,}\n{bullets(reasons)}")
        lines.append(f"**As {inert(self.sample.person)} would read it:**\n\n{block(self.sample.content)}")
        return "\n\n".join([head, *lines, *self.warnings])

    def _recipients(self) -> str:
        said = f"{count(self.receiving, 'person', 'people')}" if self.receiving else "nobody would receive it now"
        notes = []
        if self.segment and (self.when or not self.receiving):
            notes.append("the segment is looked up again when sending begins")
        if self.without_consent:
            verb = "has" if self.without_consent == 1 else "have"
            notes.append(f"{self.without_consent:,} of the single addresses {verb} no consent on record")
        return f"{said} ({'; '.join(notes)})" if notes else said


class MailingSent(MailingCard):
    """A mailing that was approved: scheduled, or laid out for sending. `laid` are the messages that wait now."""

    laid: int
    obstacle: str | None

    @property
    def text(self) -> str:
        if self.status == EmailStatus.SCHEDULED:
            said = f"Scheduled the mailing **{inert(self.name)}** for {moment(self.send_time)}, to {self.goes_to()}."
        elif self.laid:
            begun, waits = (
                "is being sent" if self.obstacle is None else "is approved",
                "waits" if self.laid == 1 else "wait",
            )
            said = f"The mailing **{inert(self.name)}** {begun}: {count(self.laid, 'message')} {waits} in the outbox."
        else:
            said = (
                f"The mailing **{inert(self.name)}** is set to be sent, but nobody of {self.goes_to()} may be written to now; "
                "that is looked up again when sending begins."
            )
        return said if self.obstacle is None else f"{said} {_waits(self.obstacle)}"


def obstacle_of(ctx: Context) -> str | None:
    """Why no mailing can leave the house at present; None where nothing is in the way."""
    return NO_SERVER if ctx.mail_server is None else ctx.mail_obstacle


def plan_sending(ctx: Context, mailing: EmailCampaign, send_time: datetime | None) -> SendPlan:
    """What sending `mailing` would do. Raises Conflict where its status forbids it, BadInput where it lacks something."""
    _check_status(mailing)
    when = _when(ctx, mailing, send_time)
    found = audience_of(ctx, mailing, when)
    lead = ctx.session.get(Lead, found.first_lead_id) if found.first_lead_id else None
    if not found.receiving:  # the text can be shown all the same
        lead = lead_to_show(ctx.session, condition_of(ctx, mailing))
    try:
        sample = sample_of(ctx.session, mailing, lead, found.first_address)
    except merge.BrokenMerge as error:
        raise BadInput(
            f"“{inert(mailing.name)}” cannot be sent: {error.sentence} Create the mailing anew with its text complete.",
            "content",
        ) from error
    scheduled = mailing.status == EmailStatus.SCHEDULED and mailing.send_time is not None
    fields = card_fields(ctx, mailing)
    return SendPlan(
        **fields,
        when=when,
        receiving=found.receiving,
        left_out=found.left_out,
        without_consent=found.without_consent,
        audience=found.fingerprint,
        sample=sample,
        obstacle=obstacle_of(ctx),
        rescheduled_from=fields["send_time"] if scheduled else None,
        warnings=tuple(_warnings(ctx, mailing)),
    )


def start_sending(ctx: Context, mailing: EmailCampaign, send_time: datetime | None) -> MailingSent:
    """Carry the approved plan out: schedule the mailing, or lay it out in the ledger for the delivery engine."""
    _check_status(mailing)
    when = _when(ctx, mailing, send_time)
    now = ctx.now.astimezone(UTC)
    laid = 0
    if when is not None:
        mailing.status, mailing.send_time = EmailStatus.SCHEDULED, when.astimezone(UTC)
    else:
        mailing.status, mailing.send_time = EmailStatus.SENDING, now
        waiting = states_of(ctx.session, mailing.id).get(DeliveryState.PENDING, 0)
        laid = waiting if mailing.laid_at else lay_out(ctx, mailing)
    mailing.status_reason = None
    _touch(ctx, mailing)
    return MailingSent(**card_fields(ctx, mailing), laid=laid, obstacle=obstacle_of(ctx))


def lay_out(ctx: Context, mailing: EmailCampaign) -> int:
    """Write the mailing's people into the ledger; where nobody may be written to, it stays to be laid out later."""
    return lay_out_now(ctx.session, mailing, ctx.now)


def lay_out_now(session: Session, mailing: EmailCampaign, now: datetime) -> int:
    """The same without a tool's context; `now` is in the hub's zone (segments ask for days of its calendar)."""
    at = now.astimezone(UTC)
    amount = lay_deliveries(session, mailing.id, condition_at(session, mailing, now), mailing.recipients or (), at)
    if amount:
        mailing.laid_at = at
        split(session, mailing.id, at)
    return amount


def cancel(ctx: Context, mailing: EmailCampaign) -> MailingCancelled:
    """Cancel a mailing that is not finished. Raises Conflict where it is sent or cancelled already."""
    if mailing.status in (EmailStatus.SENT, EmailStatus.CANCELLED):
        done = (
            "was sent already and cannot be called back"
            if mailing.status == EmailStatus.SENT
            else "is cancelled already"
        )
        raise Conflict(f"“{inert(mailing.name)}” {done}. Nothing was changed.")
    before = mailing.status
    stopped = cancel_waiting(ctx.session, mailing.id, ctx.now.astimezone(UTC))
    stop_tests(ctx.session, mailing.id, ctx.now.astimezone(UTC))
    mailing.status = EmailStatus.CANCELLED
    _touch(ctx, mailing)
    gone = messages_gone(ctx, mailing)
    return MailingCancelled(**card_fields(ctx, mailing), before=before, stopped=stopped, gone=gone)


def audience_of(ctx: Context, mailing: EmailCampaign, when: datetime | None = None) -> Audience:
    """Who would receive the mailing, sent at a moment (default: now), as far as one knows now: a break that somebody asked
    for may be over by then, and what they get in between is not known."""
    at = (when or ctx.now).astimezone(UTC)
    addresses = mailing.recipients or ()
    limits = Limits(
        at,
        topic_of_mailing(ctx.session, mailing, ctx.mail_limits.topics),
        ctx.mail_limits.cap,
        at - timedelta(days=ctx.mail_limits.cap_days),
    )
    return audience(ctx.session, condition_of(ctx, mailing), addresses, held_back(ctx.session, limits, addresses))


def condition_of(ctx: Context, mailing: EmailCampaign) -> ColumnElement[bool] | None:
    """The condition of the mailing's segment, as SQL; None without a segment."""
    return condition_at(ctx.session, mailing, ctx.now)


def condition_at(session: Session, mailing: EmailCampaign, now: datetime) -> ColumnElement[bool] | None:
    """The same without a tool's context."""
    segment = session.get(Segment, mailing.segment_id) if mailing.segment_id else None
    return condition(load_tree(segment.tree), now) if segment else None


def _when(ctx: Context, mailing: EmailCampaign, send_time: datetime | None) -> datetime | None:
    """The moment to send at, None for at once: the one given, else the one that a draft was made for if it is to come.

    "Now" becomes a moment when it is said, and is past when a person approves it later: then it still means at once.
    """
    if send_time is None:
        planned = mailing.send_time if mailing.status == EmailStatus.DRAFT else None
        return planned.astimezone(ctx.clock.zone) if planned and planned > ctx.now + NEAR else None
    if abs(send_time - ctx.now) <= NEAR or made_in_a_minute_of(
        ctx.session, send_time, (send_time - NEAR).astimezone(UTC), (send_time + NEAR).astimezone(UTC)
    ):
        return None
    return check_time(ctx, send_time).astimezone(ctx.clock.zone)


def _check_status(mailing: EmailCampaign) -> None:
    closed: dict[EmailStatus, str] = {
        EmailStatus.SENT: "was sent already; to send it again, create a new mailing",
        EmailStatus.SENDING: "is being sent already",
        EmailStatus.CANCELLED: "was cancelled; create it anew to send it",
    }
    if mailing.status in closed:
        raise Conflict(f"“{inert(mailing.name)}” {closed[mailing.status]}. Nothing was changed.")
    if mailing.segment_id is None and not mailing.recipients:
        raise BadInput(
            f"“{inert(mailing.name)}” has no recipients. Create it anew with a segment or with addresses to send it to.",
            "recipients",
        )
    if not mailing.subject_line:
        raise BadInput(f"“{inert(mailing.name)}” has no subject line. Create it anew with a subject.", "subject")


def _warnings(ctx: Context, mailing: EmailCampaign) -> Sequence[str]:
    found = []
    if not mailing.content:
        found.append("It has no text of its own here: people would read only the subject line.")
    obstacle = obstacle_of(ctx)
    if obstacle == NO_SERVER:
        found.append(f"{NO_SERVER}: it would wait until one is.")
    elif obstacle is not None:
        found.append(f"{obstacle}: it would wait until that is put right.")
    return found


def _waits(obstacle: str) -> str:
    return f"{obstacle}: it waits until {'one is' if obstacle == NO_SERVER else 'that is put right'}."


def _touch(ctx: Context, mailing: EmailCampaign) -> None:
    mailing.updated_at = ctx.now.astimezone(UTC)
    flag_modified(mailing, "updated_at")  # else the machine's clock is taken where the hub's stands still
    ctx.session.flush()
