"""What comes over from an older system: as it is, under the same constraints, and nobody is told."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import Channel, State, WrapUp
from app.enquiries.rows import PastContact, PastEnquiry, Place
from app.kernel import references
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid
from app.kernel.paging import PageRequest
from app.oversight import queries as oversight
from app.oversight.enums import DeskList
from app.sla import queries as sla
from tests.support.council import MISSED_BIN, RAISER, Council

STUCK, CLOSED, JOINED = (references.new("FP") for _ in range(3))


def test_the_enquiry_of_eighty_days_arrives_with_where_it_has_been(
    session: Session, council: Council, clock: FixedClock
) -> None:
    long_ago = clock.now() - timedelta(days=80)
    past = PastEnquiry(
        "missed-bin", Channel.PHONE, long_ago, RAISER, State.TRIAGE, answers=MISSED_BIN, queue="monitoring-desk",
        reference=STUCK, places=(
            Place(long_ago, State.NEW, "waste-intake"), Place(long_ago + timedelta(days=2), State.TRIAGE, "monitoring-desk"),
        ),
    )  # fmt: skip
    assert services.import_history(session, SYSTEM, [past], now=clock.now()) == 1
    stays = queries.places(session, council.monitor, STUCK)
    assert [(stay.queue_name, (stay.until or clock.now()) - stay.since) for stay in stays] == [
        ("Waste intake", timedelta(days=2)), ("Monitoring desk", timedelta(days=78)),
    ]  # fmt: skip
    limits = oversight.limits(session)
    (stuck,) = oversight.listing(session, DeskList.STUCK, limits=limits, now=clock.now(), page=PageRequest()).items
    assert (stuck.reference, (clock.now() - stuck.since).days) == (STUCK, 80)
    assert {clock_.measure.value for clock_ in sla.clocks(session, STUCK)} == {
        "first_response",
        "next_update",
        "resolution",
    }
    assert session.scalar(text("SELECT count(*) FROM message")) == 0


def test_what_ended_long_ago_comes_with_its_end_and_without_clocks(
    session: Session, council: Council, clock: FixedClock
) -> None:
    then = clock.now() - timedelta(days=300)
    done = PastEnquiry(
        "pothole", Channel.WEB, then, RAISER, State.CLOSED, outcome="Filled.", resolved_at=then + timedelta(days=5),
        closed_at=then + timedelta(days=19), reference=CLOSED, owner_id=council.roads.account_id,
    )  # fmt: skip
    same = PastEnquiry(
        "pothole", Channel.WEB, then, RAISER, State.DUPLICATE, outcome="Known.", resolved_at=then + timedelta(days=1),
        duplicate_of=CLOSED, reference=JOINED,
    )  # fmt: skip
    services.import_history(session, SYSTEM, [done, same], now=clock.now())
    row = queries.enquiry(session, council.advisor, CLOSED)
    assert (row.state, row.outcome, row.unit_name) == (State.CLOSED, "Filled.", "Highways")
    assert [line.kind.value for line in queries.entries(session, council.advisor, row.reference)] == [
        "closed",
        "resolved",
        "received",
    ]
    assert queries.enquiry(session, council.advisor, JOINED).duplicate_of == CLOSED
    assert sla.clocks(session, CLOSED) == ()


def test_an_open_one_without_an_owner_or_queue_does_not_come_over(
    session: Session, council: Council, clock: FixedClock
) -> None:
    lost = PastEnquiry("missed-bin", Channel.PHONE, clock.now(), RAISER, State.IN_PROGRESS)
    with pytest.raises(IntegrityError, match="worked_has_an_owner"), session.begin_nested():
        services.import_history(session, SYSTEM, [lost], now=clock.now())
    handed = PastEnquiry(
        "missed-bin", Channel.PHONE, clock.now(), RAISER, State.WITH_SERVICE, owner_id=council.officer.account_id
    )
    with pytest.raises(Invalid, match="cannot be imported"):
        services.import_history(session, SYSTEM, [handed], now=clock.now())


def test_contacts_come_over_and_count(session: Session, council: Council, clock: FixedClock) -> None:
    past = [
        PastContact(
            Channel.PHONE,
            clock.now() - timedelta(days=40 + day),
            RAISER,
            WrapUp.ANSWERED,
            True,
            "missed-bin",
            talk_seconds=60,
        )
        for day in range(0, 60, 20)
    ]
    assert services.import_contacts(session, SYSTEM, past, now=clock.now()) == 3
    counted = queries.first_contact_resolution(session, since=clock.now() - timedelta(days=365), until=clock.now())
    assert (counted.contacts, counted.repeated, counted.rate) == (3, 0, 1.0)


def test_two_thousand_come_over_in_a_few_statements(session: Session, council: Council, clock: FixedClock) -> None:
    past = (
        PastEnquiry(
            "missed-bin",
            Channel.WEB,
            clock.now() - timedelta(days=day % 700),
            RAISER,
            State.TRIAGE,
            queue="waste-intake",
        )
        for day in range(2000)
    )
    assert services.import_history(session, SYSTEM, past, now=clock.now()) == 2000
    assert oversight.custody_breaches(session, now=clock.now()) == 0
