"""A steward keeps golden records true: what a merge touches, the merge, the way back, the past, runs and rules."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from app.customers import queries
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser
_TWO_PEOPLE = text(
    "SELECT g.id FROM golden_record g JOIN link l ON l.golden_id = g.id JOIN source_record r ON r.id = l.source_record_id "
    "WHERE g.live AND NOT g.restricted AND g.kind = 'person' AND g.size = 1 AND g.date_of_birth IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM possible_match p WHERE r.id IN (p.left_id, p.right_id)) "
    "AND NOT EXISTS (SELECT 1 FROM steward_decision d WHERE r.id IN (d.left_id, d.right_id)) "
    "AND NOT EXISTS (SELECT 1 FROM relationship x WHERE r.id IN (x.acting_record_id, x.for_record_id)) "
    "ORDER BY md5(r.key || :width) LIMIT 2"
)
"""Whom nothing special hangs on; by what their source calls them, so that each town draws the same two."""


def two_people(town: Live, width: int) -> tuple[UUID, UUID]:
    with town.database.reading() as session:
        one, other = session.scalars(_TWO_PEOPLE, {"width": str(width)})
    return one, other


def test_a_steward_merges_two_customers_and_takes_it_back(
    town: Live, colleague: Callable[[str], Person], width: int
) -> None:
    steward = colleague("steward")
    one, other = two_people(town, width)
    steward.goes_to(f"/console/customers/{one}?purpose=quality")
    steward.follows("Pins and merges")
    steward.follows("Merge with another customer")
    steward.fills(the_other_customer=f"/console/customers/{other}")
    steward.clicks("Continue")
    expect(steward.page.get_by_role("heading", level=1)).to_have_text("What this merge touches")
    expect(steward.page.get_by_text("Open enquiries")).to_be_visible()
    steward.clicks("Merge")
    expect(steward.page.get_by_role("alert")).to_contain_text("Give a reason")
    steward.fills(reason="She married")
    steward.clicks("Merge")
    expect(steward.page.get_by_text("You can take it back at any time")).to_be_visible()
    with town.database.reading() as session:
        assert queries.resolve(session, one) == queries.resolve(session, other)
    steward.follows("Pins and merges")
    steward.follows("Take it back")
    steward.fills(reason="Two people after all")
    steward.clicks("Take it back")
    expect(steward.page.get_by_text("Both customers are what they were")).to_be_visible()
    with town.database.reading() as session:
        assert {queries.resolve(session, known) for known in (one, other)} == {one, other}
    steward.follows("History, and as at any day")
    expect(steward.page.get_by_text("Unmerged")).to_be_visible()


def test_runs_and_rules_are_looked_at(town: Live, colleague: Callable[[str], Person]) -> None:
    steward = colleague("steward")
    steward.goes_to("/console/match-runs")
    expect(steward.page.get_by_role("heading", name="Versions of the model")).to_be_visible()
    steward.goes_to("/console/survivorship")
    steward.goes_to("/console/survivorship/email")
    steward.clicks("Save the rules")
    expect(steward.page.get_by_role("alert")).to_contain_text("Give a reason")
    steward.clicks("See what would change")
    expect(steward.page.get_by_role("heading", name="What would change")).to_be_visible()
