"""Why a lead got a mailing or did not: the ledger, the suppression list, consent, and the segment's single conditions."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from memory.deliveries import Delivery, deliveries_to, delivery_to, exclusion_of
from memory.enums import DeliveryState, EmailStatus
from memory.events import events_of_lead
from memory.lead_attributes import fulfils
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.metrics import has_imported
from memory.segments import Segment
from memory.suppression import suppression_of
from tools.core.context import Context
from tools.core.result import RecordLink, Result
from tools.leading.entry import LEAD, lead_name
from tools.mailing.entry import MAILING
from tools.mailing.sending import REASONS
from tools.quoting import inert
from tools.segmenting import condition, in_words, load_tree
from tools.segmenting.tree import AllOf
from tools.show import bullets, day, moment, words

STATES = {
    DeliveryState.PENDING: "waits to be sent",
    DeliveryState.CLAIMED: "is about to be sent",
    DeliveryState.SENDING: "is being handed to the mail server",
    DeliveryState.SENT: "was sent",
    DeliveryState.BOUNCED: "was sent, but came back",
    DeliveryState.UNKNOWN: "was being sent when the hub stopped: whether it arrived is unknown, and it is never sent twice",
    DeliveryState.SUPPRESSED: "was held back",
    DeliveryState.CANCELLED: "was cancelled before it went out",
}


class Rule(BaseModel):
    """One condition of the segment, and whether the lead fulfils it now."""

    model_config = ConfigDict(frozen=True)

    condition: str
    fulfilled: bool


class LedgerRow(BaseModel):
    """One message to the lead, as the ledger has it."""

    model_config = ConfigDict(frozen=True)

    email_campaign_id: int
    mailing: str
    state: DeliveryState
    reason: str | None
    at: datetime

    @property
    def said(self) -> str:
        why = f" ({inert(self.reason)})" if self.reason else ""
        return f"**{inert(self.mailing)}**: {STATES[self.state]}{why}, {moment(self.at)}"


class DeliveryExplained(Result):
    """The explanation: `answer` in one sentence, then the facts it rests on. `received` is None where nobody knows."""

    lead_id: int
    lead: str
    email: str
    email_campaign_id: int | None
    mailing: str | None
    received: bool | None
    answer: str
    facts: tuple[str, ...]
    segment: str | None
    segment_id: int | None
    rules: tuple[Rule, ...]
    ledger: tuple[LedgerRow, ...]

    @property
    def text(self) -> str:
        parts = [self.answer]
        if self.facts:
            parts.append(bullets(self.facts))
        if self.rules:
            lines = [
                f"{'fulfilled' if rule.fulfilled else '**not fulfilled**'}: {inert(rule.condition)}"
                for rule in self.rules
            ]
            parts.append(
                f"The segment {inert(self.segment or '')} asks for (as {inert(self.lead)} is now):\n\n{bullets(lines)}"
            )
        if self.ledger and self.mailing is None:
            parts.append(f"The last messages:\n\n{bullets(row.said for row in self.ledger)}")
        return "\n\n".join(parts)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        found = [RecordLink(noun=LEAD, id=self.lead_id, name=self.lead)]
        if self.email_campaign_id is not None and self.mailing is not None:
            found.append(RecordLink(noun=MAILING, id=self.email_campaign_id, name=self.mailing))
        if self.segment_id is not None and self.segment is not None:
            found.append(RecordLink(noun="segment", id=self.segment_id, name=self.segment))
        return tuple(found)


def explain(ctx: Context, lead: Lead, mailing: EmailCampaign | None) -> DeliveryExplained:
    """Why `lead` got `mailing` or not; without one, the last messages and whether the lead may be written to."""
    segment = ctx.session.get(Segment, mailing.segment_id) if mailing and mailing.segment_id else None
    rules = rules_for(ctx, lead, segment) if segment else ()
    inside = bool(segment) and all(rule.fulfilled for rule in rules)
    barred = exclusion_of(ctx.session, lead.id)
    row = delivery_to(ctx.session, mailing.id, lead.email) if mailing else None
    if mailing is None:
        received, answer = None, _in_general(lead, barred)
    elif row is not None:
        received, answer = _by_ledger(ctx, lead, mailing, row)
    else:
        received, answer = _without_row(ctx, lead, mailing, segment, inside, barred)
    return DeliveryExplained(
        lead_id=lead.id,
        lead=lead_name(lead),
        email=lead.email,
        email_campaign_id=mailing.id if mailing else None,
        mailing=mailing.name if mailing else None,
        received=received,
        answer=answer,
        facts=tuple(_facts(ctx, lead, mailing, barred)),
        segment=segment.name if segment else None,
        segment_id=segment.id if segment else None,
        rules=rules,
        ledger=tuple(
            _row(ctx, one) for one in ([row] if row else deliveries_to(ctx.session, lead.email) if not mailing else [])
        ),
    )


def rules_for(ctx: Context, lead: Lead, segment: Segment) -> tuple[Rule, ...]:
    """The conditions that must all hold, each with whether it does for this lead."""
    tree = load_tree(segment.tree)
    parts = tree.parts if isinstance(tree, AllOf) else (tree,)
    held = fulfils(ctx.session, lead.id, [condition(part, ctx.now) for part in parts])
    return tuple(Rule(condition=in_words(part), fulfilled=holds) for part, holds in zip(parts, held, strict=True))


def _in_general(lead: Lead, barred: str | None) -> str:
    name = inert(lead_name(lead))
    if barred is None:
        return f"{name} may be written to: consent to email is on record, and nothing holds mail back."
    return f"{name} gets no mailing to a segment: {_why(barred)}."


def _by_ledger(ctx: Context, lead: Lead, mailing: EmailCampaign, row: Delivery) -> tuple[bool | None, str]:
    why = f" ({inert(row.reason)})" if row.reason else ""
    at = moment((row.sent_at or row.changed_at).astimezone(ctx.clock.zone))
    name, called = inert(mailing.name), inert(lead_name(lead))
    got = {DeliveryState.SENT: True, DeliveryState.UNKNOWN: None}.get(row.state, False)
    if got:
        return True, f"{called} was sent **{name}** on {at}; the mail server took it."
    return got, f"**{name}** to {called} {STATES[row.state]}{why}, {at}."


def _without_row(
    ctx: Context, lead: Lead, mailing: EmailCampaign, segment: Segment | None, inside: bool, barred: str | None
) -> tuple[bool | None, str]:
    name, called = inert(mailing.name), inert(lead_name(lead))
    named = lead.email in (mailing.recipients or ())
    addressed = inside or named
    if mailing.status == EmailStatus.SENT and mailing.laid_at is None:
        told = (
            "its results were imported as totals"
            if has_imported(ctx.session, MAILING, mailing.id)
            else "it was sent elsewhere"
        )
        fits = (
            ""
            if segment is None
            else f" {called} is {'' if inside else 'not '}in its segment {inert(segment.name)} today."
        )
        return None, (
            f"Whether {called} got **{name}** cannot be told: {told}, without a record for each person.{fits}"
        )
    if mailing.laid_at is not None:
        reason = (
            _not_addressed(segment)
            if not addressed
            else _why(barred)
            if barred
            else "they joined after it was laid out"
        )
        return False, f"{called} did not get **{name}**: {reason}."
    status = f"“{name}” is {words(mailing.status)}, so nobody has got it"
    if mailing.status == EmailStatus.CANCELLED:
        return False, f"{status}."
    if segment is None and not mailing.recipients:
        return False, f"{status}; it has no recipients yet."
    if not addressed:
        return False, f"{status}, and {called} would not: {_not_addressed(segment)}."
    if barred and not (named and barred == "no_consent"):
        return False, f"{status}, and {called} would not: {_why(barred)}."
    return False, f"{status} yet; as things are, {called} would."


def _not_addressed(segment: Segment | None) -> str:
    return f"not in its segment {inert(segment.name)}" if segment else "not among its recipients"


def _why(reason: str) -> str:
    return {
        "no_consent": "no consent to email is on record",
        "unconfirmed": "the consent to email was never confirmed",
    }.get(reason, REASONS.get(reason, words(reason)))


def _facts(ctx: Context, lead: Lead, mailing: EmailCampaign | None, barred: str | None) -> list[str]:
    found = []
    held = suppression_of(ctx.session, lead.email)
    if held is not None:
        found.append(
            f"The address is suppressed since {day(held.at.astimezone(ctx.clock.zone).date())}: {words(held.reason)} ({inert(held.source)})."
        )
    elif barred:
        found.append(f"Mail to segments is held back today: {_why(barred)}.")
    if mailing is not None:
        seen = sorted(
            (event for event in events_of_lead(ctx.session, lead.id) if event.email_campaign_id == mailing.id),
            key=lambda event: event.at,
        )
        found += [
            f"{words(event.type).capitalize()}{' (by a machine)' if event.machine else ''}: {moment(event.at.astimezone(ctx.clock.zone))}"
            for event in seen[:10]
        ]
    return found


def _row(ctx: Context, row: Delivery) -> LedgerRow:
    mailing = ctx.session.get_one(EmailCampaign, row.email_campaign_id)
    at = (row.sent_at or row.changed_at).astimezone(ctx.clock.zone)
    return LedgerRow(email_campaign_id=mailing.id, mailing=mailing.name, state=row.state, reason=row.reason, at=at)
