"""Stewards at work on golden records in the console: history, pins, merges, runs and rules."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.matching.work import take_up_runs
from app.kernel.actors import Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.integration.console.conftest import Enter
from tests.integration.customers.test_golden import ONE_TOO
from tests.support.council import Council, person
from tests.support.desk import CROWD, ONE, OTHER, golden_of
from tests.support.flowing import record_id, send
from tests.support.pages import read


def fill(db: Database, _folder: Path, clock: FixedClock, _council: Council) -> None:
    with db.transaction() as session:
        send(session, [ONE, ONE_TOO, OTHER, *CROWD], clock.now())
    services.match_all(db, clock=clock)


@pytest.fixture
def steward(matched: Database, browser_of: Enter, clock: FixedClock) -> FlaskClient:
    with matched.transaction() as session:
        actor = person(session, "Stu Ward", Role.STEWARD, now=clock.now())
    return browser_of(actor)


def test_a_steward_merges_after_seeing_what_it_touches_and_takes_it_back(
    matched: Database, steward: FlaskClient
) -> None:
    one, other = golden_of(matched, ONE), golden_of(matched, OTHER)
    assert steward.get(f"/console/customers/{one}/merge?other=nobody").status_code == 422
    page = read(steward.get(f"/console/customers/{one}/merge?other=C-2"))
    for words in (
        "What this merge touches",
        "Open enquiries",
        "Accounts in My Account",
        "They say different things",
        "Okafor",
    ):
        assert words in page.text
    with matched.reading() as session:
        seen = queries.blast_radius(session, one, other)
    sent = {"kept_revision": seen.revisions[0], "gone_revision": seen.revisions[1], "settle_family_name": "gone"}
    assert steward.post(f"/console/customers/{one}/merge/{other}", data=sent).status_code == 422
    stale = steward.post(
        f"/console/customers/{one}/merge/{other}", data={**sent, "kept_revision": 99, "reason": "Married"}
    )
    assert stale.status_code == 409
    done = steward.post(f"/console/customers/{one}/merge/{other}", data={**sent, "reason": "Married"})
    assert done.status_code == 303
    assert golden_of(matched, OTHER) == one
    pins = read(steward.get(f"/console/customers/{one}/pins"))
    assert "Married" in pins.text
    assert "as record C-2 says" in pins.text
    with matched.reading() as session:
        [made] = queries.merges_of(session, one)
    plan = read(steward.get(f"/console/customers/{one}/unmerge/{made.id}"))
    assert "Enquiries are filed against records and accounts" in plan.text
    assert steward.post(f"/console/customers/{one}/unmerge/{made.id}", data={}).status_code == 422
    assert steward.post(f"/console/customers/{one}/unmerge/{made.id}", data={"reason": "No"}).status_code == 303
    assert golden_of(matched, OTHER) == other


def test_a_steward_pins_a_value_and_lifts_it(matched: Database, steward: FlaskClient) -> None:
    golden = golden_of(matched, ONE)
    address = f"/console/customers/{golden}/pins"
    assert "Nothing is pinned" in read(steward.get(address)).text
    assert steward.post(address, data={"attribute": "email", "record": "", "value": "x@y.example"}).status_code == 422
    record = record_id(matched, ONE.name)
    sent = {"attribute": "email", "record": str(record), "value": "", "reason": "She rang"}
    assert steward.post(address, data=sent).status_code == 303
    page = read(steward.get(address))
    assert "She rang" in page.text
    with matched.reading() as session:
        [pin] = queries.pins_of(session, [record])
    assert steward.post(f"{address}/{pin.id}/lift", data={"reason": ""}).status_code == 422
    assert steward.post(f"{address}/{pin.id}/lift", data={"reason": "Old"}).status_code == 303
    assert "Nothing is pinned" in read(steward.get(address)).text


def test_the_history_of_a_customer_is_shown_and_the_look_is_written_down(
    matched: Database, steward: FlaskClient
) -> None:
    golden = golden_of(matched, ONE)
    page = read(steward.get(f"/console/customers/{golden}/history?purpose=complaint"))
    for words in ("What has changed it", "Came to be", "Tallis", "T-1"):
        assert words in page.text
    early = read(steward.get(f"/console/customers/{golden}/history?on=1&on=1&on=2020"))
    assert "There was no such customer yet" in early.text
    with matched.reading() as session:
        looks = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'record.viewed' AND object_id = :id"), {"id": golden}
        )
    assert looks == 2


def test_what_stewards_have_said_is_seen_and_lifted_with_a_reason(
    matched: Database, steward: FlaskClient, clock: FixedClock
) -> None:
    golden = golden_of(matched, ONE)
    address = f"/console/customers/{golden}/decisions"
    assert "No steward has said anything" in read(steward.get(address)).text
    with matched.transaction() as session:
        stu = person(session, "Sal Ward", Role.STEWARD, now=clock.now())
        pair = record_id(matched, ONE.name), record_id(matched, OTHER.name)
        made = services.decide(session, stu, *pair, Verdict.DIFFERENT, reason="Two voices", now=clock.now())
    page = read(steward.get(address))
    for words in ("Different people", "Two voices", "Sal Ward", "C-2", "Why is it lifted?"):
        assert words in page.text
    refused = steward.post(f"{address}/{made.id}/lift", data={"reason": ""})
    assert refused.status_code == 422
    assert "Say why the decision is lifted" in read(refused).text
    assert steward.post(f"{address}/{made.id}/lift", data={"reason": "One voice"}).status_code == 303
    page = read(steward.get(address))
    for words in ("Lifted by Stu Ward", "One voice"):
        assert words in page.text
    assert steward.post(f"{address}/{made.id}/lift", data={"reason": "Again"}).status_code == 409
    customer = read(steward.get(f"/console/customers/{golden}?purpose=quality"))
    assert "What stewards have said" in customer.text


def test_a_value_says_what_it_beat_and_why_and_a_pin_who_pinned_it(
    matched: Database, steward: FlaskClient, council: Council, browser_of: Enter
) -> None:
    golden = golden_of(matched, ONE)
    address = f"/console/customers/{golden}?purpose=quality"
    page = read(steward.get(address)).text
    assert "josie@resident.example Council tax, T-1 · Recorded last" in " ".join(page.split())
    sent = {"attribute": "given_name", "record": "", "value": "Jo", "reason": "She rang on Monday"}
    assert steward.post(f"/console/customers/{golden}/pins", data=sent).status_code == 303
    page = " ".join(read(steward.get(address)).text.split())
    assert "She rang on Monday · Stu Ward" in page
    undated = " ".join(
        read(steward.get(f"/console/customers/{golden_of(matched, CROWD[0])}?purpose=quality")).text.split()
    )
    assert "H-0 · with us since 11 March 2026" in undated, "what a source does not date is dated by when it came"


def test_runs_are_rehearsed_started_followed_and_taken_back(
    runtime: Runtime, matched: Database, steward: FlaskClient
) -> None:
    answer = steward.post("/console/match-runs", data={"what": "rehearse"})
    address = str(answer.headers["Location"])
    assert "Waiting for a worker" in read(steward.get(address)).text
    take_up_runs(runtime)
    assert "What it would change" in read(steward.get(address)).text
    run = str(steward.post("/console/match-runs", data={"what": "learn"}).headers["Location"])
    take_up_runs(runtime)
    page = read(steward.get(run))
    for words in ("What it changed", "Take this run back", "version 1"):
        assert words in page.text
    assert steward.post(f"{run}/roll-back", data={"reason": ""}).status_code == 422
    assert steward.post(f"{run}/roll-back", data={"reason": "Try"}).status_code == 303
    listing = read(steward.get("/console/match-runs"))
    for words in ("Run taken back", "Rehearsal", "Versions of the model", "Stu Ward"):
        assert words in listing.text
    assert steward.get("/console/match-runs/models/1.json").get_json()["number"] == 1
    assert steward.get("/console/match-runs/models/9.json").status_code == 404


def test_rules_are_tried_and_saved(matched: Database, steward: FlaskClient) -> None:
    assert "These are the rules that come with Firstpoint" in read(steward.get("/console/survivorship")).text
    sent = {
        "number": "0", "rule_1": "valid_first", "rule_2": "trusted_source", "trust_council-tax": "95", "trust_legacy-crm": "5",
        "trust_housing": "50", "reason": "Tax knows", "rule_3": "", "rule_4": "", "rule_5": "",
    }  # fmt: skip
    tried = read(steward.post("/console/survivorship/email", data=sent | {"act": "try"}))
    for words in (
        "1 customer would show something else",
        "Nothing is saved yet",
        "Josephine Tallis",
        "josie@resident.example",
    ):
        assert words in tried.text, words
    wrong = steward.post("/console/survivorship/email", data=sent | {"act": "try", "trust_housing": "a lot"})
    assert wrong.status_code == 422
    assert 'id="trust_housing-error"' in wrong.text, "what is wrong stands at the source that it is wrong of"
    twice = steward.post("/console/survivorship/email", data=sent | {"act": "try", "rule_3": "valid_first"})
    assert 'id="rule_3-error"' in twice.text, "what is wrong stands at the rule that comes twice"
    assert steward.post("/console/survivorship/email", data=sent | {"act": "save"}).status_code == 303
    assert "Version 1." in read(steward.get("/console/survivorship")).text
    assert steward.post("/console/survivorship/email", data=sent | {"act": "save"}).status_code == 409
    assert steward.get("/console/survivorship/shoe_size").status_code == 404


@pytest.mark.parametrize("address", ["/console/match-runs", "/console/survivorship"])
def test_advisors_have_no_business_there(matched: Database, council: Council, browser_of: Enter, address: str) -> None:
    assert browser_of(council.advisor).get(address).status_code == 403
