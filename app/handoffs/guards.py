"""What the database itself holds about handoffs: which state follows which."""

from sqlalchemy import DDL, MetaData, event

from app.handoffs.policy import REFERRAL_MOVES, TRANSITIONS

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

_REFERRALS = ", ".join(f"('{old}', '{new}')" for old in sorted(REFERRAL_MOVES) for new in sorted(REFERRAL_MOVES[old]))

REFERRAL_GUARD = f"""
CREATE OR REPLACE FUNCTION guard_referral_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES {_REFERRALS}) THEN
    RAISE EXCEPTION 'a referral cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'referral_moves_as_allowed';
  END IF;
  RETURN NEW;
END
$$
"""

REFERRAL_TRIGGER = "CREATE TRIGGER guard_referral_state BEFORE UPDATE OF state ON referral FOR EACH ROW EXECUTE FUNCTION guard_referral_state()"


def attach(metadata: MetaData) -> None:
    """Guard the handoffs once all tables are there."""
    _attach(metadata, GUARD, TRIGGER)


def attach_referral(metadata: MetaData) -> None:
    """Guard the referrals once all tables are there."""
    _attach(metadata, REFERRAL_GUARD, REFERRAL_TRIGGER)


def _attach(metadata: MetaData, *statements: str) -> None:
    for statement in statements:
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
