"""Handoffs to systems: the feed, webhooks, referrals, checklists, status maps, e-mail links and Open311 back offices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

GUARD = r"""
CREATE OR REPLACE FUNCTION guard_referral_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES ('asked', 'answered'), ('asked', 'declined'), ('asked', 'withdrawn')) THEN
    RAISE EXCEPTION 'a referral cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_moves_as_allowed';
  END IF;
  RETURN NEW;
END
$$
"""
TRIGGER = (
    "CREATE TRIGGER guard_referral_state BEFORE UPDATE OF state ON referral "
    "FOR EACH ROW EXECUTE FUNCTION guard_referral_state()"
)
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
    "customer_message",
)
AFTER = (*BEFORE[:-1], "enquiry_joined", "still_with_us", "customer_message", "handoff_offered")
TABLES = (
    "webhook_attempt",
    "webhook_delivery",
    "handoff_link",
    "handoff_event",
    "referral",
    "handoff_checklist",
    "webhook_endpoint",
    "service_connection",
    "handoff_status_rule",
)
DEFAULTED = ("checklist", "external_id", "external_token", "external_code")
COLUMNS = (*DEFAULTED, "external_at", "silence_noticed_at", "claimed_by_id")


def _messages(known: tuple[str, ...]) -> None:
    """Let the outbox hold these messages."""
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    values = ", ".join(f"'{name}'" for name in known)
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({values})")


def upgrade() -> None:
    _create_tables()
    _extend_handoffs()
    for statement in (GUARD, TRIGGER):
        op.execute(sa.text(statement.replace(":", "\\:")))
    _messages(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM message WHERE template IN ('enquiry_joined', 'still_with_us', 'handoff_offered')")
    _messages(BEFORE)
    op.drop_constraint(op.f("ck_handoff_declined_in_favour_of"), "handoff")
    op.drop_index("ix_handoff_external", "handoff")
    op.drop_index("ix_handoff_declined", "handoff")
    for column in COLUMNS:
        op.drop_column("handoff", column)
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION guard_referral_state()")


def _extend_handoffs() -> None:
    """What was declined before without a word on whose it is, counts as the sender's own."""
    op.add_column("handoff", sa.Column("checklist", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.add_column("handoff", sa.Column("claimed_by_id", sa.Uuid(), nullable=True))
    op.add_column("handoff", sa.Column("external_id", sa.String(), nullable=False, server_default=""))
    op.add_column("handoff", sa.Column("external_token", sa.String(), nullable=False, server_default=""))
    op.add_column("handoff", sa.Column("external_code", sa.String(), nullable=False, server_default=""))
    op.add_column("handoff", sa.Column("external_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoff", sa.Column("silence_noticed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_handoff_declined", "handoff", ["ended_at"], unique=False, postgresql_where=sa.text("state = 'declined'")
    )
    op.create_index(
        "ix_handoff_external",
        "handoff",
        ["unit_id", "external_id"],
        unique=False,
        postgresql_where=sa.text("external_id <> ''"),
    )
    op.create_foreign_key(op.f("fk_handoff_claimed_by_id"), "handoff", "account", ["claimed_by_id"], ["id"])
    for column in DEFAULTED:
        op.alter_column("handoff", column, server_default=None)
    op.execute(
        "UPDATE handoff SET suggested_unit_id = from_unit_id WHERE state = 'declined' AND suggested_unit_id IS NULL"
    )
    op.create_check_constraint(
        op.f("ck_handoff_declined_in_favour_of"), "handoff", "state <> 'declined' OR suggested_unit_id IS NOT NULL"
    )


def _create_tables() -> None:
    op.create_table(
        "handoff_status_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "becomes",
            sa.Enum(
                "nothing",
                "accepted",
                "in_work",
                "completed",
                "returned",
                "declined",
                "escalated",
                name="becomes",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("suggested_unit_id", sa.Uuid(), nullable=True),
        sa.Column("silent_days", sa.Integer(), nullable=True),
        sa.Column(
            "silent_becomes",
            sa.Enum(
                "nothing",
                "accepted",
                "in_work",
                "completed",
                "returned",
                "declined",
                "escalated",
                name="becomes",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "becomes IN ('nothing', 'accepted', 'in_work', 'completed', 'returned', 'declined', 'escalated')",
            name=op.f("ck_handoff_status_rule_becomes_known"),
        ),
        sa.CheckConstraint(
            "becomes NOT IN ('completed', 'returned', 'declined') OR btrim(words) <> ''",
            name=op.f("ck_handoff_status_rule_ending_says_something"),
        ),
        sa.CheckConstraint(
            "code = lower(btrim(code)) AND code <> ''", name=op.f("ck_handoff_status_rule_code_is_plain")
        ),
        sa.CheckConstraint(
            "silent_becomes IN ('nothing', 'accepted', 'in_work', 'completed', 'returned', 'declined', 'escalated')",
            name=op.f("ck_handoff_status_rule_silent_becomes_known"),
        ),
        sa.CheckConstraint(
            "(silent_days IS NULL) = (silent_becomes IS NULL)", name=op.f("ck_handoff_status_rule_silence_is_whole")
        ),
        sa.CheckConstraint("silent_days > 0", name=op.f("ck_handoff_status_rule_silence_is_positive")),
        sa.ForeignKeyConstraint(
            ["suggested_unit_id"], ["unit.id"], name=op.f("fk_handoff_status_rule_suggested_unit_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handoff_status_rule_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_status_rule")),
        sa.UniqueConstraint("unit_id", "code", name=op.f("uq_handoff_status_rule_unit_id_code")),
    )
    op.create_table(
        "service_connection",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "reach",
            sa.Enum("console", "api", "email", "open311", name="reach", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("open311_url", sa.String(), nullable=False),
        sa.Column("open311_key", sa.String(), nullable=True),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("codes", postgresql.JSONB(), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("poll_error", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reach <> 'email' OR (btrim(email) <> '' AND account_id IS NOT NULL)",
            name=op.f("ck_service_connection_email_has_an_address"),
        ),
        sa.CheckConstraint(
            "reach <> 'open311' OR (btrim(open311_url) <> '' AND account_id IS NOT NULL)",
            name=op.f("ck_service_connection_open311_has_an_address"),
        ),
        sa.CheckConstraint(
            "reach IN ('console', 'api', 'email', 'open311')", name=op.f("ck_service_connection_reach_known")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_service_connection_account_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_connection_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_service_connection")),
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("previous_secret", sa.String(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status", sa.Enum("active", "disabled", name="endpointstatus", native_enum=False, length=40), nullable=False
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.String(), nullable=False),
        sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'disabled') = (disabled_at IS NOT NULL)", name=op.f("ck_webhook_endpoint_disabled_since_when")
        ),
        sa.CheckConstraint("status IN ('active', 'disabled')", name=op.f("ck_webhook_endpoint_status_known")),
        sa.CheckConstraint(
            "(previous_secret IS NULL) = (previous_until IS NULL)",
            name=op.f("ck_webhook_endpoint_previous_secret_ends"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_webhook_endpoint_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(op.f("ix_webhook_endpoint_unit_id"), "webhook_endpoint", ["unit_id"], unique=False)
    op.create_table(
        "handoff_checklist",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "enforcement", sa.Enum("refuse", "warn", name="enforcement", native_enum=False, length=40), nullable=False
        ),
        sa.Column("items", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("enforcement IN ('refuse', 'warn')", name=op.f("ck_handoff_checklist_enforcement_known")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_handoff_checklist_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handoff_checklist_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_checklist")),
        sa.UniqueConstraint(
            "service_id", "unit_id", name="uq_handoff_checklist_service_id_unit_id", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("from_unit_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "answered", "declined", "withdrawn", name="referralstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name=op.f("ck_referral_ends_once")),
        sa.CheckConstraint("btrim(question) <> ''", name=op.f("ck_referral_asks_something")),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'declined', 'withdrawn')", name=op.f("ck_referral_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('answered', 'declined') OR (btrim(answer) <> '' AND answered_by_id IS NOT NULL)",
            name=op.f("ck_referral_answered_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["account.id"], name=op.f("fk_referral_answered_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_referral_asked_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_referral_enquiry_id")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name=op.f("fk_referral_from_unit_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_referral_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(op.f("ix_referral_asked_by_id"), "referral", ["asked_by_id"], unique=False)
    op.create_index(op.f("ix_referral_enquiry_id_asked_at"), "referral", ["enquiry_id", "asked_at"], unique=False)
    op.create_index(
        op.f("ix_referral_unit_id_state_answer_by"), "referral", ["unit_id", "state", "answer_by"], unique=False
    )
    op.create_table(
        "handoff_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "handoff.offered",
                "handoff.accepted",
                "handoff.started",
                "handoff.declined",
                "handoff.returned",
                "handoff.recalled",
                "handoff.expired",
                "handoff.completed",
                "handoff.confirmed",
                "endpoint.test",
                name="feedkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "offered",
                "accepted",
                "in_work",
                "completed",
                "confirmed",
                "declined",
                "returned",
                "recalled",
                "expired",
                name="handoffstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('handoff.offered', 'handoff.accepted', 'handoff.started', 'handoff.declined', 'handoff.returned', 'handoff.recalled', 'handoff.expired', 'handoff.completed', 'handoff.confirmed', 'endpoint.test')",
            name=op.f("ck_handoff_event_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'accepted', 'in_work', 'completed', 'confirmed', 'declined', 'returned', 'recalled', 'expired')",
            name=op.f("ck_handoff_event_state_known"),
        ),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_event_handoff_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handoff_event_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_event")),
        sa.UniqueConstraint("position", name=op.f("uq_handoff_event_position")),
        sa.UniqueConstraint("sequence", name=op.f("uq_handoff_event_sequence")),
    )
    op.create_index(op.f("ix_handoff_event_handoff_id"), "handoff_event", ["handoff_id"], unique=False)
    op.create_index(op.f("ix_handoff_event_unit_id_position"), "handoff_event", ["unit_id", "position"], unique=False)
    op.create_index(
        "ix_handoff_event_unplaced",
        "handoff_event",
        ["sequence"],
        unique=False,
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_table(
        "handoff_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handoff_id", sa.Uuid(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_link_handoff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_link")),
    )
    op.create_index(op.f("ix_handoff_link_handoff_id"), "handoff_link", ["handoff_id"], unique=False)
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "handoff.offered",
                "handoff.accepted",
                "handoff.started",
                "handoff.declined",
                "handoff.returned",
                "handoff.recalled",
                "handoff.expired",
                "handoff.completed",
                "handoff.confirmed",
                "endpoint.test",
                name="feedkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum("waiting", "sending", "delivered", "given_up", name="deliverystatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("replay", sa.Boolean(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fencing_token", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(event_id IS NULL) = (kind = 'endpoint.test')", name=op.f("ck_webhook_delivery_tells_of_an_event")
        ),
        sa.CheckConstraint(
            "kind IN ('handoff.offered', 'handoff.accepted', 'handoff.started', 'handoff.declined', 'handoff.returned', 'handoff.recalled', 'handoff.expired', 'handoff.completed', 'handoff.confirmed', 'endpoint.test')",
            name=op.f("ck_webhook_delivery_kind_known"),
        ),
        sa.CheckConstraint(
            "status <> 'delivered' OR delivered_at IS NOT NULL", name=op.f("ck_webhook_delivery_delivered_has_a_time")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'sending', 'delivered', 'given_up')", name=op.f("ck_webhook_delivery_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["handoff_event.id"], name=op.f("fk_webhook_delivery_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["endpoint_id", "next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('waiting', 'sending')"),
    )
    op.create_index(
        op.f("ix_webhook_delivery_endpoint_id_created_at"),
        "webhook_delivery",
        ["endpoint_id", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_webhook_delivery_event_id"), "webhook_delivery", ["event_id"], unique=False)
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name=op.f("fk_webhook_attempt_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(op.f("ix_webhook_attempt_delivery_id_at"), "webhook_attempt", ["delivery_id", "at"], unique=False)
