"""What the mailing tools return: cards, lists, what was created or cancelled."""

from datetime import datetime
from typing import Any

from memory.campaigns import Campaign
from memory.deliveries import states_of
from memory.enums import DeliveryState, EmailStatus
from memory.mailings import EmailCampaign
from memory.segments import Segment
from memory.templates import Template
from tools import merge
from tools.core.context import Context
from tools.core.result import Learned, RecordLink, Result, Source, rests_on
from tools.mailing.entry import MAILING
from tools.quoting import block, fenced, inert
from tools.show import bullets, count, moment, words

MOST_LISTED = 50
#: Addresses that each mailing of a list shows: one may have 100,000.
FEW = 20


class MailingCard(Result):
    """One mailing. `recipients` are single addresses, in a list the first `FEW` of them; `addresses` is how many there
    are. Whom the segment holds is looked up when it is sent. `status_reason` says why it is paused or waits, or what is in doubt after it was sent."""

    id: int
    name: str
    status: EmailStatus
    subject_line: str | None
    preview_text: str | None
    content: str | None
    campaign_id: int | None
    campaign: str | None
    template_id: int | None
    template: str | None
    segment_id: int | None
    segment: str | None
    recipients: tuple[str, ...]
    addresses: int
    send_time: datetime | None
    sent_at: datetime | None
    status_reason: str | None = None
    ai_generated: bool

    @property
    def links(self) -> tuple[RecordLink, ...]:
        found = [RecordLink(noun=MAILING, id=self.id, name=self.name)]
        for noun, id, name in (
            ("segment", self.segment_id, self.segment),
            ("campaign", self.campaign_id, self.campaign),
            ("template", self.template_id, self.template),
        ):
            if id is not None and name is not None:
                found.append(RecordLink(noun=noun, id=id, name=name))
        return tuple(found)

    def goes_to(self) -> str:
        """Who it goes to, in words."""
        parts = [f"the segment {inert(self.segment)}"] if self.segment else []
        if self.recipients:
            few = ", ".join(map(inert, self.recipients[:3]))
            parts.append(few if self.addresses <= 3 else count(self.addresses, "single address", "single addresses"))
        return " and ".join(parts) or "nobody yet"

    def line(self) -> str:
        """The mailing in one line."""
        subject = f"“{inert(self.subject_line)}”" if self.subject_line else "no subject line yet"
        planned = self.send_time if self.status != EmailStatus.CANCELLED else None
        when = f", {moment(self.sent_at)}" if self.sent_at else f", for {moment(planned)}" if planned else ""
        why = f". {inert(self.status_reason)}" if self.status_reason else ""
        return f"**{inert(self.name)}** ({words(self.status)}{when}): {subject}, to {self.goes_to()}{why}"


class MailingCreated(MailingCard):
    """The mailing that was just created, as a draft. `notes` are what the person should know about it."""

    note: str | None = None
    notes: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    learned: Learned | None = None

    @property
    def text(self) -> str:
        lines = [
            f"Created the mailing **{inert(self.name)}** as a draft, to {self.goes_to()}.",
            f"**Subject:** {inert(self.subject_line or '-')}"
            + (f"\n\n**Preview:** {inert(self.preview_text)}" if self.preview_text else ""),
            shown_content(self.content or ""),
        ]
        if self.send_time:
            lines.append(f"It is meant to go out on {moment(self.send_time)}; nothing is scheduled until you send it.")
        lines += [inert(note) for note in self.notes]
        return "\n\n".join(lines) + rests_on(self.note, self.sources, self.learned, self.ai_generated)


class MailingList(Result):
    """Mailings, newest first. `filters` says in words what they were chosen by; `in_all` how many there are without."""

    mailings: tuple[MailingCard, ...]
    filters: str
    in_all: int

    @property
    def text(self) -> str:
        if not self.in_all:
            return "There are no mailings yet. Create one with, for example: “create a mailing about our summer sale”."
        if not self.mailings:
            return f"There are no mailings {self.filters}; {count(self.in_all, 'mailing')} in all."
        shown = [one.line() for one in self.mailings[:MOST_LISTED]]
        more = len(self.mailings) - len(shown)
        head = f"{count(len(self.mailings), 'mailing').capitalize()}{f' {self.filters}' if self.filters else ''}:"
        return f"{head}\n\n{bullets(shown)}" + (f"\n\n… and {more} more." if more else "")

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(one.links[0] for one in self.mailings)


class MailingCancelled(MailingCard):
    """A mailing that was cancelled: how many messages were stopped, and what cannot be stopped any more."""

    before: EmailStatus
    stopped: int
    gone: int

    @property
    def text(self) -> str:
        said = f"Cancelled the mailing **{inert(self.name)}** (it was {words(self.before)})."
        if self.stopped:
            said += f" {count(self.stopped, 'message').capitalize()} waiting to go out will not be sent."
        if self.gone:
            verb = "was" if self.gone == 1 else "were"
            return (
                f"{said} {count(self.gone, 'message').capitalize()} {verb} sent before that and cannot be called back."
            )
        return f"{said} Nobody had received it."


def card_fields(
    ctx: Context, mailing: EmailCampaign, listed: tuple[int, tuple[str, ...]] | None = None
) -> dict[str, Any]:
    """The fields of a MailingCard; moments in the hub's zone. `listed`: how many addresses it has and the first of them,
    where not all are wanted."""
    if listed is None:
        listed = len(mailing.recipients or ()), tuple(mailing.recipients or ())
    campaign = ctx.session.get(Campaign, mailing.campaign_id) if mailing.campaign_id else None
    segment = ctx.session.get(Segment, mailing.segment_id) if mailing.segment_id else None
    template = ctx.session.get(Template, mailing.template_id) if mailing.template_id else None
    zone = ctx.clock.zone
    return {
        "id": mailing.id,
        "name": mailing.name,
        "status": mailing.status,
        "subject_line": mailing.subject_line,
        "preview_text": mailing.preview_text,
        "content": mailing.content,
        "campaign_id": mailing.campaign_id,
        "campaign": campaign.name if campaign else None,
        "template_id": mailing.template_id,
        "template": template.name if template else None,
        "segment_id": mailing.segment_id,
        "segment": segment.name if segment else None,
        "recipients": listed[1],
        "addresses": listed[0],
        "send_time": mailing.send_time.astimezone(zone) if mailing.send_time else None,
        "sent_at": mailing.sent_at.astimezone(zone) if mailing.sent_at else None,
        "status_reason": mailing.status_reason,
        "ai_generated": mailing.ai_generated,
    }


def messages_gone(ctx: Context, mailing: EmailCampaign) -> int:
    """How many messages of a mailing have left the house, or may have."""
    states = states_of(ctx.session, mailing.id)
    return sum(
        states.get(state, 0)
        for state in (DeliveryState.SENDING, DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.UNKNOWN)
    )


def shown_content(content: str) -> str:
    """A mail's text in an answer: HTML as code, plain text as a quote."""
    return fenced(content) if merge.is_html(content) else block(content)
