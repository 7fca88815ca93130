"""The routing table on the console: written, printed, tried, and honest about what went wrong."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import UPRN, Council, missed_bin
from tests.support.pages import read

POTHOLE = {"property": UPRN, "where": "Left lane", "surface": "cycle", "depth": "deep"}
TRY = "/console/routing/try?service=pothole&channel=phone&language=en"


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


def line(**changes: Any) -> dict[str, Any]:
    return {
        "channel": "", "language": "", "area_kind": "", "area": "", "queue": "waste-intake", "focal_person": "",
        "focal_point": "", "cover": "",
    } | changes  # fmt: skip


def test_a_rule_is_written_and_the_trial_says_where_and_why(council: Council, adam: FlaskClient) -> None:
    assert "Which service" in read(adam.get("/console/routing/new")).text
    done = adam.post(
        "/console/routing/new?service=pothole", data=line(need=["surface|cycle"], focal_point="roads@example.com")
    )
    assert done.status_code == 303
    table = read(adam.get("/console/routing")).text
    assert "What is damaged? Cycle path" in table
    assert "roads@example.com" in table
    plain = read(adam.get(TRY)).text
    assert "It would go to Monitoring desk" in plain
    assert "It is for another answer to “surface”" in plain
    cycling = read(adam.get(f"{TRY}&answer_surface=cycle")).text
    assert "It would go to Waste intake" in cycling
    assert "The most specific rule that applies" in cycling
    assert "Focal point: roads@example.com." in cycling


def test_outside_its_hours_the_cover_takes_over(council: Council, adam: FlaskClient) -> None:
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
    no_cover = adam.post("/console/routing/new?service=pothole", data=line(**week))
    assert no_cover.status_code == 422
    assert read(no_cover).attributes("a", href="#cover")
    assert (
        adam.post("/console/routing/new?service=pothole", data=line(cover="monitoring-desk", **week)).status_code == 303
    )
    by_day = read(adam.get(f"{TRY}&day=11&day=3&day=2026&time=10:00")).text
    by_night = read(adam.get(f"{TRY}&day=11&day=3&day=2026&time=22:00")).text
    good_friday = read(adam.get(f"{TRY}&day=3&day=4&day=2026&time=10:00")).text
    assert "It would go to Waste intake" in by_day
    assert "It would go to Monitoring desk" in by_night
    assert "outside its hours" in by_night
    assert "It would go to Monitoring desk" in good_friday


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"queue": ""}, "queue"), ({"area_kind": "postcode", "area": "nowhere"}, "area"), ({"area_kind": "ward"}, "area"),
        ({"focal_point": "ask Bob"}, "focal_point"), ({"mon": "9 to 5"}, "mon"), ({"mon": "17:00-09:00"}, "mon"),
        ({"need": ["surface|road", "depth|deep"]}, "need-0"),
    ],
)  # fmt: skip
def test_what_will_not_do_is_said_at_its_field(
    council: Council, adam: FlaskClient, changes: dict[str, Any], field: str
) -> None:
    refused = adam.post("/console/routing/new?service=pothole", data=line(**changes))
    assert refused.status_code == 422
    assert read(refused).attributes("a", href=f"#{field}") or read(refused).attributes(
        "a", href=f"#{field.removesuffix('-0')}"
    )


def test_two_rules_for_exactly_the_same_are_one_too_many(council: Council, adam: FlaskClient) -> None:
    assert adam.post("/console/routing/new?service=pothole", data=line()).status_code == 303
    again = adam.post("/console/routing/new?service=pothole", data=line())
    assert again.status_code == 422
    assert "already a rule for exactly this" in read(again).text


def test_a_broken_rule_sends_to_the_desk_is_recorded_and_shown(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    adam.post("/console/routing/new?service=pothole", data=line(need=["surface|cycle"]))
    with db.transaction() as session:
        session.execute(text("""UPDATE routing_rule SET need = '{"question": 7}'"""))
    with db.transaction() as session:
        row = missed_bin(session, council.resident, now=clock.now(), service="pothole", answers=POTHOLE)
    assert row.queue_name == "Monitoring desk"
    trouble = read(adam.get("/console/routing/trouble")).text
    assert row.reference in trouble
    assert "A rule is broken" in trouble
    assert "Its condition cannot be read" in read(adam.get("/console/routing")).text
    assert "It may apply, but its condition cannot be read" in read(adam.get(TRY)).text


def test_a_rule_is_changed_and_taken_out(db: Database, council: Council, adam: FlaskClient) -> None:
    adam.post("/console/routing/new?service=pothole", data=line())
    with db.reading() as session:
        rule = session.execute(text("SELECT id FROM routing_rule")).scalar_one()
    assert adam.post(f"/console/routing/{rule}", data=line(channel="phone")).status_code == 303
    assert "Phone" in read(adam.get(f"/console/routing/{rule}")).text
    assert adam.post(f"/console/routing/{rule}/remove").status_code == 303
    assert adam.get(f"/console/routing/{rule}").status_code == 404
    assert "The table is empty" in read(adam.get("/console/routing")).text


def test_it_prints_without_a_menu_and_can_be_taken_away(council: Council, adam: FlaskClient) -> None:
    adam.post("/console/routing/new?service=pothole", data=line())
    page = read(adam.get("/console/routing/print"))
    assert page.heading == "Routing table"
    assert "Audit trail" not in page.text
    assert "Waste intake" in page.text
    assert adam.get("/console/routing/table.xlsx").data[:2] == b"PK"
    assert "Waste intake" in adam.get("/console/routing/table.csv").get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "service=nothing&channel=phone&language=en",
        "service=pothole&channel=smoke",
        "service=pothole&channel=phone&language=en&time=25:99",
    ],
)
def test_a_trial_of_nonsense_says_so(council: Council, adam: FlaskClient, query: str) -> None:
    assert adam.get(f"/console/routing/try?{query}").status_code == 422


def test_monitors_read_and_try_the_table_and_administrators_write_it(council: Council, browser_of: Enter) -> None:
    monitor, officer = browser_of(council.monitor), browser_of(council.officer)
    assert {monitor.get(address).status_code for address in ("/console/routing", TRY, "/console/routing/print")} == {
        200
    }
    assert monitor.get("/console/routing/new").status_code == 403
    assert officer.get("/console/routing").status_code == 403
