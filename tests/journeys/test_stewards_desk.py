"""A steward works through the desk without a mouse; a second one confirms what is risky; a resident's report comes back answered."""

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import text

from app.accounts import queries as accounts
from app.customers import services
from app.kernel.clock import SystemClock
from app.kernel.ids import new_id
from app.seeds import demo
from tests.journeys.keyboard import Keyboard
from tests.support.browser import Person
from tests.support.desk import put_on_desk
from tests.support.live import Live

pytestmark = pytest.mark.browser
DESK = "/console/possible-matches"


ANYBODY = text(
    "SELECT r.id FROM link l JOIN golden_record g ON g.id = l.golden_id JOIN source_record r ON r.id = l.source_record_id "
    "WHERE NOT g.restricted AND g.size = 1 AND g.kind = 'person' "
    "AND NOT EXISTS (SELECT 1 FROM possible_match p WHERE r.id IN (p.left_id, p.right_id)) "
    "AND NOT EXISTS (SELECT 1 FROM steward_decision d WHERE r.id IN (d.left_id, d.right_id)) "
    "AND NOT EXISTS (SELECT 1 FROM enquiry e WHERE e.source_record_id = r.id) ORDER BY md5(r.key) LIMIT :most"
)
"""Whom nothing hangs on, so that one steward's word is enough; by what their source calls them: each town draws the same."""


def pairs(live: Live, count: int, *, reason: str = "unsure", probability: float = 0.7) -> list[UUID]:
    """Some pairs of this town that nobody has decided about, put on the worklist; the wish is that they come first."""
    with live.database.transaction() as session:
        some = session.scalars(ANYBODY, {"most": 2 * count}).all()
        both = zip(some[::2], some[1::2], strict=True)
        made = [put_on_desk(session, one, other, probability=probability, reason=reason) for one, other in both]
        session.execute(
            text(
                "INSERT INTO desk_stake (match_id, counts, open_enquiries, score, looked_at) "
                "SELECT id, '{}', 0, 1000, now() FROM possible_match WHERE id = ANY(:ids)"
            ),
            {"ids": made},
        )
    return made


def decided(live: Live) -> int:
    with live.database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM steward_decision WHERE lifted_at IS NULL")) or 0


@pytest.fixture
def no_claims(town: Live) -> None:
    with town.database.transaction() as session:
        session.execute(text("DELETE FROM desk_claim"))


def test_a_steward_decides_by_single_keys_and_takes_one_back(
    town: Live, colleague: Callable[[str], Person], no_claims: None
) -> None:
    pairs(town, 4)
    felix = colleague("steward")
    keys = Keyboard(felix)
    felix.goes_to(DESK)
    before = decided(town)
    felix.page.keyboard.press("n")
    felix.page.wait_for_url("**/possible-matches/*-*")
    felix.sees("The same person?")
    felix.looks()
    seen = [felix.page.url]
    for key in ("d", "k", "s"):
        keys.presses(key)
        expect(felix.page.locator("h1")).to_contain_text("The same person?")
        seen.append(felix.page.url)
    assert len(set(seen)) == 4, "each answer brings the next pair"
    assert decided(town) == before + 2
    keys.presses("u")
    felix.sees("Taken back")
    assert felix.page.url == seen[2]
    assert decided(town) == before + 1
    felix.looks()
    felix.page.keyboard.press("?")
    felix.sees("Skip for a day")
    felix.looks()
    keys.finds("Turn the keys off")
    felix.page.keyboard.press("Enter")
    felix.page.keyboard.press("d")
    felix.page.wait_for_timeout(300)
    assert decided(town) == before + 1, "keys that are turned off do nothing"
    keys.finds("Turn the keys on")
    felix.page.keyboard.press("Enter")
    keys.types("Reason", "ddd sss")
    assert decided(town) == before + 1, "in a text box, letters are letters"
    felix.looks()


def test_it_works_by_tab_alone_and_without_scripts(
    town: Live, chromium: Browser, colleague: Callable[[str], Person], width: int, no_claims: None
) -> None:
    pairs(town, 2)
    state = colleague("steward").state()
    plain = Person(chromium, town.url, width, scripts=False, state=state)
    plain.page.goto(f"{DESK}/next")
    before = decided(town)
    with plain.page.expect_navigation():
        plain.page.get_by_role("button", name="Different people").press("Enter")
    assert decided(town) == before + 1
    assert plain.page.locator("h1").inner_text() == "The same person?"
    assert not plain.page.locator("kbd").first.is_visible(), "no key is promised that would do nothing"
    plain.leaves()


def test_a_resident_reports_a_wrong_record_and_reads_the_answer(
    town: Live, visitor: Person, colleague: Callable[[str], Person]
) -> None:
    with town.database.transaction() as session:
        account = accounts.by_email(session, demo.RESIDENT.email)
        assert account is not None
        session.execute(
            text(
                "INSERT INTO verification (id, at, passed, source_id, source_record_id, asked, account_id, actor_kind, actor_name) "
                "SELECT gen_random_uuid(), now(), true, r.source_id, r.id, '{}', :account, 'resident', 'Josephine' "
                "FROM source_record r JOIN link l ON l.source_record_id = r.id JOIN golden_record g ON g.id = l.golden_id "
                "WHERE NOT g.restricted AND NOT EXISTS (SELECT 1 FROM verification v WHERE v.account_id = :account) ORDER BY r.id LIMIT 1"
            ),
            {"account": account.id},
        )
    keys = Keyboard(visitor)
    keys.signs_in(demo.RESIDENT.email, demo.RESIDENT.password)
    visitor.goes_to("/account")
    keys.follows("What we hold about you")
    keys.follows("Tell us if this is wrong")
    keys.ticks("Something in this record is wrong")
    words = f"My name is spelled with a K ({new_id().hex[-8:]})"
    keys.types("in your own words", words)
    keys.follows("Send")
    visitor.sees("We will look at it and write to you")
    visitor.sees("We are looking at it")
    felix = colleague("steward")
    felix.goes_to("/console/reported-as-wrong")
    felix.looks()
    with town.database.reading() as session:
        case = session.scalar(text("SELECT id FROM desk_case WHERE said = :w"), {"w": words})
    felix.goes_to(f"/console/reported-as-wrong/{case}")
    felix.sees(words)
    desk = Keyboard(felix)
    desk.ticks("We put it right")
    desk.types("Your answer", "It is spelled with a K now.")
    desk.follows("Answer")
    visitor.goes_to("/account/records")
    visitor.sees("It is spelled with a K now.")
    visitor.looks()


def test_the_sample_is_judged_and_accuracy_says_what_it_stands_on(
    town: Live, colleague: Callable[[str], Person]
) -> None:
    with town.database.transaction() as session:
        services.draw_sample(session, now=SystemClock().now(), of_each=2)
    felix = colleague("steward")
    felix.goes_to("/console/accuracy")
    felix.sees("Not enough decisions yet")
    felix.looks()
    keys = Keyboard(felix)
    keys.follows("Judge the sample")
    keys.presses("s")
