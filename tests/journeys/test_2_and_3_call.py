"""Journeys 2 and 3: the caller is found in spite of typing mistakes, seen whole, verified, and answered at first contact."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from tests.journeys.steps import finds_caller, takes_call, verifies_caller
from tests.support.browser import Person
from tests.support.live import Live

pytestmark = pytest.mark.browser


def test_an_advisor_finds_the_caller_and_sees_everything(colleague: Callable[[str], Person], town: Live) -> None:
    advisor = colleague("advisor2")
    takes_call(advisor)
    finds_caller(advisor)
    advisor.sees("Josephine Anne Merriweather")
    for value in ("Council tax", "Housing", "Legacy CRM"):
        advisor.sees(value)
    advisor.sees("Open now")
    advisor.sees("Report a repair in a council home")
    advisor.sees("What has happened")
    advisor.sees("Ask about your council tax bill")
    advisor.sees("Household")
    advisor.sees("Daniel Piers Merriweather")
    advisor.sees("Most records say so")
    with town.database.reading() as session:
        looked = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE action = 'record.viewed' AND actor_name = 'Tomos Larkfield'")
        )
    assert looked, "the look is in the audit trail"


def test_the_caller_is_verified_against_one_record_and_the_question_settled(
    colleague: Callable[[str], Person], town: Live
) -> None:
    advisor = colleague("advisor3")
    takes_call(advisor)
    finds_caller(advisor)
    verifies_caller(advisor)
    takes_call(advisor)
    advisor.sees("Merriweather")
    with town.database.reading() as session:
        against = session.execute(
            text(
                "SELECT s.slug, r.key FROM verification v JOIN source_record r ON r.id = v.source_record_id"
                " JOIN source_system s ON s.id = r.source_id WHERE v.passed ORDER BY v.id DESC LIMIT 1"
            )
        ).one()
    assert against.slug == "housing"
    advisor.page.get_by_label("Service").first.select_option(label="Report a missed bin")
    advisor.clicks("Show the script")
    assert advisor.page.locator("main ol li").count() >= 2, "the script has steps to say"
    before = settled(town)
    advisor.chooses("Question answered")
    advisor.page.get_by_label("What was it about?").select_option(label="Report a missed bin")
    advisor.chooses("Yes, nothing is left to do")
    advisor.clicks("Wrap up")
    assert settled(town) == before + 1


def test_wrong_answers_do_not_verify_anybody(colleague: Callable[[str], Person], town: Live) -> None:
    advisor = colleague("advisor4")
    takes_call(advisor)
    finds_caller(advisor)
    panel = advisor.page.get_by_role("region", name="Verify the caller")
    panel.get_by_label("date of birth").first.fill("10 May 1975")
    panel.get_by_label("full name").first.fill("Somebody Else")
    advisor.clicks_on(panel.get_by_role("button", name="Check the answers").first)
    with town.database.reading() as session:
        passed = session.scalar(text("SELECT passed FROM verification ORDER BY id DESC LIMIT 1"))
    assert passed is False


def settled(town: Live) -> int:
    """Contacts about bins that were resolved at first contact."""
    with town.database.reading() as session:
        return session.scalar(
            text(
                "SELECT count(*) FROM contact c JOIN service s ON s.id = c.service_id"
                " WHERE c.resolved_here AND c.ended_at IS NOT NULL AND s.slug = 'missed-bin'"
            )
        )
