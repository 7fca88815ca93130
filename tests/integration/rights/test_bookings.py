"""What somebody booked is in their copy, and goes with an erasure once it is over."""

from datetime import UTC, date, datetime

from app.bookings import personal, queries, services
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.events import provided
from app.kernel.personal import Held, PersonalData, Subject
from app.rights import services as rights
from app.rights.enums import RightKind
from tests.integration.rights.conftest import Life
from tests.integration.rights.test_access import make, opened, rows
from tests.support import bookings
from tests.support.bookings import at

LONG_AGO = datetime(2020, 1, 6, 9, tzinfo=UTC)


def booked(db: Database, life: Life, now: datetime) -> tuple[str, str]:
    """One long ago, and one to come."""
    with db.transaction() as session:
        row = bookings.tip(session, now=LONG_AGO)
        past = bookings.book(
            session, life.jo, at(date(2020, 1, 14), 9), note_given="Barnaby Quint drives", now=LONG_AGO
        )
        services.settle(session, life.council.officer, past.reference, kept=True, now=at(date(2020, 1, 14), 10))
        day = queries.free_days(session, row, now=now)[1].day
        coming = bookings.book(session, life.jo, at(day, 9), now=now)
    return past.reference, coming.reference


def test_the_copy_has_what_was_booked_without_other_people(loaded: Database, life: Life, clock: FixedClock) -> None:
    past, coming = booked(loaded, life, datetime.now(UTC))
    with loaded.transaction() as session:
        request = rights.ask(session, life.jo, RightKind.ACCESS, now=clock.now())
    said, _ = opened(loaded, make(loaded, life, request, clock))
    told = {one["reference"]: one for one in rows(said, "bookings")}
    assert set(told) == {past, coming}
    assert (told[past]["what"], told[past]["state"], told[past]["with"]) == (
        "A visit to the tip",
        "kept",
        "Waste Services",
    )
    assert "Barnaby" not in told[past]["note"]


def test_erasing_blanks_what_is_over_and_leaves_what_is_to_come(loaded: Database, life: Life) -> None:
    booked(loaded, life, datetime.now(UTC))
    assert life.jo.account_id
    with loaded.transaction() as session:
        subject = provided(session, PersonalData).found(session, Subject(accounts=(life.jo.account_id,)))
        seen = personal.assess_bookings(session, subject)
        assert (seen.erase, [(one.reason.value, one.count) for one in seen.kept]) == (1, [("open_enquiry", 1)])
        assert personal.erase_bookings(session, SYSTEM, subject, LONG_AGO) == 1
        again = personal.assess_bookings(session, subject)
    assert (again.erase, [one.count for one in again.kept]) == (0, [1])


def test_after_two_years_it_is_blanked_unless_somebody_holds_it(loaded: Database, life: Life) -> None:
    booked(loaded, life, datetime.now(UTC))
    before = datetime(2024, 1, 1, tzinfo=UTC)
    assert life.jo.account_id
    with loaded.transaction() as session:
        assert personal.count_old(session, before, Held(accounts=frozenset({life.jo.account_id}))) == 0
        assert personal.expire_old(session, before, Held(), 100, before) == 1
        assert personal.count_old(session, before, Held()) == 0
