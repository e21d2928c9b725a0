"""The first schema."""

import sqlalchemy as sa
from alembic import op

from memory.base import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("prefix", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("scopes", Json, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_api_tokens_name")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("surface", sa.String(length=16), nullable=False),
        sa.Column("tool", sa.String(length=64), nullable=False),
        sa.Column("arguments", Json, nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("result", Json, nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("call_id", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint("call_id", name=op.f("uq_audit_log_call_id")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_log_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_log_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_log_tool"), ["tool"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("sms", "webhook", "house_mail", name="callkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("workflow_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("node", sa.String(length=32), nullable=True),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "claimed",
                "sending",
                "sent",
                "bounced",
                "unknown",
                "suppressed",
                "cancelled",
                name="deliverystate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("key", name=op.f("uq_calls_key")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_due", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_calls_enrolment", ["enrolment_id"], unique=False)
        batch_op.create_index("ix_calls_workflow", ["workflow_id", "node", "state"], unique=False)

    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "type",
            sa.Enum("email", "social", "ads", "multi-channel", name="campaigntype", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("draft", "active", "paused", "completed", name="campaignstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("channels", Json, nullable=False),
        sa.Column(
            "goal",
            sa.Enum(
                "lead_generation",
                "sales",
                "brand_awareness",
                "retention",
                "product_launch",
                "event",
                name="goal",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("target_audience", sa.Text(), nullable=True),
        sa.Column("budget", sa.Double(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaigns_name"), ["name"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    op.create_table(
        "house_facts",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_house_facts")),
    )
    op.create_table(
        "index_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_entries")),
        sa.UniqueConstraint("kind", "record_id", name=op.f("uq_index_entries_kind")),
    )
    with op.batch_alter_table("index_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_index_entries_revision"), ["revision"], unique=False)

    op.create_table(
        "index_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_source")),
    )
    op.create_table(
        "knowledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("article", "ticket", "campaign", name="knowledgekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge")),
    )
    with op.batch_alter_table("knowledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_knowledge_content_hash"), ["content_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_knowledge_kind"), ["kind"], unique=False)

    op.create_table(
        "lead_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("table_name", sa.String(length=200), nullable=False),
        sa.Column("mapping", Json, nullable=False),
        sa.Column("key_column", sa.String(length=100), nullable=False),
        sa.Column("cursor_column", sa.String(length=100), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("last_import_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_sources")),
        sa.UniqueConstraint("address", "table_name", name="uq_lead_sources_address"),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("first_name", sa.String(length=100), nullable=True),
        sa.Column("last_name", sa.String(length=100), nullable=True),
        sa.Column("company", sa.String(length=200), nullable=True),
        sa.Column("job_title", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=50), nullable=True),
        sa.Column("city", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=100), nullable=True),
        sa.Column("language", sa.String(length=20), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "new", "contacted", "qualified", "customer", "lost", name="leadstatus", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("status_changed_at", UtcDateTime(), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=True),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("revenue", sa.Double(), nullable=False),
        sa.Column("last_visit_at", UtcDateTime(), nullable=True),
        sa.Column("last_open_at", UtcDateTime(), nullable=True),
        sa.Column("last_click_at", UtcDateTime(), nullable=True),
        sa.Column("last_order_at", UtcDateTime(), nullable=True),
        sa.Column("last_activity_at", UtcDateTime(), nullable=True),
        sa.Column("imported_counts", Json, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("email", name=op.f("uq_leads_email")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index("ix_leads_last_open_at", ["last_open_at"], unique=False)
        batch_op.create_index("ix_leads_orders", ["orders"], unique=False)
        batch_op.create_index("ix_leads_status", ["status", "city"], unique=False)

    op.create_table(
        "mail_hits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "sent",
                "delivered",
                "opened",
                "clicked",
                "replied",
                "bounced",
                "complained",
                "unsubscribed",
                "visited",
                "submitted_form",
                "signed_up",
                "ordered",
                "converted",
                "called",
                "met",
                "created",
                "status_changed",
                "tagged",
                "consented",
                "consent_withdrawn",
                "other",
                name="eventtype",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("user_agent", sa.String(length=400), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=True),
        sa.Column("told", Json, nullable=True),
        sa.Column("machine", sa.Boolean(), nullable=True),
        sa.Column("why", sa.String(length=40), nullable=True),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_hits")),
    )
    with op.batch_alter_table("mail_hits", schema=None) as batch_op:
        batch_op.create_index("ix_mail_hits_at", ["at"], unique=False)
        batch_op.create_index("ix_mail_hits_delivery", ["delivery_id", "at"], unique=False)
        batch_op.create_index(
            "ix_mail_hits_waiting",
            ["id"],
            unique=False,
            sqlite_where=sa.text("machine IS NULL"),
            postgresql_where=sa.text("machine IS NULL"),
        )

    op.create_table(
        "mail_preferences",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("refused_topics", Json, nullable=False),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_mail_preferences")),
    )
    op.create_table(
        "mail_returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("hard", "soft", "complaint", "unsubscribe", name="returnkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email_campaign_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_returns")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_returns_key")),
    )
    with op.batch_alter_table("mail_returns", schema=None) as batch_op:
        batch_op.create_index("ix_mail_returns_email", ["email", "kind", "at"], unique=False)

    op.create_table(
        "mailbox_places",
        sa.Column("mailbox", sa.String(length=255), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_places")),
    )
    op.create_table(
        "metric_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("email", "social", "ads", "sms", "phone", name="channel", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_points")),
    )
    with op.batch_alter_table("metric_points", schema=None) as batch_op:
        batch_op.create_index("ix_metric_points_record", ["kind", "record_id", "metric", "day"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("workflow_id", sa.Integer(), nullable=True),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("data", Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("key", name=op.f("uq_notices_key")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_kind", ["kind", "at"], unique=False)

    op.create_table(
        "own_examples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=300), nullable=False),
        sa.Column("masked", sa.String(length=600), nullable=False),
        sa.Column("tool", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_examples")),
        sa.UniqueConstraint("masked", name=op.f("uq_own_examples_masked")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tool", sa.String(length=64), nullable=False),
        sa.Column("arguments", Json, nullable=False),
        sa.Column("preview", Json, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=True),
        sa.Column("turn_id", sa.String(length=36), nullable=True),
        sa.Column("call_id", sa.String(length=80), nullable=True),
        sa.Column("asked_by", sa.String(length=200), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("result", Json, nullable=True),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("call_id", name=op.f("uq_plans_call_id")),
    )
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plans_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plans_state"), ["state"], unique=False)

    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "format",
            sa.Enum("html", "pdf", "markdown", name="reportformat", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("tree", Json, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_segments_name"), ["name"], unique=False)

    op.create_table(
        "send_buckets",
        sa.Column("domain", sa.String(length=254), nullable=False),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reserved_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_send_buckets")),
    )
    op.create_table(
        "send_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_send_days")),
    )
    op.create_table(
        "social_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "facebook",
                "linkedin",
                "twitter",
                "instagram",
                "tiktok",
                "mastodon",
                "bluesky",
                name="platform",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("handle", sa.String(length=200), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("disconnected_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_accounts")),
    )
    with op.batch_alter_table("social_accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_social_accounts_platform"), ["platform"], unique=False)

    op.create_table(
        "suppressions",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "unsubscribed",
                "complained",
                "bounced",
                "blocked",
                name="suppressionreason",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("email_campaign_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("email", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("email", "sms", "social", "ad", "call_script", name="templatekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
    )
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_templates_name"), ["name"], unique=False)

    op.create_table(
        "tracking_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=128), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_keys")),
    )
    op.create_table(
        "trigger_cursors",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seen_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("horizon", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_trigger_cursors")),
    )
    op.create_table(
        "worker_beats",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beats")),
    )
    op.create_table(
        "workflows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("draft", "active", "paused", name="workflowstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("trigger", Json, nullable=False),
        sa.Column("steps", Json, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("ai_optimized", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflows")),
        sa.UniqueConstraint("name", name=op.f("uq_workflows_name")),
    )
    with op.batch_alter_table("workflows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workflows_status"), ["status"], unique=False)

    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rows", Json, nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["audit_log.id"], name=op.f("fk_changes_id_audit_log"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.Column("sources", Json, nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("new", "kept", "discarded", name="draftstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_drafts_campaign_id_campaigns"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_kind"), ["kind"], unique=False)

    op.create_table(
        "email_campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("subject_line", sa.Text(), nullable=True),
        sa.Column("preview_text", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("recipients", Json, nullable=False),
        sa.Column("send_time", UtcDateTime(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "scheduled",
                "sending",
                "paused",
                "sent",
                "cancelled",
                name="emailstatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("laid_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.Column("workflow_version_id", sa.Integer(), nullable=True),
        sa.Column("workflow_node", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_email_campaigns_campaign_id_campaigns"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_email_campaigns_segment_id_segments"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["templates.id"],
            name=op.f("fk_email_campaigns_template_id_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_email_campaigns_name")),
        sa.UniqueConstraint(
            "workflow_version_id", "workflow_node", name=op.f("uq_email_campaigns_workflow_version_id")
        ),
    )
    with op.batch_alter_table("email_campaigns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_email_campaigns_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_email_campaigns_segment_id"), ["segment_id"], unique=False)
        batch_op.create_index("ix_email_campaigns_status", ["status", "send_time"], unique=False)
        batch_op.create_index(batch_op.f("ix_email_campaigns_template_id"), ["template_id"], unique=False)

    op.create_table(
        "idempotent_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_tokens.id"], name=op.f("fk_idempotent_requests_token_id_api_tokens"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_requests")),
        sa.UniqueConstraint("token_id", "key", name=op.f("uq_idempotent_requests_token_id")),
    )
    with op.batch_alter_table("idempotent_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotent_requests_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "lead_consents",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "social", "ads", "sms", "phone", name="channel", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("pending", "granted", "withdrawn", name="consentstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_consents_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", "channel", name=op.f("pk_lead_consents")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("lead_consents", schema=None) as batch_op:
        batch_op.create_index("ix_lead_consents_channel", ["channel", "state", "lead_id"], unique=False)

    op.create_table(
        "lead_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "sent",
                "delivered",
                "opened",
                "clicked",
                "replied",
                "bounced",
                "complained",
                "unsubscribed",
                "visited",
                "submitted_form",
                "signed_up",
                "ordered",
                "converted",
                "called",
                "met",
                "created",
                "status_changed",
                "tagged",
                "consented",
                "consent_withdrawn",
                "other",
                name="eventtype",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "social", "ads", "sms", "phone", name="channel", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("name", sa.String(length=64), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("email_campaign_id", sa.Integer(), nullable=True),
        sa.Column("workflow_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("data", Json, nullable=True),
        sa.Column("machine", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_events_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_events")),
        sa.UniqueConstraint("key", name=op.f("uq_lead_events_key")),
    )
    with op.batch_alter_table("lead_events", schema=None) as batch_op:
        batch_op.create_index("ix_lead_events_campaign", ["campaign_id", "type", "at"], unique=False)
        batch_op.create_index("ix_lead_events_lead", ["lead_id", "at"], unique=False)
        batch_op.create_index(
            "ix_lead_events_mailing", ["email_campaign_id", "type", "lead_id", "machine"], unique=False
        )
        batch_op.create_index("ix_lead_events_type", ["type", "machine", "at", "lead_id"], unique=False)

    op.create_table(
        "lead_fields",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_fields_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", "name", name=op.f("pk_lead_fields")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("lead_fields", schema=None) as batch_op:
        batch_op.create_index("ix_lead_fields_day", ["name", "day"], unique=False)
        batch_op.create_index("ix_lead_fields_number", ["name", "number"], unique=False)

    op.create_table(
        "lead_links",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("row_key", sa.String(length=200), nullable=False),
        sa.Column(
            "table_status",
            sa.Enum(
                "new", "contacted", "qualified", "customer", "lost", name="leadstatus", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_links_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["lead_sources.id"], name=op.f("fk_lead_links_source_id_lead_sources"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lead_id", "source_id", name=op.f("pk_lead_links")),
        sa.UniqueConstraint("source_id", "row_key", name="uq_lead_links_row"),
    )
    op.create_table(
        "lead_tags",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_lead_tags_lead_id_leads"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("lead_id", "tag", name=op.f("pk_lead_tags")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("lead_tags", schema=None) as batch_op:
        batch_op.create_index("ix_lead_tags_tag", ["tag", "lead_id"], unique=False)

    op.create_table(
        "lead_words",
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_words_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "lead_id", name=op.f("pk_lead_words")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("lead_words", schema=None) as batch_op:
        batch_op.create_index("ix_lead_words_lead", ["lead_id"], unique=False)

    op.create_table(
        "segment_members",
        sa.Column("workflow_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lead_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_segment_members_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name=op.f("fk_segment_members_workflow_id_workflows"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workflow_id", "lead_id", name=op.f("pk_segment_members")),
    )
    with op.batch_alter_table("segment_members", schema=None) as batch_op:
        batch_op.create_index("ix_segment_members_lead", ["lead_id"], unique=False)

    op.create_table(
        "social_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "platform",
            sa.Enum(
                "facebook",
                "linkedin",
                "twitter",
                "instagram",
                "tiktok",
                "mastodon",
                "bluesky",
                name="platform",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("media_urls", Json, nullable=False),
        sa.Column("hashtags", Json, nullable=False),
        sa.Column("scheduled_time", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "scheduled",
                "published",
                "failed",
                "cancelled",
                name="poststatus",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("ai_generated", sa.Boolean(), nullable=False),
        sa.Column(
            "publish_state",
            sa.Enum(
                "waiting",
                "claimed",
                "publishing",
                "published",
                "failed",
                "unknown",
                name="publishstate",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("attempted_at", UtcDateTime(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("external_url", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_social_posts_campaign_id_campaigns"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_posts")),
    )
    with op.batch_alter_table("social_posts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_social_posts_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_social_posts_due", ["status", "scheduled_time"], unique=False)
        batch_op.create_index(batch_op.f("ix_social_posts_platform"), ["platform"], unique=False)

    op.create_table(
        "turns",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("pending", Json, nullable=True),
        sa.Column("owner", sa.String(length=36), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_turns_conversation_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
    )
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.create_index("ix_turns_conversation", ["conversation_id", "number"], unique=False)
        batch_op.create_index(batch_op.f("ix_turns_state"), ["state"], unique=False)

    op.create_table(
        "workflow_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workflow_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("graph", Json, nullable=False),
        sa.Column("texts", Json, nullable=True),
        sa.Column("pinned_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflows.id"],
            name=op.f("fk_workflow_versions_workflow_id_workflows"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflow_versions")),
        sa.UniqueConstraint("workflow_id", "number", name=op.f("uq_workflow_versions_workflow_id")),
    )
    op.create_table(
        "ab_tests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email_campaign_id", sa.Integer(), nullable=False),
        sa.Column(
            "element",
            sa.Enum("subject", "content", "send_time", name="abelement", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "metric",
            sa.Enum("opens", "clicks", "conversions", name="abmetric", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("running", "decided", "stopped", name="abstatus", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("test_share", sa.Double(), nullable=False),
        sa.Column("concentration", sa.Double(), nullable=False),
        sa.Column("planned_recipients", sa.Integer(), nullable=True),
        sa.Column("planned_rate", sa.Double(), nullable=True),
        sa.Column("planned_effect", sa.Double(), nullable=True),
        sa.Column("winner", sa.Integer(), nullable=True),
        sa.Column("divided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_campaign_id"],
            ["email_campaigns.id"],
            name=op.f("fk_ab_tests_email_campaign_id_email_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_tests")),
        sa.UniqueConstraint("name", name=op.f("uq_ab_tests_name")),
    )
    with op.batch_alter_table("ab_tests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ab_tests_email_campaign_id"), ["email_campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ab_tests_status"), ["status"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email_campaign_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "claimed",
                "sending",
                "sent",
                "bounced",
                "unknown",
                "suppressed",
                "cancelled",
                name="deliverystate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("variant", sa.Integer(), nullable=True),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_campaign_id"],
            ["email_campaigns.id"],
            name=op.f("fk_deliveries_email_campaign_id_email_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_deliveries_lead_id_leads"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "email_campaign_id", "recipient", "enrolment_id", "visit", name=op.f("uq_deliveries_email_campaign_id")
        ),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_lead", ["lead_id"], unique=False)
        batch_op.create_index("ix_deliveries_mailing_state", ["email_campaign_id", "state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deliveries_message_id"), ["message_id"], unique=False)
        batch_op.create_index("ix_deliveries_recipient", ["recipient"], unique=False)
        batch_op.create_index("ix_deliveries_state", ["state", "due_at"], unique=False)

    op.create_table(
        "enrolments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workflow_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "held",
                "completed",
                "converted",
                "left",
                "failed",
                name="enrolmentstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("node", sa.String(length=32), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("leased_by", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("converted_at", UtcDateTime(), nullable=True),
        sa.Column("data", Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_enrolments_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["workflow_versions.id"],
            name=op.f("fk_enrolments_version_id_workflow_versions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name=op.f("fk_enrolments_workflow_id_workflows"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("workflow_id", "lead_id", "entry", name=op.f("uq_enrolments_workflow_id")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index("ix_enrolments_due", ["workflow_id", "state", "due_at", "node"], unique=False)
        batch_op.create_index("ix_enrolments_lead", ["lead_id"], unique=False)
        batch_op.create_index("ix_enrolments_workflow_state", ["workflow_id", "state", "entered_at"], unique=False)

    op.create_table(
        "signup_forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("email_campaign_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_campaign_id"],
            ["email_campaigns.id"],
            name=op.f("fk_signup_forms_email_campaign_id_email_campaigns"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup_forms")),
        sa.UniqueConstraint("slug", name=op.f("uq_signup_forms_slug")),
    )
    op.create_table(
        "step_counts",
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node", sa.String(length=32), nullable=False),
        sa.Column("port", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["workflow_versions.id"],
            name=op.f("fk_step_counts_version_id_workflow_versions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("version_id", "node", "port", name=op.f("pk_step_counts")),
    )
    op.create_table(
        "tracked_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email_campaign_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["email_campaign_id"],
            ["email_campaigns.id"],
            name=op.f("fk_tracked_links_email_campaign_id_email_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracked_links")),
        sa.UniqueConstraint("email_campaign_id", "url", name=op.f("uq_tracked_links_email_campaign_id")),
    )
    op.create_table(
        "ab_variants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ab_test_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("send_time", UtcDateTime(), nullable=True),
        sa.Column("imported_sent", sa.Integer(), nullable=True),
        sa.Column("imported_opens", sa.Integer(), nullable=True),
        sa.Column("imported_clicks", sa.Integer(), nullable=True),
        sa.Column("imported_conversions", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ab_test_id"], ["ab_tests.id"], name=op.f("fk_ab_variants_ab_test_id_ab_tests"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ab_variants")),
        sa.UniqueConstraint("ab_test_id", "position", name=op.f("uq_ab_variants_ab_test_id")),
    )
    with op.batch_alter_table("ab_variants", schema=None) as batch_op:
        batch_op.create_index("ix_ab_variants_test", ["ab_test_id"], unique=False)

    op.create_table(
        "enrolment_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workflow_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("node", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("port", sa.String(length=16), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolments.id"],
            name=op.f("fk_enrolment_steps_enrolment_id_enrolments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_steps")),
    )
    with op.batch_alter_table("enrolment_steps", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_steps_enrolment", ["enrolment_id", "id"], unique=False)
        batch_op.create_index("ix_enrolment_steps_workflow", ["workflow_id", "node", "port"], unique=False)

    op.create_table(
        "signups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum("asked", "confirmed", "expired", name="signupstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_from", sa.String(length=45), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("confirmed_from", sa.String(length=45), nullable=True),
        sa.ForeignKeyConstraint(
            ["form_id"], ["signup_forms.id"], name=op.f("fk_signups_form_id_signup_forms"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_signups_lead_id_leads"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signups")),
    )
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.create_index("ix_signups_delivery", ["delivery_id"], unique=False)
        batch_op.create_index("ix_signups_email", ["email", "asked_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.drop_index("ix_signups_email")
        batch_op.drop_index("ix_signups_delivery")

    op.drop_table("signups")
    with op.batch_alter_table("enrolment_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolment_steps_workflow")
        batch_op.drop_index("ix_enrolment_steps_enrolment")

    op.drop_table("enrolment_steps")
    with op.batch_alter_table("ab_variants", schema=None) as batch_op:
        batch_op.drop_index("ix_ab_variants_test")

    op.drop_table("ab_variants")
    op.drop_table("tracked_links")
    op.drop_table("step_counts")
    op.drop_table("signup_forms")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolments_workflow_state")
        batch_op.drop_index("ix_enrolments_lead")
        batch_op.drop_index("ix_enrolments_due")

    op.drop_table("enrolments")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_state")
        batch_op.drop_index("ix_deliveries_recipient")
        batch_op.drop_index(batch_op.f("ix_deliveries_message_id"))
        batch_op.drop_index("ix_deliveries_mailing_state")
        batch_op.drop_index("ix_deliveries_lead")

    op.drop_table("deliveries")
    with op.batch_alter_table("ab_tests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ab_tests_status"))
        batch_op.drop_index(batch_op.f("ix_ab_tests_email_campaign_id"))

    op.drop_table("ab_tests")
    op.drop_table("workflow_versions")
    with op.batch_alter_table("turns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_turns_state"))
        batch_op.drop_index("ix_turns_conversation")

    op.drop_table("turns")
    with op.batch_alter_table("social_posts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_social_posts_platform"))
        batch_op.drop_index("ix_social_posts_due")
        batch_op.drop_index(batch_op.f("ix_social_posts_campaign_id"))

    op.drop_table("social_posts")
    with op.batch_alter_table("segment_members", schema=None) as batch_op:
        batch_op.drop_index("ix_segment_members_lead")

    op.drop_table("segment_members")
    with op.batch_alter_table("lead_words", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_words_lead")

    op.drop_table("lead_words")
    with op.batch_alter_table("lead_tags", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_tags_tag")

    op.drop_table("lead_tags")
    op.drop_table("lead_links")
    with op.batch_alter_table("lead_fields", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_fields_number")
        batch_op.drop_index("ix_lead_fields_day")

    op.drop_table("lead_fields")
    with op.batch_alter_table("lead_events", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_events_type")
        batch_op.drop_index("ix_lead_events_mailing")
        batch_op.drop_index("ix_lead_events_lead")
        batch_op.drop_index("ix_lead_events_campaign")

    op.drop_table("lead_events")
    with op.batch_alter_table("lead_consents", schema=None) as batch_op:
        batch_op.drop_index("ix_lead_consents_channel")

    op.drop_table("lead_consents")
    with op.batch_alter_table("idempotent_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotent_requests_expires_at"))

    op.drop_table("idempotent_requests")
    with op.batch_alter_table("email_campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_email_campaigns_template_id"))
        batch_op.drop_index("ix_email_campaigns_status")
        batch_op.drop_index(batch_op.f("ix_email_campaigns_segment_id"))
        batch_op.drop_index(batch_op.f("ix_email_campaigns_campaign_id"))

    op.drop_table("email_campaigns")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_kind"))
        batch_op.drop_index(batch_op.f("ix_drafts_campaign_id"))

    op.drop_table("drafts")
    op.drop_table("changes")
    with op.batch_alter_table("workflows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workflows_status"))

    op.drop_table("workflows")
    op.drop_table("worker_beats")
    op.drop_table("trigger_cursors")
    op.drop_table("tracking_keys")
    with op.batch_alter_table("templates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_templates_name"))

    op.drop_table("templates")
    op.drop_table("suppressions")
    with op.batch_alter_table("social_accounts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_social_accounts_platform"))

    op.drop_table("social_accounts")
    op.drop_table("send_days")
    op.drop_table("send_buckets")
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_segments_name"))

    op.drop_table("segments")
    op.drop_table("reports")
    with op.batch_alter_table("plans", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plans_state"))
        batch_op.drop_index(batch_op.f("ix_plans_conversation_id"))

    op.drop_table("plans")
    op.drop_table("own_examples")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_kind")

    op.drop_table("notices")
    with op.batch_alter_table("metric_points", schema=None) as batch_op:
        batch_op.drop_index("ix_metric_points_record")

    op.drop_table("metric_points")
    op.drop_table("mailbox_places")
    with op.batch_alter_table("mail_returns", schema=None) as batch_op:
        batch_op.drop_index("ix_mail_returns_email")

    op.drop_table("mail_returns")
    op.drop_table("mail_preferences")
    with op.batch_alter_table("mail_hits", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_mail_hits_waiting", sqlite_where=sa.text("machine IS NULL"), postgresql_where=sa.text("machine IS NULL")
        )
        batch_op.drop_index("ix_mail_hits_delivery")
        batch_op.drop_index("ix_mail_hits_at")

    op.drop_table("mail_hits")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index("ix_leads_status")
        batch_op.drop_index("ix_leads_orders")
        batch_op.drop_index("ix_leads_last_open_at")

    op.drop_table("leads")
    op.drop_table("lead_sources")
    with op.batch_alter_table("knowledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_knowledge_kind"))
        batch_op.drop_index(batch_op.f("ix_knowledge_content_hash"))

    op.drop_table("knowledge")
    op.drop_table("index_source")
    with op.batch_alter_table("index_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_index_entries_revision"))

    op.drop_table("index_entries")
    op.drop_table("house_facts")
    op.drop_table("conversations")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaigns_name"))

    op.drop_table("campaigns")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index("ix_calls_workflow")
        batch_op.drop_index("ix_calls_enrolment")
        batch_op.drop_index("ix_calls_due")

    op.drop_table("calls")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_log_tool"))
        batch_op.drop_index(batch_op.f("ix_audit_log_conversation_id"))
        batch_op.drop_index(batch_op.f("ix_audit_log_at"))

    op.drop_table("audit_log")
    op.drop_table("api_tokens")
