"""A steward without a mouse: rehearses a file, answers the question about what would vanish, merges, takes back, lifts what was said."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.customers import queries, services
from app.customers.enums import LawfulBasis, Verdict
from app.customers.rows import Entry
from app.customers.source_jobs import load_waiting
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import SystemClock, london_date
from tests.journeys.keyboard import Keyboard
from tests.journeys.test_golden import two_people
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
SAL = Actor(ActorKind.STAFF, None, "Sal Ward", frozenset({Role.STEWARD}))
KINDS = {"No": "key", "Surname": "family_name", "Forename": "given_name", "Born": "date_of_birth"}


def members(count: int, *, spoilt: bool = False) -> bytes:
    """An extract of a club, of which one row can have a day that does not exist."""
    lines = ["No,Forename,Surname,Born"]
    lines += [f"B{number:03d},Ottoline,Vane{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10]},{number % 28 + 1:02d}/06/1950" for number in range(count)]  # fmt: skip
    return "\r\n".join([*lines, *(["B900,Osric,Quill,31/02/1950"] if spoilt else []), ""]).encode()


def club(town: Live, width: int) -> tuple[str, str]:
    """A source made from a sample and loaded; its name in the register and for people."""
    name = f"Bowls club {width}"
    with town.database.transaction() as session:
        now = SystemClock().now()
        draft = services.draft(session, SAL, "bowls.csv", BytesIO(members(40)), now=now)
        services.choose(session, SAL, draft, KINDS)
        entry = Entry(name, "Revenues", "To know who bowls", LawfulBasis.CONTRACT, "bowls@hallowmere.example")
        slug = services.register_draft(session, SAL, draft, entry, now=now)
        services.queue_sample(session, SAL, slug, rehearsal=False, now=now)
    load_waiting(town.runtime)
    return slug, name


def test_a_file_is_rehearsed_and_what_would_vanish_is_confirmed(
    town: Live, colleague: Callable[[str], Person], width: int, tmp_path: Path
) -> None:
    slug, _ = club(town, width)
    brought = tmp_path / f"bowls-{width}.csv"
    brought.write_bytes(members(20, spoilt=True))
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to(f"/console/sources/{slug}")
    keys.follows("Load a file", "a")
    keys.brings("File", brought)
    keys.follows("Continue", "button")
    load_waiting(town.runtime)
    expect(steward.page.locator("#load")).to_contain_text("Rehearsed")
    steward.looks()
    for words in ("Records that would be gone", "What would happen to customers", "The date does not exist"):
        steward.sees(words)
    keys.follows("Load it", "button")
    load_waiting(town.runtime)
    expect(steward.page.locator("#load")).to_contain_text("20 of 40 records (50 %) would be gone")
    steward.looks()
    keys.follows("Confirm and go on", "button")
    steward.sees("Give a reason")
    keys.types("Why are so many records meant to be gone?", "Half of them have left")
    keys.follows("Confirm and go on", "button")
    load_waiting(town.runtime)
    expect(steward.page.locator("#load")).to_contain_text("Done")
    steward.looks()
    steward.sees("Half of them have left")
    keys.unfolds("Take this load back")
    keys.types("Reason", "They are still there")
    keys.follows("Take it back", "button")
    load_waiting(town.runtime)
    with town.database.reading() as session:
        assert queries.source(session, slug).records == 40


def test_two_customers_are_merged_and_parted_again(town: Live, colleague: Callable[[str], Person], width: int) -> None:
    one, other = two_people(town, width)
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to(f"/console/customers/{one}/pins")
    keys.follows("Merge with another customer", "a")
    keys.types("The other customer", f"/console/customers/{other}")
    keys.follows("Continue", "button")
    steward.sees("What this merge touches")
    keys.follows("Merge", "button")
    steward.sees("Give a reason")
    keys.types("Reason", "She married")
    keys.follows("Merge", "button")
    steward.sees("You can take it back at any time")
    retired = other if f"{one}" in steward.page.url else one
    steward.goes_to(f"/console/customers/{retired}?purpose=quality")
    assert f"{retired}" not in steward.page.url, "the retired number leads on"
    keys.follows("Pins and merges", "a")
    keys.follows("Take it back", "a")
    keys.types("Reason", "Two people after all")
    keys.follows("Take it back", "button")
    steward.sees("Both customers are what they were")
    keys.follows("History, and as at any day", "a")
    for words in ("Merged", "Unmerged", "She married", "Said to be different people"):
        steward.sees(words)
    today = london_date(SystemClock().now())
    for label, number in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        keys.types(label, str(number))
    keys.follows("Show this day", "button")
    steward.sees("Records of that day")


def test_what_was_said_is_lifted(town: Live, colleague: Callable[[str], Person], width: int) -> None:
    one, other = two_people(town, 10 * width)
    with town.database.transaction() as session:
        records = [queries.source_records_of_golden(session, golden)[0] for golden in (one, other)]
        services.decide(
            session, SAL, records[0], records[1], Verdict.DIFFERENT, reason="Two voices", now=SystemClock().now()
        )
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to(f"/console/customers/{one}?purpose=quality")
    keys.follows("What stewards have said", "a")
    steward.sees("Two voices")
    keys.unfolds("Lift it")
    keys.follows("Lift", "button")
    steward.sees("Say why the decision is lifted")
    keys.types("Why is it lifted?", "One voice with a cold")
    keys.follows("Lift", "button")
    steward.sees("1 decision is lifted")
    steward.sees("One voice with a cold")


def test_rules_are_tried_before_they_are_saved(colleague: Callable[[str], Person]) -> None:
    """What would change is seen first; what is wrong is said at the rule that it is wrong of; nothing is saved."""
    steward = colleague("steward")
    keys = Keyboard(steward)
    steward.goes_to("/console/survivorship")
    keys.follows("Change Phone number", "a")
    keys.picks("Rule 1", "The most trusted source")
    keys.follows("See what would change", "button")
    steward.sees("Put each rule once")
    expect(steward.page.locator("#rule_3-error")).to_be_visible()
    for number, rule in enumerate(
        ("The most complete", "What most records", "The most trusted", "Values", "What was"), 1
    ):
        keys.picks(f"Rule {number}", rule)
    keys.follows("See what would change", "button")
    steward.sees("customers would show something else")
    steward.sees("Nothing is saved yet")
    assert steward.page.get_by_role("table").get_by_role("link").count() == 10, "each example leads to its customer"
    keys.follows("Save the rules", "button")
    steward.sees("Give a reason")
    steward.goes_to("/console/survivorship")
    steward.sees("These are the rules that come with Firstpoint")
