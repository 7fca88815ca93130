"""Booking online and looking after what is booked, page by page."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from app.accounts.queries import AccountRow
from app.bookings import queries, services
from app.bookings.enums import BookingState
from app.bookings.rows import BookingRow
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.paging import PageRequest
from tests.integration.accounts.people import PASSWORD
from tests.support import bookings
from tests.support.bookings import at, book
from tests.support.council import UPRN, Council
from tests.support.pages import Page

DAY = "2026-03-17"
NINE = at(date(2026, 3, 17), 9)
TIP = "/book/a-visit-to-the-tip"
PERSON = {"name": "Riley Stone", "phone": "", "note": "", "client_token": "once"}


@pytest.fixture
def tip(db: Database, council: Council, clock: FixedClock) -> None:
    assert council
    with db.transaction() as session:
        bookings.tip(session, now=clock.now())


def mine(db: Database, riley: AccountRow, clock: FixedClock) -> list[BookingRow]:
    with db.reading() as session:
        page = queries.my_bookings(session, riley.id, coming=True, now=clock.now(), page=PageRequest())
    return list(page.items)


def booked(db: Database, riley: AccountRow, clock: FixedClock) -> BookingRow:
    actor = Actor(ActorKind.RESIDENT, riley.id, riley.name, frozenset({Role.RESIDENT}))
    with db.transaction() as session:
        return book(session, actor, NINE, now=clock.now())


def test_there_may_be_nothing_to_book(visitor: FlaskClient) -> None:
    assert "There is nothing to book just now" in Page(visitor.get("/book").text).text


@pytest.mark.usefixtures("tip")
def test_a_visitor_sees_what_is_free_and_signs_in_to_book(visitor: FlaskClient) -> None:
    assert "A visit to the tip" in Page(visitor.get("/book").text).text
    assert TIP in visitor.get("/services/tip-permit").text
    assert TIP not in visitor.get("/services/pothole").text
    days = Page(visitor.get(TIP).text).text
    assert "March 2026" in days
    assert "Tuesday 17 March 2026" in days
    assert "4 places left" in days
    assert "Friday 3 April" not in days
    assert "9am to 10am (2 places left)" in Page(visitor.get(f"{TIP}/{DAY}").text).text
    chosen = visitor.post(f"{TIP}/{DAY}", data={"time": "0900"})
    assert chosen.headers["Location"].endswith(f"{TIP}/{DAY}/0900")
    assert "/sign-in" in visitor.get(f"{TIP}/{DAY}/0900").headers["Location"]


@pytest.mark.usefixtures("tip")
def test_a_resident_books_and_has_a_reference_at_once(
    signed_in: FlaskClient, riley: AccountRow, db: Database, clock: FixedClock
) -> None:
    details = Page(signed_in.get(f"{TIP}/{DAY}/0900").text)
    assert "Tuesday 17 March 2026, 9am" in details.text
    assert "Enter a name" in signed_in.post(f"{TIP}/{DAY}/0900", data=PERSON | {"name": "", "step": "check"}).text
    checked = signed_in.post(f"{TIP}/{DAY}/0900", data=PERSON | {"step": "check"})
    assert "Check your answers" in checked.text
    assert mine(db, riley, clock) == []
    for _ in range(2):
        sent = signed_in.post(f"{TIP}/{DAY}/0900", data=PERSON | {"step": "send"})
    [row] = mine(db, riley, clock)
    assert sent.headers["Location"].endswith(f"/account/bookings/{row.reference}/booked")
    done = Page(signed_in.get(sent.headers["Location"]).text).text
    for words in ("You are booked", row.reference, "9am to 10am", "Bring the permit", "Monday 16 March 2026, 9am"):
        assert words in done
    assert row.reference in signed_in.get("/account/bookings").text


@pytest.mark.usefixtures("tip")
def test_when_the_last_place_has_gone_the_page_keeps_everything_and_offers_the_other_times(
    signed_in: FlaskClient, riley: AccountRow, council: Council, db: Database, clock: FixedClock
) -> None:
    typed = PERSON | {"note": "With a trailer", "step": "send"}
    with db.transaction() as session:
        for _ in range(2):
            book(session, council.advisor, NINE, now=clock.now())
    answer = signed_in.post(f"{TIP}/{DAY}/0900", data=typed)
    assert answer.status_code == 409
    page = Page(answer.text).text
    assert "The last place at that time has just been taken" in page
    assert "10am to 11am (2 places left)" in page
    assert "With a trailer" in page
    assert signed_in.post(f"{TIP}/{DAY}/0900", data=typed | {"time": "1000"}).status_code == 303
    assert [(one.starts_at.hour, one.note) for one in mine(db, riley, clock)] == [(10, "With a trailer")]


def test_a_visit_at_home_asks_where(
    signed_in: FlaskClient, riley: AccountRow, council: Council, db: Database, clock: FixedClock
) -> None:
    assert council
    with db.transaction() as session:
        bookings.collection(session, now=clock.now())
    there = f"/book/large-items-collected/{DAY}/0800"
    assert "Where shall we come to?" in signed_in.get(there).text
    assert "Choose an address" in signed_in.post(there, data=PERSON | {"step": "check"}).text
    home = {"property": UPRN, "property-postcode": "HM1 1AA"}
    assert "1 High Street" in signed_in.post(there, data=PERSON | home | {"step": "check"}).text
    assert signed_in.post(there, data=PERSON | home | {"step": "send"}).status_code == 303
    [row] = mine(db, riley, clock)
    assert "1 High Street" in row.address


@pytest.mark.usefixtures("tip")
def test_mine_can_be_moved_and_cancelled(
    signed_in: FlaskClient, riley: AccountRow, db: Database, clock: FixedClock
) -> None:
    made = booked(db, riley, clock)
    here = f"/account/bookings/{made.reference}"
    assert "Choose another time" in signed_in.get(here).text
    assert f"{here}/move/{DAY}" in signed_in.get(f"{here}/move").text
    assert signed_in.post(f"{here}/move/{DAY}", data={}).status_code == 422
    assert signed_in.post(f"{here}/move/{DAY}", data={"time": "1000"}).status_code == 303
    assert [one.starts_at.hour for one in mine(db, riley, clock)] == [10]
    assert "Cancel this booking?" in signed_in.get(f"{here}/cancel").text
    assert signed_in.post(f"{here}/cancel", data={"version": "1"}).status_code == 409
    assert signed_in.post(f"{here}/cancel", data={"version": "2"}).status_code == 303
    assert mine(db, riley, clock) == []
    assert "Cancelled" in Page(signed_in.get("/account/bookings?show=over").text).text


@pytest.mark.usefixtures("tip")
def test_once_the_notice_is_over_it_says_whom_to_call(
    signed_in: FlaskClient, riley: AccountRow, db: Database, clock: FixedClock
) -> None:
    made = booked(db, riley, clock)
    clock.move_to(NINE - timedelta(minutes=30))
    with db.reading() as session:
        assert queries.timetable(session, "a-visit-to-the-tip").notice_hours == 24
    here = f"/account/bookings/{made.reference}"
    signed = signed_in.get(here)
    if signed.status_code == 303:  # a sign-in of days ago is over
        signed_in.post("/sign-in", data={"email": riley.email, "password": PASSWORD})
        signed = signed_in.get(here)
    page = Page(signed.text).text
    assert "call 01632 960100" in page
    assert "Cancel this booking" not in page
    assert signed_in.get(f"{here}/cancel").headers["Location"].endswith(here)
    assert signed_in.post(f"{here}/cancel").status_code == 409
    assert mine(db, riley, clock)[0].state is BookingState.BOOKED


@pytest.mark.usefixtures("tip")
def test_anothers_booking_and_what_there_is_not_are_not_found(
    signed_in: FlaskClient, council: Council, db: Database, clock: FixedClock
) -> None:
    with db.transaction() as session:
        theirs = book(session, council.resident, NINE, now=clock.now())
    for path in ("", "/booked", "/cancel", "/move", f"/move/{DAY}"):
        assert signed_in.get(f"/account/bookings/{theirs.reference}{path}").status_code == 404
    assert signed_in.post(f"/account/bookings/{theirs.reference}/cancel").status_code == 404
    assert signed_in.post(f"/account/bookings/{theirs.reference}/move/{DAY}", data={"time": "1000"}).status_code == 404
    for path in ("/book/nothing", f"{TIP}/never", f"{TIP}/{DAY}/late", f"{TIP}/{DAY}/9999", "/account/bookings/BK-1"):
        assert signed_in.get(path).status_code == 404
    assert "Nothing is free on this day any more" in signed_in.get(f"{TIP}/2026-03-14").text


@pytest.mark.usefixtures("tip")
def test_where_no_day_is_free_it_says_until_when_and_what_to_do(
    visitor: FlaskClient, council: Council, db: Database, clock: FixedClock
) -> None:
    with db.transaction() as session:
        card = queries.card(session, "a-visit-to-the-tip", now=clock.now())
        services.remove_windows(
            session, council.officer, "a-visit-to-the-tip", [one.id for one in card.windows], now=clock.now()
        )
    page = Page(visitor.get(TIP).text).text
    assert "There are no free days before 10 May 2026" in page
    assert "call 01632 960100" in page
