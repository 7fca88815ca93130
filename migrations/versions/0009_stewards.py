"""The stewards' desk: claims, skipped pairs, what is at stake, second pairs of eyes, judgements, samples, doubtful customers, reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.db import UtcDateTime

revision = "0009"
down_revision = "0008"

UTC = UtcDateTime(timezone=True)
BEFORE = (
    "confirm_email", "already_registered", "reset_password", "password_changed", "staff_invitation", "enquiry_received",
    "enquiry_accepted", "promise_changed", "enquiry_finished", "enquiry_needs_you", "enquiry_reassigned", "enquiry_joined",
    "still_with_us", "customer_message", "handoff_offered", "oversight_escalated", "oversight_alarm", "oversight_digest",
)  # fmt: skip
AFTER = (*BEFORE[:14], "record_answered", *BEFORE[14:])
TABLES = (
    "desk_case", "desk_suspect", "desk_judgement", "desk_audit", "desk_opinion", "desk_stake", "desk_skip", "desk_claim",
)  # fmt: skip


def _templates(*names: str) -> None:
    """Messages that may be written."""
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    values = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({values})")


def upgrade() -> None:
    _templates(*AFTER)
    op.create_table(
        "desk_claim",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=False),
        sa.Column("claimed_by_name", sa.String(length=200), nullable=False),
        sa.Column("claimed_at", UTC, nullable=False),
        sa.Column("until_at", UTC, nullable=False),
        sa.Column("opened_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("until_at > claimed_at", name=op.f("ck_desk_claim_runs_out")),
        sa.ForeignKeyConstraint(["claimed_by"], ["account.id"], name=op.f("fk_desk_claim_claimed_by")),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_desk_claim")),
    )
    op.create_index(op.f("ix_desk_claim_claimed_by"), "desk_claim", ["claimed_by"], unique=False)
    op.create_table(
        "desk_skip",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("until_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_desk_skip_account_id")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["possible_match.id"], name=op.f("fk_desk_skip_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", "account_id", name=op.f("pk_desk_skip")),
    )
    op.create_table(
        "desk_stake",
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("open_enquiries", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("looked_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["match_id"], ["possible_match.id"], name=op.f("fk_desk_stake_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("match_id", name=op.f("pk_desk_stake")),
    )
    op.create_index("ix_desk_stake_looked_at", "desk_stake", ["looked_at"], unique=False)
    op.create_table(
        "desk_opinion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("risks", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_by_name", sa.String(length=200), nullable=False),
        sa.Column("given_at", UTC, nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=200), nullable=True),
        sa.Column("settled_at", UTC, nullable=True),
        sa.CheckConstraint(
            "(status = 'waiting') = (settled_at IS NULL)", name=op.f("ck_desk_opinion_settled_when_not_waiting")
        ),
        sa.CheckConstraint(
            "status IN ('waiting', 'confirmed', 'refused', 'withdrawn')", name=op.f("ck_desk_opinion_status_known")
        ),
        sa.CheckConstraint(
            "status NOT IN ('confirmed', 'refused') OR settled_by IS DISTINCT FROM given_by",
            name=op.f("ck_desk_opinion_by_another"),
        ),
        sa.CheckConstraint("verdict IN ('same', 'different')", name=op.f("ck_desk_opinion_verdict_known")),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_desk_opinion_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_opinion")),
    )
    op.create_index(op.f("ix_desk_opinion_right_id"), "desk_opinion", ["right_id"], unique=False)
    op.create_index(
        "uq_desk_opinion_waiting",
        "desk_opinion",
        ["left_id", "right_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "desk_audit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("draw_id", sa.Uuid(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("drawn_at", UTC, nullable=False),
        sa.CheckConstraint("place IN ('together', 'open', 'apart')", name=op.f("ck_desk_audit_place_known")),
        sa.CheckConstraint("wanted IN (1, 2)", name=op.f("ck_desk_audit_one_or_two_judges")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_audit")),
        sa.UniqueConstraint("draw_id", "left_id", "right_id", name=op.f("uq_desk_audit_draw_id_left_id_right_id")),
    )
    op.create_index("ix_desk_audit_drawn_at", "desk_audit", ["drawn_at"], unique=False)
    op.create_index("ix_desk_audit_left_id", "desk_audit", ["left_id"], unique=False)
    op.create_index("ix_desk_audit_right_id", "desk_audit", ["right_id"], unique=False)
    op.create_table(
        "desk_judgement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("account_name", sa.String(length=200), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=True),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("left_source", sa.String(length=60), nullable=False),
        sa.Column("right_source", sa.String(length=60), nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("opinion_id", sa.Uuid(), nullable=True),
        sa.Column("audit_id", sa.Uuid(), nullable=True),
        sa.Column("bulk_id", sa.Uuid(), nullable=True),
        sa.Column("undone_at", UTC, nullable=True),
        sa.CheckConstraint(
            "(origin = 'audit') = (audit_id IS NOT NULL)", name=op.f("ck_desk_judgement_audit_of_a_sample")
        ),
        sa.CheckConstraint(
            "origin IN ('worklist', 'second', 'bulk', 'audit')", name=op.f("ck_desk_judgement_origin_known")
        ),
        sa.CheckConstraint("verdict IN ('same', 'different')", name=op.f("ck_desk_judgement_verdict_known")),
        sa.ForeignKeyConstraint(["audit_id"], ["desk_audit.id"], name=op.f("fk_desk_judgement_audit_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["desk_opinion.id"], name=op.f("fk_desk_judgement_opinion_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_judgement")),
    )
    op.create_index("ix_desk_judgement_account_at", "desk_judgement", ["account_id", "at"], unique=False)
    op.create_index("ix_desk_judgement_at", "desk_judgement", ["at"], unique=False)
    op.create_index("ix_desk_judgement_left_id", "desk_judgement", ["left_id"], unique=False)
    op.create_index(op.f("ix_desk_judgement_opinion_id"), "desk_judgement", ["opinion_id"], unique=False)
    op.create_index("ix_desk_judgement_right_id", "desk_judgement", ["right_id"], unique=False)
    op.create_index(
        "uq_desk_judgement_audit",
        "desk_judgement",
        ["audit_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("audit_id IS NOT NULL AND undone_at IS NULL"),
    )
    op.create_table(
        "desk_suspect",
        sa.Column("golden_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("weakest", sa.Float(), nullable=True),
        sa.Column("smaller", sa.Integer(), nullable=False),
        sa.Column("conflicts", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("looked_at", UTC, nullable=False),
        sa.Column("fine_revision", sa.Integer(), nullable=True),
        sa.Column("fine_by_name", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["golden_id"], ["golden_record.id"], name=op.f("fk_desk_suspect_golden_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("golden_id", name=op.f("pk_desk_suspect")),
    )
    op.create_index("ix_desk_suspect_score", "desk_suspect", ["score", "golden_id"], unique=False)
    op.create_table(
        "desk_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("source_record_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("what", postgresql.ARRAY(sa.String(length=40)), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("opened_by_name", sa.String(length=200), nullable=False),
        sa.Column("opened_at", UTC, nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("answered_at", UTC, nullable=True),
        sa.CheckConstraint(
            "(status = 'answered') = (answered_at IS NOT NULL AND outcome IS NOT NULL)",
            name=op.f("ck_desk_case_answered"),
        ),
        sa.CheckConstraint(
            "kind <> 'resident' OR account_id IS NOT NULL", name=op.f("ck_desk_case_a_resident_has_an_account")
        ),
        sa.CheckConstraint("kind IN ('resident', 'sample')", name=op.f("ck_desk_case_kind_known")),
        sa.CheckConstraint(
            "outcome IN ('put_right', 'passed_on', 'nothing_wrong')", name=op.f("ck_desk_case_outcome_known")
        ),
        sa.CheckConstraint("status IN ('open', 'answered')", name=op.f("ck_desk_case_status_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_desk_case_account_id")),
        sa.ForeignKeyConstraint(
            ["source_record_id"], ["source_record.id"], name=op.f("fk_desk_case_source_record_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_case")),
    )
    op.create_index(op.f("ix_desk_case_account_id"), "desk_case", ["account_id"], unique=False)
    op.create_index(op.f("ix_desk_case_source_record_id"), "desk_case", ["source_record_id"], unique=False)
    op.create_index("ix_desk_case_status_opened_at", "desk_case", ["status", "opened_at"], unique=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DELETE FROM message WHERE template = 'record_answered'")
    _templates(*BEFORE)
