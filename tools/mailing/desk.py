"""The editor of mailings: what it shows of a draft, a preview for a real lead, what came back of a sent one."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from memory.campaigns import Campaign
from memory.deliveries import returned_of
from memory.enums import DeliveryState
from memory.lead_attributes import lead_to_show
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.segments import Segment
from tools.core.context import Context
from tools.delivering.letters import with_way_out
from tools.delivering.setup import MailSetup
from tools.leading.entry import the_lead
from tools.mailing.cards import MailingCard, card_fields
from tools.mailing.explaining import STATES
from tools.mailing.lint import Finding, findings, undelivered
from tools.mailing.sample import campaign_values, house_values, lead_values
from tools.mailing.sending import REASONS
from tools.merge import BrokenMerge
from tools.rendering import RenderedLetter, render_letter
from tools.segmenting import condition, load_tree

#: Personal links of a preview: addresses that lead nowhere, in the length of real ones.
PREVIEW_LINKS = {
    "unsubscribe_url": "https://unsubscribe.invalid/u/0000000000000000000000",
    "preferences_url": "https://preferences.invalid/p/0000000000000000000000",
}


class Letter(BaseModel):
    """What stands in the editor, saved or not."""

    model_config = ConfigDict(frozen=True)

    subject: str = ""
    preview_text: str = ""
    content: str = ""
    segment_id: int | None = None
    campaign_id: int | None = None
    recipients: tuple[str, ...] = ()


class Preview(BaseModel):
    """The letter as one person would read it. `size` is the HTML part's, in bytes."""

    model_config = ConfigDict(frozen=True)

    person: str
    lead_id: int | None
    subject: str
    preview_text: str | None
    html: str
    text: str
    size: int


class Returned(BaseModel):
    """A message that came back, is in doubt or was held back; `said` tells it in words. `at` in the hub's zone."""

    model_config = ConfigDict(frozen=True)

    recipient: str
    lead_id: int | None
    state: DeliveryState
    said: str
    at: datetime


class EditedMailing(MailingCard):
    """A mailing with the version to save the next change upon, and when its people were laid out."""

    version: int
    laid_at: datetime | None

    @property
    def text(self) -> str:
        return self.line()


def edited(ctx: Context, mailing: EmailCampaign) -> EditedMailing:
    """The mailing as the editor shows it."""
    laid_at = mailing.laid_at.astimezone(ctx.clock.zone) if mailing.laid_at else None
    return EditedMailing(**card_fields(ctx, mailing), version=mailing.version, laid_at=laid_at)


def preview(ctx: Context, letter: Letter, lead: str | None) -> Preview:
    """The letter filled in for a lead. Raises BrokenMerge or BadInput where it cannot work."""
    found = the_lead(ctx, lead) if lead else _reader(ctx, letter)
    email = letter.recipients[0] if found is None and letter.recipients else None
    made = _rendered(ctx, letter, found, email)
    return Preview(
        person=(found.name or found.email) if found else email or "somebody of whom nothing is known",
        lead_id=found.id if found else None,
        subject=made.subject,
        preview_text=made.preview_text,
        html=made.html,
        text=made.text,
        size=len(made.html.encode()),
    )


def check(ctx: Context, letter: Letter, setup: MailSetup) -> tuple[Finding, ...]:
    """What speaks against sending the letter as it is, the worst first."""
    reader = _reader(ctx, letter)
    try:
        made = _rendered(ctx, letter, reader, None)
    except BrokenMerge as error:
        return (undelivered(error.sentence),)
    return findings(letter.subject, letter.preview_text, letter.content, made, setup)


def returned(ctx: Context, mailing_id: int, limit: int, offset: int) -> Sequence[Returned]:
    """What came back of a mailing, is in doubt or was held back, the newest first."""
    return [
        Returned(
            recipient=one.recipient,
            lead_id=one.lead_id,
            state=one.state,
            said=_said(one.state, one.reason),
            at=one.changed_at.astimezone(ctx.clock.zone),
        )
        for one in returned_of(ctx.session, mailing_id, limit=limit, offset=offset)
    ]


def _said(state: DeliveryState, reason: str | None) -> str:
    why = REASONS.get(reason, reason) if reason else ""
    told = STATES[state]
    return f"{told[:1].upper()}{told[1:]}{f': {why}' if why else ''}"


def _rendered(ctx: Context, letter: Letter, lead: Lead | None, email: str | None) -> RenderedLetter:
    """The letter as it would be sent: with the way out that every mail gets."""
    campaign = ctx.session.get(Campaign, letter.campaign_id) if letter.campaign_id else None
    made = render_letter(
        letter.content or letter.subject,
        lead_values(ctx.session, lead, email),
        subject=letter.subject,
        preview_text=letter.preview_text or None,
        company=house_values(ctx.session),
        campaign=campaign_values(campaign),
        links=PREVIEW_LINKS,
    )
    return with_way_out(made, PREVIEW_LINKS["unsubscribe_url"])


def _reader(ctx: Context, letter: Letter) -> Lead | None:
    """Somebody of the letter's segment, else any lead."""
    segment = ctx.session.get(Segment, letter.segment_id) if letter.segment_id else None
    return lead_to_show(ctx.session, condition(load_tree(segment.tree), ctx.now) if segment else None) or (
        lead_to_show(ctx.session)
    )
