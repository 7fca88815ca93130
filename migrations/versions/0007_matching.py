"""Matching in the flow: versions of the model, marks and near pairs, runs as objects, decisions on the sources' keys.

No model is current after it: the next match run makes the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.db import UtcDateTime

revision = "0007"
down_revision = "0006"

UTC = UtcDateTime(timezone=True)
STATES = "'queued', 'running', 'done', 'failed'"
KINDS = "'full', 'arrival', 'decision', 'merge', 'unmerge', 'pin', 'rollback', 'rehearsal'"
REASONS = "'unsure', 'restricted', 'identifier', 'birth', 'shared', 'size'"
KEYS = """
    UPDATE steward_decision d SET left_source = ls.slug, left_key = l.key, right_source = rs.slug, right_key = r.key
    FROM source_record l, source_system ls, source_record r, source_system rs
    WHERE l.id = d.left_id AND ls.id = l.source_id AND r.id = d.right_id AND rs.id = r.source_id
"""
IN_ORDER = """
    UPDATE steward_decision SET left_source = right_source, left_key = right_key, left_id = right_id,
        right_source = left_source, right_key = left_key, right_id = left_id
    WHERE (left_source COLLATE "C", left_key COLLATE "C") > (right_source COLLATE "C", right_key COLLATE "C")
"""
BY_ID = "UPDATE steward_decision SET left_id = right_id, right_id = left_id WHERE left_id > right_id"
FORGOTTEN = """
    DELETE FROM steward_decision d WHERE NOT EXISTS (SELECT 1 FROM source_record r WHERE r.id = d.left_id)
        OR NOT EXISTS (SELECT 1 FROM source_record r WHERE r.id = d.right_id)
"""
FORGET_WITH_RECORD = """
CREATE OR REPLACE FUNCTION source_record_unmatched() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM match_record WHERE record_id = OLD.id;
        DELETE FROM match_edge WHERE left_id = OLD.id;
        DELETE FROM match_edge WHERE right_id = OLD.id;
        DELETE FROM match_due WHERE record_id = OLD.id;
        RETURN OLD;
    END $$;
    CREATE TRIGGER source_record_unmatched AFTER DELETE ON source_record
        FOR EACH ROW EXECUTE FUNCTION source_record_unmatched();
