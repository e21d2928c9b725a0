"""An email template: written once with merge fields, saved under a name, shown as a real lead would read it."""

from datetime import UTC

from memory.enums import TemplateKind
from memory.templates import Template, template_named
from tools import merge
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict
from tools.core.result import Drafted, RecordLink
from tools.mailing.letters import BODY, assembled
from tools.mailing.sample import shown_to_a_lead
from tools.quoting import block, fenced, inert
from tools.show import listing, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Texts, keep, write
from tools.writing.context import gathered
from tools.writing.voice import about, heading

LONGEST_NAME = 200
PARTS = (Part("subject", 80), *BODY)
TASK = (
    "Write a reusable email template from the company for the purpose, in plain text. It is sent again and again, so it "
    "names no particular product, day or person; where such a thing belongs, write {{ slot_name }} with one telling word.\n"
    "- subject: at most 8 words\n"
    "- news: the first paragraph, 20 to 35 words: why we write\n"
    "- benefit: the second paragraph, 20 to 35 words: what the reader should know or gets\n"
    "- next_step: the last paragraph, 10 to 25 words: what the reader can do\n"
    "Write to the reader as you. No greeting, no signature. Keep to the brand voice and the tone. Say nothing about "
    "prices, dates, discounts or services that is not in the facts."
)


class TemplateDraft(Drafted):
    """The template that was written and saved. `sample` is its text as `person` would read it; `slots` wait for words."""

    id: int
    name: str
    purpose: str
    subject_line: str
    content: str
    merge_fields: tuple[str, ...]
    slots: tuple[str, ...]
    person: str | None
    sample: str | None

    @property
    def text(self) -> str:
        lines = [
            f"Saved the email template **{inert(self.name)}** (#{self.id}). A fitting subject line: “{inert(self.subject_line)}”",
            fenced(self.content),
        ]
        if self.sample and self.person:
            lines.append(f"As {inert(self.person)} would read it:\n\n{block(self.sample)}")
        if self.slots:
            lines.append(f"To be filled by you when it is used: {listing(f'`{slot}`' for slot in self.slots)}.")
        return "\n\n".join(lines) + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun="template", id=self.id, name=self.name),)


def template_draft(ctx: Context, purpose: str, name: str | None, tone: str | None) -> TemplateDraft:
    """Write a template and save it. Raises Conflict where the wanted name is taken."""
    if name is not None:
        name = _check_name(ctx, name)
    signer = company(ctx)
    piece = write(
        ctx,
        TASK,
        {"Purpose": purpose, "Tone": tone},
        gathered(ctx, purpose, "email"),
        PARTS,
        lambda: _template(purpose),
        signer=signer,
    )
    texts = piece.texts
    note = piece.note
    try:
        mail = assembled(texts, tone, signer, mend=False)
        checked = merge.check(mail["content"], html=False)
    except BadInput:  # a merge field that the model made up cannot work: rather the plain template than a broken one
        mail = assembled(_template(purpose), tone, signer, mend=False)
        checked = merge.check(mail["content"], html=False)
        note = "Filled from a template: the model wrote merge fields that do not exist."
    name = _check_name(ctx, name) if name is not None else _free_name(ctx, purpose)
    now = ctx.now.astimezone(UTC)
    generated = piece.ai_generated and note == piece.note
    template = Template(
        name=name,
        kind=TemplateKind.EMAIL,
        content=checked.content,
        ai_generated=generated,
        created_at=now,
        updated_at=now,
    )
    ctx.session.add(template)
    ctx.session.flush()
    body = {
        "template_id": template.id,
        "name": name,
        "purpose": purpose,
        "subject_line": mail["subject"],
        "content": checked.content,
    }
    kept = keep(ctx, piece, "email_template", f"Template: {shorten(purpose, 80)}", body)
    person, sample = shown_to_a_lead(ctx.session, checked.content)
    return TemplateDraft(
        id=template.id,
        name=name,
        purpose=purpose,
        subject_line=mail["subject"],
        content=checked.content,
        merge_fields=tuple(one.path for one in checked.fields if one.kind != "slot"),
        slots=tuple(one.path for one in checked.fields if one.kind == "slot"),
        person=person,
        sample=sample,
        **{**kept, "note": note, "ai_generated": generated},
    )


def _check_name(ctx: Context, name: str) -> str:
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name has {len(name)} characters; please use at most {LONGEST_NAME}.", "name")
    if template_named(ctx.session, name) is not None:
        raise Conflict(f"There is already a template called “{inert(name)}”. Choose another name, or delete it first.")
    return name


def _free_name(ctx: Context, purpose: str) -> str:
    base = heading(purpose, 80)
    name, number = base, 1
    while template_named(ctx.session, name) is not None:
        number += 1
        name = f"{base} ({number})"
    return name


def _template(purpose: str) -> Texts:
    name = about(purpose)
    return {
        "subject": heading(name),
        "news": f"We write to you about {name}: {{{{ occasion }}}}.",
        "benefit": "Here is what you should know: {{ details }}.",
        "next_step": "Do you have a question? Simply reply to this email. We are glad to help.",
    }
