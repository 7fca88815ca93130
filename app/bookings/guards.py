"""What the database itself holds about bookings: a place is taken and given back with the booking, and which state follows which."""

from sqlalchemy import DDL, MetaData, event

from app.bookings.policy import MOVES

PLACES = """
CREATE OR REPLACE FUNCTION keep_booking_places() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  gives uuid;
  takes uuid;
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.state <> 'cancelled' THEN
    gives := OLD.slot_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.state <> 'cancelled' THEN
    takes := NEW.slot_id;
  END IF;
  IF gives IS DISTINCT FROM takes THEN
    UPDATE booking_slot SET taken = taken + CASE WHEN id = takes THEN 1 ELSE -1 END WHERE id IN (gives, takes);
  END IF;
  RETURN NULL;
END
$$
"""

PLACES_TRIGGER = (
    "CREATE TRIGGER keep_booking_places AFTER INSERT OR DELETE OR UPDATE OF state, slot_id ON booking"
    " FOR EACH ROW EXECUTE FUNCTION keep_booking_places()"
)

_ALLOWED = ", ".join(f"('{old}', '{new}')" for old in sorted(MOVES) for new in sorted(MOVES[old]))

STATE = f"""
CREATE OR REPLACE FUNCTION guard_booking_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES {_ALLOWED}) THEN
    RAISE EXCEPTION 'a booking cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_moves_as_allowed';
  END IF;
  IF NEW.slot_id <> OLD.slot_id AND OLD.state <> 'booked' THEN
    RAISE EXCEPTION 'a booking that is % stays where it is', OLD.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_moves_while_booked';
  END IF;
  RETURN NEW;
END
$$
"""

STATE_TRIGGER = (
    "CREATE TRIGGER guard_booking_state BEFORE UPDATE OF state, slot_id ON booking"
    " FOR EACH ROW EXECUTE FUNCTION guard_booking_state()"
)


def attach(metadata: MetaData) -> None:
    """Guard the bookings once all tables are there."""
    for statement in (PLACES, PLACES_TRIGGER, STATE, STATE_TRIGGER):
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
