"""Who fits the segment by which a workflow begins: coming in and leaving are told by who fitted at the last look."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, ForeignKey, Index, delete, exists, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from memory.base import Base
from memory.leads import Lead
from memory.past_events import CHUNK


class SegmentMember(Base):
    """Who fitted the segment of a workflow's trigger when it last looked: coming in and leaving are seen by it."""

    __tablename__ = "segment_members"
    __table_args__ = (Index("ix_segment_members_lead", "lead_id"),)

    workflow_id: Mapped[int] = mapped_column(
        ForeignKey("workflows.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    lead_id: Mapped[int] = mapped_column(
        ForeignKey("leads.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


def forget_members(session: Session, workflow_id: int) -> None:
    """Nobody is known to fit any more."""
    session.execute(delete(SegmentMember).where(SegmentMember.workflow_id == workflow_id))


def note_members(session: Session, workflow_id: int, inside: ColumnElement[bool]) -> None:
    """Note all who fit now."""
    rows = select(literal(workflow_id), Lead.id).where(inside)
    session.execute(insert(SegmentMember).from_select(["workflow_id", "lead_id"], rows))


def moved(session: Session, workflow_id: int, inside: ColumnElement[bool], most: int) -> tuple[list[int], list[int]]:
    """The leads that came in since the last look, and those that left; `most` of each."""
    mine = SegmentMember.workflow_id == workflow_id
    known = exists().where(mine, SegmentMember.lead_id == Lead.id)
    came = session.scalars(select(Lead.id).where(inside, ~known).order_by(Lead.id).limit(most))
    fits = exists().where(Lead.id == SegmentMember.lead_id, inside)
    return list(came), list(session.scalars(select(SegmentMember.lead_id).where(mine, ~fits).limit(most)))


def note_moved(session: Session, workflow_id: int, came: Sequence[int], gone: Sequence[int]) -> None:
    """Note who came in and who left."""
    if came:
        session.execute(insert(SegmentMember), [{"workflow_id": workflow_id, "lead_id": id} for id in came])
    for start in range(0, len(gone), CHUNK):
        session.execute(
            delete(SegmentMember).where(
                SegmentMember.workflow_id == workflow_id, SegmentMember.lead_id.in_(gone[start : start + CHUNK])
            ),
            execution_options={"synchronize_session": False},
        )
