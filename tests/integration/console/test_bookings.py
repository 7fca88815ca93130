"""Booking for customers, keeping timetables, and the day list, page by page."""

import io
from datetime import date, timedelta

import openpyxl
import pytest

from app.bookings import queries, services
from app.bookings.enums import BookingState
from app.bookings.rows import BookingRow
from app.customers import queries as customers
from app.customers import services as customer_services
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.integration.enquiries.test_unmerged import RIGHT, STEWARD
from tests.support import bookings
from tests.support.bookings import at, book
from tests.support.council import UPRN, Council
from tests.support.desk import ONE, golden_of, match_town
from tests.support.flowing import record_id
from tests.support.pages import Page, read
from tests.support.statements import counted

TUESDAY = date(2026, 3, 17)
NINE = at(TUESDAY, 9)
SLUG = "a-visit-to-the-tip"
NEW = f"/console/bookings/new/{SLUG}"
KEPT = f"/console/timetables/{SLUG}"
DAY = f"{KEPT}/days/2026-03-17"
CALLER = {
    "time": "0900",
    "name": "Jo Bloggs",
    "email": "jo@example.com",
    "phone": "",
    "locale": "en",
    "note": "",
    "client_token": "x",
}


@pytest.fixture
def tip(db: Database, council: Council, clock: FixedClock) -> None:
    assert council
    with db.transaction() as session:
        bookings.tip(session, now=clock.now())


@pytest.fixture
def made(db: Database, tip: None, council: Council, clock: FixedClock) -> BookingRow:
    assert tip is None
    with db.transaction() as session:
        return book(session, council.resident, NINE, now=clock.now(), note_given="With a trailer")


def state(db: Database, council: Council, reference: str) -> BookingRow:
    with db.reading() as session:
        return queries.booking(session, council.leader, reference)


@pytest.mark.usefixtures("tip")
def test_an_advisor_books_moves_and_cancels_for_a_customer(browser_of: Enter, council: Council, db: Database) -> None:
    ada = browser_of(council.advisor)
    assert "A visit to the tip" in ada.get("/console/bookings/new").text
    assert "Tuesday 17 March 2026" in ada.get(NEW).text
    there = f"{NEW}/2026-03-17"
    assert "it is filed under the contact details alone" in Page(ada.get(there).text).text
    assert ada.post(there, data=CALLER | {"name": "", "time": ""}).status_code == 422
    sent = ada.post(there, data=CALLER)
    assert sent.status_code == 303
    page = read(ada.get(sent.location))
    reference = sent.location.rpartition("/")[2]
    for words in (reference, "Jo Bloggs", "9am to 10am", "Ada Visor", "Bring the permit"):
        assert words in page.text
    move = f"/console/bookings/{reference}/move/2026-03-17"
    assert ada.post(move, data={"time": "1000"}).status_code == 303
    assert state(db, council, reference).starts_at == at(TUESDAY, 10)
    assert "Cancel this booking?" in ada.get(f"/console/bookings/{reference}/cancel").text
    assert ada.post(f"/console/bookings/{reference}/cancel", data={"version": "2"}).status_code == 303
    assert state(db, council, reference).state is BookingState.CANCELLED


def test_the_last_place_that_has_gone_leaves_the_other_times_and_all_that_was_typed(
    browser_of: Enter, council: Council, db: Database, made: BookingRow, clock: FixedClock
) -> None:
    assert made
    with db.transaction() as session:
        book(session, council.neighbour, NINE, now=clock.now())
    answer = browser_of(council.advisor).post(f"{NEW}/2026-03-17", data=CALLER | {"note": "Two sacks"})
    assert answer.status_code == 422
    page = read(answer)
    assert "The last place at that time has just been taken" in page.text
    assert "10am to 11am (2 places left)" in page.text
    assert (page.value("name"), page.value("note")) == ("Jo Bloggs", "Two sacks")


def test_in_a_call_it_is_filed_under_the_record_and_shows_on_the_customers_page(
    browser_of: Enter, council: Council, db: Database, clock: FixedClock
) -> None:
    match_town(db, clock)
    record = record_id(db, ONE.name)
    with db.transaction() as session:
        bookings.tip(session, now=clock.now())
        call = enquiries.open_contact(session, council.advisor, channel=Channel.PHONE, now=clock.now())
        customer_services.verify(
            session, council.advisor, record, RIGHT[ONE.name], contact_ref=str(call.id), now=clock.now()
        )
        enquiries.identify_caller(session, council.advisor, call.id, source_record_id=record, now=clock.now())
    ada = browser_of(council.advisor)
    asked = read(ada.get(f"{NEW}/2026-03-17"))
    assert "Filed under the record that the caller was verified for" in asked.text
    assert "Tallis" in (asked.value("name") or "")
    assert ada.post(f"{NEW}/2026-03-17", data=CALLER).status_code == 303
    golden = golden_of(db, ONE)
    page = read(ada.get(f"/console/customers/{golden}?purpose=call")).text
    assert "A visit to the tip" in page
    assert "17 March 2026, 9am to 10am" in page
    with db.reading() as session:
        [row] = queries.coming_for(session, source_record_ids=[record], now=clock.now())
        assert customers.golden_of_source_record(session, row.source_record_id or record) == golden


