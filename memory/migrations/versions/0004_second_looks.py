"""Events that workflows look at once more; connections of accounts that wait for their platform's answer; a person's calls."""

import sqlalchemy as sa
from alembic import op

from memory.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLATFORMS = ("facebook", "linkedin", "twitter", "instagram", "tiktok", "mastodon", "bluesky")


def upgrade() -> None:
    op.create_table(
        "second_looks",
        sa.Column(
            "event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_second_looks")),
    )
    op.create_table(
        "pending_connections",
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(*PLATFORMS, name="platform", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_pending_connections")),
    )
    op.create_index("ix_calls_lead", "calls", ["lead_id"])


def downgrade() -> None:
    op.drop_index("ix_calls_lead", "calls")
    op.drop_table("pending_connections")
    op.drop_table("second_looks")
