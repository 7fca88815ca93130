"""Agreements in the console: drafted in a form, signed by both sides, and each month's pack to take away."""

from datetime import UTC, datetime

from flask.testing import FlaskClient

from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.organisation import services as organisation
from app.sla import signing_off
from tests.integration.console.conftest import Enter
from tests.support.council import Council
from tests.support.pages import read

FORM = {
    "service": "missed-bin", "front_unit": "contact-centre", "service_unit": "waste", "starts_on": ["1", "3", "2026"],
    "review_on": ["1", "3", "2027"], "first_response_days": "1", "first_response_percent": "95", "next_update_days": "3",
    "next_update_percent": "95", "resolution_days": "2", "resolution_percent": "90",
}  # fmt: skip


def test_from_the_draft_to_the_signed_month(
    db: Database, council: Council, browser_of: Enter, clock: FixedClock
) -> None:
    with db.transaction() as session:
        for actor, unit in ((council.leader, "contact-centre"), (council.officer, "waste")):
            assert actor.account_id is not None
            organisation.add_member(session, SYSTEM, actor.account_id, unit, can_lead=True, now=clock.now())
    lee, wes = browser_of(council.leader), browser_of(council.officer)
    assert "No agreement yet" in read(lee.get("/console/agreements")).text
    assert (
        "another unit" in read(lee.post("/console/agreements/new", data=FORM | {"service_unit": "contact-centre"})).text
    )
    made = lee.post("/console/agreements/new", data=FORM).headers["Location"]
    assert lee.post(f"{made}/sign", data={"party": "service"}).status_code == 403
    assert lee.post(f"{made}/sign", data={"party": "front"}).status_code == 303
    assert wes.post(f"{made}/sign", data={"party": "service"}).status_code == 303
    assert "In force" in read(wes.get(made)).text
    with db.transaction() as session:
        signing_off.close_last_month(session, now=datetime(2026, 4, 2, 9, tzinfo=UTC))
    month = next(link["href"] for link in read(lee.get(made)).attributes("a") if "/months/" in link.get("href", ""))
    assert lee.get(f"{month}/pack.pdf").data.startswith(b"%PDF-")
    assert lee.get(f"{month}/pack.xlsx").data.startswith(b"PK")
    assert lee.get(f"{month}/pack.exe").status_code == 404
    assert lee.post(f"{month}/sign", data={"party": "front", "comment": "Good"}).status_code == 303
    assert "Good" in read(lee.get(month)).text


def test_an_advisor_does_not_see_them(council: Council, browser_of: Enter, client: FlaskClient) -> None:
    assert browser_of(council.advisor).get("/console/agreements").status_code == 403
    assert client.get("/console/agreements").status_code == 303
