"""My Account shows what is mine, however I asked, and nothing else."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.queries import AccountRow
from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition, State
from app.enquiries.models import Enquiry
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.accounts.people import PASSWORD, RESIDENT
from tests.integration.portal.reports import sent
from tests.support.council import Council, missed_bin
from tests.support.pages import read


def test_without_signing_in_one_is_led_to_it_and_back(visitor: FlaskClient) -> None:
    assert visitor.get("/account").location == "/sign-in?next=%2Faccount"


def test_an_empty_account_says_what_will_be_there(signed_in: FlaskClient) -> None:
    assert "You have no enquiries yet" in read(signed_in.get("/account")).text


def test_what_i_sent_is_listed_with_who_has_it_and_by_when(signed_in: FlaskClient) -> None:
    reference = sent(signed_in)
    page = read(signed_in.get("/account"))
    for words in (reference, "Received", "Waste Services", "Friday 13 March 2026", "11 March 2026"):
        assert words in page.text


def test_an_enquiry_tells_its_story(signed_in: FlaskClient) -> None:
    reference = sent(signed_in)
    page = read(signed_in.get(f"/account/enquiries/{reference}"))
    assert page.heading == "Report a missed bin"
    assert "We received your enquiry" in list(page.words("h3"))
    assert "At the kerb" in page.text
    assert "the customer" not in page.text.casefold()


def test_anothers_enquiry_is_not_found(
    signed_in: FlaskClient, council: Council, db: Database, clock: FixedClock
) -> None:
    with db.transaction() as session:
        theirs = missed_bin(session, council.neighbour, now=clock.now()).reference
    unknown = signed_in.get("/account/enquiries/FP-0000-0000")
    for response in (
        signed_in.get(f"/account/enquiries/{theirs}"),
        signed_in.post(f"/account/enquiries/{theirs}", data={"body": "Mine!"}),
    ):
        assert response.status_code == unknown.status_code == 404
        assert theirs not in read(response).text


def test_a_message_reaches_the_enquiry(signed_in: FlaskClient) -> None:
    reference = sent(signed_in)
    response = signed_in.post(f"/account/enquiries/{reference}", data={"body": "It is still full.\nPlease come."})
    assert response.status_code == 303
    page = read(signed_in.get(response.location))
    assert "Your message was sent" in page.text
    assert "You wrote to us" in page.text
    assert "It is still full. Please come." in page.text


@pytest.mark.parametrize(
    ("body", "says"),
    [("", "Write your message"), ("   ", "Write your message"), ("x" * 4001, "Enter 4000 characters or fewer")],
)
def test_a_message_that_cannot_be_sent_says_why_and_is_kept(signed_in: FlaskClient, body: str, says: str) -> None:
    reference = sent(signed_in)
    response = signed_in.post(f"/account/enquiries/{reference}", data={"body": body})
    assert response.status_code == 422
    assert says in read(response).text


def test_what_we_need_stands_out_and_an_answer_sets_it_going_again(
    signed_in: FlaskClient, council: Council, db: Database, clock: FixedClock
) -> None:
    reference = sent(signed_in)
    with db.transaction() as session:
        now = clock.now()
        enquiries.assign(
            session, council.leader, reference, to_account=council.officer.account_id, version=None, now=now
        )
        enquiries.start(session, council.officer, reference, version=None, now=now)
        due = now.replace(day=18)
        enquiries.await_customer(
            session, council.officer, reference, message="Which gate?", due_at=due, version=None, now=now
        )
    assert "We need something from you" in read(signed_in.get("/account")).text
    page = read(signed_in.get(f"/account/enquiries/{reference}"))
    assert "Which gate?" in page.text
    assert "Please answer by Wednesday 18 March 2026." in page.text
    signed_in.post(f"/account/enquiries/{reference}", data={"body": "The green one"})
    with db.reading() as session:
        assert session.scalars(select(Enquiry.state)).one() is State.IN_PROGRESS


def test_what_is_finished_shows_its_outcome_and_can_be_opened_again(
    signed_in: FlaskClient, council: Council, db: Database, clock: FixedClock
) -> None:
    reference = sent(signed_in)
    with db.transaction() as session:
        now = clock.now()
        enquiries.assign(
            session, council.leader, reference, to_account=council.officer.account_id, version=None, now=now
        )
        enquiries.start(session, council.officer, reference, version=None, now=now)
        text = "We emptied your bin."
        enquiries.resolve(
            session, council.officer, reference, disposition=Disposition.DONE, text=text, version=None, now=now
        )
    page = read(signed_in.get(f"/account/enquiries/{reference}"))
    assert "We emptied your bin." in page.text
    assert "Tell us it is not fixed" in list(page.words("button"))
    signed_in.post(f"/account/enquiries/{reference}", data={"body": "You did not."})
    assert "Finished" not in list(read(signed_in.get("/account")).words("strong"))
    with db.reading() as session:
        assert session.scalars(select(Enquiry.reopened_count)).one() == 1


def test_notes_and_names_of_staff_stay_inside(
    signed_in: FlaskClient, council: Council, db: Database, clock: FixedClock, riley: AccountRow
) -> None:
    reference = sent(signed_in)
    with db.transaction() as session:
        enquiries.add_note(session, council.advisor, reference, body="Rings every week", now=clock.now())
    html = signed_in.get(f"/account/enquiries/{reference}").get_data(as_text=True)
    assert "Rings every week" not in html
    assert council.advisor.name not in html


def test_a_language_chosen_on_this_device_outlives_signing_in(riley: AccountRow, visitor: FlaskClient) -> None:
    visitor.get("/language/fr")
    visitor.post("/sign-in", data={"email": RESIDENT, "password": PASSWORD})
    assert read(visitor.get("/account")).heading == "Mes demandes"


def test_without_a_choice_the_accounts_language_is_used(riley: AccountRow, visitor: FlaskClient) -> None:
    visitor.post("/sign-in", data={"email": RESIDENT, "password": PASSWORD}, headers={"Accept-Language": "es"})
    assert read(visitor.get("/account", headers={"Accept-Language": "es"})).lang == riley.locale == "en"


def test_a_date_that_has_passed_is_owned_up_to(signed_in: FlaskClient, clock: FixedClock) -> None:
    reference = sent(signed_in)
    clock.advance(timedelta(hours=1))
    assert "we are late" not in read(signed_in.get("/account")).text
    clock.move_to(clock.now().replace(day=16))
    signed_in.post("/sign-in", data={"email": RESIDENT, "password": PASSWORD})
    assert "we are late" in read(signed_in.get("/account")).text
    assert "The date we promised has passed" in read(signed_in.get(f"/account/enquiries/{reference}")).text
