"""From the questions of a service to a reference and a promise."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.enquiries.models import Enquiry
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.notifications.models import Message
from tests.integration.portal.reports import ADDRESS, EMAIL, VISITOR, sent, step
from tests.support.council import OTHER_UPRN, UPRN, Council, missed_bin
from tests.support.pages import read


def test_an_empty_form_asks_for_everything_in_the_order_of_the_page(visitor: FlaskClient) -> None:
    response = visitor.post(ADDRESS, data={"step": "check"})
    page = read(response)
    assert response.status_code == 422
    links = [
        link["href"]
        for link in page.attributes("a")
        if link.get("href", "").startswith("#") and link["href"] != "#main-content"
    ]
    assert links == [
        "#answer_property",
        "#answer_bin",
        "#answer_collection_day",
        "#answer_out_in_time",
        "#answer_whole_street",
        "#name",
        "#email",
    ]
    ids = {attributes["id"] for _, attributes, _ in page.elements if "id" in attributes}
    assert {link[1:] for link in links} <= ids


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("answer_property", "999", "Choose an address"),
        ("answer_property-postcode", "ZZ9 9ZZ", "We know no address with the postcode ZZ9 9ZZ"),
        ("answer_bin", ["plutonium"], "Choose from the answers shown"),
        ("answer_collection_day", ["30", "2", "2026"], "Enter a real date"),
        ("answer_out_in_time", "perhaps", "Choose from the answers shown"),
        ("answer_where_left", "x" * 201, "Your answer is too long"),
        ("name", "", "Enter your name"),
        ("email", "", "Enter your e-mail address"),
    ],
)
def test_each_wrong_answer_is_said_at_its_question_and_kept(
    visitor: FlaskClient, field: str, value: object, says: str
) -> None:
    response = step(visitor, "check", **{field: value})
    assert response.status_code == 422
    assert says in read(response).text


@pytest.mark.parametrize(("field", "value"), [("email", "not an address"), ("phone", "call me")])
def test_what_only_the_service_knows_is_said_when_sending(visitor: FlaskClient, field: str, value: str) -> None:
    response = step(visitor, "send", **{field: value})
    page = read(response)
    assert response.status_code == 422
    assert page.attributes("a", href=f"#{field}")
    assert page.value(field) == value


def test_finding_an_address_complains_about_nothing_else(visitor: FlaskClient) -> None:
    response = visitor.post(ADDRESS, data={"answer_property-postcode": "hm11aa", "step": "find"})
    page = read(response)
    assert response.status_code == 200
    assert not list(page.words("h2", **{"class": "govuk-error-summary__title"}))
    assert {option.get("value") for option in page.attributes("option")} >= {UPRN, OTHER_UPRN}


def test_the_answers_are_shown_in_words_before_they_are_sent(visitor: FlaskClient, db: Database) -> None:
    page = read(step(visitor, "check"))
    assert page.heading == "Check your answers before you send them"
    for words in ("High Street", "General waste Food waste", "10 March 2026", "At the kerb", "Josephine Bloggs"):
        assert words in page.text
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Enquiry)) == 0


def test_changing_an_answer_keeps_all_the_others(visitor: FlaskClient) -> None:
    page = read(step(visitor, "edit"))
    assert page.value("answer_where_left") == "At the kerb"
    assert page.value("name") == "Josephine Bloggs"
    assert [box["value"] for box in page.attributes("input", name="answer_bin") if "checked" in box] == [
        "refuse",
        "food",
    ]


def test_sending_gives_a_reference_a_promise_and_an_e_mail(visitor: FlaskClient, db: Database) -> None:
    response = step(visitor, "send")
    page = read(visitor.get(response.location))
    assert "FP-" in page.text
    assert "Friday 13 March 2026" in page.text
    assert "Waste Services" in page.text
    with db.reading() as session:
        assert session.scalars(select(Message.to_address)).all() == [EMAIL]
        assert session.scalars(select(Enquiry.raiser_name)).all() == ["Josephine Bloggs"]


def test_sending_twice_makes_one_enquiry(visitor: FlaskClient, db: Database) -> None:
    assert sent(visitor) == sent(visitor)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Enquiry)) == 1


def test_every_opened_form_has_a_token_of_its_own(visitor: FlaskClient) -> None:
    tokens = {read(visitor.get(ADDRESS)).value("client_token") for _ in range(2)}
    assert len(tokens) == 2
    assert "" not in tokens


def test_the_confirmation_belongs_to_the_browser_that_sent(visitor: FlaskClient, signed_in: FlaskClient) -> None:
    sent(visitor)
    assert signed_in.get("/services/missed-bin/sent").location == "/services/missed-bin"


def test_somebody_who_is_signed_in_is_not_asked_who_they_are(signed_in: FlaskClient, db: Database) -> None:
    page = read(signed_in.get(ADDRESS))
    assert page.value("name") is None
    assert "riley@example.org" in page.text
    sent(signed_in)
    with db.reading() as session:
        assert session.scalars(select(Enquiry.raiser_email)).all() == ["riley@example.org"]


def test_nobody_can_send_in_anothers_name_while_signed_in(signed_in: FlaskClient, db: Database) -> None:
    sent(signed_in, name="Somebody Else", email="else@example.com")
    with db.reading() as session:
        assert session.scalars(select(Enquiry.raiser_email)).all() == ["riley@example.org"]


def test_what_is_open_for_the_address_is_mentioned_without_saying_who(
    visitor: FlaskClient, council: Council, db: Database, clock: FixedClock
) -> None:
    with db.transaction() as session:
        known = missed_bin(session, council.resident, now=clock.now())
    page = read(step(visitor, "check"))
    assert "We already know of something like this" in page.text
    assert known.reference not in page.html
    assert sent(visitor) != known.reference


def test_a_question_that_is_not_asked_is_neither_needed_nor_kept(visitor: FlaskClient, db: Database) -> None:
    answers = {
        "answer_property-postcode": "HM1 1AA", "answer_property": UPRN, "answer_kind": "refuse", "answer_reason": "lost",
        "answer_people": "7", "name": "Jo", "email": EMAIL, "step": "send",
    }  # fmt: skip
    assert visitor.post("/services/bin-order/report", data=answers).status_code == 303
    with db.reading() as session:
        assert "people" not in session.scalars(select(Enquiry.answers)).one()


def test_a_question_whose_turn_has_come_must_be_answered(visitor: FlaskClient) -> None:
    answers = {**VISITOR, "answer_kind": "refuse", "answer_reason": "more", "answer_people": "", "step": "check"}
    response = visitor.post("/services/bin-order/report", data=answers)
    assert response.status_code == 422
    assert read(response).attributes("a", href="#answer_people")


def test_markup_in_an_answer_stays_text(visitor: FlaskClient) -> None:
    page = read(step(visitor, "check", answer_where_left="<img src=x onerror=alert(1)>"))
    assert not re.search(r"<img", page.html)
    assert "<img src=x onerror=alert(1)>" in page.text


def test_the_message_is_in_the_language_of_the_page(visitor: FlaskClient, db: Database) -> None:
    visitor.get("/language/fr")
    sent(visitor)
    with db.reading() as session:
        assert session.scalars(select(Message.locale)).all() == ["fr"]
        assert "Signaler un bac non vidé" in session.scalars(select(Message.text)).one()
