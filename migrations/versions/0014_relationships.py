"""Who may act for whom, between source records; enquiries and contacts say for whom they are; two more messages."""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.db import UtcDateTime

revision = "0014"
down_revision = "0013"

UTC = UtcDateTime(timezone=True)
MESSAGES = ("relationship_changed", "restricted_opened")
KINDS = ("parent", "carer", "attorney", "landlord", "councillor", "director", "contact")
EVIDENCE = (
    "power_of_attorney",
    "court_order",
    "birth_certificate",
    "tenancy",
    "election",
    "company_register",
    "consent",
)
KEEP_TERMS = """
    CREATE OR REPLACE FUNCTION relationship_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.ended_at IS NOT NULL OR (OLD.kind, OLD.acting_record_id, OLD.for_record_id, OLD.ward, OLD.services, OLD.may_see,
            OLD.may_ask, OLD.may_receive, OLD.evidence, OLD.evidence_reference, OLD.starts_on, OLD.expires_on)
            IS DISTINCT FROM (NEW.kind, NEW.acting_record_id, NEW.for_record_id, NEW.ward, NEW.services, NEW.may_see,
            NEW.may_ask, NEW.may_receive, NEW.evidence, NEW.evidence_reference, NEW.starts_on, NEW.expires_on) THEN
            RAISE EXCEPTION 'the terms of a relationship are never altered: end it and record another'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER relationship_kept BEFORE UPDATE ON relationship FOR EACH ROW EXECUTE FUNCTION relationship_kept();
"""


def _templates() -> list[str]:
    """Messages that may be written as things stand, in their order."""
    held = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_message_template_known'")
    )
    return re.findall(r"'([a-z_]+)'", str(held))


def _allow(names: list[str]) -> None:
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    values = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({values})")


def _known(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_relationship_{column}_known"))


def _check(condition: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_relationship_{name}"))


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _allow([*(name for name in _templates() if name not in MESSAGES), *MESSAGES])
    op.create_table(
        "relationship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("acting_record_id", sa.Uuid(), nullable=False),
        sa.Column("for_record_id", sa.Uuid(), nullable=True),
        sa.Column("ward", sa.String(length=120), nullable=False),
        sa.Column("services", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("may_see", sa.Boolean(), nullable=False),
        sa.Column("may_ask", sa.Boolean(), nullable=False),
        sa.Column("may_receive", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.String(length=40), nullable=False),
        sa.Column("evidence_reference", sa.String(length=200), nullable=False),
        sa.Column("evidence_seen_on", sa.Date(), nullable=False),
        sa.Column("evidence_seen_by", sa.String(length=200), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", UTC, nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=200), nullable=False),
        sa.Column("accepted_at", UTC, nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", UTC, nullable=True),
        sa.Column("ended_at", UTC, nullable=True),
        sa.Column("ended_by_name", sa.String(length=200), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        _known("kind", KINDS),
        _known("evidence", EVIDENCE),
        _check("acting_record_id <> for_record_id", "of_two"),
        _check("(kind = 'councillor') = (for_record_id IS NULL)", "for_a_ward_or_a_customer"),
        _check("(kind = 'councillor') = (ward <> '')", "ward_of_a_councillor"),
        _check("may_see OR may_ask OR may_receive", "allows_something"),
        _check("kind <> 'councillor' OR NOT may_see", "a_ward_is_no_file"),
        _check("expires_on >= starts_on", "ends_after_it_begins"),
        _check("btrim(evidence_reference) <> ''", "has_evidence"),
        _check("(accepted_at IS NULL) = (accepted_by IS NULL)", "accepted_in_an_account"),
        _check("(ended_at IS NULL) = (ended_reason IS NULL)", "ended_for_a_reason"),
        sa.ForeignKeyConstraint(
            ["acting_record_id"],
            ["source_record.id"],
            name=op.f("fk_relationship_acting_record_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["for_record_id"], ["source_record.id"], name=op.f("fk_relationship_for_record_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["accepted_by"], ["account.id"], name=op.f("fk_relationship_accepted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relationship")),
        postgresql.ExcludeConstraint(
            ("acting_record_id", "="),
            (sa.text("(coalesce(for_record_id::text, ward))"), "="),
            ("kind", "="),
            (sa.text("daterange(starts_on, expires_on, '[]')"), "&&"),
            where=sa.text("ended_at IS NULL"),
            using="gist",
            name="ex_relationship_one_at_a_time",
        ),
    )
    for column in ("acting_record_id", "for_record_id", "expires_on", "accepted_by"):
        op.create_index(op.f(f"ix_relationship_{column}"), "relationship", [column], unique=False)
    op.create_index(
        "ix_relationship_standing", "relationship", ["expires_on", "id"], postgresql_where=sa.text("ended_at IS NULL")
    )
    op.execute(KEEP_TERMS)
    for table in ("contact", "enquiry"):
        op.add_column(table, sa.Column("relationship_id", sa.Uuid(), nullable=True))
        op.add_column(table, sa.Column("concerns_record_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f(f"fk_{table}_relationship_id"), table, "relationship", ["relationship_id"], ["id"], ondelete="SET NULL"
        )
        op.create_foreign_key(
            op.f(f"fk_{table}_concerns_record_id"),
            table,
            "source_record",
            ["concerns_record_id"],
            ["id"],
            ondelete="SET NULL",
        )
    op.add_column("enquiry", sa.Column("acting_kind", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_enquiry_acting_says_how"),
        "enquiry",
        "acting_kind IS NOT NULL OR (relationship_id IS NULL AND concerns_record_id IS NULL)",
    )
    op.create_index(op.f("ix_contact_concerns_record_id"), "contact", ["concerns_record_id"], unique=False)
    op.create_index(op.f("ix_enquiry_relationship_id"), "enquiry", ["relationship_id"], unique=False)
    op.create_index(
        op.f("ix_enquiry_concerns_record_id_received_at"),
        "enquiry",
        ["concerns_record_id", "received_at"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_enquiry_concerns_record_id_received_at"), table_name="enquiry")
    op.drop_index(op.f("ix_enquiry_relationship_id"), table_name="enquiry")
    op.drop_index(op.f("ix_contact_concerns_record_id"), table_name="contact")
    op.drop_constraint(op.f("ck_enquiry_acting_says_how"), "enquiry", type_="check")
    op.drop_column("enquiry", "acting_kind")
    for table in ("enquiry", "contact"):
        op.drop_constraint(op.f(f"fk_{table}_concerns_record_id"), table, type_="foreignkey")
        op.drop_constraint(op.f(f"fk_{table}_relationship_id"), table, type_="foreignkey")
        op.drop_column(table, "concerns_record_id")
        op.drop_column(table, "relationship_id")
    op.drop_table("relationship")
    op.execute("DROP FUNCTION relationship_kept()")
    op.execute("DELETE FROM message WHERE template IN ('relationship_changed', 'restricted_opened')")
    _allow([name for name in _templates() if name not in MESSAGES])
