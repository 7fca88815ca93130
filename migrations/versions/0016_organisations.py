"""Organisations at the desk: their pairs in the sample are counted apart, and a company number leads to whoever has it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEX = "ix_source_record_company_number"


def upgrade() -> None:
    """Pairs that were drawn before were all of people: organisations were not sampled."""
    op.add_column("desk_audit", sa.Column("organisation", sa.Boolean(), server_default="false", nullable=False))
    op.create_index(
        INDEX,
        "source_record",
        [sa.literal_column("(attributes ->> 'company_number')")],
        unique=False,
        postgresql_where=sa.text("attributes ? 'company_number'"),
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="source_record")
    op.drop_column("desk_audit", "organisation")
