"""Enquiries that cannot be lost: clocks with a ledger, agreements, the silence guard, urgent, links, tasks, files, who is looking."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

UTC = sa.DateTime(timezone=True)
TABLES = (
    "sla_pause",
    "silence_alarm",
    "enquiry_urgency",
    "enquiry_task",
    "enquiry_presence",
    "enquiry_link",
    "attachment",
    "sla_target",
    "sla_sign_off",
    "sla_agreement",
    "checklist_step",
    "attachment_content",
)
KINDS = "kind IN ('received', 'queued', 'assigned', 'started', 'awaiting_customer', 'customer_replied', 'awaiting_third_party', 'scheduled', 'resolved', 'closed', 'reopened', 'withdrawn', 'duplicate', 'redirected', 'spam', 'promise_changed', 'note', 'message_out', 'message_in', 'handoff_offered', 'handoff_accepted', 'handoff_declined', 'handoff_started', 'handoff_completed', 'handoff_recalled', 'handoff_expired', 'handoff_returned', 'escalated', 'told', 'not_told', 'not_reached', 'owner_gone', 'owner_away', 'contact', 'called', 'merged_in', 'unmerged', 'split_off', 'split_from', 'linked', 'unlinked', 'task_added', 'task_done', 'task_dropped', 'attached', 'file_hidden', 'urgent_asked', 'urgent', 'urgent_refused', 'urgent_ended', 'silence_warned', 'word_promised', 'referral_asked', 'referral_answered', 'referral_declined', 'referral_withdrawn')"
OLD_KINDS = "kind IN ('received', 'queued', 'assigned', 'started', 'awaiting_customer', 'customer_replied', 'awaiting_third_party', 'scheduled', 'resolved', 'closed', 'reopened', 'withdrawn', 'duplicate', 'redirected', 'spam', 'promise_changed', 'note', 'message_out', 'message_in', 'handoff_offered', 'handoff_accepted', 'handoff_declined', 'handoff_started', 'handoff_completed', 'handoff_recalled', 'handoff_expired', 'handoff_returned', 'escalated', 'told', 'not_told', 'not_reached', 'owner_gone', 'contact')"
FUNCTIONS = (
    r"""
