"""A resident sees what we hold that they have shown to be theirs, tells us that it is wrong, and gets an answer."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.accounts.queries import AccountRow
from app.customers import queries, services
from app.customers.enums import CaseOutcome
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import Stale
from app.kernel.paging import PageRequest
from tests.integration.accounts.people import RESIDENT
from tests.support.council import person
from tests.support.desk import CROWD, ONE, OTHER, put_together, verify
from tests.support.flowing import record_id, send
from tests.support.pages import read


@pytest.fixture
def known(db: Database, riley: AccountRow, clock: FixedClock) -> Database:
    """Riley has shown to be the person of one record; another's is wrongly joined with it."""
    with db.transaction() as session:
        send(session, [ONE, OTHER, *CROWD], clock.now())
    services.match_all(db, clock=clock)
    put_together(db, [[ONE, OTHER]])
    with db.transaction() as session:
        verify(session, riley.id, record_id(db, ONE.name), clock.now())
    return db


@pytest.fixture
def steward(known: Database, clock: FixedClock) -> Actor:
    with known.transaction() as session:
        return person(session, "Felix Ward", Role.STEWARD, now=clock.now())


def test_a_wrong_merge_shows_a_resident_nothing_of_the_other(known: Database, signed_in: FlaskClient) -> None:
    page = signed_in.get("/account/records").get_data(as_text=True)
    assert "Marine Parade" in page
    assert "Okafor" not in page
    assert "legacy" not in page.casefold()
    other = record_id(known, OTHER.name)
    assert signed_in.get(f"/account/records/{other}/wrong").status_code == 404
    assert signed_in.post(f"/account/records/{other}/wrong", data={"what": "details", "said": "x"}).status_code == 404


def test_what_was_taken_back_is_no_longer_shown(known: Database, signed_in: FlaskClient) -> None:
    with known.transaction() as session:
        session.execute(text("UPDATE verification SET revoked_at = at, revoked_reason = 'x'"))
    assert "Marine Parade" not in signed_in.get("/account/records").get_data(as_text=True)


def test_a_report_lands_on_the_desk_and_the_answer_reaches_the_resident(
    known: Database, signed_in: FlaskClient, steward: Actor, clock: FixedClock
) -> None:
    address = f"/account/records/{record_id(known, ONE.name)}/wrong"
    assert "Choose what is wrong" in read(signed_in.post(address, data={"said": "x"})).text
    sent = {"what": ["details", "not_together"], "said": "I moved to Quay Street in May"}
    assert "We will look at it" in read(signed_in.post(address, data=sent, follow_redirects=True)).text
    with known.reading() as session:
        case = queries.cases(session, steward.account_id, PageRequest(), now=clock.now()).items[0]
    assert (case.opened_by, case.said, case.what) == (
        "Riley Stone",
        "I moved to Quay Street in May",
        ("details", "not_together"),
    )
    with known.transaction() as session:
        services.answer_case(
            session, steward, case.id, CaseOutcome.PUT_RIGHT, "Your address is Quay Street now.", now=clock.now()
        )
    assert "Your address is Quay Street now." in read(signed_in.get("/account/records")).text
    with known.reading() as session:
        told = session.execute(text("SELECT to_address, text FROM message WHERE template = 'record_answered'")).one()
    assert told[0] == RESIDENT
    assert "Your address is Quay Street now." in told[1]
    with pytest.raises(Stale, match="Felix Ward has answered"), known.transaction() as session:
        services.answer_case(session, steward, case.id, CaseOutcome.PUT_RIGHT, "Again", now=clock.now())


def test_a_resident_can_not_flood_the_desk(known: Database, signed_in: FlaskClient) -> None:
    address = f"/account/records/{record_id(known, ONE.name)}/wrong"
    answers = [
        signed_in.post(address, data={"what": "details", "said": f"No {number}"}).status_code for number in range(6)
    ]
    assert answers == [303] * 5 + [409]


def test_somebody_who_is_not_signed_in_is_sent_to_sign_in(visitor: FlaskClient) -> None:
    assert visitor.get("/account/records").status_code == 303
