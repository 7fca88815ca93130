"""Units and their people on the console: calendars, skills, authority, rota, and who may touch them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.organisation import queries, services
from tests.integration.console.conftest import Enter
from tests.support.council import Council
from tests.support.pages import read


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


@pytest.fixture
def page(council: Council) -> str:
    return f"/console/units/people/{council.officer.account_id}"


def test_units_show_how_many_are_there_now(council: Council, adam: FlaskClient) -> None:
    assert "Waste Services22" in read(adam.get("/console/units")).text
    unit = read(adam.get("/console/units/waste")).text
    assert "Wes Teofficer" in unit
    assert "09:00–17:00" in unit
    assert "Good Friday" in unit


def test_a_calendar_is_changed_and_a_day_is_closed(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    hours = {"mon": "08:00-18:00", "region": "SCT"}
    assert adam.post("/console/units/waste/calendar", data=hours).status_code == 303
    assert "08:00–18:00" in read(adam.get("/console/units/waste")).text
    assert "Scotland" in read(adam.get("/console/units/waste")).text
    assert adam.post("/console/units/waste/calendar", data={"region": "ENG"}).status_code == 422
    two = adam.post("/console/units/waste/calendar", data={"mon": "09:00-12:00, 13:00-17:00", "region": "ENG"})
    assert two.status_code == 422
    closed = {"day": ["16", "3", "2026"], "reason": "Training"}
    assert adam.post("/console/units/waste/closures", data=closed).status_code == 303
    assert "Training" in read(adam.get("/console/units/waste")).text
    assert adam.post("/console/units/waste/closures", data=closed).status_code == 422
    assert adam.post("/console/units/waste/closures/2026-03-16/remove").status_code == 303
    assert "Training" not in read(adam.get("/console/units/waste")).text


def test_skills_languages_and_authority_are_given(db: Database, council: Council, adam: FlaskClient, page: str) -> None:
    assert adam.post("/console/units/skills", data={"skill": "Asbestos"}).status_code == 303
    assert adam.post("/console/units/skills", data={"skill": "asbestos "}).status_code == 422
    assert adam.post(f"{page}/skills", data={"skills": ["asbestos"], "languages": ["fr", "bfi"]}).status_code == 303
    given = {"authorities": ["spend", "approve_urgent"], "limit_spend": "250.50"}
    assert adam.post(f"{page}/authority", data=given).status_code == 303
    assert adam.post(f"{page}/authority", data={"authorities": ["spend"], "limit_spend": "lots"}).status_code == 422
    with db.reading() as session:
        assert council.officer.account_id is not None
        ids = [council.officer.account_id]
        assert queries.skills_of(session, ids)[ids[0]] == {"asbestos"}
        assert queries.languages_of(session, ids)[ids[0]] == {"en", "fr", "bfi"}
        assert {(row.authority.value, row.limit_pence) for row in queries.authorities_of(session, ids)[ids[0]]} == {
            ("spend", 25050), ("approve_urgent", None),
        }  # fmt: skip
    assert 'value="250.5"' in adam.get(page).get_data(as_text=True)


def test_the_rota_is_kept(council: Council, adam: FlaskClient, page: str) -> None:
    pattern = {"mon": "09:00-12:30, 13:00-17:00"}
    assert adam.post(f"{page}/pattern", data=pattern).status_code == 303
    shown = read(adam.get(page)).text  # the test's day is a Wednesday
    assert "Away" in shown
    assert "Back on Monday 16 March 2026" in shown
    assert adam.post(f"{page}/pattern", data={"mon": "09:00-12:30, 12:00-17:00"}).status_code == 409
    assert adam.post(f"{page}/pattern", data={"mon": "nine"}).status_code == 422
    leave = {"kind": "leave", "starts": ["16", "3", "2026"], "ends": ["20", "3", "2026"]}
    assert adam.post(f"{page}/exceptions", data=leave).status_code == 303
    assert "Back on Monday 23 March 2026" in read(adam.get(page)).text
    endless = {"kind": "leave", "starts": ["16", "3", "2026"], "ends": ["", "", ""]}
    assert adam.post(f"{page}/exceptions", data=endless).status_code == 422
    sick = endless | {"kind": "sickness", "starts": ["11", "3", "2026"]}
    assert adam.post(f"{page}/exceptions", data=sick).status_code == 303
    assert "Nobody knows when they will be back." in read(adam.get(page)).text


def test_a_specialist_sits_with_another_team_for_a_session(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient, page: str
) -> None:
    assert adam.post("/console/units/contact-centre/teams", data={"team": "Home and street"}).status_code == 303
    visit = {
        "session-team_of": "contact-centre|home-and-street", "session-day": ["11", "3", "2026"], "session-starts_time": "09:00",
        "session-ends_time": "12:00",
    }  # fmt: skip
    assert adam.post(f"{page}/sessions", data=visit).status_code == 303
    assert "Wes Teofficer" in read(adam.get("/console/units/contact-centre")).text
    wrong = visit | {"session-ends_time": "08:00"}
    assert adam.post(f"{page}/sessions", data=wrong).status_code == 422


def test_a_leader_keeps_the_rota_of_their_own_unit_only(
    db: Database, council: Council, clock: FixedClock, browser_of: Enter, page: str
) -> None:
    assert council.leader.account_id is not None
    with db.transaction() as session:
        services.add_member(
            session, SYSTEM, council.leader.account_id, "contact-centre", can_lead=True, now=clock.now()
        )
    lee = browser_of(council.leader)
    own = f"/console/units/people/{council.advisor.account_id}"
    pattern: dict[str, Any] = {"mon": "09:00-17:00"}
    assert lee.post(f"{own}/pattern", data=pattern).status_code == 303
    assert lee.post(f"{page}/pattern", data=pattern).status_code == 403
    assert lee.post(f"{own}/authority", data={"authorities": ["approve_urgent"]}).status_code == 403
    assert browser_of(council.officer).get("/console/units").status_code == 403


def test_nobody_widens_their_own_authority(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    assert council.administrator.account_id is not None
    with db.transaction() as session:
        services.add_member(session, SYSTEM, council.administrator.account_id, "contact-centre", now=clock.now())
    own = f"/console/units/people/{council.administrator.account_id}"
    assert adam.post(f"{own}/authority", data={"authorities": ["approve_urgent"]}).status_code == 403


def test_who_works_nowhere_has_no_page(council: Council, adam: FlaskClient) -> None:
    assert adam.get(f"/console/units/people/{council.resident.account_id}").status_code == 404
    assert adam.get("/console/units/nowhere").status_code == 404
