"""What golden records were: kept by the database whenever one changes. Merges that can be taken back, pins, revoked grants."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.db import UtcDateTime

revision = "0008"
down_revision = "0007"

UTC = UtcDateTime(timezone=True)
KEEP_HISTORY = """
CREATE OR REPLACE FUNCTION golden_record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        kept text[] := ARRAY['changed_at', 'run_id', 'revision', 'live', 'id'];
    BEGIN
        IF to_jsonb(OLD) - kept = to_jsonb(NEW) - kept THEN
            RETURN NEW;
        END IF;
        INSERT INTO golden_version (golden_id, revision, content, from_at, until_at, run_id, ended_by)
        VALUES (OLD.id, OLD.revision, to_jsonb(OLD) - kept, OLD.changed_at, NEW.changed_at, OLD.run_id, NEW.run_id);
        NEW.revision := OLD.revision + 1;
        RETURN NEW;
    END $$;
    CREATE OR REPLACE FUNCTION link_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM source_record WHERE id = OLD.source_record_id) THEN
            RETURN OLD;
        END IF;
        INSERT INTO link_version (source_record_id, golden_id, version, method, weight, probability, evidence, since, until_at,
            run_id, ended_by)
        VALUES (OLD.source_record_id, OLD.golden_id, OLD.version, OLD.method, OLD.weight, OLD.probability, OLD.evidence, OLD.since,
            CASE WHEN TG_OP = 'DELETE' THEN clock_timestamp() ELSE NEW.changed_at END, OLD.run_id,
            CASE WHEN TG_OP = 'DELETE' THEN OLD.run_id ELSE NEW.run_id END);
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER golden_record_changes BEFORE UPDATE ON golden_record
        FOR EACH ROW EXECUTE FUNCTION golden_record_changes();
    CREATE TRIGGER link_changes BEFORE UPDATE OR DELETE ON link FOR EACH ROW EXECUTE FUNCTION link_changes();
    CREATE OR REPLACE FUNCTION history_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND (pg_trigger_depth() > 1 OR current_setting('firstpoint.erasing', true) = 'on') THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'history is never altered: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER golden_version_kept BEFORE UPDATE OR DELETE ON golden_version
        FOR EACH ROW EXECUTE FUNCTION history_kept();
    CREATE TRIGGER link_version_kept BEFORE UPDATE OR DELETE ON link_version
        FOR EACH ROW EXECUTE FUNCTION history_kept();
