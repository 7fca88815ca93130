"""The monitoring desk in the console: finding the enquiry of 80 days, seeing where it has been, giving it to somebody."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.enquiries import queries, services
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry, Place
from app.kernel import references
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import MISSED_BIN, RAISER, Council
from tests.support.pages import read

REFERENCE = references.new("FP")


@pytest.fixture
def moni(db: Database, council: Council, clock: FixedClock, browser_of: Enter) -> FlaskClient:
    """The monitor, and an enquiry that was lost 80 days ago."""
    then = clock.now() - timedelta(days=80)
    past = PastEnquiry(
        "missed-bin", Channel.PHONE, then, RAISER, State.TRIAGE, answers=MISSED_BIN, queue="monitoring-desk", reference=REFERENCE,
        places=(Place(then, State.NEW, "waste-intake"), Place(then + timedelta(days=3), State.TRIAGE, "monitoring-desk")),
    )  # fmt: skip
    with db.transaction() as session:
        services.import_history(session, SYSTEM, [past], now=clock.now())
    return browser_of(council.monitor)


def test_the_lost_one_stands_out_with_the_days_that_it_has_waited(moni: FlaskClient) -> None:
    page = read(moni.get("/console/oversight"))
    assert page.heading == "Monitoring desk"
    assert REFERENCE in page.text
    figures = dict(zip(page.words("dt"), page.words("dd"), strict=True))
    assert figures["In nobody's custody"] == "0"
    assert figures["Stuck"] == "1"


def test_each_number_of_the_ageing_table_opens_what_is_behind_it(moni: FlaskClient) -> None:
    page = read(moni.get("/console/oversight"))
    (link, *_) = [a["href"] for a in page.attributes("a") if "band=40" in a.get("href", "")]
    assert REFERENCE in read(moni.get(link)).text
    assert REFERENCE not in read(moni.get("/console/oversight/waiting?measure=received&band=0-2")).text
    assert moni.get("/console/oversight/waiting?measure=odd&band=odd").status_code == 200


def test_where_it_has_been_is_told_in_days(moni: FlaskClient) -> None:
    text = read(moni.get(f"/console/oversight/enquiries/{REFERENCE}")).text
    assert "Waste intake" in text
    assert "77" in text


def test_it_is_given_to_somebody_with_a_reason(db: Database, council: Council, moni: FlaskClient) -> None:
    page = f"/console/oversight/enquiries/{REFERENCE}"
    assert moni.post(f"{page}/assign", data={}).status_code == 422
    given = moni.post(
        f"{page}/assign",
        data={"to_account": str(council.officer.account_id), "reason": "Lost for 80 days", "version": "1"},
    )
    assert given.status_code == 303
    with db.reading() as session:
        row = queries.enquiry(session, SYSTEM, REFERENCE)
    assert (row.state, row.owner_name) == (State.ASSIGNED, "Wes Teofficer")
    assert "The customer is told" in read(moni.get(given.headers["Location"])).text
    assert REFERENCE not in read(moni.get("/console/oversight/lists/stuck")).text


def test_advisors_have_no_monitoring_desk_and_administrators_see_only_figures(
    council: Council, browser_of: Enter, moni: FlaskClient
) -> None:
    assert browser_of(council.advisor).get("/console/oversight").status_code == 403
    adam = browser_of(council.administrator)
    assert adam.get("/console/oversight").status_code == 200
    assert adam.get(f"/console/oversight/enquiries/{REFERENCE}").status_code == 403


def test_jobs_are_listed_with_when_they_run(council: Council, browser_of: Enter) -> None:
    adam = browser_of(council.administrator)
    page = read(adam.get("/console/jobs"))
    for name in ("sla.tick", "handoffs.expire", "enquiries.close_resolved"):
        assert name in page.text
    assert "Not run yet" in page.text
    assert adam.get("/console/jobs/sla.tick").status_code == 200
    assert adam.get("/console/jobs/nothing").status_code == 404
    assert browser_of(council.advisor).get("/console/jobs").status_code == 403
