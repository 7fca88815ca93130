"""Two people at the last place, or at a day that is being closed: one answer each, and never more bookings than places."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.bookings import services
from app.bookings.errors import NoPlace
from app.bookings.rows import BookingRow
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import DomainError
from tests.support.bookings import at, book
from tests.support.council import Council

TUESDAY = date(2026, 3, 17)
NINE, TEN = at(TUESDAY, 9), at(TUESDAY, 10)
SLUG = "a-visit-to-the-tip"


def together(db: Database, *acts: Callable[[Session], object]) -> list[object]:
    """Everything in the same moment, each in a transaction of its own; what came of each."""
    ready = Barrier(len(acts))

    def one(act: Callable[[Session], object]) -> object:
        ready.wait()
        try:
            with db.transaction() as session:
                return act(session)
        except DomainError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def taken(db: Database) -> tuple[int, int]:
    """As the slots count, and as the bookings do."""
    with db.reading() as session:
        slots = session.scalar(text("SELECT coalesce(sum(taken), 0) FROM booking_slot"))
        live = session.scalar(text("SELECT count(*) FROM booking WHERE state <> 'cancelled'"))
    return int(slots or 0), int(live or 0)


def test_of_many_who_want_the_last_place_one_gets_it(db: Database, people: Council, clock: FixedClock) -> None:
    with db.transaction() as session:
        book(session, people.advisor, NINE, now=clock.now())
    actors = (people.resident, people.neighbour, people.advisor, people.colleague)

    def want(actor: Actor) -> Callable[[Session], object]:
        return lambda session: book(session, actor, NINE, now=clock.now())

    came = together(db, *(want(actor) for actor in actors))
    assert sum(isinstance(one, BookingRow) for one in came) == 1
    assert sum(isinstance(one, NoPlace) for one in came) == 3
    assert taken(db) == (2, 2)


def test_two_who_swap_their_times_do_not_wait_for_each_other_for_ever(
    db: Database, people: Council, clock: FixedClock
) -> None:
    with db.transaction() as session:
        mine = book(session, people.resident, NINE, now=clock.now())
        theirs = book(session, people.neighbour, TEN, now=clock.now())
    for _ in range(3):
        together(
            db,
            lambda session: services.move(session, people.resident, mine.reference, starts_at=TEN, now=clock.now()),
            lambda session: services.move(session, people.neighbour, theirs.reference, starts_at=NINE, now=clock.now()),
        )
        together(
            db,
            lambda session: services.move(session, people.resident, mine.reference, starts_at=NINE, now=clock.now()),
            lambda session: services.move(session, people.neighbour, theirs.reference, starts_at=TEN, now=clock.now()),
        )
    assert taken(db) == (2, 2)


def test_nobody_slips_into_a_day_that_is_being_closed(db: Database, people: Council, clock: FixedClock) -> None:
    came = together(
        db,
        lambda session: services.close_day(session, people.officer, SLUG, TUESDAY, reason="Storm", now=clock.now()),
        *(
            lambda session, actor=actor: book(session, actor, NINE, now=clock.now())
            for actor in (people.resident, people.neighbour)
        ),
    )
    with db.reading() as session:
        live = session.scalar(text("SELECT count(*) FROM booking WHERE state = 'booked'"))
    assert live == 0
    assert came[0] == sum(isinstance(one, BookingRow) for one in came)


def test_the_database_itself_holds_it(db: Database, people: Council, clock: FixedClock) -> None:
    with db.transaction() as session:
        mine = book(session, people.resident, NINE, now=clock.now())
        book(session, people.neighbour, NINE, now=clock.now())
        other = book(session, people.colleague, TEN, now=clock.now())
        gone = book(session, people.advisor, TEN, now=clock.now())
        services.cancel(session, people.advisor, gone.reference, now=clock.now())
    slot = "(SELECT id FROM booking_slot WHERE starts_at = :nine)"
    for statement, guard in (
        (f"UPDATE booking SET slot_id = {slot} WHERE reference = :other", "no_more_than_places"),
        ("UPDATE booking_slot SET taken = 3 WHERE starts_at = :nine", "no_more_than_places"),
        ("UPDATE booking_slot SET places = 5, closed_at = now(), closed_reason = 'x' WHERE starts_at = :nine", "closed_takes_nobody"),
        ("UPDATE booking SET state = 'booked', cancelled_at = NULL WHERE reference = :gone", "cannot go from cancelled to booked"),
        (f"UPDATE booking SET slot_id = {slot} WHERE reference = :gone", "stays where it is"),
        ("UPDATE booking SET by_us = true WHERE reference = :mine", "our_doing_says_why"),
        ("UPDATE booking SET source_record_id = account_id WHERE reference = :mine", "filed_once"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=guard), db.transaction() as session:
            session.execute(
                text(statement),
                {"nine": NINE, "mine": mine.reference, "other": other.reference, "gone": gone.reference},
            )
    again = text(
        "UPDATE booking SET account_id = :me WHERE slot_id = (SELECT slot_id FROM booking WHERE reference = :mine)"
    )
    with pytest.raises(IntegrityError, match="uq_booking_live_account"), db.transaction() as session:
        session.execute(again, {"me": people.resident.account_id, "mine": mine.reference})
    assert taken(db) == (3, 3)
