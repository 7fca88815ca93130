"""Staff at the console's door, and administrators at their work, as a browser sees it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts import queries, services
from app.accounts.queries import AccountRow
from app.accounts.services import TotpEnrolment
from app.kernel.actors import Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.notifications.queries import messages_about
from tests.integration.accounts.people import NO_CODE, PASSWORD, STAFF, a_member_of_staff, codes_differ

ADMIN = "admin@hallowmere.example"


@pytest.fixture
def advisor(db: Database, clock: FixedClock) -> tuple[AccountRow, TotpEnrolment]:
    with db.transaction() as session:
        return a_member_of_staff(session, clock.now())


@pytest.fixture
def admin(db: Database, clock: FixedClock) -> tuple[AccountRow, TotpEnrolment]:
    with db.transaction() as session:
        return a_member_of_staff(session, clock.now(), Role.ADMINISTRATOR, email=ADMIN)


def give_password(client: FlaskClient, email: str = STAFF, to: str = "") -> TestResponse:
    return client.post(f"/console/sign-in{to}", data={"email": email, "password": PASSWORD})


def come_in(client: FlaskClient, enrolment: TotpEnrolment, clock: FixedClock, email: str = STAFF) -> TestResponse:
    half = give_password(client, email)
    return client.post(half.location, data={"code": services.code_at(enrolment.secret, clock.now())})


def cookie(response: TestResponse) -> str:
    return next(value for value in response.headers.getlist("Set-Cookie") if value.startswith("fp_staff="))


def test_a_page_for_staff_asks_to_sign_in_and_comes_back(client: FlaskClient) -> None:
    answer = client.get("/console/users?search=sam")

    assert answer.status_code == 303
    assert urlsplit(answer.location).path == "/console/sign-in"
    assert parse_qs(urlsplit(answer.location).query) == {"next": ["/console/users?search=sam"]}


def test_both_factors_lead_to_the_page_that_was_asked_for(
    client: FlaskClient, admin: tuple[AccountRow, TotpEnrolment], clock: FixedClock
) -> None:
    half = give_password(client, ADMIN, "?next=/console/users?search=sam")
    assert client.get("/console/users").status_code == 303

    answer = client.post(half.location, data={"code": services.code_at(admin[1].secret, clock.now())})

    assert answer.location == "/console/users?search=sam"
    assert client.get("/console/users").status_code == 200


def test_the_cookie_is_out_of_reach_and_changes_with_each_step(
    client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock
) -> None:
    half = give_password(client)
    whole = client.post(half.location, data={"code": services.code_at(advisor[1].secret, clock.now())})

    for response in (half, whole):
        assert {"HttpOnly", "Path=/console", "SameSite=Lax"} <= set(cookie(response).split("; "))
    assert cookie(half) != cookie(whole)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/account", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(
    client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock, wanted: str
) -> None:
    client.post("/console/sign-in", query_string={"next": wanted}, data={"email": STAFF, "password": PASSWORD})
    code = services.code_at(advisor[1].secret, clock.now())

    answer = client.post("/console/second-factor", query_string={"next": wanted}, data={"code": code})

    assert answer.location == "/console"


def test_a_wrong_password_and_an_unknown_address_look_the_same(
    client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment]
) -> None:
    known = client.post("/console/sign-in", data={"email": STAFF, "password": "wrong"})
    unknown = client.post("/console/sign-in", data={"email": "nobody@hallowmere.example", "password": "wrong"})

    assert known.status_code == unknown.status_code == 422
    assert comparable(known).replace(STAFF, "") == comparable(unknown).replace("nobody@hallowmere.example", "")


def comparable(response: TestResponse) -> str:
    """The page without what differs on every page."""
    return re.sub(r'nonce="[^"]*"|X-CSRFToken[^}]*|name="csrf_token"[^>]*', "", response.text)


def test_failed_tries_at_the_form_are_counted(client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment]) -> None:
    answers = [
        client.post("/console/sign-in", data={"email": STAFF, "password": "wrong"}).status_code for _ in range(6)
    ]

    assert answers == [422] * 5 + [429]
    assert give_password(client).status_code == 429


def test_a_resident_has_no_business_at_this_door(client: FlaskClient, db: Database, clock: FixedClock) -> None:
    from tests.integration.accounts.people import RESIDENT, a_resident

    with db.transaction() as session:
        a_resident(session, clock.now())

    assert give_password(client, RESIDENT).status_code == 422


def test_a_role_without_the_permission_gets_a_403(
    client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock
) -> None:
    come_in(client, advisor[1], clock)

    assert client.get("/console/users").status_code == 403
    assert client.post(f"/console/users/{advisor[0].id}/roles", data={"roles": "administrator"}).status_code == 403


def test_signing_out_ends_it_on_the_server_too(
    app: Flask, client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock
) -> None:
    stolen = cookie(come_in(client, advisor[1], clock)).split(";")[0].partition("=")[2]

    client.post("/console/sign-out")

    thief = app.test_client()
    thief.set_cookie("fp_staff", stolen, path="/console")
    assert thief.get("/console/my-account").status_code == 303


def test_signing_in_again_ends_the_earlier_sign_in_of_this_browser(
    client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock, db: Database
) -> None:
    come_in(client, advisor[1], clock)
    client.get("/console/my-account")
    give_password(client)

    with db.reading() as session:
        assert queries.sign_ins_of(session, advisor[0].id, now=clock.now()) == ()


def test_a_form_sent_after_the_session_ended_is_answered_with_a_401(client: FlaskClient) -> None:
    assert client.post("/console/my-account/recovery-codes").status_code == 401


def test_an_invitation_leads_through_password_and_app_to_the_console(
    app: Flask, client: FlaskClient, admin: tuple[AccountRow, TotpEnrolment], clock: FixedClock, db: Database
) -> None:
    come_in(client, admin[1], clock, ADMIN)
    made = client.post(
        "/console/users/new",
        data={"name": "Nia Field", "email": "nia@hallowmere.example", "roles": ["officer", "monitor"]},
    )
    page = client.get(made.location)
    assert "Nia Field" in page.text
    with db.reading() as session:
        nia = queries.by_email(session, "nia@hallowmere.example")
        assert nia is not None
        (mail,) = messages_about(session, "account", nia.id)
    link = re.search(r"/console/new-password/\S+", mail.text)
    assert link

    nias = app.test_client()
    assert nias.get(link[0]).status_code == 200
    assert nias.post(link[0], data={"password": "short"}).status_code == 422
    assert nias.post(link[0], data={"password": "seven green herons"}).status_code == 303
    assert nias.get(link[0]).status_code == 404
    half = nias.post("/console/sign-in", data={"email": "nia@hallowmere.example", "password": "seven green herons"})
    enrol = nias.get(half.location)
    assert urlsplit(enrol.location).path == "/console/enrol"
    shown = nias.get(enrol.location)
    secret = re.search(r"<strong id=\"key\">(.*?)</strong>", shown.text)
    assert secret
    assert "<svg" in shown.text
    key = re.sub(r"<[^>]*>|\s", "", secret[1])
    codes_differ(key, clock)
    assert nias.post(enrol.location, data={"code": NO_CODE}).status_code == 422
    done = nias.post(enrol.location, data={"code": services.code_at(key, clock.now())})
    assert len(re.findall(r">[2-9a-z]{4}(?:-[2-9a-z]{4}){3}<", done.text)) == 10
    assert nias.get("/console/my-account").status_code == 200


def test_what_an_administrator_can_do_about_an_account(
    client: FlaskClient, admin: tuple[AccountRow, TotpEnrolment], advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock, db: Database
) -> None:  # fmt: skip
    come_in(client, admin[1], clock, ADMIN)
    place = f"/console/users/{advisor[0].id}"

    assert client.post(f"{place}/roles", data={}).status_code == 422
    for action, data in (
        ("roles", {"roles": ["steward"]}),
        ("send-link", {}),
        ("reset-second-factor", {}),
        ("end-sign-ins", {}),
        ("suspend", {}),
    ):
        assert client.post(f"{place}/{action}", data=data).location == place

    with db.reading() as session:
        after = queries.account(session, advisor[0].id)
    assert (after.roles, after.has_second_factor, after.active) == ({Role.STEWARD}, False, False)
    assert "Suspended" in client.get("/console/users").text
    client.post(f"{place}/reinstate")
    assert "Let the account in again" not in client.get(place).text


def test_a_resident_is_not_looked_after_here(
    client: FlaskClient, admin: tuple[AccountRow, TotpEnrolment], clock: FixedClock, db: Database
) -> None:
    from tests.integration.accounts.people import a_resident

    with db.transaction() as session:
        resident = a_resident(session, clock.now())
    come_in(client, admin[1], clock, ADMIN)

    assert client.get(f"/console/users/{resident.id}").status_code == 404


def test_a_key_is_shown_once_and_can_be_revoked(
    client: FlaskClient, admin: tuple[AccountRow, TotpEnrolment], clock: FixedClock, db: Database
) -> None:
    come_in(client, admin[1], clock, ADMIN)
    place = client.post("/console/users/new-system", data={"name": "Waste scheduler"}).location
    assert client.post(f"{place}/keys", data={}).status_code == 422

    shown = client.post(f"{place}/keys", data={"scopes": ["handoffs:read", "handoffs:write"]})

    key = re.search(r"fpk_[0-9a-f]{8}_[\w-]+", shown.text)
    assert key
    assert key[0] not in client.get(place).text
    revoke = re.search(rf"{place}/keys/[0-9a-f-]+/revoke", client.get(place).text)
    assert revoke
    client.post(revoke[0])
    with db.transaction() as session:
        assert services.resolve_api_key(session, key[0], now=clock.now()) is None


def test_staff_change_their_password_and_renew_their_codes(
    client: FlaskClient, advisor: tuple[AccountRow, TotpEnrolment], clock: FixedClock
) -> None:
    come_in(client, advisor[1], clock)

    wrong = client.post("/console/my-account/password", data={"old": "not it", "new": "seven green herons"})
    weak = client.post("/console/my-account/password", data={"old": PASSWORD, "new": "short"})
    right = client.post("/console/my-account/password", data={"old": PASSWORD, "new": "seven green herons"})
    codes = client.post("/console/my-account/recovery-codes")

    assert [wrong.status_code, weak.status_code, right.status_code, codes.status_code] == [422, 422, 303, 200]
    assert client.get("/console/my-account").status_code == 200


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/forgotten-password", "/console/new-password/nonsense"])
def test_pages_outside_the_door_have_a_title_and_one_heading(client: FlaskClient, path: str) -> None:
    page = client.get(path).text

    assert re.search(r"<title>\s*\S", page)
    assert page.count("<h1") == 1
