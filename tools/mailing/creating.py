"""Creating a mailing: whose words become what, and what is written where words are missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from memory.campaigns import Campaign
from memory.enums import EmailStatus, TemplateKind
from memory.mailings import EmailCampaign
from memory.segments import Segment
from memory.templates import Template
from tools import merge
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict, Missing
from tools.core.records import resolve
from tools.core.result import Learned, Source
from tools.leading.entry import the_segment
from tools.mailing.cards import MailingCreated, card_fields
from tools.mailing.checks import Addresses, check_recipients, check_subject, check_time, free_name
from tools.mailing.letters import head_of, letter
from tools.quoting import inert
from tools.rendering import check_letter, readable
from tools.show import count, listing, words


@dataclass(frozen=True)
class Wish:
    """What a person said about a new mailing, checked."""

    topic: str | None
    subject: str | None
    content: str | None
    template: Template | None
    segment: Segment | None
    addresses: Addresses
    campaign: Campaign | None
    send_time: datetime | None


@dataclass
class _Text:
    subject: str | None = None
    preview: str | None = None
    content: str = ""
    ai_generated: bool = False
    note: str | None = None
    sources: tuple[Source, ...] = ()
    learned: Learned | None = None
    notes: list[str] = field(default_factory=list)


def wish(
    ctx: Context,
    topic: str | None,
    subject: str | None,
    content: str | None,
    template: str | None,
    segment: str | None,
    recipients: Sequence[str] | None,
    campaign: str | None,
    send_time: datetime | None,
) -> Wish:
    """The words checked and the records looked up. Raises for what cannot be, before anything is written."""
    if not (topic or subject or content or template):
        raise Missing(
            "What is the mailing about? Tell me a topic, a subject line, the text, or which template to use.",
            ["topic", "subject", "content", "template"],
        )
    if content and template:
        raise BadInput(
            "A mailing takes its text either from the content or from a template. Please give only one of them.",
            "content",
        )
    return Wish(
        topic=" ".join(topic.split()) if topic else None,
        subject=check_subject(subject) if subject else None,
        content=content,
        template=_mail_template(ctx, template) if template else None,
        segment=the_segment(ctx, segment) if segment else None,
        addresses=check_recipients(ctx, recipients) if recipients else Addresses(),
        campaign=ctx.session.get_one(Campaign, resolve(ctx, "campaign", campaign, "campaign").id) if campaign else None,
        send_time=check_time(ctx, send_time).astimezone(UTC) if send_time else None,
    )


def create(ctx: Context, wished: Wish) -> MailingCreated:
    """Write what is missing and store the mailing as a draft."""
    text = _text(ctx, wished)
    _still_there(ctx, wished)
    subject = wished.subject or text.subject
    named = wished.topic or wished.subject or text.subject or (wished.template.name if wished.template else "Mailing")
    now = ctx.now.astimezone(UTC)
    mailing = EmailCampaign(
        name=free_name(ctx, named[:1].upper() + named[1:]),
        campaign_id=wished.campaign.id if wished.campaign else None,
        subject_line=subject,
        preview_text=text.preview or None,
        content=text.content,
        template_id=wished.template.id if wished.template else None,
        segment_id=wished.segment.id if wished.segment else None,
        recipients=list(wished.addresses.emails),
        send_time=wished.send_time,
        status=EmailStatus.DRAFT,
        ai_generated=text.ai_generated,
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(mailing)
    ctx.session.flush()
    return MailingCreated(
        **card_fields(ctx, mailing),
        note=text.note,
        notes=(*text.notes, *_remarks(wished, text)),
        sources=text.sources,
        learned=text.learned,
    )


def _text(ctx: Context, wished: Wish) -> _Text:
    """Subject, preview and content: a person's own words stay word for word, a model adds what is missing."""
    own = wished.content or (wished.template.content if wished.template else None)
    if own is None:
        about = wished.topic or wished.subject or ""
        piece = letter(ctx, about, _audience(wished), None, wished.campaign)
        texts = piece.texts
        return _Text(
            texts["subject"], texts["preview"], texts["content"], piece.ai_generated, piece.note, piece.sources,
            piece.learned,
        )  # fmt: skip
    checked = check_letter(own)
    content, notes = _with_topic(checked, wished), list(checked.notes)
    if wished.subject:
        return _Text(content=content, notes=notes)
    about_it = wished.topic or (wished.template.name if wished.template else None)
    piece = head_of(ctx, readable(content) if checked.is_html else content, about_it)
    subject, preview = piece.texts["subject"], piece.texts["preview"]
    return _Text(subject, preview, content, piece.ai_generated, piece.note, piece.sources, piece.learned, notes)


def _with_topic(checked: merge.Checked, wished: Wish) -> str:
    """A template with a single slot of the author's own ({{ product }}) gets the topic there: it is what is new in it."""
    slots = [one for one in checked.fields if one.kind == "slot"]
    if wished.template is None or len(slots) != 1 or not wished.topic:
        return checked.content
    value = re.sub(r"[{}]", "", wished.topic)
    value = escape(value) if checked.is_html else value
    return re.sub(rf"\{{\{{-?\s*{re.escape(slots[0].path)}\s*-?\}}\}}", lambda _: value, checked.content)


def _audience(wished: Wish) -> str | None:
    if wished.segment is not None:
        return wished.segment.name  # not its conditions: "orders at least 5" must not stand in a letter
    return wished.campaign.target_audience if wished.campaign else None


def _remarks(wished: Wish, text: _Text) -> list[str]:
    notes = []
    if wished.segment is None and not wished.addresses.emails:
        notes.append("It has no recipients yet: name a segment or addresses, else it cannot be sent.")
    if wished.addresses.repeated:
        notes.append(f"{count(wished.addresses.repeated, 'address was', 'addresses were')} given more than once.")
    slots = [f"{one}" for one in merge.fields(text.content) if one.kind == "slot"]
    if slots:
        notes.append(f"Before it can be sent, {listing(slots)} must be filled: create it with a topic for it.")
    return notes


def _mail_template(ctx: Context, named: str) -> Template:
    found = ctx.session.get_one(Template, resolve(ctx, "template", named, "template").id)
    if found.kind != TemplateKind.EMAIL:
        raise BadInput(
            f"“{inert(found.name)}” is a template of kind {words(found.kind)}; a mailing needs one for email.",
            "template",
        )
    return found


def _still_there(ctx: Context, wished: Wish) -> None:
    """Writing may take a minute, in which somebody may delete what the mailing rests on."""
    for record in (wished.campaign, wished.segment, wished.template):
        if record is not None and ctx.session.get(type(record), record.id, populate_existing=True) is None:
            raise Conflict(f"“{inert(record.name)}” was deleted while the mailing was being written; nothing was kept.")
