"""How an article or a ticket is stored: its content hash and its entry in the search index, in one transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from memory.enums import KnowledgeKind
from memory.index import put_entry
from memory.knowledge import KnowledgeItem

LONGEST_TITLE = 300


@dataclass(frozen=True)
class NewItem:
    """An article or ticket to be stored. `reference` is its number in the system that it was exported from."""

    title: str
    content: str
    happened_at: datetime | None = None
    reference: str | None = None


def content_hash(kind: KnowledgeKind, item: NewItem) -> str:
    """SHA-256 by which the same item is known again.

    Two customers may write the same words: of a ticket its date and number count too, where it has them.
    """
    parts = [kind.value, " ".join(item.title.split()), " ".join(item.content.split())]
    if kind == KnowledgeKind.TICKET:
        parts += [item.happened_at.astimezone(UTC).isoformat() if item.happened_at else "", item.reference or ""]
    return sha256("\0".join(parts).encode()).hexdigest()


def store(
    session: Session, kind: KnowledgeKind, items: list[NewItem], now: datetime, source: str | None = None
) -> list[KnowledgeItem]:
    """Store items and make them findable. `source` is the file that they came from."""
    rows = [
        KnowledgeItem(
            kind=kind,
            title=item.title,
            content=item.content,
            source=source,
            content_hash=content_hash(kind, item),
            happened_at=item.happened_at,
            created_at=now,
            updated_at=now,
        )
        for item in items
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        put_entry(session, kind.value, row.id, row.title, row.content)
    return rows
