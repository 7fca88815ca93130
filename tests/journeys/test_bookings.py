"""Booking, by keyboard alone: a resident books and cancels, an advisor books, and the unit's people see the day and close a time."""

import re
from collections.abc import Callable

import pytest

from app.seeds import demo, staff
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person

pytestmark = pytest.mark.browser
TIP, CHECK, ITEMS = "A visit to the recycling centre", "Check and send", "Large items collected"
DAYS = "main .govuk-list a"


def reference_on(person: Person) -> str:
    found = re.search(r"BK-[0-9A-Z]{4}-[0-9A-Z]{4}", person.page.locator("main").inner_text())
    assert found
    return found.group()


def day(person: Person, number: int) -> str:
    """One of the days on offer. Of the first, which is number 0, a time may be over while somebody is still writing."""
    address = person.page.locator(DAYS).nth(number).get_attribute("href")
    assert address
    return f"{DAYS}[href='{address}']"


def test_a_resident_books_at_once_moves_it_and_cancels(visitor: Person) -> None:
    keys = Keyboard(visitor)
    keys.signs_in(demo.RESIDENT.email, staff.PASSWORD)
    keys.follows("Book", "nav a")
    keys.follows(TIP)
    visitor.sees("Only days with free places are shown")
    keys.follows("", day(visitor, 1))
    keys.follows("Continue", "button")
    visitor.sees("Choose a time")
    keys.ticks("Time:")
    keys.follows("Continue", "button")
    keys.types("Is there anything that we should know", "With a trailer")
    keys.follows("Continue", "button")
    visitor.sees("Check your answers")
    keys.follows("Book", "main button.govuk-button")
    visitor.sees("You are booked")
    reference = reference_on(visitor)
    keys.follows("See it in My Account")
    visitor.sees("With a trailer")
    keys.follows("Choose another time")
    keys.follows("", day(visitor, 3))
    keys.ticks("Time:")
    keys.follows("Move my booking", "button")
    visitor.sees("Your booking has a new time")
    keys.follows("Cancel this booking")
    keys.follows("Cancel the booking", "button")
    visitor.sees("Your booking is cancelled")
    visitor.goes_to("/account/bookings?show=over")
    visitor.sees(reference)
    visitor.sees("Kept")
    visitor.goes_to("/account/bookings")
    visitor.does_not_see(reference)
    visitor.goes_to("/book")


def test_an_advisor_books_for_somebody_who_rings(colleague: Callable[[str], Person]) -> None:
    ada = colleague("advisor")
    keys = Keyboard(ada)
    ada.goes_to("/console")
    keys.follows("Book for a customer")
    keys.follows(CHECK)
    keys.follows("", day(ada, 1))
    keys.ticks("Time:")
    keys.types("Name", "Petra Quillfeather")
    keys.types("E-mail", "petra@resident.example")
    keys.follows("Book", "main button.govuk-button")
    ada.sees("Petra Quillfeather")
    ada.sees("Bring one photo")
    assert reference_on(ada)
    keys.follows("Choose another time")
    keys.follows("", day(ada, 1))
    ada.sees("Booked now")


def test_the_units_people_see_the_day_and_close_a_time(colleague: Callable[[str], Person], width: int) -> None:
    wes = colleague("officer")
    keys = Keyboard(wes)
    wes.goes_to("/console/timetables")
    keys.follows(TIP, "main a")
    wes.sees("The week")
    keys.unfolds("Add times")
    keys.unfolds("Take times away")
    keys.follows("Who comes today")
    for _ in range(14):  # over any row of holidays
        keys.follows("The next day")
        if wes.page.get_by_text("Close this time").count():
            break
    wes.sees("Download (XLSX)")
    wes.page.keyboard.press("Home")
    keys.follows(f"Close this time: {'8am' if width == 320 else '8:30am'}")
    keys.follows("Close it", "button")
    wes.sees("Say why, in words that the customers will read")
    keys.types("Why?", "The scales are being tested")
    keys.follows("Close it", "button")
    wes.sees("Closed. Bookings that we cancelled")
    wes.sees("The scales are being tested")
    wes.goes_to("/console/timetables")
    keys.follows(ITEMS, "main a")
    wes.goes_to("/console/timetables/new")