"""


def upgrade() -> None:
    op.create_table(
        "match_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("since", UTC, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("in_bulk", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_due")),
    )
    op.create_index("ix_match_due_in_bulk", "match_due", ["in_bulk"], unique=False, postgresql_where=sa.text("in_bulk"))
    op.create_index(op.f("ix_match_due_record_id"), "match_due", ["record_id"], unique=False)
    op.create_table(
        "match_edge",
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_match_edge_in_order")),
        sa.PrimaryKeyConstraint("left_id", "right_id", name=op.f("pk_match_edge")),
    )
    op.create_index(op.f("ix_match_edge_right_id"), "match_edge", ["right_id"], unique=False)
    op.create_table(
        "match_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("parameters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("recipe", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("current", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_model")),
        sa.UniqueConstraint("number", name=op.f("uq_match_model_number")),
        sa.UniqueConstraint("sha256", name=op.f("uq_match_model_sha256")),
    )
    op.create_index(
        "uq_match_model_current", "match_model", ["current"], unique=True, postgresql_where=sa.text("current")
    )
    op.create_table(
        "match_record",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("organisation", sa.Boolean(), nullable=False),
        sa.Column("who", sa.BigInteger(), nullable=False),
        sa.Column("marks", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("lent", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_match_record")),
    )
    op.create_index(
        "ix_match_record_marks",
        "match_record",
        ["marks"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "match_shared",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_match_shared")),
    )
    op.create_table(
        "survivorship_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("orders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("trust", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("applied_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survivorship_rules")),
        sa.UniqueConstraint("number", name=op.f("uq_survivorship_rules_number")),
    )
    op.add_column("match_run", sa.Column("kind", sa.String(length=40), server_default="full", nullable=False))
    op.add_column("match_run", sa.Column("learns", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("match_run", sa.Column("model_id", sa.Uuid(), nullable=True))
    op.add_column(
        "match_run", sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column(
        "match_run",
        sa.Column("differences", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("match_run", sa.Column("rolled_back_at", UTC, nullable=True))
    op.add_column("match_run", sa.Column("rolled_back_by", sa.String(length=200), nullable=True))
    op.alter_column(
        "match_run",
        "model",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        server_default="{}",
        existing_nullable=False,
    )
    op.alter_column(
        "match_run",
        "counts",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        server_default="{}",
        existing_nullable=False,
    )
    op.alter_column(
        "match_run",
        "timings",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        server_default="{}",
        existing_nullable=False,
    )
    op.create_index("ix_match_run_kind_started_at", "match_run", ["kind", "started_at"], unique=False)
    op.create_foreign_key(op.f("fk_match_run_model_id"), "match_run", "match_model", ["model_id"], ["id"])
    op.add_column("possible_match", sa.Column("reason", sa.String(length=40), server_default="unsure", nullable=False))
    op.add_column("steward_decision", sa.Column("left_source", sa.String(length=60), nullable=True))
    op.add_column("steward_decision", sa.Column("left_key", sa.String(length=200), nullable=True))
    op.add_column("steward_decision", sa.Column("right_source", sa.String(length=60), nullable=True))
    op.add_column("steward_decision", sa.Column("right_key", sa.String(length=200), nullable=True))
    op.drop_constraint(op.f("ck_steward_decision_in_order"), "steward_decision", type_="check")
    op.execute(KEYS)
    op.execute(IN_ORDER)
    for column in ("left_source", "left_key", "right_source", "right_key"):
        op.alter_column("steward_decision", column, nullable=False)
    op.create_check_constraint(
        op.f("ck_steward_decision_in_order_of_keys"),
        "steward_decision",
        '(left_source COLLATE "C", left_key COLLATE "C") < (right_source COLLATE "C", right_key COLLATE "C")',
    )
    op.drop_index(
        op.f("uq_steward_decision_standing"), table_name="steward_decision", postgresql_where="(lifted_at IS NULL)"
    )
    op.create_index(
        "uq_steward_decision_standing",
        "steward_decision",
        ["left_source", "left_key", "right_source", "right_key"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_index("ix_steward_decision_decided_at", "steward_decision", ["decided_at"], unique=False)
    op.create_index(op.f("ix_steward_decision_left_id"), "steward_decision", ["left_id"], unique=False)
    op.create_index(
        "ix_steward_decision_right",
        "steward_decision",
        ["right_source", "right_key"],
        unique=False,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.drop_constraint(op.f("fk_steward_decision_left_id"), "steward_decision", type_="foreignkey")
    op.drop_constraint(op.f("fk_steward_decision_right_id"), "steward_decision", type_="foreignkey")
    op.drop_constraint(op.f("ck_match_run_finished_when_not_running"), "match_run", type_="check")
    op.drop_constraint(op.f("ck_match_run_status_known"), "match_run", type_="check")
    op.create_check_constraint(op.f("ck_match_run_status_known"), "match_run", f"status IN ({STATES})")
    op.create_check_constraint(op.f("ck_match_run_kind_known"), "match_run", f"kind IN ({KINDS})")
    op.create_check_constraint(
        op.f("ck_match_run_finished_when_ended"),
        "match_run",
        "(status IN ('queued', 'running')) = (finished_at IS NULL)",
    )
    op.create_check_constraint(op.f("ck_possible_match_reason_known"), "possible_match", f"reason IN ({REASONS})")
    op.execute(FORGET_WITH_RECORD)


def downgrade() -> None:
    op.execute("DROP TRIGGER source_record_unmatched ON source_record")
    op.execute("DROP FUNCTION source_record_unmatched()")
    op.execute("DELETE FROM match_run WHERE status = 'queued'")
    op.drop_constraint(op.f("ck_possible_match_reason_known"), "possible_match", type_="check")
    op.drop_constraint(op.f("ck_match_run_kind_known"), "match_run", type_="check")
    op.drop_constraint(op.f("ck_match_run_finished_when_ended"), "match_run", type_="check")
    op.drop_constraint(op.f("ck_match_run_status_known"), "match_run", type_="check")
    op.create_check_constraint(
        op.f("ck_match_run_status_known"), "match_run", "status IN ('running', 'done', 'failed')"
    )
    op.create_check_constraint(
        op.f("ck_match_run_finished_when_not_running"), "match_run", "(status = 'running') = (finished_at IS NULL)"
    )
    op.drop_constraint(op.f("ck_steward_decision_in_order_of_keys"), "steward_decision", type_="check")
    op.execute(FORGOTTEN)
    op.execute(BY_ID)
    op.create_check_constraint(op.f("ck_steward_decision_in_order"), "steward_decision", "left_id < right_id")
    op.create_foreign_key(
        op.f("fk_steward_decision_right_id"), "steward_decision", "source_record", ["right_id"], ["id"]
    )
    op.create_foreign_key(op.f("fk_steward_decision_left_id"), "steward_decision", "source_record", ["left_id"], ["id"])
    op.drop_index(
        "ix_steward_decision_right", table_name="steward_decision", postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.drop_index(op.f("ix_steward_decision_left_id"), table_name="steward_decision")
    op.drop_index("ix_steward_decision_decided_at", table_name="steward_decision")
    op.drop_index(
        "uq_steward_decision_standing", table_name="steward_decision", postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.create_index(
        op.f("uq_steward_decision_standing"),
        "steward_decision",
        ["left_id", "right_id"],
        unique=True,
        postgresql_where="(lifted_at IS NULL)",
    )
    op.drop_column("steward_decision", "right_key")
    op.drop_column("steward_decision", "right_source")
    op.drop_column("steward_decision", "left_key")
    op.drop_column("steward_decision", "left_source")
    op.drop_column("possible_match", "reason")
    op.drop_constraint(op.f("fk_match_run_model_id"), "match_run", type_="foreignkey")
    op.drop_index("ix_match_run_kind_started_at", table_name="match_run")
    op.alter_column(
        "match_run",
        "timings",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        server_default=None,
        existing_nullable=False,
    )
    op.alter_column(
        "match_run",
        "counts",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        server_default=None,
        existing_nullable=False,
    )
    op.alter_column(
        "match_run",
        "model",
        existing_type=postgresql.JSONB(astext_type=sa.Text()),
        server_default=None,
        existing_nullable=False,
    )
    op.drop_column("match_run", "rolled_back_by")
    op.drop_column("match_run", "rolled_back_at")
    op.drop_column("match_run", "differences")
    op.drop_column("match_run", "progress")
    op.drop_column("match_run", "model_id")
    op.drop_column("match_run", "learns")
    op.drop_column("match_run", "kind")
    op.drop_table("survivorship_rules")
    op.drop_table("match_shared")
    op.drop_index(
        "ix_match_record_marks",
        table_name="match_record",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_table("match_record")
    op.drop_index("uq_match_model_current", table_name="match_model", postgresql_where=sa.text("current"))
    op.drop_table("match_model")
    op.drop_index(op.f("ix_match_edge_right_id"), table_name="match_edge")
    op.drop_table("match_edge")
    op.drop_index(op.f("ix_match_due_record_id"), table_name="match_due")
    op.drop_index("ix_match_due_in_bulk", table_name="match_due", postgresql_where=sa.text("in_bulk"))
    op.drop_table("match_due")