CREATE OR REPLACE FUNCTION somebody_reads_queue(wanted uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM queue_reader r
    WHERE r.queue_id = wanted
      AND (EXISTS (SELECT 1 FROM account a WHERE a.id = r.account_id AND a.status = 'active')
        OR EXISTS (SELECT 1 FROM membership m JOIN account a ON a.id = m.account_id WHERE m.unit_id = r.unit_id AND a.status = 'active')))
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_enquiry_state() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NOT somebody_reads_queue(NEW.queue_id) THEN
      RAISE EXCEPTION 'an enquiry can wait only where somebody who works here reads'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_waits_where_somebody_reads';
    END IF;
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_enquiry_hear_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.hear_by <> OLD.hear_by
    AND NEW.last_customer_contact_at IS NOT DISTINCT FROM OLD.last_customer_contact_at
    AND NEW.word_promised_at IS NOT DISTINCT FROM OLD.word_promised_at
    AND NOT (NEW.state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service') AND OLD.state NOT IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')) THEN
    RAISE EXCEPTION 'silence ends only with a word to the customer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_hears_from_somebody';
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_enquiry_urgent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM enquiry_urgency u
    WHERE u.enquiry_id = NEW.id AND u.authorised_at IS NOT NULL AND u.ended_at IS NULL AND u.deadline = NEW.urgent_until;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'urgent needs a reason, a deadline and somebody who authorised it'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_urgent_is_authorised';
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_account_leaves_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM account a WHERE a.id = NEW.id AND a.status <> 'active') THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT 1 FROM enquiry e WHERE e.owner_id = NEW.id AND e.state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')) THEN
    RAISE EXCEPTION 'account % still owns open enquiries', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'account_leaves_nothing_behind';
  END IF;
  IF EXISTS (
    SELECT 1 FROM queue q WHERE q.status = 'active' AND NOT somebody_reads_queue(q.id)
      AND EXISTS (SELECT 1 FROM enquiry e WHERE e.queue_id = q.id AND e.state IN ('new', 'triage'))) THEN
    RAISE EXCEPTION 'nobody who works here reads a queue in which enquiries wait'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_in_use_is_read';
  END IF;
  RETURN NULL;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_enquiry_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM account a WHERE a.id = NEW.owner_id AND a.status = 'active' AND a.kind <> 'resident' FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'an enquiry is owned by somebody who works here'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_owner_works_here';
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_sla_pause() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM 1 FROM enquiry e WHERE e.id = NEW.enquiry_id AND (
      (NEW.reason = 'customer' AND e.state = 'awaiting_customer')
      OR (NEW.reason = 'third_party' AND e.state = 'awaiting_third_party' AND EXISTS (
        SELECT 1 FROM sla_agreement a WHERE a.service_id = e.service_id AND a.status = 'in_force' AND a.third_party_pauses)));
    IF NOT FOUND THEN
      RAISE EXCEPTION 'a clock pauses only while the customer, or whoever was agreed upon, has to act'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'sla_pause_has_a_ground';
    END IF;
  ELSIF OLD.until IS NOT NULL OR (NEW.enquiry_id, NEW.since, NEW.reason, NEW.words, NEW.evidence_id)
      IS DISTINCT FROM (OLD.enquiry_id, OLD.since, OLD.reason, OLD.words, OLD.evidence_id) THEN
    RAISE EXCEPTION 'the ledger of pauses is not rewritten'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sla_pause_is_kept';
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_sla_clock_paused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM sla_pause p WHERE p.enquiry_id = NEW.enquiry_id AND p.until IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a clock stands still only under an open line of the ledger'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sla_clock_paused_is_in_the_ledger';
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_sla_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' AND (to_jsonb(NEW) - 'status' - 'ended_on') IS DISTINCT FROM (to_jsonb(OLD) - 'status' - 'ended_on') THEN
    RAISE EXCEPTION 'what both have signed does not change: make a new version'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sla_agreement_signed_is_kept';
  END IF;
  RETURN NEW;
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_sla_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM sla_agreement a WHERE a.id = COALESCE(NEW.agreement_id, OLD.agreement_id) AND a.status = 'draft';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'what both have signed does not change: make a new version'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sla_target_signed_is_kept';
  END IF;
  RETURN COALESCE(NEW, OLD);
END
$$
""",
    r"""
CREATE OR REPLACE FUNCTION guard_sla_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.agreement_id, NEW.month, NEW.made_at, NEW.figures) IS DISTINCT FROM (OLD.agreement_id, OLD.month, OLD.made_at, OLD.figures)
    OR (OLD.front_signed_at IS NOT NULL AND (NEW.front_signed_at, NEW.front_signed_by_id, NEW.front_comment)
      IS DISTINCT FROM (OLD.front_signed_at, OLD.front_signed_by_id, OLD.front_comment))
    OR (OLD.service_signed_at IS NOT NULL AND (NEW.service_signed_at, NEW.service_signed_by_id, NEW.service_comment)
      IS DISTINCT FROM (OLD.service_signed_at, OLD.service_signed_by_id, OLD.service_comment)) THEN
    RAISE EXCEPTION 'the figures and signatures of a month are kept as they are'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sla_sign_off_is_kept';
  END IF;
  RETURN NEW;
