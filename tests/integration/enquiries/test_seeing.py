"""Who sees an enquiry: the one who raised it, who proved to be its record's person, staff; for everybody else there is none."""

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.rows import Raiser
from app.kernel.actors import PUBLIC
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid, NotFound
from app.kernel.paging import PageRequest
from tests.support.council import Council, missed_bin


def test_anothers_enquiry_is_not_found_by_any_way(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    for stranger in (council.neighbour, PUBLIC, council.administrator):
        for look in (queries.enquiry, queries.entries, queries.my_enquiry):
            with pytest.raises(NotFound):
                look(session, stranger, row.reference)
    with pytest.raises(NotFound):
        services.customer_replied(session, council.neighbour, row.reference, body="Mine now", now=clock.now())


def test_whoever_raised_it_sees_who_has_it_since_when_and_until_when(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    seen = queries.my_enquiry(session, council.resident, row.reference)
    assert (seen.status, seen.with_whom, seen.since, seen.promised_at) == (
        "received", "Waste Services", clock.now(), row.promised_at,
    )  # fmt: skip


def test_my_enquiries_are_mine_alone_newest_first(session: Session, council: Council, clock: FixedClock) -> None:
    first = missed_bin(session, council.resident, now=clock.now())
    missed_bin(session, council.neighbour, now=clock.now())
    missed_bin(session, council.advisor, now=clock.now())
    second = missed_bin(session, council.resident, now=clock.now())
    assert council.resident.account_id is not None
    mine = queries.my_enquiries(session, council.resident.account_id, page=PageRequest())
    assert [row.reference for row in mine.items] == [second.reference, first.reference]


def test_reference_and_address_together_open_it_without_an_account(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    typed = row.reference.lower().replace("-", " ")
    assert queries.track(session, typed, " JO@example.com ").reference == row.reference
    with pytest.raises(NotFound):
        queries.track(session, row.reference, "ned@example.com")
    with pytest.raises(Invalid):
        queries.track(session, "FP-12", "jo@example.com")


def test_an_enquiry_without_an_address_cannot_be_tracked_with_an_empty_one(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now(), raiser=Raiser("Jo"))
    with pytest.raises(NotFound):
        queries.track(session, row.reference, "")
    with pytest.raises(NotFound):
        services.customer_replied(session, PUBLIC, row.reference, body="Me", email="", now=clock.now())
