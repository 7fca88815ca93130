"""Residents make an account, come in and look after it, as a browser sees it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import queries
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.notifications.models import Message
from tests.integration.accounts.people import PASSWORD, RESIDENT, STAFF, a_member_of_staff, a_resident


@pytest.fixture
def riley(db: Database, clock: FixedClock) -> queries.AccountRow:
    with db.transaction() as session:
        return a_resident(session, clock.now())


def register(client: FlaskClient, email: str = RESIDENT) -> TestResponse:
    return client.post("/register", data={"name": "Riley Stone", "email": email, "password": PASSWORD})


def come_in(client: FlaskClient, to: str = "") -> TestResponse:
    return client.post(f"/sign-in{to}", data={"email": RESIDENT, "password": PASSWORD})


def newest_link(db: Database, path: str) -> str:
    """The path of the newest link of a kind that was sent."""
    with db.reading() as session:
        texts = session.scalars(
            Message.__table__.select().with_only_columns(Message.text).order_by(Message.id.desc())
        ).all()
    return next(found[0] for text in texts if (found := re.search(rf"{path}/[\w-]+", text)))


def test_from_registration_to_my_account(client: FlaskClient, db: Database) -> None:
    assert register(client).location == "/register/sent"
    link = newest_link(db, "/confirm")
    for _ in range(2):
        assert client.get(link).status_code == 200
    assert come_in(client).status_code == 422

    assert client.post(link).location == "/sign-in"

    assert come_in(client).location == "/account"
    assert client.get("/account/details").status_code == 200


def test_a_scanner_that_follows_the_link_confirms_nothing(client: FlaskClient, db: Database) -> None:
    register(client)
    link = newest_link(db, "/confirm")
    client.head(link)
    client.get(link)

    with db.reading() as session:
        account = queries.by_email(session, RESIDENT)
    assert account is not None
    assert account.email_confirmed_at is None


def test_registering_gives_the_same_answer_for_a_known_address(
    client: FlaskClient, riley: queries.AccountRow, db: Database
) -> None:
    known, unknown = register(client), register(client, "new@example.org")

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)


def test_a_form_with_everything_wrong_says_so_and_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = client.post("/register", data={"name": "Riley", "email": "not an address", "password": "short"})

    assert answer.status_code == 422
    assert "Error:" in answer.text
    assert 'value="not an address"' in answer.text
    assert 'value="short"' not in answer.text


def test_a_used_link_says_what_to_do(client: FlaskClient, db: Database) -> None:
    register(client)
    link = newest_link(db, "/confirm")
    client.post(link)

    assert client.get(link).status_code == 404
    assert "Sign in" in client.get(link).text
    assert client.post(link).status_code == 404


def test_a_page_for_residents_asks_to_sign_in_and_comes_back(client: FlaskClient, riley: queries.AccountRow) -> None:
    asked = client.get("/account/details")
    assert asked.location == "/sign-in?next=%2Faccount%2Fdetails"

    assert client.post(asked.location, data={"email": RESIDENT, "password": PASSWORD}).location == "/account/details"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/console/users", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_after_signing_in(client: FlaskClient, riley: queries.AccountRow, wanted: str) -> None:
    answer = client.post("/sign-in", query_string={"next": wanted}, data={"email": RESIDENT, "password": PASSWORD})

    assert answer.location == "/account"


def test_the_residents_cookie_opens_no_page_for_staff(client: FlaskClient, riley: queries.AccountRow) -> None:
    come_in(client)

    assert client.get("/console/users").status_code == 303


def test_staff_do_not_come_in_here(client: FlaskClient, db: Database, clock: FixedClock) -> None:
    with db.transaction() as session:
        a_member_of_staff(session, clock.now())

    assert client.post("/sign-in", data={"email": STAFF, "password": PASSWORD}).status_code == 422


def test_a_forgotten_password_is_replaced_by_a_link(
    client: FlaskClient, riley: queries.AccountRow, db: Database
) -> None:
    asked = client.post("/forgotten-password", data={"email": RESIDENT})
    unknown = client.post("/forgotten-password", data={"email": "nobody@example.org"})
    assert asked.location == unknown.location == "/forgotten-password/sent"
    link = newest_link(db, "/new-password")
    assert client.get(link).status_code == 200
    assert client.post(link, data={"password": "short"}).status_code == 422

    assert client.post(link, data={"password": "seven green herons"}).location == "/sign-in"

    assert client.post(link, data={"password": "nine yellow wrens"}).status_code == 404
    assert come_in(client).status_code == 422
    assert client.post("/sign-in", data={"email": RESIDENT, "password": "seven green herons"}).status_code == 303


def test_details_are_changed_and_the_pages_follow_the_language(client: FlaskClient, riley: queries.AccountRow) -> None:
    come_in(client)

    saved = client.post("/account/details", data={"name": "Riley Hart", "phone": "07700 900982", "locale": "fr"})

    assert saved.location == "/account/details"
    assert '<html lang="fr"' in client.get("/account/details").text
    assert client.post("/account/details", data={"name": "", "phone": "1", "locale": "xx"}).status_code == 422


def test_other_browsers_are_listed_and_signed_out(app: Flask, client: FlaskClient, riley: queries.AccountRow) -> None:
    others = [app.test_client() for _ in range(2)]
    for browser in (client, *others):
        come_in(browser)
    listed = client.get("/account/sign-ins").text
    assert listed.count("Another browser") == 2
    one = re.search(r"/account/sign-ins/[0-9a-f-]+/end\"", listed)
    assert one

    assert client.post(one[0].rstrip('"')).status_code == 303
    assert sorted(browser.get("/account/details").status_code for browser in others) == [200, 303]
    assert client.post("/account/sign-ins/end-others").status_code == 303
    assert [browser.get("/account/details").status_code for browser in others] == [303, 303]
    assert client.get("/account/details").status_code == 200


def test_the_password_is_changed_with_the_old_one(client: FlaskClient, riley: queries.AccountRow) -> None:
    come_in(client)

    wrong = client.post("/account/password", data={"old": "not it", "new": "seven green herons"})
    right = client.post("/account/password", data={"old": PASSWORD, "new": "seven green herons"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert client.get("/account/password").status_code == 200


def test_signing_out(client: FlaskClient, riley: queries.AccountRow) -> None:
    come_in(client)

    assert client.post("/sign-out").location == "/"
    assert client.get("/account/details").status_code == 303


def test_forms_need_their_token(app: Flask, riley: queries.AccountRow) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()

    for path in ("/sign-in", "/sign-out", "/register", "/account/details"):
        assert client.post(path, data={"email": RESIDENT, "password": PASSWORD}).status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "/register",
        "/register/sent",
        "/sign-in",
        "/forgotten-password",
        "/forgotten-password/sent",
        "/confirm/x",
        "/new-password/x",
    ],
)
def test_pages_outside_the_door_have_a_title_and_one_heading(client: FlaskClient, path: str) -> None:
    page = client.get(path).text

    assert re.search(r"<title>\s*\S", page)
    assert page.count("<h1") == 1
