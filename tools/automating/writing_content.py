"""Writing the texts of a workflow: one for each mail and SMS that has none, saved as templates and put into the steps."""

from datetime import UTC
from typing import Any

from pydantic import BaseModel, ConfigDict

from memory.enums import TemplateKind
from memory.templates import Template, template_named
from memory.workflows import KIND, Workflow
from tools.automating.entry import content_of, graph_of, keep_graph
from tools.automating.graph import Graph, SendEmail, SendSms
from tools.automating.wording import in_words, trigger_words
from tools.core.context import Context
from tools.core.errors import BadInput, Conflict
from tools.core.result import Drafted, RecordLink
from tools.mailing.letters import assembled, background_for, mended
from tools.quoting import block, inert
from tools.show import count, shorten
from tools.writing.background import company
from tools.writing.compose import Part, Piece, Texts, keep, write
from tools.writing.messages import one_segment
from tools.writing.sms import plain, without_pictures
from tools.writing.tidying import letter_body
from tools.writing.voice import heading

#: Messages written at once: a small model loses its thread in longer lists.
AT_ONCE = 6
TASK = (
    "Write the messages of an automatic workflow, in their order. Each has its own thought, said once.\n"
    "- subject: at most 8 words, concrete, all different\n"
    "- news: one paragraph of 30 to 45 words\n"
    "- next_step: one sentence, what the reader should do\n"
    "- message: a text message of at most 22 words, plain letters, no link, no greeting\n"
    "Write to the reader as you. No greeting, no signature. Keep to the brand voice and the tone. Say nothing about prices, "
    "dates, discounts or services that is not in the facts."
)


class WrittenMessage(BaseModel):
    """The text of one step, saved as a template."""

    model_config = ConfigDict(frozen=True)

    number: int
    node: str
    type: str
    template_id: int
    template: str
    subject_line: str | None
    content: str


class WorkflowContent(Drafted):
    """The texts that were written for a workflow; those that it had are left as they are."""

    id: int
    name: str
    messages: tuple[WrittenMessage, ...]
    kept: int

    @property
    def text(self) -> str:
        head = f"Wrote {count(len(self.messages), 'text')} for the workflow **{inert(self.name)}** and put them into its steps:"
        shown = [
            f"**Step {one.number}, {one.type}: {inert(one.template)}** (template #{one.template_id})"
            + (f"\n\nSubject: {inert(one.subject_line)}" if one.subject_line else "")
            + f"\n\n{block(one.content)}"
            for one in self.messages
        ]
        left = [f"{count(self.kept, 'text')} that it had already stayed as they were."] if self.kept else []
        return "\n\n".join([head, *shown, *left]) + self.closing()

    @property
    def links(self) -> tuple[RecordLink, ...]:
        own = RecordLink(noun=KIND, id=self.id, name=self.name)
        return (own, *(RecordLink(noun="template", id=one.template_id, name=one.template) for one in self.messages))


