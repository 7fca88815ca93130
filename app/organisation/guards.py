"""What the database itself holds about queues: an active queue always has somebody who can read it and act."""

from sqlalchemy import DDL, MetaData, event

READABLE = """
CREATE OR REPLACE FUNCTION queue_is_readable(wanted uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (
    SELECT 1 FROM queue_reader r
    WHERE r.queue_id = wanted
      AND (r.account_id IS NOT NULL OR EXISTS (SELECT 1 FROM membership m WHERE m.unit_id = r.unit_id)))
$$
"""

KEEP_QUEUES_READABLE = """
CREATE OR REPLACE FUNCTION keep_queues_readable() RETURNS trigger LANGUAGE plpgsql AS $$
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
$$
"""

TRIGGERS = (
    """CREATE CONSTRAINT TRIGGER queue_has_a_reader AFTER INSERT OR UPDATE ON queue
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'active') EXECUTE FUNCTION keep_queues_readable()""",
    """CREATE CONSTRAINT TRIGGER queue_keeps_a_reader AFTER UPDATE OR DELETE ON queue_reader
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_queues_readable()""",
    """CREATE CONSTRAINT TRIGGER member_keeps_queues_read AFTER UPDATE OR DELETE ON membership
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION keep_queues_readable()""",
)

STATEMENTS = (READABLE, KEEP_QUEUES_READABLE, *TRIGGERS)


def attach(metadata: MetaData) -> None:
    """Create the guards once all tables are there."""
    for statement in STATEMENTS:
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
