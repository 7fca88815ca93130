"""The monitoring desk by keyboard alone: from the figure to the list, from the list to the enquiry, and claiming it; every page looked at."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from app.enquiries import services
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry, Raiser
from app.kernel.actors import SYSTEM
from app.oversight.enums import DeskList
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("waiting")]
HOME = "/console/oversight"
MOST_TABS = 150
FOCUSED = """() => {
  const here = document.activeElement
  const label = here.labels && here.labels.length ? here.labels[0].innerText : ''
  return (here.getAttribute('aria-label') || label || here.innerText || here.value || '').trim()
}"""


@pytest.fixture
def waiting(town: Live) -> None:
    """Somebody's bin, which nobody has looked at for twelve days; the journeys take such things away."""
    now = town.runtime.clock.now()
    past = PastEnquiry(
        "missed-bin", Channel.WEB, now - timedelta(days=12), Raiser("Idris Pell"), State.TRIAGE, queue="waste-intake"
    )
    with town.database.transaction() as session:
        services.import_history(session, SYSTEM, [past], now=now)


def tabs_to(person: Person, name: str) -> None:
    """Press Tab until what has the focus is called so, and can be seen to have it."""
    for _ in range(MOST_TABS):
        person.page.keyboard.press("Tab")
        if re.search(name, person.page.evaluate(FOCUSED)):
            outline = person.page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.boxShadow + s.backgroundColor }"
            )
            assert outline != "nonenonergba(0, 0, 0, 0)", f"{name} does not show that it has the focus"
            return
    pytest.fail(f"no {name!r} within {MOST_TABS} tabs on {person.page.url}")


def presses(person: Person, name: str) -> None:
    """Go there by keyboard, and press Enter."""
    tabs_to(person, name)
    person.presses("Enter")


def test_from_the_figure_to_the_enquiry_and_claiming_it(colleague: Callable[[str], Person]) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(HOME)
    presses(monitor, r"^Unattended: [1-9]")
    assert monitor.page.url.endswith("/lists/unattended")
    presses(monitor, r"^FP-")
    reference = monitor.page.url.rpartition("/")[2]
    monitor.sees("Where it has been")
    presses(monitor, r"^Claim it$")
    monitor.sees(f"{reference} is with Ines Blackwater now.")


def test_a_list_is_narrowed_and_an_empty_form_says_what_to_do(colleague: Callable[[str], Person]) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(f"{HOME}/lists/ownerless")
    tabs_to(monitor, r"^Channel$")
    monitor.page.keyboard.press("O")
    presses(monitor, r"^Apply filters$")
    assert "channel=web" in monitor.page.url
    monitor.goes_to(f"{HOME}/lists/ownerless")
    presses(monitor, r"^FP-")
    presses(monitor, r"^Re-route$")
    monitor.sees("Choose a queue")
    presses(monitor, r"^Escalate$")
    monitor.sees("Say what has to happen")


def test_ageing_opens_from_a_figure_to_the_enquiries(colleague: Callable[[str], Person]) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(f"{HOME}/ageing")
    presses(monitor, r"^\d+: .+, 40 days or more$")
    monitor.sees("40 days or more")
    assert monitor.page.get_by_role("link", name=re.compile("^FP-")).count()


@pytest.mark.parametrize("path", [
    "", "/ageing?by=queue&measure=customer_contact", "/waiting?measure=received", "/anomalies", "/quality", "/quality/form", "/custody",
    "/thresholds", *(f"/lists/{which.value}" for which in DeskList),
])  # fmt: skip
def test_every_page_of_the_desk_is_in_order(colleague: Callable[[str], Person], path: str) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(f"{HOME}{path}")
    assert monitor.page.get_by_role("navigation", name="Monitoring desk").count() or path == "/quality/form"


def test_an_anomaly_is_explained_by_keyboard(colleague: Callable[[str], Person], width: int) -> None:
    monitor = colleague("monitor")
    monitor.goes_to(f"{HOME}/anomalies")
    presses(monitor, r"^(Moved|Touched|Closed|Acknowledgement|Volume|Queue)")
    tabs_to(monitor, r"^It is as it should be|^What was found out or done\?$")
    presses(monitor, r"^Explained$")
    monitor.sees("Say why it is so, or what was done")
    monitor.page.get_by_label("What was found out or done?").last.focus()
    monitor.page.keyboard.type("It waits for the crew, and the customer knows.")
    presses(monitor, r"^Explained$")
    monitor.sees("It waits for the crew, and the customer knows.")


def test_an_advisor_reads_feedback_and_answers(colleague: Callable[[str], Person], width: int) -> None:
    ada = colleague("advisor")
    ada.goes_to("/console/feedback")
    ada.follows("FP-")
    ada.sees("Ask first whether they have their bill at hand")
    box = ada.page.get_by_label("Your answer")
    if box.count():
        box.fill("I will. Thank you.")
        ada.clicks("Answer")
    ada.sees("I will. Thank you.")
