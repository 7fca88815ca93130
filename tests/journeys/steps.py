"""What advisors and officers do, in their words, for journeys that need it done."""

import re
from datetime import date

from app.customers import queries as customers
from app.kernel.clock import SystemClock, london_date
from app.seeds.city import City, generate
from tests.journeys.conftest import RESIDENTS
from tests.support.browser import Person
from tests.support.live import Live

TODAY = london_date(SystemClock().now())
BORN = date(TODAY.year - 41, 4, 9)
"""The caller's birthday: the demo town keeps her at forty or forty-one."""
CALLER = "Josephine Merriweather"
EMAIL = "josephine@resident.example"


def city() -> City:
    """The town as it was drawn; the truth, for tests alone."""
    return generate(RESIDENTS, today=TODAY)


def takes_call(advisor: Person) -> None:
    """Start a contact, or go back to the one that is still open."""
    advisor.goes_to("/console")
    again = advisor.page.get_by_role("link", name="Go back to it")
    if again.count():
        advisor.clicks_on(again.first)
    else:
        advisor.clicks("Start")


def finds_caller(advisor: Person, name: str = "Josephin Meriwether", born: str = f"9 4 {BORN.year + 1}") -> None:
    """Two fields, a typing mistake in each."""
    advisor.goes_to("/console/customers/by-field")
    advisor.page.get_by_label("Name", exact=True).fill(name)
    advisor.fills(date_of_birth=born)
    advisor.clicks("Find")
    advisor.follows("Josephine")


def verifies_caller(advisor: Person) -> None:
    """Ask two questions whose answers one of the caller's records knows."""
    panel = advisor.page.get_by_role("region", name="Verify the caller")
    panel.get_by_label("date of birth").first.fill(f"9 April {BORN.year}")
    panel.get_by_label("full name").first.fill(CALLER)
    advisor.clicks_on(panel.get_by_role("button", name="Check the answers").first)


def raises_missed_bin(advisor: Person, town: Live, place: int, *, accept: bool = True) -> str:
    """The catalogue's questions, answered for the caller. Returns the reference."""
    advisor.goes_to("/console/enquiries/new/missed-bin")
    with town.database.reading() as session:
        home = customers.search_properties(session, "ZF1")[0]
    advisor.answers_property(home.postcode, place)
    advisor.answers_everything_else(**{"Caller's_name": CALLER, "E-mail_address": EMAIL})
    advisor.clicks("Raise the enquiry")
    anyway = advisor.page.get_by_role("button", name=re.compile("anyway", re.IGNORECASE))
    if accept and anyway.count():
        advisor.clicks_on(anyway.first)
    return reference_on(advisor)


def hands_to(advisor: Person, reference: str, unit: str) -> None:
    advisor.goes_to(f"/console/enquiries/{reference}")
    if advisor.page.get_by_role("button", name="Take it").count():
        advisor.clicks("Take it")
    panel = advisor.opens("Hand it to a service")
    panel.locator("select").first.select_option(label=unit)
    panel.get_by_label("What do they need to know?").fill("Second time this month.")
    advisor.clicks_on(panel.get_by_role("button", name="Hand it to a service"))


def reference_on(person: Person) -> str:
    found = re.search(r"FP-[0-9A-Z]{4}-[0-9A-Z]{4}", person.page.locator("main").inner_text())
    assert found, f"no reference on {person.page.url}: {person.page.locator('main').inner_text()[:1500]}"
    return found.group()
