"""Addresses that were shown to be a person's, and indexes by which what came without an account, and who lived where before, is found."""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_SENT = (("enquiry", "raiser"), ("contact", "caller"))


def upgrade() -> None:
    """One table, which is empty at first, four small indexes of what hangs on nobody, and one of past addresses; nothing that is there
    changes.
    """
    op.create_table(
        "rights_address",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by_name", sa.String(200), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_rights_address_shown_somehow")),
        sa.CheckConstraint(
            "address = lower(btrim(address)) AND address <> ''", name=op.f("ck_rights_address_written_one_way")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["rights_request.id"], name=op.f("fk_rights_address_request_id")),
        sa.PrimaryKeyConstraint("request_id", "address", name=op.f("pk_rights_address")),
    )
    for table, who in _SENT:
        op.create_index(
            f"ix_{table}_unfiled_email", table, [sa.text(f"lower({who}_email)")], postgresql_where=sa.text(_unfiled(f"{who}_email"))
        )  # fmt: skip
        op.create_index(
            f"ix_{table}_unfiled_phone", table, [sa.text(_digits(f"{who}_phone"))], postgresql_where=sa.text(_unfiled(f"{who}_phone"))
        )  # fmt: skip
    op.create_index("ix_golden_version_property", "golden_version", [sa.text("(content ->> 'property_id')")])


def downgrade() -> None:
    """Which addresses were shown is lost; requests stay."""
    op.drop_index("ix_golden_version_property", table_name="golden_version")
    for table, _ in reversed(_SENT):
        op.drop_index(f"ix_{table}_unfiled_phone", table_name=table)
        op.drop_index(f"ix_{table}_unfiled_email", table_name=table)
    op.drop_table("rights_address")


def _digits(column: str) -> str:
    return f"regexp_replace(regexp_replace({column}, '[^0-9]', '', 'g'), '^44', '0')"


def _unfiled(column: str) -> str:
    return f"account_id IS NULL AND source_record_id IS NULL AND {column} <> ''"
