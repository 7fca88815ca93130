"""The desk by keyboard: several enquiries at once with a way back, also without scripts; and what did not arrive, tried again or explained."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.accounts import queries as accounts
from app.enquiries import services
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry, Raiser
from app.handoffs import services as handoffs
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor, ActorKind
from app.seeds import staff
from tests.journeys.conftest import People
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
STUCK = "/console/oversight/lists/stuck?service=missed-bin&channel=web&sort=-received"


@pytest.fixture
def waiting(town: Live) -> list[str]:
    """Two bins that nobody has looked at for twelve days; each journey takes away its own."""
    now = town.runtime.clock.now()
    past = [
        PastEnquiry(
            "missed-bin", Channel.WEB, now - timedelta(days=12, minutes=place), Raiser("Idris Pell"), State.TRIAGE,
            queue="waste-intake", reference=references.new("FP"),
        )
        for place in range(2)
    ]  # fmt: skip
    with town.database.transaction() as session:
        services.import_history(session, SYSTEM, past, now=now)
    return [str(each.reference) for each in past]


@pytest.fixture
def plain(_people: People, colleague: Callable[[str], Person], width: int) -> Iterator[Person]:
    """The monitor with a browser in which scripts are switched off."""
    person = _people.visitor(width, state=colleague("monitor").state(), scripts=False)
    yield person
    person.leaves()


def fails(town: Live, reference: str) -> None:
    """As it stands after ten tries at a system that is away."""
    with town.database.transaction() as session:
        session.execute(
            text(
                "UPDATE handoff SET delivery = 'failed', delivery_error = 'Answered 503', delivery_attempts = 10, tried_at = now()"
                " WHERE enquiry_id = (SELECT id FROM enquiry WHERE reference = :r) AND state = 'offered'"
            ),
            {"r": reference},
        )


def test_two_are_rerouted_and_put_back_without_a_mouse(colleague: Callable[[str], Person], waiting: list[str]) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(STUCK)
    hands = Keyboard(monitor)
    for reference in waiting:
        hands.ticks(f"Choose {reference}")
    hands.follows("Do something with those chosen")
    monitor.sees("2 enquiries chosen")
    hands.follows("Re-route them")
    monitor.sees("Choose a queue")
    monitor.sees("Say why it goes there")
    hands.picks("Queue", "Monitoring desk")
    hands.types("Why does it go there?", "The crew has moved house")
    hands.follows("Re-route them")
    monitor.sees("Re-routed: 2")
    hands.follows("Undo")
    monitor.sees("2 enquiries are back where they were")
    monitor.page.reload()
    monitor.looks()
    monitor.does_not_see("Put them back")


def test_what_somebody_else_changed_is_named_and_stays(
    colleague: Callable[[str], Person], waiting: list[str], town: Live
) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(STUCK)
    hands = Keyboard(monitor)
    for reference in waiting:
        hands.ticks(f"Choose {reference}")
    hands.follows("Do something with those chosen")
    with town.database.transaction() as session:
        services.add_note(session, SYSTEM, waiting[0], body="Looked at it", now=town.runtime.clock.now())
    hands.follows("Claim them")
    monitor.sees("Claimed: 1")
    monitor.sees("Someone else changed this while you were working on it")
    assert monitor.page.get_by_role("table", name="Not done").get_by_text(waiting[0]).count()


def test_it_works_without_scripts(plain: Person, waiting: list[str]) -> None:
    """Whatever somebody's browser makes of the page: forms and links do it all."""
    plain.page.goto(STUCK)
    plain.page.locator(f"input[name=chosen][value^={waiting[0]}]").check(force=True)
    plain.page.get_by_role("button", name="Do something with those chosen").click()
    plain.page.get_by_role("button", name="Claim them").click()
    expect(plain.page.locator("h1")).to_contain_text("Claimed: 1")
    plain.page.get_by_role("button", name="Undo").click()
    plain.sees("back where it was")


def test_a_delivery_that_failed_is_tried_again_and_explained(
    colleague: Callable[[str], Person], town: Live, waiting: list[str]
) -> None:
    reference, now = waiting[0], town.runtime.clock.now()
    with town.database.transaction() as session:
        leader = accounts.by_email(session, f"leader@{staff.DOMAIN}")
        assert leader is not None
        actor = Actor(ActorKind.STAFF, leader.id, leader.name, frozenset(leader.roles))
        handoffs.offer(session, actor, reference, unit="waste", now=now)
    fails(town, reference)
    monitor = colleague("monitor")
    monitor.goes_to("/console/oversight/lists/deliveries")
    hands = Keyboard(monitor)
    hands.follows(reference, "a")
    monitor.sees("What has not arrived")
    monitor.sees("Answered 503")
    monitor.sees("Where it has been")
    hands.follows("Send it again")
    monitor.sees("is tried again now")
    fails(town, reference)
    monitor.goes_to(f"/console/oversight/enquiries/{reference}")
    hands.follows("Explain it")
    monitor.sees("Say why it needs nothing more")
    hands.types("Why does it not matter any more?", "They have it on paper")
    hands.follows("Explain it")
    monitor.sees("What did not arrive is explained.")
    monitor.does_not_see("What has not arrived")
    monitor.goes_to("/console/oversight/lists/deliveries")
    assert not monitor.page.get_by_role("link", name=re.compile(f"^{reference}$")).count()
