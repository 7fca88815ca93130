"""The audit trail in the console: found by person, action, thing and day, a page at a time, by those who may."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from tests.integration.console.conftest import Enter
from tests.support.council import Council
from tests.support.pages import Page, read

CUSTOMER = new_id()


@pytest.fixture
def adam(db: Database, council: Council, clock: FixedClock, browser_of: Enter) -> FlaskClient:
    """The administrator, on the day after two people looked at a customer."""
    with db.transaction() as session:
        for actor, purpose in ((council.advisor, "On the phone"), (council.officer, "Doing the work")):
            audit.looked(session, actor, "golden_record", CUSTOMER, purpose=purpose, now=clock.now())
        audit.record(
            session,
            council.leader,
            "enquiry.assigned",
            "enquiry",
            new_id(),
            now=clock.now(),
            before=["a"],
            after={"b": 1},
        )
    clock.advance(timedelta(days=1))
    with db.transaction() as session:
        audit.record(session, council.advisor, "enquiry.note", "enquiry", new_id(), now=clock.now())
    return browser_of(council.administrator)


def lines(browser: FlaskClient, **asked: str) -> list[tuple[str, str]]:
    """Who did what, from top to bottom."""
    answer = browser.get("/console/audit", query_string=asked)
    assert answer.status_code == 200
    page = read(answer)
    cells = list(page.words("td"))
    return [(cells[place], cells[place + 1]) for place in range(0, len(cells), 4)]


def link(page: Page, text: str) -> str:
    return next(attributes["href"] for tag, attributes, words in page.elements if tag == "a" and text in "".join(words))


def test_the_newest_is_on_top_with_who_what_and_why(adam: FlaskClient) -> None:
    shown = lines(adam)
    assert shown[0] == ("Ada Visor", "enquiry.note")
    assert ("Wes Teofficer", "record.viewed") in shown
    assert "Doing the work" in read(adam.get("/console/audit")).text


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"who": "teoff"}, [("Wes Teofficer", "record.viewed")]),
        ({"action": "enquiry.assigned"}, [("Lee Der", "enquiry.assigned")]),
        ({"day": "2026-03-12"}, [("Ada Visor", "enquiry.note")]),
        ({"day": "2026-03-13"}, []),
        ({"who": "ada", "action": "record.viewed"}, [("Ada Visor", "record.viewed")]),
        ({"about": f"golden_record:{CUSTOMER}"}, [("Wes Teofficer", "record.viewed"), ("Ada Visor", "record.viewed")]),
    ],
)
def test_it_is_filtered(adam: FlaskClient, asked: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert lines(adam, **asked) == expected


def test_a_name_leads_to_everything_that_this_person_did(adam: FlaskClient) -> None:
    page = read(adam.get("/console/audit"))
    theirs = read(adam.get(link(page, "Ada Visor")))
    assert set(theirs.words("td")) >= {"Ada Visor"}
    assert "Wes Teofficer" not in theirs.text
    assert "One person" in theirs.text


def test_a_days_filter_is_a_day_in_london(db: Database, council: Council, clock: FixedClock, browser_of: Enter) -> None:
    clock.move_to(clock.now().replace(month=7, day=1, hour=23, minute=30))
    adam = browser_of(council.administrator)
    with db.transaction() as session:
        audit.record(session, council.leader, "after.midnight", "enquiry", None, now=clock.now())
    assert lines(adam, day="2026-07-02", action="after.midnight") == [("Lee Der", "after.midnight")]
    assert lines(adam, day="2026-07-01", action="after.midnight") == []


def test_nonsense_in_the_address_filters_nothing(adam: FlaskClient) -> None:
    everything = lines(adam)
    assert lines(adam, day="yesterday", person="me", about="odd", page="x") == everything
    assert lines(adam, day="0001-01-01", about="golden_record:1") == everything


def test_a_long_trail_comes_in_pages(db: Database, council: Council, clock: FixedClock, adam: FlaskClient) -> None:
    with db.transaction() as session:
        for _ in range(30):
            audit.record(session, council.leader, "many.times", "enquiry", None, now=clock.now())
    assert len(lines(adam, action="many.times")) == 25
    assert len(lines(adam, action="many.times", page="2")) == 5


def test_the_trail_is_for_administrators_and_monitors(council: Council, browser_of: Enter, adam: FlaskClient) -> None:
    assert browser_of(council.monitor).get("/console/audit").status_code == 200
    for actor in (council.advisor, council.leader, council.officer):
        assert browser_of(actor).get("/console/audit").status_code == 403


@pytest.mark.parametrize(("who", "sees"), [("administrator", True), ("monitor", True), ("advisor", False)])
def test_the_menu_leads_there(council: Council, browser_of: Enter, who: str, sees: bool) -> None:
    actor: Actor = getattr(council, who)
    assert ("Audit trail" in read(browser_of(actor).get("/console")).text) is sees
