"""Whatever hangs on a customer is in the blast radius of a merge: a room that points at accounts or records counts what it has there."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text, Uuid, event
from sqlalchemy.orm import Session

from app.customers.queries.merging import all_stakes
from app.customers.stakes import stakes_of
from app.kernel.db import Base
from app.kernel.ids import new_id
from migrations.metadata import load

BELOW = ("kernel", "config", "audit", "accounts", "organisation", "customers")
"""Rooms up to the customers' own, but for the one that sends messages: what they have stays where it is, or is the customer itself."""
TARGETS = {"account", "golden_record", "source_record"}
CALLED = re.compile(r"(?:^|_)(?:account|customer|golden|person|record|resident|subject|object)(?:_record)?_id$")
STAFF, SYSTEM = "somebody at work here, who did or does it", "the account of a service, or of its system"
NOT_THEIRS = {
    **dict.fromkeys(
        (
            "anomaly.assignee_id", "anomaly.closed_by_id", "booking.booked_by_id", "contact.advisor_id", "enquiry.owner_id", "enquiry.received_by_id",
            "enquiry.resolved_by_id", "enquiry_place.owner_id", "enquiry_presence.account_id", "enquiry_task.assignee_id",
            "enquiry_urgency.asked_by_id", "enquiry_urgency.authorised_by_id", "handoff.claimed_by_id", "handoff.officer_id",
            "handoff.sender_id", "oversight_batch.account_id", "oversight_batch.undone_by_id", "oversight_threshold.changed_by_id",
            "quality_sample.advisor_id", "quality_sample.scored_by_id", "queue_reading.account_id", "referral.answered_by_id",
            "referral.asked_by_id", "rights_request.owner_id", "routing_rule.focal_account_id", "silence_alarm.given_to_id",
            "sla_agreement.front_signed_by_id", "sla_agreement.service_signed_by_id", "sla_sign_off.front_signed_by_id",
            "sla_sign_off.service_signed_by_id", "subscription.advisor_id",
        ),
        STAFF,
    ),
    **dict.fromkeys(("idempotency_key.account_id", "service_connection.account_id"), SYSTEM),
}  # fmt: skip
"""Columns that never point at a customer, and at whom instead. What a resident does or has done is not among them."""


def pointing(metadata: MetaData, rooms: dict[str, str]) -> Iterator[str]:
    """Columns of the rooms above that may point at a customer: by a foreign key, or by their name."""
    for table in metadata.sorted_tables:
        if rooms[table.name] in BELOW:
            continue
        for column in table.columns:
            if isinstance(column.type, Uuid) and (points_at_one(column) or CALLED.search(column.name)):
                yield f"{table.name}.{column.name}"


def points_at_one(column: Column[object]) -> bool:
    return any(key.target_fullname.partition(".")[0] in TARGETS for key in column.foreign_keys)


@pytest.fixture(scope="module")
def rooms() -> dict[str, str]:
    """Table → room."""
    return {str(one.local_table.name): one.class_.__module__.split(".")[1] for one in load().registry.mappers}  # type: ignore[attr-defined]  # - every table has a name


@pytest.fixture
def asked(session: Session) -> set[str]:
    """Columns by which everybody looks for what hangs on some records and accounts: from what is really asked of the database."""
    return conditions(session, lambda: stakes_of(session, [new_id()], [new_id()]))


def conditions(session: Session, ask: object) -> set[str]:
    said: list[str] = []
    bind = session.connection()

    def note(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(bind, "before_cursor_execute", note)
    try:
        ask()  # type: ignore[operator]  # - a function without arguments
    finally:
        event.remove(bind, "before_cursor_execute", note)
    wheres = [re.split(r"\bWHERE\b", statement, maxsplit=1)[1] for statement in said if "WHERE" in statement]
    return {found for where in wheres for found in re.findall(r"\b([a-z_]+\.[a-z_]+) (?:IN|=)", where)}


def test_what_points_at_a_customer_is_counted_or_is_about_somebody_else(asked: set[str], rooms: dict[str, str]) -> None:
    missing = [one for one in pointing(Base.metadata, rooms) if one not in asked and one not in NOT_THEIRS]
    assert missing == [], (
        "a merge would move these and its blast radius would not show them: count them with a Stake of their room (see "
        "app/customers/stakes.py), or name here at whom they point instead"
    )


def test_the_list_of_what_is_not_theirs_is_true(asked: set[str], rooms: dict[str, str]) -> None:
    assert set(NOT_THEIRS) <= set(pointing(Base.metadata, rooms)), "nothing is excused that is not there"
    assert not set(NOT_THEIRS) & asked, "nothing is excused that is counted"


def test_bookings_and_subscriptions_could_not_be_forgotten(rooms: dict[str, str]) -> None:
    """Two rooms that do not stand yet, as they might come: by a key, and by name alone."""
    later = MetaData()
    Table("account", later, Column("id", Uuid(), primary_key=True))
    Table(
        "booking", later, Column("id", Uuid(), primary_key=True), Column("booked_by", Uuid(), ForeignKey("account.id"))
    )
    Table("subscription", later, Column("resident_id", Uuid(), primary_key=True), Column("topic", Text()))
    known = rooms | {"booking": "bookings", "subscription": "campaigns"}
    assert list(pointing(later, known)) == ["subscription.resident_id", "booking.booked_by"]


def test_what_is_looked_for_is_told_by_name(session: Session) -> None:
    told = [stake.told for stake in all_stakes(session, [new_id()])]
    assert told == [
        "Accounts in My Account",
        "Relationships with others",
        "Values that a steward pinned",
        "Reports that something is wrong",
        "Open enquiries",
        "Enquiries with a visit or work booked on a day",
        "Contacts and enquiries in all",
        "Messages on their way",
        "Handoffs that services work on",
        "Bookings to come",
        "Messages on their way about bookings",
        "Subscriptions",
        "Bulletins on their way by a record’s address",
        "Open requests about their data",
        "Corrections that a source has not answered",
        "Legal holds",
    ]


def test_a_customer_with_nothing_has_nothing_at_stake(session: Session) -> None:
    none: list[UUID] = []
    assert {stake.count for stake in all_stakes(session, none)} == {0}
