"""The page of an enquiry: what it shows, what it offers in which state, and what happens to a stale form."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.enquiries import queries, services
from app.enquiries.enums import State
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import Council, missed_bin
from tests.support.pages import read


@pytest.fixture
def row(db: Database, council: Council, clock: FixedClock) -> EnquiryRow:
    with db.transaction() as session:
        return missed_bin(session, council.resident, now=clock.now())


@pytest.fixture
def ada(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.advisor)


def now_is(db: Database, row: EnquiryRow) -> EnquiryRow:
    with db.reading() as session:
        return queries.enquiry(session, SYSTEM, row.reference)


def test_it_says_who_has_it_since_when_and_until_when(ada: FlaskClient, row: EnquiryRow) -> None:
    page = read(ada.get(f"/console/enquiries/{row.reference}"))
    for words in (
        "Waste intake",
        "Waste Services",
        "13 Mar 2026",
        "Josephine Bloggs",
        "General waste",
        "We received this enquiry",
    ):
        assert words in page.text


def test_a_reference_as_somebody_types_it_leads_to_the_page(ada: FlaskClient, row: EnquiryRow) -> None:
    typed = row.reference.lower().replace("-", "")
    assert ada.get(f"/console/enquiries/{typed}").headers["Location"].endswith(row.reference)
    assert ada.get("/console/enquiries/FP-0000-0000").status_code == 404


def test_only_what_the_state_allows_is_offered(
    db: Database, council: Council, clock: FixedClock, ada: FlaskClient, row: EnquiryRow
) -> None:
    waiting = read(ada.get(f"/console/enquiries/{row.reference}")).text
    assert "Start work" in waiting
    assert "Open it again" not in waiting
    with db.transaction() as session:
        services.start(session, council.colleague, row.reference, version=None, now=clock.now())
    theirs = read(ada.get(f"/console/enquiries/{row.reference}")).text
    assert "Resolve it" not in theirs
    assert "Add a note" in theirs


@pytest.mark.parametrize(
    ("move", "fields", "state"),
    [
        ("start", {}, State.IN_PROGRESS),
        ("ask", {"ask-message": "Which gate?", "ask-due_at": ["18", "3", "2026"]}, State.AWAITING_CUSTOMER),
        (
            "wait",
            {"wait-reason": "The landlord", "wait-next_action_at": ["18", "3", "2026"]},
            State.AWAITING_THIRD_PARTY,
        ),
        ("schedule", {"schedule-at": ["18", "3", "2026"]}, State.SCHEDULED),
        ("resolve", {"resolve-disposition": "done", "resolve-text": "Emptied."}, State.RESOLVED),
        ("queue", {"queue-queue": "monitoring-desk"}, State.TRIAGE),
        ("redirect", {"redirect-to": "The county", "redirect-reason": "Theirs"}, State.REDIRECTED),
        ("withdraw", {"withdraw-reason": "They rang"}, State.WITHDRAWN),
    ],
)
def test_each_move_does_what_it_says(
    db: Database, ada: FlaskClient, row: EnquiryRow, *, move: str, fields: dict[str, object], state: State
) -> None:
    page = f"/console/enquiries/{row.reference}"
    if move in {"ask", "wait", "schedule"}:
        ada.post(f"{page}/start", data={})
    assert ada.post(f"{page}/{move}", data=fields).status_code == 303
    assert now_is(db, row).state is state


def test_a_move_with_something_missing_says_what_and_keeps_the_form_open(ada: FlaskClient, row: EnquiryRow) -> None:
    answer = ada.post(f"/console/enquiries/{row.reference}/resolve", data={"resolve-text": "Emptied."})
    assert answer.status_code == 422
    page = read(answer)
    assert "Choose how it ended" in page.text
    assert page.value("resolve-text") == "Emptied."


def test_a_form_on_an_old_screen_is_stale_and_changes_nothing(
    db: Database, council: Council, clock: FixedClock, ada: FlaskClient, row: EnquiryRow
) -> None:
    with db.transaction() as session:
        services.add_note(session, council.colleague, row.reference, body="Rang again", now=clock.now())
    answer = ada.post(
        f"/console/enquiries/{row.reference}/resolve",
        data={"resolve-disposition": "done", "resolve-text": "Emptied.", "resolve-version": str(row.version)},
    )
    assert answer.status_code == 409
    assert "Someone else changed this" in read(answer).text
    assert now_is(db, row).state is State.TRIAGE


def test_a_new_promise_is_told(db: Database, ada: FlaskClient, row: EnquiryRow) -> None:
    page = f"/console/enquiries/{row.reference}"
    ada.post(f"{page}/promise", data={"promise-promised_at": ["20", "3", "2026"], "promise-reason": "Snow"})
    text = read(ada.get(page)).text
    assert "20 Mar 2026" in text
    assert "Snow" in text
    assert now_is(db, row).first_promised_at == row.promised_at


def test_taking_the_next_one_leads_to_it(council: Council, browser_of: Enter, db: Database, row: EnquiryRow) -> None:
    wes = browser_of(council.officer)
    assert wes.post("/console/next").headers["Location"].endswith(row.reference)
    assert now_is(db, row).owner_name == "Wes Teofficer"
    assert "Nothing is waiting" in read(wes.post("/console/next", follow_redirects=True)).text


def test_taking_this_one_makes_it_mine(db: Database, ada: FlaskClient, row: EnquiryRow) -> None:
    ada.post(f"/console/enquiries/{row.reference}/take", data={"take-version": str(row.version)})
    assert now_is(db, row).owner_name == "Ada Visor"


def test_the_worklist_narrows_and_sorts(ada: FlaskClient, row: EnquiryRow) -> None:
    everything = read(ada.get("/console/enquiries?sort=-received"))
    assert row.reference in everything.text
    assert row.reference in read(ada.get("/console/enquiries?queue=waste-intake&search=josephine")).text
    assert row.reference not in read(ada.get("/console/enquiries?owner=me")).text
    assert "Nothing here" in read(ada.get("/console/enquiries?state=scheduled")).text
    assert ada.get("/console/enquiries?queue=nowhere&sort=nonsense&state=odd&page=x").status_code == 200


def test_the_desk_shows_my_work(ada: FlaskClient, row: EnquiryRow) -> None:
    assert "You have no open enquiries" in read(ada.get("/console")).text
    ada.post(f"/console/enquiries/{row.reference}/take", data={})
    assert row.reference in read(ada.get("/console")).text


def test_staff_who_may_not_see_enquiries_do_not(council: Council, browser_of: Enter, row: EnquiryRow) -> None:
    adam = browser_of(council.administrator)
    assert adam.get(f"/console/enquiries/{row.reference}").status_code == 403
    assert adam.get("/console").status_code == 200
    monitor = browser_of(council.monitor)
    assert monitor.get(f"/console/enquiries/{row.reference}").status_code == 200
    assert monitor.post(f"/console/enquiries/{row.reference}/resolve", data={}).status_code == 403


def test_an_unknown_move_is_not_found(ada: FlaskClient, row: EnquiryRow, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=1))
    assert ada.post(f"/console/enquiries/{row.reference}/explode", data={}).status_code == 404
