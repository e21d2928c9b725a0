"""What came of campaigns is counted from one index of the events alone."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_lead_events_campaign", "lead_events"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(
        NAME,
        TABLE,
        ["campaign_id", "type", "email_campaign_id", "imported", "channel", "lead_id", "machine", "value", "at"],
    )


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["campaign_id", "type", "at"])
