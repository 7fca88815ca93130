"""Booking, moving, cancelling: what is free, who may, until when, and what is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.bookings import queries, services
from app.bookings.enums import BookingState
from app.bookings.errors import BookedAlready, BookingNotFromHere, NoPlace, TooLate
from app.bookings.rows import TimetableRow
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from app.notifications import queries as notifications
from app.organisation import services as organisation
from tests.support.bookings import JO, at, book, collection
from tests.support.council import UPRN, Council

TUESDAY = date(2026, 3, 17)
NINE, TEN = at(TUESDAY, 9), at(TUESDAY, 10)


def told(session: Session, booking_id: object) -> list[str]:
    return [one.template.value for one in notifications.messages_about(session, "booking", booking_id)]  # type: ignore[arg-type]  # - an id


def test_a_resident_books_at_once_and_is_told(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    assert made.reference.startswith("BK-")
    assert (made.state, made.starts_at, made.account_id) == (BookingState.BOOKED, NINE, council.resident.account_id)
    [message] = notifications.messages_about(session, "booking", made.id)
    assert message.to_address == "jo@example.com"
    for words in (
        "A visit to the tip",
        "17 March 2026 09:00",
        made.reference,
        "Harbour Road",
        "permit",
        "01632 960100",
    ):
        assert words in message.text
    [slot, _] = queries.free_times(session, tip, TUESDAY, now=clock.now())
    assert (slot.places, slot.taken, slot.free) == (2, 1, 1)


def test_free_days_leave_out_holidays_closed_days_and_what_is_too_soon_or_too_far(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    organisation.close_on(session, council.administrator, "waste", date(2026, 3, 19), "Training", now=clock.now())
    services.close_day(
        session, council.officer, tip.slug, date(2026, 3, 20), reason="The scales are broken", now=clock.now()
    )
    days = [one.day for one in queries.free_days(session, tip, now=clock.now())]
    assert days[:4] == [date(2026, 3, 12), date(2026, 3, 13), date(2026, 3, 16), date(2026, 3, 17)]
    assert {date(2026, 3, 11), date(2026, 3, 19), date(2026, 3, 20), date(2026, 4, 3), date(2026, 4, 6)}.isdisjoint(
        days
    )
    assert days[-1] == date(2026, 5, 8)
    assert [one.starts_at.hour for one in queries.free_times(session, tip, date(2026, 3, 12), now=clock.now())] == [10]


@pytest.mark.parametrize(
    "when",
    [
        at(date(2026, 3, 12), 9),
        at(date(2026, 4, 3), 9),
        at(TUESDAY, 9, 30),
        at(date(2026, 6, 1), 9),
        at(date(2026, 3, 14), 9),
    ],
    ids=["within the notice", "Good Friday", "between times", "too far ahead", "Saturday"],
)
def test_what_is_not_offered_cannot_be_booked(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock, when: object
) -> None:
    with pytest.raises(NoPlace):
        book(session, council.resident, when, now=clock.now())  # type: ignore[arg-type]  # - a moment


def test_the_last_place_goes_once_and_a_full_day_is_not_offered(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    for _ in range(2):
        book(session, council.advisor, NINE, now=clock.now())
        book(session, council.advisor, TEN, now=clock.now())
    with pytest.raises(NoPlace, match="last place"):
        book(session, council.resident, NINE, now=clock.now())
    assert TUESDAY not in {one.day for one in queries.free_days(session, tip, now=clock.now())}


def test_nobody_is_booked_twice_at_one_time(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    first = book(session, council.resident, NINE, now=clock.now())
    with pytest.raises(BookedAlready, match=first.reference):
        book(session, council.resident, NINE, now=clock.now())
    assert book(session, council.neighbour, NINE, now=clock.now()).state is BookingState.BOOKED


@pytest.mark.usefixtures("tip")
def test_the_same_form_sent_twice_books_once(session: Session, council: Council, clock: FixedClock) -> None:
    made = [book(session, council.resident, NINE, client_token="abc", now=clock.now()) for _ in range(2)]
    assert made[0].reference == made[1].reference
    assert told(session, made[0].id) == ["booking_made"]


@pytest.mark.usefixtures("tip")
def test_what_is_wrong_is_named_at_once(session: Session, council: Council, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        book(session, council.resident, NINE, person=Raiser("", "", "12"), note_given="x" * 501, now=clock.now())
    assert set(refused.value.errors) == {"name", "email", "phone", "note"}
    for actor in (council.monitor, council.officer):
        with pytest.raises(NotAllowed):
            book(session, actor, NINE, now=clock.now())


def test_a_visit_at_home_needs_an_address_which_stands_in_no_message(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = collection(session, now=clock.now())
    with pytest.raises(Invalid) as refused:
        book(session, council.resident, at(TUESDAY, 8), timetable=row.slug, now=clock.now())
    assert set(refused.value.errors) == {"property"}
    made = book(session, council.resident, at(TUESDAY, 8), timetable=row.slug, uprn=UPRN, now=clock.now())
    assert "1 High Street" in made.address
    [message] = notifications.messages_about(session, "booking", made.id)
    assert "High Street" not in message.text
    assert "We come to the address" in message.text


@pytest.mark.usefixtures("tip")
def test_a_booking_moves_and_gives_its_place_back(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    moved = services.move(session, council.resident, made.reference, starts_at=TEN, version=1, now=clock.now())
    assert (moved.starts_at, moved.version) == (TEN, 2)
    assert [one.free for one in queries.free_times(session, tip, TUESDAY, now=clock.now())] == [2, 1]
    assert told(session, made.id) == ["booking_made", "booking_moved"]
    with pytest.raises(Stale):
        services.move(session, council.resident, made.reference, starts_at=NINE, version=1, now=clock.now())


@pytest.mark.usefixtures("tip")
def test_a_move_to_a_full_time_leaves_everything_as_it_was(
    session: Session, council: Council, clock: FixedClock
) -> None:
    for _ in range(2):
        book(session, council.advisor, TEN, now=clock.now())
    made = book(session, council.resident, NINE, now=clock.now())
    with pytest.raises(NoPlace):
        services.move(session, council.resident, made.reference, starts_at=TEN, now=clock.now())
    assert queries.my_booking(session, council.resident, made.reference).starts_at == NINE


def test_a_resident_cancels_until_the_notice_is_over_and_then_calls(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    made, other = (book(session, council.resident, when, now=clock.now()) for when in (NINE, TEN))
    gone = services.cancel(session, council.resident, made.reference, now=NINE - timedelta(hours=24))
    assert gone.state is BookingState.CANCELLED
    assert told(session, made.id) == ["booking_made", "booking_cancelled"]
    assert [one.free for one in queries.free_times(session, tip, TUESDAY, now=clock.now())] == [2, 1]
    late = TEN - timedelta(hours=23, minutes=59)
    for act in (
        services.cancel,
        lambda *given, now: services.move(*given, starts_at=at(date(2026, 3, 24), 9), now=now),
    ):
        with pytest.raises(TooLate, match="01632 960100"):
            act(session, council.resident, other.reference, now=late)
    assert services.cancel(session, council.advisor, other.reference, now=late).state is BookingState.CANCELLED
    with pytest.raises(BookingNotFromHere):
        services.cancel(session, council.advisor, other.reference, now=late)


@pytest.mark.usefixtures("tip")
def test_anothers_booking_is_not_there(session: Session, council: Council, clock: FixedClock) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    for act in (services.cancel, lambda *given, now: services.move(*given, starts_at=TEN, now=now)):
        for stranger in (council.neighbour, council.roads, council.monitor):
            with pytest.raises((NotFound, NotAllowed)):
                act(session, stranger, made.reference, now=clock.now())
    with pytest.raises(NotFound):
        queries.my_booking(session, council.neighbour, made.reference)
    for stranger in (council.roads, council.monitor, council.administrator):
        with pytest.raises(NotFound):
            queries.booking(session, stranger, made.reference)
    assert queries.booking(session, council.officer, made.reference).person_name == "Jo Bloggs"


@pytest.mark.usefixtures("tip")
def test_mine_are_those_to_come_and_those_that_are_over(session: Session, council: Council, clock: FixedClock) -> None:
    me = council.resident.account_id
    assert me
    first, second = (book(session, council.resident, when, now=clock.now()) for when in (TEN, NINE))
    gone = book(session, council.resident, at(date(2026, 3, 18), 9), now=clock.now())
    services.cancel(session, council.resident, gone.reference, now=clock.now())

    def listed(*, coming: bool, days: int = 0) -> list[str]:
        now = clock.now() + timedelta(days=days)
        page = queries.my_bookings(session, me, coming=coming, now=now, page=PageRequest())
        return [one.reference for one in page.items]

    assert listed(coming=True) == [second.reference, first.reference]
    assert listed(coming=False) == [gone.reference]
    assert listed(coming=True, days=30) == []
    assert listed(coming=False, days=30) == [gone.reference, first.reference, second.reference]


@pytest.mark.usefixtures("tip")
def test_who_came_is_said_from_the_day_on_and_can_be_put_right(
    session: Session, council: Council, clock: FixedClock
) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    with pytest.raises(Conflict):
        services.settle(session, council.officer, made.reference, kept=True, now=clock.now())
    with pytest.raises(NotAllowed):
        services.settle(session, council.advisor, made.reference, kept=True, now=NINE)
    assert services.settle(session, council.officer, made.reference, kept=False, now=NINE).state is BookingState.MISSED
    kept = services.settle(session, council.officer, made.reference, kept=True, now=NINE)
    assert (kept.state, kept.settled_by) == (BookingState.KEPT, "Wes Teofficer")


@pytest.mark.usefixtures("tip")
def test_everything_leaves_its_line_in_the_audit_trail(session: Session, council: Council, clock: FixedClock) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    services.move(session, council.resident, made.reference, starts_at=TEN, now=clock.now())
    services.cancel(session, council.resident, made.reference, now=clock.now())
    query = text("SELECT action FROM audit_entry WHERE object_id = :id ORDER BY at, id")
    assert session.scalars(query, {"id": made.id}).all() == ["booking.booked", "booking.moved", "booking.cancelled"]


@pytest.mark.usefixtures("tip")
def test_an_advisor_files_only_under_what_the_caller_was_verified_for(
    session: Session, council: Council, clock: FixedClock
) -> None:
    made = book(session, council.advisor, NINE, now=clock.now())
    assert (made.account_id, made.source_record_id, made.booked_by) == (None, None, "Ada Visor")
    with pytest.raises(NotAllowed):
        book(session, council.advisor, TEN, account_id=council.resident.account_id, now=clock.now())
    with pytest.raises(NotAllowed):
        book(session, council.advisor, TEN, source_record_id=council.resident.account_id, now=clock.now())
    by_phone = services.book(
        session, SYSTEM, timetable="a-visit-to-the-tip", starts_at=TEN, person=JO, channel=Channel.PHONE,
        account_id=council.resident.account_id, now=clock.now(),
    )  # fmt: skip
    assert by_phone.account_id == council.resident.account_id
