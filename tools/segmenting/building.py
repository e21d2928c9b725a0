"""The builder of segments: conditions in words and as a tree, kept in step, with how many leads they hold and the first."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from memory.enums import Channel, LeadStatus
from memory.lead_lookup import count_leads, page_of_leads, tag_counts, value_counts
from memory.mailings import list_email_campaigns
from memory.segments import Segment
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.leading.cards import LeadCard, cards_fields
from tools.leading.segments import read, undated_note
from tools.segmenting.lookup import StoredLookup
from tools.segmenting.query import condition
from tools.segmenting.tree import MOMENT_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, Condition, load_tree, store_tree
from tools.segmenting.wording import EVENT_WORDS, in_words

FIRST = 8
MOST_VALUES = 50


class Built(BaseModel):
    """Conditions as a person and as the builder see them, counted now. `note` says what to know about the counting."""

    model_config = ConfigDict(frozen=True)

    words: str
    tree: dict[str, Any]
    leads: int
    in_all: int
    first: tuple[LeadCard, ...]
    note: str | None


class Vocabulary(BaseModel):
    """What conditions can be made of: fields by kind, and the values that leads really have."""

    model_config = ConfigDict(frozen=True)

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    moments: tuple[str, ...]
    custom: tuple[str, ...]
    statuses: tuple[str, ...]
    channels: tuple[str, ...]
    events: dict[str, str]
    tags: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    mailings: tuple[tuple[int, str], ...]


class StoredSegment(BaseModel):
    """A segment as the builder opens it, with the version to save upon."""

    model_config = ConfigDict(frozen=True)

    id: int
    name: str
    words: str
    tree: dict[str, Any]
    version: int


def from_words(ctx: Context, words: str) -> Built:
    """Conditions in words, read. Raises BadInput with what can be said."""
    return _built(ctx, read(ctx, words))


def from_tree(ctx: Context, tree: dict[str, Any]) -> Built:
    """A condition tree as the builder holds it. Raises BadInput where a part of it is not filled in, or cannot be said
    in words that are read back as the same tree."""
    try:
        loaded = load_tree(tree)
    except ValidationError as error:
        raise BadInput(f"A condition is not complete yet: {_what(error)}.", "tree") from error
    words = in_words(loaded)
    if not words:
        raise BadInput("There are no conditions yet.", "tree")
    return _built(ctx, read(ctx, words))


def stored(segment: Segment) -> StoredSegment:
    """A segment as the builder opens it."""
    return StoredSegment(
        id=segment.id, name=segment.name, words=segment.conditions, tree=segment.tree, version=segment.version
    )


def vocabulary(ctx: Context) -> Vocabulary:
    """What conditions can be made of."""
    values = {
        name: tuple(value for value, _ in value_counts(ctx.session, name)) for name in ("city", "country", "source")
    }
    return Vocabulary(
        texts=TEXT_FIELDS,
        numbers=NUMBER_FIELDS,
        moments=MOMENT_FIELDS,
        custom=tuple(sorted(StoredLookup(ctx.session).custom_names())),
        statuses=tuple(one.value for one in LeadStatus),
        channels=tuple(one.value for one in Channel),
        events={event.value: " ".join(filter(None, said)) for event, said in EVENT_WORDS.items()},
        tags=tuple(tag for tag, _ in tag_counts(ctx.session, limit=MOST_VALUES)),
        values=values,
        mailings=tuple((one.id, one.name) for one in list_email_campaigns(ctx.session)[:MOST_VALUES]),
    )


def _built(ctx: Context, tree: Condition) -> Built:
    holds = condition(tree, ctx.now)
    first = page_of_leads(ctx.session, holds, limit=FIRST)
    return Built(
        words=in_words(tree),
        tree=store_tree(tree),
        leads=count_leads(ctx.session, holds),
        in_all=count_leads(ctx.session),
        first=tuple(LeadCard(**fields) for fields in cards_fields(ctx, list(first))),
        note=undated_note(ctx, tree),
    )


def _what(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    where = [str(part) for part in problem["loc"] if not isinstance(part, int) and str(part) not in ("parts", "part")]
    return f"{where[-1].replace('_', ' ')} is missing or does not fit" if where else "choose what it is about"
