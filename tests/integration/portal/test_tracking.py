"""Seeing an enquiry with its reference and e-mail address alone."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from portal.views.track import TRIES_PER_REFERENCE
from tests.integration.portal.reports import sent
from tests.support.council import Council, missed_bin
from tests.support.pages import read


@pytest.fixture
def reference(council: Council, db: Database, clock: FixedClock) -> str:
    """A missed bin that an advisor took down on the phone for jo@example.com."""
    with db.transaction() as session:
        return missed_bin(session, council.advisor, now=clock.now()).reference


def track(browser: FlaskClient, reference: str, email: str = "jo@example.com") -> TestResponse:
    return browser.post("/track", data={"reference": reference, "email": email})


@pytest.mark.parametrize("written", ["{}", " {} ", "{}.", "lower", "no dashes"])
def test_an_enquiry_made_by_phone_opens_however_its_reference_is_written(
    visitor: FlaskClient, reference: str, written: str
) -> None:
    typed = {"lower": reference.lower(), "no dashes": reference.replace("-", " ")}.get(
        written, written.format(reference)
    )
    response = track(visitor, typed, " Jo@Example.COM ")
    assert response.location == f"/track/{reference}"
    page = read(visitor.get(response.location))
    assert "Report a missed bin" in page.heading
    assert reference in page.text


def test_a_mistyped_reference_is_told_from_an_unknown_one(visitor: FlaskClient, reference: str) -> None:
    wrong = reference[:-1] + ("A" if reference[-1] != "A" else "B")
    response = track(visitor, wrong)
    assert response.status_code == 422
    assert "typing mistake" in read(response).text


def test_the_wrong_address_and_the_unknown_reference_get_the_same_answer(visitor: FlaskClient, reference: str) -> None:
    answers = {read(track(visitor, known, email)).text.replace(known, "").replace(email, "") for known, email in
               ((reference, "someone@example.com"), ("FP-0000-0000", "jo@example.com"))}  # fmt: skip
    assert len(answers) == 1
    assert "We found no enquiry with this reference and this e-mail address" in answers.pop()


def test_the_link_in_a_message_asks_for_the_address_only(visitor: FlaskClient, reference: str) -> None:
    page = read(visitor.get(f"/track/{reference}"))
    assert page.value("reference") == reference
    assert page.value("email") == ""
    assert "missed bin" not in page.text


def test_guessing_stops_being_answered(visitor: FlaskClient, reference: str) -> None:
    for guess in range(TRIES_PER_REFERENCE):
        assert track(visitor, reference, f"guess{guess}@example.com").status_code == 422
    response = track(visitor, reference)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0


def test_what_one_browser_opened_no_other_sees(visitor: FlaskClient, app: Flask, reference: str) -> None:
    track(visitor, reference)
    page = read(app.test_client().get(f"/track/{reference}"))
    assert page.heading == "Track an enquiry"


def test_an_opened_enquiry_can_be_written_to_and_forgotten(visitor: FlaskClient, reference: str) -> None:
    track(visitor, reference)
    assert visitor.post(f"/track/{reference}", data={"body": "Any news?"}).status_code == 303
    assert "Any news?" in read(visitor.get(f"/track/{reference}")).text
    visitor.post("/track/done")
    assert read(visitor.get(f"/track/{reference}")).heading == "Track an enquiry"
    assert (
        "Any news?"
        not in read(visitor.post(f"/track/{reference}", data={"body": "Hello?"}, follow_redirects=True)).text
    )


def test_the_address_cannot_be_read_from_the_cookie(visitor: FlaskClient, reference: str) -> None:
    track(visitor, reference)
    with visitor.session_transaction() as kept:
        assert "jo@example.com" not in str(dict(kept))


def test_whoever_is_signed_in_is_led_to_their_own(signed_in: FlaskClient) -> None:
    reference = sent(signed_in)
    assert signed_in.get(f"/track/{reference}").location == f"/account/enquiries/{reference}"


@pytest.mark.parametrize("nonsense", ["x", "FP-<script>", "FP-7K3Q-92MX-TOO-LONG" * 5, "%00"])
def test_nonsense_in_the_address_asks_for_the_reference(visitor: FlaskClient, nonsense: str) -> None:
    response = visitor.get(f"/track/{nonsense}")
    assert response.status_code == 200
    assert read(response).heading == "Track an enquiry"
