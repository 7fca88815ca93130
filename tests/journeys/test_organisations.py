"""A steward and an organisation, by keyboard alone: found, seen with its people, sources and number; a question about one answered and taken back."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.customers.matching.waiting import match_waiting
from app.kernel.clock import SystemClock
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
DESK = "/console/possible-matches"
SLIP, NUMBER = "TERN QUAY LETINGS LTD", "ZZ300011"
"""A company of the demo town that council tax has misspelt once, and the number of its other records."""
_CUSTOMERS = text(
    "SELECT count(DISTINCT l.golden_id) FROM link l JOIN source_record r ON r.id = l.source_record_id "
    "WHERE r.attributes ->> 'organisation_name' LIKE 'TERN QUAY%'"
)
_WITH_PEOPLE = text(
    "SELECT g.display_name, p.display_name FROM relationship x JOIN link l ON l.source_record_id = x.for_record_id "
    "JOIN golden_record g ON g.id = l.golden_id JOIN link m ON m.source_record_id = x.acting_record_id "
    "JOIN golden_record p ON p.id = m.golden_id WHERE x.kind = 'director' AND x.ended_at IS NULL ORDER BY g.display_name, p.display_name LIMIT 1"
)


@pytest.fixture
def felix(town: Live, colleague: Callable[[str], Person]) -> Person:
    """The steward, while nobody has a pair open."""
    with town.database.transaction() as session:
        session.execute(text("DELETE FROM desk_claim"))
    return colleague("steward")


def customers_become(live: Live, count: int) -> bool:
    """The records of the company are so many customers, within seconds."""
    for _ in range(240):
        match_waiting(live.database, clock=SystemClock())
        with live.database.reading() as session:
            if session.scalar(_CUSTOMERS) == count:
                return True
        time.sleep(0.25)
    return False


def test_an_organisation_is_found_and_shows_its_people_sources_and_number(town: Live, felix: Person) -> None:
    with town.database.reading() as session:
        name, director = session.execute(_WITH_PEOPLE).one()
    keys = Keyboard(felix)
    felix.goes_to("/console/customers")
    expect(felix.page.get_by_role("combobox", name="Who is it?")).to_be_focused()
    felix.page.keyboard.type(NUMBER)
    felix.page.keyboard.press("Escape")
    keys.presses("Enter")
    expect(felix.page.locator("ol.fp-found")).to_contain_text("Organisation")
    felix.sees("Reference is the same")
    keys.follows("TERN QUAY", "main a")
    felix.sees("Company number")
    keys.follows("The organisation: names, properties, people", "a")
    for words in (NUMBER, "Where we know it from", "Council tax", "Nobody is recorded as acting for it"):
        felix.sees(words)
    felix.goes_to("/console/customers")
    expect(felix.page.get_by_role("combobox", name="Who is it?")).to_be_focused()
    felix.page.keyboard.type(name)
    felix.page.keyboard.press("Escape")
    keys.presses("Enter")
    keys.follows(name, "main a")
    keys.follows("The organisation: names, properties, people", "a")
    felix.sees("Its people, and whom it acts for")
    felix.sees(director)
    keys.follows("Since", "th a")
    assert felix.page.locator("th[aria-sort=ascending]").inner_text().startswith("Since")
    keys.follows("Every record, and what each says", "a")
    felix.sees("Records of this customer")


def test_all_organisations_are_a_list_to_be_searched_and_sorted(felix: Person) -> None:
    keys = Keyboard(felix)
    felix.goes_to("/console/customers")
    keys.follows("All organisations", "a")
    expect(felix.page.locator("h1")).to_have_text("Organisations")
    for words in ("People who act for it", "Council tax", "XLSX"):
        felix.sees(words)
    keys.follows("Records", "th a")
    keys.follows("Records", "th a")
    assert felix.page.locator("th[aria-sort=descending]").inner_text().startswith("Records")
    keys.types("Name or company number", "no such firm")
    keys.follows("Search", "main button")
    felix.sees("No organisation is called that")
    keys.types("Name or company number", "tern quay")
    keys.follows("Search", "main button")
    expect(felix.page.locator("main tbody tr").first).to_contain_text(NUMBER)
    assert felix.page.locator("th[aria-sort=descending]").inner_text().startswith("Records"), "the order stays"
    keys.follows("TERN QUAY", "tbody a")
    felix.sees("Where we know it from")
    keys.follows("All organisations", "a")
    expect(felix.page.locator("h1")).to_have_text("Organisations")


def test_a_question_about_an_organisation_is_answered_and_taken_back(town: Live, felix: Person) -> None:
    keys = Keyboard(felix)
    felix.goes_to(DESK)
    keys.picks("Whom", "Organisations")
    keys.follows("Apply filters", "button")
    expect(felix.page.locator("main tbody tr")).not_to_have_count(0)
    assert (
        felix.page.locator("main tbody tr", has_text="Organisation").count()
        == felix.page.locator("main tbody tr").count()
    )
    row = felix.page.locator("main tbody tr", has_text=SLIP)
    keys.follows(" ".join(row.get_by_role("link").inner_text().split()[-3:]), "main a")
    expect(felix.page.locator("h1")).to_have_text("The same organisation?")
    for words in (SLIP, NUMBER, "How the engine weighs it", "Who lives there"):
        felix.sees(words)
    pair = felix.page.url
    keys.presses("s")
    felix.sees("Kept as the same")
    assert customers_become(town, 1)
    keys.presses("u")
    felix.sees("Taken back")
    assert felix.page.url == pair
    assert customers_become(town, 2)
    keys.presses("d")
    felix.sees("Kept as different")
    keys.presses("u")
    assert felix.page.url == pair, "as open as it was"


def test_the_accuracy_of_organisations_is_told_apart(felix: Person) -> None:
    keys = Keyboard(felix)
    felix.goes_to(DESK)
    keys.follows("Accuracy", "a")
    felix.sees("Not enough decisions yet")
    keys.follows("Draw a sample now", "button")
    felix.sees("What the estimates of organisations stand on")
    felix.sees("Drift by source")
