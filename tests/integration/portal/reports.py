"""Filling in a report as a browser sends it."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.council import UPRN
from tests.support.pages import read

ADDRESS = "/services/missed-bin/report"
EMAIL = "jo@example.com"
ANSWERS = {
    "answer_property-postcode": "HM1 1AA",
    "answer_property": UPRN,
    "answer_bin": ["refuse", "food"],
    "answer_collection_day": ["10", "3", "2026"],
    "answer_out_in_time": "yes",
    "answer_whole_street": "no",
    "answer_where_left": "At the kerb",
    "phone": "",
}
VISITOR = {
    **ANSWERS,
    "name": "Josephine Bloggs",
    "email": EMAIL,
    "client_token": "6f1d7f9e-6d5e-4c57-9d6c-1c3c6f2b1a11",
}


def step(browser: FlaskClient, name: str, /, **changes: object) -> TestResponse:
    """Post the filled form with one of its buttons."""
    return browser.post(ADDRESS, data={**VISITOR, "step": name, **changes})


def sent(browser: FlaskClient, /, **changes: object) -> str:
    """Send a report and return its reference, read from the confirmation page."""
    response = step(browser, "send", **changes)
    assert response.status_code == 303, read(response).text
    return next(read(browser.get(response.location)).words("span", **{"class": "fp-reference"}))