"""


def upgrade() -> None:
    op.create_table(
        "golden_merge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kept_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_records", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gone_records", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_before", sa.Text(), nullable=False),
        sa.Column("gone_before", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_at", UTC, nullable=False),
        sa.Column("merged_by", sa.Uuid(), nullable=True),
        sa.Column("merged_by_name", sa.String(length=200), nullable=False),
        sa.Column("undone_at", UTC, nullable=True),
        sa.Column("undone_by_name", sa.String(length=200), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_reason IS NULL)", name=op.f("ck_golden_merge_undone_for_a_reason")
        ),
        sa.CheckConstraint("kept_id <> gone_id", name=op.f("ck_golden_merge_of_two")),
        sa.ForeignKeyConstraint(["gone_id"], ["golden_record.id"], name=op.f("fk_golden_merge_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["golden_record.id"], name=op.f("fk_golden_merge_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_merge")),
    )
    op.create_index(op.f("ix_golden_merge_gone_id"), "golden_merge", ["gone_id"], unique=False)
    op.create_index(op.f("ix_golden_merge_kept_id"), "golden_merge", ["kept_id"], unique=False)
    op.create_table(
        "golden_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("golden_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("from_at", UTC, nullable=False),
        sa.Column("until_at", UTC, nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["golden_id"], ["golden_record.id"], name=op.f("fk_golden_version_golden_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_version")),
    )
    op.create_index("ix_golden_version_ended_by", "golden_version", ["ended_by"], unique=False)
    op.create_index("ix_golden_version_golden_until", "golden_version", ["golden_id", "until_at"], unique=False)
    op.create_table(
        "link_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source_record_id", sa.Uuid(), nullable=False),
        sa.Column("golden_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("until_at", UTC, nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("method IN ('alone', 'matched', 'steward')", name=op.f("ck_link_version_method_known")),
        sa.ForeignKeyConstraint(
            ["source_record_id"],
            ["source_record.id"],
            name=op.f("fk_link_version_source_record_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_version")),
    )
    op.create_index("ix_link_version_ended_by", "link_version", ["ended_by"], unique=False)
    op.create_index("ix_link_version_golden", "link_version", ["golden_id", "until_at"], unique=False)
    op.create_index("ix_link_version_record", "link_version", ["source_record_id", "until_at"], unique=False)
    op.create_table(
        "golden_pin",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("attribute", sa.String(length=60), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=True),
        sa.Column("from_source", sa.String(length=60), nullable=True),
        sa.Column("from_key", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=True),
        sa.Column("pinned_at", UTC, nullable=False),
        sa.Column("pinned_by", sa.Uuid(), nullable=True),
        sa.Column("pinned_by_name", sa.String(length=200), nullable=False),
        sa.Column("lifted_at", UTC, nullable=True),
        sa.Column("lifted_by_name", sa.String(length=200), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_golden_pin_for_a_reason")),
        sa.CheckConstraint(
            "(from_source IS NULL) = (from_key IS NULL)", name=op.f("ck_golden_pin_record_by_source_and_key")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_reason IS NULL)", name=op.f("ck_golden_pin_lifted_for_a_reason")
        ),
        sa.CheckConstraint("(value IS NULL) <> (from_key IS NULL)", name=op.f("ck_golden_pin_value_or_record")),
        sa.ForeignKeyConstraint(["merge_id"], ["golden_merge.id"], name=op.f("fk_golden_pin_merge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_pin")),
    )
    op.create_index(
        "uq_golden_pin_standing",
        "golden_pin",
        ["source", "key", "attribute"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.add_column("golden_record", sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
    op.add_column("link", sa.Column("changed_at", UTC, nullable=True))
    op.execute("UPDATE link SET changed_at = since")
    op.alter_column("link", "changed_at", nullable=False)
    op.add_column("verification", sa.Column("revoked_at", UTC, nullable=True))
    op.add_column("verification", sa.Column("revoked_by_name", sa.String(length=200), nullable=True))
    op.add_column("verification", sa.Column("revoked_reason", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_verification_revoked_for_a_reason"), "verification", "(revoked_at IS NULL) = (revoked_reason IS NULL)"
    )
    op.execute(KEEP_HISTORY)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_verification_revoked_for_a_reason"), "verification", type_="check")
    for table in ("golden_record", "link"):
        op.execute(f"DROP TRIGGER {table}_changes ON {table}")
    for table in ("golden_version", "link_version"):
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
    for function in ("golden_record_changes", "link_changes", "history_kept"):
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_column("verification", "revoked_reason")
    op.drop_column("verification", "revoked_by_name")
    op.drop_column("verification", "revoked_at")
    op.drop_column("link", "changed_at")
    op.drop_column("golden_record", "revision")
    op.drop_index("uq_golden_pin_standing", table_name="golden_pin", postgresql_where=sa.text("lifted_at IS NULL"))
    op.drop_table("golden_pin")
    op.drop_index("ix_link_version_record", table_name="link_version")
    op.drop_index("ix_link_version_golden", table_name="link_version")
    op.drop_index("ix_link_version_ended_by", table_name="link_version")
    op.drop_table("link_version")
    op.drop_index("ix_golden_version_golden_until", table_name="golden_version")
    op.drop_index("ix_golden_version_ended_by", table_name="golden_version")
    op.drop_table("golden_version")
    op.drop_index(op.f("ix_golden_merge_kept_id"), table_name="golden_merge")
    op.drop_index(op.f("ix_golden_merge_gone_id"), table_name="golden_merge")
    op.drop_table("golden_merge")
