"""The email tools: mailings and their sending, sequences, templates and subject lines, and what came of it all."""

from datetime import datetime

from memory import mailings as stored
from memory.enums import EmailStatus
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.kinds import (
    Aim,
    Audience,
    CampaignRef,
    Count,
    Days,
    EmailAddress,
    EmailCampaignRef,
    LeadRef,
    Name,
    Period,
    Prose,
    Query,
    SegmentRef,
    TemplateRef,
    Title,
    Tone,
    Topic,
)
from tools.leading.entry import the_lead, the_segment
from tools.mailing.cards import FEW, MailingCancelled, MailingCard, MailingCreated, MailingList, card_fields
from tools.mailing.creating import create, wish
from tools.mailing.entry import the_mailing
from tools.mailing.explaining import DeliveryExplained, explain
from tools.mailing.performance import EmailPerformance, performance
from tools.mailing.personal import Personalization, personalization
from tools.mailing.send_times import SendTimes, send_times
from tools.mailing.sending import MailingSent, SendPlan, cancel, plan_sending, start_sending
from tools.mailing.sequences import EmailSequence, email_sequence
from tools.mailing.subjects import SubjectLines, subject_lines
from tools.mailing.template_writing import TemplateDraft, template_draft
from tools.quoting import inert
from tools.show import words


@tool(effect="write", route="POST /email/campaigns/create")
def create_email_campaign(
    ctx: Context,
    topic: Topic | None = None,
    subject: Title | None = None,
    content: Prose | None = None,
    template: TemplateRef | None = None,
    segment: SegmentRef | None = None,
    recipients: list[EmailAddress] | None = None,
    campaign: CampaignRef | None = None,
    send_time: datetime | None = None,
) -> MailingCreated:
    """Create a mailing, as a draft; what is missing of its text is written from the topic. Nothing is sent.

    Args:
        topic: What the mail is about, in words.
        subject: The subject line, word for word.
        content: The text of the mail, word for word, with Liquid merge fields.
        template: The template that the text is taken from; a single slot of its own gets the topic.
        segment: The segment it goes to; its people are looked up when it is sent.
        recipients: Single addresses it goes to.
        campaign: The campaign it belongs to.
        send_time: When it is meant to go out, in the future.
    """
    return create(ctx, wish(ctx, topic, subject, content, template, segment, recipients, campaign, send_time))


@tool(effect="read", route="GET /email/campaigns/list")
def list_email_campaigns(ctx: Context, status: EmailStatus | None = None, query: Query | None = None) -> MailingList:
    """List the mailings, newest first; with filters, those that fit all of them.

    Args:
        status: Only mailings with this status.
        query: Only mailings with these words in their name, subject line or text.
    """
    found = stored.list_email_campaigns(ctx.session, status=status, query=query)
    listed = stored.first_recipients(ctx.session, [one.id for one in found], FEW)
    filters = [f"with status {words(status)}" if status else "", f"matching “{inert(query)}”" if query else ""]
    return MailingList(
        mailings=tuple(MailingCard(**card_fields(ctx, one, listed[one.id])) for one in found),
        filters=" ".join(part for part in filters if part),
        in_all=stored.count_email_campaigns(ctx.session),
    )


def preview_send_email_campaign(
    ctx: Context, email_campaign: EmailCampaignRef, send_time: datetime | None = None
) -> SendPlan:
    """What sending this mailing would do: to whom, who is left out and why, the text for one person, the time."""
    return plan_sending(ctx, the_mailing(ctx, email_campaign), send_time)


@tool(effect="gated", route="POST /email/campaigns/{email_campaign}/send", preview=preview_send_email_campaign)
def send_email_campaign(
    ctx: Context, email_campaign: EmailCampaignRef, send_time: datetime | None = None
) -> MailingSent:
    """Send a mailing at once, or schedule it for a time.

    Args:
        email_campaign: The mailing, by its id or by (part of) its name.
        send_time: When it shall go out; without it, at once (or at the time that the draft was made for).
    """
    return start_sending(ctx, the_mailing(ctx, email_campaign), send_time)


@tool(effect="write", route="POST /email/campaigns/{email_campaign}/cancel")
def cancel_email_campaign(ctx: Context, email_campaign: EmailCampaignRef) -> MailingCancelled:
    """Cancel a mailing that is not finished: what has not gone out yet stays in the house.

    Args:
        email_campaign: The mailing, by its id or by (part of) its name.
    """
    return cancel(ctx, the_mailing(ctx, email_campaign))


