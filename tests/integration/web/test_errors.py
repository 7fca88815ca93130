"""Every page that says no says what happened, what to do now, and keeps what was typed."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.pages import read

TYPED = {"name": "Ada Byron", "story": "The bin\nwas not emptied", "client_token": "abc", "password": "hunter2 hunter2"}


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("not-found", 404, "Page not found"),
        ("not-allowed", 403, "You do not have permission to do this"),
        ("conflict", 409, "This enquiry is already finished"),
        ("stale", 409, "Someone else changed this while you were working on it"),
        ("invalid", 422, "Enter a date"),
        ("too-many", 429, "Try again in 3 minutes"),
        ("unavailable", 503, "the service is not available just now"),
    ],
)
def test_a_refusal_of_the_house_becomes_a_page_that_says_why(
    browser: FlaskClient, kind: str, status: int, says: str
) -> None:
    response = browser.get(f"/fails/{kind}")
    assert response.status_code == status
    page = read(response)
    assert says in page.text
    assert page.heading
    assert page.lang == "en"


def test_too_many_says_when_to_come_back(browser: FlaskClient) -> None:
    assert browser.get("/fails/too-many").headers["Retry-After"] == "130"


def test_an_unknown_address_helps(browser: FlaskClient) -> None:
    response = browser.get("/no/such/page")
    assert response.status_code == 404
    assert "check it is correct" in read(response).text


def test_a_method_that_is_not_taken_says_which_are(browser: FlaskClient) -> None:
    response = browser.delete("/form")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_a_bug_shows_a_reference_and_nothing_of_the_inside(browser: FlaskClient) -> None:
    response = browser.get("/breaks")
    assert response.status_code == 500
    text = read(response).text
    assert re.search(r"ER-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert "ZeroDivision" not in text


def test_every_request_has_a_reference_of_its_own(browser: FlaskClient) -> None:
    found = {re.search(r"ER-[0-9A-Z-]{9}", read(browser.get("/breaks")).text).group() for _ in range(3)}  # type: ignore[union-attr]  # - None fails the test here, as it should
    assert len(found) == 3


def test_an_error_in_the_console_looks_like_the_console(browser: FlaskClient) -> None:
    assert "fp-console" in browser.get("/console/breaks").get_data(as_text=True)
    assert "fp-portal" in browser.get("/breaks").get_data(as_text=True)


def test_when_the_database_is_away_a_form_can_be_sent_again_as_it_was(browser: FlaskClient) -> None:
    typed = {name: value for name, value in TYPED.items() if name != "password"}
    response = browser.post("/fails/unavailable", data=typed)
    page = read(response)
    assert response.status_code == 503
    assert "Try again" in list(page.words("button"))
    for name, value in typed.items():
        assert (page.value(name) or "").removeprefix("\n") == value
    assert "Your name" in page.text
    assert "abc" not in list(page.words("dd"))


def test_a_password_is_never_shown_nor_sent_again(browser: FlaskClient) -> None:
    response = browser.post("/fails/unavailable", data=TYPED)
    page = read(response)
    assert "hunter2" not in page.html
    assert "Try again" not in list(page.words("button"))
    assert "Ada Byron" in page.text


def test_the_postcode_is_no_secret(browser: FlaskClient) -> None:
    page = read(browser.post("/fails/unavailable", data={"answer_property-postcode": "HM1 2AB"}))
    assert page.value("answer_property-postcode").strip() == "HM1 2AB"  # type: ignore[union-attr]  # - None fails the test here, as it should


def test_a_stale_form_keeps_what_was_typed(browser: FlaskClient) -> None:
    page = read(browser.post("/fails/stale", data=TYPED))
    assert "Look at the newest version" in page.text
    assert "The bin was not emptied" in page.text
    assert "hunter2" not in page.html


def test_what_was_typed_is_shown_as_text_and_not_as_markup(browser: FlaskClient) -> None:
    page = read(browser.post("/fails/unavailable", data={"name": "<script>alert(1)</script></textarea><b>x</b>"}))
    assert "<script>alert" not in page.html
    assert "<b>x</b>" not in page.html


def test_a_form_from_elsewhere_is_explained_and_never_offered_again(kit_app: Flask) -> None:
    kit_app.config["WTF_CSRF_ENABLED"] = True
    response = kit_app.test_client().post("/form", data=TYPED)
    page = read(response)
    assert response.status_code == 400
    assert page.heading == "This form has expired"
    assert "Ada Byron" in page.text
    assert "Try again" not in list(page.words("button"))


def test_a_fault_before_the_token_was_checked_offers_nothing_to_send_again(kit_app: Flask) -> None:
    kit_app.config.update(WTF_CSRF_ENABLED=True, WTF_CSRF_CHECK_DEFAULT=False)
    page = read(kit_app.test_client().post("/fails/unavailable", data={"name": "Ada Byron"}))
    assert "Try again" not in list(page.words("button"))
    assert "Ada Byron" in page.text


def test_a_body_that_is_too_large_is_refused_with_advice(kit_app: Flask) -> None:
    kit_app.config["MAX_CONTENT_LENGTH"] = 1000
    response = kit_app.test_client().post("/form", data={"story": "x" * 5000})
    assert response.status_code == 413
    assert "Send a smaller file" in read(response).text
