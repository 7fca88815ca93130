"""How many records one customer may come to by itself is set by stewards, version by version.

Until somebody does, the sizes are those that come with the house, and those by which records were matched before.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table, which is empty at first; what is there stays as it is."""
    op.create_table(
        "match_limits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("organisations", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("applied_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("people BETWEEN 2 AND 1000", name=op.f("ck_match_limits_people")),
        sa.CheckConstraint("organisations BETWEEN 2 AND 100000", name=op.f("ck_match_limits_organisations")),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_match_limits_reasoned")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_limits")),
        sa.UniqueConstraint("number", name=op.f("uq_match_limits_number")),
    )


def downgrade() -> None:
    """What was set is forgotten; records stay matched as they are, and the next run goes by the sizes that come with the house."""
    op.drop_table("match_limits")
