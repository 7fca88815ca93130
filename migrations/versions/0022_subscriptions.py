"""Topics that can be followed, who follows them with which consent, and bulletins with whom each went to.

What somebody agreed to, when and how is not altered afterwards; a bulletin stays as it was sent. A message may carry the address at
which such messages are ended.
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kernel.db import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_UTC = UtcDateTime(timezone=True)
_JSON = postgresql.JSONB(astext_type=sa.Text())
_ENGLISH = (
    "COALESCE(btrim(texts -> 'en' ->> 'short'), '') <> '' AND COALESCE(btrim(texts -> 'en' ->> 'long'), '') <> ''"
)
_ENDINGS = ("online", "link", "call", "visit", "letter", "topic_ended", "record_erased")

_SUBSCRIPTION = """
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
_BULLETIN = """
CREATE OR REPLACE FUNCTION guard_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES ('draft', 'sending'), ('sending', 'sent'), ('sending', 'stopped')) THEN
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
_TRIGGERS = (
    "CREATE TRIGGER guard_subscription BEFORE UPDATE ON subscription FOR EACH ROW EXECUTE FUNCTION guard_subscription()",
    "CREATE TRIGGER guard_bulletin BEFORE UPDATE ON bulletin FOR EACH ROW EXECUTE FUNCTION guard_bulletin()",
)


def upgrade() -> None:
    """Four tables, their guards, one message, one column. Nothing that is there changes."""
    _topics()
    _subscriptions()
    _bulletins()
    _recipients()
    for statement in (_SUBSCRIPTION, _BULLETIN, *_TRIGGERS):
        op.execute(statement)
    op.add_column("message", sa.Column("stop_url", sa.String(), server_default="", nullable=False))
    _allow([*_templates(), "bulletin"])


def downgrade() -> None:
    """Who follows what is forgotten, and so are the messages of bulletins: there is nothing left that they are about."""
    for table in ("bulletin_recipient", "bulletin", "subscription", "topic"):
        op.drop_table(table)
    for function in ("guard_subscription", "guard_bulletin"):
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DELETE FROM message WHERE template = 'bulletin'")
    _allow([name for name in _templates() if name != "bulletin"])
    op.drop_column("message", "stop_url")


def _templates() -> list[str]:
    """Messages that may be written as things stand, in their order."""
    held = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_message_template_known'")
    )
    return re.findall(r"'([a-z_]+)'", str(held))


def _allow(names: list[str]) -> None:
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({_listed(names)})")


def _listed(values: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _check(table: str, condition: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _known(table: str, column: str, *values: str) -> sa.CheckConstraint:
    return _check(table, f"{column} IN ({_listed(values)})", f"{column}_known")


def _key(table: str, column: str, to: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def _topics() -> None:
    name = "topic"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("texts", _JSON, nullable=False),
        sa.Column("areas", _JSON, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", _UTC, nullable=False),
        sa.Column("ended_at", _UTC, nullable=True),
        _known(name, "state", "active", "ended"),
        _check(name, "slug ~ '^[a-z0-9][a-z0-9-]*$'", "slug_is_plain"),
        _check(name, _ENGLISH, "told_in_english"),
        _check(name, "(state = 'ended') = (ended_at IS NOT NULL)", "ended_says_when"),
        _key(name, "unit_id", "unit"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    op.create_index(op.f("ix_topic_unit_id"), name, ["unit_id"])


def _subscriptions() -> None:
    name = "subscription"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("source_record_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("since", _UTC, nullable=False),
        sa.Column("agreed", sa.String(length=40), nullable=False),
        sa.Column("proof", sa.String(length=200), nullable=False),
        sa.Column("advisor_id", sa.Uuid(), nullable=True),
        sa.Column("advisor_name", sa.String(length=200), nullable=False),
        sa.Column("ended_at", _UTC, nullable=True),
        sa.Column("ended_how", sa.String(length=40), nullable=True),
        sa.Column("ended_by_name", sa.String(length=200), nullable=False),
        _known(name, "channel", "email"),
        _known(name, "state", "active", "ended"),
        _known(name, "agreed", "online", "call", "visit", "letter"),
        _known(name, "ended_how", *_ENDINGS),
        _check(name, "account_id IS NULL OR source_record_id IS NULL", "filed_once"),
        _check(
            name, "state = 'ended' OR account_id IS NOT NULL OR source_record_id IS NOT NULL", "active_is_somebodys"
        ),
        _check(name, "(state = 'ended') = (ended_at IS NOT NULL)", "ended_says_when"),
        _check(name, "(ended_at IS NULL) = (ended_how IS NULL)", "ended_says_how"),
        _check(name, "agreed = 'online' OR btrim(advisor_name) <> ''", "written_down_by_somebody"),
        _check(name, "agreed <> 'letter' OR btrim(proof) <> ''", "letter_can_be_found"),
        _key(name, "topic_id", "topic"),
        _key(name, "account_id", "account"),
        _key(name, "source_record_id", "source_record"),
        _key(name, "advisor_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
    )
    active = sa.text("state = 'active'")
    for column in ("account_id", "source_record_id"):
        op.create_index(
            f"uq_subscription_topic_id_{column}", name, ["topic_id", column], unique=True, postgresql_where=active
        )
        op.create_index(op.f(f"ix_subscription_{column}_since"), name, [column, "since"])
    op.create_index("ix_subscription_ended_at", name, ["ended_at"], postgresql_where=sa.text("state = 'ended'"))


def _bulletins() -> None:
    name = "bulletin"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("topic_id", sa.Uuid(), nullable=False),
        sa.Column("texts", _JSON, nullable=False),
        sa.Column("areas", _JSON, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", _UTC, nullable=False),
        sa.Column("written_by_name", sa.String(length=200), nullable=False),
        sa.Column("started_at", _UTC, nullable=True),
        sa.Column("sent_by_name", sa.String(length=200), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("unreached", sa.Integer(), nullable=False),
        sa.Column("ended_at", _UTC, nullable=True),
        _known(name, "state", "draft", "sending", "sent", "stopped"),
        _check(name, _ENGLISH, "told_in_english"),
        _check(name, "(state = 'draft') = (started_at IS NULL)", "started_when_sent"),
        _check(name, "(state IN ('sent', 'stopped')) = (ended_at IS NOT NULL)", "ended_says_when"),
        _key(name, "topic_id", "topic"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
    )
    op.create_index(op.f("ix_bulletin_topic_id_written_at"), name, ["topic_id", "written_at"])
    op.create_index("ix_bulletin_sending", name, ["started_at"], postgresql_where=sa.text("state = 'sending'"))


def _recipients() -> None:
    name = "bulletin_recipient"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bulletin_id", sa.Uuid(), nullable=False),
        sa.Column("customer_key", sa.Uuid(), nullable=True),
        sa.Column("subscription_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("at", _UTC, nullable=False),
        _key(name, "bulletin_id", "bulletin", ondelete="CASCADE"),
        _key(name, "subscription_id", "subscription", ondelete="SET NULL"),
        _key(name, "message_id", "message", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_recipient")),
        sa.UniqueConstraint("bulletin_id", "customer_key", name=op.f("uq_bulletin_recipient_bulletin_id_customer_key")),
        sa.UniqueConstraint(
            "bulletin_id", "subscription_id", name=op.f("uq_bulletin_recipient_bulletin_id_subscription_id")
        ),
    )
    for column in ("subscription_id", "message_id"):
        op.create_index(op.f(f"ix_bulletin_recipient_{column}"), name, [column])
