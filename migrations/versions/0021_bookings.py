"""Bookings: what can be booked when, the places of a time, and who has one; with what the database itself guards.

A place is taken and given back by a trigger with the booking, so that no slot ever has more live bookings than places, whatever
two people do at once. Messages about bookings may be written.
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy import text

from app.kernel.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MESSAGES = ("booking_made", "booking_moved", "booking_cancelled", "booking_called_off", "booking_reminder")
_STATES = ("booked", "cancelled", "kept", "missed")
_CHANNELS = ("phone", "visit", "email", "web", "post", "chat")

_PLACES = """
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
_STATE = """
CREATE OR REPLACE FUNCTION guard_booking_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> OLD.state AND (OLD.state::text, NEW.state::text) NOT IN (VALUES ('booked', 'cancelled'), ('booked', 'kept'), ('booked', 'missed'), ('kept', 'missed'), ('missed', 'kept')) THEN
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


def _templates() -> list[str]:
    """Messages that may be written as things stand, in their order."""
    held = op.get_bind().scalar(
        sa.text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_message_template_known'")
    )
    return re.findall(r"'([a-z_]+)'", str(held))


def _allow(names: list[str]) -> None:
    op.drop_constraint(op.f("ck_message_template_known"), "message", type_="check")
    values = ", ".join(f"'{name}'" for name in names)
    op.create_check_constraint(op.f("ck_message_template_known"), "message", f"template IN ({values})")


def _known(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_booking_{column}_known"))


def _check(table: str, condition: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Five tables, their guards, and the messages. Nothing that is there changes."""
    _timetables()
    _slots()
    _bookings()
    op.execute(_PLACES)
    op.execute(
        "CREATE TRIGGER keep_booking_places AFTER INSERT OR DELETE OR UPDATE OF state, slot_id ON booking"
        " FOR EACH ROW EXECUTE FUNCTION keep_booking_places()"
    )
    op.execute(_STATE)
    op.execute(
        "CREATE TRIGGER guard_booking_state BEFORE UPDATE OF state, slot_id ON booking"
        " FOR EACH ROW EXECUTE FUNCTION guard_booking_state()"
    )
    _allow([*_templates(), *_MESSAGES])


def _timetables() -> None:
    name = "booking_timetable"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("at_home", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("days_ahead", sa.Integer(), nullable=False),
        sa.Column("bring", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _check(name, "slug ~ '^[a-z0-9][a-z0-9-]*$'", "slug_is_plain"),
        _check(name, "btrim(name) <> '' AND btrim(phone) <> ''", "has_name_and_phone"),
        _check(name, "at_home = (place = '')", "somewhere"),
        _check(name, "places BETWEEN 1 AND 500", "places_are_sensible"),
        _check(name, "notice_hours BETWEEN 0 AND 720 AND days_ahead BETWEEN 1 AND 366", "times_are_sensible"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_booking_timetable_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_booking_timetable_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_timetable")),
        sa.UniqueConstraint("slug", name=op.f("uq_booking_timetable_slug")),
    )
    op.create_index(op.f("ix_booking_timetable_service_id"), name, ["service_id"])
    op.create_index(op.f("ix_booking_timetable_unit_id"), name, ["unit_id"])
    name = "booking_window"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        _check(name, "weekday BETWEEN 0 AND 6", "weekday_known"),
        _check(name, "0 <= starts AND starts < ends AND ends <= 1440", "starts_before_it_ends"),
        _check(name, "places BETWEEN 1 AND 500", "places_are_sensible"),
        sa.ForeignKeyConstraint(
            ["timetable_id"], ["booking_timetable.id"], name=op.f("fk_booking_window_timetable_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_window")),
        sa.UniqueConstraint(
            "timetable_id", "weekday", "starts", name=op.f("uq_booking_window_timetable_id_weekday_starts")
        ),
    )
    name = "booking_closed_day"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=False),
        _check(name, "btrim(reason) <> ''", "says_why"),
        sa.ForeignKeyConstraint(
            ["timetable_id"], ["booking_timetable.id"], name=op.f("fk_booking_closed_day_timetable_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_closed_day")),
        sa.UniqueConstraint("timetable_id", "day", name=op.f("uq_booking_closed_day_timetable_id_day")),
    )


