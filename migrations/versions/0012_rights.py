"""What people may ask about their data: requests, copies, corrections, erasures, holds and retention; and what was erased stays erased.

What keeps source records, the trail and timelines lets go where a transaction says that it erases.
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

MESSAGES = ["rights_received", "rights_extended", "rights_ready", "rights_answered", "rights_correction"]
TABLES = (
    "access_package_part",
    "access_package",
    "erasure_step",
    "erasure",
    "rights_decision",
    "rights_event",
    "rights_record",
    "source_correction",
    "rights_request",
    "legal_hold",
    "retention_rule",
    "retention_run",
    "erased_key",
)
SOURCE_RECORD_KEPT = """
    CREATE OR REPLACE FUNCTION source_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'source_record' THEN
            IF NEW.id = OLD.id AND NEW.source_id = OLD.source_id AND NEW.key = OLD.key AND NEW.version >= OLD.version THEN
                RETURN NEW;
            END IF;
        ELSIF TG_OP = 'DELETE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN OLD;
        ELSIF TG_OP = 'UPDATE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'source records are never altered or lost: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
SOURCE_RECORD_KEPT_BEFORE = """
    CREATE OR REPLACE FUNCTION source_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'source_record' THEN
            IF NEW.id = OLD.id AND NEW.source_id = OLD.source_id AND NEW.key = OLD.key AND NEW.version >= OLD.version THEN
                RETURN NEW;
            END IF;
        ELSIF TG_OP = 'DELETE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'source records are never altered or lost: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
AUDIT_ENTRY_REFUSE = """
    CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'TRUNCATE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION 'audit_entry only grows: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $$
"""
AUDIT_ENTRY_REFUSE_BEFORE = """
    CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'audit_entry only grows: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $$
