"""Every page of the console about enquiries in a real browser, on a phone and on a desk: whole, quiet, and open to everybody."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser

from app.accounts import services as accounts
from app.accounts.models import SignIn
from app.audit import services as audit
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, State
from app.enquiries.rows import EnquiryRow, PastEnquiry, Place
from app.handoffs import services as handoffs
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor
from app.kernel.crypto import new_token, token_hash
from tests.support.browser import WIDTHS, Person
from tests.support.council import MISSED_BIN, RAISER, Council, found, missed_bin
from tests.support.database import TestServer
from tests.support.live import Live, running

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("FIRSTPOINT_SHOTS", "")


@pytest.fixture
def live(server: TestServer, tmp_path: Path) -> Iterator[Live]:
    with server.copy() as url, running(url, tmp_path) as house:
        yield house


@pytest.fixture
def council(live: Live) -> Council:
    with live.database.transaction() as session:
        return found(session, datetime.now(UTC) - timedelta(days=100))


def window_of(live: Live, browser: Browser, actor: Actor, width: int) -> Person:
    """A window of somebody who is signed in."""
    token, now = new_token(), datetime.now(UTC)
    assert actor.account_id is not None
    with live.database.transaction() as session:
        session.add(
            SignIn(
                account_id=actor.account_id,
                token_hash=token_hash(token),
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(hours=8),
                needs_second_factor=False,
                second_factor_at=now,
            )
        )
    cookie = {
        "name": "fp_staff",
        "value": token,
        "domain": "127.0.0.1",
        "path": "/console",
        "expires": -1,
        "httpOnly": True,
        "secure": False,
        "sameSite": "Lax",
    }
    return Person(browser, live.url, width, state={"cookies": [cookie], "origins": []})


def story(live: Live, council: Council) -> tuple[EnquiryRow, UUID, str]:
    """One enquiry that waits, one that is offered to a service, and one that was lost 80 days ago."""
    now, lost = datetime.now(UTC), references.new("FP")
    then = now - timedelta(days=80)
    past = PastEnquiry(
        "missed-bin", Channel.PHONE, then, RAISER, State.TRIAGE, answers=MISSED_BIN, queue="monitoring-desk", reference=lost,
        places=(Place(then, State.NEW, "waste-intake"), Place(then + timedelta(days=3), State.TRIAGE, "monitoring-desk")),
    )  # fmt: skip
    with live.database.transaction() as session:
        enquiries.import_history(session, SYSTEM, [past], now=now)
        waiting = missed_bin(session, council.resident, now=now)
        enquiries.add_note(session, council.advisor, waiting.reference, body="Difficult gate", now=now)
        enquiries.message_customer(session, council.advisor, waiting.reference, body="We are on our way.", now=now)
        offered = missed_bin(session, council.advisor, now=now)
        offer = handoffs.offer(session, council.advisor, offered.reference, brief="The whole street", now=now)
    return waiting, offer.id, lost


def shoot(person: Person, name: str) -> None:
    """Keep a picture if FIRSTPOINT_SHOTS names a folder."""
    if SHOTS:
        person.page.screenshot(path=f"{SHOTS}/{name}-{person.width}.png", full_page=True)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_every_page_can_be_read_by_everybody(live: Live, council: Council, chromium: Browser, width: int) -> None:
    waiting, offer, lost = story(live, council)
    pages = {
        council.advisor: ["/console", "/console/enquiries", f"/console/enquiries/{waiting.reference}", "/console/enquiries/new/missed-bin", "/console/handoffs?show=sent"],
        council.officer: ["/console/handoffs", f"/console/handoffs/{offer}"],
        council.monitor: ["/console/oversight", "/console/oversight/waiting?measure=received&band=40", f"/console/oversight/enquiries/{lost}", "/console/jobs", "/console/jobs/sla.tick"],
    }  # fmt: skip
    for actor, addresses in pages.items():
        person = window_of(live, chromium, actor, width)
        for address in addresses:
            person.goes_to(address)
            shoot(person, address.partition("?")[0].strip("/").replace("/", "-").replace(lost, "lost")[:40])
        person.leaves()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_a_call_from_hello_to_wrap_up(live: Live, council: Council, chromium: Browser, width: int) -> None:
    ada = window_of(live, chromium, council.advisor, width)
    ada.goes_to("/console")
    ada.clicks("Start", exact=True)
    ada.fills(**{"Caller's name": "Josephine Bloggs"})
    ada.clicks("Save")
    ada.page.get_by_label("Service", exact=True).select_option("missed-bin")
    ada.clicks("Show the script")
    ada.sees("every collection after it is one day later")
    shoot(ada, "call")
    ada.clicks("Wrap up", exact=True)
    ada.sees("There is a problem")
    ada.chooses("Question answered")
    ada.chooses("Yes, nothing is left to do")
    ada.clicks("Wrap up", exact=True)
    ada.sees("resolved at first contact")
    ada.leaves()


def test_a_reason_that_is_missing_opens_the_form_again_where_it_was(
    live: Live, council: Council, chromium: Browser
) -> None:
    waiting, _, _ = story(live, council)
    ada = window_of(live, chromium, council.advisor, WIDTHS["desk"])
    ada.goes_to(f"/console/enquiries/{waiting.reference}")
    ada.page.get_by_text("Resolve it").first.click()
    ada.clicks("Resolve it")
    ada.sees("Choose how it ended")
    shoot(ada, "refused")
    ada.chooses("Done")
    ada.fills(**{"What will the customer read": "We came back at noon."})
    ada.clicks("Resolve it")
    ada.sees("It is resolved and the customer is told")
    ada.leaves()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
def test_the_pages_of_administrators_and_the_desk_with_everything_that_fell(
    live: Live, council: Council, chromium: Browser, width: int
) -> None:
    waiting, _, _ = story(live, council)
    now = datetime.now(UTC)
    assert council.leader.account_id is not None
    with live.database.transaction() as session:
        enquiries.customer_not_reached(session, waiting.id, address="jo@example.com", now=now)
        accounts.suspend(session, SYSTEM, council.leader.account_id, now=now)
        audit.looked(session, council.advisor, "golden_record", waiting.id, purpose="On the phone", now=now)
    moni = window_of(live, chromium, council.monitor, width)
    moni.goes_to("/console/oversight")
    moni.sees("Customers not reached")
    moni.sees("Queues that name somebody who does not work here any more")
    shoot(moni, "desk-with-gaps")
    moni.goes_to(f"/console/enquiries/{waiting.reference}")
    moni.sees("tell them another way")
    moni.leaves()
    adam = window_of(live, chromium, council.administrator, width)
    adam.goes_to(f"/console/users/{council.officer.account_id}")
    adam.page.get_by_label("Unit", exact=True).select_option("highways")
    adam.clicks("Add to the unit")
    adam.sees("The account works in this unit now")
    shoot(adam, "units")
    adam.goes_to("/console/queues")
    shoot(adam, "queues")
    adam.follows("Waste intake")
    shoot(adam, "queue")
    adam.goes_to("/console/users")
    adam.follows("Audit trail")
    adam.page.get_by_label("Action").select_option("record.viewed")
    adam.clicks("Apply filters")
    adam.sees("On the phone")
    shoot(adam, "audit")
    adam.follows("Ada Visor")
    adam.sees("One person")
    adam.leaves()