END
$$
""",
)
TRIGGERS = (
    r"""CREATE TRIGGER guard_enquiry_owner BEFORE INSERT OR UPDATE OF owner_id ON enquiry
    FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL AND NEW.state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')) EXECUTE FUNCTION guard_enquiry_owner()""",
    r"""CREATE TRIGGER guard_enquiry_hear_by BEFORE UPDATE OF hear_by ON enquiry
    FOR EACH ROW EXECUTE FUNCTION guard_enquiry_hear_by()""",
    r"""CREATE TRIGGER guard_enquiry_urgent BEFORE INSERT OR UPDATE OF urgent_until ON enquiry
    FOR EACH ROW WHEN (NEW.urgent_until IS NOT NULL) EXECUTE FUNCTION guard_enquiry_urgent()""",
    r"""CREATE CONSTRAINT TRIGGER account_leaves_nothing_behind AFTER UPDATE OF status ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'active') EXECUTE FUNCTION guard_account_leaves_nothing()""",
    r"""CREATE TRIGGER attachment_is_kept BEFORE DELETE ON attachment
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
    r"""CREATE TRIGGER attachment_content_is_kept BEFORE UPDATE OR DELETE ON attachment_content
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
    r"""CREATE TRIGGER enquiry_task_is_kept BEFORE DELETE ON enquiry_task
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
    r"""CREATE TRIGGER guard_sla_pause BEFORE INSERT OR UPDATE ON sla_pause FOR EACH ROW EXECUTE FUNCTION guard_sla_pause()""",
    r"""CREATE TRIGGER guard_sla_clock_paused BEFORE INSERT OR UPDATE OF paused_at ON sla_clock
    FOR EACH ROW WHEN (NEW.paused_at IS NOT NULL) EXECUTE FUNCTION guard_sla_clock_paused()""",
    r"""CREATE TRIGGER guard_sla_agreement BEFORE UPDATE ON sla_agreement FOR EACH ROW EXECUTE FUNCTION guard_sla_agreement()""",
    r"""CREATE TRIGGER guard_sla_target BEFORE INSERT OR UPDATE OR DELETE ON sla_target
    FOR EACH ROW EXECUTE FUNCTION guard_sla_target()""",
    r"""CREATE TRIGGER guard_sla_sign_off BEFORE UPDATE ON sla_sign_off FOR EACH ROW EXECUTE FUNCTION guard_sla_sign_off()""",
)
OLD_GUARD = r"""
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
"""
DROPPED = (
    "guard_enquiry_hear_by", "guard_enquiry_urgent", "guard_account_leaves_nothing", "guard_enquiry_owner", "guard_sla_pause",
    "guard_sla_clock_paused", "guard_sla_agreement", "guard_sla_target", "guard_sla_sign_off",
)  # fmt: skip
HEAR_BY = """
UPDATE enquiry e SET hear_by = coalesce(
  (SELECT c.due_at FROM sla_clock c WHERE c.enquiry_id = e.id AND c.measure = 'next_update'),
  coalesce(e.last_customer_contact_at, e.received_at) + interval '5 days')
"""
LEDGER = """
INSERT INTO sla_pause (id, enquiry_id, since, reason, words, actor_kind, actor_name, evidence_id)
SELECT gen_random_uuid(), e.id, min(c.paused_at), 'customer', coalesce(nullif(btrim(e.asked), ''), 'Waiting for the customer'), 'system', 'Firstpoint',
  coalesce(
    (SELECT m.id FROM enquiry_message m WHERE m.enquiry_id = e.id AND m.direction = 'out' ORDER BY m.at DESC, m.id DESC LIMIT 1),
    (SELECT n.id FROM enquiry_entry n WHERE n.enquiry_id = e.id ORDER BY n.at DESC, n.id DESC LIMIT 1), e.id)
