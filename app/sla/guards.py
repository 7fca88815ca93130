"""What the database itself holds about clocks and agreements: no pause without its reason, nothing signed that changes afterwards."""

from sqlalchemy import DDL, MetaData, event

GUARD_PAUSE = """
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
"""

GUARD_PAUSED = """
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
"""

GUARD_AGREEMENT = """
CREATE OR REPLACE FUNCTION guard_sla_agreement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' AND (to_jsonb(NEW) - 'status' - 'ended_on') IS DISTINCT FROM (to_jsonb(OLD) - 'status' - 'ended_on') THEN
    RAISE EXCEPTION 'what both have signed does not change: make a new version'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'sla_agreement_signed_is_kept';
  END IF;
  RETURN NEW;
END
$$
"""

GUARD_TARGET = """
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
"""

GUARD_SIGN_OFF = """
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
"""

TRIGGERS = (
    "CREATE TRIGGER guard_sla_pause BEFORE INSERT OR UPDATE ON sla_pause FOR EACH ROW EXECUTE FUNCTION guard_sla_pause()",
    """CREATE TRIGGER guard_sla_clock_paused BEFORE INSERT OR UPDATE OF paused_at ON sla_clock
    FOR EACH ROW WHEN (NEW.paused_at IS NOT NULL) EXECUTE FUNCTION guard_sla_clock_paused()""",
    "CREATE TRIGGER guard_sla_agreement BEFORE UPDATE ON sla_agreement FOR EACH ROW EXECUTE FUNCTION guard_sla_agreement()",
    """CREATE TRIGGER guard_sla_target BEFORE INSERT OR UPDATE OR DELETE ON sla_target
    FOR EACH ROW EXECUTE FUNCTION guard_sla_target()""",
    "CREATE TRIGGER guard_sla_sign_off BEFORE UPDATE ON sla_sign_off FOR EACH ROW EXECUTE FUNCTION guard_sla_sign_off()",
)

STATEMENTS = (GUARD_PAUSE, GUARD_PAUSED, GUARD_AGREEMENT, GUARD_TARGET, GUARD_SIGN_OFF, *TRIGGERS)


def attach(metadata: MetaData) -> None:
    """Create the guards once all tables are there."""
    for statement in STATEMENTS:
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
