"""Console pages around handoffs: offering with a checklist, referring, how services are reached, webhooks, declines."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.config import Settings
from app.enquiries.rows import EnquiryRow
from app.handoffs import queries, services
from app.handoffs.enums import Enforcement, HandoffState
from app.handoffs.webhooks.delivery import Carrier
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import Council, missed_bin
from tests.support.pages import read
from tests.support.peers import LOOPBACK, answers, peer

SETUP = "/console/handoffs/setup"
ENDPOINTS = "/console/handoffs/endpoints"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"outbound_allowed": LOOPBACK})


@pytest.fixture
def raised(db: Database, council: Council, clock: FixedClock) -> EnquiryRow:
    with db.transaction() as session:
        return missed_bin(session, council.advisor, now=clock.now())


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


@pytest.fixture
def ada(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.advisor)


def test_a_checklist_is_written_and_an_offer_without_it_is_stopped(
    db: Database, adam: FlaskClient, ada: FlaskClient, raised: EnquiryRow
) -> None:
    page = f"{SETUP}/checklists/new"
    assert adam.post(page, data={"service": "missed-bin"}).status_code == 422
    given = {
        "service": "missed-bin",
        "required": "Which gate\nColour of the lid",
        "unit": "",
        "optional": "Photo",
        "enforcement": "refuse",
    }
    assert adam.post(page, data=given).status_code == 303
    assert "Which gate" in read(adam.get(SETUP)).text
    offer = f"/console/enquiries/{raised.reference}/offer"
    assert "Colour of the lid" in read(ada.get(offer)).text
    stopped = ada.post(offer, data={"given": ["which-gate"]})
    assert (stopped.status_code, "Colour of the lid" in read(stopped).text) == (422, True)
    made = ada.post(offer, data={"given": ["which-gate", "colour-of-the-lid"], "brief": "Back gate"})
    assert made.status_code == 303
    assert "Which gate" in read(ada.get(made.headers["Location"])).text
    with db.reading() as session:
        (row,) = queries.handoffs_of(session, SYSTEM, raised.reference)
    assert row.state is HandoffState.OFFERED


def test_handing_over_in_two_clicks_says_what_the_service_needs_and_leads_to_the_checklist(
    db: Database, council: Council, ada: FlaskClient, raised: EnquiryRow, clock: FixedClock
) -> None:
    with db.transaction() as session:
        services.save_checklist(
            session, council.administrator, service="missed-bin", unit=None, required=["Which gate", "Colour of the lid"],
            enforcement=Enforcement.REFUSE, now=clock.now(),
        )  # fmt: skip
    short = f"/console/enquiries/{raised.reference}/hand-off"
    stopped = ada.post(short, data={"hand-off-unit": "waste", "hand-off-brief": "Back gate"})
    page = read(stopped)
    assert stopped.status_code == 422
    assert "This service first needs: Which gate, Colour of the lid" in page.text
    assert "Back gate" in page.text, "what was typed is still there"
    assert f"/console/enquiries/{raised.reference}/offer?unit=waste" in stopped.get_data(as_text=True)
    with db.reading() as session:
        assert queries.handoffs_of(session, SYSTEM, raised.reference) == ()


def test_a_warning_can_be_passed_over_with_a_tick(
    db: Database, council: Council, ada: FlaskClient, raised: EnquiryRow, clock: FixedClock
) -> None:
    with db.transaction() as session:
        services.save_checklist(
            session, council.administrator, service="missed-bin", unit=None, required=["Which gate"],
            enforcement=Enforcement.WARN, now=clock.now(),
        )  # fmt: skip
    offer = f"/console/enquiries/{raised.reference}/offer"
    assert ada.post(offer, data={}).status_code == 422
    assert ada.post(offer, data={"anyway": "y"}).status_code == 303


def test_a_unit_is_asked_for_its_part_and_answers(
    council: Council, browser_of: Enter, ada: FlaskClient, raised: EnquiryRow
) -> None:
    refer = f"/console/enquiries/{raised.reference}/refer"
    assert ada.get(refer).status_code == 200
    assert ada.post(refer, data={"unit": "highways"}).status_code == 422
    asked = ada.post(refer, data={"unit": "highways", "question": "Is the lane closed?"}).headers["Location"]
    rhoda = browser_of(council.roads)
    assert raised.reference in read(rhoda.get("/console/referrals")).text
    assert rhoda.post(f"{asked}/answer", data={}).status_code == 422
    assert rhoda.post(f"{asked}/answer", data={"text": "Until Friday"}).status_code == 303
    assert "Until Friday" in read(ada.get(asked)).text


def test_an_endpoint_is_set_up_tried_rotated_disabled_and_enabled(
    db: Database, settings: Settings, clock: FixedClock, adam: FlaskClient, council: Council
) -> None:
    with peer() as here:
        bad = adam.post(
            f"{ENDPOINTS}/new",
            data={"unit": "waste", "name": "Scheduler", "url": "http://10.0.0.1/", "kinds": ["handoff.offered"]},
        )
        assert (bad.status_code, "that we may reach" in read(bad).text) == (422, True)
        shown = adam.post(
            f"{ENDPOINTS}/new",
            data={"unit": "waste", "name": "Scheduler", "url": here.url, "kinds": ["handoff.offered"]},
        )
        secret = _secret(shown.text)
        where = next(
            a["href"] for a in read(shown).attributes("a") if re.search(r"endpoints/[0-9a-f-]{36}", a.get("href", ""))
        )
        assert secret not in adam.get(where).text
        assert adam.post(f"{where}/ping").status_code == 303
        Carrier(db, clock, settings).run()
        log = read(adam.get(where)).text
        assert "Test" in log
        assert "Delivered" in log
        assert _secret(adam.post(f"{where}/rotate").text) != secret
        assert adam.post(f"{where}/disable", data={}).status_code == 422
        assert adam.post(f"{where}/disable", data={"reason": "They move house"}).status_code == 303
        assert "They move house" in read(adam.get(where)).text
        assert adam.post(f"{where}/enable").status_code == 303
        assert "Scheduler" in read(adam.get(ENDPOINTS)).text


def test_what_was_given_up_is_seen_and_sent_again(
    db: Database, settings: Settings, clock: FixedClock, council: Council, adam: FlaskClient
) -> None:
    with peer(answers("500 Oh")) as here:
        with db.transaction() as session:
            raised = missed_bin(session, council.advisor, now=clock.now())
            key, _ = services.add_endpoint(
                session, council.administrator, unit="waste", name="S", url=here.url, settings=settings, now=clock.now()
            )
            services.offer(session, council.advisor, raised.reference, now=clock.now())
        Carrier(db, clock, settings).run()
        with db.transaction() as session:
            session.execute(text("UPDATE webhook_delivery SET status = 'given_up'"))
        page = read(adam.get(f"{ENDPOINTS}/{key}?status=given_up"))
        assert "Answered 500" in page.text
        one = next(a["href"] for a in page.attributes("a") if "/deliveries/" in a.get("href", ""))
        assert "Answered 500" in read(adam.get(one)).text
        here.behaviour = answers()
        assert adam.post(f"{ENDPOINTS}/{key}/replay").status_code == 303
        clock.advance(timedelta(minutes=1))
        Carrier(db, clock, settings).run()
        assert adam.post(f"{one}/replay").status_code == 303
        assert len(here.asked) == 2


def test_how_a_unit_is_reached_and_what_its_codes_mean(adam: FlaskClient) -> None:
    page = f"{SETUP}/units/housing"
    assert adam.get(page).status_code == 200
    wrong = adam.post(page, data={"reach": "email", "email": "nobody"})
    assert (wrong.status_code, "e-mail address in the correct format" in read(wrong).text) == (422, True)
    assert (
        adam.post(page, data={"reach": "email", "email": "trees@contractor.example", "version": "0"}).status_code == 303
    )
    assert "trees@contractor.example" in read(adam.get(SETUP)).text
    rule = {
        "code": "CLSD",
        "suggested_unit": "",
        "becomes": "completed",
        "words": "Done.",
        "silent_days": "5",
        "silent_becomes": "escalated",
    }
    assert adam.post(f"{page}/rules", data=rule | {"words": ""}).status_code == 422
    assert adam.post(f"{page}/rules", data=rule).status_code == 303
    shown = read(adam.get(page))
    assert "After 5 days" in shown.text
    drop = next(form["action"] for form in shown.attributes("form") if "/drop" in form.get("action", ""))
    assert adam.post(drop).status_code == 303
    assert "No codes are known" in read(adam.get(page)).text


def test_the_declines_say_what_to_change_and_where(
    db: Database, council: Council, browser_of: Enter, clock: FixedClock
) -> None:
    with db.transaction() as session:
        for _ in range(3):
            row = missed_bin(session, council.advisor, now=clock.now())
            made = services.offer(session, council.advisor, row.reference, now=clock.now())
            services.decline(
                session, council.officer, made.id, reason="A road", suggested_unit="highways", now=clock.now()
            )
    page = read(browser_of(council.monitor).get(f"{SETUP}/declines"))
    assert "3 of 3 declined by Waste Services in favour of Highways" in page.text
    assert "Change the rule" in page.text
    assert any("/console/routing" in link.get("href", "") for link in page.attributes("a"))


def test_looking_at_one_is_seen_by_colleagues(
    db: Database, council: Council, browser_of: Enter, raised: EnquiryRow, clock: FixedClock
) -> None:
    with db.transaction() as session:
        made = services.offer(session, council.advisor, raised.reference, now=clock.now())
    assert browser_of(council.officer).post(f"/console/handoffs/{made.id}/claim").status_code == 303
    wanda = browser_of(council.officer_too)
    assert "Wes Teofficer looks at it" in read(wanda.get("/console/handoffs")).text
    assert raised.reference not in read(wanda.get("/console/handoffs?show=mine")).text
    assert raised.reference in read(wanda.get("/console/handoffs?service=missed-bin&state=offered")).text
    assert raised.reference not in read(wanda.get("/console/handoffs?show=late")).text


@pytest.mark.parametrize(
    "path", [SETUP, f"{SETUP}/units/waste", f"{SETUP}/checklists/new", ENDPOINTS, f"{ENDPOINTS}/new"]
)
def test_only_who_runs_the_organisation_comes_in(ada: FlaskClient, path: str) -> None:
    assert ada.get(path).status_code == 403


def _secret(page: str) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", page)
    assert found
    return found.group()
