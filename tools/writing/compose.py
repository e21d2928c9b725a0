"""From a brief to a stored draft: the model writes, what it wrote is checked and tidied, the draft is kept."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, Field, create_model

from memory.campaigns import Campaign
from memory.drafts import Draft
from tools.core.context import Brief, Context
from tools.core.errors import Conflict
from tools.core.result import Learned, Source
from tools.show import count
from tools.writing.background import Background
from tools.writing.context_results import learned_from
from tools.writing.figures import without_unsupported
from tools.writing.orders import without_orders, without_strange_addresses
from tools.writing.tidying import finished, tidy, without_repeats

#: Parts that may be this long hold sentences; shorter ones are names, headlines, subject lines.
SENTENCES = 100
#: What of a request comes from records rather than from the person: read as data, like the background.
FROM_RECORDS = {"Campaign", "Campaign is about", "It is about", "Its audience", "Its text", "Messages", "The email", "The mailing",
                "Its present subject line", "Segments", "Known of the readers", "Readers"}  # fmt: skip
#: What of the background may give an address to a text; articles and tickets may not.
OF_THE_HOUSE = {"Company", "Industry", "Brand voice"}
#: What of the background holds figures and troubles of the house: a text for the public may neither name nor rest on them.
ONLY_FOR_US = {"Past campaign", "Past results like this", "Customers had trouble with"}
_OPEN = re.compile(r"\[[^\]\n]{2,40}\]")

Texts = dict[str, str]


@dataclass(frozen=True)
class Part:
    """One text of a draft. `longest` is where the model's grammar ends it (characters); `choices` a closed set.

    Parts are plain strings with telling names, never lists: a small model repeats itself in a list.
    """

    name: str
    longest: int
    choices: tuple[str, ...] = ()
    #: Parts of one item belong together: where one of them is empty, the template stands in for all.
    item: str = ""


def numbered(amount: int, *parts: Part) -> tuple[Part, ...]:
    """The parts of `amount` items: headline_1, text_1, headline_2, text_2, ..."""
    return tuple(
        Part(f"{one.name}_{n}", one.longest, one.choices, item=f"{parts[0].name}_{n}")
        for n in range(1, amount + 1)
        for one in parts
    )


def rows(texts: Texts, amount: int, *names: str) -> list[tuple[str, ...]]:
    """The texts of numbered parts, item by item."""
    return [tuple(texts[f"{name}_{n}"] for name in names) for n in range(1, amount + 1)]


def as_numbered(names: Sequence[str], items: Sequence[Sequence[str]]) -> Texts:
    """Items as the texts of numbered parts: the reverse of `rows`."""
    return {
        f"{name}_{n}": text for n, item in enumerate(items, start=1) for name, text in zip(names, item, strict=True)
    }


@dataclass(frozen=True)
class Piece:
    """What was written, checked, by part; `note` says what a person should know about how it came to be."""

    texts: Texts
    ai_generated: bool
    note: str | None
    sources: tuple[Source, ...]
    learned: Learned | None = None


def write(
    ctx: Context,
    task: str,
    request: Mapping[str, str | None],
    background: Background,
    parts: tuple[Part, ...],
    template: Callable[[], Texts],
    *,
    signer: str,
    public: bool = True,
) -> Piece:
    """Have the model write the parts; what it made up is left out, and where nothing remains the template stands in.

    `request` holds the person's own words by label, and comes last, where a small model heeds it most. It and the
    background are the only figures that the text may hold, and, where it is for the `public`, the only promises; past
    results are nothing for readers.
    """
    read = tuple((label, text) for label, fact in background.facts if (text := without_orders(fact)))
    asked = {
        label: without_orders(value) if label in FROM_RECORDS else value for label, value in request.items() if value
    }
    facts = read + tuple((label, value) for label, value in asked.items() if value)
    shape = _shape(parts)
    of_the_house = tuple(fact for fact in read if fact[0] in OF_THE_HOUSE)
    brief = Brief(task, tuple(fact for fact in facts if fact not in of_the_house), _room(parts), standing=of_the_house)
    written = ctx.compose(brief, shape, lambda: shape.model_validate(template()))
    texts: Texts = written.body.model_dump()
    learned = learned_from(background.past)
    # A template takes nothing over, but what it is to be measured by was looked up all the same, and is told.
    known = {(one.noun, one.id) for one in background.past}
    compared = tuple(one for one in background.sources if (one.noun, one.id) in known)
    if not written.ai_generated:
        return Piece(texts, False, written.note, compared, learned)
    allowed = [text for label, text in facts if not (public and label in ONLY_FOR_US)] + [str(ctx.today.year)]
    given = [text for label, text in facts if label in asked or label in OF_THE_HOUSE]
    checked, left_out = _checked(texts, parts, allowed, given, signer, public)
    if not any(checked.values()):
        return Piece(
            template(),
            False,
            "Filled from a template: the model wrote only what nobody had told it.",
            compared,
            learned,
        )
    empty = {part.item or part.name for part in parts if not checked[part.name]}
    if empty:
        spare = template()
        checked |= {part.name: spare[part.name] for part in parts if (part.item or part.name) in empty}
    return Piece(checked, True, _note(checked, left_out, bool(empty)), background.sources, learned)


def keep(
    ctx: Context, piece: Piece, kind: str, title: str, body: Mapping[str, Any], campaign_id: int | None = None
) -> dict[str, Any]:
    """Store the draft; returns the fields that every Drafted result has. Raises Conflict where its campaign is gone."""
    if campaign_id is not None and ctx.session.get(Campaign, campaign_id, populate_existing=True) is None:
        raise Conflict("The campaign was deleted while its text was being written; nothing was kept.")
    draft = Draft(
        kind=kind,
        title=title,
        body=dict(body),
        sources=[
            {"kind": source.noun, "id": source.id, "title": source.name, "used": source.used}
            for source in piece.sources
        ],
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
        "learned": piece.learned,
    }


@cache
def _shape(parts: tuple[Part, ...]) -> type[BaseModel]:
    """The shape of these parts. The lengths are hints for the grammar, not rules: a longer text is cut by the tool."""
    fields: dict[str, Any] = {}
    for part in parts:
        hints: dict[str, Any] = {"enum": list(part.choices)} if part.choices else {"maxLength": part.longest}
        fields[part.name] = (str, Field(min_length=1, json_schema_extra=hints))
    return create_model("Texts", **fields)


def _room(parts: tuple[Part, ...]) -> int:
    """The tokens that the parts take at most, as JSON: three characters a token is cautious."""
    return sum(part.longest + len(part.name) + 6 for part in parts) // 3 + 40


def _checked(
    texts: Texts, parts: tuple[Part, ...], allowed: Sequence[str], given: Sequence[str], signer: str, public: bool
) -> tuple[Texts, int]:
    """The texts tidied, without what was made up or said before, and how many sentences were left out."""
    left_out, checked = 0, {}
    said: set[str] = set()
    for part in parts:
        text = texts[part.name]
        whole = part.longest >= SENTENCES
        text = tidy(finished(text, part.longest) if whole else text, signer)
        text, dropped = without_unsupported(text, allowed, promises=public)
        text, strange = without_strange_addresses(text, given)
        left_out += dropped + strange
        checked[part.name] = without_repeats(text, said) if whole else text
    return checked, left_out


def _note(texts: Texts, left_out: int, filled: bool) -> str | None:
    notes = []
    if left_out:
        were = "was" if left_out == 1 else "were"
        notes.append(
            f"{count(left_out, 'sentence')} {were} left out, with figures, promises or addresses that nobody gave."
        )
    if filled:
        notes.append("What was empty then is filled from a template.")
    blanks = list(dict.fromkeys(_OPEN.findall(" ".join(texts.values()))))
    if blanks:
        notes.append(f"Still to fill in: {', '.join(blanks)}.")
    return " ".join(notes) or None
