"""The house as it opens: every table, and the functions and triggers by which the database guards it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

EXTENSIONS = ("pg_trgm",)

FUNCTIONS = (
    r"""
CREATE OR REPLACE FUNCTION public.audit_entry_refuse()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
        RAISE EXCEPTION 'audit_entry only grows: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.source_record_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
    BEGIN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'source_record' THEN
            IF NEW.id = OLD.id AND NEW.source_id = OLD.source_id AND NEW.key = OLD.key AND NEW.version >= OLD.version THEN
                RETURN NEW;
            END IF;
        ELSIF TG_OP = 'DELETE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'source records are never altered or lost: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.guard_enquiry_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ('new', 'triage') AND NOT NEW.imported THEN
      RAISE EXCEPTION 'an enquiry cannot begin as %', NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_begins_new';
    END IF;
  ELSIF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES ('assigned', 'awaiting_customer'), ('assigned', 'awaiting_third_party'), ('assigned', 'duplicate'), ('assigned', 'in_progress'), ('assigned', 'redirected'), ('assigned', 'resolved'), ('assigned', 'scheduled'), ('assigned', 'spam'), ('assigned', 'triage'), ('assigned', 'with_service'), ('assigned', 'withdrawn'), ('awaiting_customer', 'assigned'), ('awaiting_customer', 'duplicate'), ('awaiting_customer', 'in_progress'), ('awaiting_customer', 'redirected'), ('awaiting_customer', 'resolved'), ('awaiting_customer', 'spam'), ('awaiting_customer', 'triage'), ('awaiting_customer', 'withdrawn'), ('awaiting_third_party', 'assigned'), ('awaiting_third_party', 'duplicate'), ('awaiting_third_party', 'in_progress'), ('awaiting_third_party', 'redirected'), ('awaiting_third_party', 'resolved'), ('awaiting_third_party', 'spam'), ('awaiting_third_party', 'triage'), ('awaiting_third_party', 'withdrawn'), ('closed', 'triage'), ('duplicate', 'triage'), ('in_progress', 'assigned'), ('in_progress', 'awaiting_customer'), ('in_progress', 'awaiting_third_party'), ('in_progress', 'duplicate'), ('in_progress', 'redirected'), ('in_progress', 'resolved'), ('in_progress', 'scheduled'), ('in_progress', 'spam'), ('in_progress', 'triage'), ('in_progress', 'with_service'), ('in_progress', 'withdrawn'), ('new', 'assigned'), ('new', 'duplicate'), ('new', 'redirected'), ('new', 'spam'), ('new', 'triage'), ('new', 'withdrawn'), ('redirected', 'triage'), ('resolved', 'closed'), ('resolved', 'triage'), ('returned', 'assigned'), ('returned', 'duplicate'), ('returned', 'in_progress'), ('returned', 'redirected'), ('returned', 'resolved'), ('returned', 'spam'), ('returned', 'triage'), ('returned', 'with_service'), ('returned', 'withdrawn'), ('scheduled', 'assigned'), ('scheduled', 'duplicate'), ('scheduled', 'in_progress'), ('scheduled', 'redirected'), ('scheduled', 'resolved'), ('scheduled', 'spam'), ('scheduled', 'triage'), ('scheduled', 'withdrawn'), ('spam', 'triage'), ('triage', 'assigned'), ('triage', 'duplicate'), ('triage', 'redirected'), ('triage', 'returned'), ('triage', 'spam'), ('triage', 'withdrawn'), ('with_service', 'in_progress'), ('with_service', 'resolved'), ('with_service', 'returned'), ('with_service', 'triage'), ('with_service', 'withdrawn'), ('withdrawn', 'triage')) THEN
    RAISE EXCEPTION 'an enquiry cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_moves_as_allowed';
  END IF;
  IF NEW.state IN ('new', 'triage') AND (TG_OP = 'INSERT' OR NEW.queue_id IS DISTINCT FROM OLD.queue_id OR NEW.state <> OLD.state) THEN
    PERFORM 1 FROM queue q WHERE q.id = NEW.queue_id AND q.status = 'active' FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'an enquiry can wait only in an active queue'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_waits_in_an_active_queue';
    END IF;
  END IF;
  RETURN NEW;
END
$function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.keep_queue_open_while_used()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF EXISTS (SELECT 1 FROM enquiry e WHERE e.queue_id = NEW.id AND e.state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service') AND e.owner_id IS NULL) THEN
    RAISE EXCEPTION 'queue % still holds open enquiries', NEW.slug
      USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_closes_empty';
  END IF;
  RETURN NEW;
END
$function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.keep_enquiries()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% on % is refused: enquiries and their timeline are kept', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enquiries_are_kept';
END
$function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.queue_is_readable(wanted uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  SELECT EXISTS (
    SELECT 1 FROM queue_reader r
    WHERE r.queue_id = wanted
      AND (r.account_id IS NOT NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.unit_id = r.unit_id)))
$function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.keep_queues_readable()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
DECLARE
  blind text;
BEGIN
  SELECT q.slug INTO blind FROM queue q WHERE q.status = 'active' AND NOT queue_is_readable(q.id) ORDER BY q.slug LIMIT 1;
  IF blind IS NOT NULL THEN
    RAISE EXCEPTION 'queue % is active and nobody can read it', blind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_has_a_reader';
  END IF;
  RETURN NULL;
END
$function$
    """,
    r"""
CREATE OR REPLACE FUNCTION public.guard_handoff_state()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES ('accepted', 'completed'), ('accepted', 'in_work'), ('accepted', 'returned'), ('completed', 'confirmed'), ('draft', 'offered'), ('draft', 'recalled'), ('in_work', 'completed'), ('in_work', 'returned'), ('offered', 'accepted'), ('offered', 'declined'), ('offered', 'expired'), ('offered', 'recalled')) THEN
    RAISE EXCEPTION 'a handoff cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'handoff_moves_as_allowed';
  END IF;
  RETURN NEW;
