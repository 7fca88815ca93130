"""The handoff inbox without a mouse: found, looked at, claimed, accepted and finished with Tab, Space and Enter alone."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.accounts import queries as accounts
from app.customers import queries as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.handoffs import services as handoffs
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import SystemClock
from app.seeds import staff
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
SEND = "Second time this month."
DONE = "We came back this morning and emptied your bin."


@pytest.fixture
def offered(town: Live) -> tuple[str, str]:
    """A missed bin offered to Waste Services: its reference and the handoff's id."""
    now = SystemClock().now()
    with town.database.transaction() as session:
        row = accounts.by_email(session, f"advisor@{staff.DOMAIN}")
        assert row is not None
        advisor = Actor(ActorKind.STAFF, row.id, row.name, frozenset(row.roles))
        home = customers.search_properties(session, "ZF1")[0]
        answers = {
            "property": home.uprn, "bin": ["refuse"], "collection_day": f"{now:%Y-%m-%d}", "out_in_time": "yes", "whole_street": "no",
        }  # fmt: skip
        raised = enquiries.receive(
            session, advisor, service="missed-bin", answers=answers, raiser=Raiser("Josephine Merriweather"),
            channel=Channel.PHONE, client_token=str(uuid4()), accept_duplicate=True, now=now,
        )  # fmt: skip
        made = handoffs.offer(session, advisor, raised.reference, unit="waste", brief=SEND, now=now)
    return raised.reference, str(made.id)


def tabs_to(person: Person, name: str, most: int = 150) -> None:
    """Press Tab until the focus stands on the link, button or field of this name."""
    for _ in range(most):
        person.page.keyboard.press("Tab")
        focused = person.page.evaluate(
            "() => { const it = document.activeElement; return [it.innerText, it.getAttribute('aria-label'), it.value,"
            " it.labels && it.labels.length ? it.labels[0].innerText : ''].map(part => (part || '').trim()) }"
        )
        if name in focused:
            return
    pytest.fail(f"Tab never came to “{name}” on {person.page.url}")


def presses(person: Person, name: str) -> None:
    tabs_to(person, name)
    person.presses("Enter")


def test_an_offer_is_taken_and_finished_by_keyboard(
    colleague: Callable[[str], Person], town: Live, offered: tuple[str, str]
) -> None:
    reference, key = offered
    officer = colleague("officer")
    officer.goes_to("/console/handoffs")
    presses(officer, "Late")
    presses(officer, "For us")
    officer.goes_to("/console/handoffs?service=missed-bin&state=offered")
    officer.goes_to(f"/console/handoffs/{key}")
    officer.sees(SEND)
    presses(officer, "I look at this one")
    officer.sees("Your colleagues see that you look at it")
    officer.goes_to("/console/handoffs?show=mine")
    presses(officer, reference)
    presses(officer, "Accept")
    officer.sees("Accepted. The customer is told that you have it")
    presses(officer, "Start work")
    tabs_to(officer, "Complete")
    officer.page.keyboard.press("Enter")
    tabs_to(officer, "What will the customer read?")
    officer.page.keyboard.type(DONE)
    presses(officer, "Complete")
    officer.sees("Completed. The customer is told")
    with town.database.reading() as session:
        state = session.scalar(text("SELECT state FROM enquiry WHERE reference = :r"), {"r": reference})
    assert state == "resolved"


def test_declining_names_a_unit_and_an_empty_form_says_what_is_missing(
    colleague: Callable[[str], Person], offered: tuple[str, str]
) -> None:
    officer = colleague("officer")
    officer.goes_to(f"/console/handoffs/{offered[1]}")
    tabs_to(officer, "Decline")
    officer.page.keyboard.press("Enter")
    tabs_to(officer, "Why do you decline?")
    officer.page.keyboard.type("A private road")
    presses(officer, "Decline")
    officer.sees("Choose the unit that should have it")
    Keyboard(officer).picks("Who should have it?", "High")
    presses(officer, "Decline")
    officer.sees("They suggest Highways")


@pytest.mark.parametrize(
    ("login", "pages"),
    [
        ("admin", ("/console/handoffs/setup", "/console/handoffs/setup/units/waste", "/console/handoffs/setup/checklists/new",
            "/console/handoffs/endpoints", "/console/handoffs/endpoints/new", "/console/handoffs/setup/declines")),
        ("officer", ("/console/handoffs?show=sent", "/console/referrals")),
    ],
)  # fmt: skip
def test_the_pages_around_it_are_in_order(
    colleague: Callable[[str], Person], login: str, pages: tuple[str, ...]
) -> None:
    person = colleague(login)
    for page in pages:
        person.goes_to(page)


def test_an_advisor_offers_with_a_checklist_or_asks_another_unit(
    colleague: Callable[[str], Person], offered: tuple[str, str]
) -> None:
    advisor = colleague("advisor")
    advisor.goes_to(f"/console/enquiries/{offered[0]}/offer")
    advisor.goes_to(f"/console/enquiries/{offered[0]}/refer")
    Keyboard(advisor).picks("Whom do you ask?", "High")
    tabs_to(advisor, "What do you need from them?")
    advisor.page.keyboard.type("Is the lane closed?")
    presses(advisor, "Ask")
    advisor.sees("They are asked. The enquiry stays with you")
