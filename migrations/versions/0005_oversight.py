"""The monitoring desk: what was counted each day, thresholds, looks into queues, anomalies, quality, and three messages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

BEFORE = (
    "confirm_email",
    "already_registered",
    "reset_password",
    "password_changed",
    "staff_invitation",
    "enquiry_received",
    "enquiry_accepted",
    "promise_changed",
    "enquiry_finished",
    "enquiry_needs_you",
    "enquiry_reassigned",
    "enquiry_joined",
    "still_with_us",
    "customer_message",
    "handoff_offered",
)
AFTER = (*BEFORE, "oversight_escalated", "oversight_alarm", "oversight_digest")


def _messages(known: tuple[str, ...]) -> None:
    """Let the outbox hold these messages."""
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    values = ", ".join(f"'{name}'" for name in known)
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({values})")


def upgrade() -> None:
    _messages(AFTER)
    op.create_table(
        "oversight_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Enum("measured", "rebuilt", name="daykind", native_enum=False, length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("custody_breaches", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'measured') = (custody_breaches IS NOT NULL)",
            name=op.f("ck_oversight_day_custody_is_measured_on_the_day"),
        ),
        sa.CheckConstraint("kind IN ('measured', 'rebuilt')", name=op.f("ck_oversight_day_kind_known")),
        sa.CheckConstraint(
            "open_count >= 0 AND coalesce(custody_breaches, 0) >= 0", name=op.f("ck_oversight_day_counts_are_positive")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_oversight_day")),
    )
    op.create_table(
        "quality_question",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("btrim(text) <> ''", name=op.f("ck_quality_question_asks_something")),
        sa.CheckConstraint("weight BETWEEN 1 AND 10", name=op.f("ck_quality_question_weight_is_sensible")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_question")),
    )
    op.create_table(
        "oversight_threshold",
        sa.Column(
            "name",
            sa.Enum(
                "stuck_days",
                "unattended_days",
                "breach_hours",
                "silent_hours",
                "ping_pong_returns",
                "ping_pong_days",
                "touched_times",
                "touched_days",
                "closed_minutes",
                "acknowledged_days",
                "volume_weeks",
                "volume_least",
                "unread_days",
                "sample_per_team",
                name="threshold",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "name IN ('stuck_days', 'unattended_days', 'breach_hours', 'silent_hours', 'ping_pong_returns', 'ping_pong_days', 'touched_times', 'touched_days', 'closed_minutes', 'acknowledged_days', 'volume_weeks', 'volume_least', 'unread_days', 'sample_per_team')",
            name=op.f("ck_oversight_threshold_name_known"),
        ),
        sa.CheckConstraint("value BETWEEN 1 AND 1000", name=op.f("ck_oversight_threshold_value_is_sensible")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["account.id"], name=op.f("fk_oversight_threshold_changed_by_id")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_oversight_threshold")),
    )
    op.create_table(
        "queue_reading",
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_queue_reading_account_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_reading_queue_id")),
        sa.PrimaryKeyConstraint("queue_id", "account_id", name=op.f("pk_queue_reading")),
    )
    op.create_table(
        "oversight_ageing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum("received", "human_action", "customer_contact", name="ageingmeasure", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("phone", "visit", "email", "web", "post", "chat", name="channel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'visit', 'email', 'web', 'post', 'chat')",
            name=op.f("ck_oversight_ageing_channel_known"),
        ),
        sa.CheckConstraint(
            "measure IN ('received', 'human_action', 'customer_contact')",
            name=op.f("ck_oversight_ageing_measure_known"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("ck_oversight_ageing_counts_something")),
        sa.ForeignKeyConstraint(["day"], ["oversight_day.day"], name=op.f("fk_oversight_ageing_day")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_oversight_ageing_queue_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_oversight_ageing_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_oversight_ageing_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oversight_ageing")),
    )
    op.create_index(op.f("ix_oversight_ageing_day"), "oversight_ageing", ["day"], unique=False)
    op.create_index(op.f("ix_oversight_ageing_measure_day"), "oversight_ageing", ["measure", "day"], unique=False)
    op.create_table(
        "anomaly",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ping_pong",
                "touched_unanswered",
                "closed_at_once",
                "acknowledged_only",
                "volume_zero",
                "queue_unread",
                "queue_misnamed",
                name="anomalykind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("repeat_of_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("found", "assigned", "explained", "fixed", name="anomalystatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("enquiry_id", sa.Uuid(), nullable=True),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("phone", "visit", "email", "web", "post", "chat", name="channel", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('explained', 'fixed')) = (closed_at IS NOT NULL) AND (closed_at IS NULL OR btrim(explanation) <> '')",
            name=op.f("ck_anomaly_closed_says_why"),
        ),
        sa.CheckConstraint(
            "channel IN ('phone', 'visit', 'email', 'web', 'post', 'chat')", name=op.f("ck_anomaly_channel_known")
        ),
        sa.CheckConstraint(
            "kind IN ('ping_pong', 'touched_unanswered', 'closed_at_once', 'acknowledged_only', 'volume_zero', 'queue_unread', 'queue_misnamed')",
            name=op.f("ck_anomaly_kind_known"),
        ),
        sa.CheckConstraint(
            "status <> 'assigned' OR assignee_id IS NOT NULL", name=op.f("ck_anomaly_assigned_to_somebody")
        ),
        sa.CheckConstraint(
            "status IN ('found', 'assigned', 'explained', 'fixed')", name=op.f("ck_anomaly_status_known")
        ),
        sa.CheckConstraint("(level = 1) = (repeat_of_id IS NULL)", name=op.f("ck_anomaly_repeats_stand_higher")),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_anomaly_level_known")),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name=op.f("fk_anomaly_assignee_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["account.id"], name=op.f("fk_anomaly_closed_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_anomaly_enquiry_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_anomaly_queue_id")),
        sa.ForeignKeyConstraint(["repeat_of_id"], ["anomaly.id"], name=op.f("fk_anomaly_repeat_of_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_anomaly_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_anomaly_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anomaly")),
    )
    op.create_index(op.f("ix_anomaly_assignee_id"), "anomaly", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_anomaly_enquiry_id"), "anomaly", ["enquiry_id"], unique=False)
    op.create_index(op.f("ix_anomaly_kind_subject_found_at"), "anomaly", ["kind", "subject", "found_at"], unique=False)
    op.create_index(
        "uq_anomaly_open",
        "anomaly",
        ["kind", "subject"],
        unique=True,
        postgresql_where=sa.text("status IN ('found', 'assigned')"),
    )
    op.create_table(
        "quality_sample",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scored_by_id", sa.Uuid(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answered_at IS NULL OR (scored_at IS NOT NULL AND btrim(answer) <> '')",
            name=op.f("ck_quality_sample_answers_a_score"),
        ),
        sa.CheckConstraint(
            "(scored_at IS NULL) = (scored_by_id IS NULL)", name=op.f("ck_quality_sample_scored_by_somebody")
        ),
        sa.CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name=op.f("ck_quality_sample_score_in_percent")),
        sa.ForeignKeyConstraint(["advisor_id"], ["account.id"], name=op.f("fk_quality_sample_advisor_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_quality_sample_enquiry_id")),
        sa.ForeignKeyConstraint(["scored_by_id"], ["account.id"], name=op.f("fk_quality_sample_scored_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quality_sample")),
        sa.UniqueConstraint("enquiry_id", "week", name=op.f("uq_quality_sample_enquiry_id_week")),
    )
    op.create_index(
        op.f("ix_quality_sample_advisor_id_scored_at"), "quality_sample", ["advisor_id", "scored_at"], unique=False
    )
    op.create_index(op.f("ix_quality_sample_week_team"), "quality_sample", ["week", "team"], unique=False)
    op.create_table(
        "quality_mark",
        sa.Column("sample_id", sa.Uuid(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.CheckConstraint("points IS NULL OR points BETWEEN 0 AND 2", name=op.f("ck_quality_mark_points_known")),
        sa.ForeignKeyConstraint(["question_id"], ["quality_question.id"], name=op.f("fk_quality_mark_question_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["quality_sample.id"], name=op.f("fk_quality_mark_sample_id")),
        sa.PrimaryKeyConstraint("sample_id", "question_id", name=op.f("pk_quality_mark")),
    )


def downgrade() -> None:
    op.drop_table("quality_mark")
    op.drop_index(op.f("ix_quality_sample_week_team"), table_name="quality_sample")
    op.drop_index(op.f("ix_quality_sample_advisor_id_scored_at"), table_name="quality_sample")
    op.drop_table("quality_sample")
    op.drop_index("uq_anomaly_open", table_name="anomaly", postgresql_where=sa.text("status IN ('found', 'assigned')"))
    op.drop_index(op.f("ix_anomaly_kind_subject_found_at"), table_name="anomaly")
    op.drop_index(op.f("ix_anomaly_enquiry_id"), table_name="anomaly")
    op.drop_index(op.f("ix_anomaly_assignee_id"), table_name="anomaly")
    op.drop_table("anomaly")
    op.drop_index(op.f("ix_oversight_ageing_measure_day"), table_name="oversight_ageing")
    op.drop_index(op.f("ix_oversight_ageing_day"), table_name="oversight_ageing")
    op.drop_table("oversight_ageing")
    op.drop_table("queue_reading")
    op.drop_table("oversight_threshold")
    op.drop_table("quality_question")
    op.drop_table("oversight_day")
    op.execute("DELETE FROM message WHERE template IN ('oversight_escalated', 'oversight_alarm', 'oversight_digest')")
    _messages(BEFORE)