END
$function$
    """,
)

TRIGGERS = (
    "CREATE TRIGGER audit_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
    "CREATE TRIGGER source_record_version_kept BEFORE DELETE OR UPDATE ON public.source_record_version FOR EACH ROW EXECUTE FUNCTION source_record_kept()",
    "CREATE TRIGGER source_record_kept BEFORE DELETE OR UPDATE ON public.source_record FOR EACH ROW EXECUTE FUNCTION source_record_kept()",
    "CREATE TRIGGER source_record_version_not_emptied BEFORE TRUNCATE ON public.source_record_version FOR EACH STATEMENT EXECUTE FUNCTION source_record_kept()",
    "CREATE TRIGGER guard_enquiry_state BEFORE INSERT OR UPDATE OF state, queue_id ON public.enquiry FOR EACH ROW EXECUTE FUNCTION guard_enquiry_state()",
    "CREATE TRIGGER queue_closes_empty BEFORE UPDATE OF status ON public.queue FOR EACH ROW WHEN ((((new.status)::text <> 'active'::text) AND ((old.status)::text = 'active'::text))) EXECUTE FUNCTION keep_queue_open_while_used()",
    "CREATE TRIGGER enquiry_is_kept BEFORE DELETE ON public.enquiry FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()",
    "CREATE TRIGGER enquiry_entry_is_kept BEFORE DELETE OR UPDATE ON public.enquiry_entry FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()",
    "CREATE CONSTRAINT TRIGGER queue_has_a_reader AFTER INSERT OR UPDATE ON public.queue DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((new.status)::text = 'active'::text)) EXECUTE FUNCTION keep_queues_readable()",
    "CREATE CONSTRAINT TRIGGER queue_keeps_a_reader AFTER DELETE OR UPDATE ON public.queue_reader DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_queues_readable()",
    "CREATE CONSTRAINT TRIGGER member_keeps_queues_read AFTER DELETE OR UPDATE ON public.membership DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_queues_readable()",
    "CREATE TRIGGER guard_handoff_state BEFORE UPDATE OF state ON public.handoff FOR EACH ROW EXECUTE FUNCTION guard_handoff_state()",
)


def upgrade() -> None:
    for extension in EXTENSIONS:
        op.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
    _create_tables()
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    _drop_tables()
    for name in (
        "audit_entry_refuse",
        "source_record_kept",
        "guard_enquiry_state",
        "keep_queue_open_while_used",
        "keep_enquiries",
        "queue_is_readable",
        "keep_queues_readable",
        "guard_handoff_state",
    ):
        op.execute(f"DROP FUNCTION {name}()")


def _create_tables() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("resident", "staff", "service", name="accountkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("email_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status", sa.Enum("active", "suspended", name="accountstatus", native_enum=False, length=40), nullable=False
        ),
        sa.Column("totp_sealed", sa.String(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_totp_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind = 'service' OR email IS NOT NULL", name=op.f("ck_account_people_have_email")),
        sa.CheckConstraint("kind IN ('resident', 'staff', 'service')", name=op.f("ck_account_kind_known")),
        sa.CheckConstraint("status IN ('active', 'suspended')", name=op.f("ck_account_status_known")),
        sa.CheckConstraint(
            "totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL", name=op.f("ck_account_confirmed_totp_is_set")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_index("uq_account_email_lower", "account", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum("resident", "staff", "service", "system", "public", name="actorkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_address", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object_type", sa.String(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('resident', 'staff', 'service', 'system', 'public')",
            name=op.f("ck_audit_entry_actor_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(op.f("ix_audit_entry_action_at"), "audit_entry", ["action", "at"], unique=False)
    op.create_index(op.f("ix_audit_entry_actor_id_at"), "audit_entry", ["actor_id", "at"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(
        op.f("ix_audit_entry_object_type_object_id_at"), "audit_entry", ["object_type", "object_id", "at"], unique=False
    )
    op.create_table(
        "job_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (result IS NULL AND error IS NULL)", name=op.f("ck_job_run_finished_says_how")
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR finished_at >= started_at", name=op.f("ck_job_run_ends_after_start")
        ),
        sa.CheckConstraint("result IS NULL OR error IS NULL", name=op.f("ck_job_run_result_or_error")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
    )
    op.create_index("ix_job_run_job_started_at", "job_run", ["job", "started_at"], unique=False)
    op.create_table(
        "match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("running", "done", "failed", name="runstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("model", postgresql.JSONB(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("timings", postgresql.JSONB(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'running') = (finished_at IS NULL)", name=op.f("ck_match_run_finished_when_not_running")
        ),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("ck_match_run_status_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_run")),
    )
    op.create_table(
        "property",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("uprn", sa.String(length=12), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("building", sa.String(length=120), nullable=False),
        sa.Column("house_number", sa.String(length=60), nullable=False),
        sa.Column("street", sa.String(length=160), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("ward", sa.String(length=120), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("address_key", sa.String(length=300), nullable=False),
        sa.Column("search", sa.String(length=400), nullable=False),
        sa.Column("from_gazetteer", sa.Boolean(), nullable=False),
        sa.CheckConstraint("uprn ~ '^[0-9]{1,12}$'", name=op.f("ck_property_uprn_is_digits")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property")),
        sa.UniqueConstraint("uprn", name=op.f("uq_property_uprn")),
    )
    op.create_index(op.f("ix_property_address_key"), "property", ["address_key"], unique=False)
    op.create_index("ix_property_postcode", "property", ["postcode"], unique=False)
    op.create_index(
        "ix_property_search",
        "property",
        ["search"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search": "gin_trgm_ops"},
    )
    op.create_table(
        "source_system",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit_name", sa.String(length=120), nullable=False),
        sa.Column("layout", postgresql.JSONB(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("layout_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_system")),
        sa.UniqueConstraint("slug", name=op.f("uq_source_system_slug")),
    )
    op.create_table(
        "suppressed_address",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum("hard_bounce", "complaint", "asked", name="suppressionreason", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('hard_bounce', 'complaint', 'asked')", name=op.f("ck_suppressed_address_reason_known")
        ),
        sa.CheckConstraint("address = lower(address)", name=op.f("ck_suppressed_address_address_lower")),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_suppressed_address")),
    )
    op.create_table(
        "throttle",
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("hits", sa.ARRAY(sa.DateTime(timezone=True)), nullable=False),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_quiet_at"), "throttle", ["quiet_at"], unique=False)
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("holiday_region", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("slug", name=op.f("uq_unit_slug")),
    )
    op.create_table(
        "account_role",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "resident",
                "advisor",
                "team_leader",
                "steward",
                "officer",
                "monitor",
                "administrator",
                "service",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('resident', 'advisor', 'team_leader', 'steward', 'officer', 'monitor', 'administrator', 'service')",
            name=op.f("ck_account_role_role_known"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_role_account_id")),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_role")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_api_key_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_key_prefix")),
    )
    op.create_index(op.f("ix_api_key_account_id_created_at"), "api_key", ["account_id", "created_at"], unique=False)
    op.create_table(
        "golden_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind", sa.Enum("person", "organisation", name="customerkind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.Column("display_name", sa.String(length=400), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("postcode", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_into", sa.Uuid(), nullable=True),
        sa.Column("live", sa.Boolean(), sa.Computed("retired_at IS NULL", persisted=True), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name=op.f("ck_golden_record_kind_known")),
        sa.CheckConstraint("retired_into <> id", name=op.f("ck_golden_record_redirects_elsewhere")),
        sa.CheckConstraint(
            "retired_into IS NULL OR retired_at IS NOT NULL", name=op.f("ck_golden_record_redirects_when_retired")
        ),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_golden_record_property_id")),
        sa.ForeignKeyConstraint(["retired_into"], ["golden_record.id"], name=op.f("fk_golden_record_retired_into")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_golden_record_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_record")),
        sa.UniqueConstraint("id", "live", name=op.f("uq_golden_record_id_live")),
    )
    op.create_index(op.f("ix_golden_record_property_id"), "golden_record", ["property_id"], unique=False)
    op.create_index(op.f("ix_golden_record_retired_into"), "golden_record", ["retired_into"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_idempotency_key_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Enum("email", name="channel", native_enum=False, length=40), nullable=False),
        sa.Column(
            "template",
            sa.Enum(
                "confirm_email",
                "already_registered",
                "reset_password",
                "password_changed",
                "staff_invitation",
                "enquiry_received",
                "enquiry_accepted",
                "promise_changed",
                "enquiry_finished",
                "enquiry_needs_you",
                "enquiry_reassigned",
                "customer_message",
                name="template",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "created",
                "sending",
                "pending",
                "sent",
                "delivered",
                "permanent-failure",
                "temporary-failure",
                "technical-failure",
                name="messagestatus",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("about_type", sa.String(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fencing_token", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.CheckConstraint("channel IN ('email')", name=op.f("ck_message_channel_known")),
        sa.CheckConstraint(
            "status IN ('created', 'sending', 'pending', 'sent', 'delivered', 'permanent-failure', 'temporary-failure', 'technical-failure')",
            name=op.f("ck_message_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL", name=op.f("ck_message_sent_has_a_time")
        ),
        sa.CheckConstraint(
            "template IN ('confirm_email', 'already_registered', 'reset_password', 'password_changed', 'staff_invitation', 'enquiry_received', 'enquiry_accepted', 'promise_changed', 'enquiry_finished', 'enquiry_needs_you', 'enquiry_reassigned', 'customer_message')",
            name=op.f("ck_message_template_known"),
        ),
        sa.CheckConstraint("(about_type IS NULL) = (about_id IS NULL)", name=op.f("ck_message_about_is_whole")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_message_id")),
    )
    op.create_index(op.f("ix_message_about_type_about_id"), "message", ["about_type", "about_id"], unique=False)
    op.create_index(op.f("ix_message_account_id"), "message", ["account_id"], unique=False)
    op.create_index(
        "ix_message_failed",
        "message",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status LIKE '%-failure'"),
    )
    op.create_index(
        "ix_message_to_send",
        "message",
        ["next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('created', 'pending', 'sending')"),
    )
    op.create_table(
        "one_time_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum("confirm_email", "reset_password", "invitation", name="tokenpurpose", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('confirm_email', 'reset_password', 'invitation')", name=op.f("ck_one_time_token_purpose_known")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_one_time_token_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_token_token_hash")),
    )
    op.create_index(
        op.f("ix_one_time_token_account_id_purpose"), "one_time_token", ["account_id", "purpose"], unique=False
    )
    op.create_table(
        "queue",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("permanent", "project", "intake", name="queuekind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_id", sa.Uuid(), nullable=True),
        sa.Column("monitor_id", sa.Uuid(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum("draft", "active", "closed", name="queuestatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("closed_reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'project' OR status <> 'active' OR ends_on IS NOT NULL", name=op.f("ck_queue_project_has_an_end")
        ),
        sa.CheckConstraint("kind IN ('permanent', 'project', 'intake')", name=op.f("ck_queue_kind_known")),
        sa.CheckConstraint(
            "status <> 'active' OR (owner_id IS NOT NULL AND deputy_id IS NOT NULL AND monitor_id IS NOT NULL AND unit_id IS NOT NULL AND btrim(purpose) <> '')",
            name=op.f("ck_queue_active_is_complete"),
        ),
        sa.CheckConstraint("status <> 'active' OR owner_id <> deputy_id", name=op.f("ck_queue_deputy_is_another")),
        sa.CheckConstraint("status IN ('draft', 'active', 'closed')", name=op.f("ck_queue_status_known")),
        sa.ForeignKeyConstraint(["deputy_id"], ["account.id"], name=op.f("fk_queue_deputy_id")),
        sa.ForeignKeyConstraint(["monitor_id"], ["account.id"], name=op.f("fk_queue_monitor_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_queue_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_queue_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue")),
        sa.UniqueConstraint("slug", name=op.f("uq_queue_slug")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(
        op.f("ix_recovery_code_account_id_code_hash"), "recovery_code", ["account_id", "code_hash"], unique=True
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("needs_second_factor", sa.Boolean(), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_sign_in_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_account_id_created_at"), "sign_in", ["account_id", "created_at"], unique=False)
    op.create_table(
        "source_load",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("running", "done", "failed", "interrupted", name="loadstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(status = 'running') = (finished_at IS NULL)", name=op.f("ck_source_load_finished_when_not_running")
        ),
        sa.CheckConstraint(
            "status IN ('running', 'done', 'failed', 'interrupted')", name=op.f("ck_source_load_status_known")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source_system.id"], name=op.f("fk_source_load_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_load")),
    )
    op.create_index(op.f("ix_source_load_source_id"), "source_load", ["source_id"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_team_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("unit_id", "slug", name=op.f("uq_team_unit_id_slug")),
    )
    op.create_table(
        "golden_search",
        sa.Column("golden_id", sa.Uuid(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("addresses", sa.Text(), nullable=False),
        sa.Column("postcodes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("births", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("emails", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["golden_id"], ["golden_record.id"], name=op.f("fk_golden_search_golden_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("golden_id", name=op.f("pk_golden_search")),
    )
    op.create_index(
        "ix_golden_search_addresses",
        "golden_search",
        ["addresses"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"addresses": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_golden_search_births",
        "golden_search",
        ["births"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_golden_search_emails",
        "golden_search",
        ["emails"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"emails": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_golden_search_names",
        "golden_search",
        ["names"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"names": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_golden_search_phones",
        "golden_search",
        ["phones"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(
        "ix_golden_search_postcodes",
        "golden_search",
        ["postcodes"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "load_reject",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=True),
        sa.Column(
            "reason",
            sa.Enum(
                "too_short",
                "too_long",
                "line_too_long",
                "missing_id",
                "impossible_date",
                "duplicate_key",
                "not_json",
                "bad_encoding",
                "control_character",
                "unknown_kind_of_row",
                name="rejectreason",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('too_short', 'too_long', 'line_too_long', 'missing_id', 'impossible_date', 'duplicate_key', 'not_json', 'bad_encoding', 'control_character', 'unknown_kind_of_row')",
            name=op.f("ck_load_reject_reason_known"),
        ),
        sa.ForeignKeyConstraint(["load_id"], ["source_load.id"], name=op.f("fk_load_reject_load_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_load_reject")),
    )
    op.create_index("ix_load_reject_load_line", "load_reject", ["load_id", "line"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("can_lead", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_membership_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("account_id", "unit_id", name=op.f("uq_membership_account_id_unit_id")),
    )
    op.create_index(op.f("ix_membership_unit_id"), "membership", ["unit_id"], unique=False)
    op.create_table(
        "queue_reader",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(account_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_queue_reader_one_reader")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_queue_reader_account_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_queue_reader_queue_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_queue_reader_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_reader")),
    )
    op.create_index(
        "uq_queue_reader_account",
        "queue_reader",
        ["queue_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "uq_queue_reader_unit",
        "queue_reader",
        ["queue_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("handoff_unit_id", sa.Uuid(), nullable=True),
        sa.Column("intake_queue_slug", sa.String(), nullable=False),
        sa.Column("intake_queue_id", sa.Uuid(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("lgsl", sa.Integer(), nullable=True),
        sa.Column("standard_working_days", sa.Integer(), nullable=False),
        sa.Column("first_response_working_days", sa.Integer(), nullable=False),
        sa.Column("silence_working_days", sa.Integer(), nullable=False),
        sa.Column("acceptance_working_hours", sa.Integer(), nullable=False),
        sa.Column("questions", postgresql.JSONB(), nullable=False),
        sa.Column("script", postgresql.JSONB(), nullable=False),
        sa.Column("verification_needed", sa.Boolean(), nullable=False),
        sa.Column(
            "duplicate_scope",
            sa.Enum("property", "person", "none", name="duplicatescope", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("emergency_text", sa.String(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "duplicate_scope IN ('property', 'person', 'none')", name=op.f("ck_service_duplicate_scope_known")
        ),
        sa.CheckConstraint(
            "standard_working_days > 0 AND first_response_working_days > 0 AND silence_working_days > 0 AND acceptance_working_hours > 0",
            name=op.f("ck_service_standards_are_positive"),
        ),
        sa.CheckConstraint("tier BETWEEN 1 AND 3", name=op.f("ck_service_tier_known")),
        sa.ForeignKeyConstraint(["handoff_unit_id"], ["unit.id"], name=op.f("fk_service_handoff_unit_id")),
        sa.ForeignKeyConstraint(["intake_queue_id"], ["queue.id"], name=op.f("fk_service_intake_queue_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_service_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_slug")),
    )
    op.create_table(
        "source_record",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("attributes", postgresql.JSONB(), nullable=False),
        sa.Column("address_key", sa.String(length=300), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=True),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("restricted_reason", sa.Text(), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_load_id", sa.Uuid(), nullable=False),
        sa.Column("gone_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "restricted = (restricted_reason IS NOT NULL)", name=op.f("ck_source_record_restricted_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["last_load_id"], ["source_load.id"], name=op.f("fk_source_record_last_load_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_source_record_property_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_system.id"], name=op.f("fk_source_record_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_record")),
        sa.UniqueConstraint("source_id", "key", name=op.f("uq_source_record_source_id_key")),
    )
    op.create_index(op.f("ix_source_record_property_id"), "source_record", ["property_id"], unique=False)
    op.create_index(
        "ix_source_record_upper_key",
        "source_record",
        [sa.literal_column("upper(key)").label("upper_key")],
        unique=False,
        postgresql_ops={"upper_key": "text_pattern_ops"},
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("phone", "visit", "email", "web", "post", "chat", name="channel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("advisor_id", sa.Uuid(), nullable=True),
        sa.Column("advisor_name", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("caller_name", sa.String(), nullable=False),
        sa.Column("caller_email", sa.String(), nullable=False),
        sa.Column("caller_phone", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("source_record_id", sa.Uuid(), nullable=True),
        sa.Column("wait_seconds", sa.Integer(), nullable=False),
        sa.Column("talk_seconds", sa.Integer(), nullable=True),
        sa.Column(
            "wrap_up",
            sa.Enum(
                "answered",
                "enquiry_raised",
                "progress_chase",
                "called_back",
                "wrong_number",
                "abandoned",
                name="wrapup",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("resolved_here", sa.Boolean(), nullable=True),
        sa.Column("avoidable", sa.Boolean(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'visit', 'email', 'web', 'post', 'chat')", name=op.f("ck_contact_channel_known")
        ),
        sa.CheckConstraint(
            "wrap_up IN ('answered', 'enquiry_raised', 'progress_chase', 'called_back', 'wrong_number', 'abandoned')",
            name=op.f("ck_contact_wrap_up_known"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (wrap_up IS NULL)", name=op.f("ck_contact_wrapped_up_when_ended")),
        sa.CheckConstraint(
            "(wrap_up IS NULL) = (resolved_here IS NULL)", name=op.f("ck_contact_says_whether_resolved")
        ),
        sa.CheckConstraint(
            "wait_seconds >= 0 AND (talk_seconds IS NULL OR talk_seconds >= 0)",
            name=op.f("ck_contact_times_are_positive"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_contact_account_id")),
        sa.ForeignKeyConstraint(["advisor_id"], ["account.id"], name=op.f("fk_contact_advisor_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_contact_service_id")),
        sa.ForeignKeyConstraint(["source_record_id"], ["source_record.id"], name=op.f("fk_contact_source_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_account_id_started_at"), "contact", ["account_id", "started_at"], unique=False)
    op.create_index(
        op.f("ix_contact_source_record_id_started_at"), "contact", ["source_record_id", "started_at"], unique=False
    )
    op.create_index(op.f("ix_contact_started_at"), "contact", ["started_at"], unique=False)
    op.create_index(
        "uq_contact_open_call", "contact", ["advisor_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "link",
        sa.Column("source_record_id", sa.Uuid(), nullable=False),
        sa.Column("golden_id", sa.Uuid(), nullable=False),
        sa.Column("golden_live", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("alone", "matched", "steward", name="linkmethod", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("probability", sa.Float(), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("method IN ('alone', 'matched', 'steward')", name=op.f("ck_link_method_known")),
        sa.CheckConstraint("golden_live", name=op.f("ck_link_to_a_live_record")),
        sa.ForeignKeyConstraint(
            ["golden_id", "golden_live"],
            ["golden_record.id", "golden_record.live"],
            name=op.f("fk_link_golden_id_golden_live"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_link_run_id")),
        sa.ForeignKeyConstraint(["source_record_id"], ["source_record.id"], name=op.f("fk_link_source_record_id")),
        sa.PrimaryKeyConstraint("source_record_id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_golden_id"), "link", ["golden_id"], unique=False)
    op.create_table(
        "possible_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_possible_match_in_order")),
        sa.ForeignKeyConstraint(["left_id"], ["source_record.id"], name=op.f("fk_possible_match_left_id")),
        sa.ForeignKeyConstraint(["right_id"], ["source_record.id"], name=op.f("fk_possible_match_right_id")),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name=op.f("fk_possible_match_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_match")),
        sa.UniqueConstraint("left_id", "right_id", name=op.f("uq_possible_match_left_id_right_id")),
    )
    op.create_index(op.f("ix_possible_match_right_id"), "possible_match", ["right_id"], unique=False)
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("phone", "visit", "email", "web", "post", "chat", name="channel", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("queue_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'visit', 'email', 'web', 'post', 'chat')", name=op.f("ck_routing_rule_channel_known")
        ),
        sa.CheckConstraint("hits >= 0", name=op.f("ck_routing_rule_hits_are_counted")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_routing_rule_queue_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_routing_rule_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
    )
    op.create_index(
        "uq_routing_rule_any_channel",
        "routing_rule",
        ["service_id"],
        unique=True,
        postgresql_where=sa.text("channel IS NULL"),
    )
    op.create_index(
        "uq_routing_rule_channel",
        "routing_rule",
        ["service_id", "channel"],
        unique=True,
        postgresql_where=sa.text("channel IS NOT NULL"),
    )
    op.create_table(
        "source_record_version",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["source_load.id"], name=op.f("fk_source_record_version_load_id")),
        sa.ForeignKeyConstraint(["record_id"], ["source_record.id"], name=op.f("fk_source_record_version_record_id")),
        sa.PrimaryKeyConstraint("record_id", "number", name=op.f("pk_source_record_version")),
    )
    op.create_index(op.f("ix_source_record_version_load_id"), "source_record_version", ["load_id"], unique=False)
    op.create_table(
        "steward_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("left_id", sa.Uuid(), nullable=False),
        sa.Column("right_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict", sa.Enum("same", "different", name="verdict", native_enum=False, length=40), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by_name", sa.String(length=200), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("verdict IN ('same', 'different')", name=op.f("ck_steward_decision_verdict_known")),
        sa.CheckConstraint("left_id < right_id", name=op.f("ck_steward_decision_in_order")),
        sa.ForeignKeyConstraint(["left_id"], ["source_record.id"], name=op.f("fk_steward_decision_left_id")),
        sa.ForeignKeyConstraint(["right_id"], ["source_record.id"], name=op.f("fk_steward_decision_right_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steward_decision")),
    )
    op.create_index(op.f("ix_steward_decision_right_id"), "steward_decision", ["right_id"], unique=False)
    op.create_index(
        "uq_steward_decision_standing",
        "steward_decision",
        ["left_id", "right_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("source_record_id", sa.Uuid(), nullable=True),
        sa.Column("asked", postgresql.ARRAY(sa.String(length=60)), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("contact_ref", sa.String(length=60), nullable=True),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("actor_address", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "source_record_id IS NOT NULL OR NOT passed", name=op.f("ck_verification_passed_against_a_record")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_verification_account_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_system.id"], name=op.f("fk_verification_source_id")),
        sa.ForeignKeyConstraint(
            ["source_record_id"], ["source_record.id"], name=op.f("fk_verification_source_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    op.create_index(op.f("ix_verification_account_id"), "verification", ["account_id"], unique=False)
    op.create_index("ix_verification_actor_id_at", "verification", ["actor_id", "at"], unique=False)
    op.create_index(op.f("ix_verification_contact_ref"), "verification", ["contact_ref"], unique=False)
    op.create_index(op.f("ix_verification_source_record_id"), "verification", ["source_record_id"], unique=False)
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum("phone", "visit", "email", "web", "post", "chat", name="channel", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "triage",
                "returned",
                "assigned",
                "in_progress",
                "awaiting_customer",
                "awaiting_third_party",
                "scheduled",
                "with_service",
                "resolved",
                "closed",
                "duplicate",
                "withdrawn",
                "spam",
                "redirected",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("client_token", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Uuid(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("source_record_id", sa.Uuid(), nullable=True),
        sa.Column("raiser_name", sa.String(), nullable=False),
        sa.Column("raiser_email", sa.String(), nullable=False),
        sa.Column("raiser_phone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=True),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column(
            "disposition",
            sa.Enum(
                "done",
                "not_done",
                "advice_given",
                "not_ours",
                "duplicate",
                "withdrawn",
                "spam",
                "redirected",
                name="disposition",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duplicate_of_id", sa.Uuid(), nullable=True),
        sa.Column("reopened_count", sa.Integer(), nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_human_action_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_customer_contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('phone', 'visit', 'email', 'web', 'post', 'chat')", name=op.f("ck_enquiry_channel_known")
        ),
        sa.CheckConstraint(
            "disposition IN ('done', 'not_done', 'advice_given', 'not_ours', 'duplicate', 'withdrawn', 'spam', 'redirected')",
            name=op.f("ck_enquiry_disposition_known"),
        ),
        sa.CheckConstraint(
            "state <> 'awaiting_customer' OR due_at IS NOT NULL",
            name=op.f("ck_enquiry_waiting_for_customer_has_a_date"),
        ),
        sa.CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name=op.f("ck_enquiry_closed_says_when")),
        sa.CheckConstraint(
            "state <> 'duplicate' OR duplicate_of_id IS NOT NULL", name=op.f("ck_enquiry_duplicate_of_something")
        ),
        sa.CheckConstraint(
            "state IN ('new', 'triage', 'returned', 'assigned', 'in_progress', 'awaiting_customer', 'awaiting_third_party', 'scheduled', 'with_service', 'resolved', 'closed', 'duplicate', 'withdrawn', 'spam', 'redirected')",
            name=op.f("ck_enquiry_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service') OR next_action_at IS NOT NULL",
            name=op.f("ck_enquiry_open_has_next_action"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'returned', 'scheduled', 'with_service') OR owner_id IS NOT NULL",
            name=op.f("ck_enquiry_worked_has_an_owner"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('closed', 'duplicate', 'redirected', 'resolved', 'spam', 'withdrawn') OR (disposition IS NOT NULL AND btrim(outcome) <> '' AND resolved_at IS NOT NULL)",
            name=op.f("ck_enquiry_finished_says_how"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('new', 'triage') OR queue_id IS NOT NULL", name=op.f("ck_enquiry_waiting_is_in_a_queue")
        ),
        sa.CheckConstraint("account_id IS NULL OR source_record_id IS NULL", name=op.f("ck_enquiry_filed_once")),
        sa.CheckConstraint("duplicate_of_id <> id", name=op.f("ck_enquiry_not_its_own_duplicate")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_enquiry_account_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_enquiry_contact_id")),
        sa.ForeignKeyConstraint(["duplicate_of_id"], ["enquiry.id"], name=op.f("fk_enquiry_duplicate_of_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_enquiry_owner_id")),
        sa.ForeignKeyConstraint(["property_id"], ["property.id"], name=op.f("fk_enquiry_property_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_enquiry_queue_id")),
        sa.ForeignKeyConstraint(["received_by_id"], ["account.id"], name=op.f("fk_enquiry_received_by_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["account.id"], name=op.f("fk_enquiry_resolved_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_enquiry_service_id")),
        sa.ForeignKeyConstraint(["source_record_id"], ["source_record.id"], name=op.f("fk_enquiry_source_record_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_enquiry_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("client_token", name=op.f("uq_enquiry_client_token")),
        sa.UniqueConstraint("reference", name=op.f("uq_enquiry_reference")),
    )
    op.create_index(op.f("ix_enquiry_account_id_received_at"), "enquiry", ["account_id", "received_at"], unique=False)
    op.create_index(op.f("ix_enquiry_contact_id"), "enquiry", ["contact_id"], unique=False)
    op.create_index(
        "ix_enquiry_duplicate_of_id",
        "enquiry",
        ["duplicate_of_id"],
        unique=False,
        postgresql_where=sa.text("duplicate_of_id IS NOT NULL"),
    )
    op.create_index(
        "ix_enquiry_open_next",
        "enquiry",
        ["next_action_at"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')"
        ),
    )
    op.create_index(
        "ix_enquiry_open_received",
        "enquiry",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')"
        ),
    )
    op.create_index(
        "ix_enquiry_owned",
        "enquiry",
        ["owner_id", "promised_at"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'returned', 'scheduled', 'with_service')"
        ),
    )
    op.create_index(op.f("ix_enquiry_property_id_received_at"), "enquiry", ["property_id", "received_at"], unique=False)
    op.create_index(
        "ix_enquiry_resolved", "enquiry", ["resolved_at"], unique=False, postgresql_where=sa.text("state = 'resolved'")
    )
    op.create_index(op.f("ix_enquiry_service_id_received_at"), "enquiry", ["service_id", "received_at"], unique=False)
    op.create_index(
        op.f("ix_enquiry_source_record_id_received_at"), "enquiry", ["source_record_id", "received_at"], unique=False
    )
    op.create_index(
        "ix_enquiry_waiting",
        "enquiry",
        ["queue_id", "promised_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('new', 'triage')"),
    )
    op.create_table(
        "enquiry_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "queued",
                "assigned",
                "started",
                "awaiting_customer",
                "customer_replied",
                "awaiting_third_party",
                "scheduled",
                "resolved",
                "closed",
                "reopened",
                "withdrawn",
                "duplicate",
                "redirected",
                "spam",
                "promise_changed",
                "note",
                "message_out",
                "message_in",
                "handoff_offered",
                "handoff_accepted",
                "handoff_declined",
                "handoff_started",
                "handoff_completed",
                "handoff_recalled",
                "handoff_expired",
                "handoff_returned",
                "escalated",
                "told",
                "not_told",
                "not_reached",
                "owner_gone",
                "contact",
                name="entrykind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "visibility", sa.Enum("public", "internal", name="visibility", native_enum=False, length=40), nullable=False
        ),
        sa.Column(
            "actor_kind",
            sa.Enum("resident", "staff", "service", "system", "public", name="actorkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('resident', 'staff', 'service', 'system', 'public')",
            name=op.f("ck_enquiry_entry_actor_kind_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('received', 'queued', 'assigned', 'started', 'awaiting_customer', 'customer_replied', 'awaiting_third_party', 'scheduled', 'resolved', 'closed', 'reopened', 'withdrawn', 'duplicate', 'redirected', 'spam', 'promise_changed', 'note', 'message_out', 'message_in', 'handoff_offered', 'handoff_accepted', 'handoff_declined', 'handoff_started', 'handoff_completed', 'handoff_recalled', 'handoff_expired', 'handoff_returned', 'escalated', 'told', 'not_told', 'not_reached', 'owner_gone', 'contact')",
            name=op.f("ck_enquiry_entry_kind_known"),
        ),
        sa.CheckConstraint("visibility IN ('public', 'internal')", name=op.f("ck_enquiry_entry_visibility_known")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_entry_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_entry")),
    )
    op.create_index(op.f("ix_enquiry_entry_enquiry_id_at"), "enquiry_entry", ["enquiry_id", "at"], unique=False)
    op.create_index(
        "ix_enquiry_entry_not_reached",
        "enquiry_entry",
        ["at"],
        unique=False,
        postgresql_where=sa.text("kind = 'not_reached'"),
    )
    op.create_table(
        "enquiry_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.Enum("in", "out", name="direction", native_enum=False, length=40), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.CheckConstraint("btrim(body) <> ''", name=op.f("ck_enquiry_message_says_something")),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_enquiry_message_direction_known")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_message_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_message")),
    )
    op.create_index(op.f("ix_enquiry_message_enquiry_id_at"), "enquiry_message", ["enquiry_id", "at"], unique=False)
    op.create_table(
        "enquiry_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "triage",
                "returned",
                "assigned",
                "in_progress",
                "awaiting_customer",
                "awaiting_third_party",
                "scheduled",
                "with_service",
                "resolved",
                "closed",
                "duplicate",
                "withdrawn",
                "spam",
                "redirected",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("queue_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('new', 'triage', 'returned', 'assigned', 'in_progress', 'awaiting_customer', 'awaiting_third_party', 'scheduled', 'with_service', 'resolved', 'closed', 'duplicate', 'withdrawn', 'spam', 'redirected')",
            name=op.f("ck_enquiry_place_state_known"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_enquiry_place_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_place_enquiry_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_enquiry_place_owner_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queue.id"], name=op.f("fk_enquiry_place_queue_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_enquiry_place_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_place")),
    )
    op.create_index(op.f("ix_enquiry_place_enquiry_id_since"), "enquiry_place", ["enquiry_id", "since"], unique=False)
    op.create_index(
        "uq_enquiry_place_current",
        "enquiry_place",
        ["enquiry_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "handoff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "offered",
                "accepted",
                "in_work",
                "completed",
                "confirmed",
                "declined",
                "returned",
                "recalled",
                "expired",
                name="handoffstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("from_unit_id", sa.Uuid(), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=True),
        sa.Column("brief", sa.String(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accept_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("suggested_unit_id", sa.Uuid(), nullable=True),
        sa.Column(
            "delivery",
            sa.Enum(
                "unprocessed", "sent", "acknowledged", "failed", name="deliverystate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("delivery_attempts", sa.Integer(), nullable=False),
        sa.Column("delivery_error", sa.String(), nullable=False),
        sa.CheckConstraint(
            "delivery IN ('unprocessed', 'sent', 'acknowledged', 'failed')", name=op.f("ck_handoff_delivery_known")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'offered', 'accepted', 'in_work', 'completed', 'confirmed', 'declined', 'returned', 'recalled', 'expired')",
            name=op.f("ck_handoff_state_known"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'in_work', 'completed', 'confirmed', 'returned') OR (officer_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name=op.f("ck_handoff_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('completed', 'confirmed') OR (btrim(outcome) <> '' AND completed_at IS NOT NULL)",
            name=op.f("ck_handoff_completed_says_how"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('declined', 'returned', 'recalled') OR btrim(reason) <> ''",
            name=op.f("ck_handoff_sent_back_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('offered') OR accept_by IS NOT NULL", name=op.f("ck_handoff_offer_has_a_clock")
        ),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_handoff_enquiry_id")),
        sa.ForeignKeyConstraint(["from_unit_id"], ["unit.id"], name=op.f("fk_handoff_from_unit_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["account.id"], name=op.f("fk_handoff_officer_id")),
        sa.ForeignKeyConstraint(["sender_id"], ["account.id"], name=op.f("fk_handoff_sender_id")),
        sa.ForeignKeyConstraint(["suggested_unit_id"], ["unit.id"], name=op.f("fk_handoff_suggested_unit_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handoff_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
    )
    op.create_index(
        "ix_handoff_acceptance_clock",
        "handoff",
        ["accept_by"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(op.f("ix_handoff_enquiry_id_offered_at"), "handoff", ["enquiry_id", "offered_at"], unique=False)
    op.create_index(
        op.f("ix_handoff_unit_id_state_accept_by"), "handoff", ["unit_id", "state", "accept_by"], unique=False
    )
    op.create_index(
        "uq_handoff_open",
        "handoff",
        ["enquiry_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'offered', 'accepted', 'in_work')"),
    )
    op.create_table(
        "sla_clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum("first_response", "next_update", "resolution", name="measure", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "measure IN ('first_response', 'next_update', 'resolution')", name=op.f("ck_sla_clock_measure_known")
        ),
        sa.CheckConstraint("paused_at IS NULL OR met_at IS NULL", name=op.f("ck_sla_clock_met_is_not_paused")),
        sa.CheckConstraint("warn_at <= due_at", name=op.f("ck_sla_clock_warns_before_due")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_sla_clock_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_clock")),
        sa.UniqueConstraint("enquiry_id", "measure", name=op.f("uq_sla_clock_enquiry_id_measure")),
    )
    op.create_index(
        "ix_sla_clock_due",
        "sla_clock",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL"),
    )
    op.create_index(
        "ix_sla_clock_warn",
        "sla_clock",
        ["warn_at"],
        unique=False,
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND warned_at IS NULL"),
    )


def _drop_tables() -> None:
    op.drop_index(
        "ix_sla_clock_warn",
        table_name="sla_clock",
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND warned_at IS NULL"),
    )
    op.drop_index(
        "ix_sla_clock_due",
        table_name="sla_clock",
        postgresql_where=sa.text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL"),
    )
    op.drop_table("sla_clock")
    op.drop_index(
        "uq_handoff_open",
        table_name="handoff",
        postgresql_where=sa.text("state IN ('draft', 'offered', 'accepted', 'in_work')"),
    )
    op.drop_index(op.f("ix_handoff_unit_id_state_accept_by"), table_name="handoff")
    op.drop_index(op.f("ix_handoff_enquiry_id_offered_at"), table_name="handoff")
    op.drop_index("ix_handoff_acceptance_clock", table_name="handoff", postgresql_where=sa.text("state = 'offered'"))
    op.drop_table("handoff")
    op.drop_index("uq_enquiry_place_current", table_name="enquiry_place", postgresql_where=sa.text("until IS NULL"))
    op.drop_index(op.f("ix_enquiry_place_enquiry_id_since"), table_name="enquiry_place")
    op.drop_table("enquiry_place")
    op.drop_index(op.f("ix_enquiry_message_enquiry_id_at"), table_name="enquiry_message")
    op.drop_table("enquiry_message")
    op.drop_index(
        "ix_enquiry_entry_not_reached", table_name="enquiry_entry", postgresql_where=sa.text("kind = 'not_reached'")
    )
    op.drop_index(op.f("ix_enquiry_entry_enquiry_id_at"), table_name="enquiry_entry")
    op.drop_table("enquiry_entry")
    op.drop_index("ix_enquiry_waiting", table_name="enquiry", postgresql_where=sa.text("state IN ('new', 'triage')"))
    op.drop_index(op.f("ix_enquiry_source_record_id_received_at"), table_name="enquiry")
    op.drop_index(op.f("ix_enquiry_service_id_received_at"), table_name="enquiry")
    op.drop_index("ix_enquiry_resolved", table_name="enquiry", postgresql_where=sa.text("state = 'resolved'"))
    op.drop_index(op.f("ix_enquiry_property_id_received_at"), table_name="enquiry")
    op.drop_index(
        "ix_enquiry_owned",
        table_name="enquiry",
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'returned', 'scheduled', 'with_service')"
        ),
    )
    op.drop_index(
        "ix_enquiry_open_received",
        table_name="enquiry",
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')"
        ),
    )
    op.drop_index(
        "ix_enquiry_open_next",
        table_name="enquiry",
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')"
        ),
    )
    op.drop_index(
        "ix_enquiry_duplicate_of_id", table_name="enquiry", postgresql_where=sa.text("duplicate_of_id IS NOT NULL")
    )
    op.drop_index(op.f("ix_enquiry_contact_id"), table_name="enquiry")
    op.drop_index(op.f("ix_enquiry_account_id_received_at"), table_name="enquiry")
    op.drop_table("enquiry")
    op.drop_index(op.f("ix_verification_source_record_id"), table_name="verification")
    op.drop_index(op.f("ix_verification_contact_ref"), table_name="verification")
    op.drop_index("ix_verification_actor_id_at", table_name="verification")
    op.drop_index(op.f("ix_verification_account_id"), table_name="verification")
    op.drop_table("verification")
    op.drop_index(
        "uq_steward_decision_standing", table_name="steward_decision", postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.drop_index(op.f("ix_steward_decision_right_id"), table_name="steward_decision")
    op.drop_table("steward_decision")
    op.drop_index(op.f("ix_source_record_version_load_id"), table_name="source_record_version")
    op.drop_table("source_record_version")
    op.drop_index("uq_routing_rule_channel", table_name="routing_rule", postgresql_where=sa.text("channel IS NOT NULL"))
    op.drop_index("uq_routing_rule_any_channel", table_name="routing_rule", postgresql_where=sa.text("channel IS NULL"))
    op.drop_table("routing_rule")
    op.drop_index(op.f("ix_possible_match_right_id"), table_name="possible_match")
    op.drop_table("possible_match")
    op.drop_index(op.f("ix_link_golden_id"), table_name="link")
    op.drop_table("link")
    op.drop_index("uq_contact_open_call", table_name="contact", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_index(op.f("ix_contact_started_at"), table_name="contact")
    op.drop_index(op.f("ix_contact_source_record_id_started_at"), table_name="contact")
    op.drop_index(op.f("ix_contact_account_id_started_at"), table_name="contact")
    op.drop_table("contact")
    op.drop_index(
        "ix_source_record_upper_key", table_name="source_record", postgresql_ops={"upper_key": "text_pattern_ops"}
    )
    op.drop_index(op.f("ix_source_record_property_id"), table_name="source_record")
    op.drop_table("source_record")
    op.drop_table("service")
    op.drop_index("uq_queue_reader_unit", table_name="queue_reader", postgresql_where=sa.text("unit_id IS NOT NULL"))
    op.drop_index(
        "uq_queue_reader_account", table_name="queue_reader", postgresql_where=sa.text("account_id IS NOT NULL")
    )
    op.drop_table("queue_reader")
    op.drop_index(op.f("ix_membership_unit_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_load_reject_load_line", table_name="load_reject")
    op.drop_table("load_reject")
    op.drop_index(
        "ix_golden_search_postcodes",
        table_name="golden_search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index(
        "ix_golden_search_phones",
        table_name="golden_search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index(
        "ix_golden_search_names",
        table_name="golden_search",
        postgresql_using="gin",
        postgresql_ops={"names": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index(
        "ix_golden_search_emails",
        table_name="golden_search",
        postgresql_using="gin",
        postgresql_ops={"emails": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index(
        "ix_golden_search_births",
        table_name="golden_search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_index(
        "ix_golden_search_addresses",
        table_name="golden_search",
        postgresql_using="gin",
        postgresql_ops={"addresses": "gin_trgm_ops"},
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_table("golden_search")
    op.drop_table("team")
    op.drop_index(op.f("ix_source_load_source_id"), table_name="source_load")
    op.drop_table("source_load")
    op.drop_index(op.f("ix_sign_in_account_id_created_at"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index(op.f("ix_recovery_code_account_id_code_hash"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_table("queue")
    op.drop_index(op.f("ix_one_time_token_account_id_purpose"), table_name="one_time_token")
    op.drop_table("one_time_token")
    op.drop_index(
        "ix_message_to_send",
        table_name="message",
        postgresql_where=sa.text("status IN ('created', 'pending', 'sending')"),
    )
    op.drop_index("ix_message_failed", table_name="message", postgresql_where=sa.text("status LIKE '%-failure'"))
    op.drop_index(op.f("ix_message_account_id"), table_name="message")
    op.drop_index(op.f("ix_message_about_type_about_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(op.f("ix_idempotency_key_created_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_index(op.f("ix_golden_record_retired_into"), table_name="golden_record")
    op.drop_index(op.f("ix_golden_record_property_id"), table_name="golden_record")
    op.drop_table("golden_record")
    op.drop_index(op.f("ix_api_key_account_id_created_at"), table_name="api_key")
    op.drop_table("api_key")
    op.drop_table("account_role")
    op.drop_table("unit")
    op.drop_index(op.f("ix_throttle_quiet_at"), table_name="throttle")
    op.drop_table("throttle")
    op.drop_table("suppressed_address")
    op.drop_table("source_system")
    op.drop_index(
        "ix_property_search", table_name="property", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}
    )
    op.drop_index("ix_property_postcode", table_name="property")
    op.drop_index(op.f("ix_property_address_key"), table_name="property")
    op.drop_table("property")
    op.drop_table("match_run")
    op.drop_index("ix_job_run_job_started_at", table_name="job_run")
    op.drop_table("job_run")
    op.drop_index(op.f("ix_audit_entry_object_type_object_id_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_actor_id_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_action_at"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index("uq_account_email_lower", table_name="account")
    op.drop_table("account")
