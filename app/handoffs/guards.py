"""What the database itself holds about handoffs: which state follows which."""

from sqlalchemy import DDL, MetaData, event

from app.handoffs.policy import TRANSITIONS

_MOVES = ", ".join(f"('{old}', '{new}')" for old in sorted(TRANSITIONS) for new in sorted(TRANSITIONS[old]))

GUARD = f"""
CREATE OR REPLACE FUNCTION guard_handoff_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES {_MOVES}) THEN
    RAISE EXCEPTION 'a handoff cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'handoff_moves_as_allowed';
  END IF;
  RETURN NEW;
END
$$
"""

TRIGGER = "CREATE TRIGGER guard_handoff_state BEFORE UPDATE OF state ON handoff FOR EACH ROW EXECUTE FUNCTION guard_handoff_state()"

STATEMENTS = (GUARD, TRIGGER)


def attach(metadata: MetaData) -> None:
    """Create the guard once all tables are there."""
    for statement in STATEMENTS:
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
