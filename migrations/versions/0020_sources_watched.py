"""What a source sends after it was told of a correction: since when the right value, how often the old one, and when last."""

import sqlalchemy as sa
from alembic import op

from app.kernel.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_RIGHT, _SENT = "ck_source_correction_right_is_accepted", "ck_source_correction_sent_old_at_a_time"


def upgrade() -> None:
    """Three columns, empty for corrections that are there: what their sources sent before was not watched."""
    op.add_column("source_correction", sa.Column("right_at", UtcDateTime(), nullable=True))
    op.add_column("source_correction", sa.Column("sent_old", sa.Integer(), server_default="0", nullable=False))
    op.add_column("source_correction", sa.Column("sent_old_at", UtcDateTime(), nullable=True))
    op.create_check_constraint(op.f(_RIGHT), "source_correction", "right_at IS NULL OR state = 'accepted'")
    op.create_check_constraint(op.f(_SENT), "source_correction", "(sent_old > 0) = (sent_old_at IS NOT NULL)")
    op.create_index("ix_source_correction_source", "source_correction", ["source", "told_at"])


def downgrade() -> None:
    op.drop_index("ix_source_correction_source", "source_correction")
    op.drop_constraint(op.f(_SENT), "source_correction")
    op.drop_constraint(op.f(_RIGHT), "source_correction")
    for name in ("sent_old_at", "sent_old", "right_at"):
        op.drop_column("source_correction", name)
