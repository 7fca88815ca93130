"""An advisor finds, and where there is nobody adds, a customer without ever touching the mouse."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from tests.journeys.keyboard import Keyboard
from tests.journeys.steps import BORN
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
BOX = "/console/customers"
STRANGERS = {320: ("Zebedee", "Quxworth", "3/2/1931"), 1280: ("Ottoline", "Vexgrimble", "9/11/1947")}
"""Whom nobody knows, at each width: once added, they are known."""


def looks_again(person: Person) -> None:
    """Check a page that has changed since it was checked."""
    person.looked_at.clear()
    person.looks()


@pytest.fixture
def browser_without_scripts(
    town: Live, chromium: Browser, colleague: Callable[[str], Person], width: int
) -> Iterator[Person]:
    person = Person(chromium, town.url, width, scripts=False, state=colleague("advisor").state())
    yield person
    person.leaves()


def test_suggestions_are_chosen_with_the_arrows_and_announced(town: Live, colleague: Callable[[str], Person]) -> None:
    ada = colleague("advisor")
    ada.goes_to(BOX)
    keys = Keyboard(ada)
    box = ada.page.get_by_role("combobox", name="Who is it?")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    ada.page.keyboard.type("josephin merriwe")
    options = ada.page.get_by_role("listbox", name="Who is it?").get_by_role("option")
    expect(options.first).to_contain_text("Merriweather")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(ada.page.get_by_role("status").filter(has_text="suggestion")).to_have_text(re.compile(r"^\d+ suggestions?$"))
    looks_again(ada)
    ada.page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    ada.page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.first.get_attribute("id")))
    looks_again(ada)
    expect(box).to_be_focused()
    with ada.page.expect_navigation():
        ada.page.keyboard.press("Enter")
    expect(ada.page.locator("h1")).to_contain_text("Josephine")
    ada.looks()
    ada.goes_to(BOX)
    ada.sees("Recently seen")
    keys.follows("Josephine")
    expect(ada.page.locator("h1")).to_contain_text("Josephine")


def test_enter_searches_shows_the_reasons_and_nobody_leads_to_adding(
    town: Live, colleague: Callable[[str], Person], width: int
) -> None:
    stranger = STRANGERS[width]
    ada = colleague("advisor")
    keys = Keyboard(ada)
    ada.goes_to(BOX)
    expect(ada.page.get_by_role("combobox", name="Who is it?")).to_be_focused()
    ada.page.keyboard.type(f"meriwether {BORN.year + 1}")
    with ada.page.expect_navigation():
        ada.page.keyboard.press("Enter")
    ada.looks()
    ada.sees("Name is close")
    ada.goes_to(BOX)
    expect(ada.page.get_by_role("combobox", name="Who is it?")).to_be_focused()
    ada.page.keyboard.type(" ".join(stranger).lower())
    with ada.page.expect_navigation():
        ada.page.keyboard.press("Enter")
    ada.sees("Nobody found")
    ada.looks()
    keys.follows("Add a customer")
    expect(ada.page.get_by_label("Family name")).to_have_value(stranger[1])
    keys.follows("Add the customer")
    ada.sees("The customer is added")
    expect(ada.page.locator("h1")).to_contain_text(" ".join(stranger[:2]))


def test_somebody_who_is_there_already_is_shown_before_they_are_added(
    town: Live, colleague: Callable[[str], Person]
) -> None:
    with town.database.reading() as session:
        given, family, born, phone = session.execute(text(
            "SELECT r.attributes ->> 'given_name', r.attributes ->> 'family_name', r.attributes ->> 'date_of_birth', "
            "r.attributes ->> 'phone' FROM source_record r JOIN link l ON l.source_record_id = r.id "
            "JOIN golden_record g ON g.id = l.golden_id WHERE NOT g.restricted AND g.size > 1 "
            "AND r.attributes ?& ARRAY['given_name', 'family_name', 'date_of_birth', 'phone'] ORDER BY r.id LIMIT 1"
        )).one()  # fmt: skip
    ada = colleague("advisor")
    keys = Keyboard(ada)
    ada.goes_to(f"{BOX}/new")
    for label, value in (
        ("First name", given),
        ("Family name", family),
        ("Date of birth", born),
        ("Phone number", phone),
    ):
        keys.types(label, value)
    keys.follows("Add the customer")
    expect(ada.page.locator("h1")).to_contain_text("Is it one of these?")
    ada.looks()
    keys.follows("None of these: add the customer")
    ada.sees("The customer is added")


def test_the_box_works_without_scripts(browser_without_scripts: Person) -> None:
    page = browser_without_scripts.page
    page.goto(BOX)
    page.get_by_label("Who is it?").fill("josephine merriweather")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("ol.fp-found")).to_contain_text("Josephine")
