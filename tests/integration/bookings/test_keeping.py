"""The people of a unit keep what can be booked, and close what cannot be held."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.bookings import queries, services
from app.bookings.enums import BookingState
from app.bookings.errors import NoPlace, OthersCame
from app.bookings.jobs import remind
from app.bookings.rows import TimetableRow
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from app.notifications import queries as notifications
from app.runtime import Runtime
from tests.support.bookings import TIP, at, book
from tests.support.council import Council

TUESDAY = date(2026, 3, 17)
NINE, TEN = at(TUESDAY, 9), at(TUESDAY, 10)


def test_a_timetable_is_made_by_its_unit_and_can_be_booked_once_it_has_times(
    session: Session, council: Council, clock: FixedClock
) -> None:
    now = clock.now()
    row = services.make(session, council.officer, TIP, service="tip-permit", unit="waste", now=now)
    assert (row.slug, row.unit_name, row.at_home) == ("a-visit-to-the-tip", "Waste Services", False)
    assert queries.free_days(session, row, now=now) == ()
    times = {"weekdays": [0], "starts": 540, "ends": 640, "minutes": 20, "places": 4, "now": now}
    assert services.add_windows(session, council.officer, row.slug, **times) == 5  # type: ignore[arg-type]  # - as named
    assert services.add_windows(session, council.officer, row.slug, **times) == 0  # type: ignore[arg-type]  # - as named
    assert [one.free for one in queries.free_days(session, row, now=now)][:1] == [20]
    assert (
        services.make(session, council.leader, TIP, service="tip-permit", unit="waste", now=now).slug == f"{row.slug}-2"
    )


def test_another_units_timetable_is_not_there_and_advisors_keep_none(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    with pytest.raises(NotFound):
        services.change_timetable(session, council.roads, tip.slug, TIP, now=clock.now())
    with pytest.raises(NotFound):
        services.make(session, council.roads, TIP, service="tip-permit", unit="waste", now=clock.now())
    with pytest.raises(NotAllowed):
        services.close_day(session, council.advisor, tip.slug, TUESDAY, reason="No", now=clock.now())
    mine = queries.timetables(session, page=PageRequest(), unit_ids=services.kept_units(session, council.roads))
    assert mine.total == 0


def test_what_is_wrong_with_a_timetable_is_named_at_once(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    bad = replace(TIP, name=" ", phone="", places=0, notice_hours=-1, days_ahead=0)
    with pytest.raises(Invalid) as refused:
        services.change_timetable(session, council.officer, tip.slug, bad, now=clock.now())
    assert set(refused.value.errors) == {"name", "phone", "places", "notice_hours", "days_ahead"}
    with pytest.raises(Invalid) as refused:
        services.add_windows(
            session, council.officer, tip.slug, weekdays=[], starts=600, ends=610, minutes=20, places=0, now=clock.now()
        )
    assert set(refused.value.errors) == {"weekdays", "ends", "places"}
    with pytest.raises(Stale):
        services.change_timetable(session, council.officer, tip.slug, TIP, version=99, now=clock.now())


def test_a_timetable_ends_only_when_nobody_is_booked_after_it(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    with pytest.raises(Invalid, match="1 bookings are after"):
        services.end_timetable(session, council.officer, tip.slug, date(2026, 3, 16), now=clock.now())
    services.cancel(session, council.resident, made.reference, now=clock.now())
    ended = services.end_timetable(session, council.officer, tip.slug, date(2026, 3, 16), now=clock.now())
    assert [one.day for one in queries.free_days(session, ended, now=clock.now())][-1] == date(2026, 3, 16)
    offered = queries.bookable(session, now=clock.now() + timedelta(days=9), page=PageRequest(), online=True)
    assert offered.total == 0


def test_who_is_booked_still_comes_when_the_times_change(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    made = book(session, council.resident, NINE, now=clock.now())
    card = queries.card(session, tip.slug, now=clock.now())
    services.remove_windows(session, council.officer, tip.slug, [one.id for one in card.windows], now=clock.now())
    assert queries.free_days(session, tip, now=clock.now()) == ()
    [(time, rows)] = queries.day_list(session, tip, TUESDAY).slots
    assert (time.starts_at, [one.reference for one in rows]) == (NINE, [made.reference])
    services.add_windows(
        session, council.officer, tip.slug, weekdays=[1], starts=540, ends=600, minutes=60, places=1, now=clock.now()
    )
    with pytest.raises(NoPlace):
        book(session, council.neighbour, NINE, now=clock.now())


def test_closing_a_day_tells_everybody_why_and_how_to_book_again(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    made = [book(session, actor, NINE, now=clock.now()) for actor in (council.resident, council.neighbour)]
    before = queries.booked_in(session, tip, TUESDAY, live=True)
    assert {one.reference for one in before} == {one.reference for one in made}
    with pytest.raises(Invalid):
        services.close_day(session, council.officer, tip.slug, TUESDAY, reason=" ", seen=2, now=clock.now())
    with pytest.raises(OthersCame):
        services.close_day(session, council.officer, tip.slug, TUESDAY, reason="Storm", seen=1, now=clock.now())
    assert services.close_day(session, council.officer, tip.slug, TUESDAY, reason="Storm", seen=2, now=clock.now()) == 2
    for one in made:
        gone = queries.booking(session, council.advisor, one.reference)
        assert (gone.state, gone.by_us, gone.cancel_reason) == (BookingState.CANCELLED, True, "Storm")
        last = notifications.messages_about(session, "booking", one.id)[-1]
        assert "Why: Storm" in last.text
        assert "/book/a-visit-to-the-tip" in last.text
    assert queries.day_list(session, tip, TUESDAY).closed == "Storm"
    with pytest.raises(NoPlace):
        book(session, council.resident, TEN, now=clock.now())
    services.open_day(session, council.officer, tip.slug, TUESDAY, now=clock.now())
    assert book(session, council.resident, TEN, now=clock.now()).state is BookingState.BOOKED


def test_closing_one_time_leaves_the_others_open(
    session: Session, council: Council, tip: TimetableRow, clock: FixedClock
) -> None:
    gone, stays = (book(session, council.resident, when, now=clock.now()) for when in (NINE, TEN))
    assert (
        services.close_slot(session, council.officer, tip.slug, NINE, reason="Inspection", seen=1, now=clock.now()) == 1
    )
    assert queries.booking(session, council.advisor, gone.reference).state is BookingState.CANCELLED
    assert queries.booking(session, council.advisor, stays.reference).state is BookingState.BOOKED
    assert [one.starts_at for one in queries.free_times(session, tip, TUESDAY, now=clock.now())] == [TEN]
    with pytest.raises(NoPlace):
        book(session, council.neighbour, NINE, now=clock.now())
    services.open_slot(session, council.officer, tip.slug, NINE, now=clock.now())
    assert book(session, council.neighbour, NINE, now=clock.now()).starts_at == NINE
    with pytest.raises(Conflict):
        services.close_slot(session, council.officer, tip.slug, NINE, reason="Late", now=NINE + timedelta(days=1))


def test_everybody_booked_for_tomorrow_is_reminded_once(
    db: Database, people: Council, runtime: Runtime, clock: FixedClock
) -> None:
    with db.transaction() as session:
        early = book(session, people.resident, NINE, now=clock.now())
        gone = book(session, people.neighbour, NINE, now=clock.now())
        services.cancel(session, people.neighbour, gone.reference, now=clock.now())
        later = book(session, people.resident, at(date(2026, 3, 18), 9), now=clock.now())
    clock.move_to(at(date(2026, 3, 16), 7, 30))
    assert remind(runtime) == ""
    clock.move_to(at(date(2026, 3, 16), 8, 30))
    with db.transaction() as session:
        today = book(session, people.advisor, TEN, now=clock.now())
    assert remind(runtime) == "1 reminded"
    assert remind(runtime) == ""
    with db.reading() as session:
        told = {
            one.reference: [
                message.template.value for message in notifications.messages_about(session, "booking", one.id)
            ]
            for one in (early, gone, later, today)
        }
    assert told[early.reference] == ["booking_made", "booking_reminder"]
    assert told[gone.reference] == ["booking_made", "booking_cancelled"]
    assert told[later.reference] == told[today.reference] == ["booking_made"]
