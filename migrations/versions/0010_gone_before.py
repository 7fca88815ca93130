"""A load that is taken back lets go again of what it had brought back."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("source_record", sa.Column("gone_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("source_record", "gone_before")
