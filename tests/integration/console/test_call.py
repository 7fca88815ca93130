"""An advisor's call: taken, scripted, an enquiry raised and handed over, wrapped up."""

import pytest
from flask.testing import FlaskClient

from app.enquiries import queries
from app.enquiries.enums import State, WrapUp
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.paging import PageRequest
from tests.integration.console.conftest import Enter
from tests.support.council import UPRN, Council
from tests.support.pages import read

CALLER = {"name": "Josephine Bloggs", "email": "jo@example.com", "phone": "01632 960001"}
ANSWERS = {
    "answer_property-postcode": "HM1 1AA",
    "answer_property": UPRN,
    "answer_bin": ["refuse"],
    "answer_collection_day": ["10", "3", "2026"],
    "answer_out_in_time": "yes",
    "answer_whole_street": "no",
    **CALLER,
    "locale": "fr",
    "step": "check",
}


@pytest.fixture
def ada(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.advisor)


def address_of_call(ada: FlaskClient) -> str:
    return str(ada.post("/console/calls", data={"channel": "phone"}).headers["Location"])


def test_a_question_is_answered_from_the_script_and_counts_as_resolved_at_first_contact(
    db: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    call = address_of_call(ada)
    assert ada.post(f"{call}/caller", data=CALLER).status_code == 303
    page = read(ada.get(f"{call}?service=missed-bin"))
    assert page.heading == "Josephine Bloggs"
    assert "every collection after it is one day later" in page.text
    wrapped = ada.post(
        f"{call}/wrap-up",
        data={"code": "answered", "service": "missed-bin", "resolved_here": "yes"},
        follow_redirects=True,
    )
    assert "resolved at first contact" in read(wrapped).text
    with db.reading() as session:
        counted = queries.first_contact_resolution(session, since=clock.now(), until=clock.now().replace(hour=23))
    assert (counted.contacts, counted.resolved_here) == (1, 1)


def test_a_wrap_up_that_says_nothing_is_sent_back_and_the_call_goes_on(ada: FlaskClient) -> None:
    call = address_of_call(ada)
    answer = ada.post(f"{call}/wrap-up", data={})
    assert answer.status_code == 422
    page = read(answer)
    assert page.title.startswith("Error")
    assert "Choose what it was" in page.text
    assert "Say whether it was settled" in page.text


def test_a_second_call_at_once_is_a_conflict_in_words(ada: FlaskClient) -> None:
    address_of_call(ada)
    answer = ada.post("/console/calls", data={"channel": "phone"})
    assert answer.status_code == 409
    assert "Wrap it up first" in read(answer).text


def test_an_enquiry_is_raised_in_the_call_with_the_promise_in_sight(
    db: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    call = address_of_call(ada)
    ada.post(f"{call}/caller", data=CALLER)
    blank = read(ada.get("/console/enquiries/new/missed-bin"))
    assert "by Friday 13 March 2026" in blank.text
    assert blank.value("name") == "Josephine Bloggs"
    raised = ada.post("/console/enquiries/new/missed-bin", data=ANSWERS)
    assert raised.status_code == 303
    page = read(ada.get(raised.headers["Location"]))
    assert page.heading == "Report a missed bin"
    assert "General waste" in page.text
    with db.reading() as session:
        (row,) = queries.worklist(session, page=PageRequest(), now=clock.now()).items
        whole = queries.enquiry(session, SYSTEM, row.reference)
    assert (whole.raiser.locale, whole.received_by) == ("fr", "Ada Visor")
    assert whole.contact_id is not None


def test_whoever_is_in_danger_is_told_whom_to_ring_before_the_first_question(ada: FlaskClient) -> None:
    page = read(ada.get("/console/enquiries/new/pothole")).text
    assert "If the damage puts people in danger now, ring us at once on 01632 960100." in page


def test_one_like_it_is_shown_first_and_can_be_raised_all_the_same(ada: FlaskClient) -> None:
    first = ada.post("/console/enquiries/new/missed-bin", data=ANSWERS).headers["Location"]
    again = ada.post("/console/enquiries/new/missed-bin", data=ANSWERS)
    assert again.status_code == 409
    page = read(again)
    assert "One like it is open already" in page.text
    assert first.rpartition("/")[2] in page.text
    assert ada.post("/console/enquiries/new/missed-bin", data=ANSWERS | {"step": "anyway"}).status_code == 303


def test_a_form_with_everything_wrong_names_everything_and_keeps_what_was_typed(ada: FlaskClient) -> None:
    answer = ada.post(
        "/console/enquiries/new/missed-bin",
        data={
            "answer_collection_day": ["31", "2", "2026"],
            "email": "jo",
            "phone": "ring",
            "name": "",
            "step": "check",
        },
    )
    assert answer.status_code == 422
    page = read(answer)
    for message in ("Enter a real date", "Select which bins were missed", "Enter the caller's name"):
        assert message in page.text
    assert page.value("email") == "jo"


def test_the_caller_is_handed_to_the_service_and_the_advisor_answers_for_it(
    db: Database, council: Council, clock: FixedClock, ada: FlaskClient
) -> None:
    enquiry = ada.post("/console/enquiries/new/missed-bin", data=ANSWERS).headers["Location"]
    done = ada.post(f"{enquiry}/hand-off", data={"hand-off-unit": "waste", "hand-off-brief": "Whole street"})
    assert done.status_code == 303
    page = read(ada.get(enquiry))
    assert "Sent, not yet accepted" in page.text
    with db.reading() as session:
        row = queries.enquiry(session, SYSTEM, enquiry.rpartition("/")[2])
    assert (row.state, row.owner_name) == (State.WITH_SERVICE, "Ada Visor")


def test_nobody_else_wraps_up_my_call(council: Council, browser_of: Enter, ada: FlaskClient) -> None:
    call = address_of_call(ada)
    col = browser_of(council.colleague)
    assert (
        col.post(
            f"{call}/wrap-up", data={"code": WrapUp.ANSWERED.value, "service": "", "resolved_here": "no"}
        ).status_code
        == 403
    )
    assert "Wrap up" not in read(col.get(call)).text
