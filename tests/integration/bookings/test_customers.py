"""What is booked hangs on source records and accounts: it goes with them into a merge and comes back, and a merge shows nobody anything."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.bookings import queries, services
from app.bookings.rows import BookingRow
from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.events import RecordsErased
from app.customers.stakes import stakes_of
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, WrapUp
from app.kernel.clock import FixedClock, london_date
from app.kernel.db import Database
from app.kernel.errors import Invalid, NotAllowed, NotFound
from app.kernel.events import publish
from app.kernel.paging import PageRequest
from tests.integration.customers.test_golden import ONE_TOO
from tests.integration.enquiries.test_unmerged import RIGHT, STEWARD, merge, shows
from tests.support import bookings
from tests.support.bookings import at
from tests.support.council import Council, found
from tests.support.desk import CROWD, ONE, OTHER, golden_of
from tests.support.flowing import Sent, record_id, send


@pytest.fixture
def clock() -> FixedClock:
    """Now: what is still to come is told by the database's own clock."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
def council(db: Database, clock: FixedClock) -> Council:
    with db.transaction() as session:
        return found(session, clock.now())


@pytest.fixture
def matched(db: Database, clock: FixedClock, council: Council) -> Database:
    with db.transaction() as session:
        bookings.tip(session, now=clock.now())
        send(session, [ONE, ONE_TOO, OTHER, *CROWD], clock.now())
    customer_services.match_all(db, clock=clock)
    return db


def free(db: Database, clock: FixedClock) -> list[date]:
    with db.reading() as session:
        row = queries.timetable(session, "a-visit-to-the-tip")
        return [one.day for one in queries.free_days(session, row, now=clock.now())]


def rings(db: Database, council: Council, clock: FixedClock, sent: Sent, hour: int) -> BookingRow:
    """An advisor books for whoever has shown to be the record's person."""
    record = record_id(db, sent.name)
    when = at(free(db, clock)[1], hour)
    with db.transaction() as session:
        call = enquiries.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        customer_services.verify(
            session, council.advisor, record, RIGHT[sent.name], contact_ref=str(call.id), now=clock.now()
        )
        enquiries.identify_caller(session, council.advisor, call.id, source_record_id=record, now=clock.now())
        made = bookings.book(
            session, council.advisor, when, contact_id=call.id, source_record_id=record, now=clock.now()
        )
        enquiries.wrap_up(
            session, council.advisor, call.id, code=WrapUp.ENQUIRY_RAISED, resolved_here=False, now=clock.now()
        )
    return made


def coming(db: Database, clock: FixedClock, sent: Sent) -> list[str]:
    """What the customer's page lists."""
    with db.reading() as session:
        records = customers.source_records_of_golden(session, golden_of(db, sent))
        accounts = customers.accounts_of_source_records(session, records)
        rows = queries.coming_for(session, source_record_ids=records, account_ids=accounts, now=clock.now())
    return [one.reference for one in rows]


def mine(db: Database, clock: FixedClock, account: UUID) -> list[str]:
    with db.reading() as session:
        page = queries.my_bookings(session, account, coming=True, now=clock.now(), page=PageRequest())
    return [one.reference for one in page.items]


def test_bookings_go_with_their_records_into_a_merge_and_come_back_and_a_merge_shows_nobody_anothers(
    matched: Database, council: Council, clock: FixedClock
) -> None:
    hers, theirs = rings(matched, council, clock, ONE, 9), rings(matched, council, clock, OTHER, 10)
    account = shows(matched, council, clock, ONE)
    with matched.transaction() as session:
        online = bookings.book(session, council.resident, at(free(matched, clock)[2], 9), now=clock.now())
    with matched.reading() as session:
        seen = customers.blast_radius(session, golden_of(matched, ONE), golden_of(matched, OTHER))
    told = [{stake.told: stake for stake in side}["Bookings to come"] for side in seen.stakes]
    by_first = {stake.lines[0][0]: stake for stake in told}
    assert {stake.count for stake in told} == {1, 2}
    assert by_first[hers.reference].lines[1][0] == online.reference
    assert by_first[theirs.reference].lines[0][1].startswith("A visit to the tip, ")
    way = [{stake.told: stake.count for stake in side}["Messages on their way about bookings"] for side in seen.stakes]
    assert way == [1, 1]
    made = merge(matched, clock)
    assert (
        coming(matched, clock, ONE)
        == coming(matched, clock, OTHER)
        == [hers.reference, theirs.reference, online.reference]
    )
    assert mine(matched, clock, account) == [hers.reference, online.reference], "a golden link grants nothing"
    with pytest.raises(NotFound), matched.reading() as session:
        queries.my_booking(session, council.resident, theirs.reference)
    with pytest.raises(NotFound), matched.transaction() as session:
        services.cancel(session, council.resident, theirs.reference, now=clock.now())
    with matched.transaction() as session:
        customer_services.unmerge(session, STEWARD, made, reason="Two people", now=clock.now())
    assert coming(matched, clock, ONE) == [hers.reference, online.reference]
    assert coming(matched, clock, OTHER) == [theirs.reference]


