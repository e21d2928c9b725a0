"""Alembic's entry: runs on the connection that `Database.migrate` hands over."""

from alembic import context

from memory.records import Base

#: The full-text index (0002) and unique names (0003) are made by hand: no record stands behind them, so a comparison
#: must leave them alone.
BY_HAND = ("index_entries_fts", "document", "ix_index_entries_document", "uq_name_")


def is_recorded(item: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    """Whether a database object has a record behind it."""
    return not (name or "").startswith(BY_HAND)


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=is_recorded,
)
with context.begin_transaction():
    context.run_migrations()