@tool(effect="draft", route="POST /email/sequences/create")
def generate_email_sequence(
    ctx: Context, topic: Topic, audience: Audience | None = None, emails: Count = 5, days_between: Days = 3
) -> EmailSequence:
    """Write a series of emails that follow each other, as a draft.

    Args:
        topic: What the series is about or leads to, in words.
        audience: The people it is meant for.
        emails: How many emails, 2 to 10.
        days_between: Days between two of them, 1 to 90.
    """
    return email_sequence(ctx, topic, audience, emails, days_between)


@tool(effect="draft", route="POST /email/subject-lines/generate")
def optimize_subject_lines(
    ctx: Context, topic: Topic | None = None, email_campaign: EmailCampaignRef | None = None, count: Count = 5
) -> SubjectLines:
    """Write subject lines for a topic or a mailing, learning from which past subjects were opened.

    Args:
        topic: What the mail is about, in words.
        email_campaign: The mailing that needs a better subject line.
        count: How many subject lines, 1 to 10.
    """
    return subject_lines(ctx, topic, the_mailing(ctx, email_campaign) if email_campaign else None, count)


@tool(effect="draft", route="POST /email/templates/create")
def generate_email_template(
    ctx: Context, purpose: Aim, name: Name | None = None, tone: Tone | None = None
) -> TemplateDraft:
    """Write an email template with merge fields and save it, to be used again.

    Args:
        purpose: What mails of this kind are for ("order confirmations").
        name: What the template is called; no other template may have the name. Without it, named after its purpose.
        tone: How it should sound, beside the brand voice.
    """
    return template_draft(ctx, purpose, name, tone)


@tool(effect="read", route="GET /email/campaigns/{email_campaign}/analytics")
def analyze_email_performance(
    ctx: Context, email_campaign: EmailCampaignRef | None = None, period: Period | None = None
) -> EmailPerformance:
    """Compute how a mailing did, against the others; without a mailing, all that were sent in a period.

    Open rate is people who opened / delivered, click rate people who clicked / delivered, click-to-open rate clicks /
    opens, bounce rate bounces / (delivered + bounces), unsubscribe rate unsubscribes / delivered (Farris et al.,
    "Marketing Metrics", 4th edition). Machine opens and clicks are told apart and do not count.

    Args:
        email_campaign: The mailing, by its id or by (part of) its name.
        period: Only mailings sent in this period, in words ("last 30 days", "October").
    """
    return performance(ctx, the_mailing(ctx, email_campaign) if email_campaign else None, period)


@tool(effect="read", route="GET /email/send-time")
def optimize_send_time(ctx: Context, segment: SegmentRef | None = None) -> SendTimes:
    """Find the weekday and hour at which people read their mail, from their own opens and clicks.

    Args:
        segment: Only the people who are in this segment now.
    """
    return send_times(ctx, the_segment(ctx, segment) if segment else None)


@tool(effect="draft", route="POST /email/personalization")
def suggest_personalization(
    ctx: Context,
    email_campaign: EmailCampaignRef | None = None,
    segment: SegmentRef | None = None,
    topic: Topic | None = None,
) -> Personalization:
    """Suggest how a mail can be made personal with what is really known of its readers.

    Args:
        email_campaign: The mailing to be made personal.
        segment: The people it goes to; without it, those of the mailing, else all leads.
        topic: What the mail is about, in words.
    """
    mailing = the_mailing(ctx, email_campaign) if email_campaign else None
    return personalization(ctx, mailing, the_segment(ctx, segment) if segment else None, topic)


@tool(effect="read", route="GET /email/campaigns/{email_campaign}/why/{lead}")
def explain_delivery(ctx: Context, lead: LeadRef, email_campaign: EmailCampaignRef | None = None) -> DeliveryExplained:
    """Explain why a lead got a mailing or did not get it, from the ledger, the consents and the segment's conditions.

    Args:
        lead: The lead, by id, address, (part of) the name, or company.
        email_campaign: The mailing; without it, what the lead got lately and whether it may be written to at all.
    """
    return explain(ctx, the_lead(ctx, lead), the_mailing(ctx, email_campaign) if email_campaign else None)
