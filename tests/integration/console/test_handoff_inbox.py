"""The handoff inbox: what an officer can do with an offer, and what the sender sees of it."""

import pytest
from flask.testing import FlaskClient

from app.enquiries import queries
from app.enquiries.enums import State
from app.handoffs import services
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import Council, missed_bin
from tests.support.pages import read


@pytest.fixture
def offer(db: Database, council: Council, clock: FixedClock) -> HandoffRow:
    with db.transaction() as session:
        row = missed_bin(session, council.advisor, now=clock.now())
        return services.offer(session, council.advisor, row.reference, brief="Whole street", now=clock.now())


@pytest.fixture
def wes(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.officer)


def state_of(db: Database, offer: HandoffRow) -> State:
    with db.reading() as session:
        return queries.enquiry(session, SYSTEM, offer.reference).state


def test_an_offer_is_accepted_worked_and_completed(db: Database, wes: FlaskClient, offer: HandoffRow) -> None:
    assert offer.reference in read(wes.get("/console/handoffs")).text
    page = f"/console/handoffs/{offer.id}"
    assert "Whole street" in read(wes.get(page)).text
    for step in ("accept", "start"):
        assert wes.post(f"{page}/{step}", data={}).status_code == 303
    missing = wes.post(f"{page}/complete", data={"complete-disposition": "done"})
    assert missing.status_code == 422
    assert "Write what the customer will read" in read(missing).text
    wes.post(f"{page}/complete", data={"complete-disposition": "done", "complete-text": "We came back at noon."})
    assert state_of(db, offer) is State.RESOLVED
    assert "Nothing here" in read(wes.get("/console/handoffs")).text


def test_declining_needs_a_reason_and_the_sender_reads_it(
    db: Database, council: Council, browser_of: Enter, wes: FlaskClient, offer: HandoffRow
) -> None:
    page = f"/console/handoffs/{offer.id}"
    assert wes.post(f"{page}/decline", data={}).status_code == 422
    wes.post(
        f"{page}/decline", data={"decline-reason": "A private bin", "decline-suggested_unit": "environmental-health"}
    )
    assert state_of(db, offer) is State.RETURNED
    sender = browser_of(council.advisor)
    assert "Declined" in read(sender.get("/console/handoffs?show=sent")).text
    text = read(sender.get(page)).text
    assert "A private bin" in text
    assert "They suggest Environmental Health" in text


def test_the_second_officer_is_told_that_the_first_was_quicker(
    council: Council, browser_of: Enter, wes: FlaskClient, offer: HandoffRow
) -> None:
    page = f"/console/handoffs/{offer.id}/accept"
    assert wes.post(page, data={"accept-version": str(offer.version)}).status_code == 303
    second = browser_of(council.officer_too).post(page, data={"accept-version": str(offer.version)})
    assert second.status_code == 409


def test_another_units_officer_finds_nothing(council: Council, browser_of: Enter, offer: HandoffRow) -> None:
    rhoda = browser_of(council.roads)
    assert rhoda.get(f"/console/handoffs/{offer.id}").status_code == 404
    assert rhoda.post(f"/console/handoffs/{offer.id}/accept", data={}).status_code == 404
    assert offer.reference not in read(rhoda.get("/console/handoffs")).text


def test_the_sender_takes_back_what_nobody_accepted(
    db: Database, council: Council, browser_of: Enter, offer: HandoffRow
) -> None:
    ada = browser_of(council.advisor)
    ada.post(f"/console/handoffs/{offer.id}/recall", data={"recall-reason": "Wrong unit"})
    assert state_of(db, offer) is State.RETURNED
