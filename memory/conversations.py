"""Conversations: the house's own record of who said what, what was called and how it was decided."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, validates

from memory.base import Base, Stamped
from memory.kept import kept

STARTED = "started"
WAITING = "waiting"  # a plan waits at the gate
DONE = "done"
FAILED = "failed"


class Conversation(Stamped, Base):
    """A conversation of one person with the hub."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    title: Mapped[str | None] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(200), default="")


class Turn(Stamped, Base):
    """One message and its answer. `data` is the turn as `ask --json` prints it; `pending` a question left open;
    `owner` the process that works on it, so that another one knows whether it may be taken up. Passwords are left out."""

    __tablename__ = "turns"
    __table_args__ = (Index("ix_turns_conversation", "conversation_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    number: Mapped[int]
    said: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16), default=STARTED, index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pending: Mapped[dict[str, Any] | None]
    owner: Mapped[str | None] = mapped_column(String(36))

    @validates("said", "reply", "data", "pending")
    def _kept(self, _name: str, value: Any) -> Any:
        return kept(value)


def new_id() -> str:
    """An identifier that nobody can guess."""
    return str(uuid.uuid4())


def open_conversation(session: Session, conversation_id: str | None, person: str, now: datetime) -> Conversation:
    """The conversation of this id, made where it is new."""
    found = session.get(Conversation, conversation_id) if conversation_id else None
    if found is None:
        found = Conversation(id=conversation_id or new_id(), person=person, created_at=now, updated_at=now)
        session.add(found)
        session.flush()
    return found


def add_turn(session: Session, conversation: Conversation, said: str, now: datetime, owner: str | None = None) -> Turn:
    """A new turn at the end; its number follows the last one's. The first message names the conversation."""
    last = session.scalar(select(func.max(Turn.number)).where(Turn.conversation_id == conversation.id))
    turn = Turn(
        id=new_id(), conversation_id=conversation.id, number=(last or 0) + 1, said=said, owner=owner,
        created_at=now, updated_at=now,
    )  # fmt: skip
    conversation.title = conversation.title or turn.said.strip()[:80]
    conversation.updated_at = now
    session.add(turn)
    session.flush()
    return turn


def turns_of(session: Session, conversation_id: str, *, last: int | None = None) -> list[Turn]:
    """A conversation's turns in order; with `last`, only the newest ones."""
    statement = select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.number.desc())
    return list(reversed(session.scalars(statement.limit(last) if last else statement).all()))


def unfinished_turns(session: Session) -> Sequence[Turn]:
    """Turns that a crash cut off: started and never answered."""
    return session.scalars(select(Turn).where(Turn.state == STARTED).order_by(Turn.created_at)).all()


def recent_conversations(session: Session, *, limit: int = 50, person: str | None = None) -> Sequence[Conversation]:
    """Conversations, the one spoken in last first."""
    statement = select(Conversation).order_by(Conversation.updated_at.desc()).limit(limit)
    if person is not None:
        statement = statement.where(Conversation.person == person)
    return session.scalars(statement).all()


def find_conversations(session: Session, query: str, *, limit: int = 50) -> list[tuple[Conversation, str]]:
    """Conversations whose title, messages or answers hold `query` (without case), the one spoken in last first; each
    with the newest text that holds it ("" where only the title does)."""
    said = select(Turn.conversation_id).where(_holds(query))
    statement = (
        select(Conversation)
        .where(or_(Conversation.title.icontains(query, autoescape=True), Conversation.id.in_(said)))
        .order_by(Conversation.updated_at.desc())
        .limit(limit)
    )
    return [(found, _text_with(session, found.id, query)) for found in session.scalars(statement)]


def _holds(query: str) -> ColumnElement[bool]:
    return or_(Turn.said.icontains(query, autoescape=True), Turn.reply.icontains(query, autoescape=True))


def _text_with(session: Session, conversation_id: str, query: str) -> str:
    newest = select(Turn).where(Turn.conversation_id == conversation_id, _holds(query)).order_by(Turn.number.desc())
    turn = session.scalars(newest.limit(1)).first()
    if turn is None:
        return ""
    return turn.said if query.casefold() in turn.said.casefold() else turn.reply
