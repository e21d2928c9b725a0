"""From a brief to a stored draft: the model writes, what it wrote is checked and tidied, the draft is kept."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

from memory.campaigns import Campaign
from memory.drafts import Draft
from tools.core.context import Brief, Context
from tools.core.errors import Conflict
from tools.core.result import RecordLink
from tools.show import count
from tools.writing.background import Background
from tools.writing.figures import without_unsupported

Shape = TypeVar("Shape", bound=BaseModel)

_MARKUP = re.compile(r"\*\*|__|^#+ |^\s*(?:[-*•]|\d{1,2}[.)])\s+", re.MULTILINE)
_OUR_NAME = re.compile(
    r"\[\s*(?:your |our |the )?(?:company|brand|business|team|shop|organi[sz]ation)(?: name)?\s*\]", re.IGNORECASE
)
_OPEN = re.compile(r"\[[^\]\n]{2,40}\]")


def text_field(longest: int, description: str) -> Any:
    """A text of a shape. `longest` is a hint for the model's grammar, not a rule: a longer text is cut by the tool."""
    return Field(min_length=1, description=description, json_schema_extra={"maxLength": longest})


def room(characters: int) -> int:
    """The tokens that a text of so many characters, as JSON, takes at most: three characters a token is cautious."""
    return characters // 3 + 60


def list_field(amount: int, longest: int, description: str, choices: Sequence[str] = ()) -> Any:
    """A list of `amount` texts of a shape, each one of `choices` where there are any; hints for the model's grammar."""
    item: dict[str, Any] = (
        {"type": "string", "enum": list(choices)} if choices else {"type": "string", "maxLength": longest}
    )
    hints: dict[str, Any] = {"minItems": amount, "maxItems": amount, "items": item}
    return Field(min_length=1, description=description, json_schema_extra=hints)


@dataclass(frozen=True)
class Piece(Generic[Shape]):
    """What was written, checked; `note` says what a person should know about how it came to be."""

    body: Shape
    ai_generated: bool
    note: str | None
    sources: tuple[RecordLink, ...]


def write(
    ctx: Context,
    task: str,
    request: Mapping[str, str | None],
    background: Background,
    shape: type[Shape],
    template: Callable[[], Shape],
    *,
    max_tokens: int,
    signer: str,
) -> Piece[Shape]:
    """Have the model fill `shape`; what it made up is left out, and where nothing remains the template stands in.

    `request` holds the person's own words by label; they and the background are the only figures it may use.
    """
    said = tuple((label, value) for label, value in request.items() if value)
    facts = said + background.facts
    written = ctx.compose(Brief(task, facts, max_tokens), shape, template)
    if not written.ai_generated:
        return Piece(written.body, False, written.note, ())
    allowed = [text for _, text in facts] + [str(ctx.today.year)]
    body, left_out, empty = _checked(written.body, allowed, signer)
    if empty:
        body = _filled(body, template())
    return Piece(body, True, _note(body, left_out, empty), background.sources)


def keep(
    ctx: Context, piece: Piece[Any], kind: str, title: str, body: Mapping[str, Any], campaign_id: int | None = None
) -> dict[str, Any]:
    """Store the draft; returns the fields that every Drafted result has. Raises Conflict where its campaign is gone."""
    if campaign_id is not None and ctx.session.get(Campaign, campaign_id, populate_existing=True) is None:
        raise Conflict("The campaign was deleted while its text was being written; nothing was kept.")
    draft = Draft(
        kind=kind,
        title=title,
        body=dict(body),
        sources=[{"kind": source.noun, "id": source.id, "title": source.name} for source in piece.sources],
        campaign_id=campaign_id,
        ai_generated=piece.ai_generated,
        created_at=ctx.now,
    )
    ctx.session.add(draft)
    ctx.session.flush()
    return {
        "draft_id": draft.id,
        "ai_generated": piece.ai_generated,
        "note": piece.note,
        "sources": piece.sources,
    }


def tidy(text: str, signer: str) -> str:
    """A model's text without Markdown marks, list numbers and "[Company Name]"."""
    lines = [" ".join(line.split()) for line in _MARKUP.sub("", text.replace("\\n", "\n")).splitlines()]
    plain = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    plain = _OUR_NAME.sub(signer, plain)
    return re.sub(r"\{\{\s*(?:lead\.)?first_?name\s*\}\}", "{{ lead.first_name }}", plain, flags=re.IGNORECASE)


def _checked(body: Shape, allowed: Sequence[str], signer: str) -> tuple[Shape, int, bool]:
    """The body tidied and without made-up figures, how many sentences were left out, whether a field is empty now."""
    left_out, empty, values = 0, False, {}
    for name, value in body:
        items = value if isinstance(value, list) else [value]
        cleaned = [without_unsupported(tidy(str(item), signer), allowed) for item in items]
        left_out += sum(dropped for _, dropped in cleaned)
        empty = empty or not all(text for text, _ in cleaned)
        values[name] = [text for text, _ in cleaned] if isinstance(value, list) else cleaned[0][0]
    return body.model_copy(update=values), left_out, empty


def _filled(body: Shape, template: Shape) -> Shape:
    """The body with the template's text where its own is empty."""
    values: dict[str, Any] = {}
    for name, value in body:
        spare = getattr(template, name)
        if isinstance(value, list):
            rest = [*spare, *([""] * len(value))]
            values[name] = [item or rest[place] for place, item in enumerate(value)]
        else:
            values[name] = value or spare
    return body.model_copy(update=values)


def _note(body: BaseModel, left_out: int, filled: bool) -> str | None:
    notes = []
    if left_out:
        were, their = ("was", "its") if left_out == 1 else ("were", "their")
        notes.append(f"{count(left_out, 'sentence')} {were} left out: nobody gave {their} figures.")
    if filled:
        notes.append("What was empty then is filled from a template.")
    text = " ".join(" ".join(value) if isinstance(value, list) else str(value) for _, value in body)
    blanks = list(dict.fromkeys(_OPEN.findall(text)))
    if blanks:
        notes.append(f"Still to fill in: {', '.join(blanks)}.")
    return " ".join(notes) or None
