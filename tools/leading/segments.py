"""What the segment tools return, and how a segment is counted."""

from pydantic import BaseModel, ConfigDict

from memory.events import COUNTED
from memory.lead_lookup import count_leads
from memory.leads import Lead
from memory.segments import Segment
from tools.core.context import Context
from tools.core.errors import BadInput
from tools.core.result import Drafted, RecordLink, Result
from tools.leading.entry import SEGMENT, HubLookup
from tools.quoting import inert
from tools.segmenting import Condition, UnclearConditions, count_segment, load_tree, read_conditions
from tools.segmenting.tree import Happened, leaves
from tools.show import bullets, count


class SegmentCard(Result):
    """One segment: its conditions in words and as a tree, and how many leads are in it now."""

    id: int
    name: str
    conditions: str
    tree: dict[str, object]
    leads: int
    in_all: int

    @property
    def text(self) -> str:
        return f"**{inert(self.name)}** (segment #{self.id}): {inert(self.conditions)}. {self.size()}"

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=SEGMENT, id=self.id, name=self.name),)

    def size(self) -> str:
        """ "2 of 8 leads are in it now." """
        verb = "is" if self.leads == 1 else "are"
        return f"{count(self.leads, 'lead').capitalize()} of {self.in_all:,} {verb} in it now."


class SegmentCreated(SegmentCard):
    """The segment that was just created. `note` says what the person should know about how its leads are counted."""

    note: str | None

    @property
    def text(self) -> str:
        said = f"Created the segment **{inert(self.name)}**: {inert(self.conditions)}. {self.size()}"
        return f"{said} {self.note}" if self.note else said


class SegmentList(Result):
    """All segments, by name, each counted now."""

    segments: tuple[SegmentCard, ...]

    @property
    def text(self) -> str:
        if not self.segments:
            return (
                "There are no segments yet. Create one with, for example: “create a segment Berlin customers: status is "
                "customer and city is Berlin”."
            )
        lines = [
            f"**{inert(one.name)}** ({count(one.leads, 'lead')}): {inert(one.conditions)}" for one in self.segments
        ]
        return f"{count(len(self.segments), 'segment').capitalize()}:\n\n{bullets(lines)}"

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return tuple(link for one in self.segments for link in one.links)


class SegmentIdea(BaseModel):
    """A segment that could be created, with its size counted now and why it fits the goal."""

    model_config = ConfigDict(frozen=True)

    name: str
    conditions: str
    leads: int
    why: str


class SegmentSuggestions(Drafted):
    """Segments for a goal, those that fit it best first. Sizes are counted, not estimated."""

    goal: str
    ideas: tuple[SegmentIdea, ...]
    in_all: int

    @property
    def text(self) -> str:
        if not self.in_all:
            return "There are no leads yet, so no segment would hold anybody. Import or add some first."
        if not self.ideas:
            return "No segment beyond those you have would hold anybody yet: too little is known about the leads."
        lines = [
            f"**{inert(one.name)}** ({count(one.leads, 'lead')} of {self.in_all:,}): `{inert(one.conditions)}`\n"
            f"  {inert(one.why)}"
            for one in self.ideas
        ]
        head = f"Segments for “{inert(self.goal)}”:"
        tail = "Create one with, for example: “create segment NAME: CONDITIONS”."
        return f"{head}\n\n{bullets(lines)}\n\n{tail}{self.closing()}"


def read(ctx: Context, conditions: str) -> Condition:
    """The tree of conditions in words. Raises BadInput with what can be said."""
    try:
        return read_conditions(conditions, ctx.now, HubLookup(ctx))
    except UnclearConditions as error:
        raise BadInput(inert(str(error)), "conditions") from error


def segment_fields(ctx: Context, segment: Segment, in_all: int) -> dict[str, object]:
    """The fields of a SegmentCard."""
    return {
        "id": segment.id,
        "name": segment.name,
        "conditions": segment.conditions,
        "tree": segment.tree,
        "leads": count_segment(ctx.session, load_tree(segment.tree), ctx.now),
        "in_all": in_all,
    }


def undated_note(ctx: Context, tree: Condition) -> str | None:
    """What to say where the conditions ask when something was, and some leads' imported numbers do not tell."""
    asked = {
        COUNTED[one.event] for one in leaves(tree) if isinstance(one, Happened) and one.window and one.event in COUNTED
    }
    notes = []
    for counter, latest in sorted(asked):
        undated = count_leads(ctx.session, getattr(Lead, counter) > 0, getattr(Lead, latest).is_(None))
        if undated:
            verb = "has" if undated == 1 else "have"
            notes.append(
                f"{count(undated, 'lead').capitalize()} {verb} imported {counter} without a date; they count as not in the period."
            )
    return " ".join(notes) or None
