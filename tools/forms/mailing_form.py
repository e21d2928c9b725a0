"""Mailings as the editor changes them: save a draft, copy, pause, go on."""

from datetime import UTC, datetime

from sqlalchemy.orm.attributes import flag_modified

from memory.campaigns import Campaign
from memory.enums import EmailStatus
from memory.mailings import EmailCampaign, email_campaign_named
from tools import merge
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict
from tools.core.kinds import CampaignRef, Count, EmailAddress, EmailCampaignRef, Name, Prose, SegmentRef, Title
from tools.core.records import resolve
from tools.delivering import steering
from tools.leading.entry import the_segment
from tools.mailing.cards import MailingCard, card_fields
from tools.mailing.checks import LONGEST_NAME, check_recipients, check_subject, check_time, free_name
from tools.mailing.entry import the_mailing
from tools.quoting import inert
from tools.rendering import check_letter
from tools.show import words

LONGEST_PREVIEW = 250


class MailingSaved(MailingCard):
    """The draft after it was saved. `version` is the one to save the next change upon; `notes` what to know about it."""

    version: int
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n\n".join([f"Saved the mailing **{inert(self.name)}**.", *map(inert, self.notes)])


class MailingSteered(MailingCard):
    """A mailing that was paused, goes on, or was copied; `said` tells which."""

    said: str

    @property
    def text(self) -> str:
        return self.said


@tool(effect="write", route="PUT /email/campaigns/{email_campaign}", form=True)
def save_email_campaign(
    ctx: Context,
    email_campaign: EmailCampaignRef,
    name: Name,
    version: Count | None = None,
    subject: Title | None = None,
    preview_text: Title | None = None,
    content: Prose | None = None,
    segment: SegmentRef | None = None,
    recipients: list[EmailAddress] | None = None,
    campaign: CampaignRef | None = None,
    send_time: datetime | None = None,
) -> MailingSaved:
    """Save a draft as the editor holds it; what is not given is emptied. Only drafts: what was approved stays as it is.

    Args:
        email_campaign: The mailing, by its id.
        name: What it is called.
        version: The version that the editor was opened with; another one since then is not overwritten.
        subject: The subject line.
        preview_text: What inboxes show behind the subject.
        content: MJML, HTML or plain text, with Liquid merge fields.
        segment: The segment it goes to.
        recipients: Single addresses it goes to.
        campaign: The campaign it belongs to.
        send_time: When it is meant to go out.
    """
    mailing = the_mailing(ctx, email_campaign)
    if mailing.status != EmailStatus.DRAFT:
        raise Conflict(
            f"“{inert(mailing.name)}” is {words(mailing.status)}, so its text can no longer be changed. "
            "Copy it, change the copy and send that."
        )
    if version is not None and version != mailing.version:
        raise Conflict(
            f"“{inert(mailing.name)}” was changed by somebody else meanwhile. Open it again; your text is still in the editor."
        )
    checked = check_letter(content) if content else None
    mailing.name = _name(ctx, mailing, name)
    mailing.subject_line = check_subject(subject) if subject else None
    mailing.preview_text = _preview(preview_text) if preview_text else None
    mailing.content = checked.content if checked else None
    mailing.segment_id = the_segment(ctx, segment).id if segment else None
    mailing.recipients = list(check_recipients(ctx, recipients).emails) if recipients else []
    mailing.campaign_id = (
        ctx.session.get_one(Campaign, resolve(ctx, "campaign", campaign, "campaign").id).id if campaign else None
    )
    mailing.send_time = check_time(ctx, send_time).astimezone(UTC) if send_time else None
    _touch(ctx, mailing)
    notes = checked.notes if checked else ()
    return MailingSaved(**card_fields(ctx, mailing), version=mailing.version, notes=notes)


@tool(effect="write", route="POST /email/campaigns/{email_campaign}/copy", form=True)
def copy_email_campaign(ctx: Context, email_campaign: EmailCampaignRef) -> MailingSteered:
    """Make a new draft of a mailing's text and recipients.

    Args:
        email_campaign: The mailing, by its id.
    """
    old = the_mailing(ctx, email_campaign)
    now = ctx.now.astimezone(UTC)
    copy = EmailCampaign(
        name=free_name(ctx, f"Copy of {old.name}"),
        campaign_id=old.campaign_id,
        subject_line=old.subject_line,
        preview_text=old.preview_text,
        content=old.content,
        template_id=old.template_id,
        segment_id=old.segment_id,
        recipients=list(old.recipients or ()),
        status=EmailStatus.DRAFT,
        ai_generated=old.ai_generated,
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(copy)
    ctx.session.flush()
    return MailingSteered(**card_fields(ctx, copy), said=f"Made the draft **{inert(copy.name)}**.")


@tool(effect="write", route="POST /email/campaigns/{email_campaign}/pause", form=True)
def pause_email_campaign(ctx: Context, email_campaign: EmailCampaignRef) -> MailingSteered:
    """Stop a mailing that is being sent until somebody lets it go on.

    Args:
        email_campaign: The mailing, by its id.
    """
    mailing = the_mailing(ctx, email_campaign)
    if not steering.pause(ctx.session, mailing, f"Paused by {ctx.asker.name}", ctx.now):
        raise Conflict(f"“{inert(mailing.name)}” is {words(mailing.status)}, so there is nothing to pause.")
    return MailingSteered(
        **card_fields(ctx, mailing),
        said=f"Paused **{inert(mailing.name)}**. What was being handed over at this moment may still arrive.",
    )


@tool(effect="write", route="POST /email/campaigns/{email_campaign}/resume", form=True)
def resume_email_campaign(ctx: Context, email_campaign: EmailCampaignRef) -> MailingSteered:
    """Let a paused mailing go on: the messages that were approved and have not gone out.

    Args:
        email_campaign: The mailing, by its id.
    """
    mailing = the_mailing(ctx, email_campaign)
    steering.resume(ctx.session, mailing, ctx.now)
    return MailingSteered(**card_fields(ctx, mailing), said=f"**{inert(mailing.name)}** goes on.")


def _name(ctx: Context, mailing: EmailCampaign, wanted: str) -> str:
    name = " ".join(wanted.split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name has {len(name)} characters; please use at most {LONGEST_NAME}.", "name")
    other = email_campaign_named(ctx.session, name)
    if other is not None and other.id != mailing.id:
        raise BadInput(f"There is a mailing called “{inert(name)}” already. Please choose another name.", "name")
    return name


def _preview(preview_text: str) -> str:
    preview = " ".join(preview_text.split())
    if len(preview) > LONGEST_PREVIEW:
        raise BadInput(
            f"The preview text has {len(preview)} characters; please use at most {LONGEST_PREVIEW}.", "preview_text"
        )
    try:
        merge.fields(preview)
    except merge.BrokenMerge as error:
        raise BadInput(f"In the preview text: {error.sentence}", "preview_text") from error
    return preview


def _touch(ctx: Context, mailing: EmailCampaign) -> None:
    mailing.updated_at = ctx.now.astimezone(UTC)
    flag_modified(mailing, "updated_at")  # else the machine's clock is taken where the hub's stands still
    ctx.session.flush()