def test_the_units_people_make_a_timetable_give_it_times_and_end_it(
    browser_of: Enter, council: Council, db: Database, clock: FixedClock
) -> None:
    wes = browser_of(council.officer)
    assert "Your units have nothing to book yet" in wes.get("/console/timetables").text
    terms = {
        "name": "A visit to the tip", "place": "Harbour Road", "places": "2", "notice_hours": "24", "days_ahead": "60", "bring": "",
        "phone": "01632 960100", "service": "tip-permit", "unit": "waste",
    }  # fmt: skip
    assert "Enter a whole number" in wes.post("/console/timetables/new", data=terms | {"places": "two"}).text
    assert wes.post("/console/timetables/new", data=terms).location.endswith(KEPT)
    assert "nobody can book it" in wes.get(KEPT).text
    times = {"weekdays": ["0", "1"], "starts": "09:00", "ends": "10:30", "minutes": "30", "places": "2"}
    assert "Write the time like 13:30" in wes.post(f"{KEPT}/times", data=times | {"starts": "nine"}).text
    assert wes.post(f"{KEPT}/times", data=times).status_code == 303
    week = read(wes.get(KEPT)).text
    assert "Monday 09:00–10:30, every 30 minutes, places: 2" in week
    assert "Monday, 09:00–09:30, places: 2" in week
    with db.reading() as session:
        windows = queries.card(session, SLUG, now=clock.now()).windows
    assert len(windows) == 6
    gone = [str(one.id) for one in windows if one.weekday == 0]
    assert wes.post(f"{KEPT}/times/remove", data={"windows": gone}).status_code == 303
    assert wes.post(f"{KEPT}/times/remove", data={}).status_code == 422
    assert wes.post(KEPT, data=terms | {"name": "The tip", "version": "1"}).status_code == 409
    assert wes.post(KEPT, data=terms | {"name": "The tip", "version": "3"}).status_code == 303
    last = {"ends_on": ["31", "3", "2026"], "version": "4"}
    assert wes.post(f"{KEPT}/end", data=last).status_code == 303
    assert "31 March 2026" in wes.get("/console/timetables").text


@pytest.mark.usefixtures("made")
def test_others_do_not_see_a_units_timetable_or_who_comes(
    browser_of: Enter, council: Council, made: BookingRow
) -> None:
    rhoda = browser_of(council.roads)
    assert "The tip" not in rhoda.get("/console/timetables").text
    for path in (KEPT, DAY, f"{DAY}/export.xlsx", f"{DAY}/close", f"/console/bookings/{made.reference}"):
        assert rhoda.get(path).status_code == 404
    assert rhoda.post(f"{DAY}/close", data={"reason": "x"}).status_code == 404
    assert browser_of(council.advisor).get(DAY).status_code == 403


