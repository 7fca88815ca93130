"""The catalogue as staff read it, and what the organisation decides about a service."""

import pytest
from flask.testing import FlaskClient

from app.kernel.db import Database
from app.organisation import queries
from tests.integration.console.conftest import Enter
from tests.support.council import Council
from tests.support.pages import read


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


def test_everything_that_a_service_promises_is_in_sight(council: Council, adam: FlaskClient) -> None:
    listing = read(adam.get("/console/services")).text
    assert "Report fly-tippingEmergency stop" in listing
    page = read(adam.get("/console/services/fly-tipping")).text
    for seen in (
        "Ring 999",
        "587",
        "3 working days",
        "Never silent for more than 5 working days",
        "only if “What was dumped?”",
    ):
        assert seen in page.replace("\n", " ") or seen.replace("than 5", "than5") in page, seen


def test_where_it_arrives_and_what_it_needs_are_decided_here(db: Database, council: Council, adam: FlaskClient) -> None:
    adam.post("/console/units/skills", data={"skill": "Waste law"})
    done = adam.post("/console/services/fly-tipping", data={"queue": "waste-intake", "skills": ["waste-law"]})
    assert done.status_code == 303
    with db.reading() as session:
        service = queries.service_by_slug(session, "fly-tipping")
        assert service.skills == {"waste-law"}
        assert service.intake_queue_id == queries.queue_by_slug(session, "waste-intake").id
    assert adam.post("/console/services/fly-tipping", data={"queue": "nowhere", "skills": []}).status_code == 422


def test_monitors_read_it_and_officers_do_not(council: Council, browser_of: Enter) -> None:
    assert browser_of(council.monitor).get("/console/services/pothole").status_code == 200
    assert browser_of(council.monitor).post("/console/services/pothole", data={"queue": ""}).status_code == 403
    assert browser_of(council.officer).get("/console/services").status_code == 403