def _slots() -> None:
    name = "booking_slot"
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_reason", sa.String(), server_default="", nullable=False),
        sa.Column("closed_by", sa.String(), server_default="", nullable=False),
        _check(name, "ends_at > starts_at", "starts_before_it_ends"),
        _check(name, "taken BETWEEN 0 AND places", "no_more_than_places"),
        _check(name, "closed_at IS NULL OR taken = 0", "closed_takes_nobody"),
        _check(name, "closed_at IS NULL OR btrim(closed_reason) <> ''", "closed_says_why"),
        sa.ForeignKeyConstraint(["timetable_id"], ["booking_timetable.id"], name=op.f("fk_booking_slot_timetable_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_slot")),
        sa.UniqueConstraint("timetable_id", "starts_at", name=op.f("uq_booking_slot_timetable_id_starts_at")),
    )
    op.create_index(op.f("ix_booking_slot_day"), name, ["day"])


def _bookings() -> None:
    keys = {
        "slot_id": "booking_slot", "account_id": "account", "source_record_id": "source_record", "contact_id": "contact",
        "property_id": "property", "booked_by_id": "account",
    }  # fmt: skip
    op.create_table(
        "booking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("client_token", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("source_record_id", sa.Uuid(), nullable=True),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("booked_at", UtcDateTime(), nullable=False),
        sa.Column("booked_by_id", sa.Uuid(), nullable=True),
        sa.Column("booked_by", sa.String(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=False),
        sa.Column("by_us", sa.Boolean(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=False),
        _known("state", _STATES),
        _known("channel", _CHANNELS),
        _check("booking", "account_id IS NULL OR source_record_id IS NULL", "filed_once"),
        _check("booking", "btrim(person_name) <> ''", "for_somebody"),
        _check("booking", "(state = 'cancelled') = (cancelled_at IS NOT NULL)", "cancelled_says_when"),
        _check("booking", "NOT by_us OR (state = 'cancelled' AND btrim(cancel_reason) <> '')", "our_doing_says_why"),
        _check("booking", "(state IN ('kept', 'missed')) = (settled_at IS NOT NULL)", "settled_says_when"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_booking_{column}"))
            for column, table in keys.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
        sa.UniqueConstraint("client_token", name=op.f("uq_booking_client_token")),
    )
    for kind, column in (("account", "account_id"), ("record", "source_record_id")):
        op.create_index(
            f"uq_booking_live_{kind}", "booking", ["slot_id", column], unique=True,
            postgresql_where=text(f"state = 'booked' AND {column} IS NOT NULL"),
        )  # fmt: skip
    for column in ("slot_id", "account_id", "source_record_id"):
        op.create_index(op.f(f"ix_booking_{column}"), "booking", [column])
    op.create_index(
        "ix_booking_to_remind",
        "booking",
        ["slot_id"],
        postgresql_where=text("state = 'booked' AND reminded_at IS NULL"),
    )


def downgrade() -> None:
    """Bookings and their messages are gone for good."""
    op.execute("DROP TRIGGER guard_booking_state ON booking")
    op.execute("DROP TRIGGER keep_booking_places ON booking")
    op.execute("DROP FUNCTION guard_booking_state()")
    op.execute("DROP FUNCTION keep_booking_places()")
    for table in ("booking", "booking_slot", "booking_closed_day", "booking_window", "booking_timetable"):
        op.drop_table(table)
    listed = ", ".join(f"'{name}'" for name in _MESSAGES)
    op.execute(f"DELETE FROM message WHERE template IN ({listed})")
    _allow([name for name in _templates() if name not in _MESSAGES])
