"""Names that exist once, whatever their case: what the tools check, kept by the database too.

Two who create the same at the same moment both pass the check on PostgreSQL; the second one's insert fails here, and
its call is made again. (Alembic compares no indexes over expressions on SQLite, so these stand in no record.)
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAMED = ("campaigns", "email_campaigns", "segments", "templates", "workflows")


def upgrade() -> None:
    for table in NAMED:
        op.create_index(f"uq_name_{table}", table, [sa.text("lower(name)")], unique=True)


def downgrade() -> None:
    for table in NAMED:
        op.drop_index(f"uq_name_{table}", table)
