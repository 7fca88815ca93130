"""What the database itself holds about an enquiry: where it starts, which state follows which, and that no queue closes over it."""

from sqlalchemy import DDL, MetaData, event

from app.enquiries.policy import IN_A_QUEUE, OPEN, TRANSITIONS


def _quoted(states: frozenset[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_MOVES = ", ".join(f"('{old}', '{new}')" for old in sorted(TRANSITIONS) for new in sorted(TRANSITIONS[old]))

SOMEBODY_READS = """
CREATE OR REPLACE FUNCTION somebody_reads_queue(wanted uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM queue_reader r
    WHERE r.queue_id = wanted
      AND (EXISTS (SELECT 1 FROM account a WHERE a.id = r.account_id AND a.status = 'active')
        OR EXISTS (SELECT 1 FROM membership m JOIN account a ON a.id = m.account_id WHERE m.unit_id = r.unit_id AND a.status = 'active')))
$$
"""

GUARD_STATES = f"""
CREATE OR REPLACE FUNCTION guard_enquiry_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state NOT IN ({_quoted(IN_A_QUEUE)}) AND NOT NEW.imported THEN
      RAISE EXCEPTION 'an enquiry cannot begin as %', NEW.state
        USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_begins_new';
    END IF;
  ELSIF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES {_MOVES}) THEN
    RAISE EXCEPTION 'an enquiry cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_moves_as_allowed';
  END IF;
  IF NEW.state IN ({_quoted(IN_A_QUEUE)}) AND (TG_OP = 'INSERT' OR NEW.queue_id IS DISTINCT FROM OLD.queue_id OR NEW.state <> OLD.state) THEN
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
"""

KEEP_QUEUES_OPEN = f"""
CREATE OR REPLACE FUNCTION keep_queue_open_while_used() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM enquiry e WHERE e.queue_id = NEW.id AND e.state IN ({_quoted(OPEN)}) AND e.owner_id IS NULL) THEN
    RAISE EXCEPTION 'queue % still holds open enquiries', NEW.slug
      USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_closes_empty';
  END IF;
  RETURN NEW;
END
$$
"""  # noqa: S608 - built from our own enum, nobody's input

GUARD_HEAR_BY = f"""
CREATE OR REPLACE FUNCTION guard_enquiry_hear_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.hear_by <> OLD.hear_by
    AND NEW.last_customer_contact_at IS NOT DISTINCT FROM OLD.last_customer_contact_at
    AND NEW.word_promised_at IS NOT DISTINCT FROM OLD.word_promised_at
    AND NOT (NEW.state IN ({_quoted(OPEN)}) AND OLD.state NOT IN ({_quoted(OPEN)})) THEN
    RAISE EXCEPTION 'silence ends only with a word to the customer'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'enquiry_hears_from_somebody';
  END IF;
  RETURN NEW;
END
$$
"""

GUARD_URGENT = """
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
"""

GUARD_LEAVING = f"""
CREATE OR REPLACE FUNCTION guard_account_leaves_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM account a WHERE a.id = NEW.id AND a.status <> 'active') THEN
    RETURN NULL;
  END IF;
  IF EXISTS (SELECT 1 FROM enquiry e WHERE e.owner_id = NEW.id AND e.state IN ({_quoted(OPEN)})) THEN
    RAISE EXCEPTION 'account % still owns open enquiries', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'account_leaves_nothing_behind';
  END IF;
  IF EXISTS (
    SELECT 1 FROM queue q WHERE q.status = 'active' AND NOT somebody_reads_queue(q.id)
      AND EXISTS (SELECT 1 FROM enquiry e WHERE e.queue_id = q.id AND e.state IN ({_quoted(IN_A_QUEUE)}))) THEN
    RAISE EXCEPTION 'nobody who works here reads a queue in which enquiries wait'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_in_use_is_read';
  END IF;
  RETURN NULL;
END
$$
"""  # noqa: S608 - built from our own enum, nobody's input

GUARD_OWNER = """
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
"""

TRIGGERS = (
    f"""CREATE TRIGGER guard_enquiry_owner BEFORE INSERT OR UPDATE OF owner_id ON enquiry
    FOR EACH ROW WHEN (NEW.owner_id IS NOT NULL AND NEW.state IN ({_quoted(OPEN)})) EXECUTE FUNCTION guard_enquiry_owner()""",
    """CREATE TRIGGER guard_enquiry_hear_by BEFORE UPDATE OF hear_by ON enquiry
    FOR EACH ROW EXECUTE FUNCTION guard_enquiry_hear_by()""",
    """CREATE TRIGGER guard_enquiry_urgent BEFORE INSERT OR UPDATE OF urgent_until ON enquiry
    FOR EACH ROW WHEN (NEW.urgent_until IS NOT NULL) EXECUTE FUNCTION guard_enquiry_urgent()""",
    """CREATE CONSTRAINT TRIGGER account_leaves_nothing_behind AFTER UPDATE OF status ON account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status <> 'active') EXECUTE FUNCTION guard_account_leaves_nothing()""",
    """CREATE TRIGGER attachment_is_kept BEFORE DELETE ON attachment
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
    """CREATE TRIGGER attachment_content_is_kept BEFORE UPDATE OR DELETE ON attachment_content
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
    """CREATE TRIGGER enquiry_task_is_kept BEFORE DELETE ON enquiry_task
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
    """CREATE TRIGGER guard_enquiry_state BEFORE INSERT OR UPDATE OF state, queue_id ON enquiry
    FOR EACH ROW EXECUTE FUNCTION guard_enquiry_state()""",
    """CREATE TRIGGER queue_closes_empty BEFORE UPDATE OF status ON queue
    FOR EACH ROW WHEN (NEW.status <> 'active' AND OLD.status = 'active') EXECUTE FUNCTION keep_queue_open_while_used()""",
    "CREATE TRIGGER enquiry_is_kept BEFORE DELETE ON enquiry FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()",
    """CREATE TRIGGER enquiry_entry_is_kept BEFORE UPDATE OR DELETE ON enquiry_entry
    FOR EACH STATEMENT EXECUTE FUNCTION keep_enquiries()""",
)

KEEP_ENQUIRIES = """
CREATE OR REPLACE FUNCTION keep_enquiries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME <> 'enquiry' AND current_setting('firstpoint.erasing', true) = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% on % is refused: enquiries and their timeline are kept', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enquiries_are_kept';
END
$$
"""

STATEMENTS = (
    SOMEBODY_READS,
    GUARD_STATES,
    KEEP_QUEUES_OPEN,
    KEEP_ENQUIRIES,
    GUARD_HEAR_BY,
    GUARD_URGENT,
    GUARD_LEAVING,
    GUARD_OWNER,
    *TRIGGERS,
)


def attach(metadata: MetaData) -> None:
    """Create the guards once all tables are there."""
    for statement in STATEMENTS:
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
