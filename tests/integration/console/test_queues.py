"""The queue register: who looks after a queue, and putting somebody in the place of those who have left."""

import pytest
from flask.testing import FlaskClient

from app.accounts import services as accounts
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.organisation import queries
from tests.integration.console.conftest import Enter
from tests.support.council import Council
from tests.support.pages import read

PAGE = "/console/queues/waste-intake"


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


def people(council: Council, **changes: object) -> dict[str, str]:
    named = {"owner": council.officer, "deputy": council.officer_too, "monitor": council.monitor}
    return {post: str(actor.account_id) for post, actor in named.items()} | {k: str(v) for k, v in changes.items()}


def test_the_register_names_everybody_who_looks_after_a_queue(adam: FlaskClient) -> None:
    page = read(adam.get("/console/queues"))
    assert page.heading == "Queues"
    for words in ("Waste intake", "Monitoring desk", "Lee Der", "Ada Visor", "Moni Tor"):
        assert words in page.text


def test_somebody_takes_the_place_of_a_leaver_and_the_desk_is_quiet_again(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    assert council.leader.account_id is not None
    with db.transaction() as session:
        accounts.suspend(session, SYSTEM, council.leader.account_id, now=clock.now())
    desk = read(adam.get("/console/oversight"))
    assert PAGE in {link.get("href") for link in desk.attributes("a")}
    for queue in ("waste-intake", "monitoring-desk"):
        assert adam.post(f"/console/queues/{queue}", data=people(council)).status_code == 303
    assert "does not work here any more" not in read(adam.get("/console/oversight")).text
    with db.reading() as session:
        assert queries.queue_by_slug(session, "waste-intake").owner_id == council.officer.account_id


def test_the_form_begins_with_who_it_is_now(council: Council, adam: FlaskClient) -> None:
    chosen = {option["value"] for option in read(adam.get(PAGE)).attributes("option") if "selected" in option}
    assert chosen == {str(actor.account_id) for actor in (council.leader, council.advisor, council.monitor)}


@pytest.mark.parametrize(("field", "value"), [("owner", ""), ("deputy", "somebody"), ("monitor", "")])
def test_a_queue_is_never_left_without_one_of_the_three(
    council: Council, adam: FlaskClient, field: str, value: str
) -> None:
    refused = adam.post(PAGE, data=people(council, **{field: value}))
    assert refused.status_code == 422
    assert read(refused).attributes("a", href=f"#{field}")


def test_the_deputy_is_somebody_else_and_nobody_is_suspended(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    same = adam.post(PAGE, data=people(council, deputy=council.officer.account_id))
    assert same.status_code == 422
    assert "somebody other than the owner" in read(same).text
    assert council.colleague.account_id is not None
    with db.transaction() as session:
        accounts.suspend(session, SYSTEM, council.colleague.account_id, now=clock.now())
    gone = adam.post(PAGE, data=people(council, monitor=council.colleague.account_id))
    assert gone.status_code == 422
    assert "Choose somebody who works here" in read(gone).text


def test_the_register_is_the_administrators(council: Council, browser_of: Enter, adam: FlaskClient) -> None:
    assert adam.get("/console/queues/nothing").status_code == 404
    for actor in (council.leader, council.monitor, council.officer):
        browser = browser_of(actor)
        assert browser.get("/console/queues").status_code == 403
        assert browser.post(PAGE, data=people(council)).status_code == 403