def test_the_day_shows_who_comes_and_is_taken_away_as_a_table(
    browser_of: Enter, council: Council, made: BookingRow
) -> None:
    wes = browser_of(council.officer)
    page = read(wes.get(DAY)).text
    for words in ("Jo Bloggs", made.reference, "With a trailer", "9am to 10am", "1 of 2 taken", "1 booking"):
        assert words in page
    assert wes.get(f"{KEPT}/days?day=2026-03-17").location.endswith(DAY)
    assert wes.get(f"{KEPT}/days/someday").status_code == 404
    book_ = openpyxl.load_workbook(io.BytesIO(wes.get(f"{DAY}/export.xlsx").data))
    rows = list(book_.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("From", "Until", "Reference", "Name", "Telephone", "Where", "Note", "State")
    assert rows[1][:4] == ("0900", "1000", made.reference, "Jo Bloggs")
    assert "Nothing can be booked on this day" in wes.get(f"{KEPT}/days/2026-03-15").text


def test_they_came_or_did_not(
    browser_of: Enter, council: Council, db: Database, made: BookingRow, clock: FixedClock
) -> None:
    wes = browser_of(council.officer)
    settle = f"{DAY}/settle/{made.reference}"
    assert "Did not come" not in wes.get(DAY).text
    assert wes.post(settle, data={"kept": "no"}).status_code == 409
    clock.move_to(NINE + timedelta(hours=1))
    wes = browser_of(council.officer)
    assert "Did not come" in wes.get(DAY).text
    assert wes.post(settle, data={"kept": "no"}).status_code == 303
    assert state(db, council, made.reference).state is BookingState.MISSED
    assert wes.post(settle, data={"kept": "yes"}).status_code == 303
    assert state(db, council, made.reference).state is BookingState.KEPT


def test_closing_shows_first_who_is_booked(
    browser_of: Enter, council: Council, db: Database, made: BookingRow, clock: FixedClock
) -> None:
    wes = browser_of(council.officer)
    shown = read(wes.get(f"{DAY}/close?at=0900"))
    assert "1 customer is booked" in shown.text
    assert "Jo Bloggs" in shown.text
    assert shown.value("seen") == "1"
    assert wes.post(f"{DAY}/close?at=0900", data={"reason": "", "seen": "1"}).status_code == 422
    with db.transaction() as session:
        book(session, council.neighbour, NINE, now=clock.now())
    others = wes.post(f"{DAY}/close?at=0900", data={"reason": "Storm", "seen": "1"})
    assert others.status_code == 409
    assert read(others).value("seen") == "2"
    assert state(db, council, made.reference).state is BookingState.BOOKED
    assert wes.post(f"{DAY}/close?at=0900", data={"reason": "Storm", "seen": "2"}).status_code == 303
    assert state(db, council, made.reference).cancel_reason == "Storm"
    assert wes.post(f"{DAY}/open?at=0900").status_code == 303
    assert wes.post(f"{DAY}/close", data={"reason": "Snow", "seen": "0"}).status_code == 303
    assert "Snow" in wes.get(DAY).text
    assert wes.post(f"{DAY}/open").status_code == 303


def test_of_a_protected_customer_lists_and_tables_say_nothing_and_opening_asks_why(
    browser_of: Enter, council: Council, db: Database, clock: FixedClock
) -> None:
    match_town(db, clock)
    record = record_id(db, ONE.name)
    with db.transaction() as session:
        bookings.tip(session, now=clock.now())
        row = bookings.collection(session, now=clock.now())
        customer_services.restrict(session, STEWARD, record, reason="A protected address", now=clock.now())
    protected = _file(db, record, council, clock, row.slug)
    wes, lee = browser_of(council.officer), browser_of(council.leader)
    day = f"/console/timetables/{row.slug}/days/2026-03-17"
    table = openpyxl.load_workbook(io.BytesIO(wes.get(f"{day}/export.xlsx").data))
    told = str([list(sheet.iter_rows(values_only=True)) for sheet in table])
    pages = [wes.get(day).text, wes.get(f"{day}/close").text, wes.get(f"/console/bookings/{protected}").text, told]
    pages += [browser_of(council.advisor).get(f"/console/bookings/{protected}").text]
    for page in pages:
        assert protected in page
        for secret in ("Bloggs", "High Street", "jo@example.com", "01632 960001", "Side gate"):
            assert secret not in page
    there = f"/console/bookings/{protected}"
    assert "Open the booking" not in wes.get(there).text
    assert wes.post(f"{there}/open", data={"reason": "To collect"}).status_code == 403
    assert lee.post(f"{there}/open", data={"reason": ""}).status_code == 422
    assert "1 High Street" in lee.post(f"{there}/open", data={"reason": "To collect"}).text


def _file(db: Database, record: object, council: Council, clock: FixedClock, slug: str) -> str:
    """Booked under the record, with everything that must not be told."""

    assert council
    with db.transaction() as session:
        return services.book(
            session, SYSTEM, timetable=slug, starts_at=at(TUESDAY, 8), person=bookings.JO, channel=Channel.PHONE,
            note_given="Side gate", uprn=UPRN, source_record_id=record, now=clock.now(),  # type: ignore[arg-type]  # - a record's id
        ).reference  # fmt: skip


def test_the_customers_page_and_a_day_ask_the_same_number_of_things_however_much_is_booked(
    browser_of: Enter, council: Council, db: Database, clock: FixedClock
) -> None:
    with db.transaction() as session:
        bookings.tip(session, now=clock.now(), places=40)
    wes = browser_of(council.officer)

    def asked() -> int:
        with counted(db.engine) as said:
            assert wes.get(DAY).status_code == 200
        return len(said)

    with db.transaction() as session:
        book(session, council.advisor, NINE, now=clock.now())
    few = asked()
    with db.transaction() as session:
        for _ in range(20):
            book(session, council.advisor, NINE, now=clock.now())
    assert asked() == few
