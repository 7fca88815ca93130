"""A council with its catalogue in a database of the test's own, a visitor, and a resident who is signed in."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.queries import AccountRow
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.accounts.people import PASSWORD, RESIDENT, a_resident
from tests.support.council import Council


@pytest.fixture
def visitor(council: Council, app: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def riley(council: Council, db: Database, clock: FixedClock) -> AccountRow:
    with db.transaction() as session:
        return a_resident(session, clock.now())


@pytest.fixture
def signed_in(riley: AccountRow, app: Flask) -> FlaskClient:
    """Riley's browser."""
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": RESIDENT, "password": PASSWORD}).status_code == 303
    return browser
