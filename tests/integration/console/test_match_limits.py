"""The page on which stewards see and set the size over which nothing merges by itself."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.kernel.actors import Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import person
from tests.support.pages import read

PAGE = "/console/match-limits"


@pytest.fixture
def felix(db: Database, browser_of: Enter, clock: FixedClock) -> FlaskClient:
    with db.transaction() as session:
        steward = person(session, "Felix Ward", Role.STEWARD, now=clock.now())
    return browser_of(steward)


def words(client: FlaskClient, path: str = PAGE) -> str:
    return " ".join(read(client.get(path)).text.split())


def test_a_steward_sees_the_sizes_from_the_match_runs_and_sets_others_with_a_reason(
    felix: FlaskClient, db: Database
) -> None:
    runs = read(felix.get("/console/match-runs"))
    assert PAGE in [one.get("href") for one in runs.attributes("a")]
    page = read(felix.get(PAGE))
    assert (page.value("people"), page.value("organisations"), page.value("number")) == ("30", "2000", "0")
    assert "Nobody has changed the sizes" in page.text
    sent = {"people": "12", "organisations": "1,500", "reason": "Hostel Ångström", "number": "0"}
    assert felix.post(PAGE, data=sent).status_code == 303
    told = words(felix)
    for shown in ("12 and 1,500 are set, and wait for the next run", "Hostel Ångström", "Felix Ward", "Not yet"):
        assert shown in told
    assert read(felix.get(PAGE)).value("people") == "12"
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'matching.limits_set'")) == 1


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(felix: FlaskClient) -> None:
    answer = felix.post(PAGE, data={"people": "1", "organisations": "many", "reason": "", "number": "0"})
    assert answer.status_code == 422
    page = read(answer)
    assert "There is a problem" in page.text
    assert "Say why the size changes" in page.text
    assert (page.value("people"), page.value("organisations")) == ("1", "many")
    both = read(felix.post(PAGE, data={"people": "1", "organisations": "many", "reason": "x", "number": "0"})).text
    assert "Enter a number of records from 2 to 1,000" in both
    assert "Enter a number of records from 2 to 100,000" in both
    stale = {"people": "12", "organisations": "1500", "reason": "x", "number": "7"}
    assert felix.post(PAGE, data=stale).status_code == 409


def test_nobody_else_sees_or_sets_it(db: Database, browser_of: Enter, clock: FixedClock) -> None:
    with db.transaction() as session:
        ada = person(session, "Ada Visor", Role.ADVISOR, now=clock.now())
    advisor = browser_of(ada)
    sent = {"people": "12", "organisations": "9", "reason": "x", "number": "0"}
    assert (advisor.get(PAGE).status_code, advisor.post(PAGE, data=sent).status_code) == (403, 403)
