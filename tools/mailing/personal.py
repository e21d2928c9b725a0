"""What a mail can say that is personal: the fields that are really known of its readers, and what to do with each."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement

from memory.lead_attributes import frequent_values, known_custom_fields, known_fields, lead_to_show
from memory.leads import Lead
from memory.mailings import EmailCampaign
from memory.segments import Segment
from tools import merge
from tools.core.context import Context
from tools.core.result import Drafted, RecordLink
from tools.mailing.entry import mailing_link
from tools.mailing.sample import SAMPLE_LINKS, house_values, lead_values
from tools.mailing.sending import condition_of
from tools.quoting import inert
from tools.segmenting import condition, load_tree
from tools.show import bullets, count, listing, percent, shorten
from tools.writing.background import company
from tools.writing.compose import Part, as_numbered, keep, numbered, rows, write
from tools.writing.context import gathered

#: Below this share of readers, a field leaves too many sentences without it.
ENOUGH = 0.3
MOST = 5
TASK = (
    "An email is to be made personal with what is known of its readers. For each known thing below write one sentence of "
    "15 to 25 words: what the mail could say or show with it, for this topic. Name no numbers, prices or dates."
)
#: What is usually done with a field: the Liquid for it, and why.
SNIPPETS: dict[str, tuple[str, str]] = {
    "first_name": ('Hi {{ lead.first_name | default: "there" }},', "Greet each reader by the first name."),
    "company": (
        "{% if lead.company %}for {{ lead.company }}{% else %}for you{% endif %}",
        "Name the reader's company where you speak of the use of what you offer.",
    ),
    "job_title": (
        "{% if lead.job_title %}As {{ lead.job_title }}, you{% else %}You{% endif %}",
        "Speak to the reader's work: what it means for the job.",
    ),
    "city": (
        "{% if lead.city %}in {{ lead.city }}{% else %}near you{% endif %}",
        "Show what is near: a local date, shop or delivery.",
    ),
    "country": (
        "{% if lead.country %}in {{ lead.country }}{% endif %}",
        "Name what differs by country: delivery, holidays.",
    ),
    "language": ("{{ lead.language }}", "Write to each reader in the own language: one mailing for each."),
    "source": ("{{ lead.source }}", "Remind readers of where you met them."),
    "orders": (
        "",
        "Thank those who have ordered before, and show the others a first step: two segments, two openings.",
    ),
    "tag": ("", "Speak of the interest that the tag tells: a paragraph or a mailing for each."),
}


class Idea(BaseModel):
    """One way to be personal: the field, how many readers have it, the Liquid to write, and why it would help."""

    model_config = ConfigDict(frozen=True)

    field: str
    known: int
    share: float
    values: tuple[str, ...]
    snippet: str | None
    example: str | None
    why: str


class Personalization(Drafted):
    """Ideas for the readers of a mailing or segment (or all leads); `lacking` are fields that too few have."""

    topic: str | None
    email_campaign_id: int | None
    segment_id: int | None
    readers: int
    who: str
    used: tuple[str, ...]
    ideas: tuple[Idea, ...]
    lacking: tuple[str, ...]
    links_: tuple[RecordLink, ...] = ()

    @property
    def text(self) -> str:
        if not self.readers:
            return f"Nothing is known of {inert(self.who)}: there is nobody among the leads to be personal with yet."
        parts = [
            f"{count(self.readers, 'reader').capitalize()} ({inert(self.who)}). What is known of them can be used so:"
        ]
        parts.append(
            bullets(self._line(one) for one in self.ideas) if self.ideas else "Too little is known of them yet."
        )
        if self.used:
            parts.append(f"The mail uses already: {listing(f'`{path}`' for path in self.used)}.")
        if self.lacking:
            parts.append(f"Known of too few to rest a sentence on: {listing(self.lacking)}.")
        return "\n\n".join(parts) + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return self.links_

    def _line(self, one: Idea) -> str:
        name = one.field.replace("_", " ")
        values = f" (mostly {', '.join(map(inert, one.values))})" if one.values else ""
        said = f"**{inert(name).capitalize()}**, known of {percent(one.share)}{values}: {inert(one.why)}"
        if one.snippet:
            said += f"\n  `{one.snippet}`"
        if one.example:
            said += f" → “{inert(one.example)}”"
        return said


def personalization(
    ctx: Context, mailing: EmailCampaign | None, segment: Segment | None, topic: str | None
) -> Personalization:
    """What is known of the readers, and how a mail could use it; stored as a draft."""
    where, who, links = _readers(ctx, mailing, segment)
    readers, ideas, lacking = _ideas(ctx, where)
    told = topic or (mailing and (mailing.subject_line or mailing.name)) or None
    used = tuple(one.path for one in merge.fields(mailing.content)) if mailing and mailing.content else ()
    body: dict[str, Any] = {
        "topic": topic,
        "email_campaign_id": mailing.id if mailing else None,
        "segment_id": segment.id if segment else None,
        "readers": readers,
        "who": who,
        "used": used,
        "lacking": lacking,
    }
    if not ideas:
        return Personalization(**body, ideas=(), links_=links)
    known = "; ".join(f"{n}. {one.field.replace('_', ' ')}{_mostly(one)}" for n, one in enumerate(ideas, start=1))
    piece = write(
        ctx,
        TASK,
        {"Topic": told, "Readers": who, "Known of the readers": known},
        gathered(ctx, told or "", "email", besides_mailing=mailing.id if mailing else None),
        numbered(len(ideas), Part("idea", 200)),
        lambda: as_numbered(("idea",), [(one.why,) for one in ideas]),
        signer=company(ctx),
    )
    ideas = [
        one.model_copy(update={"why": texts[0]})
        for one, texts in zip(ideas, rows(piece.texts, len(ideas), "idea"), strict=True)
    ]
    stored = {**body, "used": list(used), "lacking": list(lacking), "ideas": [one.model_dump() for one in ideas]}
    kept = keep(ctx, piece, "personalization", f"Personalization: {shorten(told or who, 80)}", stored)
    return Personalization(**body, ideas=tuple(ideas), links_=links, **kept)


def _readers(
    ctx: Context, mailing: EmailCampaign | None, segment: Segment | None
) -> tuple[ColumnElement[bool] | None, str, tuple[RecordLink, ...]]:
    """Whom the mail goes to: as a condition on leads, in words, and the records that say so."""
    own = (mailing_link(mailing),) if mailing else ()
    if segment is None and mailing is not None and mailing.segment_id:
        segment = ctx.session.get(Segment, mailing.segment_id)
    if segment is not None:
        link = RecordLink(noun="segment", id=segment.id, name=segment.name)
        return condition(load_tree(segment.tree), ctx.now), f"the segment {segment.name}", (*own, link)
    if mailing is not None and mailing.recipients:
        return Lead.email.in_(mailing.recipients), "the recipients among the leads", own
    return (condition_of(ctx, mailing) if mailing else None), "all leads", own


def _ideas(ctx: Context, where: ColumnElement[bool] | None) -> tuple[int, list[Idea], tuple[str, ...]]:
    """Number of readers, the fields worth using (most widely known first), and those that too few have."""
    readers, known = known_fields(ctx.session, where)
    if not readers:
        return 0, [], ()
    ideas, lacking = [], []
    for field, (snippet, why) in SNIPPETS.items():
        if known[field] >= ENOUGH * readers:
            values = frequent_values(ctx.session, where, field) if field not in ("first_name", "orders") else []
            shown = tuple(value for value, amount in values if amount > 1) or tuple(value for value, _ in values[:1])
            ideas.append(_idea(ctx, where, field, known[field], readers, shown, snippet or None, why))
        elif field in ("first_name", "company", "city", "job_title"):
            lacking.append(f"{field.replace('_', ' ')} ({percent(known[field] / readers)})")
    for name, amount in known_custom_fields(ctx.session, where):
        if amount >= ENOUGH * readers and name.replace("_", "").isalnum():
            snippet = f"{{{{ lead.custom.{name} }}}}"
            ideas.append(
                _idea(ctx, where, name, amount, readers, (), snippet, "Use it where it changes what the reader needs.")
            )
    rank = {field: place for place, field in enumerate(SNIPPETS)}
    ideas.sort(key=lambda one: (one.field != "first_name", -one.share, rank.get(one.field, 99)))
    return readers, ideas[:MOST], tuple(lacking)


def _idea(
    ctx: Context,
    where: ColumnElement[bool] | None,
    field: str,
    known: int,
    readers: int,
    values: tuple[str, ...],
    snippet: str | None,
    why: str,
) -> Idea:
    example = None
    lead = lead_to_show(ctx.session, where)
    if snippet and lead is not None:
        filled = {"lead": lead_values(ctx.session, lead), "company": house_values(ctx.session), **SAMPLE_LINKS}
        example = merge.render(snippet, filled) or None
    return Idea(
        field=field, known=known, share=known / readers, values=values, snippet=snippet, example=example, why=why
    )


def _mostly(one: Idea) -> str:
    return f" (mostly {', '.join(one.values)})" if one.values else ""
