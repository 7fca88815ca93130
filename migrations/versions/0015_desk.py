"""The monitoring desk: several enquiries at once, deliveries that did not arrive, requests in doubt, and a warning in words of its own."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.db import UtcDateTime

revision = "0015"
down_revision = "0014"

UTC = UtcDateTime(timezone=True)
KNOWN = (
    "confirm_email", "already_registered", "reset_password", "password_changed", "staff_invitation", "enquiry_received",
    "enquiry_accepted", "promise_changed", "enquiry_finished", "enquiry_needs_you", "enquiry_reassigned", "enquiry_joined",
    "still_with_us", "customer_message", "record_answered", "handoff_offered", "oversight_escalated", "oversight_alarm",
    "oversight_digest", "relationship_changed", "restricted_opened", "rights_received", "rights_extended", "rights_ready",
    "rights_answered", "rights_correction",
)  # fmt: skip
AFTER = (*KNOWN[:16], "silence_warned", *KNOWN[16:])
ACTS = "'claim', 'assign', 'reroute', 'escalate'"
LISTS = "'custody', 'stuck', 'unattended', 'unaccepted', 'ownerless', 'breaching', 'silent', 'deliveries', 'bounced'"


def _templates(*names: str) -> None:
    """Messages that may be written."""
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    values = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({values})")


def upgrade() -> None:
    _templates(*AFTER)
    op.add_column("handoff", sa.Column("tried_at", UTC, nullable=True))
    op.add_column("handoff", sa.Column("in_doubt_since", UTC, nullable=True))
    op.execute("UPDATE handoff SET tried_at = offered_at WHERE delivery_attempts > 0")
    op.add_column("service_connection", sa.Column("failing_since", UTC, nullable=True))
    op.execute("UPDATE service_connection SET failing_since = polled_at WHERE poll_error <> ''")
    op.create_index(
        "ix_webhook_delivery_given_up",
        "webhook_delivery",
        ["event_id", "endpoint_id"],
        unique=False,
        postgresql_where=sa.text("status = 'given_up'"),
    )
    op.create_table(
        "oversight_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("undone_at", UTC, nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(f"act IN ({ACTS})", name=op.f("ck_oversight_batch_act_known")),
        sa.CheckConstraint(f"list IN ({LISTS})", name=op.f("ck_oversight_batch_list_known")),
        sa.CheckConstraint("act = 'claim' OR btrim(reason) <> ''", name=op.f("ck_oversight_batch_given_a_reason")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_oversight_batch_undone_by_somebody")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR act <> 'escalate'", name=op.f("ck_oversight_batch_what_was_said_stays_said")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_oversight_batch_account_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["account.id"], name=op.f("fk_oversight_batch_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_batch")),
    )
    op.create_index(op.f("ix_oversight_batch_account_id_at"), "oversight_batch", ["account_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("oversight_batch")
    op.drop_index("ix_webhook_delivery_given_up", table_name="webhook_delivery")
    op.drop_column("service_connection", "failing_since")
    op.drop_column("handoff", "in_doubt_since")
    op.drop_column("handoff", "tried_at")
    op.execute("DELETE FROM message WHERE template = 'silence_warned'")
    _templates(*KNOWN)
