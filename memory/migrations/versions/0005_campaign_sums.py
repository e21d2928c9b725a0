"""What came of campaigns is counted from one index of the events alone; indexes hold no events without a campaign or mailing."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = "lead_events"
CAMPAIGN = (
    "ix_lead_events_campaign",
    ["campaign_id", "type", "email_campaign_id", "imported", "channel", "lead_id", "machine", "value", "at"],
)
MAILING = ("ix_lead_events_mailing", ["email_campaign_id", "type", "lead_id", "machine"])


def upgrade() -> None:
    for name, columns in (CAMPAIGN, MAILING):
        op.drop_index(name, TABLE)
        known = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(name, TABLE, columns, sqlite_where=known, postgresql_where=known)


def downgrade() -> None:
    for name, columns in ((CAMPAIGN[0], ["campaign_id", "type", "at"]), MAILING):
        op.drop_index(name, TABLE)
        op.create_index(name, TABLE, columns)
