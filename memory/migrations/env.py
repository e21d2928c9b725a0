"""Alembic's entry: runs on the connection that `Database.migrate` hands over."""

from alembic import context

from memory.records import Base

#: The full-text index is made by hand (0002): no record stands behind it, so a comparison must leave it alone.
BY_HAND = ("index_entries_fts", "document", "ix_index_entries_document")


def is_recorded(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Whether a database object has a record behind it."""
    return not (name or "").startswith(BY_HAND)


connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True, include_object=is_recorded)
with context.begin_transaction():
    context.run_migrations()