def write_content(ctx: Context, workflow: Workflow, tone: str | None) -> WorkflowContent:
    """Write what is missing. Raises BadInput for a workflow that sends nothing, Conflict where nothing is missing."""
    graph = graph_of(ctx.session, workflow)
    messages = list(graph.messages())
    if not messages:
        raise BadInput(
            f"“{inert(workflow.name)}” sends neither mails nor SMS, so there is nothing to write.", "workflow"
        )
    missing = [node for node in messages if content_of(ctx.session, node) is None]
    if not missing:
        raise Conflict(
            f"Every message of “{inert(workflow.name)}” has its text already. Edit the templates to change them."
        )
    version = workflow.version
    pieces = [
        _write(ctx, workflow, graph, missing[at : at + AT_ONCE], at, tone) for at in range(0, len(missing), AT_ONCE)
    ]
    again = ctx.session.get(Workflow, workflow.id, populate_existing=True)
    if again is None or again.version != version:
        raise Conflict(
            f"“{inert(workflow.name)}” was changed or deleted while its texts were being written; nothing was kept."
        )
    made: list[WrittenMessage] = []
    numbers = {node.id: number for number, node in enumerate(graph.nodes, start=1)}
    changed: dict[str, SendEmail | SendSms] = {}
    for place, node in enumerate(missing):
        piece = pieces[place // AT_ONCE]
        number = place % AT_ONCE + 1
        subject, content = _text(ctx, node, piece, number, tone)
        template = _template(ctx, again, node, content, numbers[node.id], piece.ai_generated)
        update: dict[str, Any] = {"template_id": template.id}
        changed[node.id] = node.model_copy(
            update=update | ({"subject_line": subject} if isinstance(node, SendEmail) else {})
        )
        made.append(
            WrittenMessage(
                number=numbers[node.id],
                node=node.id,
                type="email" if isinstance(node, SendEmail) else "SMS",
                template_id=template.id,
                template=template.name,
                subject_line=subject,
                content=content,
            )
        )
    edited = graph.model_copy(update={"nodes": tuple(changed.get(node.id, node) for node in graph.nodes)})
    keep_graph(ctx, again, edited)
    whole = _joined(pieces)
    body = {"workflow_id": workflow.id, "messages": [one.model_dump() for one in made]}
    kept = keep(ctx, whole, "workflow_content", f"Workflow texts: {shorten(workflow.name, 80)}", body)
    return WorkflowContent(
        id=workflow.id, name=workflow.name, messages=tuple(made), kept=len(messages) - len(missing), **kept
    )


def _write(
    ctx: Context, workflow: Workflow, graph: Graph, nodes: list[SendEmail | SendSms], before: int, tone: str | None
) -> Piece:
    parts: list[Part] = []
    for number, node in enumerate(nodes, start=1):
        if isinstance(node, SendEmail):
            item = f"subject_{number}"
            parts += [
                Part(item, 80, item=item),
                Part(f"news_{number}", 280, item=item),
                Part(f"next_step_{number}", 160, item=item),
            ]
        else:
            parts.append(Part(f"message_{number}", 220))
    each = "\n".join(
        f"{number}. {'an email' if isinstance(node, SendEmail) else 'a text message'}"
        + (f": “{node.content}”" if node.content else "")
        for number, node in enumerate(nodes, start=1)
    )
    told = trigger_words(graph.trigger) if graph.trigger else None
    request = {
        "Workflow": workflow.name,
        "Starts": told,
        "Steps": shorten(in_words(graph), 400),
        "Messages": each,
        "Tone": tone,
    }
    return write(
        ctx,
        TASK,
        request,
        background_for(ctx, f"{workflow.name} {' '.join(node.content or '' for node in nodes)}"),
        tuple(parts),
        lambda: _fallback(workflow, nodes, before),
        signer=company(ctx),
    )


def _text(
    ctx: Context, node: SendEmail | SendSms, piece: Piece, number: int, tone: str | None
) -> tuple[str | None, str]:
    if isinstance(node, SendEmail):
        texts = {name: piece.texts[f"{name}_{number}"] for name in ("subject", "news", "next_step")}
        mail = assembled(texts, tone, company(ctx))
        return mail["subject"], mail["content"]
    message = mended(plain(piece.texts[f"message_{number}"]))
    return None, one_segment(letter_body(without_pictures(message)) if piece.ai_generated else message)


def _template(
    ctx: Context, workflow: Workflow, node: SendEmail | SendSms, content: str, number: int, ai_generated: bool
) -> Template:
    base = shorten(node.content or f"{workflow.name}, step {number}", 190)
    name, again = base, 1
    while template_named(ctx.session, name) is not None:
        again += 1
        name = f"{base} ({again})"
    now = ctx.now.astimezone(UTC)
    kind = TemplateKind.EMAIL if isinstance(node, SendEmail) else TemplateKind.SMS
    template = Template(
        name=name, kind=kind, content=content, ai_generated=ai_generated, created_at=now, updated_at=now
    )
    ctx.session.add(template)
    ctx.session.flush()
    return template


def _fallback(workflow: Workflow, nodes: list[SendEmail | SendSms], before: int) -> Texts:
    texts: Texts = {}
    for number, node in enumerate(nodes, start=1):
        about = f"“{node.content}”" if node.content else workflow.name
        if isinstance(node, SendEmail):
            first = number == 1 and not before
            texts[f"subject_{number}"] = heading(node.content or f"{workflow.name} ({before + number})", 60)
            texts[f"news_{number}"] = (
                f"Thank you for being with us. This mail is about {about}: [what the reader should know]."
                if first
                else f"A few days ago we wrote to you. Today it is about {about}: [what the reader should know]."
            )
            texts[f"next_step_{number}"] = "Simply reply to this email if you have a question."
        else:
            said = plain(node.content or workflow.name)
            texts[f"message_{number}"] = (
                f"{said[:1].upper()}{said[1:]}: [your message]. Questions? Get in touch with us."
            )
    return texts


def _joined(pieces: list[Piece]) -> Piece:
    texts = {f"{place}_{name}": text for place, piece in enumerate(pieces) for name, text in piece.texts.items()}
    notes = list(dict.fromkeys(piece.note for piece in pieces if piece.note))
    sources = tuple(dict.fromkeys(source for piece in pieces for source in piece.sources))
    learned = next((piece.learned for piece in pieces if piece.learned), None)
    return Piece(texts, any(piece.ai_generated for piece in pieces), " ".join(notes) or None, sources, learned)