def test_what_both_have_booked_of_the_same_is_named_first(
    matched: Database, council: Council, clock: FixedClock
) -> None:
    with matched.transaction() as session:
        row = bookings.collection(session, now=clock.now())
        day = queries.free_days(session, row, now=clock.now())[0].day
        account = council.resident.account_id
        first = bookings.book(
            session, council.resident, at(day, 8), timetable=row.slug, uprn="100090000001", now=clock.now()
        )
        assert account
    twins = [rings(matched, council, clock, ONE, hour) for hour in (9, 10)]
    with matched.reading() as session:
        [stake] = [
            one
            for one in stakes_of(session, [record_id(matched, ONE.name)], [account])
            if one.told == "Bookings to come"
        ]
    assert [reference for reference, _ in stake.lines] == [*(one.reference for one in twins), first.reference]


def test_an_erased_record_is_let_go_of(matched: Database, council: Council, clock: FixedClock) -> None:
    made = rings(matched, council, clock, OTHER, 9)
    with matched.transaction() as session:
        publish(session, RecordsErased((record_id(matched, OTHER.name),)))
    assert coming(matched, clock, OTHER) == []
    with matched.reading() as session:
        assert queries.booking(session, council.advisor, made.reference).person_name == "Jo Bloggs"


def test_of_a_restricted_record_the_day_says_only_that_somebody_comes(
    matched: Database, council: Council, clock: FixedClock
) -> None:
    hidden, other = rings(matched, council, clock, ONE, 9), rings(matched, council, clock, OTHER, 9)
    with matched.transaction() as session:
        customer_services.restrict(
            session, STEWARD, record_id(matched, ONE.name), reason="A protected address", now=clock.now()
        )
    with matched.reading() as session:
        row = queries.timetable(session, "a-visit-to-the-tip")
        day = queries.day_list(session, row, london_date(hidden.starts_at))
        shown = {one.reference: one for _, rows in day.slots for one in rows}
        alone = queries.booking(session, council.officer, hidden.reference)
    assert (shown[other.reference].person_name, shown[other.reference].hidden) == ("Jo Bloggs", False)
    for one in (shown[hidden.reference], alone):
        assert one.hidden
        assert (one.person_name, one.email, one.phone, one.address, one.note, one.booked_by) == ("",) * 6
    with pytest.raises(NotAllowed), matched.transaction() as session:
        services.open_restricted(session, council.officer, hidden.reference, reason="To visit", now=clock.now())
    with matched.transaction() as session:
        with pytest.raises(Invalid):
            services.open_restricted(session, council.leader, hidden.reference, reason=" ", now=clock.now())
        opened = services.open_restricted(session, council.leader, hidden.reference, reason="To visit", now=clock.now())
    assert opened.person_name == "Jo Bloggs"
    assert timedelta() < opened.starts_at - clock.now()


def test_what_an_account_booked_that_proved_to_be_of_a_restricted_record_is_hidden_too(
    matched: Database, council: Council, clock: FixedClock
) -> None:
    shows(matched, council, clock, ONE)
    with matched.transaction() as session:
        made = bookings.book(session, council.resident, at(free(matched, clock)[1], 9), now=clock.now())
        customer_services.restrict(
            session, STEWARD, record_id(matched, ONE.name), reason="A protected address", now=clock.now()
        )
    with matched.reading() as session:
        row = queries.booking(session, council.officer, made.reference)
        [(_, [listed])] = [
            slot for slot in queries.day_list(session, row.timetable, london_date(made.starts_at)).slots if slot[1]
        ]
    assert (row.hidden, row.person_name) == (True, "")
    assert (listed.hidden, listed.person_name) == (True, "")
