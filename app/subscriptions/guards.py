"""What the database itself holds: consent stays as it was given, and bulletins change only along the allowed moves."""

from sqlalchemy import DDL, MetaData, event

from app.subscriptions.policy import MOVES

SUBSCRIPTION = """
CREATE OR REPLACE FUNCTION guard_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'ended' AND NEW.state <> 'ended' THEN
    RAISE EXCEPTION 'a subscription that has ended does not begin again'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_ends_for_good';
  END IF;
  IF (NEW.topic_id, NEW.channel, NEW.area, NEW.since, NEW.agreed, NEW.proof, NEW.advisor_name) IS DISTINCT FROM
     (OLD.topic_id, OLD.channel, OLD.area, OLD.since, OLD.agreed, OLD.proof, OLD.advisor_name)
     OR NEW.account_id IS DISTINCT FROM OLD.account_id AND NEW.account_id IS NOT NULL
     OR NEW.source_record_id IS DISTINCT FROM OLD.source_record_id AND NEW.source_record_id IS NOT NULL THEN
    RAISE EXCEPTION 'who agreed to what, when and how is not altered'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_consent_stays';
  END IF;
  RETURN NEW;
END
$$
"""

SUBSCRIPTION_TRIGGER = (
    "CREATE TRIGGER guard_subscription BEFORE UPDATE ON subscription FOR EACH ROW EXECUTE FUNCTION guard_subscription()"
)

_MOVES = ", ".join(f"('{old}', '{new}')" for old in sorted(MOVES) for new in sorted(MOVES[old]))

BULLETIN = f"""
CREATE OR REPLACE FUNCTION guard_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES {_MOVES}) THEN
    RAISE EXCEPTION 'a bulletin cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bulletin_moves_as_allowed';
  END IF;
  IF OLD.state <> 'draft' AND (NEW.texts, NEW.areas, NEW.topic_id) IS DISTINCT FROM (OLD.texts, OLD.areas, OLD.topic_id) THEN
    RAISE EXCEPTION 'what was sent stays as it was sent'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bulletin_stays_as_sent';
  END IF;
  RETURN NEW;
END
$$
"""

BULLETIN_TRIGGER = (
    "CREATE TRIGGER guard_bulletin BEFORE UPDATE ON bulletin FOR EACH ROW EXECUTE FUNCTION guard_bulletin()"
)


def attach(metadata: MetaData) -> None:
    """Guard them once all tables are there."""
    for statement in (SUBSCRIPTION, SUBSCRIPTION_TRIGGER, BULLETIN, BULLETIN_TRIGGER):
        event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")))  # type: ignore[no-untyped-call]  # - SQLAlchemy has not typed it
