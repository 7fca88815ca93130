"""The trail grows and never changes; looks are told apart from deeds."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.audit import queries, services
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid
from app.kernel.ids import new_id

ADA = Actor(ActorKind.STAFF, new_id(), "Ada Advisor", frozenset({Role.ADVISOR}), "192.0.2.7")


def test_an_entry_keeps_who_what_when_and_the_details(session: Session, clock: FixedClock) -> None:
    enquiry = new_id()
    services.record(
        session, ADA, "enquiry.raised", "enquiry", enquiry, now=clock.now(), roles={Role.ADVISOR}, due=clock.now()
    )

    (row,) = queries.trail(session, "enquiry", enquiry).items

    assert (row.actor_name, row.actor_address, row.action, row.at) == (
        "Ada Advisor",
        "192.0.2.7",
        "enquiry.raised",
        clock.now(),
    )
    assert row.detail == {"roles": ["advisor"], "due": "2026-03-11T10:00:00+00:00"}


def test_the_trail_of_one_thing_is_newest_first_and_leaves_others_out(session: Session, clock: FixedClock) -> None:
    mine, other = new_id(), new_id()
    for action in ("first", "second", "third"):
        services.record(session, SYSTEM, action, "enquiry", mine, now=clock.advance(timedelta(minutes=1)))
    services.record(session, SYSTEM, "elsewhere", "enquiry", other, now=clock.now())

    assert [row.action for row in queries.trail(session, "enquiry", mine).items] == ["third", "second", "first"]


def test_lookups_show_who_looked_and_why_and_no_deeds(session: Session, clock: FixedClock) -> None:
    customer = new_id()
    services.record(session, ADA, "customer.verified", "customer", customer, now=clock.now())
    services.looked(session, ADA, "customer", customer, purpose="Caller asks about bins", now=clock.now())

    (look,) = queries.lookups_of(session, "customer", customer)

    assert (look.actor_name, look.purpose, look.action) == ("Ada Advisor", "Caller asks about bins", "record.viewed")


def test_a_look_without_a_purpose_is_refused(session: Session, clock: FixedClock) -> None:
    with pytest.raises(Invalid):
        services.looked(session, ADA, "customer", new_id(), purpose="  ", now=clock.now())


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor_name = 'Nobody'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
    ids=["update", "delete", "truncate"],
)
def test_the_database_refuses_to_alter_the_trail(session: Session, clock: FixedClock, statement: str) -> None:
    services.record(session, SYSTEM, "something", "enquiry", new_id(), now=clock.now())

    with pytest.raises(DBAPIError, match="audit_entry only grows"), session.begin_nested():
        session.execute(text(statement))


def test_searching_by_person_and_time(session: Session, clock: FixedClock) -> None:
    start = clock.now()
    services.record(session, ADA, "early", "enquiry", None, now=start)
    services.record(session, ADA, "late", "enquiry", None, now=start + timedelta(hours=2))
    services.record(session, SYSTEM, "other", "enquiry", None, now=start + timedelta(hours=2))

    found = queries.search(session, actor_id=ADA.account_id, since=start + timedelta(hours=1))

    assert [row.action for row in found.items] == ["late"]
