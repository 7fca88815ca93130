"""Speed: what somebody has in hand is found by its owner, the open list is kept in the order of its promises, and whatever is
counted over all that is open (custody, ageing, the lists of the monitoring desk) is read from one small index instead of from the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

OPEN = (
    "assigned", "awaiting_customer", "awaiting_third_party", "in_progress", "new", "returned", "scheduled", "triage",
    "with_service",
)  # fmt: skip
COUNTED = [
    "id", "state", "unit_id", "service_id", "channel", "next_action_at", "received_at", "promised_at", "hear_by",
    "last_human_action_at", "last_customer_contact_at",
]  # fmt: skip
RUNNING = "met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL"
OWNED = tuple(state for state in OPEN if state not in {"new", "triage"})


def _in(states: tuple[str, ...]) -> str:
    return "state IN (" + ", ".join(f"'{state}'" for state in states) + ")"


def upgrade() -> None:
    op.drop_index("ix_enquiry_owned", table_name="enquiry", postgresql_where=sa.text(_in(OWNED)))
    op.create_index(
        "ix_enquiry_owned", "enquiry", ["owner_id", "promised_at"],
        postgresql_where=sa.text(f"owner_id IS NOT NULL AND {_in(OPEN)}"),
    )  # fmt: skip
    op.create_index(
        "ix_enquiry_open_held", "enquiry", ["owner_id", "queue_id"], postgresql_include=COUNTED,
        postgresql_where=sa.text(_in(OPEN)),
    )  # fmt: skip
    op.create_index("ix_enquiry_open_promised", "enquiry", ["promised_at"], postgresql_where=sa.text(_in(OPEN)))
    op.create_index("ix_sla_clock_running", "sla_clock", ["measure", "due_at"], postgresql_where=sa.text(RUNNING))


def downgrade() -> None:
    op.drop_index("ix_sla_clock_running", table_name="sla_clock", postgresql_where=sa.text(RUNNING))
    op.drop_index("ix_enquiry_open_held", table_name="enquiry", postgresql_where=sa.text(_in(OPEN)))
    op.drop_index("ix_enquiry_open_promised", table_name="enquiry", postgresql_where=sa.text(_in(OPEN)))
    op.drop_index(
        "ix_enquiry_owned", table_name="enquiry", postgresql_where=sa.text(f"owner_id IS NOT NULL AND {_in(OPEN)}")
    )
    op.create_index("ix_enquiry_owned", "enquiry", ["owner_id", "promised_at"], postgresql_where=sa.text(_in(OWNED)))
