"""Administrators put people and systems into units and take them out, and no queue is left without a reader."""

import pytest
from flask.testing import FlaskClient

from app.accounts import services as accounts
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.organisation import queries
from tests.integration.console.conftest import Enter
from tests.support.council import Council
from tests.support.pages import read


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


def units_of(db: Database, account_id: object) -> list[str]:
    with db.reading() as session:
        return [unit.slug for unit in queries.units_of(session, account_id)]  # type: ignore[arg-type]  # - an id


def test_somebody_is_put_into_a_second_unit_and_out_of_the_first(
    db: Database, council: Council, adam: FlaskClient
) -> None:
    page = f"/console/users/{council.officer.account_id}"
    assert "Waste Services" in list(read(adam.get(page)).words("th"))
    joined = adam.post(f"{page}/units", data={"unit": "highways"})
    assert joined.status_code == 303
    assert "The account works in this unit now." in read(adam.get(joined.location)).text
    assert adam.post(f"{page}/units/waste/leave").status_code == 303
    assert units_of(db, council.officer.account_id) == ["highways"]


def test_a_system_is_put_into_a_unit(db: Database, council: Council, clock: FixedClock, adam: FlaskClient) -> None:
    with db.transaction() as session:
        system = accounts.create_service_account(session, SYSTEM, "Waste scheduler", now=clock.now())
    page = f"/console/users/{system.id}"
    assert "Works in no unit yet" in read(adam.get(page)).text
    assert adam.post(f"{page}/units", data={"unit": "waste"}).status_code == 303
    assert units_of(db, system.id) == ["waste"]


@pytest.mark.parametrize("unit", ["", "waste", "nowhere"])
def test_only_a_unit_that_they_are_not_in_can_be_chosen(
    db: Database, council: Council, adam: FlaskClient, unit: str
) -> None:
    refused = adam.post(f"/console/users/{council.officer.account_id}/units", data={"unit": unit})
    assert refused.status_code == 422
    assert read(refused).attributes("a", href="#unit")
    assert units_of(db, council.officer.account_id) == ["waste"]


def test_the_last_reader_of_a_queue_cannot_be_taken_out(db: Database, council: Council, adam: FlaskClient) -> None:
    for actor, status in ((council.officer, 303), (council.officer_too, 409)):
        answer = adam.post(f"/console/users/{actor.account_id}/units/waste/leave")
        assert answer.status_code == status
    assert "Add another reader first" in read(answer).text
    assert units_of(db, council.officer_too.account_id) == ["waste"]


def test_residents_and_strangers_work_nowhere(council: Council, browser_of: Enter, adam: FlaskClient) -> None:
    for account_id in (council.resident.account_id, new_id()):
        assert adam.post(f"/console/users/{account_id}/units", data={"unit": "waste"}).status_code == 404
        assert adam.post(f"/console/users/{account_id}/units/waste/leave").status_code == 404
    assert adam.post(f"/console/users/{council.officer.account_id}/units/nowhere/leave").status_code == 404
    other = browser_of(council.leader)
    assert (
        other.post(f"/console/users/{council.officer.account_id}/units", data={"unit": "highways"}).status_code == 403
    )
