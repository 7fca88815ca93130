"""Sources that keep flowing: the register's entry, connectors and promises; loads that wait, resume and can be taken back; quality."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

JSONB = postgresql.JSONB(astext_type=sa.Text())
WHEN = sa.DateTime(timezone=True)
STATUSES = "'queued', 'running', 'rehearsed', 'waiting', 'done', 'failed', 'interrupted', 'discarded', 'undone'"
ENTRY = {
    "council-tax": ("To know who is liable for council tax, where they live and how to reach them, when they call about anything",
                    "public_task", "revenues.systems@hallowmere.example", 36, 10),
    "housing": ("To know the council's tenants, joint tenants and their homes when they report repairs or ask about their tenancy",
                "contract", "housing.data@hallowmere.example", 192, 10),
    "legacy-crm": ("To keep the contact details that customers have given since 2004 until they are confirmed elsewhere",
                   "public_task", "customer.services@hallowmere.example", None, 5),
}  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "source_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_file")),
    )
    op.create_table(
        "source_file_chunk",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["source_file.id"], name=op.f("fk_source_file_chunk_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", "number", name=op.f("pk_source_file_chunk")),
    )
    op.create_table(
        "source_draft",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("shape", JSONB, nullable=False),
        sa.Column("kinds", JSONB, nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["source_file.id"], name=op.f("fk_source_draft_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_draft")),
    )
    op.create_table(
        "load_row",
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("attributes", JSONB, nullable=False),
        sa.Column("address_key", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("load_id", "key", name=op.f("pk_load_row")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_load_row_place", "load_row", ["load_id", "place"], unique=False)
    op.create_table(
        "source_quality",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("load_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", WHEN, nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("duplicates", sa.Integer(), nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("age_hours", sa.Integer(), nullable=True),
        sa.Column("promise_hours", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["source_system.id"], name=op.f("fk_source_quality_source_id")),
        sa.ForeignKeyConstraint(["load_id"], ["source_load.id"], name=op.f("fk_source_quality_load_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_quality")),
    )
    op.create_index("ix_source_quality_source_taken", "source_quality", ["source_id", "taken_at"], unique=False)
    _upgrade_sources()
    _upgrade_loads()
    op.create_index(
        "ix_source_record_uprn", "source_record", [sa.literal_column("(attributes ->> 'uprn')")], unique=False
    )


def _upgrade_sources() -> None:
    for column in (
        sa.Column("purpose", sa.Text(), nullable=False, server_default=""),
        sa.Column("lawful_basis", sa.String(length=40), nullable=False, server_default="public_task"),
        sa.Column("contact", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("committed", sa.Boolean(), nullable=False, server_default="true"),
        sa.Column("connector", sa.String(length=40), nullable=False, server_default="upload"),
        sa.Column("connector_settings", JSONB, nullable=False, server_default="{}"),
        sa.Column("connector_secret", sa.Text(), nullable=True),
        sa.Column("watermark", JSONB, nullable=False, server_default="{}"),
        sa.Column("refresh_minutes", sa.Integer(), nullable=True),
        sa.Column("refresh_at", sa.String(length=5), nullable=True),
        sa.Column("next_refresh_at", WHEN, nullable=True),
        sa.Column("refresh_problem", sa.Text(), nullable=True),
        sa.Column("freshness_hours", sa.Integer(), nullable=True),
        sa.Column("gone_percent", sa.Integer(), nullable=False, server_default="10"),
        sa.Column("sample_id", sa.Uuid(), nullable=True),
    ):
        op.add_column("source_system", column)
    op.create_foreign_key(
        op.f("fk_source_system_sample_id"), "source_system", "source_file", ["sample_id"], ["id"], ondelete="SET NULL"
    )
    bases = "'public_task', 'legal_obligation', 'contract', 'consent', 'vital_interests', 'legitimate_interests'"
    ways = "'upload', 'file', 'folder', 'sql', 'http', 'push'"
    for name, condition in {
        "lawful_basis_known": f"lawful_basis IN ({bases})",
        "connector_known": f"connector IN ({ways})",
        "gone_percent_is_a_share": "gone_percent BETWEEN 0 AND 100",
        "refreshes_not_too_often": "refresh_minutes >= 5",
        "refresh_at_is_a_time": "refresh_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'",
        "freshness_can_be_kept": "freshness_hours > 0",
    }.items():
        op.create_check_constraint(op.f(f"ck_source_system_{name}"), "source_system", condition)
    statement = sa.text(
        "UPDATE source_system SET purpose = :purpose, lawful_basis = :basis, contact = :contact, freshness_hours = :hours, "
        "gone_percent = :percent WHERE slug = :slug"
    )
    for slug, (purpose, basis, contact, hours, percent) in ENTRY.items():
        op.execute(
            statement.bindparams(slug=slug, purpose=purpose, basis=basis, contact=contact, hours=hours, percent=percent)
        )


def _upgrade_loads() -> None:
    for column in (
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("origin", JSONB, nullable=False, server_default="{}"),
        sa.Column("rehearsal", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("phase", sa.String(length=40), nullable=False, server_default="ended"),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("staged", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("written", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reading_cursor", JSONB, nullable=False, server_default="{}"),
        sa.Column("effects", JSONB, nullable=False, server_default="{}"),
        sa.Column("confirmed_reason", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.String(length=200), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
    ):
        op.add_column("source_load", column)
    op.create_foreign_key(
        op.f("fk_source_load_file_id"), "source_load", "source_file", ["file_id"], ["id"], ondelete="SET NULL"
    )
    op.execute("UPDATE source_load SET status = 'interrupted', finished_at = started_at WHERE status = 'running'")
    op.execute("UPDATE source_load SET written = rows")
    op.drop_constraint(op.f("ck_source_load_status_known"), "source_load", type_="check")
    op.drop_constraint(op.f("ck_source_load_finished_when_not_running"), "source_load", type_="check")
    for name, condition in {
        "status_known": f"status IN ({STATUSES})",
        "phase_known": "phase IN ('reading', 'comparing', 'writing', 'ended')",
        "finished_when_ended": "(status IN ('queued', 'running', 'rehearsed', 'waiting')) = (finished_at IS NULL)",
        "undone_for_a_reason": "(status = 'undone') = (undone_reason IS NOT NULL)",
    }.items():
        op.create_check_constraint(op.f(f"ck_source_load_{name}"), "source_load", condition)
    running = sa.text("status = 'running'")
    op.create_index("uq_source_load_one_running", "source_load", ["source_id"], unique=True, postgresql_where=running)
    op.create_index(
        "ix_source_load_queued", "source_load", ["started_at"], unique=False,
        postgresql_where=sa.text("status IN ('queued', 'running')"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_source_record_uprn", table_name="source_record")
    op.drop_index("ix_source_load_queued", table_name="source_load")
    op.drop_index("uq_source_load_one_running", table_name="source_load")
    for name in ("undone_for_a_reason", "finished_when_ended", "phase_known", "status_known"):
        op.drop_constraint(op.f(f"ck_source_load_{name}"), "source_load", type_="check")
    op.execute(
        "UPDATE source_load SET finished_at = coalesce(finished_at, started_at), status = 'interrupted' "
        "WHERE status NOT IN ('done', 'failed', 'interrupted')"
    )
    op.drop_constraint(op.f("fk_source_load_file_id"), "source_load", type_="foreignkey")
    for column in (
        "undone_reason", "confirmed_by", "confirmed_reason", "effects", "reading_cursor", "written", "staged", "total", "phase",
        "rehearsal", "origin", "file_id",
    ):  # fmt: skip
        op.drop_column("source_load", column)
    op.create_check_constraint(
        op.f("ck_source_load_status_known"), "source_load", "status IN ('running', 'done', 'failed', 'interrupted')"
    )
    op.create_check_constraint(
        op.f("ck_source_load_finished_when_not_running"), "source_load", "(status = 'running') = (finished_at IS NULL)"
    )
    for name in (
        "freshness_can_be_kept", "refresh_at_is_a_time", "refreshes_not_too_often", "gone_percent_is_a_share",
        "connector_known", "lawful_basis_known",
    ):  # fmt: skip
        op.drop_constraint(op.f(f"ck_source_system_{name}"), "source_system", type_="check")
    op.drop_constraint(op.f("fk_source_system_sample_id"), "source_system", type_="foreignkey")
    for column in (
        "sample_id", "gone_percent", "freshness_hours", "refresh_problem", "next_refresh_at", "refresh_at", "refresh_minutes",
        "watermark", "connector_secret", "connector_settings", "connector", "committed", "contact", "lawful_basis", "purpose",
    ):  # fmt: skip
        op.drop_column("source_system", column)
    op.drop_index("ix_source_quality_source_taken", table_name="source_quality")
    op.drop_table("source_quality")
    op.drop_index("ix_load_row_place", table_name="load_row")
    op.drop_table("load_row")
    op.drop_table("source_draft")
    op.drop_table("source_file_chunk")
    op.drop_table("source_file")
