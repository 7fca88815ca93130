"""Journeys 4 to 6: raised for the caller, handed to Waste Services, worked there, and the customer told at every step."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.accounts import services as accounts
from app.accounts.enums import Scope
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import SystemClock, london_date
from app.organisation import services as organisation
from tests.journeys.steps import EMAIL, TODAY, finds_caller, hands_to, raises_missed_bin, takes_call, verifies_caller
from tests.support.browser import WIDTHS, Person
from tests.support.live import Live
from tests.support.mail import text_of

pytestmark = pytest.mark.browser
DONE = "We came back this morning and emptied your bin. We are sorry."


def place_for(width: int, number: int) -> int:
    """Another house for each walk, so that one walk's bin is not the next one's duplicate."""
    return list(WIDTHS.values()).index(width) * 8 + number


@pytest.fixture
def offered(colleague: Callable[[str], Person], town: Live, width: int) -> tuple[Person, str]:
    """A verified caller's missed bin, offered to Waste Services by an advisor."""
    advisor = colleague("advisor")
    takes_call(advisor)
    finds_caller(advisor)
    verifies_caller(advisor)
    reference = raises_missed_bin(advisor, town, place_for(width, 1))
    hands_to(advisor, reference, "Waste Services")
    return advisor, reference


def told(town: Live, reference: str) -> list[str]:
    """The templates of the messages about an enquiry, in order."""
    with town.database.reading() as session:
        query = "SELECT m.template FROM message m JOIN enquiry e ON e.id = m.about_id WHERE e.reference = :r ORDER BY m.created_at, m.id"
        return list(session.scalars(text(query), {"r": reference}))


def state(town: Live, reference: str) -> str:
    with town.database.reading() as session:
        return str(session.scalar(text("SELECT state FROM enquiry WHERE reference = :r"), {"r": reference}))


def test_raised_handed_over_worked_and_told(
    colleague: Callable[[str], Person], offered: tuple[Person, str], town: Live
) -> None:
    advisor, reference = offered
    received = town.mail.inbox.wait_for(EMAIL, reference)
    assert any(word in text_of(received) for word in ("promise", "by ")), "the first message says by when"

    officer = colleague("officer")
    officer.goes_to("/console/handoffs")
    officer.follows(reference)
    officer.clicks("Accept")
    accepted = town.mail.inbox.wait_for(EMAIL, "Waste Services")
    assert reference in text_of(accepted)
    officer.clicks("Start work")

    advisor.goes_to(f"/console/enquiries/{reference}")
    advisor.sees("Waste Services")

    part = officer.opens("Complete")
    part.get_by_label("What will the customer read?").fill(DONE)
    officer.clicks_on(part.get_by_role("button", name="Complete"))
    town.mail.inbox.wait_for(EMAIL, DONE)
    assert state(town, reference) == "resolved"
    assert told(town, reference) == ["enquiry_received", "enquiry_accepted", "enquiry_finished"]


def test_the_promise_counts_working_days_and_changing_it_tells_the_customer(
    colleague: Callable[[str], Person], town: Live, width: int
) -> None:
    advisor = colleague("advisor")
    takes_call(advisor)
    reference = raises_missed_bin(advisor, town, place_for(width, 2))
    with town.database.reading() as session:
        promised = session.scalar(text("SELECT promised_at FROM enquiry WHERE reference = :r"), {"r": reference})
    assert london_date(promised).weekday() < 5
    advisor.clicks("Take it")
    part = advisor.opens("Change the promised date")
    later = TODAY + timedelta(days=21)
    for label, value in (("Day", later.day), ("Month", later.month), ("Year", later.year)):
        part.get_by_label(label, exact=True).fill(str(value))
    part.locator("textarea").first.fill("The lorry has broken down.")
    advisor.clicks_on(part.get_by_role("button", name="Change the promised date"))
    told_of = town.mail.inbox.wait_for(EMAIL, "The lorry has broken down.")
    assert reference in text_of(told_of)


def test_a_second_enquiry_about_the_same_bin_is_noticed(
    colleague: Callable[[str], Person], town: Live, width: int
) -> None:
    advisor = colleague("advisor")
    takes_call(advisor)
    first = raises_missed_bin(advisor, town, place_for(width, 3))
    with town.database.reading() as session:
        before = session.scalar(text("SELECT count(*) FROM enquiry"))
    second = raises_missed_bin(advisor, town, place_for(width, 3), accept=False)
    assert second == first, "the page names the enquiry that is open already"
    with town.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM enquiry")) == before


def test_declined_goes_back_to_the_sender_with_the_reason(
    colleague: Callable[[str], Person], town: Live, width: int
) -> None:
    advisor = colleague("advisor")
    takes_call(advisor)
    reference = raises_missed_bin(advisor, town, place_for(width, 4))
    hands_to(advisor, reference, "Waste Services")
    officer = colleague("officer")
    officer.goes_to("/console/handoffs")
    officer.follows(reference)
    part = officer.opens("Decline")
    part.locator("textarea").first.fill("A private road: the owner's contractor collects there.")
    part.locator("select").first.select_option(label="Highways")
    officer.clicks_on(part.get_by_role("button", name="Decline"))
    advisor.goes_to("/console")
    advisor.sees(reference)
    advisor.goes_to(f"/console/enquiries/{reference}")
    advisor.sees("A private road")


def test_the_same_by_the_api(colleague: Callable[[str], Person], town: Live, width: int) -> None:
    advisor = colleague("advisor")
    takes_call(advisor)
    reference = raises_missed_bin(advisor, town, place_for(width, 5))
    hands_to(advisor, reference, "Waste Services")
    now = SystemClock().now()
    with town.database.transaction() as session:
        administrator = Actor(ActorKind.STAFF, None, "Oskar Pennyfeather", frozenset({Role.ADMINISTRATOR}))
        system = accounts.create_service_account(session, administrator, f"Waste system {width}", now=now)
        organisation.add_member(session, SYSTEM, system.id, "waste", now=now)
        _, key = accounts.create_api_key(
            session, administrator, system.id, [Scope.HANDOFFS_READ, Scope.HANDOFFS_WRITE], now=now
        )
    caller = advisor.page.request
    headers = {"Authorization": f"Bearer {key}"}
    inbox = caller.get("/api/v1/handoffs?state=offered&size=100", headers=headers).json()
    offer = next(item for item in inbox["items"] if item["reference"] == reference)
    for step, body, becomes in (
        ("accept", {}, "accepted"),
        ("start", {}, "in_work"),
        ("complete", {"text": DONE}, "completed"),
    ):
        answer = caller.post(
            f"/api/v1/handoffs/{offer['id']}/{step}",
            headers=headers | {"Idempotency-Key": f"{reference} {step}"},
            data=body,
        )
        assert (answer.status, answer.json()["state"]) == (200, becomes), answer.text()
    assert state(town, reference) == "resolved"
    assert told(town, reference)[-1] == "enquiry_finished"
