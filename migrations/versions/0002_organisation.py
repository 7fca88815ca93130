"""The organisation grows up: skills, authority and rota, tombstones and imports of queues, the whole routing table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

UTC = sa.DateTime(timezone=True)
NO_LIST = sa.text("'[]'::jsonb")
NO_OBJECT = sa.text("'{}'::jsonb")
LANGUAGES = "'en', 'cy', 'fr', 'es', 'ar', 'bn', 'pl', 'pt', 'pa', 'ro', 'so', 'ur', 'bfi'"
NAME_FINDINGS = "'audience', 'unknown_unit', 'twin'"


def upgrade() -> None:
    _units()
    _people()
    _queues()
    _routing()


def downgrade() -> None:
    op.drop_table("legacy_enquiry")
    op.drop_table("routing_decision")
    _forget_the_wider_routing()
    for name in ("redirect_to_id", "import_id"):
        op.drop_constraint(op.f(f"fk_queue_{name}"), "queue", type_="foreignkey")
    op.drop_index("ix_queue_import_id", "queue")
    op.drop_constraint(op.f("ck_queue_tombstone_says_why"), "queue", type_="check")
    op.drop_constraint(op.f("ck_queue_redirects_elsewhere"), "queue", type_="check")
    for name in ("listed", "import_id", "redirected", "redirect_to_id", "closed_by", "closed_at"):
        op.drop_column("queue", name)
    op.drop_table("queue_name_override")
    op.drop_table("queue_import")
    for name in (
        "team_session", "rota_exception", "rota_shift", "member_authority", "member_language", "member_skill", "skill",
    ):  # fmt: skip
        op.drop_table(name)
    op.drop_column("service", "skills")
    op.drop_table("unit_closure")
    op.drop_column("unit", "aliases")


def _units() -> None:
    op.add_column("unit", sa.Column("aliases", postgresql.JSONB(), server_default=NO_LIST, nullable=False))
    op.create_table(
        "unit_closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_unit_closure_says_why")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_closure_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_closure")),
        sa.UniqueConstraint("unit_id", "day", name=op.f("uq_unit_closure_unit_id_day")),
    )
    op.add_column("service", sa.Column("skills", postgresql.JSONB(), server_default=NO_LIST, nullable=False))


def _people() -> None:
    op.create_table(
        "skill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name=op.f("ck_skill_slug_is_plain")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill")),
        sa.UniqueConstraint("slug", name=op.f("uq_skill_slug")),
    )
    op.create_table(
        "member_skill",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("skill_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_member_skill_account_id")),
        sa.ForeignKeyConstraint(["skill_id"], ["skill.id"], name=op.f("fk_member_skill_skill_id")),
        sa.PrimaryKeyConstraint("account_id", "skill_id", name=op.f("pk_member_skill")),
    )
    op.create_table(
        "member_language",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=40), nullable=False),
        sa.CheckConstraint(f"language IN ({LANGUAGES})", name=op.f("ck_member_language_language_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_member_language_account_id")),
        sa.PrimaryKeyConstraint("account_id", "language", name=op.f("pk_member_language")),
    )
    op.create_table(
        "member_authority",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("limit_pence", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "authority IN ('spend', 'waive_fee', 'approve_urgent', 'change_promise', 'decide_complaint')",
            name=op.f("ck_member_authority_authority_known"),
        ),
        sa.CheckConstraint(
            "(authority IN ('spend', 'waive_fee')) = (limit_pence IS NOT NULL)",
            name=op.f("ck_member_authority_money_has_a_limit"),
        ),
        sa.CheckConstraint("limit_pence > 0", name=op.f("ck_member_authority_limit_is_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_member_authority_account_id")),
        sa.PrimaryKeyConstraint("account_id", "authority", name=op.f("pk_member_authority")),
    )
    op.create_table(
        "rota_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_rota_shift_weekday_known")),
        sa.CheckConstraint(
            "0 <= starts AND starts < ends AND ends <= 1440", name=op.f("ck_rota_shift_starts_before_it_ends")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rota_shift_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_shift")),
        sa.UniqueConstraint("account_id", "weekday", "starts", name=op.f("uq_rota_shift_account_id_weekday_starts")),
    )
    op.create_table(
        "rota_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("starts_at", UTC, nullable=False),
        sa.Column("ends_at", UTC, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UTC, nullable=False),
        sa.CheckConstraint(
            "kind IN ('leave', 'sickness', 'training', 'extra')", name=op.f("ck_rota_exception_kind_known")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_rota_exception_starts_before_it_ends")),
        sa.CheckConstraint(
            "kind = 'sickness' OR ends_at IS NOT NULL", name=op.f("ck_rota_exception_only_sickness_is_open")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_rota_exception_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_exception")),
    )
    op.create_index(op.f("ix_rota_exception_account_id_starts_at"), "rota_exception", ["account_id", "starts_at"])
    op.create_table(
        "team_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", UTC, nullable=False),
        sa.Column("ends_at", UTC, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_team_session_starts_before_it_ends")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_team_session_account_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_session_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_session")),
    )
    op.create_index(op.f("ix_team_session_account_id_starts_at"), "team_session", ["account_id", "starts_at"])
    op.create_index(op.f("ix_team_session_team_id_starts_at"), "team_session", ["team_id", "starts_at"])


def _queues() -> None:
    op.create_table(
        "queue_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("queues", sa.Integer(), nullable=False),
        sa.Column("enquiries", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_import")),
        sa.UniqueConstraint("sha256", name=op.f("uq_queue_import_sha256")),
    )
    op.add_column("queue", sa.Column("closed_at", UTC, nullable=True))
    op.add_column("queue", sa.Column("closed_by", sa.String(), server_default="", nullable=False))
    op.add_column("queue", sa.Column("redirect_to_id", sa.Uuid(), nullable=True))
    op.add_column("queue", sa.Column("redirected", postgresql.JSONB(), server_default=NO_OBJECT, nullable=False))
    op.add_column("queue", sa.Column("import_id", sa.Uuid(), nullable=True))
    op.add_column("queue", sa.Column("listed", postgresql.JSONB(), server_default=NO_OBJECT, nullable=False))
    op.execute(
        """UPDATE queue SET
             closed_at = COALESCE((SELECT max(a.at) FROM audit_entry a WHERE a.object_id = queue.id AND a.action = 'queue.closed'), now()),
             closed_reason = CASE WHEN btrim(closed_reason) = '' THEN 'Not written down at the time' ELSE closed_reason END
           WHERE status = 'closed'"""
    )
    # The deferred guards of the update above have to speak before the table can be altered.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.create_foreign_key(op.f("fk_queue_redirect_to_id"), "queue", "queue", ["redirect_to_id"], ["id"])
    op.create_foreign_key(op.f("fk_queue_import_id"), "queue", "queue_import", ["import_id"], ["id"])
    op.create_check_constraint(
        op.f("ck_queue_tombstone_says_why"),
        "queue",
        "status <> 'closed' OR (btrim(closed_reason) <> '' AND closed_at IS NOT NULL)",
    )
    op.create_check_constraint(op.f("ck_queue_redirects_elsewhere"), "queue", "redirect_to_id <> id")
    op.create_index("ix_queue_import_id", "queue", ["import_id"], postgresql_where=sa.text("import_id IS NOT NULL"))
    op.create_table(
        "queue_name_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("finding", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.CheckConstraint(f"finding IN ({NAME_FINDINGS})", name=op.f("ck_queue_name_override_finding_known")),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_queue_name_override_says_why")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_name_override_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_name_override")),
        sa.UniqueConstraint(
            "queue_id", "finding", "about", "name", name=op.f("uq_queue_name_override_queue_id_finding_about_name")
        ),
    )


def _routing() -> None:
    rule = "routing_rule"
    op.alter_column(rule, "service_id", nullable=True)
    for column in (
        sa.Column("area_kind", sa.String(length=40), nullable=True),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("language", sa.String(length=40), nullable=True),
        sa.Column("need", postgresql.JSONB(), nullable=True),
        sa.Column("focal_account_id", sa.Uuid(), nullable=True),
        sa.Column("focal_point", sa.String(), server_default="", nullable=False),
        sa.Column("hours", postgresql.JSONB(), nullable=True),
        sa.Column("cover_queue_id", sa.Uuid(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("created_at", UTC, nullable=True),
        sa.Column("last_hit_at", UTC, nullable=True),
    ):
        op.add_column(rule, column)
    op.execute("UPDATE routing_rule SET created_at = set_at, last_hit_at = CASE WHEN hits > 0 THEN now() END")
    op.alter_column(rule, "created_at", nullable=False)
    op.create_foreign_key(op.f("fk_routing_rule_focal_account_id"), rule, "account", ["focal_account_id"], ["id"])
    op.create_foreign_key(op.f("fk_routing_rule_cover_queue_id"), rule, "queue", ["cover_queue_id"], ["id"])
    for name, condition in (
        ("language_known", f"language IN ({LANGUAGES})"),
        ("area_kind_known", "area_kind IN ('ward', 'postcode')"),
        ("area_is_whole", "(area_kind IS NULL) = (area IS NULL)"),
        ("need_is_of_a_service", "need IS NULL OR service_id IS NOT NULL"),
        ("hours_have_a_cover", "hours IS NULL OR cover_queue_id IS NOT NULL"),
        ("cover_is_another", "cover_queue_id <> queue_id"),
    ):
        op.create_check_constraint(op.f(f"ck_routing_rule_{name}"), rule, condition)
    op.drop_index("uq_routing_rule_any_channel", rule)
    op.drop_index("uq_routing_rule_channel", rule)
    op.create_index(
        "uq_routing_rule_conditions",
        rule,
        ["service_id", "channel", "area_kind", "area", "language", "need"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_routing_rule_queue_id", rule, ["queue_id"])
    op.create_index(
        "ix_routing_rule_cover_queue_id",
        rule,
        ["cover_queue_id"],
        postgresql_where=sa.text("cover_queue_id IS NOT NULL"),
    )
    op.create_table(
        "routing_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("broken", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('rule', 'cover', 'intake', 'desk', 'error')", name=op.f("ck_routing_decision_outcome_known")
        ),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_routing_decision_enquiry_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_routing_decision_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_decision")),
    )
    op.create_index(op.f("ix_routing_decision_enquiry_id_at"), "routing_decision", ["enquiry_id", "at"])
    op.create_index(
        "ix_routing_decision_trouble",
        "routing_decision",
        ["at"],
        postgresql_where=sa.text("outcome IN ('desk', 'error')"),
    )
    op.create_table(
        "legacy_enquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_legacy_enquiry_enquiry_id")),
        sa.ForeignKeyConstraint(["import_id"], ["queue_import.id"], name=op.f("fk_legacy_enquiry_import_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_legacy_enquiry_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legacy_enquiry")),
        sa.UniqueConstraint("enquiry_id", name=op.f("uq_legacy_enquiry_enquiry_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_legacy_enquiry_reference")),
    )
    op.create_index(op.f("ix_legacy_enquiry_queue_id"), "legacy_enquiry", ["queue_id"])


def _forget_the_wider_routing() -> None:
    """Back to one line for each service and channel: what an older table cannot say goes."""
    rule = "routing_rule"
    op.execute(
        "DELETE FROM routing_rule WHERE service_id IS NULL OR area IS NOT NULL OR language IS NOT NULL OR need IS NOT NULL"
    )
    for name in ("uq_routing_rule_conditions", "ix_routing_rule_queue_id", "ix_routing_rule_cover_queue_id"):
        op.drop_index(name, rule)
    for name in (
        "language_known", "area_kind_known", "area_is_whole", "need_is_of_a_service", "hours_have_a_cover", "cover_is_another",
    ):  # fmt: skip
        op.drop_constraint(op.f(f"ck_routing_rule_{name}"), rule, type_="check")
    for name in (
        "last_hit_at", "created_at", "review_on", "cover_queue_id", "hours", "focal_point", "focal_account_id", "need",
        "language", "area", "area_kind",
    ):  # fmt: skip
        op.drop_column(rule, name)
    op.alter_column(rule, "service_id", nullable=False)
    op.create_index(
        "uq_routing_rule_any_channel", rule, ["service_id"], unique=True, postgresql_where=sa.text("channel IS NULL")
    )
    op.create_index(
        "uq_routing_rule_channel",
        rule,
        ["service_id", "channel"],
        unique=True,
        postgresql_where=sa.text("channel IS NOT NULL"),
    )
