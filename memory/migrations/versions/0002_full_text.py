"""Full text: what the search index needs of the database beyond its tables.

SQLite keeps an FTS5 index in step with `index_entries` by triggers, PostgreSQL a generated tsvector with a GIN index.
A later migration that rebuilds `index_entries` on SQLite (batch_alter_table) drops its triggers: create them again.
"""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# External content: FTS5 stores no second copy of the texts. Accents do not matter, word endings neither.
SQLITE = (
    """CREATE VIRTUAL TABLE index_entries_fts USING fts5(
        title, body, content='index_entries', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER index_entries_fts_insert AFTER INSERT ON index_entries BEGIN
        INSERT INTO index_entries_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
    """CREATE TRIGGER index_entries_fts_delete AFTER DELETE ON index_entries BEGIN
        INSERT INTO index_entries_fts(index_entries_fts, rowid, title, body)
        VALUES ('delete', old.id, old.title, old.body);
    END""",
    """CREATE TRIGGER index_entries_fts_update AFTER UPDATE OF title, body ON index_entries BEGIN
        INSERT INTO index_entries_fts(index_entries_fts, rowid, title, body)
        VALUES ('delete', old.id, old.title, old.body);
        INSERT INTO index_entries_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
)

# A tsvector holds at most 1 MB: of a longer text the first 200,000 characters are searchable by their words. The signs
# that PostgreSQL would keep inside a word (in addresses, file names, decimals) part words here as they do on SQLite.
POSTGRESQL = (
    """ALTER TABLE index_entries ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', translate(left(title, 2000), './@-_:+~', '        ')), 'A')
        || setweight(to_tsvector('english', translate(left(body, 200000), './@-_:+~', '        ')), 'B')) STORED""",
    "CREATE INDEX ix_index_entries_document ON index_entries USING gin (document)",
)


def upgrade() -> None:
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    connection.execute(sa.text("INSERT INTO index_source (id, name) VALUES (1, :name)"), {"name": str(uuid4())})


def downgrade() -> None:
    op.execute("DELETE FROM index_source")
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER index_entries_fts_{event}")
        op.execute("DROP TABLE index_entries_fts")
    else:
        op.execute("DROP INDEX ix_index_entries_document")
        op.execute("ALTER TABLE index_entries DROP COLUMN document")
