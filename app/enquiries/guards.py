"""What the database itself holds about an enquiry: where it starts, which state follows which, and that no queue closes over it."""

from sqlalchemy import DDL, MetaData, event

from app.enquiries.policy import IN_A_QUEUE, OPEN, TRANSITIONS


def _quoted(states: frozenset[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


_MOVES = ", ".join(f"('{old}', '{new}')" for old in sorted(TRANSITIONS) for new in sorted(TRANSITIONS[old]))

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

TRIGGERS = (
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
  RAISE EXCEPTION '% on % is refused: enquiries and their timeline are kept', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'enquiries_are_kept';
END
$$
"""

STATEMENTS = (GUARD_STATES, KEEP_QUEUES_OPEN, KEEP_ENQUIRIES, *TRIGGERS)


def attach(metadata: MetaData) -> None:
    """Create the guards once all tables are there."""
    for statement in STATEMENTS:
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
