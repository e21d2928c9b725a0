"""Segments as the builder changes them: other conditions, another name, gone."""

from datetime import UTC

from sqlalchemy.orm.attributes import flag_modified

from memory.enums import EmailStatus
from memory.lead_lookup import count_leads
from memory.mailings import list_email_campaigns
from memory.segments import Segment, segment_named
from tools.core.context import Context
from tools.core.declare import tool
from tools.core.errors import BadInput, Conflict
from tools.core.kinds import Conditions, Count, Name, SegmentRef
from tools.core.result import RecordLink, Result
from tools.leading.checks import check_length
from tools.leading.entry import SEGMENT, the_segment
from tools.leading.segments import SegmentCard, read, segment_fields, undated_note
from tools.quoting import inert
from tools.segmenting import in_words, store_tree
from tools.show import count, listing, words

LONGEST_NAME = 200
#: Mailings that look their segment up again, or were approved with it.
_UNDER_WAY = (EmailStatus.SCHEDULED, EmailStatus.SENDING, EmailStatus.PAUSED)


class SegmentSaved(SegmentCard):
    """The segment after it was changed. `note` says what to know about how its leads are counted."""

    note: str | None

    @property
    def text(self) -> str:
        said = f"Saved the segment **{inert(self.name)}**: {inert(self.conditions)}. {self.size()}"
        return f"{said} {self.note}" if self.note else said


class SegmentDeletion(Result):
    """What deleting a segment would do. `mailings` are drafts that lose their recipients with it."""

    id: int
    name: str
    conditions: str
    mailings: tuple[RecordLink, ...]

    @property
    def text(self) -> str:
        said = f"Delete the segment **{inert(self.name)}** ({inert(self.conditions)}) for good. Its leads stay."
        return said + _losing(self.mailings)

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return (RecordLink(noun=SEGMENT, id=self.id, name=self.name), *self.mailings)


class SegmentDeleted(SegmentDeletion):
    """A segment that was deleted."""

    @property
    def text(self) -> str:
        return f"Deleted the segment **{inert(self.name)}**. Its leads stay.{_losing(self.mailings)}"

    @property
    def links(self) -> tuple[RecordLink, ...]:
        return self.mailings


@tool(effect="write", route="PUT /segments/{segment}", form=True)
def save_segment(
    ctx: Context, segment: SegmentRef, name: Name, conditions: Conditions, version: Count | None = None
) -> SegmentSaved:
    """Give a segment another name or other conditions.

    Args:
        segment: The segment, by its id.
        name: What it is called.
        conditions: Who is in it, in words.
        version: The version that the builder was opened with; another one since then is not overwritten.
    """
    found = the_segment(ctx, segment)
    if version is not None and version != found.version:
        raise Conflict(f"“{inert(found.name)}” was changed by somebody else meanwhile. Open it again, then change it.")
    wanted = check_length(name, "name", LONGEST_NAME) or found.name
    other = segment_named(ctx.session, wanted)
    if other is not None and other.id != found.id:
        raise BadInput(f"There is a segment called “{inert(wanted)}” already. Please choose another name.", "name")
    tree = read(ctx, conditions)
    if in_words(tree) != found.conditions:
        _check_unused(ctx, found, "changed")
    found.name, found.conditions, found.tree = wanted, in_words(tree), store_tree(tree)
    found.updated_at = ctx.now.astimezone(UTC)
    flag_modified(found, "updated_at")
    ctx.session.flush()
    return SegmentSaved.model_validate(
        {**segment_fields(ctx, found, count_leads(ctx.session)), "note": undated_note(ctx, tree)}
    )


def preview_delete_segment(ctx: Context, segment: SegmentRef) -> SegmentDeletion:
    """What deleting this segment would remove."""
    found = the_segment(ctx, segment)
    _check_unused(ctx, found, "deleted")
    return SegmentDeletion(id=found.id, name=found.name, conditions=found.conditions, mailings=_drafts(ctx, found))


@tool(effect="gated", route="DELETE /segments/{segment}", preview=preview_delete_segment, form=True)
def delete_segment(ctx: Context, segment: SegmentRef) -> SegmentDeleted:
    """Delete a segment for good; its leads stay.

    Args:
        segment: The segment, by its id.
    """
    found = the_segment(ctx, segment)
    _check_unused(ctx, found, "deleted")
    gone = SegmentDeleted(id=found.id, name=found.name, conditions=found.conditions, mailings=_drafts(ctx, found))
    for mailing in list_email_campaigns(ctx.session):
        if mailing.segment_id == found.id:
            mailing.segment_id = None
    ctx.session.flush()
    ctx.session.delete(found)
    ctx.session.flush()
    return gone


def _check_unused(ctx: Context, segment: Segment, what: str) -> None:
    """Raises Conflict where a mailing that was approved still goes to this segment."""
    going = [
        f"the mailing “{inert(one.name)}” ({words(one.status)})"
        for one in list_email_campaigns(ctx.session)
        if one.segment_id == segment.id and one.status in _UNDER_WAY and one.laid_at is None
    ]
    if going:
        raise Conflict(
            f"“{inert(segment.name)}” cannot be {what} now: {listing(going)} was approved for it and looks its people up when "
            "it goes out. Cancel that first, or make a new segment."
        )


def _drafts(ctx: Context, segment: Segment) -> tuple[RecordLink, ...]:
    return tuple(
        RecordLink(noun="email_campaign", id=one.id, name=one.name)
        for one in list_email_campaigns(ctx.session)
        if one.segment_id == segment.id and one.status == EmailStatus.DRAFT
    )


def _losing(mailings: tuple[RecordLink, ...]) -> str:
    if not mailings:
        return ""
    named = listing(f"“{inert(one.name)}”" for one in mailings[:5])
    verb = "loses its" if len(mailings) == 1 else "lose their"
    return f" {count(len(mailings), 'draft').capitalize()} ({named}) {verb} recipients."
