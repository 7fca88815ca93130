"""A resident asks for a copy of her data and to be erased; a steward answers with the keyboard alone; each page is looked at."""

from collections.abc import Callable

import pytest

from app.rights import services as rights
from app.seeds import demo
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_copy_is_asked_for_put_together_and_had(
    town: Live, visitor: Person, colleague: Callable[[str], Person]
) -> None:
    visitor.goes_to("/sign-in")
    visitor.fills(e_mail=demo.RESIDENT.email, password=demo.RESIDENT.password)
    visitor.clicks("Sign in")
    hers = Keyboard(visitor)
    visitor.goes_to("/account/rights")
    if "Withdraw this request" in visitor.page.content():
        hers.follows("Withdraw this request", "button")
    hers.follows("Ask for a copy of your data", "a")
    hers.follows("Send", "button")
    visitor.sees("We have your request")
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to("/console/rights")
    reference = steward.page.locator("table a").first.inner_text()
    keys.follows(reference, "a")
    keys.follows("Take it on", "button")
    keys.follows("Put a copy together", "a")
    keys.follows("Put it together", "button")
    rights.make_waiting(town.database, clock=town.runtime.clock)
    steward.goes_to(steward.page.url)
    steward.sees("Download the copy")
    visitor.goes_to("/account/rights")
    with visitor.page.expect_download() as copy:
        hers.finds("Download your data", "a")
        visitor.page.keyboard.press("Enter")
    assert copy.value.suggested_filename.endswith(".zip")
    keys.follows("It is done", "a")
    keys.types("Reason", "You have it in My Account")
    keys.follows("Save", "button")
    steward.sees("Done, and the person was told")


def test_what_would_be_erased_is_seen_before_and_holds_and_times_are_kept(
    town: Live, colleague: Callable[[str], Person]
) -> None:
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to("/console/rights")
    keys.follows("Write down a request", "a")
    keys.finds("What do they ask for?: A copy", "[type=radio]")
    steward.page.keyboard.press("ArrowDown")
    steward.page.keyboard.press("ArrowDown")
    keys.ticks("How did it come?")
    keys.types("Name", "Arthur Oakes")
    keys.follows("Write it down", "button")
    steward.sees("We need to know that it is you")
    keys.follows("Write down who they are", "a")
    keys.types("How did they show", "Passport seen at the counter")
    keys.follows("Save", "button")
    keys.follows("What would be erased", "a")
    steward.sees("Nothing has been erased yet")
    keys.follows("Erase", "button.govuk-button--warning")
    steward.sees("Tick that you have read what is erased")
    keys.ticks("I have read what is erased")
    keys.follows("Erase", "button.govuk-button--warning")
    steward.sees("Certificate of erasure")
    steward.goes_to("/console/rights/holds")
    steward.goes_to("/console/rights/retention")
    keys.follows("Count now", "button")
    steward.sees("Counted. Nothing was erased")
    keys.follows("Your enquiries", "a")
    steward.sees("Carry it out every night")