FROM enquiry e JOIN sla_clock c ON c.enquiry_id = e.id AND c.paused_at IS NOT NULL
WHERE e.state = 'awaiting_customer' GROUP BY e.id
"""
UNPAUSE = """
UPDATE sla_clock c SET paused_at = NULL
WHERE paused_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM enquiry e WHERE e.id = c.enquiry_id AND e.state = 'awaiting_customer')
"""


def upgrade() -> None:
    _widen_enquiries()
    _create_tables()
    op.execute("UPDATE sla_clock SET paused_at = NULL WHERE measure = 'next_update'")
    op.execute(UNPAUSE)
    op.execute(LEDGER)
    op.create_check_constraint(
        op.f("ck_sla_clock_silence_does_not_pause"), "sla_clock", "paused_at IS NULL OR measure <> 'next_update'"
    )
    op.drop_constraint(op.f("ck_enquiry_entry_kind_known"), "enquiry_entry", type_="check")
    op.create_check_constraint(op.f("ck_enquiry_entry_kind_known"), "enquiry_entry", KINDS)
    for statement in (*FUNCTIONS, *TRIGGERS):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    op.execute(sa.text(OLD_GUARD.replace(":", "\\:")))
    for name in ("guard_enquiry_hear_by", "guard_enquiry_urgent", "guard_enquiry_owner"):
        op.execute(f"DROP TRIGGER {name} ON enquiry")
    op.execute("DROP TRIGGER account_leaves_nothing_behind ON account")
    op.execute("DROP TRIGGER guard_sla_clock_paused ON sla_clock")
    op.drop_constraint(op.f("ck_sla_clock_silence_does_not_pause"), "sla_clock", type_="check")
    for table in TABLES:
        op.drop_table(table)
    for name in (*DROPPED, "somebody_reads_queue(uuid)"):
        op.execute(f"DROP FUNCTION {name}")
    _forget_new_kinds()
    for name in ("ix_enquiry_urgent", "ix_enquiry_raiser_trigrams", "ix_enquiry_hear_by"):
        op.drop_index(name, "enquiry")
    for column in ("word_promised_at", "hear_by", "urgent_until"):
        op.drop_column("enquiry", column)


def _forget_new_kinds() -> None:
    """Lines of a kind that the older house does not know become notes: the timeline is kept."""
    op.execute("ALTER TABLE enquiry_entry DISABLE TRIGGER enquiry_entry_is_kept")
    op.drop_constraint(op.f("ck_enquiry_entry_kind_known"), "enquiry_entry", type_="check")
    op.execute(f"UPDATE enquiry_entry SET kind = 'note', visibility = 'internal' WHERE NOT ({OLD_KINDS})")
    op.create_check_constraint(op.f("ck_enquiry_entry_kind_known"), "enquiry_entry", OLD_KINDS)
    op.execute("ALTER TABLE enquiry_entry ENABLE TRIGGER enquiry_entry_is_kept")


def _widen_enquiries() -> None:
    op.add_column("enquiry", sa.Column("urgent_until", UTC, nullable=True))
    op.add_column("enquiry", sa.Column("hear_by", UTC, nullable=True))
    op.add_column("enquiry", sa.Column("word_promised_at", UTC, nullable=True))
    op.execute(HEAR_BY)
    op.alter_column("enquiry", "hear_by", nullable=False)
    op.create_index(
        "ix_enquiry_hear_by",
        "enquiry",
        ["hear_by"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('assigned', 'awaiting_customer', 'awaiting_third_party', 'in_progress', 'new', 'returned', 'scheduled', 'triage', 'with_service')"
        ),
    )
    op.create_index(
        "ix_enquiry_raiser_trigrams",
        "enquiry",
        ["raiser_name", "raiser_email"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"raiser_name": "gin_trgm_ops", "raiser_email": "gin_trgm_ops"},
    )
    op.create_index(
        "ix_enquiry_urgent",
        "enquiry",
        ["urgent_until"],
        unique=False,
        postgresql_where=sa.text("urgent_until IS NOT NULL"),
    )


def _create_tables() -> None:
    op.create_table(
        "attachment_content",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "digest = encode(sha256(content), 'hex')", name=op.f("ck_attachment_content_digest_is_true")
        ),
        sa.CheckConstraint(
            "octet_length(content) BETWEEN 1 AND 10485760", name=op.f("ck_attachment_content_size_is_bounded")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_attachment_content")),
    )
    op.create_table(
        "checklist_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_working_days", sa.Integer(), nullable=True),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_checklist_step_says_what")),
        sa.CheckConstraint("due_working_days > 0", name=op.f("ck_checklist_step_due_is_to_come")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_checklist_step_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_step")),
        sa.UniqueConstraint("service_id", "position", name=op.f("uq_checklist_step_service_id_position")),
    )
    op.create_table(
        "sla_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "in_force", "ended", name="agreementstatus", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("front_unit_id", sa.Uuid(), nullable=False),
        sa.Column("service_unit_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("third_party_pauses", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("front_signed_at", UTC, nullable=True),
        sa.Column("front_signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("front_signed_by", sa.String(), nullable=False),
        sa.Column("service_signed_at", UTC, nullable=True),
        sa.Column("service_signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("service_signed_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_sla_agreement_ended_says_when")
        ),
        sa.CheckConstraint(
            "status = 'draft' OR (front_signed_at IS NOT NULL AND service_signed_at IS NOT NULL)",
            name=op.f("ck_sla_agreement_in_force_is_signed"),
        ),
        sa.CheckConstraint("status IN ('draft', 'in_force', 'ended')", name=op.f("ck_sla_agreement_status_known")),
        sa.CheckConstraint(
            "(front_signed_at IS NULL) = (front_signed_by_id IS NULL) AND (service_signed_at IS NULL) = (service_signed_by_id IS NULL)",
            name=op.f("ck_sla_agreement_signed_by_somebody"),
        ),
        sa.CheckConstraint(
            "front_signed_by_id <> service_signed_by_id", name=op.f("ck_sla_agreement_signed_by_two_people")
        ),
        sa.CheckConstraint("front_unit_id <> service_unit_id", name=op.f("ck_sla_agreement_has_two_parties")),
        sa.CheckConstraint("review_on > starts_on", name=op.f("ck_sla_agreement_review_comes_later")),
        sa.ForeignKeyConstraint(
            ["front_signed_by_id"], ["account.id"], name=op.f("fk_sla_agreement_front_signed_by_id")
        ),
        sa.ForeignKeyConstraint(["front_unit_id"], ["unit.id"], name=op.f("fk_sla_agreement_front_unit_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_sla_agreement_service_id")),
        sa.ForeignKeyConstraint(
            ["service_signed_by_id"], ["account.id"], name=op.f("fk_sla_agreement_service_signed_by_id")
        ),
        sa.ForeignKeyConstraint(["service_unit_id"], ["unit.id"], name=op.f("fk_sla_agreement_service_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_agreement")),
        sa.UniqueConstraint("service_id", "version", name=op.f("uq_sla_agreement_service_id_version")),
    )
    op.create_index(
        "uq_sla_agreement_draft",
        "sla_agreement",
        ["service_id"],
        unique=True,
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_index(
        "uq_sla_agreement_in_force",
        "sla_agreement",
        ["service_id"],
        unique=True,
        postgresql_where=sa.text("status = 'in_force'"),
    )
    op.create_table(
        "sla_sign_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("front_signed_at", UTC, nullable=True),
        sa.Column("front_signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("front_signed_by", sa.String(), nullable=False),
        sa.Column("front_comment", sa.String(), nullable=False),
        sa.Column("service_signed_at", UTC, nullable=True),
        sa.Column("service_signed_by_id", sa.Uuid(), nullable=True),
        sa.Column("service_signed_by", sa.String(), nullable=False),
        sa.Column("service_comment", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(front_signed_at IS NULL) = (front_signed_by_id IS NULL) AND (service_signed_at IS NULL) = (service_signed_by_id IS NULL)",
            name=op.f("ck_sla_sign_off_signed_by_somebody"),
        ),
        sa.CheckConstraint("extract(day FROM month) = 1", name=op.f("ck_sla_sign_off_month_by_its_first_day")),
        sa.CheckConstraint(
            "front_signed_by_id <> service_signed_by_id", name=op.f("ck_sla_sign_off_signed_by_two_people")
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["sla_agreement.id"], name=op.f("fk_sla_sign_off_agreement_id")),
        sa.ForeignKeyConstraint(
            ["front_signed_by_id"], ["account.id"], name=op.f("fk_sla_sign_off_front_signed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_signed_by_id"], ["account.id"], name=op.f("fk_sla_sign_off_service_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_sign_off")),
        sa.UniqueConstraint("agreement_id", "month", name=op.f("uq_sla_sign_off_agreement_id_month")),
    )
    op.create_table(
        "sla_target",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "measure",
            sa.Enum("first_response", "next_update", "resolution", name="measure", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "measure IN ('first_response', 'next_update', 'resolution')", name=op.f("ck_sla_target_measure_known")
        ),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_sla_target_percent_is_one")),
        sa.CheckConstraint("working_days > 0", name=op.f("ck_sla_target_days_are_positive")),
        sa.ForeignKeyConstraint(["agreement_id"], ["sla_agreement.id"], name=op.f("fk_sla_target_agreement_id")),
        sa.PrimaryKeyConstraint("agreement_id", "measure", name=op.f("pk_sla_target")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum("resident", "staff", "service", "system", "public", name="actorkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "type",
            sa.Enum("jpeg", "png", "webp", "pdf", "text", name="filetype", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column(
            "visibility", sa.Enum("public", "internal", name="visibility", native_enum=False, length=40), nullable=False
        ),
        sa.Column("hidden_at", UTC, nullable=True),
        sa.Column("hidden_because", sa.String(), nullable=False),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_because = '')", name=op.f("ck_attachment_hidden_says_why")),
        sa.CheckConstraint(
            "actor_kind IN ('resident', 'staff', 'service', 'system', 'public')",
            name=op.f("ck_attachment_actor_kind_known"),
        ),
        sa.CheckConstraint("btrim(name) <> '' AND length(name) <= 120", name=op.f("ck_attachment_has_a_name")),
        sa.CheckConstraint("type IN ('jpeg', 'png', 'webp', 'pdf', 'text')", name=op.f("ck_attachment_type_known")),
        sa.CheckConstraint("visibility IN ('public', 'internal')", name=op.f("ck_attachment_visibility_known")),
        sa.CheckConstraint("size BETWEEN 1 AND 10485760", name=op.f("ck_attachment_size_is_bounded")),
        sa.ForeignKeyConstraint(["digest"], ["attachment_content.digest"], name=op.f("fk_attachment_digest")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_attachment_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_digest"), "attachment", ["digest"], unique=False)
    op.create_index(op.f("ix_attachment_enquiry_id_at"), "attachment", ["enquiry_id", "at"], unique=False)
    op.create_table(
        "enquiry_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("to_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("related", "follows", "caused_by", "split_from", name="linkkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("at", UTC, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('related', 'follows', 'caused_by', 'split_from')", name=op.f("ck_enquiry_link_kind_known")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_enquiry_link_links_two")),
        sa.ForeignKeyConstraint(["from_id"], ["enquiry.id"], name=op.f("fk_enquiry_link_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["enquiry.id"], name=op.f("fk_enquiry_link_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_link")),
        sa.UniqueConstraint("from_id", "to_id", "kind", name=op.f("uq_enquiry_link_from_id_to_id_kind")),
    )
    op.create_index(op.f("ix_enquiry_link_to_id"), "enquiry_link", ["to_id"], unique=False)
    op.create_table(
        "enquiry_presence",
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.CheckConstraint("seen_at >= since", name=op.f("ck_enquiry_presence_seen_after_arriving")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_enquiry_presence_account_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_presence_enquiry_id")),
        sa.PrimaryKeyConstraint("enquiry_id", "account_id", name=op.f("pk_enquiry_presence")),
    )
    op.create_index(op.f("ix_enquiry_presence_seen_at"), "enquiry_presence", ["seen_at"], unique=False)
    op.create_table(
        "enquiry_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_at", UTC, nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("from_checklist", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("done_at", UTC, nullable=True),
        sa.Column("dropped_at", UTC, nullable=True),
        sa.Column("dropped_because", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL AND dropped_at IS NULL) = (ended_by = '')", name=op.f("ck_enquiry_task_ended_by_somebody")
        ),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_enquiry_task_says_what")),
        sa.CheckConstraint(
            "dropped_at IS NULL OR btrim(dropped_because) <> ''", name=op.f("ck_enquiry_task_dropped_says_why")
        ),
        sa.CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name=op.f("ck_enquiry_task_done_or_dropped")),
        sa.ForeignKeyConstraint(["assignee_id"], ["account.id"], name=op.f("fk_enquiry_task_assignee_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_task_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_task")),
    )
    op.create_index(
        op.f("ix_enquiry_task_enquiry_id_position"), "enquiry_task", ["enquiry_id", "position"], unique=False
    )
    op.create_index(
        "ix_enquiry_task_open",
        "enquiry_task",
        ["assignee_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dropped_at IS NULL"),
    )
    op.create_table(
        "enquiry_urgency",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UTC, nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("deadline", UTC, nullable=False),
        sa.Column("authorised_at", UTC, nullable=True),
        sa.Column("authorised_by_id", sa.Uuid(), nullable=True),
        sa.Column("authorised_by", sa.String(), nullable=False),
        sa.Column("refused_at", UTC, nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("ended_at", UTC, nullable=True),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("ck_enquiry_urgency_says_why")),
        sa.CheckConstraint(
            "refused_at IS NULL OR btrim(refusal) <> ''", name=op.f("ck_enquiry_urgency_refusal_says_why")
        ),
        sa.CheckConstraint(
            "(authorised_at IS NULL) = (authorised_by_id IS NULL)",
            name=op.f("ck_enquiry_urgency_authorised_by_somebody"),
        ),
        sa.CheckConstraint(
            "authorised_at IS NULL OR refused_at IS NULL", name=op.f("ck_enquiry_urgency_authorised_or_refused")
        ),
        sa.CheckConstraint("deadline > asked_at", name=op.f("ck_enquiry_urgency_deadline_is_to_come")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_enquiry_urgency_asked_by_id")),
        sa.ForeignKeyConstraint(["authorised_by_id"], ["account.id"], name=op.f("fk_enquiry_urgency_authorised_by_id")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_enquiry_urgency_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_urgency")),
    )
    op.create_index(
        op.f("ix_enquiry_urgency_enquiry_id_asked_at"), "enquiry_urgency", ["enquiry_id", "asked_at"], unique=False
    )
    op.create_index(
        "uq_enquiry_urgency_current",
        "enquiry_urgency",
        ["enquiry_id"],
        unique=True,
        postgresql_where=sa.text("refused_at IS NULL AND ended_at IS NULL"),
    )
    op.create_table(
        "silence_alarm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("raised_at", UTC, nullable=False),
        sa.Column("hear_by", UTC, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("given_to_id", sa.Uuid(), nullable=False),
        sa.Column("given_to", sa.String(), nullable=False),
        sa.Column("missed_at", UTC, nullable=True),
        sa.Column("closed_at", UTC, nullable=True),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at >= raised_at", name=op.f("ck_silence_alarm_closes_after_it_rings")
        ),
        sa.CheckConstraint("level >= 1", name=op.f("ck_silence_alarm_level_counts")),
        sa.CheckConstraint(
            "missed_at IS NULL OR missed_at >= raised_at", name=op.f("ck_silence_alarm_missed_after_it_rings")
        ),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_silence_alarm_enquiry_id")),
        sa.ForeignKeyConstraint(["given_to_id"], ["account.id"], name=op.f("fk_silence_alarm_given_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence_alarm")),
    )
    op.create_index(
        "ix_silence_alarm_limit",
        "silence_alarm",
        ["hear_by"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_silence_alarm_missed_at",
        "silence_alarm",
        ["missed_at"],
        unique=False,
        postgresql_where=sa.text("missed_at IS NOT NULL"),
    )
    op.create_index(
        "uq_silence_alarm_open",
        "silence_alarm",
        ["enquiry_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "sla_pause",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("enquiry_id", sa.Uuid(), nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("until", UTC, nullable=True),
        sa.Column(
            "reason",
            sa.Enum("customer", "third_party", name="pausereason", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column(
            "actor_kind",
            sa.Enum("resident", "staff", "service", "system", "public", name="actorkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('resident', 'staff', 'service', 'system', 'public')",
            name=op.f("ck_sla_pause_actor_kind_known"),
        ),
        sa.CheckConstraint("btrim(words) <> ''", name=op.f("ck_sla_pause_says_why")),
        sa.CheckConstraint("reason IN ('customer', 'third_party')", name=op.f("ck_sla_pause_reason_known")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_sla_pause_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["enquiry_id"], ["enquiry.id"], name=op.f("fk_sla_pause_enquiry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sla_pause")),
    )
    op.create_index(op.f("ix_sla_pause_enquiry_id_since"), "sla_pause", ["enquiry_id", "since"], unique=False)
    op.create_index(
        "uq_sla_pause_open", "sla_pause", ["enquiry_id"], unique=True, postgresql_where=sa.text("until IS NULL")
    )
