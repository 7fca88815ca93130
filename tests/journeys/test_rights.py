"""A resident asks for a copy of her data and to be erased; a steward answers with the keyboard alone; each page is looked at."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.customers import queries
from app.customers import services as customers
from app.kernel.actors import SYSTEM
from app.rights import services as rights
from app.seeds import demo
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_a_copy_is_asked_for_put_together_and_had(
    town: Live, visitor: Person, colleague: Callable[[str], Person]
) -> None:
    hers = Keyboard(visitor)
    hers.signs_in(demo.RESIDENT.email, demo.RESIDENT.password)
    visitor.goes_to("/account/rights")
    if "Withdraw this request" in visitor.page.content():
        hers.follows("Withdraw this request", "button")
    hers.follows("Ask for a copy of your data", "a")
    hers.follows("Send", "button")
    visitor.sees("We have your request")
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to("/console/rights")
    hers_is = steward.page.locator("tr", has_text="A copy of the data").filter(has_text="Josephine")
    keys.follows(hers_is.locator("a").first.inner_text(), "a")
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
    steward.sees("Waits for proof of who they are")
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


def test_a_value_is_put_right_shown_at_once_and_followed_until_the_source_has_answered(
    town: Live, visitor: Person, colleague: Callable[[str], Person]
) -> None:
    """The demo resident says what is wrong; a steward adds the record, reads what it says, puts it right, and writes down the answer."""
    hers = Keyboard(visitor)
    hers.signs_in(demo.RESIDENT.email, demo.RESIDENT.password)
    visitor.goes_to("/account/rights")
    hers.follows("Ask us to put something right", "a")
    hers.types("What is wrong", "My number is 07700 900321 now")
    hers.follows("Send", "button")
    visitor.sees("We have your request")
    with town.database.reading() as session:
        request, key = session.execute(OF_HERS).one()
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to(f"/console/rights/{request}")
    steward.sees("My number is 07700 900321 now")
    keys.follows("Take it on", "button")
    if f"Council tax, {key}" not in steward.page.content():
        keys.follows("Add a record", "a")
        keys.picks("Source", "Council")
        keys.types("Number of the record", key)
        keys.types("How do you know", "Its number is on the bill")
        keys.follows("Save", "button")
    keys.follows("Put a value right", "a")
    steward.sees(f"What it says now: Council tax, {key}")
    steward.sees("In their words: My number is 07700 900321 now")
    keys.follows("Save", "button")
    steward.sees("Choose what is wrong")
    keys.ticks(f"Council tax, {key}")
    keys.picks("What is wrong?", "Phone")
    keys.types("What should it say?", "07700 900321")
    keys.types("How do you know what is right?", "She rang from it and was rung back")
    keys.follows("Save", "button")
    steward.sees("The right value (pinned)")
    steward.sees("Told, no answer yet")
    keys.follows("Write down the source's answer", "a")
    keys.follows("Save", "button")
    steward.sees("Choose what the source says")
    keys.ticks("It has put it right")
    keys.types("In its words", "Changed in the ledger")
    keys.follows("Save", "button")
    steward.sees("Put right at the source")
    keys.follows("It is done", "a")
    keys.types("Reason", "Your number is right now")
    keys.follows("Save", "button")
    visitor.goes_to("/account/rights")
    visitor.sees("Put right at the source")
    visitor.sees("Your number is right now")


OF_HERS = text(
    "SELECT q.id, r.key FROM rights_request q, source_record r JOIN source_system s ON s.id = r.source_id "
    "WHERE q.kind = 'rectification' AND q.asked_by = 'account' AND q.answered_at IS NULL AND s.slug = 'council-tax' "
    "AND r.attributes->>'family_name' ILIKE 'merriweather' ORDER BY r.key LIMIT 1"
)


def test_the_demo_shows_a_correction_under_way_a_hold_and_somebody_let_in_again_by_keyboard(
    colleague: Callable[[str], Person],
) -> None:
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to("/console/rights")
    steward.sees("overdue")
    theirs = steward.page.locator("tr", has_text="A correction").locator("a").first.inner_text()
    keys.follows(theirs, "a")
    steward.sees("Featherstone")
    steward.goes_to("/console/rights/holds")
    steward.sees("A claim for damage is with the insurers")
    keys.follows("Erased records", "a")
    keys.picks("Source", "Council")
    keys.types("Number of the record", "0")
    keys.types("Why may it come again?", "Moved back")
    keys.follows("Continue", "button")
    steward.sees("Nothing keeps a record with this number out")


def test_somebody_who_was_erased_is_let_in_again_by_keyboard(
    town: Live, colleague: Callable[[str], Person], width: int
) -> None:
    """To the last step: the record is turned away no more, and why is kept."""
    now = town.runtime.clock.now()
    with town.database.transaction() as session:
        record, key = session.execute(ERASABLE, {"width": str(width)}).one()
        customers.erase_records(session, SYSTEM, [record], now=now)
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to("/console/rights")
    keys.follows("Erased records", "a")
    steward.sees("Turned away")
    keys.follows("Continue", "button")
    for words in ("Choose a source", "Enter the number of the record", "Say why the record may come again"):
        steward.sees(words)
    keys.picks("Source", "Housing")
    keys.types("Number of the record", key)
    keys.types("Why may it come again?", f"A tenant again, at the counter ({width})")
    keys.follows("Continue", "button")
    steward.sees("Let this record come in again?")
    steward.sees("Nothing comes back by this")
    keys.follows("Let it in again", "button")
    steward.sees("Tick that the person wants to be our customer again")
    keys.ticks("The person wants to be our customer again")
    keys.follows("Let it in again", "button")
    steward.sees("The record is taken in when it comes again")
    steward.sees(f"A tenant again, at the counter ({width})")
    with town.database.reading() as session:
        assert queries.kept_out(session, "housing", key) is None


ERASABLE = text(
    "SELECT r.id, r.key FROM source_record r JOIN source_system s ON s.id = r.source_id JOIN link l ON l.source_record_id = r.id "
    "JOIN golden_record g ON g.id = l.golden_id WHERE s.slug = 'housing' AND NOT g.restricted AND g.display_name NOT ILIKE '%merriweather%' "
    "AND NOT EXISTS (SELECT 1 FROM relationship x WHERE r.id IN (x.acting_record_id, x.for_record_id)) ORDER BY md5(r.key || :width) LIMIT 1"
)
