"""What tells that events changed which figures count: on SQLite a mark that triggers set anew where one is
changed or removed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TYPES = "('created', 'opened', 'clicked', 'converted', 'ordered', 'unsubscribed')"
_MARK = "UPDATE event_changes SET mark = random()"
#: New events are told by their ids (see memory.unchanged): a trigger costs each row more than all its indexes do.
SQLITE = (
    f"CREATE TRIGGER lead_events_mark_delete AFTER DELETE ON lead_events BEGIN {_MARK}; END",
    f"CREATE TRIGGER lead_events_mark_update AFTER UPDATE ON lead_events "
    f"WHEN old.type IN {_TYPES} OR new.type IN {_TYPES} BEGIN {_MARK}; END",
)


def upgrade() -> None:
    op.create_table(
        "event_changes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_changes")),
    )
    op.execute("INSERT INTO event_changes (id, mark) VALUES (1, 0)")
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for event in ("delete", "update"):
            op.execute(f"DROP TRIGGER lead_events_mark_{event}")
    op.drop_table("event_changes")