"""
KEEP_ENQUIRIES = """
CREATE OR REPLACE FUNCTION keep_enquiries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME <> 'enquiry' AND current_setting('firstpoint.erasing', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% on % is refused: enquiries and their timeline are kept', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enquiries_are_kept';
END
$$
"""
KEEP_ENQUIRIES_BEFORE = """
CREATE OR REPLACE FUNCTION keep_enquiries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: enquiries and their timeline are kept', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enquiries_are_kept';
END
$$
"""


def _values(constraint: str) -> list[str]:
    """What a column may hold as things stand, in its order."""
    held = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"), {"name": constraint}
    )
    return re.findall(r"'([a-z_]+)'", str(held))


def _allow(constraint: str, table: str, column: str, values: list[str]) -> None:
    op.drop_constraint(op.f(constraint), table, type_="check")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(constraint), table, f"{column} IN ({listed})")


def upgrade() -> None:
    known = _values("ck_message_template_known")
    _allow(
        "ck_message_template_known", "message", "template", [*(one for one in known if one not in MESSAGES), *MESSAGES]
    )
    _allow("ck_load_reject_reason_known", "load_reject", "reason", [*_values("ck_load_reject_reason_known"), "erased"])
    for statement in (SOURCE_RECORD_KEPT, AUDIT_ENTRY_REFUSE, KEEP_ENQUIRIES):
        op.execute(sa.text(statement.replace(":", "\\:")))
    _create_tables()


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for statement in (SOURCE_RECORD_KEPT_BEFORE, AUDIT_ENTRY_REFUSE_BEFORE, KEEP_ENQUIRIES_BEFORE):
        op.execute(sa.text(statement.replace(":", "\\:")))
    op.execute("DELETE FROM load_reject WHERE reason = 'erased'")
    rejects = [one for one in _values("ck_load_reject_reason_known") if one != "erased"]
    _allow("ck_load_reject_reason_known", "load_reject", "reason", rejects)
    listed = ", ".join(f"'{name}'" for name in MESSAGES)
    op.execute(f"DELETE FROM message WHERE template IN ({listed})")
    kept = [one for one in _values("ck_message_template_known") if one not in MESSAGES]
    _allow("ck_message_template_known", "message", "template", kept)


def _create_tables() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("object_type", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("placed_by_name", sa.String(length=200), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_name", sa.String(length=200), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_legal_hold_for_a_reason")),
        sa.CheckConstraint(
            "object_type IN ('source_record', 'account', 'enquiry')", name=op.f("ck_legal_hold_on_something_known")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_reason IS NULL)", name=op.f("ck_legal_hold_lifted_for_a_reason")
        ),
        sa.CheckConstraint("until_at > placed_at", name=op.f("ck_legal_hold_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(
        "ix_legal_hold_standing",
        "legal_hold",
        ["object_type", "object_id"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "retention_rule",
        sa.Column("holding", sa.String(length=60), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("enforced", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_retention_rule_set_for_a_reason")),
        sa.CheckConstraint("months BETWEEN 1 AND 1200", name=op.f("ck_retention_rule_months_make_sense")),
        sa.PrimaryKeyConstraint("holding", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_index("ix_retention_run_at", "retention_run", ["at"], unique=False)
    op.create_table(
        "rights_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("access", "rectification", "erasure", name="rightkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "identity",
                "in_hand",
                "met",
                "refused",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "asked_by",
            sa.Enum("account", "phone", "letter", "email", "visit", name="askedby", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("locale", sa.String(length=10), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_reason", sa.Text(), nullable=True),
        sa.Column("identity_how", sa.Text(), nullable=True),
        sa.Column("identity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("identity_by_name", sa.String(length=200), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('met', 'refused', 'withdrawn')) = (answered_at IS NOT NULL)",
            name=op.f("ck_rights_request_answered_when_ended"),
        ),
        sa.CheckConstraint(
            "asked_by <> 'account' OR account_id IS NOT NULL", name=op.f("ck_rights_request_from_an_account")
        ),
        sa.CheckConstraint(
            "asked_by IN ('account', 'phone', 'letter', 'email', 'visit')",
            name=op.f("ck_rights_request_asked_by_known"),
        ),
        sa.CheckConstraint("kind IN ('access', 'rectification', 'erasure')", name=op.f("ck_rights_request_kind_known")),
        sa.CheckConstraint(
            "state <> 'refused' OR btrim(answer) <> ''", name=op.f("ck_rights_request_refused_for_a_reason")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'identity', 'in_hand', 'met', 'refused', 'withdrawn')",
            name=op.f("ck_rights_request_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('met') OR identity_at IS NOT NULL", name=op.f("ck_rights_request_met_for_whom_it_is")
        ),
        sa.CheckConstraint(
            "(identity_at IS NULL) = (identity_how IS NULL)", name=op.f("ck_rights_request_identity_says_how")
        ),
        sa.CheckConstraint("due_at > received_at", name=op.f("ck_rights_request_due_is_to_come")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rights_request_account_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_rights_request_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_request")),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_request_reference")),
    )
    op.create_index(op.f("ix_rights_request_account_id"), "rights_request", ["account_id"], unique=False)
    op.create_index(op.f("ix_rights_request_owner_id"), "rights_request", ["owner_id"], unique=False)
    op.create_index("ix_rights_request_state_due_at", "rights_request", ["state", "due_at"], unique=False)
    op.create_table(
        "access_package",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "making", "ready", "failed", "expired", name="packagestate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("with_address", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", postgresql.JSONB(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'making', 'ready', 'failed', 'expired')", name=op.f("ck_access_package_state_known")
        ),
        sa.CheckConstraint(
            "state NOT IN ('ready') OR (sha256 IS NOT NULL AND expires_at IS NOT NULL)",
            name=op.f("ck_access_package_ready_is_whole"),
        ),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_access_package_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_package")),
    )
    op.create_index(op.f("ix_access_package_request_id"), "access_package", ["request_id"], unique=False)
    op.create_index("ix_access_package_state", "access_package", ["state", "asked_at"], unique=False)
    op.create_table(
        "erased_key",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("readmitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("readmitted_by_name", sa.String(length=200), nullable=True),
        sa.Column("readmitted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("key_hash ~ '^[0-9a-f]{64}$'", name=op.f("ck_erased_key_is_a_hash")),
        sa.CheckConstraint(
            "(readmitted_at IS NULL) = (readmitted_reason IS NULL)", name=op.f("ck_erased_key_readmitted_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source_system.id"], name=op.f("fk_erased_key_source_id")),
        sa.PrimaryKeyConstraint("source_id", "key_hash", name=op.f("pk_erased_key")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_name", sa.String(length=200), nullable=False),
        sa.Column("things", postgresql.JSONB(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("finished_at IS NULL OR things = '[]'::jsonb", name=op.f("ck_erasure_forgets_whom")),
        sa.CheckConstraint("(finished_at IS NULL) = (sha256 IS NULL)", name=op.f("ck_erasure_certified_when_finished")),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_erasure_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
        sa.UniqueConstraint("request_id", name=op.f("uq_erasure_request_id")),
    )
    op.create_table(
        "rights_decision",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("holding", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_rights_decision_kept_for_a_reason")),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_decision_request_id")),
        sa.PrimaryKeyConstraint("request_id", "holding", name=op.f("pk_rights_decision")),
    )
    op.create_table(
        "rights_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_event_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_event")),
    )
    op.create_index("ix_rights_event_request_id_at", "rights_event", ["request_id", "at"], unique=False)
    op.create_table(
        "rights_record",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("source_record_id", sa.Uuid(), nullable=False),
        sa.Column(
            "shown_by", sa.Enum("verified", "added", name="shownby", native_enum=False, length=40), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "shown_by = 'verified' OR btrim(reason) <> ''", name=op.f("ck_rights_record_added_for_a_reason")
        ),
        sa.CheckConstraint("shown_by IN ('verified', 'added')", name=op.f("ck_rights_record_shown_by_known")),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_record_request_id")),
        sa.PrimaryKeyConstraint("request_id", "source_record_id", name=op.f("pk_rights_record")),
    )
    op.create_index("ix_rights_record_source_record_id", "rights_record", ["source_record_id"], unique=False)
    op.create_table(
        "source_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("source_record_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("attribute", sa.String(length=60), nullable=False),
        sa.Column("says", sa.String(length=500), nullable=False),
        sa.Column("should_say", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("told", "accepted", "refused", name="correctionstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by_name", sa.String(length=200), nullable=False),
        sa.Column("told_to", sa.String(length=254), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(state = 'told') = (answered_at IS NULL)", name=op.f("ck_source_correction_answered_when_settled")
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR btrim(answer) <> ''", name=op.f("ck_source_correction_refused_for_a_reason")
        ),
        sa.CheckConstraint("state IN ('told', 'accepted', 'refused')", name=op.f("ck_source_correction_state_known")),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_source_correction_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_correction")),
    )
    op.create_index(op.f("ix_source_correction_request_id"), "source_correction", ["request_id"], unique=False)
    op.create_index("ix_source_correction_state_due_at", "source_correction", ["state", "due_at"], unique=False)
    op.create_table(
        "access_package_part",
        sa.Column("package_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["access_package.id"], name=op.f("fk_access_package_part_package_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("package_id", "number", name=op.f("pk_access_package_part")),
    )
    op.create_table(
        "erasure_step",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("holding", sa.String(length=60), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_erasure_step_erasure_id")),
        sa.PrimaryKeyConstraint("erasure_id", "holding", name=op.f("pk_erasure_step")),
    )
